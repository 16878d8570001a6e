//! Managers who publish: a right target passes, and each way to publish falsely is called by its name.

use crate::support::scenarios::{BOOKING, PUBLISHER};
use crate::support::{Catalogue, Ended, Fault, Harness, StandIn, When, Worker};
use opencowin_loadtest::result::{Sessions, ViolationKind};
use std::time::Duration;

/// Facilities whose sessions are all for the same people.
fn standin() -> StandIn {
    StandIn::new(Catalogue { some_from_45: false, ..Catalogue::default() })
}

/// What a run of managers makes of a stand-in with one fault.
#[track_caller]
fn with(fault: Fault, when: When, path: &str) -> (Ended, StandIn) {
    let standin = standin();
    standin.switch_on(fault, when, path);
    let run = Harness::run(&standin.url(), PUBLISHER).set("--duration", "1s");
    (run.end(), standin)
}

#[track_caller]
fn sessions(ended: &Ended) -> &Sessions {
    ended.result().sessions.as_ref().unwrap_or_else(|| panic!("no sessions: {}", ended.told()))
}

/// How often each of these rules was broken.
fn broken(ended: &Ended) -> Vec<(ViolationKind, u64)> {
    ended.result().violations.iter().map(|one| (one.kind, one.count)).collect()
}

#[test]
fn managers_publish_sessions_that_every_later_search_shows_and_that_all_are_there() {
    let standin = standin();
    let ended = Harness::run(&standin.url(), PUBLISHER).set("--threads", "2").end();
    ended.ended(0, &["sessions published", "3 facilities read back"]);
    let result = ended.result();
    assert!(result.valid && result.violations.is_empty(), "{}", ended.told());
    for operation in ["draft", "publish", "findByDistrict"] {
        let count = result.operations.get(operation).map_or(0, |one| one.count);
        assert!(count > 10, "{operation}: {}", ended.told());
    }
    let sessions = sessions(&ended);
    assert_eq!((sessions.published, sessions.facilities), (standin.published(), 3));
    assert!(sessions.searches + 10 > sessions.published, "{sessions:?}");
    assert_eq!(sessions.unknown_outcomes, 0, "{sessions:?}");
    assert_eq!(standin.exact(), result.operations["findByDistrict"].count, "none is a kept one");
    assert_eq!(result.error_share, 0.0, "{}", ended.told());
}

#[test]
fn one_session_that_a_later_search_hides_is_found() {
    let (ended, _) = with(Fault::HideSession, When::Nth(5), "");
    assert_eq!(ended.broke(ViolationKind::HiddenSession), 1, "{}", ended.told());
    let sessions = sessions(&ended);
    assert_eq!((sessions.hidden, sessions.lost), (1, 0), "it is on its facility's list");
}

#[test]
fn each_way_to_publish_falsely_has_its_name() {
    let cases = [
        (Fault::InflateSession, ViolationKind::WrongSeats),
        (Fault::GhostSession, ViolationKind::GhostSession),
    ];
    for (fault, kind) in cases {
        let (ended, _) = with(fault, When::Nth(5), "");
        assert_eq!(ended.broke(kind), 1, "{}", ended.told());
    }
    let (ended, _) = with(Fault::ListTwice, When::Nth(1), "");
    assert_eq!(ended.broke(ViolationKind::DoubledSession), 1, "{}", ended.told());
}

#[test]
fn a_session_that_was_lost_is_missed_by_the_public_and_by_its_facility() {
    let (ended, _) = with(Fault::LoseSession, When::Nth(5), "");
    ended.ended(3, &[]);
    let expected = [(ViolationKind::HiddenSession, 1), (ViolationKind::LostSession, 1)];
    assert_eq!(broken(&ended), expected, "{}", ended.told());
}

#[test]
fn a_session_whose_answer_is_lost_is_asked_for_again_and_published_once() {
    let (ended, standin) = with(Fault::ResetAfterCommit, When::Share(0.3), "/sessions/publish");
    ended.ended(0, &[]);
    assert!(standin.fired() > 3, "{}", standin.fired());
    let sessions = sessions(&ended);
    let known = sessions.published + sessions.unknown_found_done;
    assert_eq!(known, standin.published(), "{sessions:?}");
    assert_eq!(sessions.unknown_unsettled, 0, "{sessions:?}");
}

#[test]
fn a_session_that_nobody_was_told_of_is_found_to_be_there_or_not() {
    for (fault, done) in [(Fault::ResetAfterCommit, true), (Fault::Reset, false)] {
        let standin = standin();
        standin.switch_on(fault, When::Always, "/sessions/publish");
        let text = PUBLISHER.replace("patience = \"5s\"", "patience = \"50ms\"");
        let ended = Harness::run(&standin.url(), &text).set("--duration", "1s").end();
        assert_eq!(ended.result().violations, [], "{}", ended.told());
        let sessions = sessions(&ended);
        let (there, not) = (sessions.unknown_found_done, sessions.unknown_found_undone);
        assert!(sessions.published == 0 && sessions.unknown_outcomes > 3, "{sessions:?}");
        assert_eq!((there > 0, not > 0), (done, !done), "{sessions:?}");
        assert_eq!(there, standin.published(), "{sessions:?}");
    }
}

#[test]
fn a_target_that_is_gone_for_a_while_is_asked_until_it_is_back() {
    let standin = standin();
    let running = Harness::run(&standin.url(), PUBLISHER).set("--duration", "3s").start();
    while standin.published() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    standin.go_down();
    let before = standin.published();
    std::thread::sleep(Duration::from_millis(500));
    standin.come_back();
    let ended = running.end();
    assert_eq!(ended.result().violations, [], "{}", ended.told());
    let sessions = sessions(&ended);
    assert!(standin.published() > before + 10, "{before}: {sessions:?}");
    let known = sessions.published + sessions.unknown_found_done;
    assert_eq!(known, standin.published(), "{sessions:?}");
}

#[test]
fn people_book_what_is_published_while_they_search() {
    let standin = standin();
    let citizens = &BOOKING[BOOKING.find("[[people]]").expect("a group")..];
    let both = format!("{PUBLISHER}{}", citizens.replace("share = 1", "share = 2"));
    let both = both.replace("days = 1\n", "days = 3\n").replace("rate = 90", "rate = 200");
    let ended = Harness::run(&standin.url(), &both).end();
    ended.ended(0, &[]);
    let bookings = &ended.result().bookings;
    assert!(bookings.confirmed > 10 && sessions(&ended).published > 10, "{}", ended.told());
}

#[test]
fn workers_publish_at_facilities_of_their_own() {
    // Each worker has a thread for each processor, and each thread a facility at least.
    let facilities = 3 * std::thread::available_parallelism().map_or(1, usize::from);
    let standin = StandIn::new(Catalogue {
        centres: facilities,
        some_from_45: false,
        ..Catalogue::default()
    });
    let (a, b) = (Worker::start(), Worker::start());
    let addresses = format!("{},{}", a.address(), b.address());
    let text = PUBLISHER.replace("facilities = 3", &format!("facilities = {facilities}"));
    let ended = Harness::run(&standin.url(), &text).set("--workers", &addresses).end();
    ended.ended(0, &[]);
    let sessions = sessions(&ended);
    let expected = (standin.published(), facilities as u64);
    assert_eq!((sessions.published, sessions.facilities), expected);
}

#[test]
fn a_target_that_is_no_sandbox_is_told_so_before_anybody_publishes() {
    for path in ["/sandbox/clock", "/sandbox/officials"] {
        let standin = standin();
        standin.switch_on(Fault::UntypedRefusal, When::Always, path);
        Harness::run(&standin.url(), PUBLISHER).end().ended(2, &["sandbox"]);
        assert_eq!(standin.published(), 0);
    }
}
