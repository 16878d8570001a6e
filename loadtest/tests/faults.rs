//! A target that is right passes; the same target with one fault fails, and the fault is called by its name.

use crate::support::scenarios::{BOOKING, RUSHING, SEARCHING};
use crate::support::{Catalogue, Ended, Fault, Harness, Stale, StandIn, When};
use opencowin_loadtest::result::ViolationKind;
use std::time::Duration;

/// What a run of people who book makes of a stand-in with one fault.
#[track_caller]
fn booking(standin: &StandIn, fault: Fault, when: When) -> Ended {
    standin.switch(fault, when);
    Harness::run(&standin.url(), BOOKING).end()
}

#[test]
fn a_right_target_passes_and_every_count_is_the_targets_own() {
    let standin = StandIn::default();
    let ended = Harness::run(&standin.url(), BOOKING)
        .set("--slo", "p99<1s,errors<0.1%")
        .set("--threads", "2")
        .end();
    ended.ended(0, &[]);
    let result = ended.result();
    assert!(result.valid && result.violations.is_empty(), "{}", ended.told());
    let bookings = &result.bookings;
    assert!(bookings.confirmed > 10, "{bookings:?}");
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
    assert_eq!(bookings.unknown_outcomes, 0);
    let asked: u64 = result.traffic().map(|(_, operation)| operation.count).sum();
    assert!(asked > 150 && asked <= standin.served("/api/"), "{asked}");
    assert!(result.freshness.answers > 0 && result.freshness.bodies > 0, "{:?}", result.freshness);
}

#[test]
fn everybody_has_one_address_and_sends_a_key_with_what_books() {
    let standin = StandIn::default();
    Harness::run(&standin.url(), BOOKING).end().ended(0, &[]);
    let addresses = standin.addresses();
    assert!(addresses.len() > 10 && addresses.values().all(|one| one.len() == 1), "{addresses:?}");
    let different: std::collections::BTreeSet<_> = addresses.values().flatten().collect();
    assert!(different.len() * 10 > addresses.len() * 9, "{addresses:?}");
    let (with, without) = standin.keyed();
    assert!(with > 10 && without == 0, "{with} {without}");
    assert!(!standin.agents().is_empty() && standin.without_host() == 0);
}

#[test]
fn partners_come_through_their_door_with_a_key() {
    let standin = StandIn::default();
    let scenario = BOOKING.replace("slip = 0.1", "door = \"protected\"");
    let ended = Harness::run(&standin.url(), &scenario).set("--api-key", "sesame-4711").end();
    ended.ended(0, &[]);
    assert!(ended.result().bookings.confirmed > 10, "{}", ended.told());
    assert!(!ended.said.contains("sesame-4711") && !ended.json.contains("sesame-4711"));
}

#[test]
fn nothing_that_is_left_of_a_run_names_anybody() {
    let standin = StandIn::default();
    standin.switch(Fault::BookTwice, When::Share(0.3));
    // Numbers of people are counted up from the seed, which is no secret; a small one looks like none of them.
    let ended = Harness::run(&standin.url(), BOOKING).set("--seed", "7").end();
    ended.ended(3, &[]);
    let left = format!("{}{}", ended.said, ended.json);
    let people = standin.people();
    assert!(people.len() > 10);
    for person in people {
        if let Some(at) = left.find(&person) {
            panic!("{person} in …{}…", &left[at.saturating_sub(80)..at + 80]);
        }
    }
    assert!(!left.contains("eyJ"), "a token");
}

#[test]
fn clients_of_2021_send_no_key() {
    let standin = StandIn::default();
    let scenario = BOOKING.replace("slip = 0.1", "imitates_2021 = true");
    Harness::run(&standin.url(), &scenario).end().ended(0, &[]);
    let (with, without) = standin.keyed();
    assert!(with == 0 && without > 10, "{with} {without}");
}

#[test]
fn a_lost_booking_is_found_though_the_seat_is_gone() {
    let standin = StandIn::default();
    let ended = booking(&standin, Fault::LoseBooking { seat_stays_gone: true }, When::Nth(5));
    assert_eq!((ended.broke(ViolationKind::LostBooking), ended.result().bookings.lost), (1, 1));
}

#[test]
fn a_lost_booking_is_found_though_its_seat_was_sold_again() {
    let standin = StandIn::default();
    let ended = booking(&standin, Fault::LoseBooking { seat_stays_gone: false }, When::Nth(5));
    ended.ended(3, &[]);
    let found = |kind| ended.result().violations.iter().any(|one| one.kind == kind);
    assert!(found(ViolationKind::LostBooking), "{}", ended.told());
    assert!(found(ViolationKind::StaleAnswer), "search shows the seat again: {}", ended.told());
}

#[test]
fn one_seat_too_many_is_found_though_search_hides_it() {
    let standin = StandIn::new(Catalogue::one_session(5));
    // Late answers to searches: everybody has seen seats when the first are sold.
    standin.switch_on(Fault::Slow(Duration::from_millis(200)), When::Always, "/calendarByPin");
    standin.switch_on(Fault::OversellOne, When::Nth(3), "/schedule");
    let ended = Harness::run(&standin.url(), &rush(40)).end();
    assert_eq!(standin.seats_sold(), 6, "{}", ended.told());
    assert_eq!((ended.broke(ViolationKind::Oversold), ended.result().bookings.oversold), (1, 1));
}

/// So many people who are logged in and come within a moment.
pub(crate) fn rush(people: usize) -> String {
    let prepared = format!("list = 0\n    people = {people}\n    prepared = true");
    RUSHING
        .replace("list = 0", &prepared)
        .replace("rate = 150", "rate = 2000")
        .replace("connections = 16", "connections = 64")
}

#[test]
fn one_stale_answer_is_found() {
    let standin = StandIn::default();
    let fault = Fault::StaleAnswer(Stale::By(Duration::from_secs(30)));
    let ended = booking(&standin, fault, When::Nth(3));
    assert_eq!(standin.fired(), 1, "{}", ended.told());
    assert!(ended.broke(ViolationKind::StaleAnswer) >= 1);
    let result = ended.result();
    assert_eq!((result.bookings.stale_answers, result.freshness.stale), (1, 1));
    assert!(result.freshness.age_ms.max > 0.0);
}

#[test]
fn an_answer_that_lags_a_moment_behind_is_found() {
    let standin = StandIn::default();
    let ended = booking(&standin, Fault::StaleAnswer(Stale::BeforeLastBooking), When::Share(0.5));
    assert!(ended.broke(ViolationKind::StaleAnswer) >= 1);
}

#[test]
fn two_appointments_of_one_person_are_found() {
    let standin = StandIn::default();
    standin.switch(Fault::BookTwice, When::Nth(3));
    // Whoever has two and cancels one has one that nobody acknowledged: another lie, with another name.
    let scenario = BOOKING.replace("cancel = 0.1", "cancel = 0.0");
    let ended = Harness::run(&standin.url(), &scenario).end();
    ended.ended(3, &[]);
    let found = |kind| ended.result().violations.iter().any(|one| one.kind == kind);
    assert!(found(ViolationKind::DoubledBooking), "{}", ended.told());
    assert_eq!(ended.result().bookings.doubled, 1);
}

#[test]
fn a_booking_behind_a_refusal_is_found() {
    let standin = StandIn::default();
    let ended = booking(&standin, Fault::GhostBooking, When::Nth(3));
    ended.ended(3, &[]);
    let found = |kind| ended.result().violations.iter().any(|one| one.kind == kind);
    assert!(found(ViolationKind::GhostBooking), "{}", ended.told());
}

#[test]
fn a_cancellation_that_does_nothing_is_found() {
    let standin = StandIn::default();
    standin.switch(Fault::CancelsDoNothing, When::Always);
    let scenario = BOOKING.replace("cancel = 0.1", "cancel = 0.8");
    let ended = Harness::run(&standin.url(), &scenario).end();
    assert!(ended.broke(ViolationKind::GhostBooking) >= 1);
}

#[test]
fn an_untyped_refusal_is_found() {
    let standin = StandIn::default();
    standin.switch_on(Fault::UntypedRefusal, When::Nth(3), "/calendarBy");
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    assert_eq!(ended.broke(ViolationKind::UntypedRefusal), 1);
    assert_eq!(ended.errors("untyped 403"), 1);
}

#[test]
fn a_body_that_lacks_a_field_is_found() {
    let standin = StandIn::default();
    standin.switch_on(Fault::MalformedBody, When::Nth(20), "/calendarBy");
    let ended = Harness::run(&standin.url(), SEARCHING).end();
    assert_eq!(
        (ended.broke(ViolationKind::MalformedBody), ended.result().freshness.malformed),
        (1, 1)
    );
}

/// Runs people who book, move and cancel while one answer on this path is swallowed; the unknown outcomes, those found
/// done, and those found undone.
fn swallowed(path: &'static str, fault: Fault) -> (u64, u64, u64) {
    let standin = StandIn::default();
    standin.switch_on(fault, When::Nth(2), path);
    let scenario = BOOKING.replace("cancel = 0.1", "cancel = 0.5\n    reschedule = 0.5");
    let ended = Harness::run(&standin.url(), &scenario).end();
    ended.ended(0, &[]);
    assert_eq!((standin.fired(), ended.errors("reset")), (1, 1), "{path}: {}", ended.told());
    let bookings = &ended.result().bookings;
    assert_eq!(bookings.unknown_unsettled, 0, "{path}: {}", ended.told());
    (bookings.unknown_outcomes, bookings.unknown_found_done, bookings.unknown_found_undone)
}

#[test]
fn outcomes_that_were_left_unknown_are_found_out() {
    let runs = ["/schedule", "/reschedule", "/cancel"].map(|path| {
        let run = |fault| std::thread::spawn(move || swallowed(path, fault));
        (path, run(Fault::ResetAfterCommit), run(Fault::Reset))
    });
    for (path, done, undone) in runs {
        assert_eq!(done.join().expect("no panic"), (1, 1, 0), "{path} was done");
        assert_eq!(undone.join().expect("no panic"), (1, 0, 1), "{path} was not done");
    }
}

#[test]
fn everyone_at_once_on_one_session_sells_it_once() {
    let standin = StandIn::new(Catalogue::one_session(20));
    let ended = Harness::run(&standin.url(), &rush(80)).end();
    ended.ended(0, &[]);
    let result = ended.result();
    let bookings = &result.bookings;
    assert_eq!(
        (bookings.confirmed, bookings.sold_out, bookings.oversold),
        (20, 1, 0),
        "{}",
        ended.told()
    );
    assert_eq!(standin.seats_sold(), 20);
    assert!(bookings.time_to_sell_out_s.is_some_and(|time| time < 2.0), "{bookings:?}");
    assert!(bookings.attempts >= 20 && result.error_share == 0.0, "{}", ended.told());
}

#[test]
fn people_in_a_closed_loop_book_as_truly() {
    let standin = StandIn::default();
    let scenario = BOOKING
        .replace("arrivals = { rate = 150 }", "closed = { people = 4, think = \"20ms\" }")
        .replace("duration = \"2s\"", "duration = \"1s\"");
    let ended = Harness::run(&standin.url(), &scenario).end();
    ended.ended(0, &[]);
    let bookings = &ended.result().bookings;
    assert!(bookings.confirmed > 10, "{}", ended.told());
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
}

#[test]
fn a_target_that_sleeps_each_second_is_found_by_its_rhythm() {
    let standin = StandIn::default();
    let (pause, every) = (Duration::from_millis(100), Duration::from_secs(1));
    standin.switch(Fault::Sleep { pause, every }, When::Always);
    let scenario = SEARCHING.replace("duration = \"2s\"", "duration = \"5s\"");
    let ended = Harness::run(&standin.url(), &scenario).set("--slo", "p99<50ms").end();
    ended.ended(1, &["p99<50ms"]);
    let result = ended.result();
    let stalls = &result.stalls;
    assert!((4..=6).contains(&stalls.count), "{stalls:?}");
    assert!((0.9..1.1).contains(&stalls.period_s.unwrap()), "{stalls:?}");
    assert!((70.0..200.0).contains(&stalls.longest_ms), "{stalls:?}");
    let p99 = result.operations["calendarByDistrict"].latency_ms.p99;
    assert!((60.0..200.0).contains(&p99), "{p99}");
    assert!(result.valid && result.slo.iter().any(|threshold| !threshold.met));
}

#[test]
fn a_target_that_goes_away_and_comes_back_has_broken_nothing() {
    let standin = StandIn::default();
    let running = Harness::run(&standin.url(), BOOKING).start();
    std::thread::sleep(Duration::from_millis(1200));
    standin.go_down();
    std::thread::sleep(Duration::from_millis(300));
    standin.come_back();
    let ended = running.end();
    ended.ended(0, &[]);
    assert!(ended.errors("connect") + ended.errors("reset") > 0, "{}", ended.told());
    assert_eq!(ended.result().bookings.lost, 0);
}
