//! Decides which commits may follow which: FoundationDB's resolver, without an engine.
//!
//! It remembers what was written by every commit of the last few seconds. A commit that read at version *r* may follow
//! if nothing of what it read was written after *r*; if writes after *r* have been forgotten, it is too old. A commit
//! that read nothing always may.
//!
//! Most reads and writes are of single keys, thousands at a time, so these are looked up in a hash map of the last
//! write of each key. The map holds 64-bit fingerprints instead of keys: two keys with the same fingerprint can only
//! cause a conflict that was none, which a retry gets past. Ranges that were read are searched in the sorted keys of
//! each later commit, which are sorted only when a range asks.

use super::{Commit, Mutation, Version, bounds::only_key};
use foldhash::quality::RandomState;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Remembers recent writes and judges commits by them; see the [module](self).
pub(crate) struct Resolver {
    life: Duration,
    fingerprints: RandomState,
    /// The version of the last write of each single key that is remembered, by fingerprint.
    last: HashMap<u64, Version, BuildHasherDefault<Fingerprinted>>,
    /// What each remembered commit wrote, oldest first.
    window: VecDeque<Written>,
    /// The ranges that remembered commits removed, oldest first.
    cleared: VecDeque<(Version, Range<Vec<u8>>)>,
    /// Writes up to this version may have been forgotten.
    oldest: Version,
}

/// What is to become of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may follow.
    Follows,
    /// Something it read was written since.
    Conflict,
    /// What it read may have been written and forgotten.
    TooOld,
}

struct Written {
    version: Version,
    at: Instant,
    fingerprints: Vec<u64>,
    keys: Keys,
}

impl Resolver {
    /// A resolver that knows of no write, all up to `head` being forgotten, and remembers each for at least `life`.
    pub(crate) fn new(head: Version, life: Duration) -> Self {
        Self {
            life,
            fingerprints: RandomState::default(),
            last: HashMap::default(),
            window: VecDeque::new(),
            cleared: VecDeque::new(),
            oldest: head,
        }
    }

    /// Judges `commit` by the writes recorded so far, and forgets what has become too old at `now`.
    pub(crate) fn judge(&mut self, commit: &Commit, now: Instant) -> Verdict {
        self.forget(now);
        if commit.conflicts.is_empty() {
            return Verdict::Follows;
        }
        if commit.read_version < self.oldest {
            return Verdict::TooOld;
        }
        let after = commit.read_version;
        if commit.conflicts.iter().any(|range| self.written(range, after)) {
            return Verdict::Conflict;
        }
        Verdict::Follows
    }

    /// Records the writes of `commit`, which was given `version` at `now`.
    pub(crate) fn record(&mut self, version: Version, commit: &Commit, now: Instant) {
        let mut written =
            Written { version, at: now, fingerprints: Vec::new(), keys: Keys::default() };
        for mutation in &commit.mutations {
            match mutation {
                Mutation::Set { key, .. } | Mutation::Clear { key } => {
                    let fingerprint = self.fingerprints.hash_one(key.as_slice());
                    self.last.insert(fingerprint, version);
                    written.fingerprints.push(fingerprint);
                    written.keys.push(key);
                }
                Mutation::ClearRange { range } if range.is_empty() => {}
                Mutation::ClearRange { range } => self.cleared.push_back((version, range.clone())),
            }
        }
        self.window.push_back(written);
    }

    fn forget(&mut self, now: Instant) {
        let life = self.life;
        let forgotten = self.window.partition_point(|written| now >= written.at + life);
        for written in self.window.drain(..forgotten) {
            for fingerprint in &written.fingerprints {
                if self.last.get(fingerprint) == Some(&written.version) {
                    self.last.remove(fingerprint);
                }
            }
            self.oldest = written.version;
        }
        let forgotten = self.cleared.partition_point(|(version, _)| *version <= self.oldest);
        self.cleared.drain(..forgotten);
    }

    /// Whether anything of `range` was written after `after`.
    fn written(&mut self, range: &Range<Vec<u8>>, after: Version) -> bool {
        if range.is_empty() {
            return false;
        }
        let singly = match only_key(range) {
            Some(key) => self.key_written(key, after),
            None => self.keys_written(range, after),
        };
        singly || self.range_cleared(range, after)
    }

    fn key_written(&self, key: &[u8], after: Version) -> bool {
        self.last.get(&self.fingerprints.hash_one(key)).is_some_and(|version| *version > after)
    }

    fn keys_written(&mut self, range: &Range<Vec<u8>>, after: Version) -> bool {
        let mut later = self.window.iter_mut().rev().take_while(|written| written.version > after);
        later.any(|written| written.keys.any_within(range))
    }

    fn range_cleared(&self, range: &Range<Vec<u8>>, after: Version) -> bool {
        let mut later = self.cleared.iter().rev().take_while(|(version, _)| *version > after);
        later.any(|(_, cleared)| range.start < cleared.end && cleared.start < range.end)
    }
}

/// The keys that one commit wrote, end to end in one buffer.
#[derive(Default)]
struct Keys {
    bytes: Vec<u8>,
    /// Where each key ends. A commit's keys fit into 32 bits by its size limit.
    ends: Vec<u32>,
    /// The numbers of the keys in key order, once a range has asked.
    sorted: Option<Vec<u32>>,
}

impl Keys {
    fn push(&mut self, key: &[u8]) {
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len() as u32);
    }

    fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start as usize..self.ends[number] as usize]
    }

    fn any_within(&mut self, range: &Range<Vec<u8>>) -> bool {
        let sorted = self.sorted.take().unwrap_or_else(|| self.sort());
        let first = sorted.partition_point(|number| self.get(*number) < range.start.as_slice());
        let found =
            sorted.get(first).is_some_and(|number| self.get(*number) < range.end.as_slice());
        self.sorted = Some(sorted);
        found
    }

    fn sort(&self) -> Vec<u32> {
        let mut sorted: Vec<u32> = (0..self.ends.len() as u32).collect();
        sorted.sort_unstable_by(|one, other| self.get(*one).cmp(self.get(*other)));
        sorted
    }
}

/// Passes fingerprints through: they are hashes already.
#[derive(Default)]
struct Fingerprinted(u64);

impl Hasher for Fingerprinted {
    fn write(&mut self, _: &[u8]) {
        unreachable!("invariant: only 64-bit fingerprints are hashed");
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::single;
    use proptest::prelude::*;

    const LIFE: Duration = Duration::from_secs(5);

    fn set(key: &[u8]) -> Mutation {
        Mutation::Set { key: key.to_vec(), value: Vec::new() }
    }

    fn clear(range: Range<&[u8]>) -> Mutation {
        Mutation::ClearRange { range: range.start.to_vec()..range.end.to_vec() }
    }

    fn writing(mutations: Vec<Mutation>) -> Commit {
        Commit { mutations, ..Commit::default() }
    }

    fn reading(version: u64, range: Range<Vec<u8>>) -> Commit {
        let read_version = Version(version);
        Commit { read_version, conflicts: vec![range], mutations: Vec::new() }
    }

    fn after(mutations: Vec<Mutation>) -> Resolver {
        let mut resolver = Resolver::new(Version(1), LIFE);
        resolver.record(Version(2), &writing(mutations), Instant::now());
        resolver
    }

    #[test]
    fn a_key_conflicts_only_if_it_was_written_after_it_was_read() {
        let mut resolver = after(vec![set(b"b")]);
        assert_eq!(resolver.judge(&reading(1, single(b"b")), Instant::now()), Verdict::Conflict);
        assert_eq!(resolver.judge(&reading(2, single(b"b")), Instant::now()), Verdict::Follows);
        assert_eq!(resolver.judge(&reading(1, single(b"c")), Instant::now()), Verdict::Follows);
    }

    #[test]
    fn a_range_conflicts_with_a_key_that_appeared_in_it() {
        let mut resolver = after(vec![set(b"x"), set(b"b")]);
        let range = |start: &[u8], end: &[u8]| start.to_vec()..end.to_vec();
        assert_eq!(
            resolver.judge(&reading(1, range(b"a", b"c")), Instant::now()),
            Verdict::Conflict
        );
        assert_eq!(
            resolver.judge(&reading(1, range(b"b", b"c")), Instant::now()),
            Verdict::Conflict
        );
        assert_eq!(
            resolver.judge(&reading(1, range(b"a", b"b")), Instant::now()),
            Verdict::Follows
        );
        assert_eq!(
            resolver.judge(&reading(2, range(b"a", b"c")), Instant::now()),
            Verdict::Follows
        );
    }

    #[test]
    fn a_removed_range_conflicts_with_every_key_and_range_that_meets_it() {
        let mut resolver = after(vec![clear(b"b"..b"d")]);
        assert_eq!(resolver.judge(&reading(1, single(b"c")), Instant::now()), Verdict::Conflict);
        assert_eq!(resolver.judge(&reading(1, single(b"d")), Instant::now()), Verdict::Follows);
        assert_eq!(
            resolver.judge(&reading(1, b"a".to_vec()..b"bb".to_vec()), Instant::now()),
            Verdict::Conflict
        );
        assert_eq!(
            resolver.judge(&reading(1, b"a".to_vec()..b"b".to_vec()), Instant::now()),
            Verdict::Follows
        );
    }

    #[test]
    fn a_commit_that_read_nothing_follows_however_old_its_version_is() {
        let mut resolver = Resolver::new(Version(9), LIFE);
        assert_eq!(resolver.judge(&writing(vec![set(b"a")]), Instant::now()), Verdict::Follows);
        assert_eq!(resolver.judge(&reading(8, single(b"a")), Instant::now()), Verdict::TooOld);
        assert_eq!(resolver.judge(&reading(9, single(b"a")), Instant::now()), Verdict::Follows);
    }

    #[test]
    fn a_version_becomes_too_old_when_the_writes_after_it_are_forgotten() {
        let start = Instant::now();
        let mut resolver = Resolver::new(Version(1), LIFE);
        resolver.record(Version(2), &writing(vec![set(b"a")]), start);
        resolver.record(Version(3), &writing(vec![set(b"b")]), start + LIFE / 2);
        resolver.record(Version(4), &writing(vec![clear(b"x"..b"y")]), start + LIFE);
        let now = start + LIFE;
        assert_eq!(resolver.judge(&reading(1, single(b"z")), now), Verdict::TooOld);
        assert_eq!(resolver.judge(&reading(2, single(b"z")), now), Verdict::Follows);
        assert_eq!(resolver.judge(&reading(2, single(b"b")), now), Verdict::Conflict);
        assert_eq!(resolver.judge(&reading(3, single(b"x")), now), Verdict::Conflict);
        assert_eq!(resolver.judge(&reading(4, single(b"x")), now + LIFE), Verdict::Follows);
        assert_eq!(resolver.judge(&reading(3, single(b"x")), now + LIFE), Verdict::TooOld);
        assert!(resolver.last.is_empty() && resolver.cleared.is_empty());
        assert!(resolver.window.is_empty());
    }

    #[test]
    fn a_key_written_again_is_not_forgotten_with_its_first_write() {
        let start = Instant::now();
        let mut resolver = Resolver::new(Version(1), LIFE);
        resolver.record(Version(2), &writing(vec![set(b"a")]), start);
        resolver.record(Version(3), &writing(vec![set(b"a")]), start + LIFE / 2);
        let verdict = resolver.judge(&reading(2, single(b"a")), start + LIFE);
        assert_eq!(verdict, Verdict::Conflict);
    }

    fn key() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(0_u8..3, 0..3)
    }

    fn range() -> impl Strategy<Value = Range<Vec<u8>>> {
        let wide = (key(), key()).prop_map(|(a, b)| if a < b { a..b } else { b..a });
        prop_oneof![key().prop_map(|key| single(&key)), wide]
    }

    fn mutation() -> impl Strategy<Value = Mutation> {
        prop_oneof![
            key().prop_map(|key| set(&key)),
            key().prop_map(|key| Mutation::Clear { key }),
            range().prop_map(|range| Mutation::ClearRange { range }),
        ]
    }

    /// What the resolver must find, in the plainest way: every write as a range, every pair compared.
    fn meets(range: &Range<Vec<u8>>, mutation: &Mutation) -> bool {
        let written = match mutation {
            Mutation::Set { key, .. } | Mutation::Clear { key } => single(key),
            Mutation::ClearRange { range } => range.clone(),
        };
        range.start.clone().max(written.start) < range.end.clone().min(written.end)
    }

    proptest! {
        #[test]
        fn it_finds_exactly_the_overlaps_that_comparing_every_pair_finds(
            commits in proptest::collection::vec(proptest::collection::vec(mutation(), 0..4), 1..6),
            ranges in proptest::collection::vec(range(), 1..3),
            read_version in 1_u64..8,
        ) {
            let mut resolver = Resolver::new(Version(1), LIFE);
            for (number, mutations) in commits.iter().enumerate() {
                let version = Version(2 + number as u64);
                resolver.record(version, &writing(mutations.clone()), Instant::now());
            }
            let later = commits.iter().skip(read_version as usize - 1).flatten();
            let conflict = later.into_iter().any(|m| ranges.iter().any(|range| meets(range, m)));
            let expected = if conflict { Verdict::Conflict } else { Verdict::Follows };
            let read_version = Version(read_version);
            let commit = Commit { read_version, conflicts: ranges, mutations: Vec::new() };
            prop_assert_eq!(resolver.judge(&commit, Instant::now()), expected);
        }
    }
}
