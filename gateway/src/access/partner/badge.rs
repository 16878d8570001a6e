//! The mark "approved": a signed statement that a partner can show and anybody can verify (guidelines, annexure 2, 14).
//!
//! It is a compact JWS (RFC 7515) signed with Ed25519 (RFC 8037). It expires after a week, so that a partner shows a
//! fresh one, and one whose approval was taken away has none soon. Whoever wants to know it now asks the server.

use super::Partner;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a mark is valid, in seconds.
pub const LIFE_S: i64 = 7 * 86_400;

/// What the signing key is derived by.
pub const KEY_LABEL: &str = "partners/badge";

/// `{"alg":"EdDSA","typ":"JWT"}` in base64url, and the dot behind it. A mark with any other header is none.
const HEADER: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.";

/// The longest mark looked at, in bytes.
const LONGEST: usize = 4096;

/// What a mark says. The names are those of RFC 7519 where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// Who says it.
    pub iss: String,
    /// The partner's id.
    pub sub: Uuid,
    /// The partner's name.
    pub name: String,
    /// Since when it is approved.
    pub approved_since: Timestamp,
    /// When this was said, in seconds since 1970.
    pub iat: i64,
    /// Until when it holds, in seconds since 1970.
    pub exp: i64,
}

/// Signs and verifies marks.
pub struct Badges {
    key: SigningKey,
    issuer: String,
}

/// A public key as JSON (RFC 8037), by which anybody verifies marks without this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    x: String,
}

impl Badges {
    /// With the secret key of [`KEY_LABEL`], for the server that is reached at `issuer`.
    pub fn new(secret: &[u8; 32], issuer: String) -> Self {
        Self { key: SigningKey::from_bytes(secret), issuer }
    }

    /// The key that verifies them.
    pub fn public_key(&self) -> PublicKey {
        let x = URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes());
        PublicKey { kty: "OKP", crv: "Ed25519", alg: "EdDSA", x }
    }

    /// The mark of a partner; `None` unless it is approved.
    pub fn issue(&self, partner: &Partner, now: Timestamp) -> Option<String> {
        let approved_since = partner.approved.filter(|_| partner.is_approved(now))?;
        let claims = Badge {
            iss: self.issuer.clone(),
            sub: partner.id,
            name: partner.application.organisation.name.clone(),
            approved_since,
            iat: now.seconds(),
            exp: now.seconds() + LIFE_S,
        };
        let claims = serde_json::to_vec(&claims).expect("invariant: claims are plain data");
        let mut badge = format!("{HEADER}{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.sign(badge.as_bytes());
        badge.push('.');
        badge.push_str(&URL_SAFE_NO_PAD.encode(signature.to_bytes()));
        Some(badge)
    }

    /// What a mark says; `None` if it is not one of ours or does not hold at `now`.
    pub fn verify(&self, badge: &str, now: Timestamp) -> Option<Badge> {
        if badge.len() > LONGEST {
            return None;
        }
        let (claims, signature) = badge.strip_prefix(HEADER)?.split_once('.')?;
        let signed = &badge[..HEADER.len() + claims.len()];
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        self.key.verifying_key().verify_strict(signed.as_bytes(), &signature).ok()?;
        let badge: Badge = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        (badge.iat..badge.exp).contains(&now.seconds()).then_some(badge)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Story;
    use super::super::life::Standing;
    use super::*;
    use proptest::prelude::*;

    fn badges(secret: u8) -> Badges {
        Badges::new(&[secret; 32], "https://cowin.example".to_owned())
    }

    #[test]
    fn a_mark_says_who_is_approved_since_when_for_a_week() {
        let story = Story::at(Standing::Live);
        let badge = badges(1).issue(&story.partner, story.now).unwrap();
        let said = badges(1).verify(&badge, story.now).unwrap();
        assert_eq!((said.sub, said.approved_since), (story.partner.id, story.now));
        assert_eq!(said.name, story.partner.application.organisation.name);
        let last = story.now.plus_ms(LIFE_S * 1000 - 1);
        assert!(badges(1).verify(&badge, last).is_some());
        assert!(badges(1).verify(&badge, last.plus_ms(1)).is_none());
        assert!(badges(2).verify(&badge, story.now).is_none(), "another server's");
    }

    #[test]
    fn nobody_has_a_mark_who_is_not_live() {
        for standing in Standing::ALL {
            let story = Story::at(standing);
            let badge = badges(1).issue(&story.partner, story.now);
            assert_eq!(badge.is_some(), standing == Standing::Live, "{standing:?}");
        }
    }

    /// RFC 8037, appendix A.2, and RFC 8032, 7.1: the public key of a known secret.
    #[test]
    fn the_public_key_is_written_as_the_standard_writes_it() {
        let secret = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let badges = Badges::new(&secret.try_into().unwrap(), String::new());
        let key = serde_json::to_value(badges.public_key()).unwrap();
        assert_eq!(key["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!((&key["kty"], &key["crv"]), (&"OKP".into(), &"Ed25519".into()));
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in 0usize..600, byte in 33u8..127) {
            let story = Story::at(Standing::Live);
            let badge = badges(1).issue(&story.partner, story.now).unwrap();
            let at = at % badge.len();
            prop_assume!(badge.as_bytes()[at] != byte);
            let mut changed = badge.into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(badges(1).verify(&changed, story.now).is_none());
        }
    }
}
