//! SHA-256 digests, as clients and operators write them.

use sha2::{Digest, Sha256};

/// The digest of a secret.
pub fn digest(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Bytes as lowercase hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
    fn a_digest_is_read_in_either_case_and_nothing_else_is() {
        let text = hex(&digest(b"a"));
        assert_eq!(parse_digest(&text), Some(digest(b"a")));
        assert_eq!(parse_digest(&text.to_uppercase()), Some(digest(b"a")));
        for wrong in ["", &text[1..], &text.replace(&text[..1], "g"), &"é".repeat(32)] {
            assert_eq!(parse_digest(wrong), None, "{wrong}");
        }
    }
}
