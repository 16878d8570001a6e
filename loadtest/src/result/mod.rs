//! What remains of a run: one JSON document, from which the report, comparisons and plans are made.

mod doses;
pub mod machine;
mod read;
mod sessions;
mod swarm;

pub use doses::Doses;
pub use machine::Machine;
pub use read::{ReadError, read};
pub use sessions::Sessions;
pub use swarm::{Phase, SwarmResult};

use crate::limit::Limit;
use crate::measure::{Interval, Latencies, Operation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this format. A reader refuses another one.
pub const FORMAT: u32 = 1;

/// Everything that a run found out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunResult {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// What was run.
    pub scenario: ScenarioFacts,
    /// Where the generator ran.
    pub machine: Machine,
    /// When the clock started, ISO 8601 in UTC.
    pub started_at: String,
    /// How long traffic was offered, in seconds.
    pub duration_s: f64,
    /// Whether the generator delivered what it was asked for, so that the numbers are about the target.
    pub valid: bool,
    /// Why not, a sentence each.
    pub invalid_because: Vec<String>,
    /// What is worth knowing without making the run invalid, a sentence each.
    pub remarks: Vec<String>,
    /// Requests per second that the scenario asked for. In a closed loop, what was achieved.
    pub rate_target: f64,
    /// Requests of traffic that were answered, per second of the duration.
    pub rate_achieved: f64,
    /// Bytes received per second.
    pub bytes_per_s: f64,
    /// How late requests were sent by the generator's own fault.
    pub send_lag_ms: Quantiles,
    /// How long requests waited for a connection because all were in use; part of their latency.
    pub connection_wait_ms: Quantiles,
    /// By operation; those of the harness have `traffic: false`, and so has what was waited for, which is `awaited`.
    pub operations: BTreeMap<String, OperationResult>,
    /// Errors as a share of all traffic. 409 and 429 are refusals, not errors, and so is any limit that stops a bot.
    pub error_share: f64,
    /// What was sold, and whether it was sold truly.
    pub bookings: Bookings,
    /// Doses that staff recorded, if it worked at any counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doses: Option<Doses>,
    /// Sessions that facilities published, if any did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// How fresh searches were.
    pub freshness: Freshness,
    /// Who got seats, and whom limits stopped.
    pub fairness: Fairness,
    /// Honest people without a swarm of bots and with it, if the scenario has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swarm: Option<SwarmResult>,
    /// Times during which the target answered nothing although something was asked.
    pub stalls: Stalls,
    /// What was done to the target during the run.
    pub chaos: Vec<Chaos>,
    /// What the target broke. One is enough to fail the run.
    pub violations: Vec<Violation>,
    /// The thresholds and what became of them.
    pub slo: Vec<Threshold>,
    /// The machines that offered the traffic; empty if this one alone did.
    pub workers: Vec<WorkerFacts>,
    /// The run in time.
    pub intervals: Vec<Interval>,
}

/// What was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScenarioFacts {
    /// The scenario's name.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Where the traffic went.
    pub target: String,
    /// What every random choice was made from.
    pub seed: u64,
    /// Connections held.
    pub connections: usize,
    /// Threads of the generator.
    pub threads: usize,
    /// `http/1.1` or `http/2`, and `tls` if so.
    pub protocol: String,
    /// The scenario as it was run, after the command line's changes, in TOML.
    pub toml: String,
}

/// Percentiles in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Median.
    pub p50: f64,
    /// 90 %.
    pub p90: f64,
    /// 99 %.
    pub p99: f64,
    /// 99.9 %.
    pub p999: f64,
    /// The largest.
    pub max: f64,
}

impl From<&Latencies> for Quantiles {
    fn from(latencies: &Latencies) -> Self {
        Self {
            p50: latencies.quantile_ms(0.5),
            p90: latencies.quantile_ms(0.9),
            p99: latencies.quantile_ms(0.99),
            p999: latencies.quantile_ms(0.999),
            max: latencies.max_ms(),
        }
    }
}

/// One operation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OperationResult {
    /// Whether it is traffic, or the harness helping itself.
    pub traffic: bool,
    /// Whether it is no request, but how long it took until something was there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaited: bool,
    /// Exchanges that ended.
    pub count: u64,
    /// Per second of the duration.
    pub per_s: f64,
    /// Bytes received.
    pub bytes: u64,
    /// Refusals of the contract's shape by code, those that count as errors not among them.
    pub refused: BTreeMap<String, u64>,
    /// Errors by kind.
    pub errors: BTreeMap<String, u64>,
    /// From the moment at which requests were meant to start.
    pub latency_ms: Quantiles,
    /// From the moment at which they were sent: what a closed loop would have reported.
    pub service_ms: Quantiles,
    /// All of `latency_ms`.
    pub histogram: Latencies,
}

/// What was sold, and whether it was sold truly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bookings {
    /// Bookings acknowledged.
    pub confirmed: u64,
    /// Per second of the duration.
    pub goodput_per_s: f64,
    /// Attempts, retries included.
    pub attempts: u64,
    /// Attempts per acknowledged booking.
    pub attempts_per_booking: f64,
    /// Cancellations acknowledged.
    pub cancelled: u64,
    /// Seats sold beyond the capacity of their session.
    pub oversold: u64,
    /// Acknowledged bookings that were gone afterwards.
    pub lost: u64,
    /// People with two live appointments for one dose.
    pub doubled: u64,
    /// Search answers that did not reflect a booking acknowledged before they were asked for.
    pub stale_answers: u64,
    /// Bookings and cancellations whose answer never came.
    pub unknown_outcomes: u64,
    /// Those that were found booked (or cancelled) afterwards.
    pub unknown_found_done: u64,
    /// Those that were found not to have happened.
    pub unknown_found_undone: u64,
    /// Those for which the target gave no answer in the end, or two different ones.
    pub unknown_unsettled: u64,
    /// Accounts whose appointments were read back.
    pub read_back: u64,
    /// Sessions in which something was booked.
    pub sessions: u64,
    /// Sessions of which every seat was sold.
    pub sold_out: u64,
    /// From the start to the last seat of the sessions in play, in seconds; `None` if some are left, or if the scenario
    /// does not say which are in play.
    pub time_to_sell_out_s: Option<f64>,
    /// How long it took to be told that nothing was left.
    pub sold_out_answer_ms: Quantiles,
    /// Seats left against time, in the sessions that were sold from; pairs of seconds and seats.
    pub seats_left: Vec<(f64, i64)>,
}

/// How fresh searches were.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// Search answers whose seats were compared with what had been acknowledged.
    pub answers: u64,
    /// Sessions compared in them.
    pub sessions: u64,
    /// Answers that showed a seat which had been sold before they were asked for.
    pub stale: u64,
    /// How old what an answer showed was, by the oldest acknowledged booking that it did not reflect; 0 for fresh ones.
    pub age_ms: Quantiles,
    /// All of `age_ms`.
    pub histogram: Latencies,
    /// Bodies compared with the contract.
    pub bodies: u64,
    /// Those that did not fit it.
    pub malformed: u64,
    /// Samples that were dropped because checking them fell behind.
    pub dropped: u64,
}

/// Who got seats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fairness {
    /// By group of the scenario, bots included; the indices are about honest people.
    pub groups: Vec<GroupResult>,
    /// Jain's index over groups of seats per person who wanted one: 1 if all fared alike, 1/n if one got everything. `None` if only one wanted any.
    pub jain_groups: Option<f64>,
    /// The same over apps.
    pub jain_apps: Option<f64>,
}

/// One group of people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupResult {
    /// Its name in the scenario.
    pub name: String,
    /// Visits.
    pub visits: u64,
    /// Whether it is one of bots.
    #[serde(default)]
    pub bots: bool,
    /// Requests sent.
    pub requests: u64,
    /// Those that were answered, a session that is sold out being an answer.
    #[serde(default)]
    pub admitted: u64,
    /// Those that a limit stopped.
    #[serde(default)]
    pub limited: BTreeMap<Limit, u64>,
    /// Those without an answer, or with one that the contract does not know.
    #[serde(default)]
    pub failed: u64,
    /// Searches that apps left out because they had been told to wait.
    #[serde(default)]
    pub left_out: u64,
    /// Attempts to book.
    pub attempts: u64,
    /// Bookings acknowledged.
    pub bookings: u64,
    /// Requests for each seat; `None` without a booking.
    pub requests_per_booking: Option<f64>,
}

/// Times during which the target answered nothing although something was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stalls {
    /// How many.
    pub count: u64,
    /// All together, in seconds.
    pub total_s: f64,
    /// The longest, in milliseconds.
    pub longest_ms: f64,
    /// The median time from one to the next, in seconds, if there were three or more.
    pub period_s: Option<f64>,
    /// The first hundred: seconds from the start, milliseconds long.
    pub list: Vec<(f64, f64)>,
}

/// What was done to the target during the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chaos {
    /// The command.
    pub command: String,
    /// When it was started, in seconds from the start of the run.
    pub at_s: f64,
    /// Its exit status, if it ended within the run.
    pub exit: Option<i32>,
    /// From the command to the first error, in seconds.
    pub first_error_after_s: Option<f64>,
    /// From the command to the first second from which on answers came at the rate of before (90 %) without errors.
    pub recovered_after_s: Option<f64>,
}

/// What the target broke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which rule.
    pub kind: ViolationKind,
    /// How often.
    pub count: u64,
    /// The first few, a sentence each, without anything personal.
    pub examples: Vec<String>,
}

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// A session has more seats sold than it had.
    Oversold,
    /// An acknowledged booking is gone.
    LostBooking,
    /// A person holds two live appointments for one dose.
    DoubledBooking,
    /// A refused or cancelled booking is there.
    GhostBooking,
    /// A search showed a seat that had been sold before it was asked for.
    StaleAnswer,
    /// A refusal without a body of the contract.
    UntypedRefusal,
    /// A body that does not fit the contract.
    MalformedBody,
    /// Two readings of one appointment disagree after traffic had ended.
    UnsettledOutcome,
    /// An acknowledged dose is gone.
    LostDose,
    /// A dose is there, or was taken out of stock, more than once.
    DoubledDose,
    /// A refused dose is there.
    GhostDose,
    /// The public report does not count the doses that were recorded.
    WrongFigures,
    /// The certificate of an acknowledged dose never came.
    MissingCertificate,
    /// A search that was asked for after a session was published did not show it.
    HiddenSession,
    /// A session was shown with more seats than were published, or is there with others.
    WrongSeats,
    /// A published session is gone.
    LostSession,
    /// A session is there more than once.
    DoubledSession,
    /// A session whose publication was refused is there.
    GhostSession,
}

impl ViolationKind {
    /// What it means, for reports.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Oversold => "a session was sold beyond its capacity",
            Self::LostBooking => "an acknowledged booking was gone afterwards",
            Self::DoubledBooking => "a person holds two live appointments for one dose",
            Self::GhostBooking => "a booking that was refused or cancelled is there",
            Self::StaleAnswer => {
                "a search showed a seat that had been sold before it was asked for"
            }
            Self::UntypedRefusal => "a refusal had no body of the contract",
            Self::MalformedBody => "a body did not fit the contract",
            Self::UnsettledOutcome => "an unknown outcome did not settle",
            Self::LostDose => "an acknowledged dose was gone afterwards, or not taken out of stock",
            Self::DoubledDose => "a dose is there, or was taken out of stock, more than once",
            Self::GhostDose => "a dose that was refused is there",
            Self::WrongFigures => "the public report does not count the doses that were recorded",
            Self::MissingCertificate => "the certificate of an acknowledged dose never came",
            Self::HiddenSession => "a session was published, and a later search did not show it",
            Self::WrongSeats => {
                "a session was shown with more seats than were published, or is there with others"
            }
            Self::LostSession => "a published session was gone afterwards",
            Self::DoubledSession => "a session is there more than once",
            Self::GhostSession => "a session whose publication was refused is there",
        }
    }
}

/// A threshold and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// As it was written: `p99<10ms`.
    pub rule: String,
    /// The operation that it was held against; `None` if it is about the run as a whole.
    pub operation: Option<String>,
    /// What was measured, in the unit of the rule.
    pub measured: f64,
    /// Whether it was met.
    pub met: bool,
}

/// A machine that offered traffic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkerFacts {
    /// Its address.
    pub address: String,
    /// `finished`, or what happened to it.
    pub state: String,
    /// Requests of traffic that it brought home.
    pub requests: u64,
    /// The machine.
    pub machine: Machine,
}

impl RunResult {
    /// The latencies of all traffic together.
    pub fn all_traffic(&self) -> Latencies {
        let mut all = Latencies::default();
        self.operations.values().filter(|one| one.traffic).for_each(|one| all.add(&one.histogram));
        all
    }

    /// The share of requests of honest people that were answered, be it that a session is sold out: beside the swarm if there is
    /// one, else over the whole run; 1 if nothing was asked.
    pub fn honest_success(&self) -> f64 {
        if let Some(swarm) = &self.swarm {
            return swarm.with.success;
        }
        let honest = self.fairness.groups.iter().filter(|group| !group.bots);
        let (admitted, asked) = honest.fold((0, 0), |(admitted, asked), group| {
            (admitted + group.admitted, asked + group.requests)
        });
        if asked == 0 { 1.0 } else { admitted as f64 / asked as f64 }
    }

    /// Results of traffic, in the order of [`Operation::ALL`].
    pub fn traffic(&self) -> impl Iterator<Item = (&'static str, &OperationResult)> {
        self.timed().filter(|(_, one)| one.traffic)
    }

    /// Results of traffic and of what was waited for, in the order of [`Operation::ALL`].
    pub fn timed(&self) -> impl Iterator<Item = (&'static str, &OperationResult)> {
        let names = Operation::ALL.iter().map(|operation| operation.name());
        let all = names.filter_map(|name| Some((name, self.operations.get(name)?)));
        all.filter(|(_, one)| one.traffic || one.awaited)
    }
}
