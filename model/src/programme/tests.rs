//! The made-up India is big enough, spread as its people are, consistent, and always the same.

use super::*;
use crate::{Channel, Dose, FeeType};
use jiff::civil::date;
use std::collections::{HashMap, HashSet};

const TODAY: Date = date(2021, 6, 7);

fn india(scale: f64) -> Programme {
    let pack = Arc::new(Pack::india().unwrap());
    Programme::new(pack, ProgrammeOptions { seed: 2021, scale, first_day: TODAY })
}

#[test]
fn the_national_programme_has_its_size() {
    let india = india(1.0);
    assert_eq!(india.centres().len(), 30_000);
    for day in [TODAY, TODAY.tomorrow().unwrap()] {
        let sessions = india.sessions_on(day).count();
        assert!((29_000..31_000).contains(&sessions), "{sessions}");
    }
    assert_eq!(days_on_sale(TODAY).last(), Some(date(2021, 6, 16)));
}

#[test]
fn centres_follow_the_people() {
    let india = india(1.0);
    let mut count: HashMap<_, u32> = HashMap::new();
    for centre in india.centres() {
        *count.entry(centre.district).or_default() += 1;
    }
    let people: u64 = india.pack.districts().iter().map(|d| u64::from(d.population)).sum();
    for district in india.pack.districts() {
        let share = f64::from(district.population) / people as f64 * 30_000.0;
        let centres = f64::from(count[&district.id]);
        assert!((centres - share).abs() <= 0.03 * share + 2.0, "{district:?} has {centres}");
    }
}

#[test]
fn a_smaller_scale_keeps_the_first_centres() {
    let (large, small) = (india(0.1).centres(), india(0.02).centres());
    assert_eq!((large.len(), small.len()), (3_000, 600));
    let large: HashMap<_, _> = large.into_iter().map(|centre| (centre.id, centre)).collect();
    assert!(small.iter().all(|centre| large.get(&centre.id) == Some(centre)));
    assert_eq!(india(f64::NAN).centres().len(), 1, "a nonsensical scale does no harm");
}

#[test]
fn ids_are_unique() {
    let india = india(0.2);
    let centres: HashSet<_> = india.centres().iter().map(|centre| centre.id).collect();
    assert_eq!(centres.len(), 6_000);
    assert!(centres.iter().all(|id| (100_000..1_000_000).contains(&id.0)));
    let sessions: Vec<_> = days_on_sale(TODAY).flat_map(|day| india.sessions_on(day)).collect();
    let ids: HashSet<_> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(ids.len(), sessions.len());
    assert!(ids.iter().all(|id| id.0.get_version_num() == 4));
}

#[test]
fn no_two_numbers_share_a_centre_id() {
    let mut ids: Vec<u32> = (0..1_000_000).map(|number| centre_id(number).0).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1_000_000);
}

#[test]
fn centres_stand_in_their_district() {
    let india = india(0.1);
    for centre in india.centres() {
        let area = india.pack.postal_area(centre.pincode).unwrap();
        assert_eq!(area.district, centre.district);
        assert!(area.position.distance_km(centre.position) < 4.0, "{centre:?}");
        assert!(!centre.name.contains(['{', '}']) && !centre.address.contains(['{', '}']));
    }
}

#[test]
fn only_paid_centres_charge_and_only_what_they_declared() {
    let india = india(0.2);
    let centres: HashMap<_, _> = india.centres().into_iter().map(|c| (c.id, c)).collect();
    let paid = centres.values().filter(|centre| centre.fee_type == FeeType::Paid).count();
    assert!((1_500..1_800).contains(&paid), "{paid} of 6,000");
    for session in india.sessions_on(TODAY) {
        let centre = &centres[&session.centre];
        assert_eq!(session.fee, centre.fee(session.vaccine));
        assert_eq!(session.fee > 0, centre.fee_type == FeeType::Paid);
    }
}

#[test]
fn private_centres_and_sputnik_are_found_in_cities() {
    let india = india(1.0);
    let centres = india.centres();
    let paid_in = |name: &str| {
        let district = india.pack.districts().iter().find(|d| d.name.default == name).unwrap();
        let here: Vec<_> = centres.iter().filter(|c| c.district == district.id).collect();
        here.iter().filter(|c| c.fee_type == FeeType::Paid).count() * 100 / here.len()
    };
    assert!(paid_in("Mumbai") > paid_in("Jaisalmer") + 10);
    let sputnik = india.pack.vaccine_named("SPUTNIK V").unwrap().id;
    let jaisalmer = india.pack.districts().iter().find(|d| d.name.default == "Jaisalmer").unwrap();
    let sells = |centre: &&Centre| centre.fees.iter().any(|(vaccine, _)| *vaccine == sputnik);
    assert!(centres.iter().filter(sells).all(|centre| centre.district != jaisalmer.id));
}

#[test]
fn vaccines_come_in_their_shares() {
    let india = india(1.0);
    let mut count = [0_u32; 3];
    for session in india.sessions_on(TODAY) {
        count[usize::from(session.vaccine.0)] += 1;
    }
    let total = f64::from(count.iter().sum::<u32>());
    let share = count.map(|n| (f64::from(n) / total * 100.0).round() as u32);
    assert!((82..=87).contains(&share[0]), "COVISHIELD {} %", share[0]);
    assert!((11..=15).contains(&share[1]), "COVAXIN {} %", share[1]);
    assert!((1..=4).contains(&share[2]), "SPUTNIK V {} %", share[2]);
}

#[test]
fn sessions_have_seats_for_every_kind_of_search() {
    let india = india(0.2);
    let (mut first_only, mut second_only, mut precaution, mut large, mut seats) = (0, 0, 0, 0, 0);
    let sessions: Vec<_> = india.sessions_on(TODAY).collect();
    for session in &sessions {
        let online = |dose| session.capacity.seats(Channel::Online, dose) > 0;
        first_only += u32::from(online(Dose::First) && !online(Dose::Second));
        second_only += u32::from(!online(Dose::First) && online(Dose::Second));
        precaution += u32::from(online(Dose::Precaution));
        let total: u32 = Channel::ALL.iter().map(|each| session.capacity.of(*each).total()).sum();
        assert!((10..=400).contains(&total), "{session:?}");
        large += u32::from(total >= 250);
        seats += total;
    }
    let mean = seats / sessions.len() as u32;
    assert!((70..110).contains(&mean), "a mean of {mean} seats; 87 doses were given per session");
    assert!(first_only > 0 && second_only > 0 && precaution > 0 && large > 0);
    assert!(large < sessions.len() as u32 / 20, "few are large");
}

#[test]
fn a_name_that_promises_an_age_keeps_it() {
    let india = india(0.2);
    let names: HashMap<_, _> = india.centres().into_iter().map(|c| (c.id, c.name)).collect();
    let young = |session: &Session| names[&session.centre].ends_with("(18 TO 44 ONLY)");
    let ages: HashSet<_> =
        india.sessions_on(TODAY).filter(young).map(|s| (s.age.min, s.age.max)).collect();
    assert_eq!(ages, HashSet::from([(18, Some(44))]));
}

#[test]
fn sessions_are_sorted_by_place() {
    let india = india(0.1);
    let places: HashMap<_, _> =
        india.centres().into_iter().map(|c| (c.id, (c.district, c.pincode, c.id))).collect();
    let order: Vec<_> = india.sessions_on(TODAY).map(|session| places[&session.centre]).collect();
    assert!(order.is_sorted());
}

#[test]
fn a_day_is_the_same_however_it_is_reached() {
    let early = india(0.05);
    let later = Programme::new(
        early.pack.clone(),
        ProgrammeOptions { first_day: date(2021, 6, 10), ..early.options },
    );
    let day = date(2021, 6, 12);
    assert!(early.sessions_on(day).eq(later.sessions_on(day)));
    assert_eq!(later.sessions_on(date(2021, 6, 9)).count(), 0, "nothing before the first day");
    let other = Programme::new(early.pack.clone(), ProgrammeOptions { seed: 7, ..early.options });
    assert!(!early.sessions_on(day).eq(other.sessions_on(day)));
}

/// If this fails, sandboxes and recorded load tests of earlier versions are no longer reproducible.
#[test]
fn the_same_seed_gives_the_same_programme_in_every_version() {
    let india = india(1.0);
    let centres = india.centres();
    let (first, last) = (&centres[0], &centres[29_999]);
    let session = india.sessions_on(TODAY).last().unwrap();
    assert_eq!(
        [
            format!("{} {} {}", first.id, first.pincode.0, first.name),
            format!("{} {} {}", last.id, last.pincode.0, last.name),
            format!("{} {} {:?}", session.id, session.centre, session.capacity.of(Channel::Online)),
        ],
        [
            "136468 744201 Panchayat Bhawan Betapur Site-2",
            "424515 682553 Agathi PHC",
            "1f8aa1d1-b43e-4dc3-bee9-fb6a9f0039e8 359582 Seats([0, 91, 0])",
        ]
    );
}
