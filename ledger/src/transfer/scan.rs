//! Reading a ledger from beginning to end, each piece at a version of its own: an engine may forget a version within
//! seconds. What is read hangs together because nobody writes meanwhile.

use super::access::AtRest;
use super::format::Pair;
use super::{TransferError, kind_of, travels};
use std::fmt::Write;
use std::ops::Range;

/// The rows that travel, in the order of their keys.
pub(super) struct Scan<'a> {
    rows: &'a AtRest,
    rest: Option<Range<Vec<u8>>>,
}

impl<'a> Scan<'a> {
    /// The rows after one key and up to another; from the first, or to the last, where there is none.
    pub(super) fn new(rows: &'a AtRest, after: Option<&[u8]>, last: Option<&[u8]>) -> Self {
        let Range { start, end } = rows.layout.everything();
        let rest = after.map_or(start, successor)..last.map_or(end, successor);
        Self { rows, rest: Some(rest) }
    }

    /// Hands over the next piece, row by row; answers whether there was one. A piece can be without rows.
    pub(super) fn next(
        &mut self,
        mut each: impl FnMut(Pair<'_>) -> Result<(), TransferError>,
    ) -> Result<bool, TransferError> {
        let Some(range) = self.rest.take() else { return Ok(false) };
        let limit = self.rows.scanned;
        let pairs = self.rows.insist(|| {
            let version = self.rows.version()?;
            self.rows.scan(version, range.clone(), limit).map(Some)
        })?;
        for (key, value) in &pairs {
            match self.rows.layout.decode(key) {
                Some(row) if travels(&row) => each(Pair { kind: kind_of(&row), key, value })?,
                Some(_) => {}
                // An older program's, which nobody needs any more.
                None if self.rows.layout.traces_of_schema_1().contains(key) => {}
                None => return Err(TransferError::UnknownKey(hex(key))),
            }
        }
        let last = pairs.last().filter(|_| pairs.len() == limit);
        self.rest = last.map(|(key, _)| successor(key)..range.end);
        Ok(true)
    }
}

/// The first key after another.
fn successor(key: &[u8]) -> Vec<u8> {
    let mut next = Vec::with_capacity(key.len() + 1);
    next.extend_from_slice(key);
    next.push(0);
    next
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
