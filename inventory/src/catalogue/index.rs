//! Maps from id to entry that are read without a lock.
//!
//! A map is cut into 1,024 shards by hash; each is an immutable hash map behind an atomic pointer, replaced when an
//! entry in it changes. A reader follows two pointers. A writer copies the shards that it touches: publishing one
//! session of 300,000 copies about 300 entries, and what it replaces is freed as soon as the last reader has left it.

use arc_swap::ArcSwap;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;

const SHARDS: usize = 1024;

type Shard<K, V> = HashMap<K, V, RandomState>;

/// A map for many readers and one writer at a time (writers are kept apart by the catalogue).
pub(super) struct Index<K, V> {
    shards: Box<[ArcSwap<Shard<K, V>>]>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Clone, V: Clone> Index<K, V> {
    pub(super) fn new() -> Self {
        let hasher = RandomState::new();
        let empty = || ArcSwap::from_pointee(HashMap::with_hasher(hasher.clone()));
        Self { shards: std::iter::repeat_with(empty).take(SHARDS).collect(), hasher }
    }

    /// The entry for `key`.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.shards[self.shard(key)].load().get(key).cloned()
    }

    /// Sets entries, or removes them where there is no value. Each shard changes at once, the shards one after another.
    pub(super) fn change(&self, changes: impl IntoIterator<Item = (K, Option<V>)>) {
        let mut by_shard: BTreeMap<usize, Vec<(K, Option<V>)>> = BTreeMap::new();
        for (key, value) in changes {
            by_shard.entry(self.shard(&key)).or_default().push((key, value));
        }
        for (at, changes) in by_shard {
            let mut shard = Shard::clone(&self.shards[at].load());
            for (key, value) in changes {
                match value {
                    Some(value) => shard.insert(key, value),
                    None => shard.remove(&key),
                };
            }
            self.shards[at].store(Arc::new(shard));
        }
    }

    /// All values, in no order.
    pub(super) fn values(&self) -> Vec<V> {
        self.shards
            .iter()
            .flat_map(|shard| shard.load().values().cloned().collect::<Vec<_>>())
            .collect()
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().len()).sum()
    }

    fn shard(&self, key: &K) -> usize {
        self.hasher.hash_one(key) as usize % SHARDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_set_replaced_and_removed() {
        let index = Index::new();
        index.change((0..5000).map(|key| (key, Some(key))));
        index.change([(7, Some(70)), (8, None), (9000, None)]);
        assert_eq!((index.get(&7), index.get(&8), index.get(&9)), (Some(70), None, Some(9)));
        assert_eq!((index.len(), index.values().len()), (4999, 4999));
    }
}
