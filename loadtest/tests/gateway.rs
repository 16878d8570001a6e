//! The harness against the project's own server: neither finds a fault in the other.

use crate::support::scenarios::{COUNTER, PUBLISHER};
use crate::support::{BE_A_GATEWAY, Ended, Gateway, Harness, Process};
use opencowin::access::key_text::SANDBOX_KEY;
use std::path::Path;

/// How large the programme is whose facilities give doses.
const SCALE: f64 = 0.02;

/// The text of a shipped scenario, made to put up with a busy machine.
#[track_caller]
fn shipped(name: &str) -> String {
    let text = Harness::with(&["scenarios", name]).end().ended(0, &[]).said.clone();
    assert!(text.contains("\nconnections ="), "{text}");
    text.replacen("\nconnections =", "\nsend_lag_limit = \"5s\"\nconnections =", 1)
}

#[track_caller]
fn has_no_violation(ended: &Ended) {
    assert!(ended.result().violations.is_empty() && ended.result().valid, "{}", ended.told());
}

#[test]
fn the_gateway_passes_the_smoke_test_and_everything_in_it_happens() {
    let gateway = Gateway::start(0.2);
    // As shipped a tenth of the citizens move their appointment: in three seconds chance may choose none of them.
    let text = shipped("smoke");
    assert!(text.contains("\nreschedule = 0.1\n"), "{text}");
    let run =
        Harness::run(&gateway.url(), &text.replacen("reschedule = 0.1", "reschedule = 0.7", 1));
    let ended = run.set("--duration", "6s").set("--rate", "400").end();
    ended.ended(0, &[]);
    has_no_violation(&ended);
    let result = ended.result();
    for operation in [
        "calendarByDistrict",
        "findByPin",
        "states",
        "districts",
        "generateOTP",
        "confirmOTP",
        "register",
        "beneficiaries",
        "schedule",
        "reschedule",
        "cancel",
        "slip",
        "draft",
        "publish",
        "findByDistrict",
        "enrol",
        "onspot",
        "checkIn",
        "vaccinate",
        "observe",
        "certificate",
        "certificatePdf",
        "certificateList",
        "outbox",
        "readBack",
    ] {
        let count = result.operations.get(operation).map_or(0, |one| one.count);
        assert!(count > 0, "{operation} never happened: {}", ended.told());
    }
    let bookings = &result.bookings;
    assert!(bookings.confirmed > 10 && bookings.read_back >= bookings.confirmed, "{bookings:?}");
    assert!(result.freshness.answers > 0 && result.freshness.bodies > 0, "{:?}", result.freshness);
    let sessions = result.sessions.as_ref().expect("sessions");
    assert!(sessions.published > 0 && sessions.searches > 0, "{sessions:?}");
    assert_eq!(result.error_share, 0.0, "{}", ended.told());
    gateway.assert_sound();
}

#[test]
fn a_rush_at_one_session_of_the_gateway_sells_each_seat_once() {
    let gateway = Gateway::start(0.0);
    gateway.sell(300);
    let ended = Harness::run(&gateway.url(), &shipped("slot-opening")).end();
    ended.ended(0, &[]);
    has_no_violation(&ended);
    let bookings = &ended.result().bookings;
    assert_eq!(
        (bookings.confirmed, bookings.oversold, bookings.lost, bookings.sold_out),
        (300, 0, 0, 1),
        "{}",
        ended.told()
    );
    assert!(bookings.time_to_sell_out_s.is_some_and(|time| time > 0.0), "{bookings:?}");
    assert!(bookings.attempts >= 5000, "{bookings:?}");
    assert_eq!(ended.result().error_share, 0.0, "{}", ended.told());
    gateway.assert_sound();
}

#[test]
fn the_national_opening_keeps_its_mix_at_a_small_rate() {
    let gateway = Gateway::start(0.0);
    gateway.sell(300);
    let run = Harness::run(&gateway.url(), &shipped("national-opening"));
    let ended = run.set("--rate", "1000").set("--duration", "3s").end();
    // On a busy machine the 99th percentile may be missed.
    assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.told());
    has_no_violation(&ended);
    let result = ended.result();
    let all: u64 = result.traffic().map(|(_, one)| one.count).sum();
    assert!((2700..3300).contains(&all), "{all}: {}", ended.told());
    for (operation, documented) in [("calendarByDistrict", 0.6), ("calendarByPin", 0.2)] {
        let share = result.operations[operation].count as f64 / all as f64;
        assert!((share / documented - 1.0).abs() < 0.15, "{operation} {share}: {}", ended.told());
    }
    gateway.assert_sound();
}

/// Staff at facilities of the generated programme.
fn counters() -> String {
    COUNTER.replace("sesame-4711", SANDBOX_KEY).replace("facilities = 3", "facilities = 20")
}

#[test]
fn staff_of_the_gateway_gives_doses_that_are_all_there() {
    let gateway = Gateway::start(SCALE);
    let ended = Harness::run(&gateway.url(), &counters()).set("--threads", "2").end();
    ended.ended(0, &["20 facilities read back"]);
    has_no_violation(&ended);
    let result = ended.result();
    for operation in ["enrol", "onspot", "checkIn", "vaccinate", "observe", "certificate"] {
        let count = result.operations.get(operation).map_or(0, |one| one.count);
        assert!(count > 0, "{operation} never happened: {}", ended.told());
    }
    let doses = result.doses.as_ref().expect("doses");
    assert!(doses.recorded > 30 && doses.districts > 0, "{doses:?}");
    assert_eq!(result.error_share, 0.0, "{}", ended.told());
    gateway.assert_sound();
}

#[test]
fn doses_of_a_gateway_that_is_killed_are_there_once() {
    let mut gateway = Process::start();
    let kill = format!("{}@1s", gateway.kill_command());
    let run = Harness::run(&gateway.url(), &counters());
    let running = run.set("--duration", "5s").set("--chaos", &kill).start();
    gateway.start_again();
    let ended = running.end();
    has_no_violation(&ended);
    let doses = ended.result().doses.as_ref().expect("doses");
    assert!(doses.recorded > 50 && doses.facilities == 20, "{doses:?}");
    gateway.assert_sound();
}

/// Managers of facilities of the generated programme, which has few sessions on any one day.
fn managers() -> String {
    PUBLISHER.replace("sesame-4711", SANDBOX_KEY).replace("first_day = 0", "first_day = 1")
}

#[test]
fn managers_of_the_gateway_publish_sessions_that_every_later_search_shows() {
    let gateway = Gateway::start(SCALE);
    let ended = Harness::run(&gateway.url(), &managers()).set("--threads", "2").end();
    ended.ended(0, &["3 facilities read back"]);
    has_no_violation(&ended);
    let result = ended.result();
    let sessions = result.sessions.as_ref().expect("sessions");
    assert!(sessions.published > 20 && sessions.searches > 20, "{sessions:?}");
    assert_eq!(sessions.unknown_outcomes, 0, "{sessions:?}");
    assert_eq!(result.error_share, 0.0, "{}", ended.told());
    gateway.assert_sound();
}

#[test]
fn sessions_of_a_gateway_that_is_killed_are_there_once() {
    let mut gateway = Process::start();
    let kill = format!("{}@1s", gateway.kill_command());
    let run = Harness::run(&gateway.url(), &managers());
    let running = run.set("--duration", "5s").set("--chaos", &kill).start();
    gateway.start_again();
    let ended = running.end();
    has_no_violation(&ended);
    let sessions = ended.result().sessions.as_ref().expect("sessions");
    assert!(sessions.published > 30 && sessions.facilities == 3, "{sessions:?}");
    gateway.assert_sound();
}

#[test]
#[ignore = "a gateway for other tests, which start it in a process of its own"]
fn serves_until_it_is_killed() {
    let Ok(told) = std::env::var(BE_A_GATEWAY) else { return };
    let (port, data) = told.split_once(' ').unwrap();
    Gateway::serve(Path::new(data), port.parse().unwrap(), SCALE);
}
