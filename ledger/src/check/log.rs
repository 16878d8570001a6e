//! The transparency log: it has a line for each certificate, and one for each that does not hold any more, and no others.
//!
//! Lines name certificates by hashes, so that they are not looked up one by one: their sum is held against that of the
//! certificates. While others certify, neither stands still. So the log is summed up before the certificates and after
//! them: if it has not changed, what was seen of them is the same; else it lies between.

use super::Violation;
use super::snapshot::{CHUNK, Check, Chunk};
use crate::keys::{Key, Kind, Meta};
use crate::records::{LogKind, Logged, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::{CertificateId, Timestamp};
use std::ops::Range;

/// Lines of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums([Sum; 2]);

/// Lines that were added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    lines: u64,
    hashes: u128,
}

impl Sums {
    /// Counts a certificate, as the log would.
    pub(super) fn add(&mut self, kind: LogKind, id: CertificateId) {
        self.count(&Logged::new(kind, id, Timestamp(0)));
    }

    fn count(&mut self, line: &Logged) {
        let sum = &mut self.0[line.kind as usize - 1];
        let (hash, _) = line.certificate.split_first_chunk().expect("invariant: 32 bytes");
        sum.lines += 1;
        sum.hashes = sum.hashes.wrapping_add(u128::from_be_bytes(*hash));
    }
}

/// The log at one moment.
#[derive(Clone, Copy)]
pub(super) struct Log {
    /// Lines that have their places.
    placed: Sums,
    /// How many they are.
    size: u64,
    /// The same with those that wait.
    all: Sums,
}

/// Sums up the log.
pub(super) async fn read(check: &mut Check<'_>) -> Result<Log, ReadError> {
    go_on(check, Sums::default(), 0).await
}

/// Holds the certificates against the log as it was before they were read, and as it is now.
pub(super) async fn verify(
    check: &mut Check<'_>,
    before: Log,
    known: &Sums,
) -> Result<(), ReadError> {
    let after = go_on(check, before.placed, before.size).await?;
    for kind in LogKind::ALL {
        let at = kind as usize - 1;
        let (least, most, known) = (before.all.0[at], after.all.0[at], known.0[at]);
        let agree = match least == most {
            true => known == most,
            false => (least.lines..=most.lines).contains(&known.lines),
        };
        if !agree {
            let (logged, known) = (most.lines, known.lines);
            check.report(Violation::LogDiffers { kind, logged, known });
        }
    }
    Ok(())
}

/// The log as it is now, of which so many lines were summed up: they stay what they are.
async fn go_on(check: &mut Check<'_>, mut placed: Sums, from: u64) -> Result<Log, ReadError> {
    check.refresh().await?;
    let rows = check.get(vec![Key::Meta(Meta::LogSize)]).await?;
    let size = match rows.row(&Key::Meta(Meta::LogSize)) {
        Known::Present(Row::Count(size)) => *size,
        _ => 0,
    };
    let waiting = check.all(check.layout().all(Kind::LogPending)).await?;
    let beyond = check.chunk(check.layout().log_lines(size..i64::MAX as u64), 1).await?;
    let lines = add(check, check.layout().log_lines(from..size), &mut placed).await?;
    if lines != size - from || !beyond.rows.is_empty() {
        check.report(Violation::LogBroken { size });
    }
    let mut all = placed;
    waiting.iter().for_each(|(_, row)| {
        if let Row::Unplaced(lines) = row {
            lines.0.iter().for_each(|line| all.count(line));
        }
    });
    Ok(Log { placed, size, all })
}

/// Adds up the lines of a range; how many they are.
async fn add(
    check: &mut Check<'_>,
    range: Range<Vec<u8>>,
    sums: &mut Sums,
) -> Result<u64, ReadError> {
    let (mut lines, mut rest) = (0, Some(range));
    while let Some(range) = rest {
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        for (_, row) in rows {
            if let Row::Logged(line) = row {
                sums.count(&line);
                lines += 1;
            }
        }
        rest = next;
        // What has its place stays there, so that it can be read as of any later moment.
        if rest.is_some() {
            check.refresh().await?;
        }
    }
    Ok(lines)
}
