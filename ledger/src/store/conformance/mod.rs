//! The contract of [`Store`] as cases that every engine must pass.
//!
//! A case gets a store in which no key starts with the prefix that it is given. It panics where the store breaks the
//! contract. The tests of this crate run the cases on the memory store and the embedded engine; the
//! tests of another engine run the same.

mod conflicts;
mod limits;
mod order;
mod reads;

use super::block_on::block_on;
use super::limits::KEY_BYTES;
use super::prefixed::Prefixed;
use super::{Commit, Mutation, Outcome, Pairs, ReadError, Store, Version};
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// How long a case waits for an answer before it calls it missing.
const PATIENCE: Duration = Duration::from_secs(30);

/// One rule of the contract.
pub struct Case {
    /// What the rule says.
    pub name: &'static str,
    run: fn(&Probe),
}

impl Case {
    /// Puts `store` to the test, with keys that begin with `prefix`. Panics if it fails.
    pub fn run(&self, store: Arc<dyn Store>, prefix: &[u8]) {
        let key_bytes = KEY_BYTES - prefix.len();
        (self.run)(&Probe { store: Arc::new(Prefixed::new(store, prefix)), key_bytes });
    }
}

/// Every rule.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    [reads::CASES, order::CASES, conflicts::CASES, limits::CASES].into_iter().flatten()
}

/// A store, asked synchronously.
#[derive(Clone)]
struct Probe {
    store: Arc<dyn Store>,
    /// The longest key that fits.
    key_bytes: usize,
}

/// An outcome that is still to come.
struct Awaited(Receiver<Outcome>);

impl Awaited {
    fn outcome(self) -> Outcome {
        let outcome = self.0.recv_timeout(PATIENCE).expect("a commit was not answered");
        // A second answer could only come before the first was handed out or be dropped with the closure.
        assert!(self.0.recv_timeout(Duration::ZERO).is_err(), "a commit was answered twice");
        outcome
    }
}

impl Probe {
    fn head(&self) -> Version {
        block_on(self.store.read_version()).expect("the store tells its version")
    }

    fn get(&self, version: Version, key: &[u8]) -> Option<Vec<u8>> {
        self.get_many(version, &[key.to_vec()]).remove(0)
    }

    fn get_many(&self, version: Version, keys: &[Vec<u8>]) -> Vec<Option<Vec<u8>>> {
        block_on(self.store.get_many(version, keys)).expect("the store answers")
    }

    fn keys(&self, version: Version, range: Range<&[u8]>, limit: usize) -> Vec<Vec<u8>> {
        let pairs = self.scan(version, owned(range), limit).expect("the store answers");
        pairs.into_iter().map(|(key, _)| key).collect()
    }

    fn scan(
        &self,
        version: Version,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Pairs, ReadError> {
        block_on(self.store.scan(version, range, limit))
    }

    fn submit(&self, commit: Commit) -> (Option<Version>, Awaited) {
        let (send, receive) = mpsc::channel();
        let done = move |outcome| drop(send.send(outcome));
        (self.store.commit(commit, Box::new(done)), Awaited(receive))
    }

    fn commit(&self, commit: Commit) -> Outcome {
        self.submit(commit).1.outcome()
    }

    /// Commits `mutations` without having read anything.
    fn write(&self, mutations: Vec<Mutation>) -> Version {
        committed(self.commit(Commit { mutations, ..Commit::default() }))
    }

    /// Commits a write of `key` after having read `conflicts` at `read_version`.
    fn write_after(
        &self,
        read_version: Version,
        conflicts: Vec<Range<Vec<u8>>>,
        key: &[u8],
    ) -> Outcome {
        self.commit(Commit { read_version, conflicts, mutations: vec![set(key, b"new")] })
    }
}

fn committed(outcome: Outcome) -> Version {
    match outcome {
        Outcome::Committed(version) => version,
        other => panic!("a commit that must succeed came out as {other:?}"),
    }
}

fn set(key: &[u8], value: &[u8]) -> Mutation {
    Mutation::Set { key: key.to_vec(), value: value.to_vec() }
}

fn clear(key: &[u8]) -> Mutation {
    Mutation::Clear { key: key.to_vec() }
}

fn clear_range(range: Range<&[u8]>) -> Mutation {
    Mutation::ClearRange { range: owned(range) }
}

fn owned(range: Range<&[u8]>) -> Range<Vec<u8>> {
    range.start.to_vec()..range.end.to_vec()
}
