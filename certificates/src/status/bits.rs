//! The bits of a status list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use std::io::Read;

/// How many bits a list has: eight times as many as the standard's least, so that a nation's certificates fit into some
/// thousand lists and one of them still says nothing about anybody.
pub const ENTRIES: u32 = 1 << 20;

const BYTES: usize = ENTRIES as usize / 8;

/// The bits of a list; those of certificates that were revoked are set.
#[derive(Clone, PartialEq, Eq)]
pub struct Bits(Box<[u8]>);

impl Bits {
    /// A list of certificates that all hold.
    pub fn new() -> Self {
        Self(vec![0; BYTES].into())
    }

    /// From the bytes of a whole list, the first bit left-most; `None` if they are not so many.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == BYTES).then(|| Self(bytes.into()))
    }

    /// Whether a bit is set; `None` if the list has no such bit.
    pub fn is_set(&self, index: u32) -> Option<bool> {
        let byte = self.0.get(index as usize / 8)?;
        Some(byte & mask(index) != 0)
    }

    /// Sets a bit. Nothing happens if the list has no such bit.
    pub fn set(&mut self, index: u32) {
        if let Some(byte) = self.0.get_mut(index as usize / 8) {
            *byte |= mask(index);
        }
    }

    /// How many are set.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    /// Compressed, in base64url behind a `u`.
    pub(super) fn encode(&self) -> String {
        let mut compressed = Vec::new();
        GzEncoder::new(&*self.0, Compression::default())
            .read_to_end(&mut compressed)
            .expect("invariant: bytes in memory are read to their end");
        let mut text = "u".to_owned();
        URL_SAFE_NO_PAD.encode_string(&compressed, &mut text);
        text
    }

    /// Reads that; `None` if it is not of exactly a list's length.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let compressed = URL_SAFE_NO_PAD.decode(text.strip_prefix('u')?).ok()?;
        let mut bits = Vec::with_capacity(BYTES + 1);
        let more = BYTES as u64 + 1;
        GzDecoder::new(&*compressed).take(more).read_to_end(&mut bits).ok()?;
        (bits.len() == BYTES).then(|| Self(bits.into()))
    }
}

impl Default for Bits {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bits({} set)", self.count())
    }
}

/// The first bit is the left-most (source: Bitstring Status List 1.0, 3.2).
fn mask(index: u32) -> u8 {
    0x80 >> (index % 8)
}
