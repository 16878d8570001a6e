//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): a key and the first part of a nonce give, by HChaCha20, a key for
//! ChaCha20-Poly1305 with the rest.
//!
//! Rows are short and there are many, so what counts is the time for one. The second step is `ring`'s, which takes a third of
//! what the pure Rust one takes for a row, and for a certificate.

use super::{NONCE_BYTES, Sealed, Secret, TAG_BYTES};
use chacha20::{R20, hchacha};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// How much of a nonce goes into the key.
const SALT_BYTES: usize = 16;

/// A key, ready for use.
pub(super) struct Cipher(Secret);

impl Cipher {
    pub(super) fn new(key: Secret) -> Self {
        Self(key)
    }

    /// Encrypts a text where it stands, and gives its tag.
    pub(super) fn seal(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        text: &mut [u8],
    ) -> [u8; TAG_BYTES] {
        let (key, nonce) = self.once(nonce);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), text);
        let tag = tag.expect("invariant: a value is far below 256 GB");
        let mut bytes = [0; TAG_BYTES];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// Decrypts a text with its tag, which is cut off.
    ///
    /// # Errors
    /// [`Sealed`] if that is not the tag that sealing gave.
    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &mut Vec<u8>,
    ) -> Result<(), Sealed> {
        let (key, nonce) = self.once(nonce);
        let length = key.open_in_place(nonce, Aad::from(aad), sealed).map_err(|_| Sealed)?.len();
        sealed.truncate(length);
        Ok(())
    }

    /// The key and nonce of the second step.
    fn once(&self, nonce: &[u8; NONCE_BYTES]) -> (LessSafeKey, Nonce) {
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&nonce[..SALT_BYTES]);
        let key = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>(&(*self.0).into(), &salt.into())));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*key)
            .expect("invariant: keys of ChaCha20 have 32 bytes");
        let mut rest = [0; 12];
        rest[4..].copy_from_slice(&nonce[SALT_BYTES..]);
        (LessSafeKey::new(key), Nonce::assume_unique_for_key(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chacha20poly1305::XChaCha20Poly1305;
    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cipher_is_the_one_that_others_know(
            key: [u8; 32], nonce: [u8; NONCE_BYTES], aad: Vec<u8>, text in prop::collection::vec(any::<u8>(), 0..2000)
        ) {
            let others = XChaCha20Poly1305::new(&key.into());
            let expected = others.encrypt(&nonce.into(), Payload { msg: &text, aad: &aad }).unwrap();
            let cipher = Cipher::new(Zeroizing::new(key));
            let mut sealed = text.clone();
            let tag = cipher.seal(&nonce, &aad, &mut sealed);
            sealed.extend_from_slice(&tag);
            prop_assert_eq!(&sealed, &expected);
            cipher.open(&nonce, &aad, &mut sealed).unwrap();
            prop_assert_eq!(sealed, text);
        }
    }
}
