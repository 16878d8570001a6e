//! API keys of partners, known by their SHA-256 digests only.

use dashmap::DashSet;
use sha2::{Digest, Sha256};

/// The key that a sandbox accepts unless it is configured otherwise. It is printed in the documentation and opens
/// nothing but a sandbox.
pub const SANDBOX_KEY: &str = "opencowin-sandbox-0000000000000000000000";

/// Digests of the keys in force. Keys are never kept or logged in plain text.
#[derive(Debug, Default)]
pub struct ApiKeys {
    digests: DashSet<[u8; 32]>,
}

impl ApiKeys {
    /// With the keys whose SHA-256 digests are given.
    pub fn new(digests: impl IntoIterator<Item = [u8; 32]>) -> Self {
        Self { digests: digests.into_iter().collect() }
    }

    /// Whether `key` is in force. A look-up by digest tells nothing of other keys by the time it takes.
    pub fn admits(&self, key: &[u8]) -> bool {
        self.digests.contains(&digest(key))
    }
}

/// What of a key is kept.
pub fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Reads a digest of 64 hex digits.
pub fn parse_digest(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |b: u8| char::from(b).to_digit(16);
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_keys_are_admitted() {
        let keys = ApiKeys::new([digest(SANDBOX_KEY.as_bytes())]);
        assert_eq!(SANDBOX_KEY.len(), 40);
        assert!(keys.admits(SANDBOX_KEY.as_bytes()));
        assert!(!keys.admits(&SANDBOX_KEY.as_bytes()[..39]) && !keys.admits(b""));
    }
}
