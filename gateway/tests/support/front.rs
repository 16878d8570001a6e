//! A gateway's own way to a store that several have open, which can be cut.

use opencowin_ledger::store::{Answer, Commit, Done, Pairs, ReadError, Store, Version};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// While it is cut, reads fail and commits wait, as those of a cluster that cannot be reached do.
pub struct Front {
    store: Arc<dyn Store>,
    waiting: Mutex<Option<Vec<(Commit, Done)>>>,
}

impl Front {
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, waiting: Mutex::default() })
    }

    pub fn cut(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// What was under way arrives now.
    pub fn mend(&self) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        for (commit, done) in waiting.into_iter().flatten() {
            self.store.commit(commit, done);
        }
    }

    fn reach(&self) -> Result<&dyn Store, ReadError> {
        let cut = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if cut { Err(ReadError::Unavailable("cut".to_owned())) } else { Ok(&*self.store) }
    }
}

impl Store for Front {
    fn read_version(&self) -> Answer<'_, Version> {
        Box::pin(async { self.reach()?.read_version().await })
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        Box::pin(async move { self.reach()?.get_many(version, keys).await })
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        Box::pin(async move { self.reach()?.scan(version, range, limit).await })
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *waiting {
            Some(waiting) => waiting.push((commit, done)),
            None => {
                drop(waiting);
                self.store.commit(commit, done);
            }
        }
        None
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.store.changed(version)
    }
}
