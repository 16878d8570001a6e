//! The tail of the pipeline: applies commits to the index, makes them seen once they are on disk, and answers.

use super::history::History;
use super::index::Index;
use super::sequencer::{Message, Pending, Sequencer};
use super::upkeep::Upkeep;
use super::Head;
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
    pub(super) queues: Queues,
}

/// Commits between their place in the order and their answer.
#[derive(Default)]
pub(super) struct Queues {
    /// Applied and not yet seen, oldest first.
    unseen: VecDeque<Unseen>,
    /// Groups kept from the index until all before them are on disk, so that the memtable can be closed between.
    held: VecDeque<(Arc<Vec<Pending>>, Vec<Done>)>,
    failed: bool,
}

struct Unseen {
    version: Version,
    seen_at: SeqNo,
    done: Done,
}

impl Applier {
    /// Works until it is told to close.
    pub(super) fn run(mut self) {
        while let Ok(message) = self.messages.recv() {
            match message {
                Message::Group(commits, dones) => self.receive(commits, dones),
                Message::Durable(version) => self.advance(version),
                Message::Failed => self.give_up(),
                Message::Answer(done, outcome) => done(outcome),
                Message::Close => break,
            }
        }
        self.give_up();
    }

    fn receive(&mut self, commits: Arc<Vec<Pending>>, dones: Vec<Done>) {
        if self.queues.failed {
            dones.into_iter().for_each(|done| done(Outcome::Unknown));
        } else if self.memtable_is_full() {
            self.queues.held.push_back((commits, dones));
        } else {
            self.apply(&commits, dones);
        }
    }

    /// Applies a group. It stays unseen.
    fn apply(&mut self, commits: &[Pending], dones: Vec<Done>) {
        for (commit, done) in commits.iter().zip(dones) {
            if self.queues.failed {
                done(Outcome::Unknown);
                continue;
            }
            let version = commit.version;
            match self.index.apply(version, &commit.mutations) {
                Ok(seen_at) => self.queues.unseen.push_back(Unseen { version, seen_at, done }),
                Err(error) => {
                    done(Outcome::Unknown);
                    self.sequencer.fail(format!("applying to the index: {error}"));
                    self.give_up();
                }
            }
        }
    }

    /// Makes everything up to `durable` seen, and answers for it.
    fn advance(&mut self, durable: Version) {
        self.publish(durable);
        while self.memtable_is_full() && self.queues.unseen.is_empty() && !self.queues.failed {
            self.index.rotate(self.history.head());
            self.upkeep.wake();
            self.upkeep.wait_while(|| self.index.is_behind() && self.sequencer.failure().is_none());
            self.apply_held();
            self.publish(durable);
        }
    }

    fn apply_held(&mut self) {
        while !self.memtable_is_full() {
            let Some((commits, dones)) = self.queues.held.pop_front() else { return };
            self.apply(&commits, dones);
        }
    }

    fn publish(&mut self, durable: Version) {
        let now = Instant::now();
        let ready = self.queues.unseen.partition_point(|unseen| unseen.version <= durable);
        let mut answers = Vec::with_capacity(ready);
        for unseen in self.queues.unseen.drain(..ready) {
            self.history.publish(unseen.version, unseen.seen_at, now);
            answers.push((unseen.done, unseen.version));
        }
        if let Some((_, version)) = answers.last() {
            self.head.send_replace(Head { version: *version, failed: false });
        }
        for (done, version) in answers {
            done(Outcome::Committed(version));
        }
    }

    /// Answers for everything that has its place and can no longer be acknowledged.
    fn give_up(&mut self) {
        if self.sequencer.failure().is_some() {
            self.queues.failed = true;
            self.head.send_modify(|head| head.failed = true);
        }
        let unseen = self.queues.unseen.drain(..).map(|unseen| unseen.done);
        let held = self.queues.held.drain(..).flat_map(|(_, dones)| dones);
        for done in unseen.chain(held) {
            done(Outcome::Unknown);
        }
    }

    fn memtable_is_full(&self) -> bool {
        self.index.memtable_bytes() >= self.memtable_bytes
    }
}
