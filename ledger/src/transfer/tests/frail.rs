//! A store that ends at a moment of the test's choice.

use crate::store::{Answer, Commit, Done, Outcome, Pairs, ReadError, Store, Version};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Does so many more things of a kind, and then fails.
pub(super) struct Frail {
    pub(super) store: Arc<dyn Store>,
    pub(super) scans: AtomicU64,
    pub(super) commits: AtomicU64,
    /// What it says then to whoever reads.
    pub(super) failure: ReadError,
}

impl Frail {
    pub(super) fn new(store: Arc<dyn Store>, scans: u64, commits: u64) -> Arc<Self> {
        let failure = ReadError::Fatal("the end".to_owned());
        Arc::new(Self { store, scans: scans.into(), commits: commits.into(), failure })
    }
}

fn spend(left: &AtomicU64) -> bool {
    let spend = |left: u64| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok()
}

impl Store for Frail {
    fn read_version(&self) -> Answer<'_, Version> {
        self.store.read_version()
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        self.store.get_many(version, keys)
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        if spend(&self.scans) {
            self.store.scan(version, range, limit)
        } else {
            Box::pin(async { Err(self.failure.clone()) })
        }
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        if spend(&self.commits) {
            self.store.commit(commit, done)
        } else {
            done(Outcome::Fatal("the end".to_owned()));
            None
        }
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.store.changed(version)
    }
}
