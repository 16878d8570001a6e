//! The key ring: a key for each purpose that signs, those that will, and those that did.
//!
//! Each purpose has keys of its own, so that what one door can be made to sign is never another's statement. A key is
//! **announced** before it signs, for as long as verifiers keep the published documents, so that whoever meets its first
//! signature knows it. Then it is **signing**, as the only one of its purpose, until the next one does; then it is
//! **retired**: what it signed holds. A key that others may have is **revoked**: nothing that it signed holds any longer,
//! whenever that says it was signed, and what it signed has to be issued again.

use super::PublicKey;
use crate::signer::Signer;
use crate::values::Moment;
use rand::Rng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Certificates, as JSON and in QR codes.
    Certificates,
    /// Status lists.
    Status,
    /// Answers of the vaccination status service (KYC-VS).
    Kyc,
    /// Heads of the transparency log.
    Log,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Certificates, Self::Status, Self::Kyc, Self::Log];
}

/// The moments of a key's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Life {
    /// When it was made and published.
    pub announced: Moment,
    /// From when on it signs.
    pub signs_from: Moment,
    /// Until when it signs, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<Moment>,
    /// Since when it is not to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Moment>,
}

/// How it stands with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// Published, and not in use yet.
    Announced,
    /// In use.
    Signing,
    /// No longer in use; what it signed holds.
    Retired,
    /// Not to be trusted.
    Revoked,
}

impl Life {
    /// The life of a key that signs at once.
    pub fn from_now(now: Moment) -> Self {
        Self { announced: now, signs_from: now, signs_until: None, revoked: None }
    }

    /// How it stands at a moment.
    pub fn state(&self, at: Moment) -> KeyState {
        if self.revoked.is_some_and(|revoked| revoked <= at) {
            KeyState::Revoked
        } else if self.signs_until.is_some_and(|until| until <= at) {
            KeyState::Retired
        } else if self.signs_from <= at {
            KeyState::Signing
        } else {
            KeyState::Announced
        }
    }
}

/// A key of the ring.
pub struct SigningKey {
    secret: Zeroizing<[u8; 32]>,
    signer: Signer,
    public: PublicKey,
    purpose: Purpose,
    life: Life,
}

impl SigningKey {
    pub(super) fn new(secret: Zeroizing<[u8; 32]>, purpose: Purpose, life: Life) -> Self {
        let signer = Signer::new(&secret);
        Self { public: signer.verifying_key().into(), signer, secret, purpose, life }
    }

    fn random(purpose: Purpose, life: Life, random: &mut impl Rng) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        random.fill_bytes(&mut *secret);
        Self::new(secret, purpose, life)
    }

    /// What signs with it.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// What it signs.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The moments of its life.
    pub fn life(&self) -> Life {
        self.life
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

/// Shows the public half alone.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({:?}, {:?}, {:?})", self.public, self.purpose, self.life)
    }
}

/// Why a ring is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// A key of this purpose is announced already; it takes over first.
    #[error("the next key of this purpose is announced already")]
    AnnouncedAlready,
    /// There is no such key.
    #[error("there is no key with this id")]
    NoSuchKey,
    /// It was revoked before.
    #[error("the key is revoked already")]
    RevokedAlready,
}

/// All keys of an issuer, in the order in which they were made.
#[derive(Debug)]
pub struct KeyRing {
    keys: Vec<SigningKey>,
}

impl KeyRing {
    /// A new ring: one key for each purpose, which signs at once, since nobody knows another.
    pub fn generate(now: Moment, random: &mut impl Rng) -> Self {
        let key = |purpose| SigningKey::random(purpose, Life::from_now(now), random);
        Self { keys: Purpose::ALL.map(key).into() }
    }

    pub(super) fn of(keys: Vec<SigningKey>) -> Self {
        Self { keys }
    }

    /// All its keys.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The key that signs for a purpose. There is one unless the last was revoked and none took its place.
    pub fn signing(&self, purpose: Purpose, at: Moment) -> Option<&SigningKey> {
        let signing =
            |key: &&SigningKey| key.purpose == purpose && key.life.state(at) == KeyState::Signing;
        self.keys.iter().rfind(signing)
    }

    /// Announces the next key of a purpose and returns its id. It takes over after `overlap_s` seconds: the longest for
    /// which anybody keeps a published document.
    ///
    /// # Errors
    /// [`RingError::AnnouncedAlready`].
    pub fn rotate(
        &mut self,
        purpose: Purpose,
        now: Moment,
        overlap_s: u32,
        random: &mut impl Rng,
    ) -> Result<String, RingError> {
        if self.announced(purpose, now).is_some() {
            return Err(RingError::AnnouncedAlready);
        }
        let from = now.plus_seconds(overlap_s);
        Ok(self.succeed(purpose, Life { signs_from: from, ..Life::from_now(now) }, random))
    }

    /// Revokes a key that others may have. Its place is taken at once: by the key that is announced, if there is one, else
    /// by a new one. What the revoked key signed has to be issued again.
    ///
    /// # Errors
    /// [`RingError::NoSuchKey`], [`RingError::RevokedAlready`].
    pub fn revoke(
        &mut self,
        id: &str,
        now: Moment,
        random: &mut impl Rng,
    ) -> Result<(), RingError> {
        let key = self.keys.iter_mut().find(|key| key.public.id() == id);
        let key = key.ok_or(RingError::NoSuchKey)?;
        if key.life.revoked.is_some() {
            return Err(RingError::RevokedAlready);
        }
        let (purpose, before) = (key.purpose, key.life);
        key.life.revoked = Some(now);
        match before.state(now) {
            KeyState::Announced => {
                self.succeed(purpose, Life { announced: now, ..before }, random);
            }
            KeyState::Signing => self.replace(purpose, now, random),
            KeyState::Retired | KeyState::Revoked => {}
        }
        Ok(())
    }

    /// Lets the key that is announced for a purpose sign now, or a new one if there is none.
    fn replace(&mut self, purpose: Purpose, now: Moment, random: &mut impl Rng) {
        match self.announced(purpose, now) {
            Some(next) => self.keys[next].life.signs_from = now,
            None => {
                self.succeed(purpose, Life::from_now(now), random);
            }
        }
    }

    /// Puts a new key into the ring, which ends the service of the one before.
    fn succeed(&mut self, purpose: Purpose, life: Life, random: &mut impl Rng) -> String {
        for key in self.keys.iter_mut().filter(|key| key.purpose == purpose) {
            key.life.signs_until.get_or_insert(life.signs_from);
        }
        let key = SigningKey::random(purpose, life, random);
        let id = key.public.id();
        self.keys.push(key);
        id
    }

    /// Where the key stands that is announced for a purpose.
    fn announced(&self, purpose: Purpose, now: Moment) -> Option<usize> {
        self.keys
            .iter()
            .position(|key| key.purpose == purpose && key.life.state(now) == KeyState::Announced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const DAY_S: u32 = 86_400;

    fn at(day: i64) -> Moment {
        Moment::from_seconds(1_619_605_800 + day * i64::from(DAY_S)).unwrap()
    }

    fn ring() -> (KeyRing, StdRng) {
        let mut random = StdRng::seed_from_u64(7);
        (KeyRing::generate(at(0), &mut random), random)
    }

    fn signing(ring: &KeyRing, day: i64) -> String {
        ring.signing(Purpose::Certificates, at(day)).unwrap().public().id()
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let (ring, _) = ring();
        let mut ids: Vec<_> = Purpose::ALL
            .iter()
            .map(|purpose| ring.signing(*purpose, at(0)).unwrap().public().id())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn a_key_is_published_for_a_cache_s_life_before_it_signs() {
        let (mut ring, mut random) = ring();
        let old = signing(&ring, 0);
        let new = ring.rotate(Purpose::Certificates, at(1), DAY_S, &mut random).unwrap();
        assert!(ring.keys().iter().any(|key| key.public().id() == new), "published at once");
        assert_eq!((signing(&ring, 1), signing(&ring, 2)), (old.clone(), new));
        let old = ring.keys().iter().find(|key| key.public().id() == old).unwrap();
        assert_eq!(old.life().state(at(2)), KeyState::Retired);
        assert_eq!(
            ring.rotate(Purpose::Certificates, at(1), DAY_S, &mut random),
            Err(RingError::AnnouncedAlready)
        );
        assert!(ring.rotate(Purpose::Certificates, at(2), DAY_S, &mut random).is_ok());
    }

    #[test]
    fn at_any_moment_exactly_one_key_signs() {
        let (mut ring, mut random) = ring();
        for day in [1, 5, 9] {
            ring.rotate(Purpose::Certificates, at(day), DAY_S, &mut random).unwrap();
        }
        ring.revoke(&signing(&ring, 12), at(12), &mut random).unwrap();
        for day in 0..20 {
            let signing = ring.keys().iter().filter(|key| {
                key.purpose() == Purpose::Certificates
                    && key.life().state(at(day)) == KeyState::Signing
            });
            assert_eq!(signing.count(), 1, "day {day}");
        }
    }

    #[test]
    fn a_revoked_key_is_replaced_at_once() {
        let (mut ring, mut random) = ring();
        let old = signing(&ring, 0);
        ring.revoke(&old, at(3), &mut random).unwrap();
        assert_ne!(signing(&ring, 3), old);
        assert_eq!(ring.revoke(&old, at(4), &mut random), Err(RingError::RevokedAlready));
        assert_eq!(ring.revoke("none", at(4), &mut random), Err(RingError::NoSuchKey));
    }

    #[test]
    fn a_key_that_is_announced_takes_over_early_from_one_that_is_revoked() {
        let (mut ring, mut random) = ring();
        let next = ring.rotate(Purpose::Certificates, at(1), 7 * DAY_S, &mut random).unwrap();
        ring.revoke(&signing(&ring, 1), at(2), &mut random).unwrap();
        assert_eq!(signing(&ring, 2), next);
    }

    #[test]
    fn a_ring_whose_next_key_is_revoked_goes_on_with_another() {
        let (mut ring, mut random) = ring();
        let old = signing(&ring, 0);
        let next = ring.rotate(Purpose::Certificates, at(1), DAY_S, &mut random).unwrap();
        ring.revoke(&next, at(1), &mut random).unwrap();
        assert_eq!(signing(&ring, 1), old);
        assert_ne!(signing(&ring, 2), next, "somebody has to sign when the old key's time is over");
    }
}
