//! The head of the pipeline: puts commits in order, hands them to the logs in groups, and knows what is on disk.
//!
//! ```text
//! commit ─► Sequencer ─► log threads: write, sync ─► Sequencer::finish ─┐
//!               └──────► applier: apply, unseen so far ◄────────────────┘ make seen, answer
//! ```
//!
//! A group is applied to the index while it is on its way to the disk, and seen by readers only when it and every group
//! before it are there. With two logs, groups may reach the disk in either order; `finish` restores it.

use super::Head;
use crate::store::resolver::{Resolver, Verdict};
use crate::store::{Commit, Done, Mutation, Outcome, Version, bounds};
use crossbeam::channel::{SendError, Sender};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A group takes no further commit once it has this many bytes.
const GROUP_BYTES: usize = 8 << 20;

/// Puts commits in order; see the [module](self).
pub(super) struct Sequencer {
    state: Mutex<State>,
    work: Condvar,
    applier: Sender<Message>,
    durable: AtomicU64,
    head: watch::Sender<Head>,
    /// Why there is nothing more to be had from the engine.
    ended: OnceLock<String>,
}

struct State {
    resolver: Resolver,
    last: Version,
    waiting: Vec<Waiting>,
    closed: bool,
    groups_taken: u64,
    groups_durable: u64,
    /// The last version of each group that is on disk while one before it is not.
    finished: BTreeMap<u64, Version>,
}

struct Waiting {
    pending: Pending,
    done: Done,
    bytes: usize,
}

/// A commit that has its place in the order.
pub(super) struct Pending {
    pub(super) version: Version,
    pub(super) mutations: Vec<Mutation>,
}

/// Commits that are written and synced as one.
pub(super) struct Group {
    number: u64,
    pub(super) commits: Arc<Vec<Pending>>,
}

/// What the applier is told, in this order for each group.
pub(super) enum Message {
    /// Commits on their way to the disk, and whom to answer.
    Group(Arc<Vec<Pending>>, Vec<Done>),
    /// Everything up to this version is on disk.
    Durable(Version),
    /// Nothing more will reach the disk.
    Failed,
    /// Somebody to answer without further ado.
    Answer(Done, Outcome),
    /// The end: no message follows.
    Close,
}

impl Sequencer {
    /// A sequencer that goes on after `head`, and remembers writes for `life`.
    pub(super) fn new(head: watch::Sender<Head>, life: Duration, applier: Sender<Message>) -> Self {
        let last = head.borrow().version;
        let state = State {
            resolver: Resolver::new(last, life),
            last,
            waiting: Vec::new(),
            closed: false,
            groups_taken: 0,
            groups_durable: 0,
            finished: BTreeMap::new(),
        };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            applier,
            durable: AtomicU64::new(last.0),
            head,
            ended: OnceLock::new(),
        }
    }

    /// Gives `commit` its place in the order, or has its refusal answered.
    pub(super) fn submit(&self, commit: Commit, done: Done) -> Option<Version> {
        let bytes = match bounds::measure(&commit) {
            Ok(bytes) => bytes,
            Err(reason) => return self.refuse(done, Outcome::Fatal(reason)),
        };
        let mut state = self.state();
        match self.judge(&mut state, &commit) {
            Ok(version) => {
                let pending = Pending { version, mutations: commit.mutations };
                state.waiting.push(Waiting { pending, done, bytes });
                drop(state);
                self.work.notify_one();
                Some(version)
            }
            Err(outcome) => {
                drop(state);
                self.refuse(done, outcome)
            }
        }
    }

    /// Waits for commits, then `patience` for more, and takes them as a group; `None` when there will be no more.
    pub(super) fn take(&self, patience: Duration) -> Option<Group> {
        let mut state = self.state();
        while state.waiting.is_empty() && !state.closed {
            state = self.work.wait(state).expect("invariant: nothing panics while it sequences");
        }
        if !patience.is_zero() && !state.closed {
            let deadline = Instant::now() + patience;
            while let Some(left) = deadline.checked_duration_since(Instant::now()) {
                let woken = self.work.wait_timeout(state, left);
                state = woken.expect("invariant: nothing panics while it sequences").0;
            }
        }
        self.take_waiting(&mut state)
    }

    /// Notes that `group` is on disk.
    pub(super) fn finish(&self, group: &Group) {
        let Some(last) = group.commits.last() else { return };
        let mut state = self.state();
        state.finished.insert(group.number, last.version);
        let mut durable = None;
        while let Some(version) = state.next_finished() {
            durable = Some(version);
        }
        if let Some(version) = durable {
            self.durable.store(version.0, Ordering::Release);
            // Told under the lock, so that the applier hears of rising versions.
            self.tell(Message::Durable(version));
        }
    }

    /// The version up to which everything is on disk.
    pub(super) fn durable(&self) -> Version {
        Version(self.durable.load(Ordering::Acquire))
    }

    /// Ends the engine's work for good: from now on it acknowledges nothing, and says so.
    pub(super) fn fail(&self, reason: String) {
        tracing::error!(reason, "the store failed and stops; what it has acknowledged is safe");
        // Also after a panic that held the lock: nothing is done with the state but to end it.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.ended.set(reason).is_err() {
            return;
        }
        state.closed = true;
        for waiting in state.waiting.drain(..) {
            self.tell(Message::Answer(waiting.done, self.stopped()));
        }
        self.tell(Message::Failed);
        self.head.send_modify(|head| head.ended = true);
        self.work.notify_all();
    }

    /// Why the engine answers nothing any more, if so.
    pub(super) fn ended(&self) -> Option<&str> {
        self.ended.get().map(String::as_str)
    }

    /// Notes that the engine came to a good end, unless it had failed before.
    pub(super) fn end(&self, reason: &str) {
        let _ = self.ended.set(reason.to_owned());
        self.head.send_modify(|head| head.ended = true);
    }

    /// Accepts no further commit; those that have their place go on.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.work.notify_all();
    }

    /// Tells the applier that no message follows.
    pub(super) fn end_applier(&self) {
        self.tell(Message::Close);
    }

    fn judge(&self, state: &mut State, commit: &Commit) -> Result<Version, Outcome> {
        if state.closed {
            return Err(self.stopped());
        }
        let now = Instant::now();
        let from_the_future = commit.read_version > state.last && !commit.conflicts.is_empty();
        match state.resolver.judge(commit, now) {
            Verdict::TooOld => Err(Outcome::TooOld),
            _ if from_the_future => Err(Outcome::TooOld),
            Verdict::Conflict => Err(Outcome::Conflict),
            Verdict::Follows => {
                state.last.0 += 1;
                state.resolver.record(state.last, commit, now);
                Ok(state.last)
            }
        }
    }

    fn take_waiting(&self, state: &mut State) -> Option<Group> {
        let mut bytes = 0;
        let fitting = state.waiting.iter().take_while(|waiting| {
            let before = bytes;
            bytes += waiting.bytes;
            before == 0 || bytes <= GROUP_BYTES
        });
        let count = fitting.count();
        if count == 0 {
            return None;
        }
        let taken = state.waiting.drain(..count).map(|w| (w.pending, w.done));
        let (commits, dones): (Vec<_>, Vec<_>) = taken.unzip();
        let commits = Arc::new(commits);
        state.groups_taken += 1;
        // Told under the lock, so that the applier hears of groups in order.
        self.tell(Message::Group(commits.clone(), dones));
        Some(Group { number: state.groups_taken, commits })
    }

    fn stopped(&self) -> Outcome {
        Outcome::Fatal(self.ended().unwrap_or("the store is closing").to_owned())
    }

    fn refuse(&self, done: Done, outcome: Outcome) -> Option<Version> {
        self.tell(Message::Answer(done, outcome));
        None
    }

    /// Tells the applier; where there is none any more, answers here what only needs an answer.
    fn tell(&self, message: Message) {
        if let Err(SendError(Message::Answer(done, outcome))) = self.applier.send(message) {
            done(outcome);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("invariant: nothing panics while it sequences")
    }
}

impl State {
    /// The last version of the next group in order, if that group is on disk.
    fn next_finished(&mut self) -> Option<Version> {
        let version = self.finished.remove(&(self.groups_durable + 1))?;
        self.groups_durable += 1;
        Some(version)
    }
}
