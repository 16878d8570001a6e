//! How a facility describes itself: one level of fields, so that each error names its own.

use super::{Offer, Ownership, Site};
use crate::access::partner::words::{self, line, optional, parsed};
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_model::{Hours, Pack, Pincode, Position, TimeOfDay};
use serde::Deserialize;

/// The block of a facility that belongs to none (source: recorded answers).
const NO_BLOCK: &str = "Not Applicable";

/// The oldest that somebody is asked to be, in years.
const OLDEST: u64 = 120;

/// Where it is. What is absent stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct SiteForm {
    pub name: Field,
    pub address: Field,
    pub block: Field,
    pub pincode: Field,
    pub lat: Field,
    pub long: Field,
}

/// What it changes by itself. What is absent stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct ServiceForm {
    pub opens: Field,
    pub closes: Field,
    pub minimum_age: Field,
    pub vaccines: Option<Vec<OfferForm>>,
    pub cold_chain: Field,
}

/// A vaccine and its price.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct OfferForm {
    pub vaccine: Field,
    pub price: Field,
}

impl SiteForm {
    /// Whether anything is said at all.
    pub fn is_empty(&self) -> bool {
        let Self { name, address, block, pincode, lat, long } = self;
        [name, address, block, pincode, lat, long].iter().all(|field| field.is_none())
    }

    /// The site that it describes. Its district is that of its postal code, and without a position it is at a place of
    /// that.
    ///
    /// # Errors
    /// USRRES0001 or 0002 with the field, APPOIN0018 for the postal code.
    pub fn read(&self, pack: &Pack) -> Result<Site, Problem> {
        let pincode = words::text(&self.pincode, "pincode", 6)?;
        let area = Pincode::parse(&pincode).and_then(|pincode| pack.postal_area(pincode));
        let area = area.ok_or(error::PINCODE_INVALID)?;
        let block = optional(&self.block, |field| line(field, "block"))?;
        Ok(Site {
            name: line(&self.name, "name")?,
            address: line(&self.address, "address")?,
            block: block.unwrap_or_else(|| NO_BLOCK.to_owned()),
            district: area.district,
            pincode: area.pincode,
            position: self.position()?.unwrap_or(area.position),
        })
    }

    /// The site with what is said in place of what was so.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn change(self, site: &Site, pack: &Pack) -> Result<Site, Problem> {
        let text = |text: &str| Some(Loose::Text(text.to_owned()));
        let moves = self.pincode.is_some() || self.lat.is_some() || self.long.is_some();
        let whole = Self {
            name: self.name.or_else(|| text(&site.name)),
            address: self.address.or_else(|| text(&site.address)),
            block: self.block.or_else(|| text(&site.block)),
            pincode: self.pincode.or_else(|| text(&site.pincode.to_string())),
            ..self
        };
        let read = whole.read(pack)?;
        Ok(if moves { read } else { Site { position: site.position, ..read } })
    }

    /// Both or neither.
    fn position(&self) -> Result<Option<Position>, Problem> {
        if self.lat.is_none() && self.long.is_none() {
            return Ok(None);
        }
        let (lat, long) = (degrees(&self.lat, "lat")?, degrees(&self.long, "long")?);
        Position::new(lat, long).map(Some).ok_or_else(|| Problem::invalid("lat, long"))
    }
}

impl ServiceForm {
    /// The hours that it says, else those that were so.
    ///
    /// # Errors
    /// USRRES0001 if there were none, USRRES0002 if they do not run forward.
    pub fn hours(&self, before: Option<Hours>) -> Result<Hours, Problem> {
        let opens = optional(&self.opens, |field| time(field, "opens"))?;
        let closes = optional(&self.closes, |field| time(field, "closes"))?;
        let opens = opens.or(before.map(|hours| hours.from)).ok_or_else(Problem::missing)?;
        let closes = closes.or(before.map(|hours| hours.to)).ok_or_else(Problem::missing)?;
        Hours::new(opens, closes).ok_or_else(|| Problem::invalid("closes"))
    }

    /// The youngest whom it vaccinates, if it says so.
    ///
    /// # Errors
    /// USRRES0002.
    pub fn minimum_age(&self) -> Result<Option<u8>, Problem> {
        let read = |field: &Field| {
            let age = words::whole(field, "minimum_age")?;
            let age = u8::try_from(age).ok().filter(|_| age <= OLDEST);
            age.ok_or_else(|| Problem::invalid("minimum_age"))
        };
        optional(&self.minimum_age, read)
    }

    /// What it gives, if it says so. The government's is free; a private price is declared, and below the ceiling.
    ///
    /// # Errors
    /// USRRES0001 or 0002 for a field, FACILT0003 for a price.
    pub fn offers(&self, ownership: Ownership, pack: &Pack) -> Result<Option<Vec<Offer>>, Problem> {
        let Some(forms) = &self.vaccines else { return Ok(None) };
        let offers = forms.iter().map(|form| form.read(ownership, pack));
        let offers = offers.collect::<Result<Vec<_>, _>>()?;
        let twice = |at: &usize| offers[..*at].iter().any(|o| o.vaccine == offers[*at].vaccine);
        if offers.is_empty() || (1..offers.len()).any(|at| twice(&at)) {
            return Err(Problem::invalid("vaccines"));
        }
        Ok(Some(offers))
    }

    /// Whether it can keep vaccines cold, if it says so.
    ///
    /// # Errors
    /// USRRES0002.
    pub fn cold_chain(&self) -> Result<Option<bool>, Problem> {
        let read = |field: &Field| {
            let flag = body::required(field)?.flag();
            flag.ok_or_else(|| Problem::invalid("cold_chain"))
        };
        optional(&self.cold_chain, read)
    }
}

impl OfferForm {
    fn read(&self, ownership: Ownership, pack: &Pack) -> Result<Offer, Problem> {
        let vaccine = parsed(&self.vaccine, "vaccine", |name| pack.vaccine_named(name))?;
        let price = match ownership {
            Ownership::Government => {
                optional(&self.price, |field| words::whole(field, "price"))?.unwrap_or_default()
            }
            Ownership::Private => words::whole(&self.price, "price")?,
        };
        let price = u32::try_from(price).map_err(|_| Problem::invalid("price"))?;
        if ownership == Ownership::Government && price > 0 {
            return Err(Problem::invalid("price"));
        }
        match vaccine.price_ceiling {
            Some(ceiling) if price > ceiling => Err(too_dear(&vaccine.name, ceiling)),
            _ => Ok(Offer { vaccine: vaccine.id, price }),
        }
    }
}

fn too_dear(vaccine: &str, ceiling: u32) -> Problem {
    let entry = error::PRICE_ABOVE_CEILING;
    Problem::with_text(entry, format!("{}: {vaccine} costs {ceiling} at most", entry.text))
}

/// Whose it is.
///
/// # Errors
/// USRRES0001 or 0002.
pub fn ownership(field: &Field) -> Result<Ownership, Problem> {
    parsed(field, "ownership", |name| match name {
        "government" => Some(Ownership::Government),
        "private" => Some(Ownership::Private),
        _ => None,
    })
}

/// A time of day, `HH:MM`.
///
/// # Errors
/// USRRES0001 or 0002 with the name of the field.
pub fn time(field: &Field, name: &str) -> Result<TimeOfDay, Problem> {
    parsed(field, name, |text| {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str| {
            let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        TimeOfDay::new(number(hour)?, number(minute)?)
    })
}

fn degrees(field: &Field, name: &str) -> Result<f64, Problem> {
    match body::required(field)? {
        Loose::Float(degrees) => Ok(*degrees),
        Loose::Whole(degrees) => Ok(*degrees as f64),
        Loose::Text(text) => text.trim().parse().map_err(|_| Problem::invalid(name)),
        _ => Err(Problem::invalid(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Field {
        Some(Loose::Text(text.to_owned()))
    }

    fn offer(vaccine: &str, price: Option<u64>) -> ServiceForm {
        let offer = OfferForm { vaccine: text(vaccine), price: price.map(Loose::Whole) };
        ServiceForm { vaccines: Some(vec![offer]), ..ServiceForm::default() }
    }

    #[test]
    fn a_private_price_is_declared_and_stays_below_the_ceiling() {
        let pack = Pack::india().unwrap();
        let private =
            |name, price| offer(name, price).offers(Ownership::Private, &pack).map(Option::unwrap);
        assert_eq!(private("covishield", Some(780)).unwrap()[0].price, 780);
        let dear = private("COVISHIELD", Some(781)).unwrap_err();
        assert_eq!(dear, too_dear("COVISHIELD", 780));
        assert!(private("COVISHIELD", None).is_err(), "it has to be declared");
        assert!(private("SNAKE OIL", Some(1)).is_err());
        let free = offer("COVISHIELD", None).offers(Ownership::Government, &pack);
        assert_eq!(free.unwrap().unwrap()[0].price, 0);
        assert!(offer("COVISHIELD", Some(1)).offers(Ownership::Government, &pack).is_err());
    }

    #[test]
    fn a_site_lies_in_the_district_of_its_pincode_and_keeps_what_is_not_said() {
        let pack = Pack::india().unwrap();
        let area = &pack.postal_areas()[5];
        let form = SiteForm {
            name: text("Health Post"),
            address: text("1 Station Road"),
            pincode: text(&area.pincode.to_string()),
            ..SiteForm::default()
        };
        let site = form.read(&pack).unwrap();
        assert_eq!((site.district, &*site.block), (area.district, NO_BLOCK));
        let renamed = SiteForm { name: text("Clinic"), ..SiteForm::default() };
        assert!(!renamed.is_empty());
        let renamed = renamed.change(&site, &pack).unwrap();
        assert_eq!(renamed, Site { name: "Clinic".to_owned(), ..site });
    }

    #[test]
    fn times_of_day_are_read_in_hours_and_minutes() {
        assert_eq!(time(&text("9:05"), "opens").unwrap(), TimeOfDay::new(9, 5).unwrap());
        for wrong in ["9", "24:00", "09:60", "-1:00", "9:+5", "9:", "009:00"] {
            assert!(time(&text(wrong), "opens").is_err(), "{wrong}");
        }
    }
}
