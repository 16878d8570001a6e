//! The tail of the pipeline: applies commits to the index, makes them seen once they are on disk, and answers.

use super::Head;
use super::history::History;
use super::index::Index;
use super::sequencer::{Message, Pending, Sequencer};
use super::upkeep::Upkeep;
use crate::store::{Done, Outcome, Version};
use crossbeam::channel::Receiver;
use lsm_tree::SeqNo;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// The thread that applies; see the [module](self).
pub(super) struct Applier {
    pub(super) messages: Receiver<Message>,
    pub(super) sequencer: Arc<Sequencer>,
    pub(super) index: Arc<Index>,
    pub(super) history: Arc<History>,
    pub(super) upkeep: Arc<Upkeep>,
    pub(super) head: watch::Sender<Head>,
    /// The memtable is closed when it has this many bytes.
    pub(super) memtable_bytes: u64,
    /// Applied and not yet seen, oldest first.
    pub(super) unseen: VecDeque<Unseen>,
}

/// A commit that is in the index and perhaps not on disk.
pub(super) struct Unseen {
    version: Version,
    seen_at: SeqNo,
    done: Done,
}

impl Applier {
    /// Works until it is told to close.
    pub(super) fn run(mut self) {
        while let Ok(message) = self.messages.recv() {
            match message {
                Message::Group(commits, dones) => self.apply(&commits, dones),
                Message::Durable(version) => self.publish(version),
                Message::Failed => self.give_up(),
                Message::Answer(done, outcome) => done(outcome),
                Message::Close => break,
            }
        }
        self.give_up();
    }

    /// Applies a group. It stays unseen.
    fn apply(&mut self, commits: &[Pending], dones: Vec<Done>) {
        for (commit, done) in commits.iter().zip(dones) {
            if self.sequencer.ended().is_some() {
                done(Outcome::Unknown);
                continue;
            }
            let version = commit.version;
            match self.index.apply(version, &commit.mutations) {
                Ok(seen_at) => self.unseen.push_back(Unseen { version, seen_at, done }),
                Err(error) => {
                    self.sequencer.fail(format!("applying to the index: {error}"));
                    done(Outcome::Unknown);
                }
            }
        }
        let full = self.index.memtable_bytes() >= self.memtable_bytes;
        if let Some(last) = commits.last()
            && full
            && self.sequencer.ended().is_none()
        {
            self.rotate(last.version);
        }
    }

    /// Has the memtable written out, and waits if that has fallen behind.
    fn rotate(&self, applied: Version) {
        self.index.rotate(applied);
        self.upkeep.wake();
        self.upkeep.wait_while(|| self.index.is_behind() && self.sequencer.ended().is_none());
    }

    /// Makes everything up to `durable` seen, and answers for it.
    fn publish(&mut self, durable: Version) {
        let now = Instant::now();
        let ready = self.unseen.partition_point(|unseen| unseen.version <= durable);
        let mut answers = Vec::with_capacity(ready);
        for unseen in self.unseen.drain(..ready) {
            self.history.publish(unseen.version, unseen.seen_at, now);
            answers.push((unseen.done, unseen.version));
        }
        if let Some((_, version)) = answers.last() {
            self.head.send_modify(|head| head.version = *version);
        }
        for (done, version) in answers {
            done(Outcome::Committed(version));
        }
    }

    /// Answers for everything that can no longer be acknowledged.
    fn give_up(&mut self) {
        for unseen in self.unseen.drain(..) {
            (unseen.done)(Outcome::Unknown);
        }
    }
}
