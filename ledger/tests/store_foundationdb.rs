//! The contract of the store on a FoundationDB cluster, and what becomes of commits when its server dies or stands still.
//!
//! The contract is tested on the cluster of the cluster file that `OPENCOWIN_TEST_FDB_CLUSTER` names, under random prefixes,
//! or on a server of this test's own. Servers are started from the directory that `OPENCOWIN_TEST_FDB_BIN` names, with
//! `fdbserver` and `fdbcli` in it. A case that has neither says so and passes.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic and speak")]

mod support;

use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::conformance;
use opencowin_ledger::store::foundationdb::{FoundationDb, Network, OpenError};
use opencowin_ledger::store::{Commit, Mutation, Outcome, ReadError, Store, Version, single};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};
use support::cluster::{Cluster, Server};

type Case = (&'static str, fn(&Network));

const CASES: [Case; 5] = [
    ("what cannot be opened is said in a sentence", sentences),
    ("the engine keeps the contract", contract),
    ("a server killed again and again loses nothing acknowledged", killed),
    ("commits wait for a server that stands still, and reads give up", still),
    ("a locked database refuses for now and not for good", locked),
];

fn main() {
    let network = Network::start(None).unwrap();
    for (name, case) in CASES {
        let begun = Instant::now();
        println!("{name}");
        case(&network);
        println!("  ok ({:.1} s)", begun.elapsed().as_secs_f64());
    }
}

fn open(network: &Network, cluster_file: &Path) -> Arc<FoundationDb> {
    Arc::new(FoundationDb::open(network, cluster_file).unwrap())
}

fn sentences(network: &Network) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fdb.cluster");
    let error = || FoundationDb::open(network, &file).err().unwrap();
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

fn contract(network: &Network) {
    let Some(cluster) = Cluster::any() else { return };
    let store = open(network, &cluster.file());
    for case in conformance::cases() {
        println!("  {}", case.name);
        let prefix = [&b"opencowin-test/"[..], &rand::random::<[u8; 8]>()].concat();
        case.run(store.clone(), &prefix);
        let range = prefix.clone()..[&prefix[..], &[0xFF; 4]].concat();
        commit(&*store, vec![Mutation::ClearRange { range }]).recv().unwrap();
    }
    let figures = store.stats().snapshot();
    assert!(figures.committed > 400 && figures.conflicts > 3 && figures.too_old > 1);
    assert!(figures.commit_s > 0.0 && figures.unknown == 0 && figures.read_errors == 0);
}

/// A commit of the stream: what it came to, and whether its row was there when that was told.
struct Told {
    number: u64,
    outcome: Outcome,
    written: bool,
}

/// How many commits are under way at once.
const UNDER_WAY: u64 = 16;

fn killed(network: &Network) {
    let Some(mut server) = Server::start() else { return };
    let store = open(network, &server.file());
    let until = Instant::now() + Duration::from_millis(4500);
    let lanes = (0..UNDER_WAY).map(|lane| {
        let store = store.clone();
        thread::spawn(move || stream(&*store, lane, until))
    });
    let lanes: Vec<_> = lanes.collect();
    let mut all = Vec::new();
    for round in 0..3 {
        thread::sleep(Duration::from_millis(700));
        let read_version = head(&*store);
        // What is sent to a server that stands still and then dies cannot have a known outcome.
        server.signal("STOP");
        let lost = (0..8).map(|n| (UNDER_WAY + round) << 32 | n).map(|number| {
            let conflicts = vec![single(&row(number))];
            let mutations = vec![set(&row(number), number)];
            (number, hand_over(&*store, Commit { read_version, conflicts, mutations }))
        });
        let lost: Vec<_> = lost.collect();
        thread::sleep(Duration::from_millis(50));
        server.kill();
        server.restart();
        all.extend(lost.into_iter().map(|(number, outcome)| told(&*store, number, &outcome)));
    }
    all.extend(lanes.into_iter().flat_map(|lane| lane.join().unwrap()));
    let mut unknown = 0;
    for Told { number, outcome, written } in &all {
        let stays = read(&*store, &row(*number)).is_some();
        assert_eq!(stays, *written, "{number} came out as {outcome:?} and changed afterwards");
        match outcome {
            Outcome::Committed(_) => assert!(stays, "{number} was acknowledged and is lost"),
            Outcome::Unknown => unknown += 1,
            other => assert!(!stays, "{number} came out as {other:?} and was written"),
        }
    }
    assert!(unknown > 0 && all.len() > 100, "{unknown} of {} unknown", all.len());
    println!("  {} commits, {unknown} unknown", all.len());
}

/// Commits one row after another until the time is over; those with odd numbers read what they write.
fn stream(store: &dyn Store, lane: u64, until: Instant) -> Vec<Told> {
    let mut all = Vec::new();
    for number in (lane << 32).. {
        if Instant::now() > until {
            break;
        }
        let mut commit = Commit { mutations: vec![set(&row(number), number)], ..Commit::default() };
        if number % 2 == 1 {
            commit.read_version = head(store);
            commit.conflicts = vec![single(&row(number))];
        }
        all.push(told(store, number, &hand_over(store, commit)));
    }
    all
}

fn told(store: &dyn Store, number: u64, outcome: &Receiver<Outcome>) -> Told {
    let outcome = outcome.recv().unwrap();
    Told { number, outcome, written: read(store, &row(number)).is_some() }
}

fn still(network: &Network) {
    let Some(server) = Server::start() else { return };
    let store = open(network, &server.file());
    server.signal("STOP");
    let under_way: Vec<_> =
        (0..50).map(|number| commit(&*store, vec![set(&row(number), number)])).collect();
    let read_version = block_on(store.read_version());
    assert!(matches!(read_version, Err(ReadError::Unavailable(_))), "{read_version:?}");
    assert!(under_way.iter().all(|outcome| outcome.try_recv().is_err()), "nobody could answer");
    server.signal("CONT");
    for (number, outcome) in (0..).zip(under_way) {
        let outcome = outcome.recv().unwrap();
        let written = read(&*store, &row(number)).is_some();
        match outcome {
            Outcome::Committed(_) => assert!(written),
            Outcome::Unknown => {}
            other => assert!(!written, "{other:?}"),
        }
    }
    assert_eq!(store.stats().snapshot().read_errors, 1);
}

fn locked(network: &Network) {
    let Some(server) = Server::start() else { return };
    let store = open(network, &server.file());
    let version = head(&*store);
    server.cli("lock");
    let opened = FoundationDb::open(network, &server.file());
    assert!(matches!(opened, Err(OpenError::Locked(_))));
    assert!(matches!(block_on(store.read_version()), Err(ReadError::Unavailable(_))));
    let conflicts = vec![single(&row(1))];
    let change = Commit { read_version: version, conflicts, mutations: vec![set(&row(1), 1)] };
    // Whoever locks it writes, as the cluster sees it, all keys.
    assert_eq!(hand_over(&*store, change).recv().unwrap(), Outcome::Conflict);
    assert_eq!(commit(&*store, vec![set(&row(1), 1)]).recv().unwrap(), Outcome::TooOld);
    assert_eq!(store.stats().snapshot().refused, 1);
    server.cli(
        r"option on ACCESS_SYSTEM_KEYS; option on LOCK_AWARE; writemode on; clear \xff/dbLocked",
    );
    let outcome = commit(&*store, vec![set(&row(1), 1)]).recv().unwrap();
    assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
}

fn row(number: u64) -> Vec<u8> {
    [&b"row/"[..], &number.to_be_bytes()].concat()
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

/// The value of a key now, asked for until there is an answer.
fn read(store: &dyn Store, key: &[u8]) -> Option<u64> {
    let keys = [key.to_vec()];
    loop {
        match block_on(store.get_many(head(store), &keys)) {
            Ok(mut values) => {
                let value = values.remove(0)?;
                return Some(u64::from_le_bytes(value.try_into().unwrap()));
            }
            Err(ReadError::Unavailable(_) | ReadError::TooOld) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
