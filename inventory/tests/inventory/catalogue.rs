//! Publications: what they change, what they leave alone, what they refuse, and that nothing piles up.

use crate::samples::*;
use opencowin_inventory::*;
use opencowin_model::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn publish(inventory: &Inventory, centres: Vec<Centre>, sessions: Vec<OnSale>) -> Published {
    inventory.publish(Publication { centres, sessions }).unwrap()
}

fn seats(inventory: &Inventory, id: u128) -> SessionSeats {
    inventory.session(session_id(id)).unwrap().seats().clone()
}

#[test]
fn seats_are_kept_when_a_session_is_published_again() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [10, 0, 0])]);
    let held = seats(&inventory, 1).reserve(Channel::Online, Dose::First, 4).unwrap();
    let mut again = session(1, 1, day(1), [1000, 0, 0]);
    again.session.version = 2;
    let published = publish(&inventory, vec![], vec![again]);
    assert_eq!(published, Published { added: 0, changed: 1, past: 0 });
    assert_eq!(seats(&inventory, 1).free(Channel::Online), Seats([6, 0, 0]));
    assert_eq!(first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE)))), [0; 0]);
    let next_day = Search { shape: Shape::Find { date: day(1) }, ..find(Place::Pincode(PINCODE)) };
    held.release();
    assert_eq!(first_doses(&ask(&inventory, &next_day)), [10]);
    seats(&inventory, 1).credit(Channel::Online, Dose::First, 990).unwrap();
    assert_eq!(first_doses(&ask(&inventory, &next_day)), [1000], "the wider field is there");
}

#[test]
fn a_large_answer_follows_the_catalogue() {
    let sessions = (0..100).map(|id| session(id, 1, DAY, [10, 0, 0])).collect();
    let inventory = with(vec![centre(1, PINCODE)], sessions);
    let search = find(Place::District(DISTRICT));
    await_gzip(&inventory, &search);
    publish(&inventory, vec![], vec![session(100, 1, DAY, [7, 0, 0])]);
    assert_eq!(first_doses(&ask(&inventory, &search)).iter().sum::<u64>(), 1007);
    let (coding, body) = ask_gzip(&inventory, &search);
    assert_eq!(coding, Coding::Identity, "the old stream is not offered");
    assert_eq!(body, inventory.search(&search, Codings::default()).body);
    await_gzip(&inventory, &search);
    assert_eq!(ask_gzip(&inventory, &search).1, body);
}

#[test]
fn a_centre_can_describe_itself_anew_and_move() {
    let sessions = vec![session(1, 1, DAY, [1, 0, 0]), session(2, 1, day(1), [2, 0, 0])];
    let inventory = with(vec![centre(1, PINCODE), centre(2, PINCODE)], sessions);
    let held = seats(&inventory, 1).reserve(Channel::Online, Dose::First, 1).unwrap();
    let mut moved = centre(1, Pincode(110_001));
    assert_ne!(moved.district, DISTRICT);
    moved.name = "Moved".into();
    publish(&inventory, vec![moved.clone()], vec![session(2, 2, DAY, [2, 0, 0])]);
    let there = ask(&inventory, &find(Place::District(moved.district)));
    assert_eq!((&there["sessions"][0]["name"], first_doses(&there)), (&"Moved".into(), vec![0]));
    assert_eq!(first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE)))), [2]);
    held.release();
    let there = ask(&inventory, &find(Place::Centre(CentreId(1))));
    assert_eq!(first_doses(&there), [1], "its seats moved with it");
    assert_eq!(inventory.centre(CentreId(1)).unwrap().name, "Moved");
    assert_eq!(inventory.session(session_id(2)).unwrap().centre().id, CentreId(2));
    let near = ask(&inventory, &find(Place::Near(moved.position)));
    assert_eq!(near["sessions"][0]["center_id"], 1);
}

#[test]
fn a_cancelled_session_is_sold_and_shown_to_nobody_but_those_who_hold_it() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [10, 0, 0])]);
    publish(&inventory, vec![], vec![changed(2, SessionState::Cancelled)]);
    assert!(first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE)))).is_empty());
    let refused = seats(&inventory, 1).reserve(Channel::Online, Dose::First, 1).unwrap_err();
    assert_eq!(refused, Refused::Closed);
    let held: Vec<_> = inventory.sessions_at(CentreId(1));
    assert_eq!(held[0].definition().state, SessionState::Cancelled);
    publish(&inventory, vec![centre(1, PINCODE)], vec![]);
    assert_eq!(inventory.sessions_at(CentreId(1)).len(), 1, "it stays with its centre");
    inventory.retire_before(DAY.tomorrow().unwrap());
    assert!(inventory.session(session_id(1)).is_none());
}

#[test]
fn a_closed_session_is_shown_without_seats_and_has_them_again_once_it_is_opened() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [10, 0, 0])]);
    let shown = || first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE))));
    publish(&inventory, vec![], vec![changed(2, SessionState::Closed)]);
    assert_eq!(shown(), [0]);
    publish(&inventory, vec![], vec![changed(3, SessionState::Published)]);
    assert_eq!(shown(), [10]);
}

#[test]
fn an_older_definition_does_not_replace_a_newer_one() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [10, 0, 0])]);
    publish(&inventory, vec![], vec![changed(3, SessionState::Cancelled)]);
    publish(&inventory, vec![], vec![changed(2, SessionState::Published)]);
    let session = inventory.session(session_id(1)).unwrap();
    assert_eq!(session.definition().state, SessionState::Cancelled);
}

#[test]
fn a_session_that_is_moved_to_another_day_takes_its_seats_along() {
    let inventory = with(vec![centre(1, PINCODE)], vec![session(1, 1, DAY, [10, 0, 0])]);
    seats(&inventory, 1).reserve(Channel::Online, Dose::First, 3).unwrap().confirm();
    let mut moved = changed(2, SessionState::Published);
    moved.session.date = DAY.tomorrow().unwrap();
    publish(&inventory, vec![], vec![moved]);
    assert!(first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE)))).is_empty());
    assert_eq!(seats(&inventory, 1).free(Channel::Online), Seats([7, 0, 0]));
    assert_eq!(
        inventory.session(session_id(1)).unwrap().definition().date,
        DAY.tomorrow().unwrap()
    );
}

/// The first session in a later version.
fn changed(version: u32, state: SessionState) -> OnSale {
    let mut changed = session(1, 1, DAY, [10, 0, 0]);
    (changed.session.version, changed.session.state) = (version, state);
    changed
}

#[test]
fn a_faulty_publication_is_refused_whole() {
    let inventory = with(vec![centre(1, PINCODE)], vec![]);
    let refuse = |centres: Vec<Centre>, sessions: Vec<OnSale>, why: Unpublishable| {
        let mut all = vec![session(1, 1, DAY, [1, 1, 1])];
        all.extend(sessions);
        assert_eq!(inventory.publish(Publication { centres, sessions: all }), Err(why));
        assert!(inventory.session(session_id(1)).is_none());
    };
    let elsewhere = Centre { district: DistrictId(1), ..centre(2, PINCODE) };
    refuse(vec![elsewhere], vec![], Unpublishable::Misplaced(CentreId(2)));
    let nowhere = Centre { pincode: Pincode(999_999), ..centre(2, PINCODE) };
    refuse(vec![nowhere], vec![], Unpublishable::Misplaced(CentreId(2)));
    let fees = vec![(VaccineId(200), 5)];
    refuse(
        vec![Centre { fees, ..centre(2, PINCODE) }],
        vec![],
        Unpublishable::UnknownFee(CentreId(2)),
    );
    refuse(vec![centre(2, PINCODE); 2], vec![], Unpublishable::CentreTwice(CentreId(2)));
    let stray = session(2, 5, DAY, [1, 1, 1]);
    refuse(vec![], vec![stray], Unpublishable::UnknownCentre(session_id(2)));
    refuse(vec![], vec![session(1, 1, DAY, [2, 1, 1])], Unpublishable::SessionTwice(session_id(1)));
    let mut odd = session(2, 1, DAY, [1, 1, 1]);
    odd.session.vaccine = VaccineId(200);
    refuse(vec![], vec![odd], Unpublishable::UnknownVaccine(session_id(2)));
    let mut wide = session(2, 1, DAY, [99, 1, 1]);
    wide.free = Capacity::new(Seats([100, 1, 1]), Seats::default(), Seats::default());
    refuse(vec![], vec![wide], Unpublishable::OverCapacity(session_id(2)));
}

#[test]
fn a_withdrawn_session_is_gone_and_closed() {
    let sessions = vec![session(1, 1, DAY, [1, 0, 0]), session(2, 1, DAY, [2, 0, 0])];
    let inventory = with(vec![centre(1, PINCODE)], sessions);
    let seats = seats(&inventory, 1);
    inventory.withdraw(&[session_id(1), session_id(77)]);
    assert!(inventory.session(session_id(1)).is_none());
    assert_eq!(first_doses(&ask(&inventory, &find(Place::Pincode(PINCODE)))), [2]);
    assert_eq!(seats.reserve(Channel::Online, Dose::First, 1).unwrap_err(), Refused::Closed);
}

#[test]
fn past_days_go_and_do_not_come_back() {
    let sessions = (0..5).map(|at| session(at as u128, 1, day(at), [1, 0, 0])).collect();
    let inventory = with(vec![centre(1, PINCODE)], sessions);
    inventory.retire_before(day(3));
    let answer = ask(&inventory, &calendar(Place::Pincode(PINCODE)));
    assert_eq!(answer["centers"][0]["sessions"].as_array().unwrap().len(), 2);
    assert!(inventory.session(session_id(2)).is_none());
    let late = vec![session(9, 1, day(2), [1, 0, 0]), session(10, 1, day(3), [1, 0, 0])];
    assert_eq!(publish(&inventory, vec![], late), Published { added: 1, changed: 0, past: 1 });
    assert_eq!(inventory.stats().sessions, 3);
    assert!(inventory.centre(CentreId(1)).is_some(), "centres stay");
}

#[test]
fn days_pass_without_a_leak() {
    let inventory = with((0..20).map(|id| centre(id, PINCODE)).collect(), vec![]);
    let mut held = None;
    for today in 0..30 {
        let id = |at: u32| (today as u128) << 32 | u128::from(at);
        let sessions = (0..200).map(|at| session(id(at), at % 20, day(today), [5, 0, 0]));
        publish(&inventory, vec![], sessions.collect());
        let search =
            Search { shape: Shape::Find { date: day(today) }, ..find(Place::District(DISTRICT)) };
        await_gzip(&inventory, &search);
        ask(&inventory, &search);
        held =
            held.or_else(|| seats(&inventory, id(7)).reserve(Channel::Online, Dose::First, 1).ok());
        inventory.retire_before(day(today));
    }
    let stats = inventory.stats();
    assert_eq!((stats.sessions, stats.blocks, stats.block_sessions), (200, 2, 400));
    held.unwrap().confirm();
    assert_eq!(inventory.stats().blocks, 1, "the reservation held the last old block");
}

#[test]
fn the_catalogue_can_be_replaced_while_readers_read() {
    let inventory = with(vec![centre(1, PINCODE), centre(2, PINCODE)], vec![]);
    let done = AtomicBool::new(false);
    let search = find(Place::District(DISTRICT));
    let read = || {
        while !done.load(Ordering::Relaxed) {
            let (_, body) = ask_gzip(&inventory, &search);
            let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let shown = answer["sessions"].as_array().unwrap();
            let both = |centre: u64| shown.iter().filter(|s| s["center_id"] == centre).count();
            assert_eq!(both(1), both(2), "a district changes at once");
            for session in shown {
                let id = SessionId::parse(session["session_id"].as_str().unwrap()).unwrap();
                assert!(inventory.session(id).is_some() || done.load(Ordering::Relaxed));
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(read);
        scope.spawn(read);
        for round in 0..150_u128 {
            let pair =
                |centre: u32| session(round * 2 + u128::from(centre), centre, DAY, [9, 0, 0]);
            publish(&inventory, vec![], vec![pair(1), pair(2)]);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(first_doses(&ask(&inventory, &search)).len(), 300);
}

#[test]
fn statistics_count_what_is_there() {
    let sessions = (0..100).map(|id| session(id, 1, DAY, [10, 0, 0])).collect();
    let inventory = with(vec![centre(1, PINCODE), centre(2, PINCODE)], sessions);
    await_gzip(&inventory, &find(Place::District(DISTRICT)));
    drop(seats(&inventory, 1).reserve(Channel::Online, Dose::First, 1).unwrap());
    let stats = inventory.stats();
    assert_eq!((stats.centres, stats.sessions, stats.blocks), (2, 100, 1));
    assert_eq!((stats.plain.answers, stats.gzip.answers, stats.builder.built), (1, 1, 1));
    assert!(stats.fragment_bytes > 100 * 150 && stats.gzip.bytes > 2000);
    assert_eq!(stats.leaked_reservations, 1);
}
