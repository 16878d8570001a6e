//! Ed25519 signatures (RFC 8032), one at a time or many that share their costliest step.
//!
//! A signature's point has to be divided by its last coordinate before it is written, and a division in the field costs a
//! fifth of the signature. Divisions of many can be done as one (Montgomery's trick), and that is all that
//! [`Signer::sign_all`] does otherwise: the bytes are those of [`Signer::sign`], which tests compare.
//!
//! Two mistakes would give the secret away: a nonce that is used for two messages, and a challenge made with a foreign
//! public key. The nonce is the standard's hash of a secret and the message, and the public key is derived here from the
//! secret and never taken from outside.

use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::hazmat::ExpandedSecretKey;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

/// How many signatures share a division: with more there is little left to gain.
pub const BATCH: usize = 16;

/// A secret key, ready to sign. It is used by any number of threads at once, and wiped when it is dropped.
pub struct Signer {
    key: SigningKey,
    expanded: ExpandedSecretKey,
}

impl Signer {
    /// From the 32 bytes of a secret key.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(secret), expanded: ExpandedSecretKey::from(secret) }
    }

    /// The key that verifies what it signs.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// The signatures of messages, in their order.
    pub fn sign_all<M: AsRef<[u8]>>(&self, messages: &[M]) -> Vec<[u8; 64]> {
        let mut signatures = Vec::with_capacity(messages.len());
        for batch in messages.chunks(BATCH) {
            self.sign_batch(batch, &mut signatures);
        }
        signatures
    }

    /// RFC 8032, 5.1.6, with step 2's encodings made together.
    fn sign_batch<M: AsRef<[u8]>>(&self, messages: &[M], to: &mut Vec<[u8; 64]>) {
        let nonces: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(messages.iter().map(|message| self.nonce(message.as_ref())).collect());
        let points: Vec<EdwardsPoint> = nonces.iter().map(EdwardsPoint::mul_base).collect();
        let points = EdwardsPoint::compress_batch_alloc(&points);
        for ((message, nonce), point) in messages.iter().zip(nonces.iter()).zip(points) {
            let answer = self.challenge(point.as_bytes(), message.as_ref()) * self.expanded.scalar;
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(point.as_bytes());
            signature[32..].copy_from_slice((answer + nonce).as_bytes());
            to.push(signature);
        }
    }

    fn nonce(&self, message: &[u8]) -> Scalar {
        let hash = Sha512::new().chain_update(self.expanded.hash_prefix).chain_update(message);
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    }

    fn challenge(&self, point: &[u8; 32], message: &[u8]) -> Scalar {
        let public = self.key.as_ref().as_bytes();
        let hash = Sha512::new().chain_update(point).chain_update(public).chain_update(message);
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    }
}

/// Shows the public half alone.
impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.verifying_key()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hex_byte(digits: &[u8]) -> u8 {
        u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap()
    }

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|at| hex_byte(&hex.as_bytes()[2 * at..2 * at + 2]))
    }

    /// RFC 8032, 7.1, tests 1 to 3: secret, public, message, signature.
    const VECTORS: [[&str; 4]; 3] = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
    ];

    #[test]
    fn signatures_are_those_of_the_standard() {
        for [secret, public, message, signature] in VECTORS {
            let signer = Signer::new(&bytes(secret));
            let message: Vec<u8> = message.as_bytes().chunks(2).map(hex_byte).collect();
            assert_eq!(signer.verifying_key().to_bytes(), bytes(public));
            assert_eq!(signer.sign(&message), bytes::<64>(signature));
            assert_eq!(signer.sign_all(&vec![message; 17]), [bytes::<64>(signature); 17]);
        }
    }

    #[test]
    fn a_secret_is_not_logged() {
        assert!(!format!("{:?}", Signer::new(&[7; 32])).contains("7, 7, 7"));
    }

    proptest! {
        #[test]
        fn signatures_of_many_are_those_of_each(
            secret in any::<[u8; 32]>(),
            messages in proptest::collection::vec(any::<Vec<u8>>(), 0..40),
        ) {
            let signer = Signer::new(&secret);
            let each: Vec<_> = messages.iter().map(|message| signer.sign(message)).collect();
            prop_assert_eq!(signer.sign_all(&messages), each);
        }
    }
}
