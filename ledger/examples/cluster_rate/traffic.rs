//! What goes between a ledger's lane and its store, by kind of row.

use opencowin_ledger::keys::{Kind, Layout};
use opencowin_ledger::store::{Answer, Commit, Done, Mutation, Outcome, Pairs, Store, Version};
use std::ops::{Index, IndexMut, Range};
use std::sync::{Arc, Mutex};
use std::thread;

/// The kinds that a booking touches, with their names.
pub(crate) const KINDS: [(Kind, &str); 9] = [
    (Kind::Command, "command record"),
    (Kind::Person, "person"),
    (Kind::Appointment, "appointment"),
    (Kind::Session, "session"),
    (Kind::Counters, "counters"),
    (Kind::Lease, "lease"),
    (Kind::Member, "fence"),
    (Kind::Trace, "trace"),
    (Kind::Feed, "feed"),
];

/// What was read and written of one kind of row. Bytes are sums.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rows {
    pub(crate) gets: u64,
    pub(crate) found: u64,
    pub(crate) found_bytes: u64,
    /// Single keys that commits had read.
    pub(crate) conflicts: u64,
    pub(crate) sets: u64,
    pub(crate) key_bytes: u64,
    pub(crate) value_bytes: u64,
}

impl Rows {
    /// The usual size of a value that was read.
    pub(crate) fn value_read(&self) -> usize {
        self.found_bytes.checked_div(self.found).unwrap_or(0) as usize
    }

    /// The usual size of a value that was written.
    pub(crate) fn value_written(&self) -> usize {
        self.value_bytes.checked_div(self.sets).unwrap_or(0) as usize
    }

    pub(crate) fn get(&mut self, value: Option<usize>) {
        self.gets += 1;
        self.found += u64::from(value.is_some());
        self.found_bytes += value.unwrap_or(0) as u64;
    }

    pub(crate) fn set(&mut self, key: usize, value: usize) {
        self.sets += 1;
        self.key_bytes += key as u64;
        self.value_bytes += value as u64;
    }

    fn add(&mut self, other: &Self) {
        self.gets += other.gets;
        self.found += other.found;
        self.found_bytes += other.found_bytes;
        self.conflicts += other.conflicts;
        self.sets += other.sets;
        self.key_bytes += other.key_bytes;
        self.value_bytes += other.value_bytes;
    }
}

/// What went between a lane, or a loop in its place, and the cluster.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) committed: u64,
    /// Commits that had read what was written meanwhile.
    pub(crate) conflicts: u64,
    /// Commits that failed for any other reason.
    pub(crate) failed: u64,
    by_kind: [Rows; KINDS.len()],
    /// Of any other kind: the rows of nobody's booking.
    other: Rows,
}

impl Traffic {
    pub(crate) fn add(&mut self, other: &Self) {
        self.committed += other.committed;
        self.conflicts += other.conflicts;
        self.failed += other.failed;
        self.other.add(&other.other);
        for (mine, more) in self.by_kind.iter_mut().zip(&other.by_kind) {
            mine.add(more);
        }
    }

    /// All rows together.
    pub(crate) fn rows(&self) -> Rows {
        let mut all = self.other;
        self.by_kind.iter().for_each(|rows| all.add(rows));
        all
    }

    /// The part of all commits that had read what was written meanwhile.
    pub(crate) fn conflict_share(&self) -> f64 {
        self.conflicts as f64 / (self.committed + self.conflicts + self.failed).max(1) as f64
    }
}

impl Index<Kind> for Traffic {
    type Output = Rows;

    fn index(&self, kind: Kind) -> &Rows {
        let at = KINDS.iter().position(|(other, _)| *other == kind);
        at.map_or(&self.other, |at| &self.by_kind[at])
    }
}

impl IndexMut<Kind> for Traffic {
    fn index_mut(&mut self, kind: Kind) -> &mut Rows {
        let at = KINDS.iter().position(|(other, _)| *other == kind);
        at.map_or(&mut self.other, |at| &mut self.by_kind[at])
    }
}

/// A store that counts what the lane asks of it, and not what a member's other threads do.
pub(crate) struct Counting {
    store: Arc<dyn Store>,
    /// Where in a key the number of its kind stands.
    kind_at: usize,
    traffic: Arc<Mutex<Traffic>>,
}

impl Counting {
    pub(crate) fn new(store: Arc<dyn Store>, layout: &Layout) -> Self {
        // After the environment's name comes the code of a one-byte integer, and then that byte.
        let kind_at = layout.everything().start.len() + 1;
        Self { store, kind_at, traffic: Arc::default() }
    }

    /// What was counted since this was last asked.
    pub(crate) fn take(&self) -> Traffic {
        std::mem::take(&mut self.traffic.lock().unwrap())
    }

    fn rows<'t>(&self, traffic: &'t mut Traffic, key: &[u8]) -> &'t mut Rows {
        let number = key.get(self.kind_at);
        let at = KINDS.iter().position(|(kind, _)| number == Some(&(*kind as u8)));
        at.map_or(&mut traffic.other, |at| &mut traffic.by_kind[at])
    }

    fn note(&self, commit: &Commit) {
        let mut traffic = self.traffic.lock().unwrap();
        for range in &commit.conflicts {
            self.rows(&mut traffic, &range.start).conflicts += 1;
        }
        for mutation in &commit.mutations {
            match mutation {
                Mutation::Set { key, value } => {
                    self.rows(&mut traffic, key).set(key.len(), value.len());
                }
                Mutation::Clear { .. } | Mutation::ClearRange { .. } => {}
            }
        }
    }
}

fn is_lane() -> bool {
    thread::current().name() == Some("ledger-lane")
}

impl Store for Counting {
    fn read_version(&self) -> Answer<'_, Version> {
        self.store.read_version()
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        if !is_lane() {
            return self.store.get_many(version, keys);
        }
        Box::pin(async move {
            let values = self.store.get_many(version, keys).await?;
            let mut traffic = self.traffic.lock().unwrap();
            for (key, value) in keys.iter().zip(&values) {
                self.rows(&mut traffic, key).get(value.as_ref().map(Vec::len));
            }
            drop(traffic);
            Ok(values)
        })
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        self.store.scan(version, range, limit)
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        if !is_lane() {
            return self.store.commit(commit, done);
        }
        self.note(&commit);
        let traffic = self.traffic.clone();
        let counted = move |outcome| {
            let mut counted = traffic.lock().unwrap();
            match outcome {
                Outcome::Committed(_) => counted.committed += 1,
                Outcome::Conflict => counted.conflicts += 1,
                _ => counted.failed += 1,
            }
            drop(counted);
            done(outcome);
        };
        self.store.commit(commit, Box::new(counted))
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.store.changed(version)
    }
}
