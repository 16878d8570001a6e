//! The command line: what it refuses, how it ends, and what Ctrl-C leaves.

use crate::support::scenarios::{BOOKING, SEARCHING};
use crate::support::{Harness, StandIn};
use std::time::Duration;

/// The scenario with a mistake in it is refused with these words, and nothing is sent.
#[track_caller]
fn refused(from: &str, to: &str, words: &[&str]) {
    assert!(SEARCHING.contains(from));
    let standin = StandIn::default();
    let ended = Harness::run(&standin.url(), &SEARCHING.replacen(from, to, 1)).end();
    ended.ended(64, words);
    assert_eq!(standin.served("/"), 0);
}

#[test]
fn a_scenario_with_a_typo_is_refused_naming_the_field() {
    refused("sample_every", "sample_evry", &["sample_evry", "scenario.toml"]);
    refused("search =", "serach =", &["serach"]);
    refused("rate = 100", "rate = 100, ratte = 1", &["ratte"]);
}

#[test]
fn a_scenario_that_cannot_be_run_is_refused_naming_the_field() {
    refused("rate = 100", "rate = 0", &["arrivals.rate"]);
    refused("duration = \"2s\"", "duration = \"2 parsecs\"", &["parsecs"]);
    refused("share = 1", "share = -1", &["people.apps.share"]);
}

#[test]
fn what_is_no_usage_is_refused_with_64() {
    let cases: [(&[&str], &str); 8] = [
        (&["run", "no-such-scenario"], "no-such-scenario"),
        (&["run", "smoke", "--rate", "0"], "rate"),
        (&["run", "smoke", "--rate", "fast"], "fast"),
        (&["run", "smoke", "--duration", "60"], "60"),
        (&["run", "smoke", "--slo", "p99<quick"], "p99<quick"),
        (&["run", "smoke", "--target", "127.0.0.1:80"], "127.0.0.1:80"),
        (&["run", "smoke", "--colour"], "--colour"),
        (&["walk"], "walk"),
    ];
    for (args, word) in cases {
        Harness::with(args).end().ended(64, &[word]);
    }
}

#[test]
fn the_scenarios_are_listed_with_what_they_are_about() {
    let ended = Harness::with(&["scenarios"]).end();
    ended.ended(
        0,
        &["smoke", "steady-search", "slot-opening", "national-opening", "overload", "soak"],
    );
}

#[test]
fn the_command_line_goes_before_the_scenario() {
    let standin = StandIn::default();
    let run = Harness::run(&standin.url(), SEARCHING);
    let ended = run
        .set("--rate", "50")
        .set("--duration", "1s")
        .set("--seed", "7")
        .set("--connections", "3")
        .end();
    ended.ended(0, &[]);
    let result = ended.result();
    assert_eq!((result.scenario.seed, result.scenario.connections), (7, 3));
    assert!((0.9..1.5).contains(&result.duration_s), "{}", result.duration_s);
    assert_eq!(result.rate_target, 50.0);
}

#[test]
fn a_rate_beyond_the_machine_makes_the_run_invalid() {
    let standin = StandIn::default();
    let scenario = SEARCHING.replace("send_lag_limit = \"1s\"", "send_lag_limit = \"10ms\"");
    let ended = Harness::run(&standin.url(), &scenario)
        .set("--rate", "3000000")
        .set("--duration", "1s")
        .end();
    ended.ended(2, &["generator"]);
    let result = ended.result();
    assert!(!result.valid && !result.invalid_because.is_empty(), "{}", ended.told());
}

#[test]
fn ctrl_c_ends_a_run_early_and_keeps_what_there_is() {
    let standin = StandIn::default();
    let scenario = BOOKING.replace("duration = \"2s\"", "duration = \"60s\"");
    let running = Harness::run(&standin.url(), &scenario).start();
    std::thread::sleep(Duration::from_millis(1500));
    running.interrupt();
    let ended = running.end();
    ended.ended(2, &["interrupt"]);
    let result = ended.result();
    assert!(result.duration_s < 5.0, "{}", result.duration_s);
    assert!(result.operations["generateOTP"].count > 0, "{}", ended.told());
    let bookings = &result.bookings;
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
}

#[test]
fn the_report_stands_on_its_own() {
    let standin = StandIn::default();
    let ended = Harness::run(&standin.url(), SEARCHING).set("--report", "report.html").end();
    ended.ended(0, &[]);
}
