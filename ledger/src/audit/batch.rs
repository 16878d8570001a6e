//! The links of a chain: the entries of one group each.

use super::Entry;
use crate::keys::Key;
use crate::records::wire::{Fields, Writer};
use crate::records::{Malformed, Row};
use crate::store::limits;
use opencowin_model::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the hashed bytes of a batch begin with, so that they are no other hash's.
const LABEL: &[u8] = b"opencowin audit batch 1\n";

/// A batch is closed when it has so many bytes of entries; with what is around them it is below the limit of values.
const FULL: usize = limits::VALUE_BYTES / 2;

/// Where a chain stands: how many batches it has, and the hash of the last. A chain without batches has hash 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tip {
    /// The number of the last batch; the first is 1.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// A link of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The hash of the batch before; 0 in the first.
    pub previous: [u8; 32],
    /// When its group was sent to the store.
    pub at: Timestamp,
    /// The entries, each after its length in two bytes (big-endian).
    packed: Vec<u8>,
}

impl Batch {
    /// The hash of the batch, as the one with this number of this chain.
    pub fn hash(&self, chain: Uuid, number: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(LABEL);
        hash.update(chain.as_bytes());
        hash.update(number.to_be_bytes());
        hash.update(self.previous);
        hash.update(self.at.0.to_be_bytes());
        hash.update(&self.packed);
        hash.finalize().into()
    }

    /// The bytes of each entry, to be [read](Entry::read) one by one.
    pub fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.packed[..];
        std::iter::from_fn(move || {
            let (entry, after) = split(rest)?;
            rest = after;
            Some(entry)
        })
    }

    /// Field 1 is the hash of the batch before, 2 the time, 3 the entries.
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, &self.previous);
        writer.signed(2, self.at.0);
        writer.bytes(3, &self.packed);
    }

    pub(crate) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut previous, mut at, mut packed) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => previous = Some(value.array()?),
                (2, value) => at = Some(Timestamp(value.signed()?)),
                (3, value) => packed = Some(value.bytes()?.to_vec()),
                _ => {}
            }
        }
        let (at, packed) = at.zip(packed).ok_or(Malformed)?;
        let batch = Self { previous: previous.ok_or(Malformed)?, at, packed };
        let whole: usize = batch.entries().map(|entry| LENGTH + entry.len()).sum();
        if whole == batch.packed.len() { Ok(batch) } else { Err(Malformed) }
    }
}

/// The batches that follow `tip` in a chain with these entries, and where the chain stands after them. Without entries
/// there are none.
pub(crate) fn chain(
    chain: Uuid,
    mut tip: Tip,
    at: Timestamp,
    entries: impl Iterator<Item = Entry>,
) -> (Tip, Vec<(Key, Row)>) {
    let mut rows = Vec::new();
    for packed in pack(entries) {
        let batch = Batch { previous: tip.hash, at, packed };
        let number = tip.number + 1;
        tip = Tip { number, hash: batch.hash(chain, number) };
        rows.push((Key::AuditBatch(chain, number), Row::AuditBatch(batch)));
    }
    (tip, rows)
}

/// Bytes before each entry.
const LENGTH: usize = 2;

/// The entries of each batch, one after another.
fn pack(entries: impl Iterator<Item = Entry>) -> Vec<Vec<u8>> {
    let (mut full, mut packed) = (Vec::new(), Vec::new());
    for entry in entries {
        if packed.len() >= FULL {
            full.push(std::mem::take(&mut packed));
        }
        let start = packed.len();
        packed.extend_from_slice(&[0; LENGTH]);
        let mut writer = Writer::record_after(packed);
        entry.write(&mut writer);
        packed = writer.finish();
        let length = (packed.len() - start - LENGTH) as u16;
        packed[start..start + LENGTH].copy_from_slice(&length.to_be_bytes());
    }
    if !packed.is_empty() {
        full.push(packed);
    }
    full
}

/// The first entry, and what follows it.
fn split(packed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = packed.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
