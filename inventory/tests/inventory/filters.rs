//! Filters list what they say and nothing else.

use crate::samples::*;
use opencowin_inventory::*;
use opencowin_model::*;

/// Six sessions that differ in one thing each; the number of first doses tells them apart.
fn inventory() -> Inventory {
    let mut paid = centre(2, PINCODE);
    paid.fee_type = FeeType::Paid;
    let mut sessions = vec![
        session(1, 1, DAY, [10, 5, 0]),
        session(2, 1, DAY, [20, 0, 0]),
        session(3, 1, DAY, [30, 5, 5]),
        session(4, 1, DAY, [40, 5, 0]),
        session(5, 2, DAY, [50, 5, 0]),
        session(6, 1, DAY, [60, 5, 0]),
    ];
    sessions[2].session.vaccine = pack().vaccine_named("COVAXIN").unwrap().id;
    sessions[3].session.age = AgeBand { min: 45, max: None };
    sessions[5].free = Capacity::default();
    with(vec![centre(1, PINCODE), paid], sessions)
}

fn listed(filter: Filter) -> Vec<u64> {
    let inventory = inventory();
    let answer = ask(&inventory, &Search { filter, ..find(Place::District(DISTRICT)) });
    let sessions = answer["sessions"].as_array().unwrap().iter();
    let id = |session: &serde_json::Value| session["session_id"].as_str().unwrap().to_owned();
    let ids: Vec<_> = sessions.map(id).collect();
    (1..=6).filter(|at| ids.contains(&session_id((*at).into()).to_string())).collect()
}

#[test]
fn each_filter_narrows_by_one_thing() {
    let none = Filter::default();
    let covaxin = pack().vaccine_named("COVAXIN").map(|vaccine| vaccine.id);
    assert_eq!(listed(none), [1, 2, 3, 4, 5, 6]);
    assert_eq!(listed(Filter { vaccine: covaxin, ..none }), [3]);
    assert_eq!(listed(Filter { fee_type: Some(FeeType::Paid), ..none }), [5]);
    assert_eq!(listed(Filter { min_age_limit: Some(45), ..none }), [4]);
    assert_eq!(listed(Filter { dose: Some(Dose::Second), ..none }), [1, 3, 4, 5, 6]);
    assert_eq!(listed(Filter { dose: Some(Dose::Precaution), ..none }), [3]);
    assert_eq!(listed(Filter { available: true, ..none }), [1, 2, 3, 4, 5]);
    let second = Filter { dose: Some(Dose::Second), available: true, ..none };
    assert_eq!(listed(second), [1, 3, 4, 5]);
}

#[test]
fn a_centre_without_a_wanted_session_is_left_out_of_calendars() {
    let inventory = inventory();
    let filter = Filter { fee_type: Some(FeeType::Paid), ..Filter::default() };
    let answer = ask(&inventory, &Search { filter, ..calendar(Place::District(DISTRICT)) });
    assert_eq!(answer["centers"].as_array().unwrap().len(), 1);
    let one = Search { filter, ..calendar(Place::Centre(CentreId(1))) };
    assert_eq!(ask(&inventory, &one), serde_json::json!({"centers": {}}));
}

#[test]
fn availability_is_that_of_the_moment() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [1, 0, 0])]);
    let filter = Filter { available: true, ..Filter::default() };
    let search = Search { filter, ..find(Place::Pincode(PINCODE)) };
    assert_eq!(first_doses(&ask(&inventory, &search)), [1]);
    let held = inventory.session(session_id(1)).unwrap();
    let held = held.seats().reserve(Channel::Online, Dose::First, 1).unwrap();
    assert_eq!(first_doses(&ask(&inventory, &search)), [0; 0]);
    held.release();
    assert_eq!(first_doses(&ask(&inventory, &search)), [1]);
}
