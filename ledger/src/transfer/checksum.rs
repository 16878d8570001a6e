//! What a ledger holds, in a few numbers.

use super::access::AtRest;
use super::format::Pair;
use super::scan::Scan;
use super::{Progress, Stage, TransferError, Watch};
use crate::keys::Kind;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What a ledger or an export holds. Two that are equal hold the same rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checksum {
    /// Rows.
    pub pairs: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Rows by kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// Over all rows in the order of their keys, each as it stands in an export.
    pub sha256: [u8; 32],
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows (", self.pairs)?;
        for (at, (kind, count)) in self.kinds.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {}", plural(*kind))?;
        }
        write!(f, "), {} bytes, sha256 ", self.bytes)?;
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Meta => "of the ledger's own",
        Kind::Centre => "centres",
        Kind::Session => "sessions",
        Kind::Counters => "counters",
        Kind::Account => "accounts",
        Kind::Personal => "descriptions of people",
        Kind::Person => "people",
        Kind::IdDocument => "identity documents",
        Kind::Appointment => "appointments",
        Kind::Command => "command records",
        Kind::Member => "members",
        Kind::Heartbeat => "heartbeats",
        Kind::Lease => "leases",
        Kind::Trace => "traces",
        Kind::Feed => "feed entries",
        Kind::Document => "documents",
        Kind::Usage => "counts of use",
        Kind::Attempts => "attempts at passwords",
        Kind::AuditBatch => "audit batches",
        Kind::AuditHead => "audit heads",
        Kind::Event => "events",
        Kind::Recipient => "events of batches",
        Kind::Stock => "batches in stock",
        Kind::Movement => "stock movements",
        Kind::Figures => "figures of days",
        Kind::AllFigures => "figures of all days",
        Kind::Aefi => "adverse events",
        Kind::Outbox => "jobs",
        Kind::Sites => "sites of days",
        Kind::Signals => "signals of batches",
        Kind::PersonKey => "keys of people",
        Kind::Holder => "holders",
        Kind::Certificate => "certificates",
        Kind::Signed => "signed texts",
        Kind::Issued => "events with certificates, by form",
        Kind::StatusBits => "parts of status lists",
        Kind::LogPending => "log lines to be placed",
        Kind::LogLeaf => "log lines",
        Kind::LogHead => "log heads",
        Kind::LogTile => "log tiles",
        Kind::Share => "shared links",
        Kind::Shares => "people with shared links",
    }
}

impl AtRest {
    /// What the ledger holds of rows that [travel](super::travels).
    ///
    /// # Errors
    /// If the store does not answer, or holds a key that is not of the layout.
    pub fn checksum(&self, watch: Watch<'_>) -> Result<Checksum, TransferError> {
        self.checksum_until(None, Stage::Reading, watch)
    }

    /// The checksum of the rows up to `last`, or of all.
    pub(super) fn checksum_until(
        &self,
        last: Option<&[u8]>,
        stage: Stage,
        watch: Watch<'_>,
    ) -> Result<Checksum, TransferError> {
        let mut tally = Tally::default();
        let mut scan = Scan::new(self, None, last);
        while scan.next(|pair| {
            tally.add(pair);
            Ok(())
        })? {
            watch(tally.progress(stage));
        }
        Ok(tally.checksum())
    }
}

/// A checksum that is being made.
#[derive(Clone, Default)]
pub(super) struct Tally {
    sum: Checksum,
    hash: Sha256,
}

impl Tally {
    /// Counts the row after all those counted before it.
    pub(super) fn add(&mut self, pair: Pair<'_>) {
        self.sum.pairs += 1;
        self.sum.bytes += (pair.key.len() + pair.value.len()) as u64;
        *self.sum.kinds.entry(pair.kind).or_default() += 1;
        self.hash.update(pair.lengths());
        self.hash.update(pair.key);
        self.hash.update(pair.value);
    }

    pub(super) fn progress(&self, stage: Stage) -> Progress {
        Progress { stage, pairs: self.sum.pairs, bytes: self.sum.bytes }
    }

    /// The checksum of what was counted so far.
    pub(super) fn checksum(&self) -> Checksum {
        Checksum { sha256: self.hash.clone().finalize().into(), ..self.sum.clone() }
    }
}
