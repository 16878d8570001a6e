//! Rows that the lane remembers from group to group: the definitions and counters of sessions, which most commands read,
//! and what nearly every dose changes: figures, stock and signals.
//!
//! They are exact as of one version. The lane knows what its own groups wrote, so it can follow them from version to
//! version, as long as nobody else writes in between; then it forgets everything.

use super::group::Writes;
use crate::engine::Fetched;
use crate::keys::Key;
use crate::records::Row;
use crate::store::Version;
use foldhash::HashMap;

/// Most rows remembered; with more, all are forgotten. About 20 MB.
const MOST: usize = 50_000;

/// What is remembered, and as of when.
#[derive(Debug, Default)]
pub(super) struct Recollection {
    at: Version,
    rows: HashMap<Key, Option<Row>>,
}

impl Recollection {
    /// The version of which it is true.
    pub(super) fn at(&self) -> Version {
        self.at
    }

    /// A remembered row, or that there is none; `None` if it is not remembered.
    pub(super) fn row(&self, key: &Key) -> Option<Option<&Row>> {
        self.rows.get(key).map(Option::as_ref)
    }

    /// A group of the lane was committed at this version.
    pub(super) fn follow(&mut self, version: Version, writes: &Writes) {
        if version.0 != self.at.0 + 1 {
            return self.forget(version);
        }
        self.at = version;
        for (key, row) in writes.iter().filter(|(key, _)| is_kept(key)) {
            self.keep(*key, row.clone());
        }
    }

    /// Rows were read as of its version.
    pub(super) fn learn(&mut self, fetched: Fetched) {
        for (key, row) in fetched.into_rows().filter(|(key, _)| is_kept(key)) {
            self.keep(key, row);
        }
    }

    /// Starts anew from a version.
    pub(super) fn forget(&mut self, version: Version) {
        self.at = version;
        self.rows.clear();
    }

    fn keep(&mut self, key: Key, row: Option<Row>) {
        if self.rows.len() >= MOST {
            self.rows.clear();
        }
        self.rows.insert(key, row);
    }
}

fn is_kept(key: &Key) -> bool {
    matches!(
        key,
        Key::Session(_)
            | Key::Counters(_)
            | Key::Lease(..)
            | Key::Figures(..)
            | Key::AllFigures(..)
            | Key::Stock(..)
            | Key::Signals(..)
    )
}
