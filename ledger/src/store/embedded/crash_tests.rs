//! Crashes at every point, torn writes, damaged bytes and failing syncs, on a simulated disk under the log.
//!
//! The index lies on a real disk: what it holds in memory is lost with each crash, its tables are not.

use super::torn::{TornDisk, Trouble};
use super::*;
use crate::store::block_on::block_on;
use crate::store::{Mutation, Outcome};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver};
use tempfile::TempDir;

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// A store on a torn disk, and what it should hold.
struct Trial {
    index: TempDir,
    disk: TornDisk,
    options: EmbeddedOptions,
    random: SmallRng,
    /// The rows after each version that was ever given, from version 1 on.
    expected: Vec<Rows>,
    acknowledged: Version,
}

impl Trial {
    fn new(seed: u64, logs: Logs) -> Self {
        // Small enough for segments to be filled and freed and for tables to be written within a few dozen commits.
        let options = EmbeddedOptions {
            logs,
            segment_bytes: 2000,
            memtable_bytes: 4000,
            ..EmbeddedOptions::default()
        };
        Self {
            index: memory_dir(),
            disk: TornDisk::default(),
            options,
            random: SmallRng::seed_from_u64(seed),
            expected: vec![Rows::new()],
            acknowledged: Version(1),
        }
    }

    fn open(&self) -> Result<Embedded, OpenError> {
        let disk = Arc::new(self.disk.clone());
        Embedded::open_with(self.index.path(), disk, self.options.clone())
    }

    /// Commits until the disk fails, or `commits` times, in bursts of up to `burst` at once.
    fn work(&mut self, store: &Embedded, commits: usize, burst: usize) {
        let mut left = commits;
        while left > 0 {
            let together = self.random.random_range(1..=burst.min(left));
            let under_way: Vec<_> = (0..together).map(|_| self.submit(store)).collect();
            left -= together;
            for outcome in under_way {
                match outcome.recv().unwrap() {
                    Outcome::Committed(version) => {
                        assert_eq!(version.0, self.acknowledged.0 + 1, "answered out of order");
                        self.acknowledged = version;
                    }
                    Outcome::Unknown | Outcome::Fatal(_) => left = 0,
                    other => panic!("a blind write came out as {other:?}"),
                }
            }
        }
    }

    fn submit(&mut self, store: &Embedded) -> Receiver<Outcome> {
        let mutations = mutations(&mut self.random);
        let mut rows = self.expected.last().unwrap().clone();
        mutations.iter().for_each(|mutation| apply(&mut rows, mutation));
        let (send, receive) = mpsc::channel();
        let commit = Commit { mutations, ..Commit::default() };
        let place = store.commit(commit, Box::new(move |outcome| drop(send.send(outcome))));
        if place.is_some() {
            self.expected.push(rows);
        }
        receive
    }

    /// Crashes, opens again, and holds what is there against what was acknowledged.
    fn recover(&mut self, seed: u64) -> Embedded {
        self.disk = self.disk.crashed(seed);
        let store = self.open().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let head = block_on(store.read_version()).unwrap();
        assert!(head >= self.acknowledged, "seed {seed}: lost {:?} > {head:?}", self.acknowledged);
        let all = block_on(store.scan(head, Vec::new()..vec![0xff], usize::MAX)).unwrap();
        let expected = &self.expected[head.0 as usize - 1];
        assert_eq!(&all.into_iter().collect::<Rows>(), expected, "seed {seed} at {head:?}");
        self.expected.truncate(head.0 as usize);
        self.acknowledged = head;
        store
    }
}

/// A directory whose syncs cost nothing, where there is such a place.
fn memory_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn mutations(random: &mut SmallRng) -> Vec<Mutation> {
    let key = |random: &mut SmallRng| vec![random.random_range(b'a'..b'k')];
    let count = random.random_range(1..4);
    let mutation = |random: &mut SmallRng| match random.random_range(0..8) {
        0 => Mutation::Clear { key: key(random) },
        1 => Mutation::ClearRange { range: b"c".to_vec()..key(random).max(b"c".to_vec()) },
        _ => {
            let value = vec![random.random(); random.random_range(0..120)];
            Mutation::Set { key: key(random), value }
        }
    };
    (0..count).map(|_| mutation(random)).collect()
}

fn apply(rows: &mut Rows, mutation: &Mutation) {
    match mutation {
        Mutation::Set { key, value } => drop(rows.insert(key.clone(), value.clone())),
        Mutation::Clear { key } => drop(rows.remove(key)),
        Mutation::ClearRange { range } => rows.retain(|key, _| !range.contains(key)),
    }
}

/// Ends a store as a crash does: without the clean end of `close`.
fn abandon(store: Embedded) {
    store.sequencer.fail("the test pulls the plug".to_owned());
    drop(store);
}

/// Two lives with a crash at operation `crash` of each, then a clean one.
fn crash_twice(seed: u64, logs: Logs, burst: usize, crash: usize) {
    let mut trial = Trial::new(seed, logs);
    trial.disk.expect(Trouble::CrashAt(crash));
    if let Ok(store) = trial.open() {
        trial.work(&store, 40, burst);
        abandon(store);
    }
    let store = trial.recover(seed);
    trial.disk.expect(Trouble::CrashAt(crash));
    trial.work(&store, 40, burst);
    abandon(store);
    let store = trial.recover(seed + 1);
    trial.work(&store, 5, burst);
    drop(store);
    trial.recover(seed + 2);
}

#[test]
fn a_crash_at_any_operation_keeps_what_was_acknowledged_and_no_part_of_the_rest() {
    for crash in 0..130 {
        for seed in 0..3 {
            crash_twice(crash as u64 * 1000 + seed * 10, Logs::One, 1, crash);
        }
    }
}

#[test]
fn a_crash_with_many_commits_under_way_in_two_logs_keeps_them_in_order() {
    for crash in 0..130 {
        for seed in 0..3 {
            crash_twice(crash as u64 * 2000 + seed * 10, Logs::Two, 8, crash);
        }
    }
}

#[test]
fn a_crash_while_recovering_from_a_crash_loses_nothing() {
    for crash in 0..60 {
        let mut trial = Trial::new(crash as u64, Logs::Two);
        let store = trial.open().unwrap();
        trial.work(&store, 30, 4);
        abandon(store);
        trial.disk = trial.disk.crashed(crash as u64);
        trial.disk.expect(Trouble::CrashAt(crash));
        drop(trial.open().map(abandon));
        trial.recover(crash as u64 + 1);
    }
}

#[test]
fn a_clean_end_leaves_nothing_to_replay() {
    let mut trial = Trial::new(1, Logs::Two);
    let store = trial.open().unwrap();
    trial.work(&store, 20, 4);
    drop(store);
    let (_, opened) = Index::open(&trial.index.path().join("index"), 1 << 20).unwrap();
    assert_eq!(opened.applied, trial.acknowledged);
    assert!(Replay::read(&trial.disk, opened.applied).unwrap().is_empty());
}

#[test]
fn a_failed_sync_ends_the_store_and_what_it_had_acknowledged_is_there_again_later() {
    for from in [0, 7, 20] {
        let mut trial = Trial::new(from as u64, Logs::One);
        let store = trial.open().unwrap();
        trial.disk.expect(Trouble::FailedSyncFrom(from));
        trial.work(&store, 100, 1);
        let later = trial.submit(&store).recv().unwrap();
        assert!(matches!(later, Outcome::Fatal(reason) if reason.contains("the sync failed")));
        assert!(matches!(block_on(store.read_version()), Err(ReadError::Fatal(_))));
        assert!(matches!(block_on(store.changed(Version(u64::MAX))), Err(ReadError::Fatal(_))));
        drop(store);
        trial.recover(from as u64);
    }
}

#[test]
fn a_failed_sync_answers_unknown_to_those_under_way_and_wakes_those_who_wait() {
    let mut trial = Trial::new(1, Logs::One);
    trial.options.segment_bytes = 1 << 16;
    let store = trial.open().unwrap();
    trial.work(&store, 3, 1);
    // The next sync is to be the commit's: once the segment after this one is there, no other will come before it.
    while trial.disk.list().unwrap().iter().filter(|name| segments::is_log(name)).count() < 2 {
        thread::yield_now();
    }
    trial.disk.expect(Trouble::FailedSyncFrom(0));
    let before = trial.acknowledged;
    thread::scope(|scope| {
        let waiting = scope.spawn(|| block_on(store.changed(before)));
        assert_eq!(trial.submit(&store).recv().unwrap(), Outcome::Unknown);
        assert!(matches!(waiting.join().unwrap(), Err(ReadError::Fatal(_))));
    });
}

/// The bits of a log with commits that were acknowledged one by one, and where its frames begin and end.
fn acknowledged_log() -> (Trial, String, Vec<frame::Frame>) {
    let mut trial = Trial::new(3, Logs::One);
    trial.options.segment_bytes = 1 << 16;
    trial.options.memtable_bytes = 1 << 20;
    let store = trial.open().unwrap();
    trial.work(&store, 10, 1);
    abandon(store);
    let names = trial.disk.list().unwrap().into_iter();
    let logs = names.filter(|name| segments::is_log(name)).map(|name| {
        let bytes = trial.disk.open(&name).unwrap().read().unwrap();
        let header = frame::SegmentHeader::decode(&bytes).unwrap();
        (name, frame::scan(&bytes, header))
    });
    let (name, frames) = logs.max_by_key(|(_, frames)| frames.len()).unwrap();
    assert_eq!(frames.len(), 10);
    (trial, name, frames)
}

#[test]
fn damage_to_what_was_acknowledged_is_reported_and_not_cut_off() {
    let (trial, name, frames) = acknowledged_log();
    for frame in &frames[..9] {
        let bit = frame.payload.start * 8 + 3;
        trial.disk.flip(&name, bit);
        let error = trial.open().err().map(|error| error.to_string());
        let version = frame.version.0;
        assert_eq!(
            error,
            Some(format!(
                "the log is damaged: version {version} was on disk once and is not whole any more"
            ))
        );
        trial.disk.flip(&name, bit);
    }
    trial.open().unwrap();
}

#[test]
fn damage_to_the_head_of_a_segment_is_reported() {
    let (trial, name, _) = acknowledged_log();
    trial.disk.flip(&name, 77);
    let error = trial.open().err().unwrap().to_string();
    assert_eq!(error, format!("the log is damaged: the head of {name} does not check"));
}

#[test]
fn damage_to_the_last_frame_alone_passes_for_a_torn_write() {
    let (mut trial, name, frames) = acknowledged_log();
    trial.disk.flip(&name, frames[9].payload.start * 8);
    trial.acknowledged.0 -= 1;
    trial.recover(0);
}
