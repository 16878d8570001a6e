//! Answers of the vaccination status service (KYC-VS): 0, 1 or 2, for one verifying party, for some minutes.
//!
//! An answer is a compact JWS (RFC 7515) with EdDSA (RFC 8037). It names nobody: not the person, nor their number. Whoever
//! asked recognises it by the nonce that they gave.
//!
//! [`names`] says whether a name that somebody gives is one under which a person is registered.

pub mod names;

use crate::exact;
use crate::keys::{PublicKey, SigningKey};
use crate::values::Moment;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an answer holds unless the caller asks for less, in seconds.
pub const LIFE_S: u32 = 10 * 60;

/// The longest answer that is looked at, in bytes.
const LONGEST: usize = 4096;

/// What kind of token it is, so that it is taken for no other (RFC 8725, 3.11).
const TYPE: &str = "vaccination-status+jwt";

/// How far somebody is vaccinated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VaccinationStatus {
    /// No dose.
    None = 0,
    /// Some doses of the schedule.
    Partial = 1,
    /// All doses of the schedule.
    Full = 2,
}

/// What an answer says. The names are those of RFC 7519 where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Who answers: the issuer's DID.
    pub iss: String,
    /// Whom it is for: the verifying party.
    pub aud: String,
    /// When it was given, in seconds since 1970.
    pub iat: i64,
    /// Until when it holds, in seconds since 1970.
    pub exp: i64,
    /// Its id.
    #[serde(with = "exact")]
    pub jti: Uuid,
    /// What the verifying party gave along with its question.
    pub nonce: String,
    /// How far the person is vaccinated: 0, 1 or 2.
    pub vaccination_status: VaccinationStatus,
}

impl Answer {
    /// The answer as a token.
    pub fn sign(&self, key: &SigningKey) -> String {
        let header =
            Header { alg: "EdDSA".to_owned(), kid: key.public().id(), typ: TYPE.to_owned() };
        let mut token = String::with_capacity(512);
        push(&mut token, &header);
        token.push('.');
        push(&mut token, self);
        let signature = key.signer().sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    /// Whether it holds at a moment. Clocks may differ by a minute.
    pub fn is_current(&self, at: Moment) -> bool {
        const SKEW_S: i64 = 60;
        (self.iat - SKEW_S..self.exp).contains(&at.seconds())
    }
}

/// The protected header.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

fn push(token: &mut String, part: &impl Serialize) {
    let json = serde_json::to_vec(part).expect("invariant: it is plain data");
    URL_SAFE_NO_PAD.encode_string(json, token);
}

/// An answer as it was read, whose signature nobody has checked yet.
#[derive(Clone, Debug)]
pub struct Unproven<'a> {
    /// What it says.
    pub answer: Answer,
    /// The id of the key that it names.
    pub key_id: String,
    signed: &'a str,
    signature: [u8; 64],
}

/// A text that is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an answer of the vaccination status service")]
pub struct NoAnswer;

impl<'a> Unproven<'a> {
    /// Reads a token.
    ///
    /// # Errors
    /// [`NoAnswer`] unless it has exactly an answer's shape.
    pub fn parse(token: &'a str) -> Result<Self, NoAnswer> {
        Self::read(token).ok_or(NoAnswer)
    }

    /// Whether the key's holder signed it.
    pub fn holds(&self, key: &PublicKey) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        key.verifying_key().verify_strict(self.signed.as_bytes(), &signature).is_ok()
    }

    fn read(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, answer) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return None;
        }
        Some(Self {
            answer: serde_json::from_slice(&decode(answer)?).ok()?,
            key_id: header.kid,
            signed,
            signature: decode(signature)?.try_into().ok()?,
        })
    }
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

impl Serialize for VaccinationStatus {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(*self as u8)
    }
}

impl<'de> Deserialize<'de> for VaccinationStatus {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match u8::deserialize(from)? {
            0 => Ok(Self::None),
            1 => Ok(Self::Partial),
            2 => Ok(Self::Full),
            _ => Err(serde::de::Error::custom("a status is 0, 1 or 2")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyRing, Purpose};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn now() -> Moment {
        Moment::from_seconds(1_631_700_000).unwrap()
    }

    fn answer() -> Answer {
        Answer {
            iss: "did:web:cowin.example".to_owned(),
            aud: "https://airline.example".to_owned(),
            iat: now().seconds(),
            exp: now().plus_seconds(LIFE_S).seconds(),
            jti: Uuid::from_u128(7),
            nonce: "n-0S6_WzA2Mj".to_owned(),
            vaccination_status: VaccinationStatus::Full,
        }
    }

    fn ring() -> KeyRing {
        KeyRing::generate(now(), &mut StdRng::seed_from_u64(1))
    }

    fn token() -> String {
        answer().sign(ring().signing(Purpose::Kyc, now()).unwrap())
    }

    #[test]
    fn an_answer_comes_back_and_is_its_key_s() {
        let (ring, token) = (ring(), token());
        let key = |purpose| *ring.signing(purpose, now()).unwrap().public();
        let read = Unproven::parse(&token).unwrap();
        assert_eq!((&read.answer, &read.key_id), (&answer(), &key(Purpose::Kyc).id()));
        assert!(read.holds(&key(Purpose::Kyc)) && !read.holds(&key(Purpose::Certificates)));
        assert!(token.len() < 512, "{}", token.len());
    }

    #[test]
    fn an_answer_says_the_status_and_nothing_of_the_person() {
        let token = token();
        let payload = token.split('.').nth(1).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&decode(payload).unwrap()).unwrap();
        let members: Vec<_> = payload.as_object().unwrap().keys().collect();
        assert_eq!(members, ["aud", "exp", "iat", "iss", "jti", "nonce", "vaccination_status"]);
        assert_eq!(payload["vaccination_status"], 2);
    }

    #[test]
    fn an_answer_holds_for_minutes() {
        let answer = answer();
        assert!(answer.is_current(now()) && answer.is_current(now().plus_seconds(LIFE_S - 1)));
        assert!(!answer.is_current(now().plus_seconds(LIFE_S)));
        let early = Moment::from_seconds(now().seconds() - 61).unwrap();
        assert!(!answer.is_current(early));
    }

    #[test]
    fn a_token_of_another_kind_is_no_answer() {
        let token = token();
        let (header, rest) = token.split_once('.').unwrap();
        let header = String::from_utf8(decode(header).unwrap()).unwrap();
        for (from, to) in [
            ("EdDSA", "none"),
            ("EdDSA", "HS256"),
            ("vaccination-status+jwt", "JWT"),
            ("{", "{\"crit\":[\"x\"],"),
            ("{", "{\"alg\":\"EdDSA\","),
        ] {
            let changed = header.replacen(from, to, 1);
            let changed = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(changed));
            assert_eq!(Unproven::parse(&changed).err(), Some(NoAnswer), "{to}");
        }
        for wrong in ["", ".", "..", "...", "a.b.c", &format!("{token}."), &token.repeat(20)] {
            assert_eq!(Unproven::parse(wrong).err(), Some(NoAnswer));
        }
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in any::<usize>(), by in 33u8..127) {
            let mut changed = token().into_bytes();
            let at = at % changed.len();
            prop_assume!(changed[at] != by);
            changed[at] = by;
            let changed = String::from_utf8(changed).unwrap();
            let key = *ring().signing(Purpose::Kyc, now()).unwrap().public();
            prop_assert!(!Unproven::parse(&changed).is_ok_and(|read| read.holds(&key)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            prop_assert!(Unproven::parse(&text).is_err());
        }
    }
}
