//! Where one thread writes down what it saw.

use super::phases::Watched;
use super::tally::OperationTally;
use super::{Collector, Ending, GroupTally, Interval, Kind, Operation, Tally};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One exchange, as it was seen.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// What was asked.
    pub operation: Operation,
    /// The group of the scenario that asked.
    pub group: usize,
    /// When it was meant to start.
    pub intended: Instant,
    /// When it was sent; `None` if no connection could be had.
    pub sent: Option<Instant>,
    /// When it ended.
    pub ended: Instant,
    /// How long an answer was waited for at most.
    pub timeout: Duration,
    /// How it ended.
    pub ending: &'a Ending,
    /// Bytes received.
    pub bytes: u64,
}

/// Where one thread writes down what it saw: sums of the whole run, and the interval that is going on.
#[derive(Debug)]
pub struct Recorder {
    start: Instant,
    group_names: Vec<String>,
    groups: Vec<GroupTally>,
    operations: Vec<Option<Box<OperationTally>>>,
    watched: Option<Box<Watched>>,
    tally: Tally,
    current: Current,
}

/// The interval that is going on.
#[derive(Debug)]
struct Current {
    row: Interval,
    latency: Vec<Option<Collector>>,
    send_lag: Collector,
}

/// The key under which a wait in vain is counted.
const NOT_IN_TIME: &str = "not in time";

impl Recorder {
    /// A recorder of a run that starts at `start`, for these groups of the scenario.
    pub fn new(start: Instant, group_names: Vec<String>) -> Self {
        Self {
            start,
            groups: vec![GroupTally::default(); group_names.len()],
            group_names,
            operations: (0..Operation::COUNT).map(|_| None).collect(),
            watched: None,
            tally: Tally::default(),
            current: Current {
                row: Interval::default(),
                latency: (0..Operation::COUNT).map(|_| None).collect(),
                send_lag: Collector::default(),
            },
        }
    }

    /// Tells apart what honest people, the groups before `first_bot`, meet until a swarm comes and afterwards.
    pub fn expect_swarm(&mut self, first_bot: usize, begins_after: Duration) {
        self.watched = Some(Box::new(Watched::new(first_bot, begins_after)));
    }

    /// The clock starts: what was written down of the traffic so far is forgotten.
    pub fn restart(&mut self, start: Instant) {
        self.start = start;
        self.current.row = Interval::default();
    }

    /// When the run started.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Writes an exchange down.
    pub fn exchange(&mut self, exchange: &Exchange<'_>) {
        let mut latency = exchange.ended.saturating_duration_since(exchange.intended);
        if matches!(exchange.ending, Ending::Failed(failure) if failure.is_without_answer()) {
            // A connection refused at once is no quick answer.
            latency = latency.max(exchange.timeout);
        }
        let tally = self.operations[exchange.operation as usize].get_or_insert_default();
        tally.count += 1;
        tally.bytes += exchange.bytes;
        tally.latency.record(latency);
        if let Some(sent) = exchange.sent {
            tally.service.record(exchange.ended.saturating_duration_since(sent));
        }
        let traffic = exchange.operation.kind() == Kind::Traffic;
        if let Some((key, error)) = told_apart(exchange.ending) {
            let counts = if error { &mut tally.errors } else { &mut tally.refused };
            *counts.entry(key.clone()).or_default() += 1;
            if traffic {
                let row = &mut self.current.row;
                let counts = if error { &mut row.errors } else { &mut row.refused };
                *counts.entry(key).or_default() += 1;
            }
        }
        if traffic {
            let group = &mut self.groups[exchange.group];
            group.requests += 1;
            group.served.count(exchange.ending);
            if let Some(watched) = &mut self.watched {
                watched.exchange(self.start, exchange, latency);
            }
            self.current.row.ended += 1;
            self.current.row.bytes += exchange.bytes;
            self.current.latency[exchange.operation as usize]
                .get_or_insert_default()
                .record(latency);
        }
    }

    /// Something that is no request was waited for, and came or did not come in time.
    pub fn waited(&mut self, operation: Operation, wait: Duration, came: bool) {
        let tally = self.operations[operation as usize].get_or_insert_default();
        tally.count += 1;
        tally.latency.record(wait);
        if !came {
            *tally.errors.entry(NOT_IN_TIME.to_owned()).or_default() += 1;
        }
        self.current.latency[operation as usize].get_or_insert_default().record(wait);
    }

    /// A request of traffic is due: the schedule, or a flow that goes on, asks for it.
    pub fn due(&mut self) {
        self.tally.due += 1;
        self.current.row.target += 1.0;
    }

    /// A request was sent this much later than it could have been.
    pub fn send_lag(&mut self, lag: Duration) {
        self.tally.send_lag.record(lag);
        self.current.send_lag.record(lag);
    }

    /// A request waited this long for a connection.
    pub fn connection_wait(&mut self, wait: Duration) {
        self.tally.connection_wait.record(wait);
    }

    /// This many arrivals were due and never begun.
    pub fn never_begun(&mut self, arrivals: u64) {
        self.tally.never_begun += arrivals;
    }

    /// What is known of a group.
    pub fn group(&mut self, group: usize) -> &mut GroupTally {
        &mut self.groups[group]
    }

    /// An attempt to book was acknowledged, for so many people.
    pub fn booked(&mut self, group: usize, people: u32) {
        self.groups[group].bookings += 1;
        if let Some(watched) = &mut self.watched {
            watched.booked(self.start, group, Instant::now());
        }
        self.current.row.bookings += 1;
        self.current.row.seats_taken += i64::from(people);
    }

    /// A cancellation was acknowledged, for so many people.
    pub fn given_back(&mut self, people: u32) {
        self.tally.cancelled += 1;
        self.current.row.seats_taken -= i64::from(people);
    }

    /// A one-time password never arrived.
    pub fn password_missing(&mut self) {
        self.tally.passwords_missing += 1;
    }

    /// It took this long to be told that nothing was left.
    pub fn sold_out(&mut self, after: Duration) {
        self.tally.sold_out.record(after);
    }

    /// Ends the interval that is going on and begins the next. `busy` is the share of a processor that the thread used.
    pub fn cut(&mut self, now: Instant, busy: f64) -> Interval {
        let at_s = self.current.row.at_s;
        let end_s = now.saturating_duration_since(self.start).as_secs_f64();
        let next = Interval { at_s: end_s, ..Interval::default() };
        let mut row = std::mem::replace(&mut self.current.row, next);
        row.length_s = end_s - at_s;
        row.generator_busy = busy;
        row.send_lag = self.current.send_lag.take();
        row.latency = Operation::ALL
            .iter()
            .zip(&mut self.current.latency)
            .filter_map(|(operation, collector)| Some((*operation, collector.as_mut()?.take())))
            .filter(|(_, sparse)| sparse.count() > 0)
            .collect();
        row
    }

    /// The sums of the whole run.
    pub fn into_tally(self) -> Tally {
        let operations = Operation::ALL.iter().copied().zip(self.operations);
        let operations: BTreeMap<_, _> =
            operations.filter_map(|(operation, tally)| Some((operation, *tally?))).collect();
        let groups = self.group_names.into_iter().zip(self.groups).collect();
        let phases = self.watched.map(|watched| watched.phases);
        Tally { operations, groups, phases, ..self.tally }
    }
}

/// Under which key an ending is counted, and whether it is an error; `None` if all is well.
fn told_apart(ending: &Ending) -> Option<(String, bool)> {
    match ending {
        Ending::Done => None,
        Ending::Refused { code, expected } => Some((code.clone(), !expected)),
        Ending::Failed(failure) => Some((failure.to_string(), true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_adds_up_and_is_no_part_of_the_traffic() {
        let mut recorder = Recorder::new(Instant::now(), Vec::new());
        recorder.waited(Operation::Certificate, Duration::from_secs(1), true);
        recorder.waited(Operation::Certificate, Duration::from_secs(10), false);
        let row = recorder.cut(Instant::now(), 0.0);
        assert_eq!(row.latency[&Operation::Certificate].count(), 2);
        assert_eq!((row.all_latencies().count(), row.ended, row.errors.len()), (0, 0, 0));
        let tally = recorder.into_tally();
        let mut both = tally.clone();
        both.add(&tally);
        let waits = &both.operations[&Operation::Certificate];
        assert_eq!((waits.count, waits.errors[NOT_IN_TIME], waits.latency.count()), (4, 2, 4));
        assert_eq!((both.due, waits.service.count()), (0, 0));
    }
}
