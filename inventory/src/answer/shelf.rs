//! Kept answers, as many as a budget of memory allows.

use super::kept::{Kept, Lasting};
use super::query::{Place, Shape, Version};
use crate::catalogue::District;
use bytes::Bytes;
use moka::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What tells one kept answer from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(super) place: Place,
    pub(super) shape: Shape,
    pub(super) version: Version,
}

/// Answers of one coding; the least asked for go first when the budget is spent.
pub(super) struct Shelf {
    kept: Cache<Key, Arc<Kept>>,
    lasting: Lasting,
    patches: AtomicU64,
}

impl Shelf {
    pub(super) fn new(budget_bytes: u64, lasting: Lasting) -> Self {
        let weight = |_: &Key, kept: &Arc<Kept>| {
            u32::try_from(size_of::<Key>() + kept.memory()).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(budget_bytes).weigher(weight).build();
        Self { kept, lasting, patches: AtomicU64::new(0) }
    }

    /// The body as of now, if one of this snapshot is kept.
    pub(super) fn fresh(&self, key: &Key, district: &District) -> Option<Bytes> {
        let fresh = self.kept.get(key)?.fresh(district, self.lasting)?;
        if fresh.patched {
            self.patches.fetch_add(1, Ordering::Relaxed);
        }
        Some(fresh.body)
    }

    pub(super) fn keep(&self, key: Key, kept: Kept) {
        self.kept.insert(key, Arc::new(kept));
    }

    /// What is on the shelf.
    pub(super) fn stats(&self) -> ShelfStats {
        self.kept.run_pending_tasks();
        ShelfStats {
            answers: self.kept.entry_count(),
            bytes: self.kept.weighted_size(),
            patches: self.patches.load(Ordering::Relaxed),
        }
    }
}

/// What is kept of one coding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShelfStats {
    /// Answers.
    pub answers: u64,
    /// Bytes of memory that they take.
    pub bytes: u64,
    /// How often an answer was brought up to date since the start.
    pub patches: u64,
}
