//! Deciding the commands of a group.
//!
//! All rows that the commands are known to need are fetched at once. A command whose rows are there is decided on what
//! the commands before it have written; one that needs more waits for the next round. Commands of one group came at
//! the same time, so any order among them is a fair one.

use super::group::{Group, Verdict, Writes};
use super::recollection::Recollection;
use crate::commands::once::{self, Decided, Undecided};
use crate::engine::{Engine, Fetched};
use crate::keys::Key;
use crate::request::Job;
use crate::store::{ReadError, Version};
use crate::view::{Asked, Known, Rows, View};
use foldhash::HashSet;
use std::collections::VecDeque;

/// Decides on rows as of one version, over the writes of groups under way and of commands decided before.
pub(super) struct Deliberation<'a> {
    engine: &'a Engine,
    base: Version,
    flight: &'a VecDeque<Group>,
    /// True of the same version, or empty.
    remembered: &'a Recollection,
    fetched: Fetched,
    writes: Writes,
    conflicts: HashSet<Key>,
    verdicts: Vec<Verdict>,
}

/// What a group came to.
pub(super) struct Decision {
    /// Jobs with their answers.
    pub(super) verdicts: Vec<Verdict>,
    /// Rows written.
    pub(super) writes: Writes,
    /// Rows on which the writes rest.
    pub(super) conflicts: HashSet<Key>,
    /// Rows that were read on the way.
    pub(super) fetched: Fetched,
}

impl<'a> Deliberation<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        base: Version,
        flight: &'a VecDeque<Group>,
        remembered: &'a Recollection,
    ) -> Self {
        Self {
            engine,
            base,
            flight,
            remembered,
            fetched: Fetched::at(base),
            writes: Writes::default(),
            conflicts: HashSet::default(),
            verdicts: Vec::new(),
        }
    }

    /// Decides all jobs.
    ///
    /// # Errors
    /// If rows cannot be read, with all jobs, of which nothing is staged.
    pub(super) async fn decide(
        mut self,
        jobs: Vec<Job>,
    ) -> Result<Decision, (ReadError, Vec<Job>)> {
        let mut waiting = jobs;
        while !waiting.is_empty() {
            let missing = self.round(&mut waiting);
            if let Err(error) = self.fetched.fetch(self.engine, missing).await {
                waiting.extend(self.verdicts.into_iter().map(|verdict| verdict.job));
                return Err((error, waiting));
            }
        }
        let Self { verdicts, writes, conflicts, fetched, .. } = self;
        Ok(Decision { verdicts, writes, conflicts, fetched })
    }

    /// Decides those that can be decided. The others stay, and their missing rows are returned.
    fn round(&mut self, waiting: &mut Vec<Job>) -> Vec<Key> {
        let mut missing = Vec::new();
        for job in std::mem::take(waiting) {
            let mut view = View::new(&*self);
            let context = self.engine.context(job.draw);
            let decision = once::decide(&job.command, job.once.as_deref(), &mut view, &context);
            let asked = view.into_asked();
            match decision {
                Ok(decided) => self.accept(job, decided, asked),
                Err(Undecided::Need) => {
                    missing.extend(asked.missing);
                    waiting.push(job);
                }
                Err(Undecided::Damaged(key)) => {
                    tracing::error!(?key, "a row cannot be read; the command is not served");
                    job.abandon();
                }
            }
        }
        missing
    }

    fn accept(&mut self, job: Job, decided: Decided, asked: Asked) {
        let Decided { writes, answer, effective } = decided;
        if !writes.is_empty() {
            self.conflicts.extend(asked.read);
            self.writes.extend(writes);
        }
        self.verdicts.push(Verdict { job, answer, effective });
    }
}

impl Rows for Deliberation<'_> {
    fn row(&self, key: &Key) -> Known<'_> {
        let under_way = self.flight.iter().rev().filter(|group| group.is_after(self.base));
        let mut layers = std::iter::once(&self.writes).chain(under_way.map(|group| &group.writes));
        let written = layers.find_map(|writes| writes.get(key)).map(Option::as_ref);
        match written.or_else(|| self.remembered.row(key)) {
            Some(Some(row)) => Known::Present(row),
            Some(None) => Known::Absent,
            None => self.fetched.row(key),
        }
    }
}
