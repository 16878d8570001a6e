//! Counts over all blocks of an inventory, for metrics.
//!
//! They guard nothing, so they are relaxed, and they are not part of what loom explores.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many blocks there are, and how many reservations were lost.
#[derive(Debug, Default)]
pub(crate) struct Census {
    blocks: AtomicU64,
    sessions: AtomicU64,
    leaked: AtomicU64,
}

impl Census {
    /// Blocks that exist.
    pub(crate) fn blocks(&self) -> u64 {
        self.blocks.load(Relaxed)
    }

    /// Sessions that they have words for.
    pub(crate) fn sessions(&self) -> u64 {
        self.sessions.load(Relaxed)
    }

    /// Reservations dropped undecided since the start.
    pub(crate) fn leaked(&self) -> u64 {
        self.leaked.load(Relaxed)
    }

    pub(super) fn count_block(&self, sessions: u64) {
        self.blocks.fetch_add(1, Relaxed);
        self.sessions.fetch_add(sessions, Relaxed);
    }

    pub(super) fn uncount_block(&self, sessions: u64) {
        self.blocks.fetch_sub(1, Relaxed);
        self.sessions.fetch_sub(sessions, Relaxed);
    }

    pub(super) fn count_leak(&self) {
        self.leaked.fetch_add(1, Relaxed);
    }
}
