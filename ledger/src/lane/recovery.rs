//! What the lane does with groups that were not committed, or of which it does not know.
//!
//! Nothing is under way meanwhile. Commands are repeated in the order in which they came, on fresh reads.

use super::flight::Delay;
use super::group::{Group, Place, When};
use super::runner::Runner;
use crate::engine::Fetched;
use crate::records::{Row, Trace};
use crate::request::Job;
use crate::store::block_on::block_on;
use crate::store::{Outcome, ReadError, Version};
use crate::view::{Known, Rows};
use rand::RngExt;
use std::thread;
use std::time::Duration;

/// Failures after which several commands are split.
const SPLIT_AFTER: u32 = 2;

/// Failures after which a single command is given up.
const GIVE_UP_AFTER: u32 = 64;

/// Failures after which it waits a little before it is tried again: others want the same row, and so do their others.
const YIELD_AFTER: u32 = 4;

/// Longest such wait.
const LONGEST_YIELD: Duration = Duration::from_millis(10);

/// Longest pause between two attempts to read a trace.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// What became of a group.
enum Fate {
    /// It is settled so; where it wrote nothing, there is no version.
    Committed(Option<When>),
    /// Nothing was written: it can be repeated.
    Failed,
    /// Nothing was written, and the store cannot go on.
    Refused(String),
    /// Nobody knows, since the store cannot be asked any more.
    Lost(ReadError),
}

impl Runner {
    /// Sees to all groups under way, of which one has failed, and repeats what was not committed.
    pub(super) fn recover(&mut self) {
        let mut failed = Vec::new();
        for group in std::mem::take(&mut self.flight) {
            match self.fate(&group, !failed.is_empty()) {
                Fate::Committed(when) => self.settle(group, when),
                Fate::Failed => failed.push(self.failed(group)),
                Fate::Refused(reason) => self.give_up(group.into_jobs(), &reason),
                Fate::Lost(error) => self.lose(group, &error),
            }
        }
        let mut again: Vec<_> = failed.into_iter().map(|jobs| (jobs, 1)).collect();
        again.reverse();
        while let Some((jobs, failures)) = again.pop() {
            if self.is_broken() {
                jobs.into_iter().for_each(Job::abandon);
            } else {
                again.extend(self.repeat(jobs, failures));
            }
        }
        if let Some(share) = &mut self.share {
            share.acquit();
        }
    }

    /// Repeats commands that have failed so many times together; returns what is still to be done, last first.
    fn repeat(&mut self, mut jobs: Vec<Job>, failures: u32) -> Vec<(Vec<Job>, u32)> {
        if failures >= SPLIT_AFTER && jobs.len() > 1 {
            let second = jobs.split_off(jobs.len() / 2);
            return vec![(second, 0), (jobs, 0)];
        }
        if failures >= GIVE_UP_AFTER {
            tracing::error!(failures, "a command fails again and again; it is given up");
            jobs.into_iter().for_each(Job::abandon);
            return Vec::new();
        }
        if self.share.is_some() && failures >= YIELD_AFTER {
            thread::sleep(LONGEST_YIELD.mul_f64(self.random.random()));
        }
        match self.attempt(jobs) {
            Some(jobs) => vec![(jobs, failures + 1)],
            None => Vec::new(),
        }
    }

    /// Decides and commits a group alone; returns the commands if it failed and can be repeated.
    fn attempt(&mut self, jobs: Vec<Job>) -> Option<Vec<Job>> {
        let mut group = match self.decide(jobs) {
            Ok(group) => group,
            Err((Delay::MustLand, jobs)) => return Some(jobs),
            Err((Delay::Unreadable(error), jobs)) => {
                jobs.into_iter().for_each(Job::abandon);
                self.unreadable(&error);
                return None;
            }
        };
        if group.place != Place::Nowhere {
            group.landed = self.landings.1.recv().ok().map(|(_, outcome)| outcome);
        }
        match self.fate(&group, false) {
            Fate::Committed(when) => self.settle(group, when),
            Fate::Failed => return Some(self.failed(group)),
            Fate::Refused(reason) => self.give_up(group.into_jobs(), &reason),
            Fate::Lost(error) => self.lose(group, &error),
        }
        None
    }

    /// What became of a group that has landed. One that writes nothing rests on those before it.
    fn fate(&self, group: &Group, others_failed: bool) -> Fate {
        match &group.landed {
            None if group.place == Place::Nowhere && !others_failed => Fate::Committed(None),
            None | Some(Outcome::Conflict | Outcome::TooOld) => Fate::Failed,
            Some(Outcome::Committed(at)) => Fate::Committed(Some(When::At(*at))),
            Some(Outcome::Fatal(reason)) => Fate::Refused(reason.clone()),
            Some(Outcome::Unknown) => match self.last_traced(group) {
                Ok((by, last)) if last >= group.number => Fate::Committed(Some(When::By(by))),
                Ok(_) => Fate::Failed,
                Err(error) => Fate::Lost(error),
            },
        }
    }

    /// The number of the last committed group that has its trace where this one has, and as of when; 0 if there is none.
    /// Asks until the store answers or breaks down.
    fn last_traced(&self, group: &Group) -> Result<(Version, u64), ReadError> {
        let mut pause = Duration::from_millis(1);
        loop {
            match block_on(self.trace_of(group)) {
                Err(ReadError::TooOld | ReadError::Unavailable(_)) => thread::sleep(pause),
                answer => return answer,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn trace_of(&self, group: &Group) -> Result<(Version, u64), ReadError> {
        let version = self.engine.store.read_version().await?;
        let mut rows = Fetched::at(version);
        rows.fetch(&self.engine, vec![group.trace]).await?;
        match rows.row(&group.trace) {
            Known::Present(Row::Trace(Trace { group, .. })) => Ok((version, *group)),
            Known::Absent => Ok((version, 0)),
            _ => Err(ReadError::Fatal("the lane's trace cannot be read".to_owned())),
        }
    }

    /// The jobs of a group that is to be repeated.
    fn failed(&mut self, group: Group) -> Vec<Job> {
        if let Some(share) = &mut self.share {
            share.suspect(&group);
        }
        group.into_jobs()
    }

    fn give_up(&mut self, jobs: Vec<Job>, reason: &str) {
        jobs.into_iter().for_each(Job::abandon);
        self.break_down(reason);
    }

    fn lose(&mut self, group: Group, error: &ReadError) {
        group.into_jobs().into_iter().for_each(Job::lose);
        self.break_down(&error.to_string());
    }
}
