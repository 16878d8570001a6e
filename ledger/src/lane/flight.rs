//! Groups under way: how they set off, land and settle.

use super::deliberation::{Decision, Deliberation};
use super::group::{Group, Place};
use super::runner::{Landing, Runner};
use crate::commands::{Command, Outcome as Effect, once};
use crate::keys::Key;
use crate::records::Row;
use crate::request::Job;
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome, ReadError, Version};
use foldhash::HashSet;
use jiff::SignedDuration;
use opencowin_model::Timestamp;
use std::time::Instant;

/// How often a read is repeated because its version had become too old.
const READ_TRIES: usize = 4;

/// Why a group has not set off.
#[derive(Debug)]
pub(super) enum Delay {
    /// Somebody else has written: the groups under way have to land first.
    MustLand,
    /// Rows could not be read.
    Unreadable(ReadError),
}

impl Runner {
    /// Decides a group and hands it to the store.
    ///
    /// # Errors
    /// [`Delay`], with the jobs, of which nothing was written.
    pub(super) fn decide(&mut self, mut jobs: Vec<Job>) -> Result<Group, (Delay, Vec<Job>)> {
        for _ in 0..READ_TRIES {
            let newest = match block_on(self.engine.store.read_version()) {
                Ok(newest) => newest,
                Err(error) => return Err((Delay::Unreadable(error), jobs)),
            };
            let Some(against) = self.footing(newest) else { return Err((Delay::MustLand, jobs)) };
            let base = self.remembered.at();
            let deliberation =
                Deliberation::new(&self.engine, base, &self.flight, &self.remembered);
            match block_on(deliberation.decide(jobs)) {
                Ok(decision) => return Ok(self.send(against, decision)),
                Err((ReadError::TooOld, again)) => {
                    self.remembered.forget(Version::default());
                    jobs = again;
                }
                Err((error, jobs)) => return Err((Delay::Unreadable(error), jobs)),
            }
        }
        Err((Delay::Unreadable(ReadError::TooOld), jobs))
    }

    /// The version to commit against, so that what was written up to it is what is remembered or read and what the
    /// groups under way write. Forgets what is remembered if somebody else has written since. `None` if it cannot be
    /// told before the groups under way have landed.
    fn footing(&mut self, newest: Version) -> Option<Version> {
        if let Some(against) = self.end_of_own(self.remembered.at())
            && newest <= against
        {
            return Some(against);
        }
        self.remembered.forget(newest);
        self.end_of_own(newest)
    }

    /// The place of the last group under way, if all places after `base` up to there are groups of this lane; `base` if
    /// there are none.
    fn end_of_own(&self, base: Version) -> Option<Version> {
        let mut against = base;
        for group in self.flight.iter().filter(|group| group.is_after(base)) {
            let Place::At(place) = group.place else { return None };
            if place.0 != against.0 + 1 {
                return None;
            }
            against = place;
        }
        Some(against)
    }

    fn send(&mut self, against: Version, decision: Decision) -> Group {
        let Decision { verdicts, writes, conflicts, fetched } = decision;
        self.remembered.learn(fetched);
        self.last_number += 1;
        let number = self.last_number;
        let now = self.engine.clock.now();
        let trace = Key::Trace(once::bucket(now), self.incarnation);
        let (place, launched) = (Place::Nowhere, Instant::now());
        let mut group = Group { number, trace, place, landed: None, launched, verdicts, writes };
        if !group.writes.is_empty() {
            let commit = self.commit(against, &group, &conflicts, now);
            let landings = self.landings.0.clone();
            // The lane outlives its groups, so somebody is there to receive.
            let done = move |outcome| drop(landings.send((number, outcome)));
            let place = self.engine.store.commit(commit, Box::new(done));
            group.place = place.map_or(Place::Untold, Place::At);
        }
        group
    }

    fn commit(
        &mut self,
        read_version: Version,
        group: &Group,
        conflicts: &HashSet<Key>,
        now: Timestamp,
    ) -> Commit {
        let layout = self.engine.codec.layout();
        let mut conflicts: Vec<_> = conflicts.iter().collect();
        conflicts.sort_unstable();
        let conflicts = conflicts.into_iter().map(|key| layout.single(key)).collect();
        let mut mutations = Vec::with_capacity(group.writes.len() + 3);
        self.sweep(now, &mut mutations);
        let mut writes: Vec<_> = group.writes.iter().collect();
        writes.sort_unstable_by_key(|(key, _)| **key);
        for (key, row) in writes {
            mutations.push(self.mutation(key, row.as_ref()));
        }
        mutations.push(self.mutation(&group.trace, Some(&Row::Trace(group.number))));
        Commit { read_version, conflicts, mutations }
    }

    fn mutation(&mut self, key: &Key, row: Option<&Row>) -> Mutation {
        let codec = &self.engine.codec;
        let stored = codec.layout().encode(key);
        match row {
            Some(row) => {
                let value = codec.seal(key, &stored, row, &mut self.random);
                Mutation::Set { key: stored, value }
            }
            None => Mutation::Clear { key: stored },
        }
    }

    /// Once a day, removes command records and traces that nobody looks at any more. Should this group fail, the next
    /// day's does it.
    fn sweep(&mut self, now: Timestamp, mutations: &mut Vec<Mutation>) {
        let oldest = once::oldest_bucket(now);
        if self.swept != Some(oldest) {
            self.swept = Some(oldest);
            let layout = self.engine.codec.layout();
            for range in [layout.commands_before(oldest), layout.traces_before(oldest)] {
                mutations.push(Mutation::ClearRange { range });
            }
        }
    }

    /// Takes note of how a commit ended.
    pub(super) fn land(&mut self, (number, outcome): Landing) {
        if let Some(group) = self.flight.iter_mut().find(|group| group.number == number) {
            group.landed = Some(outcome);
        }
        self.settle_landed();
    }

    /// Settles the groups that have landed, in order, and sees to a failed one once all others have landed.
    pub(super) fn settle_landed(&mut self) {
        while self.flight.front().is_some_and(Group::is_committed) {
            if let Some(group) = self.flight.pop_front() {
                self.settle(group);
            }
        }
        if !self.flight.is_empty() && self.flight.iter().all(Group::has_landed) {
            self.recover();
        }
        self.must_land &= !self.flight.is_empty();
    }

    /// Tells everybody concerned that a group is committed.
    pub(super) fn settle(&mut self, group: Group) {
        if let Some(Outcome::Committed(version)) = group.landed {
            self.remembered.follow(version, &group.writes);
            self.gathering.landed(group.verdicts.len(), group.launched.elapsed());
        }
        for verdict in group.verdicts {
            if verdict.effective && verdict.answer.is_ok() {
                self.take_effect(&verdict.job.command, verdict.answer.ok());
            }
            verdict.job.finish(verdict.answer, verdict.effective);
        }
    }

    /// What a committed command changes besides rows.
    fn take_effect(&self, command: &Command, effect: Option<Effect>) {
        if let (Command::AdvanceClock(advance), Some(Effect::ClockAdvanced { .. })) =
            (command, effect)
        {
            self.engine.clock.advance(SignedDuration::from_secs(advance.by_seconds.into()));
        }
    }
}

impl Group {
    /// Whether its answers may be given, once those before it are.
    fn is_committed(&self) -> bool {
        self.place == Place::Nowhere || matches!(self.landed, Some(Outcome::Committed(_)))
    }

    /// Whether the store has nothing more to say about it.
    fn has_landed(&self) -> bool {
        self.place == Place::Nowhere || self.landed.is_some()
    }

    /// Whether it, and everything on top of it, has to be seen to.
    pub(super) fn has_failed(&self) -> bool {
        self.has_landed() && !self.is_committed()
    }
}
