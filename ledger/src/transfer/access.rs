//! Asking a store again until it answers.

use super::TransferError;
use crate::keys::{Environment, Key, Layout};
use crate::store::block_on::{self, block_on};
use crate::store::{Commit, Outcome, Pairs, Store, Version};
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The rows of one environment in a store, while nobody serves from them.
///
/// That they are at rest is for the caller to see to. An embedded store is open once, so it is. Its methods block: they are
/// for a thread of their own.
pub struct AtRest {
    pub(super) store: Arc<dyn Store>,
    pub(super) environment: Environment,
    pub(super) layout: Layout,
    pub(super) patience: Patience,
    /// A chunk of an export is closed when it has so many bytes. It becomes one commit of an import.
    pub(super) chunk_bytes: usize,
    /// So many rows are read at once.
    pub(super) scanned: usize,
}

/// How often and how long a store is asked again that does not answer now.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Attempts after the first.
    pub repeats: u32,
    /// Pause before the second attempt; it doubles from one to the next.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Patience {
    /// About a minute.
    fn default() -> Self {
        let (first_pause, longest_pause) = (Duration::from_millis(10), Duration::from_secs(2));
        Self { repeats: 36, first_pause, longest_pause }
    }
}

impl Patience {
    fn pauses(self) -> impl Iterator<Item = Duration> {
        let double = move |pause: &Duration| Some((*pause * 2).min(self.longest_pause));
        std::iter::successors(Some(self.first_pause), double).take(self.repeats as usize)
    }
}

impl AtRest {
    /// The rows of `environment` in `store`.
    pub fn new(store: Arc<dyn Store>, environment: Environment) -> Self {
        let (layout, patience) = (Layout::new(environment), Patience::default());
        Self { store, environment, layout, patience, chunk_bytes: 512 << 10, scanned: 2000 }
    }

    /// Asks an engine again as often as this.
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Attempts something until it gives a value or fails for good.
    pub(super) fn insist<T>(
        &self,
        mut attempt: impl FnMut() -> Result<Option<T>, TransferError>,
    ) -> Result<T, TransferError> {
        let mut pauses = self.patience.pauses();
        loop {
            let failure = match attempt() {
                Ok(Some(value)) => return Ok(value),
                Ok(None) => TransferError::GaveUp,
                Err(error) if error.is_passing() => error,
                Err(error) => return Err(error),
            };
            match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return Err(failure),
            }
        }
    }

    pub(super) fn version(&self) -> Result<Version, TransferError> {
        Ok(block_on(self.store.read_version())?)
    }

    pub(super) fn get(&self, version: Version, key: Key) -> Result<Option<Vec<u8>>, TransferError> {
        let keys = [self.layout.encode(&key)];
        Ok(block_on(self.store.get_many(version, &keys))?.pop().flatten())
    }

    pub(super) fn scan(
        &self,
        version: Version,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Pairs, TransferError> {
        Ok(block_on(self.store.scan(version, range, limit))?)
    }

    /// Commits; `None` if that is worth another attempt.
    pub(super) fn commit(&self, commit: Commit) -> Result<Option<Version>, TransferError> {
        committed(block_on::commit(&*self.store, commit))
    }
}

/// The version of a commit; `None` if it is worth another attempt.
pub(super) fn committed(outcome: Outcome) -> Result<Option<Version>, TransferError> {
    match outcome {
        Outcome::Committed(version) => Ok(Some(version)),
        Outcome::Conflict | Outcome::TooOld | Outcome::Unknown => Ok(None),
        Outcome::Fatal(reason) => Err(TransferError::Unwritable(reason)),
    }
}
