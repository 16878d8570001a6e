//! A bounded, lock-free table: who is being counted, and their counts.
//!
//! An unbounded map of callers is a gift to those who come from many addresses. This table has all the memory it will ever have
//! when it is made. It is set-associative, like a processor's cache: a caller's keyed fingerprint chooses a set of eight
//! entries, any of which may be the caller's; a newcomer takes a free one or that of whoever has been quiet the longest.
//!
//! # The steps
//!
//! ```text
//!   free, or the quietest ──CAS──▶ being made ──clear the entry, then store──▶ the caller's
//! ```
//!
//! - Nobody waits. Whoever loses the swap looks at the set again. Only if all eight entries of a set are being made at
//!   the very same moment is there none for the caller, which takes eight threads that were suspended in those few instructions.
//! - A caller's entry is cleared before it can be found (`Release` store of the fingerprint, `Acquire` load by who finds it), so
//!   nobody inherits the counts of another.
//! - Two threads that enter the same caller at once may make two entries. From then on everybody finds the first of them, and the
//!   second grows old: at worst the few calls counted on it meanwhile are lost.
//! - A thread that is suspended between finding an entry and counting, until that entry has become the quietest of its
//!   set and another's, counts one call on the other's account.
//! - Fingerprints have 64 bits and the table's own random key (SipHash-1-3), so nobody can choose a caller that shares an entry or crowds
//!   a set. Two of a million callers share a fingerprint with a probability of 3 × 10⁻⁸.

use crate::sync::{AtomicU32, AtomicU64, Ordering};
use std::hash::{BuildHasher, Hash, RandomState};

/// Entries of a set. Loom explores sets of two, which have the same steps.
const WAYS: usize = if cfg!(loom) { 2 } else { 8 };
/// The fingerprint of an entry that nobody has had.
const FREE: u64 = 0;
/// The fingerprint of an entry that is being made.
const MAKING: u64 = 1;

/// What a table keeps for each caller.
pub(crate) trait Entry: Default {
    /// Makes it like new. Others may still be counting on it.
    fn clear(&self);
}

/// Callers and their entries.
#[derive(Debug)]
pub(crate) struct Table<E> {
    sets: Box<[Set<E>]>,
    hasher: RandomState,
}

/// The entries that one caller may have. Fingerprints fill one cache line, so that a call touches two: these, and its entry.
#[derive(Debug)]
#[repr(align(64))]
struct Set<E> {
    fingerprints: [AtomicU64; WAYS],
    slots: [Slot<E>; WAYS],
}

#[derive(Debug)]
struct Slot<E> {
    /// When it was last in use, in seconds since 1970.
    used_s: AtomicU32,
    entry: E,
}

impl<E: Entry> Table<E> {
    /// With room for `callers`, rounded up to a power of two and at least one set. Sets fill unevenly: with half of the room
    /// taken, one caller in a hundred finds its set full and takes the place of whoever has been quiet the longest in it.
    pub(crate) fn new(callers: usize) -> Self {
        let sets = callers.div_ceil(WAYS).next_power_of_two();
        Self { sets: (0..sets).map(|_| Set::new()).collect(), hasher: RandomState::new() }
    }

    /// The entry of `caller`, made if there is none. `now_s` says that it is in use; a later moment keeps it for longer.
    /// `None` only while every entry that could be taken is being made.
    pub(crate) fn entry(&self, caller: impl Hash, now_s: u32) -> Option<&E> {
        let fingerprint = self.fingerprint(caller);
        self.set(fingerprint).entry(fingerprint, now_s)
    }

    /// The entry of `caller`, if there is one.
    pub(crate) fn find(&self, caller: impl Hash) -> Option<&E> {
        let fingerprint = self.fingerprint(caller);
        let set = self.set(fingerprint);
        set.position(fingerprint).map(|way| &set.slots[way].entry)
    }

    /// Keeps the entry of `caller` as if it were used at `until_s`.
    pub(crate) fn keep(&self, caller: impl Hash, until_s: u32) {
        let fingerprint = self.fingerprint(caller);
        let set = self.set(fingerprint);
        if let Some(way) = set.position(fingerprint) {
            set.slots[way].touch(until_s);
        }
    }

    /// A hash under the table's own key, for what entries remember of others.
    pub(crate) fn keyed(&self, thing: impl Hash) -> u64 {
        self.hasher.hash_one(thing)
    }

    /// How many callers have an entry.
    pub(crate) fn len(&self) -> usize {
        let used = |set: &Set<E>| {
            set.fingerprints.iter().filter(|f| f.load(Ordering::Relaxed) > MAKING).count()
        };
        self.sets.iter().map(used).sum()
    }

    /// How many there is room for.
    pub(crate) fn capacity(&self) -> usize {
        self.sets.len() * WAYS
    }

    /// The memory it takes, now and for ever.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.sets)
    }

    /// Neither [`FREE`] nor [`MAKING`].
    fn fingerprint(&self, caller: impl Hash) -> u64 {
        self.keyed(caller).max(MAKING + 1)
    }

    fn set(&self, fingerprint: u64) -> &Set<E> {
        &self.sets[(fingerprint >> 32) as usize & (self.sets.len() - 1)]
    }
}

impl<E: Entry> Slot<E> {
    fn new() -> Self {
        Self { used_s: AtomicU32::new(0), entry: E::default() }
    }

    fn touch(&self, now_s: u32) {
        if self.used_s.load(Ordering::Relaxed) < now_s {
            self.used_s.store(now_s, Ordering::Relaxed);
        }
    }
}

impl<E: Entry> Set<E> {
    fn new() -> Self {
        Self {
            fingerprints: std::array::from_fn(|_| AtomicU64::new(FREE)),
            slots: std::array::from_fn(|_| Slot::new()),
        }
    }

    fn position(&self, fingerprint: u64) -> Option<usize> {
        self.fingerprints.iter().position(|kept| kept.load(Ordering::Acquire) == fingerprint)
    }

    fn entry(&self, fingerprint: u64, now_s: u32) -> Option<&E> {
        loop {
            let way = match self.position(fingerprint) {
                Some(way) => way,
                None => {
                    let (way, quiet) = self.quietest()?;
                    if !self.make(way, quiet, fingerprint, now_s) {
                        continue;
                    }
                    // Another thread may have entered the same caller: all go on with the first.
                    self.position(fingerprint).unwrap_or(way)
                }
            };
            self.slots[way].touch(now_s);
            return Some(&self.slots[way].entry);
        }
    }

    /// The entry to give away, and whose it is: a free one, or the one that has been quiet the longest.
    fn quietest(&self) -> Option<(usize, u64)> {
        // Who sees a fingerprint here also sees the moment stored before it, so a newcomer is never taken for quiet.
        let owners = self.fingerprints.iter().map(|kept| kept.load(Ordering::Acquire)).enumerate();
        owners.filter(|(_, owner)| *owner != MAKING).min_by_key(|(way, owner)| match *owner {
            FREE => (0, 0),
            _ => (1, self.slots[*way].used_s.load(Ordering::Relaxed)),
        })
    }

    /// Takes the entry from `owner`; false if somebody else was faster.
    fn make(&self, way: usize, owner: u64, fingerprint: u64, now_s: u32) -> bool {
        let kept = &self.fingerprints[way];
        let taken =
            kept.compare_exchange(owner, MAKING, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if taken {
            self.slots[way].entry.clear();
            self.slots[way].used_s.store(now_s, Ordering::Relaxed);
            kept.store(fingerprint, Ordering::Release);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[derive(Debug, Default)]
    struct Count(AtomicU64);

    impl Count {
        fn add(&self) -> u64 {
            self.0.fetch_add(1, Ordering::Relaxed) + 1
        }
    }

    impl Entry for Count {
        fn clear(&self) {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    #[test]
    fn memory_is_fixed_whoever_comes() {
        let table = Table::<Count>::new(1_000);
        let bytes = table.bytes();
        for caller in 0..100_000u32 {
            assert_eq!(table.entry(caller, caller / 100).unwrap().add(), 1, "a newcomer is new");
        }
        assert_eq!((table.bytes(), table.capacity()), (bytes, 1024));
        assert!(table.len() <= 1024);
    }

    #[test]
    fn who_is_heard_from_outlives_who_is_quiet() {
        let table = Table::<Count>::new(64);
        for caller in 0..10_000u32 {
            table.entry("regular", caller).unwrap().add();
            table.entry(caller, caller);
        }
        assert_eq!(table.find("regular").unwrap().add(), 10_001);
        assert!(table.find("nobody").is_none());
    }

    #[test]
    fn an_entry_can_be_kept_although_it_is_quiet() {
        let table = Table::<Count>::new(64);
        table.entry("blocked", 0).unwrap().add();
        table.keep("blocked", 86_400);
        for caller in 0..10_000u32 {
            table.entry(caller, caller);
        }
        assert_eq!(table.find("blocked").unwrap().add(), 2);
    }

    #[test]
    fn threads_that_enter_the_same_callers_lose_hardly_a_call() {
        let table = Table::<Count>::new(1 << 16);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for caller in (0..1_000u32).cycle().take(100_000) {
                        table.entry(caller, 1).unwrap().add();
                    }
                });
            }
        });
        let counted: u64 =
            (0..1_000u32).map(|c| table.find(c).unwrap().0.load(Ordering::Relaxed)).sum();
        assert!((396_000..=400_000).contains(&counted), "{counted} of 400,000");
    }

    proptest! {
        #[test]
        fn while_all_fit_it_counts_like_a_map(callers in prop::collection::vec(0u8..8, 1..300)) {
            let (table, mut map) = (Table::<Count>::new(8), HashMap::new());
            for (now, caller) in callers.into_iter().enumerate() {
                let expected = map.entry(caller).and_modify(|n| *n += 1).or_insert(1);
                prop_assert_eq!(table.entry(caller, now as u32).unwrap().add(), *expected);
            }
        }
    }
}
