//! Seals: what we have handed out is known again by its HMAC-SHA256, so that nothing has to be stored.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Seals things of one kind.
#[derive(Clone)]
pub(crate) struct Sealer {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// A seal made for one `purpose` is none for another, even with the same key.
    pub(crate) fn new(key: &[u8; 32], purpose: &str) -> Self {
        let mac = Hmac::new_from_slice(key).expect("invariant: HMAC takes keys of any length");
        Self { mac: with_part(mac, purpose.as_bytes()) }
    }

    /// The seal on these parts.
    pub(crate) fn seal(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// Whether `tag`, of 16 bytes or more, begins the seal on these parts. It takes the same time for every wrong one.
    pub(crate) fn is_sealed(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        tag.len() >= 16 && self.over(parts).verify_truncated_left(tag).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        parts.iter().fold(self.mac.clone(), |mac, part| with_part(mac, part))
    }
}

/// Each part goes in behind its length, so that no two lists of parts read the same.
fn with_part(mac: Hmac<Sha256>, part: &[u8]) -> Hmac<Sha256> {
    mac.chain_update((part.len() as u64).to_le_bytes()).chain_update(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_of_its_parts_its_purpose_and_its_key() {
        let sealer = Sealer::new(&[1; 32], "a");
        let tag = sealer.seal(&[b"ab", b"c"]);
        assert!(
            sealer.is_sealed(&[b"ab", b"c"], &tag) && sealer.is_sealed(&[b"ab", b"c"], &tag[..16])
        );
        assert!(!sealer.is_sealed(&[b"a", b"bc"], &tag) && !sealer.is_sealed(&[b"abc"], &tag));
        assert!(!sealer.is_sealed(&[b"ab", b"c"], &tag[..15]), "too short to mean anything");
        assert!(!Sealer::new(&[1; 32], "b").is_sealed(&[b"ab", b"c"], &tag));
        assert!(!Sealer::new(&[2; 32], "a").is_sealed(&[b"ab", b"c"], &tag));
    }
}
