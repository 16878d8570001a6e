//! Groups under way: how they set off, land and settle.

use super::deliberation::{Decision, Deliberation, Hindrance};
use super::group::{Group, Place, Verdict, When};
use super::runner::{Landing, Runner};
use crate::audit::{self, Tip};
use crate::commands::{Command, Outcome as Effect, Refusal, once};
use crate::keys::Key;
use crate::members::joining;
use crate::opening::OpenError;
use crate::records::{Row, Trace};
use crate::request::{Job, Reply};
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome, ReadError, Version};
use foldhash::HashSet;
use jiff::SignedDuration;
use opencowin_model::{SessionKey, Timestamp};
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
            let share = self.share.as_ref();
            let deliberation =
                Deliberation::new(&self.engine, base, &self.flight, &self.remembered, share);
            match block_on(deliberation.decide(jobs)) {
                Ok(decision) => return Ok(self.send(against, decision)),
                Err((Hindrance::Read(ReadError::TooOld), again)) => {
                    self.remembered.forget(Version::default());
                    jobs = again;
                }
                Err((Hindrance::Read(error), jobs)) => {
                    return Err((Delay::Unreadable(error), jobs));
                }
                Err((Hindrance::Fenced, again)) => {
                    jobs = again;
                    if let Err(error) = self.join_anew() {
                        return Err((Delay::Unreadable(error), jobs));
                    }
                }
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
        let Decision { verdicts, writes, conflicts, fetched, footing } = decision;
        self.last_number += 1;
        let number = self.last_number;
        if let Some(share) = &mut self.share {
            share.convict(number, &fetched);
        }
        self.remembered.learn(fetched);
        let now = self.engine.clock.now();
        let (audited, batches) = self.audit(&verdicts, now);
        let trace = Key::Trace(self.incarnation);
        let (place, launched) = (Place::Nowhere, Instant::now());
        let mut group = Group {
            number,
            trace,
            place,
            landed: None,
            launched,
            footing,
            has_entry: false,
            trimmed: 0,
            audited,
            verdicts,
            writes,
        };
        if !group.writes.is_empty() || !batches.is_empty() {
            let commit = self.commit(against, &mut group, batches, &conflicts, now);
            let landings = self.landings.0.clone();
            // The lane outlives its groups, so somebody is there to receive.
            let done = move |outcome| drop(landings.send((number, outcome)));
            let place = self.engine.store.commit(commit, Box::new(done));
            group.place = place.map_or(Place::Untold, Place::At);
        }
        group
    }

    /// The batches of a group's entries, on top of those of the groups under way, and where the chain stands after them.
    fn audit(&self, verdicts: &[Verdict], now: Timestamp) -> (Tip, Vec<(Key, Row)>) {
        let before = self.flight.back().map_or(self.audited, |group| group.audited);
        let entries = verdicts.iter().flat_map(|Verdict { job, answer, effective }| {
            job.audit.iter().map(|entry| entry.concluded(&job.command, answer, *effective))
        });
        audit::chain(self.incarnation, before, now, entries)
    }

    fn commit(
        &mut self,
        read_version: Version,
        group: &mut Group,
        batches: Vec<(Key, Row)>,
        conflicts: &HashSet<Key>,
        now: Timestamp,
    ) -> Commit {
        let layout = self.engine.codec.layout();
        let mut conflicts: Vec<_> = conflicts.iter().map(|key| layout.single(key)).collect();
        if conflicts.is_empty() {
            // What rests on no rows, such as entries of the audit, rests on the groups under way all the same: its links
            // lead to theirs. A store checks only what declares something.
            conflicts.push(layout.single(&group.trace));
        }
        let mut mutations = Vec::with_capacity(group.writes.len() + 3);
        self.sweep(now, &mut mutations);
        let mut writes: Vec<_> = group.writes.iter().collect();
        writes.sort_unstable_by_key(|(key, _)| *key);
        for (key, row) in writes {
            mutations.push(self.mutation(key, row.as_ref()));
        }
        for (key, row) in batches {
            mutations.push(self.mutation(&key, Some(&row)));
        }
        self.tell_others(group, &mut mutations);
        let Group { number, trimmed, audited, .. } = *group;
        let trace = Trace { group: number, trimmed, audited };
        mutations.push(self.mutation(&group.trace, Some(&Row::Trace(trace))));
        Commit { read_version, conflicts, mutations }
    }

    /// The group's entry in the feed, if the ledger is shared; now and then, old entries are removed.
    fn tell_others(&mut self, group: &mut Group, mutations: &mut Vec<Mutation>) {
        let Some(share) = &self.share else { return };
        let entries = share.feed(group.number, &group.writes);
        let (trimmed, range) = share.trim(group.launched);
        (group.has_entry, group.trimmed) = (!entries.is_empty(), trimmed);
        if let Some(groups) = range {
            let range = self.engine.codec.layout().feed_of(self.incarnation, groups);
            mutations.push(Mutation::ClearRange { range });
        }
        for (key, row) in entries {
            mutations.push(self.mutation(&key, Some(&row)));
        }
    }

    /// Takes part again after others took this process for dead.
    fn join_anew(&mut self) -> Result<(), ReadError> {
        let Some(share) = &mut self.share else { return Ok(()) };
        let joined = joining::join(&self.engine, &mut self.random, share.speaks);
        let joined = joined.map_err(|error| match error {
            OpenError::Unreadable(error) => error,
            OpenError::OtherSchema { .. } => ReadError::Fatal(error.to_string()),
            error => ReadError::Unavailable(error.to_string()),
        })?;
        (self.incarnation, self.audited) = (joined.me, Tip::default());
        self.remembered.forget(Version::default());
        share.rejoined(&joined);
        Ok(())
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

    /// Once a day, removes command records and attempts at passwords that nobody looks at any more. Should this group fail, the next day's does it.
    fn sweep(&mut self, now: Timestamp, mutations: &mut Vec<Mutation>) {
        let oldest = once::oldest_bucket(now);
        if self.swept != Some(oldest) {
            self.swept = Some(oldest);
            let layout = self.engine.codec.layout();
            for range in [layout.commands_before(oldest), layout.attempts_before(oldest)] {
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
                let when = match group.landed {
                    Some(Outcome::Committed(at)) => Some(When::At(at)),
                    _ => None,
                };
                self.settle(group, when);
            }
        }
        if !self.flight.is_empty() && self.flight.iter().all(Group::has_landed) {
            self.recover();
        }
        self.must_land &= !self.flight.is_empty();
    }

    /// Tells everybody concerned that a group is committed, if it wrote something: when.
    pub(super) fn settle(&mut self, mut group: Group, when: Option<When>) {
        self.audited = group.audited;
        if let Some(When::At(version)) = when {
            match group.place {
                Place::At(_) => self.remembered.follow(version, &group.writes),
                // An engine that does not tell places may put several commits into one version.
                _ => self.remembered.forget(version),
            }
            self.gathering.landed(group.verdicts.len(), group.launched.elapsed());
        }
        let mut replies = Vec::with_capacity(group.verdicts.len());
        for Verdict { job, answer, effective } in std::mem::take(&mut group.verdicts) {
            match answer {
                Ok(outcome) if effective => self.take_effect(&job.command, outcome),
                Err(Refusal::SeatsElsewhere(session)) => self.recall(session, group.number),
                _ => {}
            }
            replies.push(job.settle(answer, effective));
        }
        if let Some((share, when)) = self.share.as_mut().zip(when) {
            share.committed(&group, when);
        }
        replies.into_iter().for_each(Reply::send);
    }

    /// What a committed command changes besides rows.
    fn take_effect(&mut self, command: &Command, effect: Effect) {
        let (Command::AdvanceClock(advance), Effect::ClockAdvanced { ahead_ms }) =
            (command, effect)
        else {
            return;
        };
        match &mut self.share {
            Some(share) => share.advance(ahead_ms, &self.engine),
            None => self.engine.clock.advance(SignedDuration::from_secs(advance.by_seconds.into())),
        }
    }

    fn recall(&mut self, session: SessionKey, number: u64) {
        if let Some(share) = &mut self.share {
            share.recall(session, number);
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
