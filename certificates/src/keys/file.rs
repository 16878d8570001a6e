//! The key ring at rest: one JSON file, of no use to whoever finds it.
//!
//! The keys are sealed with XChaCha20-Poly1305 under a data key that is new with each writing. The data key is **wrapped**:
//! under a passphrase, from which Argon2id makes the wrapping key, or by a key management service, which never sees the
//! ring. `age` has files of this kind; its library would bring 60 crates more for a format that only our program reads, where
//! two of RustCrypto's do.

use super::ring::{KeyRing, Life, Purpose, SigningKey};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What the file says it is; sealed bytes are bound to it.
const FORMAT: &str = "opencowin-keys-1";

/// A key that seals a file.
pub type DataKey = Zeroizing<[u8; 32]>;

/// Keeps data keys: a passphrase, or a key management service.
pub trait Wrap {
    /// Wraps a data key, with random bits if it takes any. What is returned is kept in the file as it is and given to
    /// [`unwrap`](Self::unwrap).
    ///
    /// # Errors
    /// [`KeyFileError::Wrap`] if the service does not answer so.
    fn wrap(&self, key: &DataKey, random: &mut dyn Rng) -> Result<Vec<u8>, KeyFileError>;

    /// Unwraps a data key.
    ///
    /// # Errors
    /// [`KeyFileError::Wrap`] if it is not one that was wrapped so, or the service does not answer.
    fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyFileError>;
}

/// Why a key file is not opened or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// It is not a key file of this version, or a part of it was cut off.
    #[error("it is not a key file")]
    Malformed,
    /// The data key is not unwrapped: another passphrase, or what the service says.
    #[error("the keys are not unlocked: {0}")]
    Wrap(String),
    /// The file was changed after it was written.
    #[error("the key file was changed")]
    Changed,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    /// The wrapped data key, in base64url.
    wrapped: String,
    /// Nonce and ciphertext, in base64url.
    sealed: String,
}

/// A key within what is sealed.
#[derive(Serialize, Deserialize)]
struct Entry {
    purpose: Purpose,
    /// In base64url.
    secret: Zeroizing<String>,
    life: Life,
}

impl KeyRing {
    /// The text of the file.
    ///
    /// # Errors
    /// [`KeyFileError::Wrap`] if the data key cannot be wrapped.
    pub fn seal(&self, wrap: &impl Wrap, random: &mut impl Rng) -> Result<String, KeyFileError> {
        let mut key = DataKey::default();
        random.fill_bytes(&mut *key);
        let sealed = seal(&key, FORMAT.as_bytes(), &self.entries(), random);
        let file = File {
            format: FORMAT.to_owned(),
            wrapped: URL_SAFE_NO_PAD.encode(wrap.wrap(&key, random)?),
            sealed: URL_SAFE_NO_PAD.encode(sealed),
        };
        let mut text = serde_json::to_string_pretty(&file).expect("invariant: it is plain data");
        text.push('\n');
        Ok(text)
    }

    /// Opens the text of a file.
    ///
    /// # Errors
    /// [`KeyFileError`] by what is wrong.
    pub fn open(text: &str, wrap: &impl Wrap) -> Result<Self, KeyFileError> {
        let file: File = serde_json::from_str(text).map_err(|_| KeyFileError::Malformed)?;
        if file.format != FORMAT {
            return Err(KeyFileError::Malformed);
        }
        let decode = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFileError::Malformed);
        let key = wrap.unwrap(&decode(&file.wrapped)?)?;
        let plain = open(&key, FORMAT.as_bytes(), &decode(&file.sealed)?);
        let entries = plain.ok_or(KeyFileError::Changed)?;
        let entries: Vec<Entry> =
            serde_json::from_slice(&entries).map_err(|_| KeyFileError::Malformed)?;
        let keys: Option<_> = entries.iter().map(Entry::key).collect();
        keys.map(Self::of).ok_or(KeyFileError::Malformed)
    }

    fn entries(&self) -> Zeroizing<Vec<u8>> {
        let entries: Vec<_> = self.keys().iter().map(Entry::of).collect();
        Zeroizing::new(serde_json::to_vec(&entries).expect("invariant: they are plain data"))
    }
}

impl Entry {
    fn of(key: &SigningKey) -> Self {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(key.secret()));
        Self { purpose: key.purpose(), secret, life: key.life() }
    }

    fn key(&self) -> Option<SigningKey> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(self.secret.as_bytes()).ok()?);
        let mut secret = Zeroizing::new([0; 32]);
        if bytes.len() != secret.len() {
            return None;
        }
        secret.copy_from_slice(&bytes);
        Some(SigningKey::new(secret, self.purpose, self.life))
    }
}

/// A secret key that wraps data keys, of whoever has one already.
pub struct WrappingKey(DataKey);

impl WrappingKey {
    /// With 32 random bytes that nothing else is sealed under.
    pub fn new(key: DataKey) -> Self {
        Self(key)
    }
}

/// What is bound to a data key that is wrapped so.
const WRAPPED: &[u8] = b"opencowin-wrapped-1";

impl Wrap for WrappingKey {
    fn wrap(&self, key: &DataKey, mut random: &mut dyn Rng) -> Result<Vec<u8>, KeyFileError> {
        Ok(seal(&self.0, WRAPPED, &**key, &mut random))
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyFileError> {
        let plain = open(&self.0, WRAPPED, wrapped);
        let plain = plain.ok_or_else(|| KeyFileError::Wrap("the key is another".to_owned()))?;
        data_key(&plain)
    }
}

/// The data key that was unwrapped.
fn data_key(plain: &[u8]) -> Result<DataKey, KeyFileError> {
    let mut key = DataKey::default();
    if plain.len() != key.len() {
        return Err(KeyFileError::Malformed);
    }
    key.copy_from_slice(plain);
    Ok(key)
}

/// A passphrase that wraps data keys.
pub struct Passphrase {
    text: Zeroizing<String>,
    cost: Params,
}

const SALT_BYTES: usize = 16;

/// What stands before the sealed key: memory (KiB), rounds and lanes, each in four bytes, then the salt.
const HEAD_BYTES: usize = 12 + SALT_BYTES;

/// The most memory that a file may ask for, in KiB, so that a forged one exhausts nobody.
const MOST_KIB: u32 = 1024 * 1024;

/// The most rounds and lanes that a file may ask for.
const MOST_ROUNDS: u32 = 64;

impl Passphrase {
    /// With the cost that RFC 9106 recommends where memory is short: 64 MiB, three rounds, four lanes.
    pub fn new(text: String) -> Self {
        let cost = Params::new(64 * 1024, 3, 4, None).expect("invariant: RFC 9106's parameters");
        Self { text: Zeroizing::new(text), cost }
    }

    fn key(&self, salt: &[u8], cost: Params) -> Option<DataKey> {
        let mut key = DataKey::default();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        argon2.hash_password_into(self.text.as_bytes(), salt, &mut *key).ok()?;
        Some(key)
    }
}

impl Wrap for Passphrase {
    fn wrap(&self, key: &DataKey, random: &mut dyn Rng) -> Result<Vec<u8>, KeyFileError> {
        let mut wrapped = Vec::with_capacity(HEAD_BYTES + 48);
        for number in [self.cost.m_cost(), self.cost.t_cost(), self.cost.p_cost()] {
            wrapped.extend_from_slice(&number.to_be_bytes());
        }
        let mut salt = [0; SALT_BYTES];
        random.fill_bytes(&mut salt);
        wrapped.extend_from_slice(&salt);
        let wrapping = self.key(&salt, self.cost.clone());
        let wrapping =
            wrapping.ok_or_else(|| KeyFileError::Wrap("not enough memory".to_owned()))?;
        // The wrapping key is used once, since its salt is new: any nonce will do.
        let sealed = cipher(&wrapping).encrypt(&XNonce::default(), payload(&wrapped, &**key));
        wrapped.extend(sealed.expect("invariant: 32 bytes are short"));
        Ok(wrapped)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyFileError> {
        let (head, sealed) = wrapped.split_at_checked(HEAD_BYTES).ok_or(KeyFileError::Malformed)?;
        let (cost, salt) = read_head(head).ok_or(KeyFileError::Malformed)?;
        let wrong = || KeyFileError::Wrap("the passphrase is another".to_owned());
        let wrapping = self.key(salt, cost).ok_or_else(wrong)?;
        let plain = cipher(&wrapping).decrypt(&XNonce::default(), payload(head, sealed));
        data_key(&Zeroizing::new(plain.map_err(|_| wrong())?))
    }
}

fn read_head(head: &[u8]) -> Option<(Params, &[u8])> {
    let number = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let (memory, rounds, lanes) = (number(0)?, number(4)?, number(8)?);
    if memory > MOST_KIB || rounds > MOST_ROUNDS || lanes > MOST_ROUNDS {
        return None;
    }
    Some((Params::new(memory, rounds, lanes, None).ok()?, head.get(12..)?))
}

/// A random nonce, then the ciphertext.
fn seal(key: &DataKey, label: &[u8], plain: &[u8], random: &mut impl Rng) -> Vec<u8> {
    let mut nonce = XNonce::default();
    random.fill_bytes(&mut nonce);
    let mut sealed = nonce.to_vec();
    let text = cipher(key).encrypt(&nonce, payload(label, plain));
    sealed.extend(text.expect("invariant: a ring is far below 256 GB"));
    sealed
}

fn open(key: &DataKey, label: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_at_checked(XNonce::default().len())?;
    let mut from = XNonce::default();
    from.copy_from_slice(nonce);
    cipher(key).decrypt(&from, payload(label, text)).ok().map(Zeroizing::new)
}

fn cipher(key: &DataKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(**key).into())
}

fn payload<'a>(aad: &'a [u8], msg: &'a [u8]) -> Payload<'a, 'a> {
    Payload { msg, aad }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Moment;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn now() -> Moment {
        Moment::from_seconds(1_619_605_800).unwrap()
    }

    fn cheap(text: &str) -> Passphrase {
        let cost = Params::new(64, 1, 1, None).unwrap();
        Passphrase { text: Zeroizing::new(text.to_owned()), cost }
    }

    fn lives(ring: &KeyRing) -> Vec<(String, Purpose, Life)> {
        ring.keys().iter().map(|key| (key.public().id(), key.purpose(), key.life())).collect()
    }

    #[test]
    fn a_ring_comes_back_with_its_passphrase_alone() {
        let mut random = StdRng::seed_from_u64(1);
        let mut ring = KeyRing::generate(now(), &mut random);
        ring.rotate(Purpose::Kyc, now(), 3600, &mut random).unwrap();
        ring.revoke(&ring.keys()[0].public().id(), now(), &mut random).unwrap();
        let text = ring.seal(&cheap("correct horse"), &mut random).unwrap();
        let back = KeyRing::open(&text, &cheap("correct horse")).unwrap();
        assert_eq!(lives(&back), lives(&ring));
        let other = KeyRing::open(&text, &cheap("correct horse ")).err();
        assert!(matches!(other, Some(KeyFileError::Wrap(_))));
        let secret = URL_SAFE_NO_PAD.encode(ring.keys()[0].secret());
        assert!(!text.contains(&secret));
    }

    #[test]
    fn the_same_ring_is_written_with_another_key_each_time() {
        let mut random = StdRng::seed_from_u64(1);
        let ring = KeyRing::generate(now(), &mut random);
        let passphrase = cheap("p");
        let once = ring.seal(&passphrase, &mut random).unwrap();
        assert_ne!(once, ring.seal(&passphrase, &mut random).unwrap());
    }

    #[test]
    fn a_forged_cost_is_refused_before_it_is_paid() {
        let mut random = StdRng::seed_from_u64(1);
        let passphrase = cheap("p");
        let mut wrapped = passphrase.wrap(&DataKey::default(), &mut random).unwrap();
        wrapped[0] = 0xff;
        assert_eq!(passphrase.unwrap(&wrapped).err(), Some(KeyFileError::Malformed));
    }

    /// Hands data keys to somebody else, as a command that asks a service does.
    struct Elsewhere;

    impl Wrap for Elsewhere {
        fn wrap(&self, key: &DataKey, _: &mut dyn Rng) -> Result<Vec<u8>, KeyFileError> {
            Ok(key.iter().map(|byte| byte ^ 0x55).collect())
        }

        fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, KeyFileError> {
            let mut key = DataKey::default();
            key.iter_mut().zip(wrapped).for_each(|(to, from)| *to = from ^ 0x55);
            Ok(key)
        }
    }

    #[test]
    fn who_has_a_key_already_needs_no_passphrase() {
        let mut random = StdRng::seed_from_u64(1);
        let ring = KeyRing::generate(now(), &mut random);
        let key = |byte| WrappingKey::new(DataKey::new([byte; 32]));
        let text = ring.seal(&key(1), &mut random).unwrap();
        assert_eq!(lives(&KeyRing::open(&text, &key(1)).unwrap()), lives(&ring));
        assert!(matches!(KeyRing::open(&text, &key(2)), Err(KeyFileError::Wrap(_))));
    }

    #[test]
    fn a_service_can_keep_the_data_key() {
        let mut random = StdRng::seed_from_u64(1);
        let ring = KeyRing::generate(now(), &mut random);
        let text = ring.seal(&Elsewhere, &mut random).unwrap();
        assert_eq!(lives(&KeyRing::open(&text, &Elsewhere).unwrap()), lives(&ring));
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in any::<usize>(), by in 33u8..127) {
            let mut random = StdRng::seed_from_u64(1);
            let ring = KeyRing::generate(now(), &mut random);
            let mut text = ring.seal(&Elsewhere, &mut random).unwrap().into_bytes();
            let at = at % text.len();
            prop_assume!(text[at] != by && !text[at].is_ascii_whitespace());
            text[at] = by;
            prop_assert!(KeyRing::open(std::str::from_utf8(&text).unwrap(), &Elsewhere).is_err());
        }
    }
}
