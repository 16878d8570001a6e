//! Sums of a whole run, which add up across threads and machines.

use super::{Latencies, Operation, Phases, Served};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of the requests of one operation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OperationTally {
    /// Exchanges that ended.
    pub count: u64,
    /// Refusals of the contract's shape, by code.
    pub refused: BTreeMap<String, u64>,
    /// What counts as an error, by kind: failures, and refusals that nobody reckoned with.
    pub errors: BTreeMap<String, u64>,
    /// Bytes received, heads included.
    pub bytes: u64,
    /// From the moment at which the request was meant to start to the last byte of the answer.
    pub latency: Latencies,
    /// From the moment at which it was sent. What a closed loop would have reported.
    pub service: Latencies,
}

/// What became of the people of one group of the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTally {
    /// Visits that began.
    pub visits: u64,
    /// Requests sent, those of the harness not counted.
    pub requests: u64,
    /// What became of them.
    pub served: Served,
    /// Searches that apps left out because they had been told to wait.
    pub left_out: u64,
    /// Attempts to book.
    pub attempts: u64,
    /// Bookings acknowledged.
    pub bookings: u64,
    /// Bookings acknowledged, by the app through which they came.
    pub by_app: BTreeMap<u32, AppTally>,
}

/// What became of the people of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppTally {
    /// People who wanted a seat.
    pub people: u64,
    /// People who got one.
    pub bookings: u64,
}

/// All sums of a thread, a machine or a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// By operation; those that never happened are absent.
    pub operations: BTreeMap<Operation, OperationTally>,
    /// By the name of the scenario's group.
    pub groups: BTreeMap<String, GroupTally>,
    /// How late requests were sent because the generator was late, not the target.
    pub send_lag: Latencies,
    /// How long requests waited for a connection because all were in use.
    pub connection_wait: Latencies,
    /// How long it took to be told that nothing was left.
    pub sold_out: Latencies,
    /// Cancellations acknowledged.
    pub cancelled: u64,
    /// One-time passwords that were asked for and never arrived.
    pub passwords_missing: u64,
    /// Requests that the schedule asked for, or that flows went on with.
    pub due: u64,
    /// Arrivals that were never begun because the run ended.
    pub never_begun: u64,
    /// Honest people without a swarm and with it, if the scenario has one.
    pub phases: Option<Phases>,
}

impl OperationTally {
    /// Exchanges in which an answer came.
    pub fn answered(&self) -> u64 {
        self.count.saturating_sub(super::without_answer(&self.errors))
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.bytes += other.bytes;
        add_counts(&mut self.refused, &other.refused);
        add_counts(&mut self.errors, &other.errors);
        self.latency.add(&other.latency);
        self.service.add(&other.service);
    }
}

impl GroupTally {
    fn add(&mut self, other: &Self) {
        self.visits += other.visits;
        self.requests += other.requests;
        self.served.add(&other.served);
        self.left_out += other.left_out;
        self.attempts += other.attempts;
        self.bookings += other.bookings;
        for (app, theirs) in &other.by_app {
            let mine = self.by_app.entry(*app).or_default();
            mine.people += theirs.people;
            mine.bookings += theirs.bookings;
        }
    }
}

impl Tally {
    /// Adds the sums of another thread or machine.
    pub fn add(&mut self, other: &Self) {
        for (operation, theirs) in &other.operations {
            self.operations.entry(*operation).or_default().add(theirs);
        }
        for (group, theirs) in &other.groups {
            self.groups.entry(group.clone()).or_default().add(theirs);
        }
        self.send_lag.add(&other.send_lag);
        self.connection_wait.add(&other.connection_wait);
        self.sold_out.add(&other.sold_out);
        self.cancelled += other.cancelled;
        self.passwords_missing += other.passwords_missing;
        self.due += other.due;
        self.never_begun += other.never_begun;
        if let Some(theirs) = &other.phases {
            self.phases.get_or_insert_default().add(theirs);
        }
    }
}

/// Adds counts by key.
pub(crate) fn add_counts<K: Clone + Ord>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(key.clone()).or_default() += count;
    }
}
