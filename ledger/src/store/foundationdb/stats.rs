//! What an engine counts, for whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters of an engine, all from its opening on.
#[derive(Debug, Default)]
pub struct Stats {
    committed: AtomicU64,
    conflicts: AtomicU64,
    too_old: AtomicU64,
    refused: AtomicU64,
    unknown: AtomicU64,
    fatal: AtomicU64,
    read_errors: AtomicU64,
    commit_us: AtomicU64,
}

/// The counters at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Commits that were written.
    pub committed: u64,
    /// Commits that had read what was written meanwhile.
    pub conflicts: u64,
    /// Commits whose version was forgotten.
    pub too_old: u64,
    /// Commits that the cluster turned away, because of its load or a lock.
    pub refused: u64,
    /// Commits of which nobody could tell whether they were written.
    pub unknown: u64,
    /// Commits that could never be written.
    pub fatal: u64,
    /// Reads that gave nothing, those at forgotten versions aside.
    pub read_errors: u64,
    /// Time from the handing over of commits to their outcome, in seconds, summed over all.
    pub commit_s: f64,
}

/// What a commit counts as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted {
    Committed,
    Conflict,
    TooOld,
    Refused,
    Unknown,
    Fatal,
}

impl Stats {
    /// What was counted so far.
    pub fn snapshot(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            committed: read(&self.committed),
            conflicts: read(&self.conflicts),
            too_old: read(&self.too_old),
            refused: read(&self.refused),
            unknown: read(&self.unknown),
            fatal: read(&self.fatal),
            read_errors: read(&self.read_errors),
            commit_s: Duration::from_micros(read(&self.commit_us)).as_secs_f64(),
        }
    }

    pub(super) fn commit(&self, as_what: Counted, took: Duration) {
        let counter = match as_what {
            Counted::Committed => &self.committed,
            Counted::Conflict => &self.conflicts,
            Counted::TooOld => &self.too_old,
            Counted::Refused => &self.refused,
            Counted::Unknown => &self.unknown,
            Counted::Fatal => &self.fatal,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.commit_us.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn read_error(&self) {
        self.read_errors.fetch_add(1, Ordering::Relaxed);
    }
}
