//! The command line: what it refuses, how it ends, and what Ctrl-C leaves.

use crate::support::scenarios::{BOOKING, SEARCHING};
use crate::support::{Fault, Harness, StandIn, When};
use std::time::{Duration, Instant};

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
    let recorded = "shape = { kind = \"recorded\", file = \"/nowhere/moments.txt\" }";
    refused("rate = 100", recorded, &["/nowhere/moments.txt"]);
}

#[test]
fn what_is_no_usage_is_refused_with_64() {
    let cases: [(&[&str], &str); 13] = [
        (&["run", "no-such-scenario"], "no-such-scenario"),
        (&["run", "smoke", "--rate", "0"], "rate"),
        (&["run", "smoke", "--rate", "fast"], "fast"),
        (&["run", "smoke", "--duration", "60"], "60"),
        (&["run", "smoke", "--slo", "p99<quick"], "p99<quick"),
        (&["run", "smoke", "--target", "127.0.0.1:80"], "127.0.0.1:80"),
        (&["run", "smoke", "--colour"], "--colour"),
        (&["run", "smoke", "--rate", "inf"], "arrivals.rate"),
        (&["run", "smoke", "--duration", "0s"], "duration"),
        (&["run", "smoke", "--connections", "0"], "connections"),
        (&["run", "smoke", "--connections", "1000000"], "connections"),
        (&["run", "smoke", "--chaos", "kill"], "kill"),
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
fn a_rate_beyond_all_machines_ends_in_time() {
    let standin = StandIn::default();
    let run = Harness::run(&standin.url(), SEARCHING).set("--rate", "1e12").set("--duration", "1s");
    let started = Instant::now();
    run.end().ended(2, &["generator"]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn ctrl_c_ends_a_run_early_and_keeps_what_there_is() {
    let standin = StandIn::default();
    let scenario = BOOKING.replace("duration = \"2s\"", "duration = \"60s\"");
    let running = Harness::run(&standin.url(), &scenario).start();
    std::thread::sleep(Duration::from_millis(1500));
    running.interrupt();
    let ended = running.end();
    ended.ended(2, &["ended after"]);
    let result = ended.result();
    assert!(result.duration_s < 5.0, "{}", result.duration_s);
    assert!(result.operations["generateOTP"].count > 0, "{}", ended.told());
    let bookings = &result.bookings;
    assert_eq!(standin.seats_sold() as u64, bookings.confirmed - bookings.cancelled);
}

#[test]
fn ctrl_c_ends_what_has_not_begun() {
    let standin = StandIn::default();
    standin.switch(Fault::Slow(Duration::from_secs(20)), When::Always);
    let scenario = SEARCHING.replace("timeout = \"1s\"", "timeout = \"20s\"");
    let running = Harness::run(&standin.url(), &scenario).start();
    std::thread::sleep(Duration::from_millis(700));
    let asked = Instant::now();
    running.interrupt();
    running.end().ended(2, &["before it began"]);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
}

#[test]
fn a_second_ctrl_c_ends_the_reading_back_of_a_target_that_is_gone() {
    let standin = StandIn::default();
    let running = Harness::run(&standin.url(), BOOKING).start();
    std::thread::sleep(Duration::from_millis(1200));
    standin.go_down();
    running.interrupt();
    std::thread::sleep(Duration::from_millis(700));
    let asked = Instant::now();
    running.interrupt();
    let ended = running.end();
    ended.ended(2, &["could not be read back"]);
    assert!(ended.result().bookings.confirmed > 0, "{}", ended.told());
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
}

#[test]
fn what_cannot_be_written_is_found_out_before_anything_is_sent() {
    let standin = StandIn::default();
    for flag in ["--json", "--report"] {
        let args = [
            "run",
            "smoke",
            "--duration",
            "1s",
            "--target",
            &standin.url(),
            flag,
            "/nowhere/at/all",
        ];
        let ended = Harness::with(&args).end();
        assert!(
            matches!(ended.code, Some(2 | 64)) && ended.said.contains("/nowhere/at/all"),
            "{}",
            ended.told()
        );
        assert_eq!(standin.served("/"), 0);
    }
}

#[test]
fn a_command_against_the_target_is_run_at_its_moment() {
    let standin = StandIn::default();
    let ended = Harness::run(&standin.url(), SEARCHING).set("--chaos", "exit 3@500ms").end();
    ended.ended(0, &[]);
    let [chaos] = ended.result().chaos.as_slice() else { panic!("{}", ended.told()) };
    assert_eq!((chaos.command.as_str(), chaos.exit, chaos.at_s), ("exit 3", Some(3), 0.5));
}

#[test]
fn the_report_stands_on_its_own() {
    let standin = StandIn::default();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("report.html");
    let ended =
        Harness::run(&standin.url(), SEARCHING).set("--report", file.to_str().unwrap()).end();
    ended.ended(0, &[]);
    let page = std::fs::read_to_string(&file).expect("a report");
    assert!(page.contains("</html>") && page.contains("calendarByDistrict"));
    for outside in ["src=\"http", "href=\"http", "@import", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
}
