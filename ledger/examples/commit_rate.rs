//! How many bookings a second the embedded engine makes durable, in process, and what they cost.
//!
//! One thread plays a lane: it reads four rows for each booking of a group, commits three rows for each (30-byte random keys,
//! 100-byte values) against what it read, and goes on to the next group while up to `DEPTH` are on their way.
//!
//! ```sh
//! cargo run --release -p opencowin-ledger --example commit_rate -- [seconds per row] [directory]
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

#[path = "support/threads.rs"]
mod threads;

use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions, Logs};
use opencowin_ledger::store::{Commit, Mutation, Outcome, Store, single};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use threads::threads;

/// Groups on their way at once.
const DEPTH: usize = 2;
const ROWS: usize = 3;
const READS: usize = 4;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(5, |text| text.parse().unwrap());
    let base = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let time = Duration::from_secs(seconds);
    let dir = tempfile::tempdir_in(base).unwrap();
    println!("fdatasync p50: {:?} appending, {:?} in place", sync(&dir, false), sync(&dir, true));
    println!("µs/booking: CPU, and by thread; reading, submit: elapsed in the calls of the lane");
    println!(
        "{:<20} {:>5} {:>11} {:>10} {:>11} {:>8} {:>7}  threads",
        "", "group", "bookings/s", "rows/s", "µs/booking", "reading", "submit"
    );
    let default = EmbeddedOptions::default();
    let kinds = [
        ("one log", default.clone()),
        ("one log, gathering", EmbeddedOptions { gather: true, ..default.clone() }),
        ("two logs", EmbeddedOptions { logs: Logs::Two, ..default.clone() }),
        ("no fsync", EmbeddedOptions { fsync: false, ..default }),
    ];
    for group in [64, 1024] {
        for (name, options) in &kinds {
            let path = dir.path().join(format!("{name}-{group}"));
            let store = Embedded::open(&path, options.clone()).unwrap();
            report(name, group, || run(&store, group, time));
            drop(store);
            fs::remove_dir_all(path).unwrap();
        }
        let path = dir.path().join("map.log");
        report("log and map", group, || log_and_map(&path, group, time));
    }
}

/// What a run came to.
#[derive(Default)]
struct Run {
    acknowledged: usize,
    reading: Duration,
    submitting: Duration,
}

/// Commits groups of `group` bookings for `time`.
fn run(store: &dyn Store, group: usize, time: Duration) -> Run {
    let mut random = SmallRng::seed_from_u64(1);
    let mut under_way: VecDeque<Receiver<Outcome>> = VecDeque::new();
    let mut run = Run::default();
    let start = Instant::now();
    while start.elapsed() < time {
        let keys: Vec<_> = (0..group * READS).map(|_| key(&mut random)).collect();
        let mutations = rows(group, &mut random);
        let reading = Instant::now();
        let read_version = block_on(store.read_version()).unwrap();
        let values = block_on(store.get_many(read_version, &keys)).unwrap();
        run.reading += reading.elapsed();
        assert_eq!(values.len(), keys.len());
        let conflicts = keys.iter().map(|key| single(key)).collect();
        let (send, receive) = mpsc::channel();
        let done = Box::new(move |outcome| drop(send.send(outcome)));
        let submitting = Instant::now();
        store.commit(Commit { read_version, conflicts, mutations }, done);
        run.submitting += submitting.elapsed();
        under_way.push_back(receive);
        if under_way.len() == DEPTH {
            under_way.pop_front().iter().for_each(expect_committed);
            run.acknowledged += group;
        }
    }
    run.acknowledged += group * under_way.len();
    under_way.iter().for_each(expect_committed);
    run
}

fn expect_committed(receiver: &Receiver<Outcome>) {
    let outcome = receiver.recv().unwrap();
    assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
}

fn rows(group: usize, random: &mut SmallRng) -> Vec<Mutation> {
    let row = |random: &mut SmallRng| Mutation::Set { key: key(random), value: value(random) };
    (0..group * ROWS).map(|_| row(random)).collect()
}

fn key(random: &mut SmallRng) -> Vec<u8> {
    let mut key = b"opencowin/rows".to_vec();
    key.extend_from_slice(&random.random::<u128>().to_le_bytes());
    key
}

fn value(random: &mut SmallRng) -> Vec<u8> {
    let mut value = vec![0; 100];
    random.fill(&mut value[..]);
    value
}

/// The same rows into a log and an ordered map: what could be reached without an index on disk.
fn log_and_map(path: &Path, group: usize, time: Duration) -> Run {
    const SEGMENT: usize = 64 << 20;
    let mut random = SmallRng::seed_from_u64(1);
    let mut map = BTreeMap::new();
    let file = File::create(path).unwrap();
    file.write_all_at(&vec![0; SEGMENT], 0).unwrap();
    file.sync_all().unwrap();
    let (mut offset, mut run) = (0, Run::default());
    let start = Instant::now();
    while start.elapsed() < time {
        for _ in 0..group * READS {
            assert!(!map.contains_key(&key(&mut random)));
        }
        let mut bytes = Vec::new();
        for mutation in rows(group, &mut random) {
            let Mutation::Set { key, value } = mutation else { unreachable!() };
            bytes.extend_from_slice(&key);
            bytes.extend_from_slice(&value);
            map.insert(key, value);
        }
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        if offset + bytes.len() > SEGMENT {
            offset = 0;
        }
        file.write_all_at(&bytes, offset as u64).unwrap();
        file.sync_data().unwrap();
        offset += bytes.len();
        run.acknowledged += group;
    }
    run
}

fn report(name: &str, group: usize, run: impl FnOnce() -> Run) {
    let (before, start) = (threads(), Instant::now());
    let run = run();
    let elapsed = start.elapsed().as_secs_f64();
    let mut spent = threads();
    for (thread, before) in before {
        *spent.entry(thread).or_default() -= before;
    }
    let total: f64 = spent.values().sum();
    let bookings = run.acknowledged as f64;
    let each = |seconds: f64| 1e6 * seconds / bookings;
    let shares = spent.iter().filter(|(_, cpu)| **cpu > 0.01 * total);
    let shares = shares.map(|(name, cpu)| format!("{name} {:.1}", each(*cpu)));
    println!(
        "{name:<20} {group:>5} {:>11.0} {:>10.0} {:>11.1} {:>8.1} {:>7.1}  {}",
        bookings / elapsed,
        ROWS as f64 * bookings / elapsed,
        each(total),
        each(run.reading.as_secs_f64()),
        each(run.submitting.as_secs_f64()),
        shares.collect::<Vec<_>>().join(", ")
    );
}

/// The median time of an fdatasync after 4 kB, behind the end of a file or within it.
fn sync(dir: &tempfile::TempDir, in_place: bool) -> Duration {
    let mut file = File::create(dir.path().join("sync")).unwrap();
    if in_place {
        file.write_all(&vec![0; 4096 * 300]).unwrap();
        file.sync_all().unwrap();
    }
    let mut times: Vec<_> = (0..200)
        .map(|number| {
            file.write_all_at(&[1; 4096], 4096 * number).unwrap();
            let start = Instant::now();
            file.sync_data().unwrap();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
