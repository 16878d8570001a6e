//! The embedded engine: one machine, one directory, no other process.
//!
//! It is FoundationDB's split in small. A *resolver* decides which commits may follow; a *log* makes them durable; an *index*
//! answers reads. Each file here is one part:
//!
//! | part | what it does |
//! |---|---|
//! | [`sequencer`] | judges commits, gives them versions, hands out groups, knows what is on disk |
//! | [`writer`], [`log`], [`segments`], [`frame`], [`codec`], [`disk`] | bring groups to disk |
//! | [`applier`], [`index`], [`history`] | apply groups, make them seen once they are durable, answer |
//! | [`upkeep`] | flushes and compacts the index, frees log segments |
//! | [`recovery`] | reads the log after a crash |
//!
//! A directory holds `lock`, which an open store has locked; `log/`, the [`segments`]; and `index/`, the tree.
//!
//! The commit protocol. (1) A commit is judged and gets the next version. (2) A log thread takes all that wait as one group,
//! writes a frame for each and syncs, while the applier puts them into the index's memtable, where nobody sees them.
//! (3) When the group and all before it are on disk, the applier makes them seen and answers. (4) A full memtable is closed
//! between two groups and becomes a table. (5) Then the log segments that it covers are free.
//!
//! Commits are applied in order and whole, so the tables always hold the state after some commit. It may be one whose log
//! frame never reached the disk. That commit was not acknowledged; after a crash it counts as written, which is one of the two
//! things that an unknown outcome may mean.
//!
//! After a crash the log holds what the tables do not: see [`recovery`]. Opening ends with the index holding everything and
//! the old segments freed, so that a version that is given again is not found twice.
//!
//! A failed write or sync ends it (`Sequencer::fail`): retrying a failed fsync can lose data that the kernel has marked
//! clean ("Can applications recover from fsync failures?", ATC '20). Only opening the directory anew helps.

mod applier;
mod codec;
#[cfg(test)]
mod crash_tests;
mod disk;
mod frame;
mod history;
mod index;
mod log;
mod options;
mod recovery;
mod segments;
mod sequencer;
#[cfg(test)]
mod torn;
mod upkeep;
mod writer;

pub use options::{EmbeddedOptions, Logs, OpenError};

use super::{Answer, Commit, Done, Pairs, ReadError, Store, Version};
use applier::Applier;
use disk::{LogDir, RealDir};
use history::History;
use index::Index;
use log::Log;
use recovery::Replay;
use segments::Segments;
use sequencer::Sequencer;
use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use tokio::sync::watch;
use upkeep::{Signals, Upkeep};
use writer::Writer;

/// What `changed` waits on.
#[derive(Clone, Copy, Debug)]
struct Head {
    version: Version,
    ended: bool,
}

/// An embedded store; see the [module](self). Dropping it closes it.
pub struct Embedded {
    sequencer: Arc<Sequencer>,
    index: Arc<Index>,
    history: Arc<History>,
    head: watch::Sender<Head>,
    upkeep: Arc<Upkeep>,
    threads: Mutex<Option<Threads>>,
    /// Locked for as long as the store is open.
    lock: File,
}

struct Threads {
    writers: Vec<JoinHandle<()>>,
    applier: JoinHandle<()>,
    upkeep: Vec<JoinHandle<()>>,
}

impl Embedded {
    /// Opens the store in `path`, made if it was missing.
    pub fn open(path: &Path, options: EmbeddedOptions) -> Result<Self, OpenError> {
        disk::make_dir(path)?;
        let log: Arc<dyn LogDir> = Arc::new(RealDir::new(path.join("log"), options.fsync)?);
        Self::open_with(path, log, options)
    }

    /// Opens the store in `path` with its log in `dir`.
    fn open_with(
        path: &Path,
        dir: Arc<dyn LogDir>,
        options: EmbeddedOptions,
    ) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        let (index, mut opened) = Index::open(&path.join("index"), options.cache_bytes)?;
        // The names of the parts must be as durable as what will be in them.
        File::open(path)?.sync_all()?;
        let replay = Replay::read(&*dir, opened.applied)?;
        if !replay.is_empty() {
            tracing::info!(commits = replay.len(), "the store replays what its log holds");
            replay.each(|version, mutations| {
                opened.seen_at = index.apply(version, &mutations)?;
                opened.applied = version;
                Ok::<_, OpenError>(())
            })?;
            index.rotate(opened.applied);
            index.flush(0)?;
        }
        let segments = Arc::new(Segments::open(dir, options.segment_bytes)?);
        Self::start(Parts { lock, index, opened, segments, options })
    }

    /// Finishes what is under way, writes the index out and ends the threads. Whatever is asked afterwards is refused.
    pub fn close(&self) {
        let threads =
            self.threads.lock().expect("invariant: nothing panics while it closes").take();
        let Some(threads) = threads else { return };
        self.sequencer.close();
        join(threads.writers);
        self.sequencer.end_applier();
        join([threads.applier]);
        self.upkeep.close();
        join(threads.upkeep);
        if self.sequencer.ended().is_none() {
            self.index.rotate(self.history.head());
            if let Err(reason) = self.upkeep.flush() {
                tracing::error!(reason, "the store could not write its index out; the log has it");
            }
        }
        self.sequencer.end("the store is closed");
        // Said aloud: a child process that is just being started would hold the lock a little longer.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the store could not unlock its directory");
        }
    }

    fn start(parts: Parts) -> Result<Self, OpenError> {
        let Parts { lock, index, opened, segments, options } = parts;
        let life = options.version_life;
        let head = watch::Sender::new(Head { version: opened.applied, ended: false });
        let (to_applier, messages) = crossbeam::channel::unbounded();
        let sequencer = Arc::new(Sequencer::new(head.clone(), life, to_applier));
        let index = Arc::new(index);
        let history = Arc::new(History::new(opened.applied, opened.seen_at, life));
        let upkeep = Arc::new(Upkeep {
            index: index.clone(),
            history: history.clone(),
            segments: segments.clone(),
            sequencer: sequencer.clone(),
            logs: options.logs.count(),
            signals: Signals::default(),
        });
        let applier = Applier {
            messages,
            sequencer: sequencer.clone(),
            index: index.clone(),
            history: history.clone(),
            upkeep: upkeep.clone(),
            head: head.clone(),
            memtable_bytes: options.memtable_bytes,
            unseen: VecDeque::new(),
        };
        let mut writers = Vec::new();
        for number in 0..options.logs.count() {
            let log = Log::new(segments.clone(), opened.applied)?;
            let (sequencer, upkeep) = (sequencer.clone(), upkeep.clone());
            let writer = Writer { log, sequencer, upkeep, gather: options.gather };
            writers.push(spawn(
                &format!("store-log-{number}"),
                &writer.sequencer.clone(),
                move || writer.run(),
            )?);
        }
        let applier = spawn("store-apply", &sequencer, move || applier.run())?;
        let (flusher, compactor) = (upkeep.clone(), upkeep.clone());
        let background = vec![
            spawn("store-flush", &sequencer, move || flusher.run_flusher())?,
            spawn("store-compact", &sequencer, move || compactor.run_compactor())?,
        ];
        upkeep.wake();
        let threads = Threads { writers, applier, upkeep: background };
        let threads = Mutex::new(Some(threads));
        Ok(Self { sequencer, index, history, head, upkeep, threads, lock })
    }

    fn answering(&self) -> Result<(), ReadError> {
        match self.sequencer.ended() {
            None => Ok(()),
            Some(reason) => Err(ReadError::Fatal(reason.to_owned())),
        }
    }

    fn get_now(
        &self,
        version: Version,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, ReadError> {
        self.answering()?;
        let pin = self.history.pin(version)?;
        self.index.get_many(pin.seen_at(), keys).map_err(unreadable)
    }

    fn scan_now(
        &self,
        version: Version,
        range: &Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Pairs, ReadError> {
        self.answering()?;
        let pin = self.history.pin(version)?;
        self.index.scan(pin.seen_at(), range, limit).map_err(unreadable)
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.close();
    }
}

impl Store for Embedded {
    fn read_version(&self) -> Answer<'_, Version> {
        Box::pin(async {
            self.answering()?;
            Ok(self.history.head())
        })
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        Box::pin(async move { self.get_now(version, keys) })
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        Box::pin(async move { self.scan_now(version, &range, limit) })
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        self.sequencer.submit(commit, done)
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        let mut head = self.head.subscribe();
        Box::pin(async move {
            // The sender lives as long as this borrow of the store.
            let _ = head.wait_for(|head| head.ended || head.version > version).await;
            self.answering()
        })
    }
}

/// What a store is started from.
struct Parts {
    lock: File,
    index: Index,
    opened: index::Opened,
    segments: Arc<Segments>,
    options: EmbeddedOptions,
}

/// Takes the directory for this store alone.
fn lock(path: &Path) -> Result<File, OpenError> {
    let file = File::create(path.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Starts a thread. Should it panic, the store ends.
fn spawn(
    name: &str,
    sequencer: &Arc<Sequencer>,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let sentinel = Sentinel(sequencer.clone());
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _sentinel = sentinel;
        work();
    })
}

/// Ends the store when the thread that holds it panics, so that nobody waits for that thread.
struct Sentinel(Arc<Sequencer>);

impl Drop for Sentinel {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail("a thread of the store panicked".to_owned());
        }
    }
}

fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        // A panic has ended the store already.
        let _ = thread.join();
    }
}

fn unreadable(error: lsm_tree::Error) -> ReadError {
    ReadError::Unavailable(format!("reading the index: {error}"))
}
