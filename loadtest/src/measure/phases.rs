//! Honest people before a swarm of bots has come, and with it.

use super::tally::add_counts;
use super::{Ending, Exchange, Latencies};
use crate::limit::Limit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What became of some requests: served, stopped by a limit, or failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// Requests that got an answer about what they asked for, be it a refusal such as a session that is sold out.
    pub admitted: u64,
    /// Those that a limit stopped.
    pub limited: BTreeMap<Limit, u64>,
    /// Those without an answer, or with one that the contract does not know.
    pub failed: u64,
}

impl Served {
    /// Counts how an exchange ended.
    pub(super) fn count(&mut self, ending: &Ending) {
        match ending {
            Ending::Done => self.admitted += 1,
            Ending::Refused { code, .. } => match Limit::of(code) {
                Some(limit) => *self.limited.entry(limit).or_default() += 1,
                None => self.admitted += 1,
            },
            Ending::Failed(_) => self.failed += 1,
        }
    }

    /// All of them.
    pub fn asked(&self) -> u64 {
        self.admitted + self.limited.values().sum::<u64>() + self.failed
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.admitted += other.admitted;
        self.failed += other.failed;
        add_counts(&mut self.limited, &other.limited);
    }
}

/// What became of honest people in one phase.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PhaseTally {
    /// Their requests.
    pub served: Served,
    /// Bookings acknowledged.
    pub bookings: u64,
    /// From the moment at which requests were meant to start.
    pub latency: Latencies,
}

impl PhaseTally {
    fn add(&mut self, other: &Self) {
        self.served.add(&other.served);
        self.bookings += other.bookings;
        self.latency.add(&other.latency);
    }
}

/// Both phases.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Phases {
    /// Before the swarm has come.
    pub without: PhaseTally,
    /// With it.
    pub with: PhaseTally,
}

impl Phases {
    /// Adds those of another thread or machine.
    pub(super) fn add(&mut self, other: &Self) {
        self.without.add(&other.without);
        self.with.add(&other.with);
    }
}

/// Tells the phases of a run apart. A request belongs to the one in which it was meant to start.
#[derive(Debug)]
pub(super) struct Watched {
    /// Honest people are the groups before this one.
    first_bot: usize,
    begins_after: Duration,
    pub(super) phases: Phases,
}

impl Watched {
    pub(super) fn new(first_bot: usize, begins_after: Duration) -> Self {
        Self { first_bot, begins_after, phases: Phases::default() }
    }

    pub(super) fn exchange(&mut self, start: Instant, exchange: &Exchange<'_>, latency: Duration) {
        if let Some(phase) = self.phase(start, exchange.group, exchange.intended) {
            phase.served.count(exchange.ending);
            phase.latency.record(latency);
        }
    }

    pub(super) fn booked(&mut self, start: Instant, group: usize, at: Instant) {
        if let Some(phase) = self.phase(start, group, at) {
            phase.bookings += 1;
        }
    }

    fn phase(&mut self, start: Instant, group: usize, at: Instant) -> Option<&mut PhaseTally> {
        if group >= self.first_bot {
            return None;
        }
        let with = at.saturating_duration_since(start) >= self.begins_after;
        Some(if with { &mut self.phases.with } else { &mut self.phases.without })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Failure, Operation};

    #[test]
    fn what_honest_people_meet_counts_in_the_phase_in_which_it_was_to_start() {
        let start = Instant::now();
        let mut watched = Watched::new(1, Duration::from_secs(10));
        let refused = |code: &str| Ending::Refused { code: code.to_owned(), expected: false };
        let mut see = |group, at_s, ending: &Ending| {
            let intended = start + Duration::from_secs(at_s);
            let exchange = Exchange {
                operation: Operation::FindByPin,
                group,
                intended,
                sent: None,
                ended: intended,
                timeout: Duration::ZERO,
                ending,
                bytes: 0,
            };
            watched.exchange(start, &exchange, Duration::from_millis(3));
        };
        see(0, 9, &Ending::Done);
        see(0, 10, &refused("403 address"));
        see(0, 11, &refused("APPOIN0040"));
        see(0, 12, &Ending::Failed(Failure::Reset));
        see(1, 13, &Ending::Done);
        let Phases { without, with } = watched.phases;
        assert_eq!((without.served.asked(), without.served.admitted), (1, 1));
        assert_eq!((with.served.admitted, with.served.failed), (1, 1));
        assert_eq!(with.served.limited, BTreeMap::from([(Limit::Address, 1)]));
        assert_eq!(with.latency.count(), 3);
    }
}
