//! What the world is told about an issuer's keys: `/.well-known/did.json` and `/.well-known/jwks.json`.
//!
//! Both list the same keys under the same ids. Beyond what the standards have, each key says what it signs (`purpose`) and,
//! once it is to retire, until when (`signsUntil`); other readers skip members that they do not know. A revoked key stays
//! in the DID document, marked, so that a verifier can say why it refuses; it asserts nothing there, and the key set does
//! not list it, so that readers who know no marks refuse it too.

use super::{KeyRing, Life, PublicKey, Purpose};
use crate::issuer::Issuer;
use crate::values::Moment;
use serde::{Deserialize, Serialize};

/// A DID document (source: W3C, Decentralized Identifiers 1.0; Controlled Identifiers 1.0 for the keys).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DidDocument {
    /// What its members mean.
    #[serde(rename = "@context")]
    pub contexts: Vec<String>,
    /// The issuer's DID.
    pub id: String,
    /// The keys.
    pub verification_method: Vec<VerificationMethod>,
    /// The names of those that may make proofs.
    pub assertion_method: Vec<String>,
}

/// A key of a DID document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
    /// The name that proofs give: the DID and the key's id.
    pub id: String,
    /// `Multikey`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whose it is: the DID.
    pub controller: String,
    /// The key.
    pub public_key_multibase: String,
    /// What it signs.
    pub purpose: Purpose,
    /// Until when it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<Moment>,
    /// Since when it is not to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Moment>,
}

/// A set of JSON Web Keys (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// A JSON Web Key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key in base64url.
    pub x: String,
    /// Its id.
    pub kid: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// What it signs.
    pub purpose: Purpose,
    /// Until when it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_until: Option<Moment>,
}

/// A published key, as a verifier takes it out of either document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// The key.
    pub key: PublicKey,
    /// What it signs.
    pub purpose: Purpose,
    /// Until when it signs, once that is known.
    pub signs_until: Option<Moment>,
    /// Since when it is not to be trusted.
    pub revoked: Option<Moment>,
}

impl DidDocument {
    /// The document of an issuer with these keys, as of `now`.
    pub fn new(issuer: &Issuer, ring: &KeyRing, now: Moment) -> Self {
        let methods: Vec<_> = ring
            .keys()
            .iter()
            .map(|key| {
                VerificationMethod::new(issuer, key.public(), key.purpose(), key.life(), now)
            })
            .collect();
        let sound =
            methods.iter().filter(|method| method.revoked.is_none() && asserts(method.purpose));
        Self {
            contexts: vec![
                "https://www.w3.org/ns/did/v1".to_owned(),
                "https://w3id.org/security/multikey/v1".to_owned(),
            ],
            id: issuer.did().to_owned(),
            assertion_method: sound.map(|method| method.id.clone()).collect(),
            verification_method: methods,
        }
    }

    /// Its keys, without those that are none of ours: of another kind or controller, or under a name that is not theirs.
    pub fn published(&self) -> impl Iterator<Item = PublishedKey> {
        self.verification_method.iter().filter_map(|method| {
            let key = PublicKey::from_multibase(&method.public_key_multibase)?;
            let ours = method.controller == self.id
                && method.kind == "Multikey"
                && method.id.strip_prefix(&self.id)?.strip_prefix('#')? == key.id()
                && (method.revoked.is_some()
                    || !asserts(method.purpose)
                    || self.assertion_method.contains(&method.id));
            ours.then_some(PublishedKey {
                key,
                purpose: method.purpose,
                signs_until: method.signs_until,
                revoked: method.revoked,
            })
        })
    }
}

/// Whether keys of a purpose make proofs, which is what `assertionMethod` is about. Others are not listed there, so that
/// readers who know no purposes take no proof of theirs.
fn asserts(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Certificates | Purpose::Status)
}

impl VerificationMethod {
    fn new(issuer: &Issuer, key: &PublicKey, purpose: Purpose, life: Life, now: Moment) -> Self {
        Self {
            id: issuer.method(&key.id()),
            kind: "Multikey".to_owned(),
            controller: issuer.did().to_owned(),
            public_key_multibase: key.multibase(),
            purpose,
            signs_until: life.signs_until,
            revoked: life.revoked.filter(|revoked| *revoked <= now),
        }
    }
}

impl Jwks {
    /// The key set of a ring, as of `now`.
    pub fn new(ring: &KeyRing, now: Moment) -> Self {
        let sound = |life: Life| life.revoked.is_none_or(|revoked| revoked > now);
        let sound = ring.keys().iter().filter(|key| sound(key.life()));
        Self { keys: sound.map(|key| Jwk::new(key.public(), key.purpose(), key.life())).collect() }
    }

    /// Its keys, without those that are none of ours: of another kind, or under an id that is not theirs.
    pub fn published(&self) -> impl Iterator<Item = PublishedKey> {
        self.keys.iter().filter_map(|jwk| {
            let key = PublicKey::from_x(&jwk.x)?;
            let ours = jwk.kty == "OKP" && jwk.crv == "Ed25519" && jwk.kid == key.id();
            ours.then_some(PublishedKey {
                key,
                purpose: jwk.purpose,
                signs_until: jwk.signs_until,
                revoked: None,
            })
        })
    }
}

impl Jwk {
    fn new(key: &PublicKey, purpose: Purpose, life: Life) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: key.x(),
            kid: key.id(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            purpose,
            signs_until: life.signs_until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn both_documents_list_the_same_keys_and_a_revoked_one_asserts_nothing() {
        let mut random = StdRng::seed_from_u64(1);
        let now = Moment::from_seconds(1_619_605_800).unwrap();
        let mut ring = KeyRing::generate(now, &mut random);
        ring.rotate(Purpose::Certificates, now, 86_400, &mut random).unwrap();
        let revoked = *ring.signing(Purpose::Kyc, now).unwrap().public();
        ring.revoke(&revoked.id(), now, &mut random).unwrap();

        let issuer = Issuer::new("cowin.example").unwrap();
        let did = DidDocument::new(&issuer, &ring, now);
        let did: DidDocument = serde_json::from_str(&serde_json::to_string(&did).unwrap()).unwrap();
        let jwks = Jwks::new(&ring, now);
        let jwks: Jwks = serde_json::from_str(&serde_json::to_string(&jwks).unwrap()).unwrap();

        let (bad, good): (Vec<_>, Vec<_>) =
            did.published().partition(|published| published.revoked.is_some());
        assert_eq!(bad.iter().map(|published| published.key).collect::<Vec<_>>(), [revoked]);
        assert_eq!(good, jwks.published().collect::<Vec<_>>());
        assert_eq!(good.len(), 5);
        assert!(!did.assertion_method.contains(&issuer.method(&revoked.id())));
        for published in &good {
            let asserts = did.assertion_method.contains(&issuer.method(&published.key.id()));
            let proves = [Purpose::Certificates, Purpose::Status].contains(&published.purpose);
            assert_eq!(asserts, proves, "{:?}", published.purpose);
        }
    }

    #[test]
    fn a_key_under_another_s_name_is_not_taken() {
        let now = Moment::from_seconds(1_619_605_800).unwrap();
        let ring = KeyRing::generate(now, &mut StdRng::seed_from_u64(1));
        let mut jwks = Jwks::new(&ring, now);
        jwks.keys[0].kid = jwks.keys[1].kid.clone();
        assert_eq!(jwks.published().count(), 3);
        let mut did = DidDocument::new(&Issuer::new("a.example").unwrap(), &ring, now);
        did.verification_method[0].controller = "did:web:b.example".to_owned();
        did.assertion_method.pop();
        assert_eq!(did.published().count(), 2);
    }
}
