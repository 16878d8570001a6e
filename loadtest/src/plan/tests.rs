//! Plans as a whole.

use super::*;
use crate::measure::Latencies;
use crate::result::{
    Bookings, FORMAT, Machine, OperationResult, RunResult, Threshold, Violation, ViolationKind,
};
use clap::Parser as _;
use proptest::prelude::*;
use std::time::Duration;

/// A run of the national opening on one core.
fn opening() -> RunResult {
    let mut histogram = Latencies::default();
    (0..1_000).for_each(|_| histogram.record(Duration::from_millis(4)));
    let operation = |count, bytes| OperationResult {
        traffic: true,
        count,
        bytes,
        histogram: histogram.clone(),
        ..OperationResult::default()
    };
    let operations = [
        ("calendarByDistrict".to_owned(), operation(2_884_200, 2_884_200 * 25_000)),
        ("schedule".to_owned(), operation(415_800, 415_800 * 900)),
        ("outbox".to_owned(), OperationResult { traffic: false, ..operation(9, 9) }),
    ];
    RunResult {
        format: FORMAT,
        valid: true,
        rate_achieved: 55_000.0,
        operations: operations.into(),
        bookings: Bookings { goodput_per_s: 540.0, ..Bookings::default() },
        machine: Machine { generator_cpu_s: 44.0, ..Machine::default() },
        slo: vec![threshold(true)],
        ..RunResult::default()
    }
}

fn threshold(met: bool) -> Threshold {
    Threshold { rule: "p99<10ms".to_owned(), operation: None, measured: 12.5, met }
}

fn positive(number: f64) -> Positive {
    Positive::try_from(number).unwrap()
}

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn answered(line: &[&str]) -> String {
    let line = Line::try_parse_from([&["plan"], line].concat()).unwrap();
    let mut out = Vec::new();
    answer(&line.arguments, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_plan_reads_as_it_did() {
    let opening = opening();
    let measured = Measured::from_results(&[("opening.json", &opening)], 1.0).unwrap();
    let given = Given { signatures_per_core_s: Some(positive(60_000.0)), ..Given::default() };
    let plan = plan(&Demand::default(), &measured.with(&given));
    assert_eq!(plan.to_string(), include_str!("golden.txt"));
}

#[test]
fn markdown_has_the_same_rows_and_no_broken_cells() {
    let opening = opening();
    let measured = Measured::from_results(&[("a|b.json", &opening)], 1.0).unwrap();
    let markdown = plan(&Demand::default(), &measured).markdown();
    assert!(markdown.contains("| requests | 55,000/s | the stated peak times growth |\n"));
    assert!(markdown.contains("measured in a\\|b.json |\n"), "{markdown}");
}

#[test]
fn the_figures_of_a_run_carry_its_name() {
    let opening = opening();
    let measured = Measured::from_results(&[("opening.json", &opening)], 2.0).unwrap();
    let file = "opening.json".to_owned();
    let expected = |value| Figure {
        value: positive(value),
        provenance: Provenance::Measured { file: file.clone() },
    };
    assert_eq!(measured.searches_per_core_s, expected(27_500.0));
    assert_eq!(measured.account_requests_per_core_s, expected(27_500.0));
    assert_eq!(measured.bytes_per_search, expected(25_000.0));
    assert_eq!(measured.bytes_per_account_request, expected(900.0));
    assert_eq!(measured.ledger_bookings_per_s, expected(540.0));
    assert_eq!(measured.generator_requests_per_core_s, expected(75_000.0));
    assert!(matches!(measured.signatures_per_core_s.provenance, Provenance::Assumed { .. }));
}

#[test]
fn a_run_of_searches_speaks_for_searches_only() {
    let (opening, mut searches) = (opening(), opening());
    searches.operations.remove("schedule");
    searches.rate_achieved = 90_000.0;
    searches.bookings.goodput_per_s = 0.0;
    let results = [("opening.json", &opening), ("searches.json", &searches)];
    let measured = Measured::from_results(&results, 1.0).unwrap();
    assert_eq!(measured.searches_per_core_s.get(), 90_000.0);
    assert_eq!(measured.account_requests_per_core_s.get(), 55_000.0);
}

#[test]
fn results_that_say_nothing_are_refused_with_the_reason() {
    let violation = Violation { kind: ViolationKind::Oversold, count: 1, examples: Vec::new() };
    let because = vec!["The generator was 40 ms late.".to_owned()];
    let unfit = [
        (RunResult { valid: false, invalid_because: because, ..opening() }, "40 ms late"),
        (RunResult { violations: vec![violation], ..opening() }, "beyond its capacity"),
        (RunResult { slo: vec![threshold(false)], ..opening() }, "missed p99<10ms"),
        (RunResult { rate_achieved: f64::NAN, ..opening() }, "nothing was answered"),
        (RunResult { operations: Default::default(), ..opening() }, "nothing was answered"),
        (RunResult { format: 99, ..opening() }, "format is 99"),
    ];
    for (result, why) in unfit {
        let error = Measured::from_results(&[("x.json", &result)], 1.0).unwrap_err().to_string();
        assert!(error.starts_with("x.json is no source for a plan: "), "{error}");
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn absurd_input_is_refused_by_name() {
    let opening = opening();
    for cores in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Measured::from_results(&[("x.json", &opening)], cores).unwrap_err();
        assert!(error.to_string().starts_with("server cores: "), "{error}");
    }
    assert!(Measured::from_results(&[], 1.0).is_err());
    for (flag, value) in
        [("--population", "0"), ("--peak-requests-per-s", "NaN"), ("--target-utilisation", "2")]
    {
        let error = Line::try_parse_from(["plan", flag, value]).err().unwrap().to_string();
        assert!(error.contains(flag), "{error}");
    }
    let line = Line::try_parse_from(["plan", "--otp-share", "0.9", "--list-share", "0.9"]).unwrap();
    let error = answer(&line.arguments, &mut Vec::new()).unwrap_err().to_string();
    assert!(error.starts_with("shares of requests: "), "{error}");
}

#[test]
fn the_command_reads_results_and_flags() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), serde_json::to_vec(&opening()).unwrap()).unwrap();
    let path = file.path().to_str().unwrap();
    let text = answered(&[path, "--server-cores", "1", "--population", "83,000,000"]);
    assert!(text.starts_with("What 83,000,000 people and 55,000 requests/s need\n"), "{text}");
    assert!(text.contains("given on the command line"), "{text}");
    assert!(text.contains("in proportion it would be 3,284/s"), "{text}");
    assert!(text.contains(&format!("measured in {path}")), "{text}");

    let line = Line::try_parse_from(["plan", path]).unwrap();
    let error = answer(&line.arguments, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, PlanError::NoServerCores), "{error}");
}

#[test]
fn a_small_country_in_one_zone_needs_one_machine_and_no_cluster() {
    let text = answered(&["--peak-requests-per-s", "5000", "--availability-zones", "1"]);
    assert!(text.contains("One machine holds this peak:"), "{text}");
    let text = answered(&["--peak-requests-per-s", "5000", "--ledger-bookings-per-s", "99"]);
    assert!(text.contains("passes the 99/s of one ledger machine (given on the command line)"));
    assert!(text.contains("FoundationDB is needed"), "{text}");
}

/// Everything that is bought.
fn bought(demand: &Demand, measured: &Measured) -> [u64; 5] {
    let plan = plan(demand, measured);
    let Machines { search_gateways, account_gateways, signing_workers, generators, .. } =
        plan.machines;
    [search_gateways, account_gateways, signing_workers, generators, plan.ledger.processes()]
}

proptest! {
    #[test]
    fn more_demand_never_needs_fewer_machines(
        population in 1u64..3_000_000_000,
        peak in 1.0f64..5_000_000.0,
        growth in 0.1f64..10.0,
        zones in 1u64..6,
        utilisation in 0.05f64..1.0,
        more in 1.0f64..20.0,
        which in 0usize..6,
    ) {
        let less = Demand {
            population: Count::try_from(population).unwrap(),
            peak_requests_per_s: positive(peak),
            growth: positive(growth),
            availability_zones: Count::try_from(zones).unwrap(),
            target_utilisation: Share::try_from(utilisation).unwrap(),
            ..Demand::default()
        };
        let mut greater = less.clone();
        match which {
            0 => greater.population = Count::try_from((population as f64 * more) as u64).unwrap(),
            1 => greater.peak_requests_per_s = positive(peak * more),
            2 => greater.growth = positive(growth * more),
            3 => greater.target_utilisation = Share::try_from(utilisation / more).unwrap(),
            4 => greater.record_day_peak = positive(2.4 * more),
            _ => greater.people_per_seat = positive(8.0 * more),
        }
        let measured = Measured::default();
        let (fewer, machines) = (bought(&less, &measured), bought(&greater, &measured));
        prop_assert!(fewer.iter().zip(machines).all(|(less, more)| *less <= more), "{fewer:?} {machines:?}");
        prop_assert!(plan(&less, &measured).storage.bytes_kept <= plan(&greater, &measured).storage.bytes_kept);
    }
}
