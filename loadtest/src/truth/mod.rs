//! What the target acknowledged, and what it broke.
//!
//! Nothing here is asked of the target in confidence. What a search showed before anything was booked, what answers
//! acknowledged, and what can be read back afterwards have to fit together:
//!
//! - A search that was asked for after `k` seats of a session had been acknowledged shows `start - k` at most. Seats
//!   given back count from the moment at which the cancellation was *sent*, because the target may have done it by then.
//! - Acknowledged bookings less cancellations sent never exceed `start`.
//! - Afterwards every acknowledged appointment is there, no refused or cancelled one is, nobody has two for a dose, and
//!   what was left unknown is the one or the other, and stays so.
//! - Every acknowledged dose is on the list of its session, no refused one is, the stock of its facility has fallen by it, and
//!   the public report has grown by it, each once.
//! - Every acknowledged dose whose certificate is waited for has one in the end.
//! - Every session that was acknowledged as published is in a search of its district and day that is asked for after that, with no
//!   more seats than were published; afterwards it is on its facility's list, once, with its seats, and no refused one is.
//!
//! All this assumes that nobody else sells or adds seats meanwhile; somebody else who books does no harm.

mod accounts;
mod checker;
mod doses;
mod seats;
mod sessions;
mod settle;
mod violations;

pub use accounts::{Account, Attempt, Fate};
pub use checker::{Checker, Sample};
pub use doses::{Dose, DoseBook, DoseFate, Found, SettledDoses};
pub use seats::{SeatBook, SessionSales};
pub use sessions::{FoundSessions, Published, SessionBook, SessionFate, SettledSessions, Showing};
pub use settle::{Settled, compare};
pub use violations::{Violations, merge as merge_violations};

use crate::contract::Shown;
use crate::measure::Latencies;
use crate::result::ViolationKind;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What all threads of a machine know together.
#[derive(Debug)]
pub struct Truth {
    /// Seats by session.
    pub seats: SeatBook,
    /// What the target broke.
    pub violations: Violations,
    freshness: Mutex<FreshnessTally>,
}

/// How fresh searches were, as sums that add up.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FreshnessTally {
    /// Answers compared.
    pub answers: u64,
    /// Sessions compared in them.
    pub sessions: u64,
    /// Answers that showed a seat which had been sold.
    pub stale: u64,
    /// How old what they showed was.
    pub age: Latencies,
    /// Bodies compared with the contract.
    pub bodies: u64,
    /// Those that did not fit.
    pub malformed: u64,
    /// Samples that were dropped.
    pub dropped: u64,
}

impl Truth {
    /// Knows nothing yet. `start` is what moments are reported against.
    pub fn new() -> Self {
        Self {
            seats: SeatBook::default(),
            violations: Violations::default(),
            freshness: Mutex::default(),
        }
    }

    /// Compares what a search showed with what had been acknowledged when it was asked for.
    pub fn search(&self, shown: &Shown, asked: Instant, answered: Instant) {
        let mut oldest = None;
        let mut compared = 0;
        for &(session, seats) in shown {
            let Some(age) = self.seats.age(session, seats, asked, answered) else { continue };
            compared += 1;
            if !age.is_zero() {
                let told = format!(
                    "session {session} showed {seats} seats, {:.1} ms behind",
                    age.as_secs_f64() * 1e3
                );
                self.violations.add(ViolationKind::StaleAnswer, || told);
            }
            oldest = oldest.max(Some(age));
        }
        let mut freshness = self.freshness();
        freshness.bodies += 1;
        if let Some(age) = oldest {
            freshness.answers += 1;
            freshness.sessions += compared;
            freshness.stale += u64::from(!age.is_zero());
            freshness.age.record(age);
        }
    }

    /// A body did not fit the contract.
    pub fn malformed(&self, what: impl FnOnce() -> String) {
        let mut freshness = self.freshness();
        freshness.bodies += 1;
        freshness.malformed += 1;
        self.violations.add(ViolationKind::MalformedBody, what);
    }

    /// A sample could not be checked.
    pub fn dropped(&self) {
        self.freshness().dropped += 1;
    }

    /// How fresh searches were.
    pub fn freshness_so_far(&self) -> FreshnessTally {
        self.freshness().clone()
    }

    fn freshness(&self) -> std::sync::MutexGuard<'_, FreshnessTally> {
        self.freshness.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Truth {
    fn default() -> Self {
        Self::new()
    }
}

impl FreshnessTally {
    /// Adds that of another machine.
    pub fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.sessions += other.sessions;
        self.stale += other.stale;
        self.age.add(&other.age);
        self.bodies += other.bodies;
        self.malformed += other.malformed;
        self.dropped += other.dropped;
    }
}
