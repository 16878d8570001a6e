//! Deciding the commands of a group.
//!
//! All rows that the commands are known to need are fetched at once. A command whose rows are there is decided on what
//! the commands before it have written; one that needs more waits for the next round. Commands of one group came at
//! the same time, so any order among them is a fair one.

use super::group::{Group, Verdict, Writes};
use super::recollection::Recollection;
use super::share::Share;
use crate::commands::once::{self, Decided, Undecided};
use crate::engine::{Engine, Fetched};
use crate::keys::Key;
use crate::records::{Counters, Row};
use crate::request::Job;
use crate::rules::{Escrow, Leasing};
use crate::store::{ReadError, Version};
use crate::view::{Asked, Known, Rows, View};
use foldhash::HashSet;
use opencowin_model::SessionKey;
use std::collections::VecDeque;

/// Decides on rows as of one version, over the writes of groups under way and of commands decided before.
pub(super) struct Deliberation<'a> {
    engine: &'a Engine,
    base: Version,
    flight: &'a VecDeque<Group>,
    /// True of the same version, or empty.
    remembered: &'a Recollection,
    share: Option<&'a Share>,
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
    /// The counters that are changed, as they were; only where others change them too.
    pub(super) footing: Vec<(SessionKey, Option<Counters>)>,
}

/// Why a group could not be decided.
pub(super) enum Hindrance {
    /// Rows cannot be read.
    Read(ReadError),
    /// Others took this process for dead.
    Fenced,
}

impl<'a> Deliberation<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        base: Version,
        flight: &'a VecDeque<Group>,
        remembered: &'a Recollection,
        share: Option<&'a Share>,
    ) -> Self {
        Self {
            engine,
            base,
            flight,
            remembered,
            share,
            fetched: Fetched::at(base),
            writes: Writes::default(),
            conflicts: HashSet::default(),
            verdicts: Vec::new(),
        }
    }

    /// Decides all jobs.
    ///
    /// # Errors
    /// [`Hindrance`], with all jobs, of which nothing is staged.
    pub(super) async fn decide(
        mut self,
        jobs: Vec<Job>,
    ) -> Result<Decision, (Hindrance, Vec<Job>)> {
        let mut waiting = jobs;
        let mut missing: Vec<_> = self.fence().into_iter().collect();
        while !waiting.is_empty() || !missing.is_empty() {
            missing.append(&mut self.round(&mut waiting));
            if let Err(error) = self.fetched.fetch(self.engine, std::mem::take(&mut missing)).await
            {
                return Err((Hindrance::Read(error), self.into_jobs(waiting)));
            }
        }
        if let Some(fence) = self.fence() {
            if !matches!(self.fetched.row(&fence), Known::Present(_)) {
                return Err((Hindrance::Fenced, self.into_jobs(waiting)));
            }
            self.conflicts.insert(fence);
        }
        let footing = self.footing();
        let Self { verdicts, writes, conflicts, fetched, .. } = self;
        Ok(Decision { verdicts, writes, conflicts, fetched, footing })
    }

    /// The row that tells whether this process takes part, if it shares its ledger.
    fn fence(&self) -> Option<Key> {
        self.share.map(|share| Key::Member(share.common.me()))
    }

    fn into_jobs(self, mut waiting: Vec<Job>) -> Vec<Job> {
        waiting.extend(self.verdicts.into_iter().map(|verdict| verdict.job));
        waiting
    }

    fn footing(&self) -> Vec<(SessionKey, Option<Counters>)> {
        let before = |key: &Key| {
            let Key::Counters(session) = key else { return None };
            match self.below(key) {
                Known::Present(Row::Counters(counters)) => Some((*session, Some(*counters))),
                Known::Absent => Some((*session, None)),
                _ => None,
            }
        };
        let shared = self.share.is_some();
        self.writes.keys().filter(|_| shared).filter_map(before).collect()
    }

    /// What a row was before this group.
    fn below(&self, key: &Key) -> Known<'_> {
        match self.remembered.row(key) {
            Some(Some(row)) => Known::Present(row),
            Some(None) => Known::Absent,
            None => self.fetched.row(key),
        }
    }

    /// Decides those that can be decided. The others stay, and their missing rows are returned.
    fn round(&mut self, waiting: &mut Vec<Job>) -> Vec<Key> {
        let mut missing = Vec::new();
        let members = self.share.map(|share| share.common.members());
        for job in std::mem::take(waiting) {
            let mut view = View::new(&*self);
            let leases = |session| match self.share {
                Some(share) => share.leasing(session, self.below(&Key::Counters(session))),
                None => Leasing::default(),
            };
            let mut context = self.engine.context(job.draw);
            context.escrow = self.share.zip(members.as_ref()).map(|(share, members)| Escrow {
                me: share.common.me(),
                members,
                leases: &leases,
            });
            if let Some((share, members)) = self.share.zip(members.as_ref()) {
                context.shard = share.shard(members);
                context.certifies = share.certifies();
            }
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
        match written {
            Some(Some(row)) => Known::Present(row),
            Some(None) => Known::Absent,
            None => self.below(key),
        }
    }
}
