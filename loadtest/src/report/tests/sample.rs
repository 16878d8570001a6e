//! A run as it could have been: a minute of the national opening with a server that is killed in the 38th second, that
//! pauses every ten seconds, and that sells out.

use crate::limit::Limit;
use crate::measure::{Collector, Interval, Latencies, Operation, Sparse};
use crate::result::*;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// Operation, requests per second, median and spread of its latency in microseconds, bytes of an answer.
const MIX: [(Operation, u64, f64, f64, u64); 7] = [
    (Operation::CalendarByDistrict, 33_600, 310.0, 0.55, 2_840),
    (Operation::CalendarByPin, 11_200, 240.0, 0.5, 910),
    (Operation::Districts, 4_100, 150.0, 0.4, 610),
    (Operation::GenerateOtp, 2_100, 420.0, 0.5, 290),
    (Operation::ConfirmOtp, 2_000, 690.0, 0.6, 530),
    (Operation::Beneficiaries, 1_400, 520.0, 0.5, 1_150),
    (Operation::Schedule, 612, 1_450.0, 0.7, 330),
];
const SECONDS: usize = 60;
const KILLED_AT: usize = 38;

/// A run of which everything can be seen but violations.
pub(super) fn sample() -> RunResult {
    static SAMPLE: LazyLock<RunResult> = LazyLock::new(make);
    SAMPLE.clone()
}

/// The same against a target that broke its promises, from machines of which one died.
pub(super) fn with_violations() -> RunResult {
    let mut result = sample();
    let violation = |kind, count, examples: &[&str]| Violation {
        kind,
        count,
        examples: examples.iter().map(|text| (*text).to_owned()).collect(),
    };
    result.violations = vec![
        violation(
            ViolationKind::LostBooking,
            1,
            &[
                "appointment 5f0c…, acknowledged at 38.2 s in session 8a31…, was gone when read back",
            ],
        ),
        violation(
            ViolationKind::Oversold,
            2,
            &[
                "session 77d0…: capacity 300, 301 live appointments",
                "session 91be…: capacity 100, 101",
            ],
        ),
        violation(
            ViolationKind::StaleAnswer,
            61,
            &[
                "district 363 at 12.4 s: session 77d0… showed 14 seats after at most 9 were left, 1.2 s before",
            ],
        ),
    ];
    (result.bookings.lost, result.bookings.oversold) = (1, 2);
    result.slo[1].met = false;
    result.slo[1].measured = 482.0;
    result.freshness = freshness(61);
    result.valid = false;
    result.invalid_because = vec![
        "a generator machine was lost, so that 18,400 requests/s were not offered from second 41 on".into(),
    ];
    let worker = |address: &str, state: &str, requests| WorkerFacts {
        address: address.to_owned(),
        state: state.to_owned(),
        requests,
        machine: machine(),
    };
    result.workers = vec![
        worker("10.0.0.11:7400", "finished", 1_100_240),
        worker("10.0.0.12:7400", "finished", 1_100_230),
        worker("10.0.0.13:7400", "connection lost after 41 s", 0),
    ];
    result
}

fn make() -> RunResult {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2021);
    let mut operations = BTreeMap::new();
    let mut intervals: Vec<Interval> =
        (0..SECONDS).map(|second| row(second, &mut random)).collect();
    for mix in MIX {
        let result = operation(mix, &mut intervals, &mut random);
        operations.insert(mix.0.name().to_owned(), result);
    }
    operations.insert("readBack".to_owned(), harness());
    let ended: u64 = intervals.iter().map(|row| row.ended).sum();
    let errors: u64 = intervals.iter().flat_map(|row| row.errors.values()).sum();
    let bytes: u64 = intervals.iter().map(|row| row.bytes).sum();
    RunResult {
        format: FORMAT,
        version: "0.1.0".into(),
        scenario: scenario(),
        machine: machine(),
        started_at: "2026-03-14T09:30:00Z".into(),
        duration_s: SECONDS as f64,
        valid: true,
        remarks: vec![
            "1 % of compressed bodies were decoded and compared with the contract.".into(),
        ],
        rate_target: 55_000.0,
        rate_achieved: ended as f64 / SECONDS as f64,
        bytes_per_s: bytes as f64 / SECONDS as f64,
        send_lag_ms: Quantiles { p50: 0.011, p90: 0.034, p99: 0.092, p999: 0.41, max: 1.9 },
        connection_wait_ms: Quantiles { p50: 0.0, p90: 0.0, p99: 0.02, p999: 3.1, max: 480.0 },
        error_share: errors as f64 / ended as f64,
        bookings: bookings(),
        freshness: freshness(0),
        fairness: fairness(),
        swarm: Some(swarm()),
        stalls: stalls(),
        chaos: vec![Chaos {
            command: "kill -9 $(cat gateway.pid) && sleep 1 && ./start-gateway".into(),
            at_s: KILLED_AT as f64,
            exit: Some(0),
            first_error_after_s: Some(0.004),
            recovered_after_s: Some(2.0),
        }],
        slo: slo(),
        operations,
        intervals,
        ..RunResult::default()
    }
}

/// What is known of a second before its operations are added.
fn row(second: usize, random: &mut Xoshiro256PlusPlus) -> Interval {
    let mut row = Interval {
        at_s: second as f64,
        length_s: 1.0,
        target: 55_000.0,
        bookings: bookings_in(second),
        seats_taken: bookings_in(second) as i64 + 40,
        send_lag: latencies(2_000, 18.0, 0.6, random),
        generator_busy: 0.71 + random.random::<f64>() * 0.08,
        ..Interval::default()
    };
    let sold_out = 612_u64.saturating_sub(bookings_in(second));
    row.refused.insert("APPOIN0040".into(), sold_out);
    row.refused.insert("USRAUT0018".into(), 20 + random.random_range(0..15));
    row.refused.insert("429".into(), 110 + 4 * second as u64 + random.random_range(0..60));
    if second == KILLED_AT {
        row.errors = [("connect".into(), 9_100), ("reset".into(), 1_204)].into();
    }
    if second == KILLED_AT + 1 {
        row.errors = [("connect".into(), 2_050), ("status 503".into(), 640)].into();
    }
    row
}

/// Sold quickly at first, then what is given back.
fn bookings_in(second: usize) -> u64 {
    (600.0 * (-(second as f64 / 14.0).powi(2)).exp()) as u64 + 12
}

fn operation(
    (operation, rate, median_us, spread, size): (Operation, u64, f64, f64, u64),
    intervals: &mut [Interval],
    random: &mut Xoshiro256PlusPlus,
) -> OperationResult {
    let mut result = OperationResult { traffic: true, ..OperationResult::default() };
    let mut service = Latencies::default();
    for (second, row) in intervals.iter_mut().enumerate() {
        let count = if second == KILLED_AT {
            rate * 3 / 10
        } else {
            rate - rate / 200 + random.random_range(0..rate / 50 + 2)
        };
        let mut collector = Collector::default();
        for _ in 0..count {
            let served = lognormal(median_us, spread, random);
            let waited = served + stalled_us(second, random);
            collector.record(Duration::from_micros(waited as u64));
            result.histogram.record(Duration::from_micros(waited as u64));
            service.record(Duration::from_micros(served as u64));
        }
        row.latency.insert(operation, collector.take());
        row.ended += count;
        row.bytes += count * size;
        result.count += count;
    }
    result.bytes = result.count * size;
    result.per_s = result.count as f64 / SECONDS as f64;
    result.latency_ms = Quantiles::from(&result.histogram);
    result.service_ms = Quantiles::from(&service);
    blame(operation, intervals, &mut result);
    result
}

/// Gives operations the refusals that are theirs, and their part of the errors.
fn blame(operation: Operation, intervals: &[Interval], result: &mut OperationResult) {
    let sum = |code: &str| intervals.iter().filter_map(|row| row.refused.get(code)).sum::<u64>();
    let mut refused = |code: &str| result.refused.insert(code.to_owned(), sum(code));
    match operation {
        Operation::Schedule => drop(refused("APPOIN0040")),
        Operation::GenerateOtp => drop(refused("USRAUT0018")),
        Operation::CalendarByDistrict => drop(refused("429")),
        _ => {}
    }
    if operation == Operation::CalendarByDistrict {
        result.errors =
            [("connect".into(), 11_150), ("reset".into(), 1_204), ("status 503".into(), 640)]
                .into();
    }
}

/// How much longer a request took because the target was away: a fifth of a second in every tenth, and more than one
/// when it was killed.
fn stalled_us(second: usize, random: &mut Xoshiro256PlusPlus) -> f64 {
    let away_us = match second {
        KILLED_AT => 1_300_000.0,
        _ if second % 10 == 4 => 180_000.0,
        _ => return 0.0,
    };
    (away_us - random.random::<f64>() * 1_000_000.0).max(0.0)
}

fn lognormal(median: f64, spread: f64, random: &mut Xoshiro256PlusPlus) -> f64 {
    // The sum of twelve uniform numbers is close to normal.
    let normal: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    median * (spread * normal).exp()
}

fn latencies(count: u64, median: f64, spread: f64, random: &mut Xoshiro256PlusPlus) -> Sparse {
    let mut collector = Collector::default();
    for _ in 0..count {
        collector.record(Duration::from_micros(lognormal(median, spread, random) as u64));
    }
    collector.take()
}

fn harness() -> OperationResult {
    OperationResult {
        count: 8_010,
        per_s: 133.5,
        bytes: 9_200_000,
        latency_ms: Quantiles { p50: 0.6, p90: 0.9, p99: 1.4, p999: 2.2, max: 3.0 },
        service_ms: Quantiles { p50: 0.6, p90: 0.9, p99: 1.4, p999: 2.2, max: 3.0 },
        ..OperationResult::default()
    }
}

fn scenario() -> ScenarioFacts {
    ScenarioFacts {
        name: "national-opening".into(),
        about: "The evening of 28 April 2021, when registration opened for everybody over 18.".into(),
        target: "http://127.0.0.1:8080".into(),
        seed: 7,
        connections: 4_096,
        threads: 2,
        protocol: "http/1.1".into(),
        toml: "name = \"national-opening\"\nrate = 55_000\nduration = \"60s\"\nconnections = 4096\n\n[[group]]\nname = \"app pollers\"\nweight = 600\n".into(),
    }
}

fn machine() -> Machine {
    Machine {
        processor: "AMD EPYC 9R14".into(),
        processors: 4,
        memory_mib: 15_800,
        kernel: "Linux 6.12.41".into(),
        load_before: 0.21,
        generator_cpu_s: 88.4,
        generator_peak_mib: 214,
        steal_share: 0.0031,
    }
}

fn bookings() -> Bookings {
    let confirmed: u64 = (0..SECONDS).map(bookings_in).sum();
    let mut left = 9_000_i64;
    let seats_left = (0..SECONDS).map(|second| {
        let now = (second as f64, left);
        left = (left - bookings_in(second) as i64).max(0);
        now
    });
    Bookings {
        confirmed,
        goodput_per_s: confirmed as f64 / SECONDS as f64,
        attempts: 36_900,
        attempts_per_booking: 36_900.0 / confirmed as f64,
        cancelled: 412,
        unknown_outcomes: 37,
        unknown_found_done: 11,
        unknown_found_undone: 26,
        read_back: 8_010,
        sessions: 412,
        sold_out: 388,
        time_to_sell_out_s: Some(2.31),
        sold_out_answer_ms: Quantiles { p50: 0.62, p90: 1.1, p99: 2.9, p999: 180.0, max: 1_204.0 },
        seats_left: seats_left.collect(),
        ..Bookings::default()
    }
}

fn freshness(stale: u64) -> Freshness {
    let mut histogram = Latencies::default();
    (stale..33_104).for_each(|_| histogram.record(Duration::ZERO));
    (0..stale).for_each(|age| histogram.record(Duration::from_micros(1 + age * age * 500)));
    Freshness {
        answers: 33_104,
        sessions: 402_118,
        stale,
        age_ms: Quantiles::from(&histogram),
        histogram,
        bodies: 29_800,
        malformed: 0,
        dropped: 0,
    }
}

fn fairness() -> Fairness {
    let group = |name: &str, visits, requests, attempts, bookings| GroupResult {
        name: name.to_owned(),
        visits,
        requests,
        attempts,
        bookings,
        requests_per_booking: (bookings > 0).then(|| requests as f64 / bookings as f64),
        ..GroupResult::default()
    };
    Fairness {
        groups: vec![
            group("app pollers", 410_000, 2_680_000, 0, 0),
            group("citizens", 92_000, 560_400, 31_200, 6_900),
            group("partners", 8_000, 52_000, 5_700, 1_330),
            GroupResult {
                bots: true,
                admitted: 500,
                limited: [(Limit::Address, 41_000), (Limit::Challenge, 12)].into(),
                ..group("pollers", 41_512, 41_512, 0, 0)
            },
        ],
        jain_groups: Some(0.9),
        jain_apps: Some(0.97),
    }
}

fn swarm() -> SwarmResult {
    let phase = |p99, limited| Phase {
        length_s: 30.0,
        asked: 1_650_000,
        admitted: 1_649_000,
        limited,
        success: 1_649.0 / 1_650.0,
        latency_ms: Quantiles { p50: 0.3, p90: 0.8, p99, p999: 9.0, max: 41.0 },
        ..Phase::default()
    };
    SwarmResult {
        begins_s: 30.0,
        without: phase(1.75, [].into()),
        with: phase(2.25, [(Limit::Shed, 1_000)].into()),
        honest_seats: 8_230,
        bot_seats: 3,
    }
}

fn stalls() -> Stalls {
    let list: Vec<_> = (0..6).map(|ten| (ten as f64 * 10.0 + 4.4, 180.0)).collect();
    Stalls {
        count: list.len() as u64,
        total_s: 1.08,
        longest_ms: 180.0,
        period_s: Some(10.0),
        list,
    }
}

fn slo() -> Vec<Threshold> {
    let held = |operation: &str, measured| Threshold {
        rule: "p99<400ms".into(),
        operation: Some(operation.to_owned()),
        measured,
        met: true,
    };
    vec![
        Threshold { rule: "errors<1%".into(), operation: None, measured: 0.396, met: true },
        held("calendarByDistrict", 131.0),
        held("calendarByPin", 131.0),
        held("schedule", 132.0),
    ]
}
