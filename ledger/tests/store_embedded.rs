//! What only the embedded engine promises: one opener, versions that grow old, and nothing lost when the process is killed.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests may panic and speak")]

use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions, Logs, OpenError};
use opencowin_ledger::store::{Commit, Mutation, Outcome, ReadError, Store, Version, single};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

fn open(path: &Path) -> Embedded {
    Embedded::open(path, EmbeddedOptions::default()).unwrap()
}

fn set(key: &[u8], value: u64) -> Mutation {
    Mutation::Set { key: key.to_vec(), value: value.to_le_bytes().to_vec() }
}

fn commit(store: &Embedded, commit: Commit) -> Outcome {
    let (send, receive) = mpsc::channel();
    store.commit(commit, Box::new(move |outcome| send.send(outcome).unwrap()));
    receive.recv().unwrap()
}

fn write(store: &Embedded, key: &[u8], value: u64) -> Version {
    let mutations = vec![set(key, value)];
    match commit(store, Commit { mutations, ..Commit::default() }) {
        Outcome::Committed(version) => version,
        other => panic!("{other:?}"),
    }
}

fn read(store: &Embedded, version: Version, key: &[u8]) -> Result<Option<u64>, ReadError> {
    let keys = [key.to_vec()];
    let value = block_on(store.get_many(version, &keys))?.remove(0);
    Ok(value.map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap())))
}

#[test]
fn a_directory_is_opened_by_one_at_a_time_and_the_other_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let second = Embedded::open(dir.path(), EmbeddedOptions::default());
    let error = second.err().unwrap();
    assert!(matches!(error, OpenError::InUse(_)));
    assert_eq!(error.to_string(), format!("{} is in use by another store", dir.path().display()));
    drop(first);
    open(dir.path());
}

#[test]
fn what_was_committed_is_there_after_a_clean_end_and_versions_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut last = Version(0);
    for round in 0_u64..3 {
        let store = open(dir.path());
        let head = block_on(store.read_version()).unwrap();
        assert!(head >= last);
        assert_eq!(read(&store, head, b"round"), Ok(round.checked_sub(1)));
        last = write(&store, b"round", round);
        assert!(last > head);
    }
}

#[test]
fn a_closed_store_refuses_commits_and_closing_twice_is_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.close();
    store.close();
    let outcome = commit(&store, Commit::default());
    assert_eq!(outcome, Outcome::Fatal("the store is closed".to_owned()));
}

#[test]
fn a_panic_in_an_answer_ends_the_store_instead_of_leaving_it_hanging() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let last = write(&store, b"key", 1);
    store.commit(Commit::default(), Box::new(|_| panic!("on purpose")));
    let panicked = "a thread of the store panicked".to_owned();
    let ended = block_on(store.changed(Version(u64::MAX)));
    assert_eq!(ended, Err(ReadError::Fatal(panicked.clone())));
    assert_eq!(block_on(store.read_version()), ended.map(|()| last));
    assert_eq!(commit(&store, Commit::default()), Outcome::Fatal(panicked));
    drop(store);
    let store = open(dir.path());
    assert_eq!(read(&store, block_on(store.read_version()).unwrap(), b"key"), Ok(Some(1)));
    assert!(block_on(store.read_version()).unwrap() >= last);
}

#[test]
fn a_version_is_too_old_once_its_life_is_over_and_the_newest_never_is() {
    let dir = tempfile::tempdir().unwrap();
    let version_life = Duration::from_millis(100);
    let options = EmbeddedOptions { version_life, ..EmbeddedOptions::default() };
    let store = Embedded::open(dir.path(), options).unwrap();
    let old = write(&store, b"key", 1);
    let replaced = Instant::now();
    let new = write(&store, b"key", 2);
    let seen = read(&store, old, b"key");
    // On a slow machine its life may be over already.
    assert!(seen == Ok(Some(1)) || replaced.elapsed() > version_life);
    std::thread::sleep(version_life * 2);
    assert_eq!(read(&store, old, b"key"), Err(ReadError::TooOld));
    assert_eq!(read(&store, new, b"key"), Ok(Some(2)));
    let against = |read_version| Commit {
        read_version,
        conflicts: vec![single(b"other")],
        mutations: vec![set(b"key", 3)],
    };
    assert_eq!(commit(&store, against(old)), Outcome::TooOld);
    assert!(matches!(commit(&store, against(new)), Outcome::Committed(_)));
}

#[test]
fn old_versions_stay_exact_while_tables_are_written_and_compacted() {
    let dir = tempfile::tempdir().unwrap();
    let options = EmbeddedOptions { memtable_bytes: 2000, ..EmbeddedOptions::default() };
    let store = Embedded::open(dir.path(), options).unwrap();
    let versions: Vec<_> = (0..500).map(|value| write(&store, b"key", value)).collect();
    for (value, version) in versions.iter().enumerate() {
        assert_eq!(read(&store, *version, b"key"), Ok(Some(value as u64)));
    }
}

/// Names the directory in which the killed child works.
const CHILD: &str = "STORE_KILL_CHILD";
/// How many keys the child goes round.
const KEYS: u64 = 50;

#[test]
fn a_killed_process_loses_nothing_that_it_had_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut written = 0;
    for round in 0..4 {
        let mut child = start_child(dir.path());
        let acknowledged = watch_and_kill(&mut child, Duration::from_millis(100 + 90 * round));
        assert!(acknowledged > written, "the child got nowhere");
        let store = open(dir.path());
        let head = block_on(store.read_version()).unwrap();
        written = read(&store, head, b"last").unwrap().unwrap();
        assert!(written >= acknowledged, "{written} < {acknowledged}");
        for number in written.saturating_sub(KEYS) + 1..=written {
            assert_eq!(read(&store, head, &row(number)), Ok(Some(number)), "of {written}");
        }
    }
}

/// The child's side: not a test of its own.
#[test]
fn commit_until_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let options = EmbeddedOptions {
        logs: Logs::Two,
        memtable_bytes: 50_000,
        segment_bytes: 100_000,
        ..EmbeddedOptions::default()
    };
    let store = Embedded::open(Path::new(&dir), options).unwrap();
    let head = block_on(store.read_version()).unwrap();
    let mut number = read(&store, head, b"last").unwrap().unwrap_or(0);
    loop {
        number += 1;
        let mutations = vec![set(&row(number), number), set(b"last", number)];
        let say = Box::new(move |outcome| match outcome {
            Outcome::Committed(_) => println!("acknowledged {number}"),
            other => panic!("{other:?}"),
        });
        store.commit(Commit { mutations, ..Commit::default() }, say);
        // Keeps a few on their way without running far ahead.
        std::thread::sleep(Duration::from_micros(50));
    }
}

fn row(number: u64) -> Vec<u8> {
    format!("row/{}", number % KEYS).into_bytes()
}

fn start_child(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "commit_until_killed", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads what the child acknowledges, kills it `time` after the first, and returns the last.
fn watch_and_kill(child: &mut Child, time: Duration) -> u64 {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut numbers = lines.map_while(Result::ok).filter_map(|line| {
        line.rsplit_once("acknowledged ").and_then(|(_, number)| number.parse::<u64>().ok())
    });
    let mut last = numbers.next().unwrap();
    let deadline = Instant::now() + time;
    while Instant::now() < deadline {
        last = numbers.next().unwrap();
    }
    child.kill().unwrap();
    // What it had printed before it died counts as well.
    last = numbers.last().unwrap_or(last);
    child.wait().unwrap();
    last
}
