//! Random histories on the embedded engine and on the memory store, which must answer alike.

#![allow(clippy::unwrap_used, reason = "tests may panic and speak")]

use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::store::memory::Memory;
use opencowin_ledger::store::{Commit, Mutation, Outcome, Store, Version, single};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::mpsc;

#[derive(Clone, Debug)]
enum Step {
    /// Commits against the version that is this many commits old.
    Commit { age: u64, conflicts: Vec<Range<Vec<u8>>>, mutations: Vec<Mutation> },
    /// Scans at the version that is this many commits old.
    Scan { age: u64, range: Range<Vec<u8>>, limit: usize },
    /// Closes the embedded store and opens it again.
    Reopen,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0_u8), Just(7), Just(255)], 0..3)
}

fn range() -> impl Strategy<Value = Range<Vec<u8>>> {
    let wide = (key(), key()).prop_map(|(a, b)| if a < b { a..b } else { b..a });
    prop_oneof![key().prop_map(|key| single(&key)), wide]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let value = proptest::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        4 => (key(), value).prop_map(|(key, value)| Mutation::Set { key, value }),
        1 => key().prop_map(|key| Mutation::Clear { key }),
        1 => range().prop_map(|range| Mutation::ClearRange { range }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let conflicts = proptest::collection::vec(range(), 0..3);
    let mutations = proptest::collection::vec(mutation(), 0..4);
    prop_oneof![
        12 => (0_u64..4, conflicts, mutations)
            .prop_map(|(age, conflicts, mutations)| Step::Commit { age, conflicts, mutations }),
        6 => (0_u64..6, range(), 0_usize..5)
            .prop_map(|(age, range, limit)| Step::Scan { age, range, limit }),
        1 => Just(Step::Reopen),
    ]
}

fn commit(store: &dyn Store, commit: Commit) -> Outcome {
    let (send, receive) = mpsc::channel();
    store.commit(commit, Box::new(move |outcome| send.send(outcome).unwrap()));
    receive.recv().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_embedded_engine_answers_as_the_memory_store_does(
        steps in proptest::collection::vec(step(), 1..60),
        memtable_bytes in prop_oneof![Just(500_u64), Just(1 << 20)],
    ) {
        // Nothing here is about the disk: a directory whose syncs cost nothing will do.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let options = EmbeddedOptions {
            fsync: false,
            segment_bytes: 1000,
            memtable_bytes,
            ..EmbeddedOptions::default()
        };
        let memory = Memory::default();
        let mut embedded = Some(Embedded::open(dir.path(), options.clone()).unwrap());
        // A store that was opened anew has forgotten older versions; so they are not asked for.
        let mut oldest = Version(1);
        for step in steps {
            let head = block_on(memory.read_version()).unwrap();
            let aged = |age: u64| Version(head.0.saturating_sub(age).max(oldest.0));
            let store = embedded.as_ref().unwrap();
            match step {
                Step::Commit { age, conflicts, mutations } => {
                    let request = Commit { read_version: aged(age), conflicts, mutations };
                    prop_assert_eq!(commit(store, request.clone()), commit(&memory, request));
                }
                Step::Scan { age, range, limit } => {
                    let version = aged(age);
                    let found = block_on(store.scan(version, range.clone(), limit));
                    prop_assert_eq!(found, block_on(memory.scan(version, range, limit)));
                }
                Step::Reopen => {
                    drop(embedded.take());
                    embedded = Some(Embedded::open(dir.path(), options.clone()).unwrap());
                    oldest = head;
                }
            }
            prop_assert_eq!(
                block_on(embedded.as_ref().unwrap().read_version()),
                block_on(memory.read_version())
            );
        }
    }
}
