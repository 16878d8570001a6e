//! Reading rows at one version, and reporting those that cannot be read.

use super::{Report, Violation};
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Layout};
use crate::records::Row;
use crate::store::{ReadError, Version, rest_of};
use std::fmt::Write;
use std::ops::Range;

/// Rows that are read at once where little hangs on each.
pub(super) const CHUNK: usize = 2048;

/// Rows with their keys, in order.
pub(super) type Rows = Vec<(Key, Row)>;

/// The first rows of a range.
pub(super) struct Chunk {
    /// Those that can be read.
    pub(super) rows: Rows,
    /// What is left of the range, if anything.
    pub(super) rest: Option<Range<Vec<u8>>>,
    /// The last key, whether or not its row can be read.
    pub(super) last: Option<Key>,
}

/// A verification under way.
pub(super) struct Check<'a> {
    pub(super) engine: &'a Engine,
    pub(super) report: Report,
    version: Version,
    found: &'a mut (dyn FnMut(Violation) + Send),
}

impl<'a> Check<'a> {
    pub(super) fn new(engine: &'a Engine, found: &'a mut (dyn FnMut(Violation) + Send)) -> Self {
        Self { engine, report: Report::default(), version: Version::default(), found }
    }

    pub(super) fn layout(&self) -> &'a Layout {
        self.engine.codec.layout()
    }

    /// Reads at the newest version from now on.
    pub(super) async fn refresh(&mut self) -> Result<(), ReadError> {
        self.version = self.engine.store.read_version().await?;
        Ok(())
    }

    pub(super) fn report(&mut self, violation: Violation) {
        self.report.violations += 1;
        (self.found)(violation);
    }

    /// The first rows of a range.
    pub(super) async fn chunk(
        &mut self,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Chunk, ReadError> {
        let pairs = self.engine.store.scan(self.version, range.clone(), limit).await?;
        let rest = rest_of(range, &pairs, limit);
        let last = pairs.iter().rev().find_map(|(key, _)| self.layout().decode(key));
        let rows = pairs.iter().filter_map(|(key, value)| self.open(key, value)).collect();
        Ok(Chunk { rows, rest, last })
    }

    /// All rows of a range.
    pub(super) async fn all(&mut self, range: Range<Vec<u8>>) -> Result<Rows, ReadError> {
        let Chunk { mut rows, mut rest, .. } = self.chunk(range, CHUNK).await?;
        while let Some(range) = rest {
            let more = self.chunk(range, CHUNK).await?;
            rows.extend(more.rows);
            rest = more.rest;
        }
        Ok(rows)
    }

    /// Some rows.
    pub(super) async fn get(&mut self, keys: Vec<Key>) -> Result<Fetched, ReadError> {
        let mut rows = Fetched::at(self.version);
        rows.fetch(self.engine, keys).await?;
        Ok(rows)
    }

    fn open(&mut self, stored: &[u8], value: &[u8]) -> Option<(Key, Row)> {
        match self.engine.open(stored, value) {
            Some((key, Ok(row))) => return Some((key, row)),
            Some((key, Err(_))) => self.report(Violation::Unreadable(key)),
            None => self.report(Violation::UnknownKey(hex(stored))),
        }
        None
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
