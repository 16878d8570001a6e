//! The contract of the store on a FoundationDB cluster, and what becomes of commits when its server dies or stands still.
//!
//! The contract is tested on the cluster of the cluster file that `OPENCOWIN_TEST_FDB_CLUSTER` names, under a random prefix,
//! or on a server of this test's own. Servers are started from the directory that `OPENCOWIN_TEST_FDB_BIN` names, with
//! `fdbserver` and `fdbcli` in it. A test that has neither says so and passes.

#![cfg(feature = "foundationdb")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic and speak")]

#[path = "support/cluster.rs"]
mod cluster;

use cluster::Cluster;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::conformance;
use opencowin_ledger::store::foundationdb::{FoundationDb, FoundationDbOptions, OpenError};
use opencowin_ledger::store::{Commit, Mutation, Outcome, ReadError, Store, Version, single};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

fn open(cluster_file: &Path) -> Arc<FoundationDb> {
    let options = FoundationDbOptions::default();
    Arc::new(FoundationDb::open(cluster_file, &options).unwrap())
}

#[test]
fn the_engine_keeps_the_contract() {
    let Some(cluster) = Cluster::any() else { return };
    let store = open(&cluster.file());
    for case in conformance::cases() {
        println!("{}", case.name);
        let prefix = [&b"opencowin-test/"[..], &rand::random::<[u8; 8]>()].concat();
        case.run(store.clone(), &prefix);
        erase(&*store, &prefix);
    }
}

fn erase(store: &dyn Store, prefix: &[u8]) {
    let range = prefix.to_vec()..[prefix, &[0xFF; 4]].concat();
    commit(store, vec![Mutation::ClearRange { range }]).recv().unwrap();
}

fn set(key: &[u8], value: u64) -> Mutation {
    Mutation::Set { key: key.to_vec(), value: value.to_le_bytes().to_vec() }
}

fn commit(store: &dyn Store, mutations: Vec<Mutation>) -> Receiver<Outcome> {
    hand_over(store, Commit { mutations, ..Commit::default() })
}

fn hand_over(store: &dyn Store, commit: Commit) -> Receiver<Outcome> {
    let (send, receive) = mpsc::channel();
    store.commit(commit, Box::new(move |outcome| send.send(outcome).unwrap()));
    receive
}

/// Asks until there is an answer.
fn head(store: &dyn Store) -> Version {
    loop {
        match block_on(store.read_version()) {
            Ok(version) => return version,
            Err(ReadError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn read(store: &dyn Store, key: &[u8]) -> Option<u64> {
    let keys = [key.to_vec()];
    let value = block_on(store.get_many(head(store), &keys)).unwrap().remove(0);
    value.map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()))
}

#[test]
fn what_cannot_be_opened_is_said_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fdb.cluster");
    let error = || FoundationDb::open(&file, &FoundationDbOptions::default()).err().unwrap();
    assert!(matches!(error(), OpenError::NoClusterFile(_)));
    std::fs::write(&file, "nothing\n").unwrap();
    assert!(matches!(error(), OpenError::BadClusterFile(..)));
    // Nobody listens there.
    std::fs::write(&file, "a:b@127.0.0.1:9\n").unwrap();
    let begun = Instant::now();
    let unreachable = error();
    assert!(matches!(unreachable, OpenError::Unreachable(..)), "{unreachable}");
    assert!(unreachable.may_pass() && begun.elapsed() < Duration::from_secs(8));
}
