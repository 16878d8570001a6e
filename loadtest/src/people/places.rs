//! Where people live: the target's districts, as populous as the census says, and their postal codes.

use super::desk::{Desk, Said};
use super::person::Person;
use crate::contract::{Districts, States};
use crate::measure::Operation;
use crate::wire::{Call, Want};
use jiff::ToSpan;
use opencowin_model::{Date, DistrictId, Pack, date};
use rand::{Rng, RngExt};
use std::collections::HashMap;
use std::time::Instant;
use thiserror::Error;

/// Where people live.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// States that have districts.
    pub states: Vec<u16>,
    districts: Vec<District>,
    /// Inhabitants of each district and those before it.
    inhabitants: Vec<u64>,
    /// The days searched for, as the wire writes them.
    pub days: Vec<String>,
    today: Option<Date>,
}

/// A district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Its number.
    pub id: u16,
    /// Its postal codes.
    pub pincodes: Vec<u32>,
}

/// Why a target's places cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlacesError {
    /// It does not say.
    #[error("the target does not list its {what}: {why}")]
    Unlisted {
        /// What was asked for.
        what: &'static str,
        /// What came instead.
        why: String,
    },
    /// It has none that we know people of.
    #[error("the target lists no district with a postal code that the country pack knows")]
    Nowhere,
}

/// What a district without a census entry counts as.
const UNKNOWN_INHABITANTS: u64 = 100_000;

impl Places {
    /// Asks the target for its states and districts. `today` is the day that it is there.
    ///
    /// # Errors
    /// If it does not say, or has none that the pack knows.
    pub async fn discover(
        desk: &Desk,
        pack: &Pack,
        today: Date,
        first_day: i32,
        days: u16,
    ) -> Result<Self, PlacesError> {
        let states: States = list(desk, "states", "/api/v2/admin/location/states").await?;
        let days = dates(today, first_day, days);
        let mut places = Self { days, today: Some(today), ..Self::default() };
        let mut pincodes: HashMap<DistrictId, Vec<u32>> = HashMap::new();
        for area in pack.postal_areas() {
            pincodes.entry(area.district).or_default().push(area.pincode.0);
        }
        for state in &states.states {
            let path = format!("/api/v2/admin/location/districts/{}", state.state_id);
            let listed: Districts = list(desk, "districts", &path).await?;
            let before = places.districts.len();
            for district in listed.districts {
                let id = DistrictId(district.district_id);
                let people = pack
                    .district(id)
                    .map_or(UNKNOWN_INHABITANTS, |known| u64::from(known.population).max(1));
                if let Some(pincodes) = pincodes.remove(&id) {
                    places.push(District { id: district.district_id, pincodes }, people);
                }
            }
            if places.districts.len() > before {
                places.states.push(state.state_id);
            }
        }
        if places.districts.is_empty() { Err(PlacesError::Nowhere) } else { Ok(places) }
    }

    fn push(&mut self, district: District, people: u64) {
        let before = self.inhabitants.last().copied().unwrap_or_default();
        self.inhabitants.push(before + people);
        self.districts.push(district);
    }

    /// The districts, the most populous first.
    pub fn by_size(&self) -> Vec<&District> {
        let size = |place: usize| {
            self.inhabitants[place]
                - place.checked_sub(1).map_or(0, |before| self.inhabitants[before])
        };
        let mut places: Vec<usize> = (0..self.districts.len()).collect();
        places.sort_by_key(|place| std::cmp::Reverse(size(*place)));
        places.into_iter().map(|place| &self.districts[place]).collect()
    }

    /// A district at random, each as likely as somebody lives there.
    pub fn district(&self, random: &mut impl Rng) -> &District {
        let all = self.inhabitants.last().copied().unwrap_or(1);
        let chosen = random.random_range(0..all);
        let place = self.inhabitants.partition_point(|before| *before <= chosen);
        &self.districts[place.min(self.districts.len() - 1)]
    }

    /// The district and postal code where a person lives: always the same.
    pub fn home(&self, person: Person) -> (&District, u32) {
        let mut habits = person.habits();
        let district = self.district(&mut habits);
        (district, district.pincodes[habits.random_range(0..district.pincodes.len())])
    }

    /// The year in the country.
    pub fn year(&self) -> i32 {
        self.today.map_or(0, |today| i32::from(today.year()))
    }

    /// Today in the country; `None` if nobody has asked.
    pub fn date(&self) -> Option<Date> {
        self.today
    }

    /// Today in the country, as the wire writes it.
    pub fn today(&self) -> String {
        self.today.map(date::to_wire_string).unwrap_or_default()
    }

    /// One of the days searched for.
    pub fn day(&self, random: &mut impl Rng) -> &str {
        &self.days[random.random_range(0..self.days.len())]
    }
}

/// Days from today in the country, as the wire writes them.
fn dates(today: Date, first_day: i32, days: u16) -> Vec<String> {
    let all = (0..i32::from(days))
        .map(|day| today.saturating_add((first_day.saturating_add(day)).days()));
    all.map(date::to_wire_string).collect()
}

async fn list<T: serde::de::DeserializeOwned>(
    desk: &Desk,
    what: &'static str,
    path: &str,
) -> Result<T, PlacesError> {
    let call = Call::get(Operation::Prepare, path, desk.errand_address());
    let said = desk.ask(0, Instant::now(), &call, Want::Body, &[], |answer| {
        serde_json::from_slice(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(list) => Ok(list),
        Said::Refused { code, status, .. } => {
            Err(PlacesError::Unlisted { what, why: format!("status {status}, code {code}") })
        }
        Said::Failed(failure) => Err(PlacesError::Unlisted { what, why: failure.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    #[test]
    fn people_live_where_the_census_says() {
        let mut places = Places::default();
        for (id, people) in [(1, 1000), (2, 3000), (3, 1)] {
            places.push(District { id, pincodes: vec![u32::from(id)] }, people);
        }
        let mut random = SmallRng::seed_from_u64(1);
        let second = (0..10_000).filter(|_| places.district(&mut random).id == 2).count();
        assert!((7300..7700).contains(&second), "{second}");
        assert_eq!(
            places.by_size().iter().map(|district| district.id).collect::<Vec<_>>(),
            [2, 1, 3]
        );
        let person = Person::new(5, 5);
        assert_eq!(places.home(person), places.home(person));
    }
}
