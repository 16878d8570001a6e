//! The index: an LSM tree that answers reads at any readable version.
//!
//! It is the tree of fjall without fjall's journal: the log is the journal. What has not been flushed to tables
//! is lost in a crash and replayed from the log; tables are written and synced as a whole, so the tree on disk always is the
//! state after some commit. Which one is a row of the tree itself.
//!
//! Every commit gets one sequence number of the tree. The number after it is where the commit is seen first.

use crate::store::{Mutation, Pairs, Version};
use lsm_tree::compaction::Leveled;
use lsm_tree::{
    AbstractTree, AnyTree, Cache, Config, DescriptorTable, Guard, InternalValue, Memtable, SeqNo,
    SequenceNumberCounter, ValueType,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The key of the row that says which version the tree holds. Keys of users start with [`USER`].
const APPLIED: &[u8] = &[0];
/// The first byte of every user's key in the tree.
const USER: u8 = 1;
/// More than this many tables opened at once are reopened on demand.
const OPEN_TABLES: usize = 512;

/// Closed memtables from which on applying waits for flushes.
const SEALED_MEMTABLES: usize = 4;
/// Runs of unsorted tables from which on applying waits for compaction.
const UNSORTED_RUNS: usize = 30;

/// The index; see the [module](self).
pub(super) struct Index {
    tree: AnyTree,
    sequence: SequenceNumberCounter,
    compaction: Arc<Leveled>,
    /// The version at the last rotation: a flush makes it durable.
    rotated: AtomicU64,
    /// Closed memtables. The tree lets go of them within a lock that every read takes, and freeing one takes a tenth of a
    /// second and more at the lowest priority: so it is not the tree that frees them.
    closed: Mutex<Vec<Arc<Memtable>>>,
}

/// The version that the index held when it was opened, and where it is seen.
pub(super) struct Opened {
    pub(super) applied: Version,
    pub(super) seen_at: SeqNo,
}

impl Index {
    /// Opens the index in `path`, made if it was missing, with `cache_bytes` for blocks read from disk.
    pub(super) fn open(path: &Path, cache_bytes: u64) -> lsm_tree::Result<(Self, Opened)> {
        let sequence = SequenceNumberCounter::default();
        let config = Config::new(path, sequence.clone(), SequenceNumberCounter::default())
            .use_cache(Arc::new(Cache::with_capacity_bytes(cache_bytes)))
            .use_descriptor_table(Some(Arc::new(DescriptorTable::new(OPEN_TABLES))));
        let tree = config.open()?;
        let (applied, last) = match tree.get(APPLIED, SeqNo::MAX)? {
            Some(row) => applied_row(&row).ok_or(lsm_tree::Error::Unrecoverable)?,
            None => (Version(1), 0),
        };
        sequence.fetch_max(last + 1);
        let compaction = Arc::new(Leveled::default());
        let rotated = AtomicU64::new(applied.0);
        let closed = Mutex::default();
        let index = Self { tree, sequence, compaction, rotated, closed };
        Ok((index, Opened { applied, seen_at: last + 1 }))
    }

    /// Applies the commit of `version`, unseen by every reader so far; returns where it is seen.
    pub(super) fn apply(
        &self,
        version: Version,
        mutations: &[Mutation],
    ) -> lsm_tree::Result<SeqNo> {
        let number = self.sequence.next();
        if mutations.iter().any(|m| matches!(m, Mutation::ClearRange { .. })) {
            self.write_ranges(number, mutations)?;
        } else {
            self.write_keys(number, mutations);
        }
        self.tree.insert(APPLIED, row_of(version, number), number);
        Ok(number + 1)
    }

    /// The values of `keys` seen at `seen_at`.
    pub(super) fn get_many(
        &self,
        seen_at: SeqNo,
        keys: &[Vec<u8>],
    ) -> lsm_tree::Result<Vec<Option<Vec<u8>>>> {
        let mut inner = Vec::new();
        let values = keys.iter().map(|key| {
            let value = self.tree.get(inner_key(key, &mut inner), seen_at)?;
            Ok(value.map(|value| value.to_vec()))
        });
        values.collect()
    }

    /// Up to `limit` pairs of `range` seen at `seen_at`, in key order.
    pub(super) fn scan(
        &self,
        seen_at: SeqNo,
        range: &Range<Vec<u8>>,
        limit: usize,
    ) -> lsm_tree::Result<Pairs> {
        if range.start >= range.end {
            return Ok(Vec::new());
        }
        let pairs = self.tree.range(inner_range(range), seen_at, None).take(limit);
        let pairs = pairs.map(|pair| {
            let (key, value) = pair.into_inner()?;
            Ok((key[1..].to_vec(), value.to_vec()))
        });
        pairs.collect()
    }

    /// Bytes of commits that no flush has taken up.
    pub(super) fn memtable_bytes(&self) -> u64 {
        self.tree.active_memtable().size()
    }

    /// Closes the memtable, which ends with the commit of `version`; the next [`flush`](Self::flush) writes it out.
    ///
    /// To be called by the thread that applies.
    pub(super) fn rotate(&self, version: Version) {
        if let Some(memtable) = self.tree.rotate_memtable() {
            self.closed.lock().unwrap_or_else(PoisonError::into_inner).push(memtable);
            self.rotated.store(version.0, Ordering::Release);
        }
    }

    /// Writes out every closed memtable and returns the version that is durable in the index then.
    pub(super) fn flush(&self, watermark: SeqNo) -> lsm_tree::Result<Version> {
        let rotated = Version(self.rotated.load(Ordering::Acquire));
        let lock = self.tree.get_flush_lock();
        self.tree.flush(&lock, watermark)?;
        self.free_memtables();
        Ok(rotated)
    }

    /// Whether a flush has something to do.
    pub(super) fn needs_flush(&self) -> bool {
        self.tree.sealed_memtable_count() > 0
    }

    /// Does one step of compaction; returns whether there was one to do.
    pub(super) fn compact(&self, watermark: SeqNo) -> lsm_tree::Result<bool> {
        let before = self.level_tables();
        self.tree.compact(self.compaction.clone(), watermark)?;
        self.free_memtables();
        Ok(self.level_tables() != before)
    }

    /// Whether applying more must wait for flushes and compaction.
    pub(super) fn is_behind(&self) -> bool {
        self.tree.sealed_memtable_count() >= SEALED_MEMTABLES
            || self.tree.l0_run_count() >= UNSORTED_RUNS
    }

    /// Frees the closed memtables that neither the tree nor a reader needs any more.
    fn free_memtables(&self) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let unneeded = |memtable: &mut Arc<Memtable>| Arc::strong_count(memtable) == 1;
        let freed: Vec<_> = closed.extract_if(.., unneeded).collect();
        drop(closed);
        drop(freed);
    }

    /// How many tables each level has. Every compaction takes some from one.
    fn level_tables(&self) -> Vec<usize> {
        (0..).map_while(|level| self.tree.level_table_count(level)).collect()
    }

    /// Writes mutations of single keys. The last of several to one key counts, as they share their number.
    fn write_keys(&self, number: SeqNo, mutations: &[Mutation]) {
        // Asked for once: the tree would look it up for each key, under a lock. Only this thread closes it.
        let memtable = self.tree.active_memtable();
        let mut inner = Vec::new();
        for mutation in mutations {
            let row = match mutation {
                Mutation::Set { key, value } => {
                    let key = inner_key(key, &mut inner);
                    InternalValue::from_components(key, value.as_slice(), number, ValueType::Value)
                }
                Mutation::Clear { key } => {
                    InternalValue::new_tombstone(inner_key(key, &mut inner), number)
                }
                Mutation::ClearRange { .. } => continue,
            };
            memtable.insert(row);
        }
    }

    /// Works out what mutations with ranges among them come to, and writes that: a tombstone for each key removed.
    fn write_ranges(&self, number: SeqNo, mutations: &[Mutation]) -> lsm_tree::Result<()> {
        let mut rows: BTreeMap<Vec<u8>, Option<&[u8]>> = BTreeMap::new();
        for mutation in mutations {
            match mutation {
                Mutation::Set { key, value } => {
                    rows.insert(key.clone(), Some(value));
                }
                Mutation::Clear { key } => {
                    rows.insert(key.clone(), None);
                }
                Mutation::ClearRange { range } if range.is_empty() => {}
                Mutation::ClearRange { range } => {
                    rows.range_mut(range.clone()).for_each(|(_, value)| *value = None);
                    for pair in self.tree.range(inner_range(range), number, None) {
                        rows.insert(pair.key()?[1..].to_vec(), None);
                    }
                }
            }
        }
        let mut inner = Vec::new();
        for (key, value) in rows {
            let key = inner_key(&key, &mut inner);
            match value {
                Some(value) => self.tree.insert(key, value, number),
                None => self.tree.remove(key, number),
            };
        }
        Ok(())
    }
}

/// `key` as the tree knows it, in `buffer`.
fn inner_key<'a>(key: &[u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    buffer.clear();
    buffer.push(USER);
    buffer.extend_from_slice(key);
    buffer
}

fn inner_range(range: &Range<Vec<u8>>) -> Range<Vec<u8>> {
    let inner = |key: &[u8]| [&[USER], key].concat();
    inner(&range.start)..inner(&range.end)
}

/// The row [`APPLIED`]: the version and the sequence number of its commit.
fn row_of(version: Version, number: SeqNo) -> [u8; 16] {
    let mut row = [0; 16];
    row[..8].copy_from_slice(&version.0.to_le_bytes());
    row[8..].copy_from_slice(&number.to_le_bytes());
    row
}

fn applied_row(row: &[u8]) -> Option<(Version, SeqNo)> {
    let (version, number) = row.split_at_checked(8)?;
    let version = u64::from_le_bytes(version.try_into().ok()?);
    Some((Version(version), u64::from_le_bytes(number.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_memtable_is_freed_by_the_flusher_once_nobody_needs_it() {
        let home = tempfile::tempdir().unwrap();
        let (index, _) = Index::open(home.path(), 1 << 20).unwrap();
        let mut waiting = Vec::new();
        for round in 2..6 {
            let row = Mutation::Set { key: b"key".to_vec(), value: vec![0; 100] };
            let seen_at = index.apply(Version(round), &[row]).unwrap();
            index.rotate(Version(round));
            index.flush(seen_at).unwrap();
            waiting.push(index.closed.lock().unwrap().len());
        }
        // The tree forgets the state before a flush at the next one.
        assert!(waiting.iter().all(|closed| *closed <= 2), "{waiting:?}");
        let value = index.get_many(SeqNo::MAX, &[b"key".to_vec()]).unwrap();
        assert_eq!(value[0].as_ref().map(Vec::len), Some(100));
    }
}
