//! The bytes of a log segment. All integers are little-endian.
//!
//! A segment is a file of a fixed size, filled before its first use, so that a sync need not change its length:
//!
//! ```text
//! offset  bytes
//!      0      8  "OCWLOG01"
//!      8      8  salt: random, new for every use of the file
//!     16      8  sequence number of the segment, as in its name
//!     24      8  base: every frame of this use has a later version
//!     32      4  CRC-32 of bytes 0..32
//!     36      4  zero
//!     40      …  frames, one after the other
//!      …      …  anything that is not a frame of this salt: zeros, or frames of an earlier use
//! ```
//!
//! A frame is one commit:
//!
//! ```text
//! offset  bytes
//!      0      4  length n of the payload
//!      4      4  CRC-32 of salt, bytes 0..4, bytes 8..24 and the payload
//!      8      8  version of the commit
//!     16      8  durable: every version up to this one was on disk, in some log, when this frame was written
//!     24      n  payload (see `codec`)
//!   24+n    0–7  zeros, up to a multiple of eight
//! ```
//!
//! A reader takes frames from the start until one does not check. Then it looks for more at every eighth byte:
//! what was written with one sync may reach the disk in any order, so a torn frame can be followed by a whole one.
//! `durable` tells whether that is all there is to it. A missing version above it was never acknowledged; one at or below
//! it was, and so its bytes were damaged later.

use super::codec;
use crate::store::{Mutation, Version};
use std::ops::Range;

/// Where the first frame begins.
pub(super) const SEGMENT_HEADER: usize = 40;
const FRAME_HEADER: usize = 24;
const ALIGNMENT: usize = 8;
const MAGIC: &[u8; 8] = b"OCWLOG01";
/// How far apart the versions of neighbouring frames can be at most. Bytes that are no frame hardly ever pass for two
/// versions that close, so that a search does not compute a checksum at every step.
const VERSION_STEP: u64 = 1 << 32;

/// The head of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    /// Mixed into every checksum, so that frames of an earlier use of the file do not check.
    pub(super) salt: u64,
    /// The place of the segment among all of its directory.
    pub(super) sequence: u64,
    /// Every frame has a later version than this.
    pub(super) base: Version,
}

impl SegmentHeader {
    pub(super) fn encode(self) -> [u8; SEGMENT_HEADER] {
        let mut bytes = [0; SEGMENT_HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.salt.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.base.0.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..32]);
        bytes[32..36].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The header at the start of `bytes`, if it checks.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..SEGMENT_HEADER)?;
        let checks = crc32fast::hash(&header[..32]) == u32_at(header, 32);
        let whole = checks && &header[..8] == MAGIC && header[36..] == [0; 4];
        let (salt, sequence) = (u64_at(header, 8), u64_at(header, 16));
        whole.then(|| Self { salt, sequence, base: Version(u64_at(header, 24)) })
    }
}

/// A frame found in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) version: Version,
    pub(super) durable: Version,
    /// Where its payload lies in the segment.
    pub(super) payload: Range<usize>,
}

/// Appends the frame of a commit to `out`, whose length must be a multiple of eight.
pub(super) fn encode(
    salt: u64,
    version: Version,
    durable: Version,
    mutations: &[Mutation],
    out: &mut Vec<u8>,
) {
    let start = out.len();
    out.extend_from_slice(&[0; FRAME_HEADER]);
    codec::encode(mutations, out);
    let length = (out.len() - start - FRAME_HEADER) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    out[start + 8..start + 16].copy_from_slice(&version.0.to_le_bytes());
    out[start + 16..start + 24].copy_from_slice(&durable.0.to_le_bytes());
    let checksum = checksum(salt, &out[start..]);
    out[start + 4..start + 8].copy_from_slice(&checksum.to_le_bytes());
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
}

/// Every frame of the segment `bytes` that starts with `header`, in order, also those behind a gap.
pub(super) fn scan(bytes: &[u8], header: SegmentHeader) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut offset = SEGMENT_HEADER;
    while offset + FRAME_HEADER <= bytes.len() {
        let last = frames.last().map_or(header.base, |frame| frame.version);
        match frame_at(bytes, offset, header.salt, last) {
            Some(frame) => {
                offset = frame.payload.end.next_multiple_of(ALIGNMENT);
                frames.push(frame);
            }
            None => offset += ALIGNMENT,
        }
    }
    frames
}

/// The frame at `offset`, if there is one that checks and comes after version `last`.
fn frame_at(bytes: &[u8], offset: usize, salt: u64, last: Version) -> Option<Frame> {
    let header = bytes.get(offset..offset + FRAME_HEADER)?;
    let (version, durable) = (Version(u64_at(header, 8)), Version(u64_at(header, 16)));
    let follows = version > last && version.0 - last.0 <= VERSION_STEP;
    if !follows || durable >= version || version.0 - durable.0 > VERSION_STEP {
        return None;
    }
    let start = offset + FRAME_HEADER;
    let end = start.checked_add(u32_at(header, 0) as usize)?;
    let whole = bytes.get(offset..end)?;
    let checks = checksum(salt, whole) == u32_at(header, 4);
    checks.then_some(Frame { version, durable, payload: start..end })
}

/// The checksum of a frame without its padding.
fn checksum(salt: u64, frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&salt.to_le_bytes());
    hasher.update(&frame[..4]);
    hasher.update(&frame[8..]);
    hasher.finalize()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes[at..at + 4].try_into().expect("invariant: four bytes were sliced");
    u32::from_le_bytes(bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes[at..at + 8].try_into().expect("invariant: eight bytes were sliced");
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: SegmentHeader = SegmentHeader { salt: 0x5a17, sequence: 7, base: Version(10) };

    fn mutations(version: u64) -> Vec<Mutation> {
        let value = vec![version as u8; version as usize * 5];
        vec![Mutation::Set { key: b"key".to_vec(), value }]
    }

    /// A segment of three frames of versions 11 to 13, then zeros.
    fn segment() -> Vec<u8> {
        let mut bytes = HEADER.encode().to_vec();
        for version in 11..=13 {
            let durable = Version(version - 1);
            encode(HEADER.salt, Version(version), durable, &mutations(version), &mut bytes);
        }
        bytes.resize(1024, 0);
        bytes
    }

    fn versions(bytes: &[u8]) -> Vec<u64> {
        scan(bytes, HEADER).iter().map(|frame| frame.version.0).collect()
    }

    #[test]
    fn frames_are_found_with_their_payload() {
        let bytes = segment();
        let frames = scan(&bytes, HEADER);
        assert_eq!(versions(&bytes), [11, 12, 13]);
        assert_eq!(codec::decode(&bytes[frames[1].payload.clone()]), Some(mutations(12)));
        assert_eq!(frames[2].durable, Version(12));
    }

    #[test]
    fn the_header_survives_and_any_flipped_bit_of_it_shows() {
        let bytes = HEADER.encode();
        assert_eq!(SegmentHeader::decode(&bytes), Some(HEADER));
        for bit in 0..SEGMENT_HEADER * 8 {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::decode(&damaged), None);
        }
    }

    #[test]
    fn any_flipped_bit_of_a_frame_loses_that_frame_alone() {
        let bytes = segment();
        let second = scan(&bytes, HEADER)[1].payload.clone();
        for bit in (second.start - FRAME_HEADER) * 8..second.end * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(versions(&damaged), [11, 13]);
        }
    }

    #[test]
    fn any_prefix_holds_exactly_the_frames_that_end_in_it() {
        let bytes = segment();
        let ends: Vec<_> = scan(&bytes, HEADER).iter().map(|frame| frame.payload.end).collect();
        for length in 0..bytes.len() {
            let expected = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(scan(&bytes[..length], HEADER).len(), expected);
        }
    }

    #[test]
    fn frames_of_an_earlier_use_of_the_file_do_not_count() {
        let bytes = segment();
        assert!(scan(&bytes, SegmentHeader { salt: 1, ..HEADER }).is_empty());
        assert!(scan(&bytes, SegmentHeader { base: Version(13), ..HEADER }).is_empty());
    }

    #[test]
    fn a_search_through_a_whole_segment_of_other_bytes_is_quick() {
        let mut state = 1_u64;
        let mut bytes: Vec<u8> = Vec::new();
        while bytes.len() < 4 << 20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.extend_from_slice(&state.to_be_bytes());
        }
        let start = std::time::Instant::now();
        assert!(scan(&bytes, HEADER).is_empty());
        assert!(start.elapsed() < std::time::Duration::from_secs(1));
    }
}
