//! The lane's loop.

use super::flight::Delay;
use super::group::Group;
use super::pace::{Gathering, Pace};
use super::recollection::Recollection;
use super::share::{Heard, Share};
use crate::audit::Tip;
use crate::complaint::Complaint;
use crate::engine::Engine;
use crate::request::{Job, Request};
use crate::rules::Draw;
use crate::store::{Outcome, ReadError, limits};
use crossbeam::channel::{self, Receiver, Sender};
use opencowin_model::Date;
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use uuid::Uuid;

/// How a commit ended, by the number of its group.
pub(super) type Landing = (u64, Outcome);

/// Largest estimated size of a group in bytes, with room for an estimate that is too low.
const GROUP_BYTES: usize = limits::COMMIT_BYTES / 2;

/// What one step of the loop came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something was done; there may be more to do.
    Worked,
    /// There is nothing to do until something comes.
    Idle,
    /// There is nothing to do until something comes or this moment passes.
    Until(Instant),
}

/// Everything that the lane's thread owns.
pub(crate) struct Runner {
    pub(super) engine: Arc<Engine>,
    queue: Receiver<Job>,
    /// Nobody will send any more commands.
    closed: bool,
    pub(super) landings: (Sender<Landing>, Receiver<Landing>),
    pub(super) waiting: VecDeque<Job>,
    pub(super) flight: VecDeque<Group>,
    pub(super) remembered: Recollection,
    /// Where others commit to the same ledger.
    pub(super) share: Option<Share>,
    /// Groups under way have to land before the next can be decided.
    pub(super) must_land: bool,
    pace: Pace,
    pub(super) gathering: Gathering,
    pub(super) random: StdRng,
    /// Tells this lane's traces from those of any other.
    pub(super) incarnation: Uuid,
    pub(super) last_number: u64,
    /// Where its audit chain stands, as far as that is committed.
    pub(super) audited: Tip,
    /// The first day whose records and traces were kept at the last sweep.
    pub(super) swept: Option<Date>,
    broken: Arc<AtomicBool>,
    unreadable: Complaint,
}

impl Runner {
    pub(crate) fn new(
        engine: Arc<Engine>,
        queue: Receiver<Job>,
        pace: Pace,
        mut random: StdRng,
        broken: Arc<AtomicBool>,
        share: Option<Share>,
    ) -> Self {
        let incarnation = match &share {
            Some(share) => share.common.me(),
            None => Uuid::from_bytes(random.random()),
        };
        // Where others commit too, the place of a group is not known before it lands.
        let pace = if share.is_some() { Pace { depth: 1, ..pace } } else { pace };
        Self {
            engine,
            queue,
            closed: false,
            landings: channel::unbounded(),
            waiting: VecDeque::new(),
            flight: VecDeque::new(),
            remembered: Recollection::default(),
            share,
            must_land: false,
            gathering: Gathering::new(&pace),
            pace,
            random,
            incarnation,
            last_number: 0,
            audited: Tip::default(),
            swept: None,
            broken,
            unreadable: Complaint::default(),
        }
    }

    /// Works until the queue is closed and everything accepted has ended.
    pub(super) fn run(&mut self) {
        loop {
            match self.step() {
                Step::Worked => {}
                Step::Idle if self.closed && self.flight.is_empty() => return,
                Step::Idle => self.sleep(None),
                Step::Until(moment) => self.sleep(Some(moment)),
            }
        }
    }

    /// Does what can be done without waiting for anything but the store's answer to reads.
    pub(crate) fn step(&mut self) -> Step {
        let mut worked = false;
        while let Ok(landing) = self.landings.1.try_recv() {
            self.land(landing);
            worked = true;
        }
        worked |= self.hear();
        self.drain();
        if self.is_broken() {
            self.waiting.drain(..).for_each(Job::abandon);
            return if worked { Step::Worked } else { Step::Idle };
        }
        if self.waiting.is_empty() || !self.can_launch() {
            return if worked { Step::Worked } else { Step::Idle };
        }
        match self.gathering.wait_until(self.waiting.len(), Instant::now()) {
            Some(moment) if !self.closed => Step::Until(moment),
            _ => {
                self.launch();
                Step::Worked
            }
        }
    }

    /// Applies what others have done, if nothing is under way, and takes up what the lane has to do for itself.
    fn hear(&mut self) -> bool {
        let Some(share) = &mut self.share else { return false };
        let mut worked = false;
        while self.flight.is_empty()
            && let Ok(heard) = share.news().try_recv()
        {
            share.hear(heard, &self.engine);
            worked = true;
        }
        for command in std::mem::take(&mut share.errands) {
            let (job, _) = Job::of(Request::of(command));
            self.waiting.push_front(job);
        }
        worked
    }

    /// Takes the commands that wait in the queue, as many as fit into a group.
    fn drain(&mut self) {
        while self.waiting.len() < self.pace.group {
            match self.queue.try_recv() {
                Ok(job) => self.admit(job),
                Err(error) => {
                    self.closed = error.is_disconnected();
                    return;
                }
            }
        }
    }

    fn admit(&mut self, mut job: Job) {
        job.draw = Draw { id: self.random.random(), secret: self.random.random() };
        self.waiting.push_back(job);
    }

    /// Sleeps until a command or a landing comes, or the moment passes. New commands do not wake it while no group can set
    /// off.
    fn sleep(&mut self, until: Option<Instant>) {
        let timer = until.map_or_else(channel::never, channel::at);
        let none = channel::never();
        let hungry = !self.closed && self.waiting.len() < self.pace.group && self.can_launch();
        let queue = if hungry { &self.queue } else { &none };
        let landings = self.landings.1.clone();
        let silence = channel::never();
        let news = match &self.share {
            Some(share) if self.flight.is_empty() => share.news().clone(),
            _ => silence,
        };
        crossbeam::channel::select! {
            recv(news) -> heard => self.hear_one(heard.ok()),
            recv(landings) -> landing => landing.into_iter().for_each(|landing| self.land(landing)),
            recv(queue) -> job => match job {
                Ok(job) => self.admit(job),
                Err(_) => self.closed = true,
            },
            recv(timer) -> _ => {}
        }
    }

    fn hear_one(&mut self, heard: Option<Heard>) {
        let Some(share) = &mut self.share else { return };
        match heard {
            Some(heard) => share.hear(heard, &self.engine),
            None => share.hear_no_more(),
        }
    }

    fn can_launch(&self) -> bool {
        let room = self.flight.len() < self.pace.depth.max(1);
        let settled = self.flight.iter().all(|group| !group.has_failed());
        self.flight.is_empty() || (room && settled && !self.must_land)
    }

    /// Sends off a group of the commands that wait, or makes them wait until all others have landed.
    fn launch(&mut self) {
        let jobs = self.next_jobs();
        match self.decide(jobs) {
            Ok(group) => {
                self.gathering.launched();
                self.flight.push_back(group);
                self.settle_landed();
            }
            Err((Delay::MustLand, jobs)) => {
                self.must_land = true;
                jobs.into_iter().rev().for_each(|job| self.waiting.push_front(job));
            }
            Err((Delay::Unreadable(error), jobs)) => {
                jobs.into_iter().for_each(Job::abandon);
                self.unreadable(&error);
            }
        }
    }

    /// The commands of the next group, which is bounded in number and size.
    fn next_jobs(&mut self) -> Vec<Job> {
        let mut bytes = 0;
        let fits = |job: &&Job| {
            bytes += job.weight();
            bytes <= GROUP_BYTES
        };
        let count = self.waiting.iter().take(self.pace.group).take_while(fits).count().max(1);
        self.waiting.drain(..count).collect()
    }

    /// What a failed read means for the lane.
    pub(super) fn unreadable(&mut self, error: &ReadError) {
        if let Some(unlogged) = self.unreadable.due(Instant::now()) {
            tracing::error!(%error, unlogged, "the lane cannot read");
        }
        if matches!(error, ReadError::Fatal(_)) {
            self.broken.store(true, Ordering::Release);
        }
    }

    /// Stops accepting commands, for good.
    pub(super) fn break_down(&mut self, reason: &str) {
        tracing::error!(reason, "the lane stops: the store cannot go on");
        self.broken.store(true, Ordering::Release);
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }
}
