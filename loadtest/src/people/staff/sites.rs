//! Which facilities take part.

use super::super::desk::{Desk, Said};
use super::super::places::Places;
use crate::contract::Held;
use crate::measure::Operation;
use crate::wire::{Call, Want};
use std::collections::BTreeMap;
use std::time::Instant;
use thiserror::Error;

/// A facility, as it was found before anybody came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its number.
    pub centre: u64,
    /// Its district.
    pub district: u16,
    /// Its sessions of the day.
    pub sessions: Vec<Held>,
}

/// There is nowhere to work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the target has no session with seats for a first dose on {0}")]
pub struct NoSite(String);

/// Looks for so many facilities that hold sessions on a day, in the most populous districts first.
///
/// # Errors
/// If there is none.
pub async fn find_sites(
    desk: &Desk,
    places: &Places,
    day: &str,
    wanted: usize,
) -> Result<Vec<Site>, NoSite> {
    let mut sites = Vec::new();
    for district in places.by_size() {
        sites.extend(of_district(district.id, look(desk, district.id, day).await));
        if sites.len() >= wanted {
            break;
        }
    }
    sites.truncate(wanted);
    if sites.is_empty() { Err(NoSite(day.to_owned())) } else { Ok(sites) }
}

async fn look(desk: &Desk, district: u16, day: &str) -> Vec<Held> {
    let path = format!(
        "/api/v2/appointment/sessions/public/findByDistrict?district_id={district}&date={day}"
    );
    let call = Call { gzip: true, ..Call::get(Operation::Prepare, &path, desk.errand_address()) };
    let said = desk
        .ask(0, Instant::now(), &call, Want::Body, &[], |answer| Held::of(&answer.plain()?))
        .await;
    if let Said::Yes(held) = said { held } else { Vec::new() }
}

/// The facilities of a district with what they hold, the session with the most seats first.
fn of_district(district: u16, held: Vec<Held>) -> Vec<Site> {
    let mut by_centre: BTreeMap<u64, Vec<Held>> = BTreeMap::new();
    for one in held {
        let offer = &one.offer;
        if offer.seats > 0 && offer.youngest >= 18 && !offer.slot.is_empty() {
            by_centre.entry(one.centre).or_default().push(one);
        }
    }
    let site = |(centre, mut sessions): (u64, Vec<Held>)| {
        sessions.sort_by_key(|one| (std::cmp::Reverse(one.offer.seats), one.offer.session));
        Site { centre, district, sessions }
    };
    by_centre.into_iter().map(site).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Offer;
    use opencowin_model::Date;
    use uuid::Uuid;

    fn held(centre: u64, session: u128, seats: u32, youngest: u32) -> Held {
        let offer = Offer {
            session: Uuid::from_u128(session),
            date: Date::new(2021, 9, 17).unwrap(),
            pincode: 560_001,
            seats,
            youngest,
            oldest: None,
            slot: "09:00AM-11:00AM".to_owned(),
        };
        Held {
            centre,
            vaccine: "COVISHIELD".to_owned(),
            opens: "09:00".to_owned(),
            closes: "17:00".to_owned(),
            offer,
        }
    }

    #[test]
    fn facilities_without_seats_for_adults_take_no_part() {
        let all = vec![held(2, 1, 5, 18), held(1, 2, 0, 18), held(2, 3, 9, 45), held(3, 4, 5, 12)];
        let sites = of_district(7, all);
        let [site] = sites.as_slice() else { panic!("{sites:?}") };
        assert_eq!((site.centre, site.district), (2, 7));
        let sessions = site.sessions.iter().map(|one| one.offer.session.as_u128());
        assert_eq!(sessions.collect::<Vec<_>>(), [3, 1]);
    }
}
