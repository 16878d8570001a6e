//! A key for each person, under which lies whatever their certificates say of them: with it gone, none of that can be read
//! any more, by anybody, whichever other keys they have.
//!
//! - A sealed value is a nonce (24 bytes) and the XChaCha20-Poly1305 ciphertext with its tag. What it is sealed for is the
//!   associated data, so that it opens nowhere else.
//! - The nonce of what a command seals is a keyed hash of the value and of what it is sealed for. A decision that is made
//!   again gives the same bytes, and two values have one nonce only if they are the same. Others have random ones.
//! - The key itself is never used: each use has a subkey, derived by HKDF-SHA256.

use super::cipher::Cipher;
use super::{NONCE_BYTES, Sealed, Secret, TAG_BYTES, subkey};
use hmac::{Hmac, Mac};
use opencowin_model::{BeneficiaryRef, CertificateId, EventId};
use rand::Rng;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The salt of the commitments of an event.
pub type Salt = Zeroizing<[u8; 16]>;

/// A person's key.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonKey(Secret);

/// What a value is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// What an event means by its commitment.
    Holder(EventId),
    /// A certificate as it was signed.
    Certificate(CertificateId),
}

impl PersonKey {
    /// The key with these bytes, which are random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new key for somebody, from random bytes that are used for nothing else.
    pub(crate) fn derive(random: &[u8; 32], person: BeneficiaryRef) -> Self {
        let purpose = [&b"person"[..], &person.get().to_be_bytes()].concat();
        Self(subkey(&Zeroizing::new(*random), &purpose))
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals a value. The same value gives the same bytes.
    pub fn seal(&self, slot: Slot, value: &[u8]) -> Vec<u8> {
        let nonce = self.nonce(&slot.name(), value);
        self.seal_with(nonce, slot, value)
    }

    /// Seals a value that nobody decides on again, under a random nonce: for a certificate's text in half the time.
    pub fn seal_once(&self, slot: Slot, value: &[u8], random: &mut impl Rng) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        random.fill_bytes(&mut nonce);
        self.seal_with(nonce, slot, value)
    }

    fn seal_with(&self, nonce: [u8; NONCE_BYTES], slot: Slot, value: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(NONCE_BYTES + value.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value);
        let text = &mut sealed[NONCE_BYTES..];
        let tag = self.cipher().seal(&nonce, &slot.name(), text);
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what was sealed for the same slot.
    ///
    /// # Errors
    /// [`Sealed`] if it does not open.
    pub fn open(&self, slot: Slot, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Sealed)?;
        let mut value = text.to_vec();
        self.cipher().open(nonce, &slot.name(), &mut value)?;
        Ok(value)
    }

    /// The salt of an event's commitments.
    pub fn salt(&self, event: EventId) -> Salt {
        let mut salt = Salt::default();
        let purpose = [&b"commitment"[..], event.0.as_bytes()].concat();
        salt.copy_from_slice(&subkey(&self.0, &purpose)[..16]);
        salt
    }

    fn cipher(&self) -> Cipher {
        Cipher::new(subkey(&self.0, b"rows"))
    }

    fn nonce(&self, place: &[u8; 17], value: &[u8]) -> [u8; NONCE_BYTES] {
        let key = subkey(&self.0, b"nonces");
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&*key)
            .expect("invariant: HMAC takes keys of any length");
        mac.update(place);
        mac.update(value);
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&mac.finalize().into_bytes()[..NONCE_BYTES]);
        nonce
    }
}

/// Hides it.
impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(****)")
    }
}

impl Slot {
    /// The kind, then the id.
    fn name(self) -> [u8; 17] {
        let (kind, id) = match self {
            Self::Holder(id) => (1, id.0),
            Self::Certificate(id) => (2, id.0),
        };
        let mut name = [kind; 17];
        name[1..].copy_from_slice(id.as_bytes());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use uuid::Uuid;

    const ID: Uuid = Uuid::from_u128(1);
    const SLOT: Slot = Slot::Holder(EventId(ID));

    #[test]
    fn what_is_sealed_once_opens_and_looks_different_each_time() {
        let (key, mut random) = (PersonKey::new([1; 32]), StdRng::seed_from_u64(1));
        let [one, other] = [(); 2].map(|()| key.seal_once(SLOT, b"Asha Rao", &mut random));
        assert_ne!(one, other);
        for sealed in [one, other] {
            assert_eq!(key.open(SLOT, &sealed), Ok(b"Asha Rao".to_vec()));
        }
    }

    #[test]
    fn a_value_opens_only_under_its_persons_key_and_where_it_was_sealed_for() {
        let (key, other) = (PersonKey::new([1; 32]), PersonKey::new([2; 32]));
        let sealed = key.seal(SLOT, b"Asha Rao");
        assert_eq!(key.open(SLOT, &sealed), Ok(b"Asha Rao".to_vec()));
        assert_eq!(other.open(SLOT, &sealed), Err(Sealed));
        for elsewhere in [Slot::Certificate(CertificateId(ID)), Slot::Holder(EventId(Uuid::nil()))]
        {
            assert_eq!(key.open(elsewhere, &sealed), Err(Sealed));
        }
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(key.open(SLOT, &damaged), Err(Sealed), "byte {at}");
            assert_eq!(key.open(SLOT, &sealed[..at]), Err(Sealed), "cut at {at}");
        }
    }

    #[test]
    fn the_same_again_is_the_same_and_no_two_values_share_a_nonce() {
        let key = PersonKey::new([1; 32]);
        let one = key.seal(SLOT, b"Asha Rao");
        assert_eq!(key.seal(SLOT, b"Asha Rao"), one);
        assert_ne!(key.seal(SLOT, b"Asha Rai")[..NONCE_BYTES], one[..NONCE_BYTES]);
        let other = Slot::Holder(EventId(Uuid::nil()));
        assert_ne!(key.seal(other, b"Asha Rao")[..NONCE_BYTES], one[..NONCE_BYTES]);
    }

    #[test]
    fn each_event_has_a_salt_of_its_own() {
        let key = PersonKey::new([1; 32]);
        let (one, other) = (EventId(Uuid::nil()), EventId(ID));
        assert_eq!(key.salt(one), key.salt(one));
        assert_ne!(key.salt(one), key.salt(other));
        assert_ne!(key.salt(one), PersonKey::new([2; 32]).salt(one));
    }
}
