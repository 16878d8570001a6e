//! Facilities: what they tell about themselves, and whether they may hold sessions.
//!
//! - This is the record, which the ledger keeps as a document; [`form`] is how its parts come.
//! - [`life`] is what can be done to it: applying, deciding, changing, suspending.
//! - [`roll`] finds the facility of a centre, and writes it together with the centre that search shows.
//!
//! The centres of the generated programme have no document until somebody changes one of them: they count as approved,
//! private where people pay and the government's where they do not.

pub mod form;
pub mod life;
pub mod roll;

use crate::access::record::Record;
use life::Entry;
use opencowin_ledger::keys::Shelf;
use opencowin_model::{
    Centre, CentreId, DistrictId, FeeType, Hours, Pack, Pincode, Position, Timestamp, VaccineId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A facility. The person to contact is personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facility {
    /// Its id, which it has from its application on.
    pub id: Uuid,
    /// The id of its centre, once it was approved.
    #[serde(default)]
    pub centre: Option<CentreId>,
    /// Where it is, under which name.
    pub site: Site,
    /// What it wants to be instead, if the district has still to agree.
    #[serde(default)]
    pub wish: Option<Site>,
    /// Whose it is.
    pub ownership: Ownership,
    /// The number of its licence or registration; a private one has one.
    #[serde(default)]
    pub licence: Option<String>,
    /// Whom to ask; those of the generated programme have nobody.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// When it is open.
    pub hours: Hours,
    /// The youngest whom it vaccinates, in years.
    pub minimum_age: u8,
    /// What it gives, at which prices.
    pub offers: Vec<Offer>,
    /// Whether it can keep vaccines cold.
    pub cold_chain: bool,
    /// Whether it may hold sessions.
    pub standing: Standing,
    /// What was done, newest last.
    pub history: Vec<Entry>,
}

/// Where a facility is, under which name: what people look for, so that the district agrees to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Street address, one line.
    pub address: String,
    /// Block within the district, or `Not Applicable`.
    pub block: String,
    /// The district of its postal code.
    pub district: DistrictId,
    /// Its postal code.
    pub pincode: Pincode,
    /// Where it stands.
    pub position: Position,
}

/// Whose a facility is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    /// A part of the government: doses are free.
    Government,
    /// Anybody else's: people pay the declared price.
    Private,
}

/// Whom to ask at a facility.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their mobile number, which they have proven.
    pub mobile: u64,
    /// The account of that number.
    pub account: Uuid,
}

/// Hides who it is.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(****)")
    }
}

/// A vaccine that a facility gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which.
    pub vaccine: VaccineId,
    /// The declared price of a dose in whole units of the country's currency, service included; 0 where it is free.
    pub price: u32,
}

/// Whether a facility may hold sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
pub enum Standing {
    /// It waits for the district.
    Applied,
    /// It may.
    Approved,
    /// The district does not want it.
    Refused {
        /// Why.
        reason: String,
    },
    /// It may not for now.
    Suspended {
        /// Why.
        reason: String,
        /// What becomes of the sessions that it has published.
        sessions: Fate,
    },
}

/// What becomes of the sessions of a facility that is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// They are sold and held.
    Keep,
    /// They are held for those who have booked.
    Close,
    /// They are not held.
    Cancel,
}

impl Fate {
    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "keep" => Some(Self::Keep),
            "close" => Some(Self::Close),
            "cancel" => Some(Self::Cancel),
            _ => None,
        }
    }
}

impl Standing {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Refused { .. } => "refused",
            Self::Suspended { .. } => "suspended",
        }
    }

    /// Why it is so, where somebody had to say why.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Refused { reason } | Self::Suspended { reason, .. } => Some(reason),
            Self::Applied | Self::Approved => None,
        }
    }
}

impl Facility {
    /// The facility of a centre that has no document: approved, giving what its prices say, and where it is free, all there
    /// is. Its id follows from the centre's, so that two who change it first cannot make two of it.
    pub fn of(centre: &Centre, pack: &Pack) -> Self {
        let offer = |vaccine| Offer { vaccine, price: centre.fee(vaccine) };
        let declared = || centre.fees.iter().map(|(vaccine, _)| offer(*vaccine)).collect();
        let all = || pack.vaccines().iter().map(|vaccine| offer(vaccine.id)).collect();
        let (ownership, offers) = match centre.fee_type {
            FeeType::Free => (Ownership::Government, all()),
            FeeType::Paid => (Ownership::Private, declared()),
        };
        Self {
            id: Uuid::from_u128(centre.id.0.into()),
            centre: Some(centre.id),
            site: Site {
                name: centre.name.clone(),
                address: centre.address.clone(),
                block: centre.block.clone(),
                district: centre.district,
                pincode: centre.pincode,
                position: centre.position,
            },
            wish: None,
            ownership,
            licence: None,
            contact: None,
            hours: centre.hours,
            minimum_age: pack.age_bands().iter().map(|band| band.min).min().unwrap_or(0),
            offers,
            cold_chain: true,
            standing: Standing::Approved,
            history: Vec::new(),
        }
    }

    /// The centre that search shows; none before it was approved.
    pub fn as_centre(&self) -> Option<Centre> {
        let Site { name, address, block, district, pincode, position } = self.site.clone();
        let (fee_type, fees) = match self.ownership {
            Ownership::Government => (FeeType::Free, Vec::new()),
            Ownership::Private => {
                (FeeType::Paid, self.offers.iter().map(|o| (o.vaccine, o.price)).collect())
            }
        };
        let (id, hours) = (self.centre?, self.hours);
        Some(Centre {
            id,
            name,
            address,
            block,
            district,
            pincode,
            position,
            hours,
            fee_type,
            fees,
        })
    }

    /// What it gives of a vaccine, if it does.
    pub fn offer(&self, vaccine: VaccineId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.vaccine == vaccine)
    }

    /// Whether it may publish sessions.
    pub fn may_publish(&self) -> bool {
        self.standing == Standing::Approved
    }

    /// When it applied, or was first changed.
    pub fn since(&self) -> Option<Timestamp> {
        self.history.first().map(|entry| entry.at)
    }
}

impl Record for Facility {
    const SHELF: Shelf = Shelf::Facilities;

    fn id(&self) -> Uuid {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::TimeOfDay;

    fn centre(fee_type: FeeType, fees: Vec<(VaccineId, u32)>) -> Centre {
        let pack = Pack::india().unwrap();
        let area = &pack.postal_areas()[0];
        let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
        Centre {
            id: CentreId(7),
            name: "Health Post".to_owned(),
            address: "1 Station Road".to_owned(),
            block: "Not Applicable".to_owned(),
            district: area.district,
            pincode: area.pincode,
            position: area.position,
            hours: Hours::new(hour(9), hour(17)).unwrap(),
            fee_type,
            fees,
        }
    }

    #[test]
    fn a_centre_without_a_document_is_a_facility_that_describes_the_same_centre() {
        let pack = Pack::india().unwrap();
        for centre in
            [centre(FeeType::Free, Vec::new()), centre(FeeType::Paid, vec![(VaccineId(0), 780)])]
        {
            let facility = Facility::of(&centre, &pack);
            assert!(facility.may_publish());
            assert_eq!(facility.as_centre(), Some(centre));
        }
        let free = Facility::of(&centre(FeeType::Free, Vec::new()), &pack);
        assert_eq!(free.offers.len(), pack.vaccines().len(), "where it is free, all there is");
    }

    #[test]
    fn a_standing_is_written_with_its_name() {
        let suspended =
            Standing::Suspended { reason: "cold chain".to_owned(), sessions: Fate::Close };
        let json = serde_json::to_value(&suspended).unwrap();
        assert_eq!(json["name"], suspended.name());
        assert_eq!(serde_json::from_value::<Standing>(json).unwrap(), suspended);
    }
}
