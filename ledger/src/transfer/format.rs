//! The bytes of an export. All integers are little-endian.
//!
//! ```text
//! header
//! offset  bytes
//!      0      8  "OCWLEDGR"
//!      8      2  version of this format: 1
//!     10      4  schema of the rows
//!     14      2  environment: 1 production, 2 sandbox
//!     16     16  id of the export, random
//!     32      8  when it was begun, milliseconds since 1970
//!     40      8  version of the store when it was begun
//!     48      2  length n of the proof
//!     50      n  proof of the keys: the stored value of the ledger's key check, which no other ledger has
//!   50+n      4  CRC-32 of everything before
//! ```
//!
//! Then frames follow: chunks, and a footer as the last. Nothing comes after it.
//!
//! ```text
//! frame
//!      0      1  1 chunk, 2 footer
//!      1      4  length n of the payload
//!      5      4  CRC-32 of the export's id, the number of the frame from 0 (8 bytes), bytes 0..5 and the payload
//!      9      n  payload
//! ```
//!
//! A chunk's payload is pairs, in the order of keys across all chunks: the length of the key (2), the length of the value
//! (4), the key, the value. The key is whole, with its environment: sealed values open under it alone.
//!
//! The footer's payload is the number of chunks (8), of pairs (8) and of bytes of their keys and values (8), the number
//! of kinds (2), for each kind its number (2) and how many pairs it has (8), and SHA-256 over all pairs as they stand in the
//! chunks (32).

use super::Checksum;
use crate::keys::{Environment, Kind};
use opencowin_model::Timestamp;
use uuid::Uuid;

/// The version of the format that this program reads and writes.
pub(super) const VERSION: u16 = 1;

/// Longest payload of a frame. A chunk is closed long before.
pub(super) const LONGEST_PAYLOAD: usize = 4 << 20;

/// Bytes of a frame before its payload.
pub(super) const FRAME_HEADER: usize = 9;

const MAGIC: &[u8; 8] = b"OCWLEDGR";
const HEADER: usize = 50;
const LONGEST_PROOF: usize = 1024;
const PAIR_HEADER: usize = 6;

/// What an export says of itself before its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The layout of the rows.
    pub schema: u32,
    /// Whose rows they are.
    pub environment: Environment,
    /// Which export this is.
    pub id: Uuid,
    /// When it was begun.
    pub begun: Timestamp,
    /// The version of the store when it was begun.
    pub version: u64,
    /// The stored value of the ledger's key check, which only the right key file opens and no other ledger has.
    pub proof: Vec<u8>,
}

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoHeader {
    /// It does not begin like one.
    Foreign,
    /// It has another version.
    OtherFormat(u16),
    /// It is not whole.
    Damaged,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.schema.to_le_bytes());
        bytes.extend_from_slice(&number_of(self.environment).to_le_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.begun.0.to_le_bytes());
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&(self.proof.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&self.proof);
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The header at the start of `bytes`, which may be the whole file, and its length.
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, usize), NoHeader> {
        let mut fields = Fields(bytes);
        if fields.take::<8>() != Some(*MAGIC) {
            return Err(NoHeader::Foreign);
        }
        match fields.take().map(u16::from_le_bytes) {
            Some(VERSION) => {}
            Some(version) => return Err(NoHeader::OtherFormat(version)),
            None => return Err(NoHeader::Damaged),
        }
        let header = Self::decode_rest(fields).ok_or(NoHeader::Damaged)?;
        let length = HEADER + header.proof.len();
        let mut end = Fields(bytes.get(length..).ok_or(NoHeader::Damaged)?);
        let checks = end.take().map(u32::from_le_bytes) == Some(crc32fast::hash(&bytes[..length]));
        if checks { Ok((header, length + 4)) } else { Err(NoHeader::Damaged) }
    }

    fn decode_rest(mut fields: Fields<'_>) -> Option<Self> {
        let schema = u32::from_le_bytes(fields.take()?);
        let environment = environment(u16::from_le_bytes(fields.take()?))?;
        let id = Uuid::from_bytes(fields.take()?);
        let begun = Timestamp(i64::from_le_bytes(fields.take()?));
        let version = u64::from_le_bytes(fields.take()?);
        let proof = usize::from(u16::from_le_bytes(fields.take()?));
        let proof = fields.slice(proof)?.to_vec();
        Some(Self { schema, environment, id, begun, version, proof })
    }

    /// No header is longer.
    pub(super) const LONGEST: usize = HEADER + LONGEST_PROOF + 4;
}

/// A row as it stands in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    pub(super) kind: Kind,
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
}

impl Pair<'_> {
    /// The bytes before its key.
    pub(super) fn lengths(&self) -> [u8; PAIR_HEADER] {
        let [a, b] = (self.key.len() as u16).to_le_bytes();
        let [c, d, e, f] = (self.value.len() as u32).to_le_bytes();
        [a, b, c, d, e, f]
    }

    pub(super) fn push_to(&self, payload: &mut Vec<u8>) {
        payload.extend_from_slice(&self.lengths());
        payload.extend_from_slice(self.key);
        payload.extend_from_slice(self.value);
    }
}

/// Keys and values of a chunk's payload; `None` where it is malformed, after which nothing comes.
pub(super) fn pairs(payload: &[u8]) -> impl Iterator<Item = Option<(&[u8], &[u8])>> {
    let mut fields = Fields(payload);
    std::iter::from_fn(move || {
        if fields.0.is_empty() {
            return None;
        }
        let pair = pair(&mut fields);
        if pair.is_none() {
            fields.0 = &[];
        }
        Some(pair)
    })
}

fn pair<'a>(fields: &mut Fields<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let key = usize::from(u16::from_le_bytes(fields.take()?));
    let value = u32::from_le_bytes(fields.take()?) as usize;
    Some((fields.slice(key)?, fields.slice(value)?))
}

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Chunk = 1,
    Footer = 2,
}

/// The first bytes of a frame.
pub(super) struct FrameHeader {
    pub(super) kind: FrameKind,
    pub(super) length: usize,
    bytes: [u8; FRAME_HEADER],
}

impl FrameHeader {
    pub(super) fn decode(bytes: [u8; FRAME_HEADER]) -> Option<Self> {
        let kind = match bytes[0] {
            1 => FrameKind::Chunk,
            2 => FrameKind::Footer,
            _ => return None,
        };
        let length = u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]) as usize;
        (length <= LONGEST_PAYLOAD).then_some(Self { kind, length, bytes })
    }

    /// Whether this is the payload that was written as the export's `number`th frame.
    pub(super) fn checks(&self, id: Uuid, number: u64, payload: &[u8]) -> bool {
        let [.., a, b, c, d] = self.bytes;
        u32::from_le_bytes([a, b, c, d]) == checksum(id, number, &self.bytes[..5], payload)
    }
}

/// The bytes of a frame before its payload.
pub(super) fn frame_header(
    kind: FrameKind,
    id: Uuid,
    number: u64,
    payload: &[u8],
) -> [u8; FRAME_HEADER] {
    let mut bytes = [0; FRAME_HEADER];
    bytes[0] = kind as u8;
    bytes[1..5].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    let checksum = checksum(id, number, &bytes[..5], payload);
    bytes[5..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn checksum(id: Uuid, number: u64, start: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&number.to_le_bytes());
    hasher.update(start);
    hasher.update(payload);
    hasher.finalize()
}

/// The footer's payload. It is never decoded: a reader makes its own of what it has read, and compares.
pub(super) fn footer(chunks: u64, sum: &Checksum) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in [chunks, sum.pairs, sum.bytes] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&(sum.kinds.len() as u16).to_le_bytes());
    for (kind, count) in &sum.kinds {
        bytes.extend_from_slice(&(*kind as u16).to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
    }
    bytes.extend_from_slice(&sum.sha256);
    bytes
}

fn number_of(environment: Environment) -> u16 {
    match environment {
        Environment::Production => 1,
        Environment::Sandbox => 2,
    }
}

fn environment(number: u16) -> Option<Environment> {
    [Environment::Production, Environment::Sandbox].into_iter().find(|e| number_of(*e) == number)
}

/// Bytes that are read from the front.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            schema: 1,
            environment: Environment::Sandbox,
            id: Uuid::from_u128(7),
            begun: Timestamp(1_619_827_200_000),
            version: 12,
            proof: vec![1, 2, 3],
        }
    }

    #[test]
    fn a_header_reads_back_wherever_it_ends_and_any_flipped_bit_of_it_shows() {
        let mut bytes = header().encode();
        let length = bytes.len();
        bytes.extend_from_slice(b"rows");
        assert_eq!(Header::decode(&bytes), Ok((header(), length)));
        for bit in 0..length * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Header::decode(&damaged).is_err(), "bit {bit}");
        }
        for short in 0..length {
            assert!(Header::decode(&bytes[..short]).is_err(), "{short} bytes");
        }
    }

    #[test]
    fn pairs_read_back_and_what_is_cut_off_shows() {
        let rows: [(&[u8], &[u8]); 3] = [(b"a", b"one"), (b"b", b""), (b"c", b"three")];
        let mut payload = Vec::new();
        for (key, value) in rows {
            Pair { kind: Kind::Meta, key, value }.push_to(&mut payload);
        }
        assert_eq!(pairs(&payload).collect::<Option<Vec<_>>>(), Some(rows.to_vec()));
        let ends = [0, 10, 17];
        for short in (0..payload.len()).filter(|short| !ends.contains(short)) {
            assert_eq!(pairs(&payload[..short]).collect::<Option<Vec<_>>>(), None, "{short} bytes");
        }
    }

    #[test]
    fn a_frame_checks_in_its_own_place_alone() {
        let (id, payload) = (Uuid::from_u128(7), b"payload");
        let header = frame_header(FrameKind::Chunk, id, 3, payload);
        let decoded = FrameHeader::decode(header).unwrap();
        assert_eq!((decoded.kind, decoded.length), (FrameKind::Chunk, payload.len()));
        assert!(decoded.checks(id, 3, payload));
        assert!(!decoded.checks(id, 4, payload));
        assert!(!decoded.checks(Uuid::from_u128(8), 3, payload));
        let footer = frame_header(FrameKind::Footer, id, 3, payload);
        assert_ne!(header[5..], footer[5..], "a chunk does not pass for a footer");
    }
}
