//! From sums to a result with a verdict.

use super::published;
use super::raw::Raw;
use super::slo::Slo;
use super::swarm::swarm;
use super::vaccinated;
use crate::measure::{GroupTally, Kind, Operation, OperationTally};
use crate::result::{
    Bookings, FORMAT, Fairness, Freshness, GroupResult, OperationResult, Quantiles, RunResult,
    ScenarioFacts, Stalls, Violation, ViolationKind,
};
use crate::scenario::Scenario;
use crate::truth::{SessionSales, merge_violations};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The share of arrivals that may be left when the time is over.
const NEVER_BEGUN: f64 = 0.001;

/// A thread that uses more of its processor than this is the limit itself, if requests wait meanwhile.
const BUSY: f64 = 0.9;

/// The share of requests that may wait for a connection before that matters.
const WAITED: f64 = 0.01;

/// The share of one-time passwords that may not arrive.
const MISSING: f64 = 0.01;

/// What all machines together brought home, as a result.
pub fn conclude(mut raw: Raw, scenario: &Scenario, facts: ScenarioFacts, slo: &Slo) -> RunResult {
    let sessions = by_session(&raw.sales);
    let oversold = oversold(&sessions, &raw, &mut raw.violations.clone());
    merge_violations(&mut raw.violations, &oversold.1);
    raw.violations.extend(vaccinated::wrong_figures(&raw));
    let invalid_because = invalid_because(&raw, scenario);
    let per_s = |count: f64| if raw.duration_s > 0.0 { count / raw.duration_s } else { 0.0 };
    let operations: BTreeMap<String, OperationResult> = raw
        .tally
        .operations
        .iter()
        .map(|(operation, tally)| {
            (operation.name().to_owned(), operation_result(*operation, tally, raw.duration_s))
        })
        .collect();
    let traffic = || operations.values().filter(|one| one.traffic);
    let (ended, bytes): (u64, u64) =
        (traffic().map(|one| one.count).sum(), traffic().map(|one| one.bytes).sum());
    let errors: u64 = traffic().flat_map(|one| one.errors.values()).sum();
    let answered = raw.tally.operations.iter().filter(|(one, _)| one.kind() == Kind::Traffic);
    let rate_achieved = per_s(answered.map(|(_, tally)| tally.answered()).sum::<u64>() as f64);
    let mut result = RunResult {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: ScenarioFacts { connections: raw.connections, threads: raw.threads, ..facts },
        machine: raw.machine.clone(),
        started_at: raw.started_at.clone(),
        duration_s: raw.duration_s,
        valid: invalid_because.is_empty(),
        invalid_because,
        remarks: remarks(&raw),
        rate_target: raw.rate_target.unwrap_or(rate_achieved),
        rate_achieved,
        bytes_per_s: per_s(bytes as f64),
        send_lag_ms: Quantiles::from(&raw.tally.send_lag),
        connection_wait_ms: Quantiles::from(&raw.tally.connection_wait),
        error_share: if ended > 0 { errors as f64 / ended as f64 } else { 0.0 },
        bookings: bookings(&raw, &sessions, oversold.0),
        doses: vaccinated::doses(&raw),
        sessions: published::sessions(&raw),
        freshness: freshness(&raw),
        fairness: fairness(&raw, scenario),
        swarm: swarm(&raw, scenario),
        stalls: stalls(&raw.stalls),
        violations: raw.violations.clone(),
        intervals: raw.timeline.rows().to_vec(),
        chaos: raw.chaos.clone(),
        operations,
        ..RunResult::default()
    };
    result.slo = slo.judge(&result);
    result
}

/// 0 met, 1 a threshold missed, 2 an invalid run, 3 an invariant violated.
pub fn exit_code(result: &RunResult) -> u8 {
    if !result.violations.is_empty() {
        3
    } else if !result.valid {
        2
    } else {
        u8::from(result.slo.iter().any(|threshold| !threshold.met))
    }
}

fn operation_result(
    operation: Operation,
    tally: &OperationTally,
    duration_s: f64,
) -> OperationResult {
    OperationResult {
        traffic: operation.kind() == Kind::Traffic,
        awaited: operation.kind() == Kind::Wait,
        count: tally.count,
        per_s: if duration_s > 0.0 { tally.count as f64 / duration_s } else { 0.0 },
        bytes: tally.bytes,
        refused: tally.refused.clone(),
        errors: tally.errors.clone(),
        latency_ms: Quantiles::from(&tally.latency),
        service_ms: Quantiles::from(&tally.service),
        histogram: tally.latency.clone(),
    }
}

/// Sales of each session, over machines. Each saw how many seats there were before it sold any; the most that any saw were there.
fn by_session(sales: &[SessionSales]) -> BTreeMap<Uuid, SessionSales> {
    let mut sessions: BTreeMap<Uuid, SessionSales> = BTreeMap::new();
    for theirs in sales {
        let mine = sessions.entry(theirs.session).or_insert_with(|| SessionSales {
            start: 0,
            sold: 0,
            given_back: 0,
            last_sold_s: None,
            session: theirs.session,
        });
        mine.start = mine.start.max(theirs.start);
        mine.sold += theirs.sold;
        mine.given_back += theirs.given_back;
        mine.last_sold_s = match (mine.last_sold_s, theirs.last_sold_s) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
    }
    sessions
}

/// Seats sold beyond capacity: those that answers acknowledged, or that were found when appointments were read back, whichever are more. Sessions that were
/// not yet known to be oversold are named.
fn oversold(
    sessions: &BTreeMap<Uuid, SessionSales>,
    raw: &Raw,
    known: &mut [Violation],
) -> (u64, Vec<Violation>) {
    let mut seats = 0;
    let mut examples = Vec::new();
    for (session, sales) in sessions {
        let acknowledged = sales.sold.saturating_sub(sales.given_back);
        let live = raw.live.get(session).copied().unwrap_or_default();
        let more = acknowledged.max(live).saturating_sub(u64::from(sales.start));
        if more > 0 {
            seats += more;
            examples.push(format!(
                "session {session} has {live} live appointments and had {} seats",
                sales.start
            ));
        }
    }
    let told = known.iter().any(|violation| violation.kind == ViolationKind::Oversold);
    let violations = if seats > 0 && !told {
        let count = examples.len() as u64;
        examples.truncate(5);
        vec![Violation { kind: ViolationKind::Oversold, count, examples }]
    } else {
        Vec::new()
    };
    (seats, violations)
}

fn invalid_because(raw: &Raw, scenario: &Scenario) -> Vec<String> {
    let mut because = raw.broken.clone();
    let lag = raw.tally.send_lag.quantile_ms(0.99);
    let limit = scenario.send_lag_limit.as_s() * 1e3;
    if lag > limit {
        because.push(format!(
            "The generator fell behind: 1 % of the requests were sent {lag:.1} ms late or more, and {limit:.1} ms is the limit. Give it more threads, more machines or a lower rate."
        ));
    }
    let never = raw.tally.never_begun;
    // Each thread may wake up after its time for an arrival that was due in the last moment of it.
    let allowed = (NEVER_BEGUN * (raw.tally.due + never) as f64).max(raw.threads as f64);
    if never as f64 > allowed {
        because
            .push(format!("The generator fell behind: {never} arrivals were due and never begun."));
    }
    let waited = raw.tally.connection_wait.count() as f64;
    if raw.rate_target.is_some() && waited > WAITED * raw.tally.due as f64 && busy(raw) > BUSY {
        because.push(format!(
            "The generator was the limit: its busiest thread used {:.0} % of a processor while requests waited for connections. Give it more threads or machines.",
            100.0 * busy(raw)
        ));
    }
    if raw.interrupted {
        because.push(format!(
            "It was ended after {:.1} s; what is here is what was seen until then.",
            raw.duration_s
        ));
    }
    if raw.audit.unread > 0 {
        because.push(format!("{} accounts could not be read back, so that nobody knows whether their bookings are there.", raw.audit.unread));
    }
    because.extend(vaccinated::untold(raw));
    because.extend(published::untold(raw));
    let asked = raw.tally.operations.get(&Operation::GenerateOtp).map_or(0, |one| one.count);
    let missing = raw.tally.passwords_missing;
    if missing as f64 > MISSING * asked as f64 {
        because.push(format!("{missing} of {asked} one-time passwords never arrived, so that people who were to book could not."));
    }
    if raw.tally.due == 0 {
        because.push("Nothing was asked for.".to_owned());
    } else if let Some(errors) = only_errors(raw) {
        because.push(format!("Nothing but errors came back: {errors}."));
    }
    because
}

/// The kinds of errors, if there was nothing else.
fn only_errors(raw: &Raw) -> Option<String> {
    let traffic = || {
        raw.tally
            .operations
            .iter()
            .filter(|(one, _)| one.kind() == Kind::Traffic)
            .map(|(_, tally)| tally)
    };
    let failed: u64 = traffic().flat_map(|one| one.errors.values()).sum();
    let kinds: BTreeSet<&str> =
        traffic().flat_map(|one| one.errors.keys().map(String::as_str)).collect();
    (failed > 0 && failed == traffic().map(|one| one.count).sum::<u64>())
        .then(|| kinds.into_iter().collect::<Vec<_>>().join(", "))
}

/// The mean share of its processor that the busiest thread used, over whole rows.
fn busy(raw: &Raw) -> f64 {
    let rows: Vec<f64> = raw
        .timeline
        .rows()
        .iter()
        .filter(|row| row.ended > 0)
        .map(|row| row.generator_busy)
        .collect();
    rows.iter().sum::<f64>() / rows.len().max(1) as f64
}

fn remarks(raw: &Raw) -> Vec<String> {
    let mut remarks = raw.remarks.clone();
    let waited = raw.tally.connection_wait.count();
    if waited * 100 > raw.tally.due {
        remarks.push(format!(
            "{:.1} % of the requests waited for a connection, which is part of their latency: the target was slower than {} connections can hide.",
            100.0 * waited as f64 / raw.tally.due as f64,
            raw.connections
        ));
    }
    let rows = raw.timeline.rows();
    let busy = rows.iter().filter(|row| row.generator_busy > 0.9).count();
    if busy * 2 > rows.len() && raw.rate_target.is_some() {
        remarks.push("The generator's busiest thread had over 90 % of its processor in use most of the time; latencies may be its own.".to_owned());
    }
    if raw.machine.steal_share > 0.02 {
        remarks.push(format!(
            "The host took {:.0} % of this machine's processor time for others.",
            100.0 * raw.machine.steal_share
        ));
    }
    remarks
}

fn bookings(raw: &Raw, sessions: &BTreeMap<Uuid, SessionSales>, oversold: u64) -> Bookings {
    let (confirmed, attempts) =
        raw.tally.groups.values().fold((0, 0), |(bookings, attempts), group| {
            (bookings + group.bookings, attempts + group.attempts)
        });
    let all_sold = |sales: &&SessionSales| {
        sales.start > 0 && sales.sold.saturating_sub(sales.given_back) >= u64::from(sales.start)
    };
    let sold_out: Vec<&SessionSales> = sessions.values().filter(all_sold).collect();
    let in_play = raw
        .supply
        .iter()
        .map(|session| sold_out.iter().find(|sales| sales.session == *session)?.last_sold_s);
    // Only if all of them sold out, and somebody said which.
    let last = in_play
        .collect::<Option<Vec<f64>>>()
        .and_then(|times| times.into_iter().max_by(f64::total_cmp));
    Bookings {
        confirmed,
        goodput_per_s: if raw.duration_s > 0.0 { confirmed as f64 / raw.duration_s } else { 0.0 },
        attempts,
        attempts_per_booking: if confirmed > 0 { attempts as f64 / confirmed as f64 } else { 0.0 },
        cancelled: raw.tally.cancelled,
        oversold,
        lost: raw.audit.lost,
        doubled: raw.audit.doubled,
        stale_answers: raw.freshness.stale,
        unknown_outcomes: raw.audit.unknown,
        unknown_found_done: raw.audit.found_done,
        unknown_found_undone: raw.audit.found_undone,
        unknown_unsettled: raw.audit.unsettled,
        read_back: raw.audit.read,
        sessions: sessions.len() as u64,
        sold_out: sold_out.len() as u64,
        time_to_sell_out_s: last,
        sold_out_answer_ms: Quantiles::from(&raw.tally.sold_out),
        seats_left: seats_left(sessions, raw),
    }
}

/// Seats left in the sessions that were sold from: after each sale, or at the end of each interval where they are many.
fn seats_left(sessions: &BTreeMap<Uuid, SessionSales>, raw: &Raw) -> Vec<(f64, i64)> {
    if sessions.is_empty() {
        return Vec::new();
    }
    let mut left: i64 = sessions.values().map(|sales| i64::from(sales.start)).sum();
    let mut curve = vec![(0.0, left)];
    let by_row =
        || raw.timeline.rows().iter().map(|row| (row.at_s + row.length_s, row.seats_taken));
    let changes = raw.moments.clone().unwrap_or_else(|| by_row().collect());
    for (at_s, taken) in changes {
        left -= taken;
        curve.push((at_s, left));
    }
    curve.extend(by_row().next_back().map(|(end_s, _)| (end_s, left)));
    curve
}

fn freshness(raw: &Raw) -> Freshness {
    let tally = &raw.freshness;
    Freshness {
        answers: tally.answers,
        sessions: tally.sessions,
        stale: tally.stale,
        age_ms: Quantiles::from(&tally.age),
        histogram: tally.age.clone(),
        bodies: tally.bodies,
        malformed: tally.malformed,
        dropped: tally.dropped,
    }
}

fn fairness(raw: &Raw, scenario: &Scenario) -> Fairness {
    let mut apps: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let mut per_group = Vec::new();
    let honest = scenario.people.iter().filter_map(|group| raw.tally.groups.get(&group.name));
    for group in honest {
        let wished: u64 = group.by_app.values().map(|app| app.people).sum();
        if wished > 0 {
            per_group.push(group.bookings as f64 / wished as f64);
        }
        for (app, tally) in &group.by_app {
            let sum = apps.entry(*app).or_default();
            *sum = (sum.0 + tally.people, sum.1 + tally.bookings);
        }
    }
    let per_app: Vec<f64> =
        apps.values().filter(|app| app.0 > 0).map(|app| app.1 as f64 / app.0 as f64).collect();
    let groups = scenario.groups().enumerate().filter_map(|(number, group)| {
        let tally = raw.tally.groups.get(&group.name)?;
        Some(group_result(&group.name, scenario.is_bot(number), tally))
    });
    Fairness { groups: groups.collect(), jain_groups: jain(&per_group), jain_apps: jain(&per_app) }
}

fn group_result(name: &str, bots: bool, tally: &GroupTally) -> GroupResult {
    let each = (tally.bookings > 0).then(|| tally.requests as f64 / tally.bookings as f64);
    GroupResult {
        name: name.to_owned(),
        visits: tally.visits,
        bots,
        requests: tally.requests,
        admitted: tally.served.admitted,
        limited: tally.served.limited.clone(),
        failed: tally.served.failed,
        left_out: tally.left_out,
        attempts: tally.attempts,
        bookings: tally.bookings,
        requests_per_booking: each,
    }
}

/// Jain's index: 1 if all fared alike, 1/n if one got everything; `None` for fewer than two or if nobody got anything.
fn jain(shares: &[f64]) -> Option<f64> {
    let (sum, squares) = shares
        .iter()
        .fold((0.0, 0.0), |(sum, squares), share| (sum + share, squares + share * share));
    (shares.len() > 1 && squares > 0.0).then(|| sum * sum / (shares.len() as f64 * squares))
}

/// Stalls that threads saw at the same time are one.
fn stalls(seen: &[(f64, f64)]) -> Stalls {
    let mut seen = seen.to_vec();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut list: Vec<(f64, f64)> = Vec::new();
    for (at, length) in seen {
        match list.last_mut() {
            Some(last) if at <= last.0 + last.1 => last.1 = last.1.max(at + length - last.0),
            _ => list.push((at, length)),
        }
    }
    let mut gaps: Vec<f64> = list.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.sort_by(f64::total_cmp);
    Stalls {
        count: list.len() as u64,
        total_s: list.iter().map(|stall| stall.1).sum(),
        longest_ms: list.iter().map(|stall| stall.1 * 1e3).fold(0.0, f64::max),
        period_s: (gaps.len() > 1).then(|| gaps[gaps.len() / 2]),
        list: list.iter().take(100).map(|(at, length)| (*at, length * 1e3)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jain_is_one_for_equals_and_a_share_for_one_winner() {
        assert_eq!(jain(&[0.5, 0.5, 0.5]), Some(1.0));
        assert_eq!(jain(&[1.0, 0.0, 0.0, 0.0]), Some(0.25));
        assert_eq!(jain(&[1.0]), None);
        assert_eq!(jain(&[0.0, 0.0]), None);
    }

    #[test]
    fn a_stall_seen_by_two_threads_is_one_and_its_period_is_told() {
        let seen = [(1.0, 0.1), (1.01, 0.1), (2.0, 0.1), (3.0, 0.1), (3.0, 0.09)];
        let stalls = stalls(&seen);
        assert_eq!(stalls.count, 3);
        assert!((stalls.longest_ms - 110.0).abs() < 1e-6);
        assert_eq!(stalls.period_s, Some(1.0));
    }

    #[test]
    fn one_arrival_in_the_last_moment_does_not_spoil_a_short_run() {
        let scenario = crate::scenario::load("smoke").unwrap();
        let because = |never_begun| {
            let tally = crate::measure::Tally { due: 200, never_begun, ..Default::default() };
            invalid_because(&Raw { threads: 1, tally, ..Raw::default() }, &scenario)
        };
        assert!(because(1).is_empty(), "{:?}", because(1));
        assert!(because(2)[0].contains("2 arrivals"), "{:?}", because(2));
    }

    #[test]
    fn machines_that_sold_one_session_together_are_judged_together() {
        let session = Uuid::from_u128(1);
        let sales = |start, sold| SessionSales {
            session,
            start,
            sold,
            given_back: 0,
            last_sold_s: Some(1.0),
        };
        let raw = Raw { live: BTreeMap::from([(session, 11)]), ..Raw::default() };
        let together = by_session(&[sales(10, 6), sales(8, 5)]);
        assert_eq!(oversold(&together, &raw, &mut []).0, 1);
        assert_eq!(oversold(&by_session(&[sales(11, 6), sales(8, 5)]), &raw, &mut []).0, 0);
    }
}
