//! Secrecy at rest: personal rows are sealed, look-ups go through keyed hashes.
//!
//! Whoever steals the data directory alone learns how many seats were sold and nothing about anybody. The key file
//! ([`key_file`]) is kept elsewhere.
//!
//! - A sealed value is the number of its data key (2 bytes), a random nonce (24 bytes) and the XChaCha20-Poly1305
//!   ciphertext with its tag. The row's key is the associated data, so that a value moved to another row does not open.
//! - Hashes ([`hashes`]) are HMAC-SHA256 under a key of their own, so that numbers cannot be found by trying them all.
//! - What certificates say of a person lies under a key of theirs ([`PersonKey`]), which is itself such a row.
//! - No key of the file is used itself: each use has a subkey, derived by HKDF-SHA256.

mod cipher;
mod hashes;
mod key_file;
mod person_key;

pub use hashes::{AccountId, CommandHash, Hasher, IdHash, IdNumber, ShareHash};
pub use key_file::KeyFileError;
pub use person_key::{PersonKey, Salt, Slot};

use cipher::Cipher;
use hkdf::Hkdf;
use rand::Rng;
use sha2::Sha256;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const KEY_NUMBER_BYTES: usize = 2;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// How many bytes a sealed value is longer than what is in it.
pub const SEAL_BYTES: usize = KEY_NUMBER_BYTES + NONCE_BYTES + TAG_BYTES;

/// A secret of 32 bytes that is wiped when it is dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// A sealed value that does not open: made with other keys, for another row, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value does not open with these keys")]
pub struct Sealed;

/// The keys, ready for use.
pub struct Vault {
    /// Ciphers by the number of their data key.
    ciphers: BTreeMap<u16, Cipher>,
    /// The number of the newest data key, which seals.
    newest: u16,
    hasher: Hasher,
    root: Secret,
}

impl Vault {
    /// Reads a key file.
    ///
    /// # Errors
    /// If it is not one that [`generate`](Self::generate) wrote, with data keys added at most.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let keys = key_file::parse(text)?;
        let newest = *keys.data.keys().next_back().ok_or(KeyFileError::NoDataKey)?;
        let rows = |secret| Cipher::new(subkey(secret, b"rows"));
        let ciphers = keys.data.iter().map(|(number, secret)| (*number, rows(secret))).collect();
        let hasher = Hasher::new(&subkey(&keys.hash, b"look-up hashes"));
        Ok(Self { ciphers, newest, hasher, root: subkey(&keys.hash, b"derived keys") })
    }

    /// Text of a new key file, with keys from `random`.
    pub fn generate(random: &mut impl Rng) -> Zeroizing<String> {
        key_file::generate(random)
    }

    /// A key for a purpose outside the ledger, such as signing tokens; the same for the same label and key file.
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        subkey(&self.root, label.as_bytes())
    }

    /// The keyed hashes by which people are looked up.
    pub fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Seals `value` for the row `key`.
    pub fn seal(&self, key: &[u8], value: &[u8], random: &mut impl Rng) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(value.len() + SEAL_BYTES);
        sealed.extend_from_slice(&self.newest.to_be_bytes());
        sealed.resize(KEY_NUMBER_BYTES + NONCE_BYTES, 0);
        random.fill_bytes(&mut sealed[KEY_NUMBER_BYTES..]);
        let nonce = nonce(&sealed);
        sealed.extend_from_slice(value);
        let text = &mut sealed[KEY_NUMBER_BYTES + NONCE_BYTES..];
        let tag = self.ciphers[&self.newest].seal(&nonce, key, text);
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what [`seal`](Self::seal) sealed for the same row, whichever data key was the newest then.
    ///
    /// # Errors
    /// [`Sealed`] if it does not open.
    pub fn open(&self, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        if sealed.len() < SEAL_BYTES {
            return Err(Sealed);
        }
        let number = u16::from_be_bytes([sealed[0], sealed[1]]);
        let cipher = self.ciphers.get(&number).ok_or(Sealed)?;
        let mut value = sealed[KEY_NUMBER_BYTES + NONCE_BYTES..].to_vec();
        cipher.open(&nonce(sealed), key, &mut value)?;
        Ok(value)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("newest", &self.newest).finish_non_exhaustive()
    }
}

/// The nonce of a sealed value of sufficient length.
fn nonce(sealed: &[u8]) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&sealed[KEY_NUMBER_BYTES..KEY_NUMBER_BYTES + NONCE_BYTES]);
    nonce
}

fn subkey(secret: &Secret, purpose: &[u8]) -> Secret {
    let mut key = Secret::default();
    Hkdf::<Sha256>::new(Some(b"opencowin"), &**secret)
        .expand(purpose, &mut *key)
        .expect("invariant: 32 bytes are within what HKDF-SHA256 gives");
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn vault(seed: u64) -> Vault {
        Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(seed))).unwrap()
    }

    #[test]
    fn a_value_opens_only_in_its_own_row_with_its_own_keys() {
        let (vault, other) = (vault(1), super::tests::vault(2));
        let sealed = vault.seal(b"row", b"value", &mut StdRng::seed_from_u64(3));
        assert_eq!(sealed.len(), 5 + SEAL_BYTES);
        assert_eq!(vault.open(b"row", &sealed), Ok(b"value".to_vec()));
        assert_eq!(vault.open(b"another row", &sealed), Err(Sealed));
        assert_eq!(other.open(b"row", &sealed), Err(Sealed));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(vault.open(b"row", &damaged), Err(Sealed), "byte {at}");
            assert_eq!(vault.open(b"row", &sealed[..at]), Err(Sealed), "cut at {at}");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let mut random = StdRng::seed_from_u64(3);
        let vault = vault(1);
        assert_ne!(vault.seal(b"row", b"v", &mut random), vault.seal(b"row", b"v", &mut random));
    }

    #[test]
    fn after_a_rotation_old_values_open_and_new_ones_use_the_new_key() {
        let text = Vault::generate(&mut StdRng::seed_from_u64(1));
        let old = Vault::parse(&text).unwrap();
        let added = format!("{}\n[[data_key]]\nid = 2\nkey = \"{}\"\n", *text, "5a".repeat(32));
        let new = Vault::parse(&added).unwrap();
        let mut random = StdRng::seed_from_u64(3);
        let before = old.seal(b"row", b"before", &mut random);
        let after = new.seal(b"row", b"after", &mut random);
        assert_eq!(new.open(b"row", &before), Ok(b"before".to_vec()));
        assert_eq!(new.open(b"row", &after), Ok(b"after".to_vec()));
        assert_eq!(old.open(b"row", &after), Err(Sealed));
    }

    #[test]
    fn derived_keys_differ_by_label_and_by_key_file() {
        assert_eq!(vault(1).derive("tokens"), vault(1).derive("tokens"));
        assert_ne!(vault(1).derive("tokens"), vault(1).derive("links"));
        assert_ne!(vault(1).derive("tokens"), vault(2).derive("tokens"));
    }
}
