//! A store in memory: the contract in its plainest form.
//!
//! It is the reference that the engines are compared with, and what simulations run on: it can be told to answer as an
//! engine answers on a bad day ([`Faults`]). It shares no code with the engines' resolver, so that an error in one shows.
//! Everything happens inside the call: `done` is called before [`commit`](Store::commit) returns.

use super::{
    Answer, Commit, Done, Mutation, Outcome, Pairs, ReadError, Store, Version, bounds,
    faults::Fault,
};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};
use tokio::sync::watch;

pub use super::faults::Faults;

/// An ordered key-value store in memory; see the [module](self).
pub struct Memory {
    state: Mutex<State>,
    head: watch::Sender<Version>,
}

/// What a [`Memory`] is to do unlike the default.
#[derive(Clone, Debug)]
pub struct MemoryOptions {
    /// How many versions behind the newest can be read at and committed against.
    pub versions_kept: u64,
    /// The bad outcomes to mix in, if any.
    pub faults: Option<Faults>,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self { versions_kept: 100_000, faults: None }
    }
}

/// Every kept value of a key, oldest first; `None` where it was removed.
type History = Vec<(Version, Option<Vec<u8>>)>;

struct State {
    rows: BTreeMap<Vec<u8>, History>,
    /// The ranges removed, whether or not anything was there, oldest first.
    cleared: VecDeque<(Version, Range<Vec<u8>>)>,
    head: Version,
    options: MemoryOptions,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(MemoryOptions::default())
    }
}

impl Memory {
    /// An empty store.
    pub fn new(options: MemoryOptions) -> Self {
        // Version 0 is older than anything that can be read, on every engine.
        let head = Version(1);
        let state = State { rows: BTreeMap::new(), cleared: VecDeque::new(), head, options };
        Self { state: Mutex::new(state), head: watch::Sender::new(head) }
    }

    /// Replaces the bad outcomes that are mixed in from now on.
    pub fn set_faults(&self, faults: Option<Faults>) {
        self.state().options.faults = faults;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("invariant: nothing panics while it holds the state")
    }

    fn decide(&self, commit: &Commit) -> Outcome {
        let mut state = self.state();
        if let Err(reason) = bounds::measure(commit) {
            return Outcome::Fatal(reason);
        }
        let fault = state.options.faults.as_mut().and_then(Faults::draw);
        match fault {
            None => state.settle(commit),
            Some(Fault::Conflict) => Outcome::Conflict,
            Some(Fault::TooOld) => Outcome::TooOld,
            Some(Fault::UnknownLost) => Outcome::Unknown,
            Some(Fault::UnknownKept) => match state.settle(commit) {
                Outcome::Committed(_) => Outcome::Unknown,
                refused => refused,
            },
        }
    }
}

impl State {
    /// The oldest version that can still be read at and committed against.
    fn oldest(&self) -> Version {
        Version(self.head.0.saturating_sub(self.options.versions_kept).max(1))
    }

    fn readable(&self, version: Version) -> Result<(), ReadError> {
        if version < self.oldest() || version > self.head {
            return Err(ReadError::TooOld);
        }
        Ok(())
    }

    fn settle(&mut self, commit: &Commit) -> Outcome {
        if !commit.conflicts.is_empty() && self.readable(commit.read_version).is_err() {
            return Outcome::TooOld;
        }
        if commit.conflicts.iter().any(|range| self.written_after(range, commit.read_version)) {
            return Outcome::Conflict;
        }
        self.head.0 += 1;
        for mutation in &commit.mutations {
            self.apply(mutation);
        }
        Outcome::Committed(self.head)
    }

    fn written_after(&self, range: &Range<Vec<u8>>, version: Version) -> bool {
        if range.is_empty() {
            return false;
        }
        let mut histories = self.rows.range(range.clone());
        histories.any(|(_, history)| history.last().is_some_and(|(at, _)| *at > version))
            || self.cleared_after(range, version)
    }

    fn cleared_after(&self, range: &Range<Vec<u8>>, version: Version) -> bool {
        let later = self.cleared.iter().rev().take_while(|(at, _)| *at > version);
        later.into_iter().any(|(_, cleared)| range.start < cleared.end && cleared.start < range.end)
    }

    fn apply(&mut self, mutation: &Mutation) {
        match mutation {
            Mutation::Set { key, value } => self.write(key, Some(value.clone())),
            Mutation::Clear { key } => self.write(key, None),
            Mutation::ClearRange { range } if range.is_empty() => {}
            Mutation::ClearRange { range } => self.clear(range),
        }
    }

    fn write(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        let (head, oldest) = (self.head, self.oldest());
        let history = self.rows.entry(key.to_vec()).or_default();
        // A reader at the oldest version needs the newest value up to it, and none before.
        let needless = history.partition_point(|(at, _)| *at <= oldest).saturating_sub(1);
        history.drain(..needless);
        history.push((head, value));
    }

    fn clear(&mut self, range: &Range<Vec<u8>>) {
        let keys: Vec<_> = self.rows.range(range.clone()).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.write(&key, None);
        }
        let oldest = self.oldest();
        let forgotten = self.cleared.partition_point(|(at, _)| *at <= oldest);
        self.cleared.drain(..forgotten);
        self.cleared.push_back((self.head, range.clone()));
    }

    fn get(&self, version: Version, key: &[u8]) -> Option<Vec<u8>> {
        self.rows.get(key).and_then(|history| value_at(history, version)).cloned()
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Pairs {
        if range.start >= range.end {
            return Vec::new();
        }
        let rows = self.rows.range(range);
        let rows = rows.filter_map(|(key, history)| Some((key, value_at(history, version)?)));
        rows.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

fn value_at(history: &History, version: Version) -> Option<&Vec<u8>> {
    let upto = history.iter().rev().find(|(at, _)| *at <= version);
    upto.and_then(|(_, value)| value.as_ref())
}

impl Store for Memory {
    fn read_version(&self) -> Answer<'_, Version> {
        Box::pin(async { Ok(self.state().head) })
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        Box::pin(async move {
            let state = self.state();
            state.readable(version)?;
            Ok(keys.iter().map(|key| state.get(version, key)).collect())
        })
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        Box::pin(async move {
            let state = self.state();
            state.readable(version)?;
            Ok(state.scan(version, range, limit))
        })
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        let outcome = self.decide(&commit);
        let version = match outcome {
            Outcome::Committed(version) => Some(version),
            _ => None,
        };
        self.head.send_replace(self.state().head);
        done(outcome);
        version
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        let mut head = self.head.subscribe();
        Box::pin(async move {
            // The sender lives as long as this borrow of the store.
            head.wait_for(|head| *head > version).await.map(drop).map_err(|_| closed())
        })
    }
}

fn closed() -> ReadError {
    ReadError::Fatal("the store is closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::block_on::block_on;
    use std::sync::Arc;

    fn put(store: &Memory, value: u8) -> Outcome {
        let mutations = vec![Mutation::Set { key: b"k".to_vec(), value: vec![value] }];
        let commit = Commit { mutations, ..Commit::default() };
        let outcome = Arc::new(Mutex::new(None));
        let slot = outcome.clone();
        store.commit(commit, Box::new(move |outcome| *slot.lock().unwrap() = Some(outcome)));
        outcome.lock().unwrap().take().unwrap()
    }

    fn get(store: &Memory, version: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let keys = [b"k".to_vec()];
        block_on(store.get_many(Version(version), &keys)).map(|mut values| values.remove(0))
    }

    #[test]
    fn versions_beyond_those_kept_are_too_old_and_the_kept_ones_stay_exact() {
        let store = Memory::new(MemoryOptions { versions_kept: 2, faults: None });
        for value in 2..=6 {
            assert_eq!(put(&store, value), Outcome::Committed(Version(value.into())));
        }
        assert_eq!(get(&store, 3), Err(ReadError::TooOld));
        for value in 4..=6 {
            assert_eq!(get(&store, value.into()), Ok(Some(vec![value])));
        }
    }

    #[test]
    fn an_unknown_outcome_comes_in_both_kinds() {
        let mut faults = Faults::seeded(1);
        (faults.unknown_kept, faults.unknown_lost) = (0.5, 0.5);
        let store = Memory::new(MemoryOptions { faults: Some(faults), ..MemoryOptions::default() });
        let mut written = 0;
        for value in 0..100 {
            let before = block_on(store.read_version()).unwrap();
            assert_eq!(put(&store, value), Outcome::Unknown);
            written += block_on(store.read_version()).unwrap().0 - before.0;
        }
        assert!((20..80).contains(&written), "{written} of 100 were written");
    }
}
