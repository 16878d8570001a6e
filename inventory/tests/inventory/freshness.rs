//! An answer reflects every reservation made before it was asked for, whatever way it takes.

use crate::samples::*;
use opencowin_inventory::*;
use opencowin_model::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;

/// `count` sessions of 1,000 first doses on one day, spread over ten centres.
fn inventory(count: u32) -> Inventory {
    let centres = (0..10).map(|id| centre(id, PINCODE)).collect();
    let sessions = (0..count).map(|id| session(id.into(), id % 10, DAY, [1000, 20, 3])).collect();
    with(centres, sessions)
}

fn reserve(inventory: &Inventory, session: u32, n: u16) -> Reservation {
    let session = inventory.session(session_id(session.into())).unwrap();
    session.seats().reserve(Channel::Online, Dose::First, n).unwrap()
}

/// Others have these seats, and we what we have.
fn follow(session: &SessionOnSale, others: Seats) {
    let seats = session.seats();
    assert!(seats.follow(Channel::Online, seats.free(Channel::Online), others));
}

fn shown(body: &[u8]) -> u64 {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap();
    first_doses(&answer).iter().sum()
}

/// Books one session after another and looks after each, in all codings.
fn every_booking_shows_at_once(count: u32, places: &[Place]) {
    let inventory = inventory(count);
    for place in places {
        await_gzip(&inventory, &find(*place));
    }
    let mut expected = u64::from(count) * 1000;
    for at in 0..60 {
        let n = 1 + (at % 4) as u16;
        let held = reserve(&inventory, at % count, n);
        expected -= u64::from(n);
        check(&inventory, places, expected);
        if at % 3 == 0 {
            held.release();
            expected += u64::from(n);
        } else {
            held.confirm();
        }
        check(&inventory, places, expected);
    }
}

#[track_caller]
fn check(inventory: &Inventory, places: &[Place], expected: u64) {
    for place in places {
        let plain = inventory.search(&find(*place), Codings::default()).body;
        assert_eq!(shown(&plain), expected, "plain {place:?}");
        let (coding, body) = ask_gzip(inventory, &find(*place));
        assert_eq!((coding, body), (Coding::Gzip, plain.to_vec()), "{place:?}");
    }
}

#[test]
fn small_answers_are_fresh() {
    every_booking_shows_at_once(8, &[Place::Pincode(PINCODE), Place::District(DISTRICT)]);
}

#[test]
fn large_answers_are_fresh() {
    every_booking_shows_at_once(120, &[Place::Pincode(PINCODE), Place::District(DISTRICT)]);
}

#[test]
fn an_unchanged_large_answer_is_shared_not_copied() {
    let inventory = inventory(120);
    let search = find(Place::District(DISTRICT));
    let body = || inventory.search(&search, Codings::default()).body;
    let first = body();
    assert!(first.len() > 16 << 10);
    assert_eq!(first.as_ptr(), body().as_ptr());
    let kept = first.clone();
    reserve(&inventory, 3, 1).confirm();
    let second = body();
    assert_ne!(first.as_ptr(), second.as_ptr());
    assert_eq!(first, kept, "a body once handed out is never written");
    assert_eq!(second.as_ptr(), body().as_ptr());
    assert_eq!(inventory.stats().plain.patches, 1);
}

#[test]
fn closing_and_the_feed_show_at_once() {
    for count in [8, 120] {
        let inventory = inventory(count);
        let search = find(Place::District(DISTRICT));
        await_gzip(&inventory, &search);
        let session = inventory.session(session_id(2)).unwrap();
        follow(&session, Seats([5000, 0, 0]));
        check(&inventory, &[search.place], u64::from(count) * 1000 + 5000);
        session.seats().close();
        check(&inventory, &[search.place], u64::from(count - 1) * 1000);
        session.seats().open();
        follow(&session, Seats::default());
        check(&inventory, &[search.place], u64::from(count) * 1000);
    }
}

/// While threads book, every answer lies between the bookings acknowledged before it was asked for and those begun
/// before it was complete.
fn answers_are_fresh_while_threads_book(count: u32, gzip: bool) {
    let inventory = inventory(count);
    let search = find(Place::District(DISTRICT));
    await_gzip(&inventory, &search);
    let (begun, acknowledged, over) =
        (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let book = |seed: u32| {
        for at in 0..3000_u32 {
            begun.fetch_add(1, SeqCst);
            reserve(&inventory, (at * 7 + seed) % count, 1).confirm();
            acknowledged.fetch_add(1, SeqCst);
        }
    };
    let look = || {
        let total = u64::from(count) * 1000;
        while !over.load(SeqCst) {
            let before = acknowledged.load(SeqCst);
            let body = match gzip {
                true => ask_gzip(&inventory, &search).1,
                false => inventory.search(&search, Codings::default()).body.to_vec(),
            };
            let after = begun.load(SeqCst);
            let sold = total - shown(&body);
            assert!((before..=after).contains(&sold), "{before} <= {sold} <= {after}");
        }
    };
    thread::scope(|scope| {
        scope.spawn(look);
        scope.spawn(look);
        let bookers = [scope.spawn(|| book(0)), scope.spawn(|| book(3))];
        bookers.into_iter().for_each(|booker| booker.join().unwrap());
        over.store(true, SeqCst);
    });
    check(&inventory, &[search.place], u64::from(count) * 1000 - 6000);
}

#[test]
fn small_answers_are_fresh_while_threads_book() {
    answers_are_fresh_while_threads_book(8, false);
}

#[test]
fn large_answers_are_fresh_while_threads_book() {
    answers_are_fresh_while_threads_book(120, false);
}

#[test]
fn compressed_answers_are_fresh_while_threads_book() {
    answers_are_fresh_while_threads_book(120, true);
}

#[test]
fn a_small_budget_costs_copies_and_not_freshness() {
    let inventory = Inventory::new(pack(), Budgets { plain_bytes: 0, gzip_bytes: 0 });
    let sessions = (0..120).map(|id| session(id, 1, DAY, [1000, 0, 0])).collect();
    inventory.publish(Publication { centres: vec![centre(1, PINCODE)], sessions }).unwrap();
    for at in 0..20 {
        reserve(&inventory, at, 1).confirm();
        let (_, body) = ask_gzip(&inventory, &find(Place::District(DISTRICT)));
        assert_eq!(shown(&body), 120_000 - u64::from(at) - 1);
    }
}
