//! Tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256, 15 minutes of life (wire contract 1.5).
//!
//! Each door signs with a key of its own, so a token of the wrong door is simply not a token. There is one header and
//! one algorithm: a token with any other header is refused before its signature is looked at, which leaves nothing to
//! confuse. Verified tokens are remembered, so that a client that searches with its token pays for the check once.

use super::Door;
use super::digest::digest;
use crate::access::Environment;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use opencowin_ledger::vault::{AccountId, Vault};
use opencowin_model::{BeneficiaryRef, Mobile, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a token is valid, in seconds.
pub const LIFE_S: i64 = 900;

/// `{"alg":"HS256","typ":"JWT"}` in base64url, and the dot behind it.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

/// The longest token looked at, in bytes.
const LONGEST: usize = 2048;

/// Whoever a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number that was proven.
    pub mobile: Mobile,
    /// Its account.
    pub account: AccountId,
    /// The door at which it was proven.
    pub door: Door,
    /// The API key of the application that the person uses, at the protected door.
    pub key: Option<Uuid>,
    /// The device that the token is bound to, at the doors of staff and partners.
    pub device: Option<DeviceHash>,
    /// When it was issued, in seconds.
    pub issued_s: i64,
    expires_s: i64,
}

/// What of a device's id is kept: the first half of its SHA-256.
pub type DeviceHash = [u8; 16];

/// What is kept of the id of a device.
pub fn device_hash(id: &[u8]) -> DeviceHash {
    let digest = digest(id);
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    hash
}

/// What a token says. The names are the contract's; `key_id` and `device` are ours.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    user_name: Uuid,
    user_id: Uuid,
    user_type: String,
    mobile_number: u64,
    /// 0 where nobody is registered yet.
    beneficiary_reference_id: u64,
    #[serde(rename = "txnId", skip_serializing_if = "Option::is_none", default)]
    txn_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ua: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    key_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    device: Option<Uuid>,
    iat: i64,
    exp: i64,
}

/// What goes into a token beside the times.
#[derive(Debug)]
pub struct Grant<'a> {
    /// The door at which the number was proven.
    pub door: Door,
    /// The number.
    pub mobile: Mobile,
    /// One person registered under it, if any; clients of the public door read it from the token.
    pub beneficiary: Option<BeneficiaryRef>,
    /// The transaction of the password.
    pub transaction: &'a str,
    /// The client's `User-Agent`.
    pub agent: &'a str,
    /// The API key of the application, at the protected door.
    pub key: Option<Uuid>,
    /// The device that the token is to be bound to, at the doors of staff and partners.
    pub device: Option<DeviceHash>,
}

/// Signs and verifies.
pub struct Tokens {
    keys: [Hmac<Sha256>; Door::ALL.len()],
    vault: Arc<Vault>,
    verified: Cache<Box<str>, Caller>,
}

impl Tokens {
    /// With a key for each door of an environment, made from those of the vault: what a sandbox gives out opens nothing of
    /// production.
    pub fn new(vault: Arc<Vault>, environment: Environment) -> Self {
        let key = |door: Door| {
            let label = format!("{}/{}", environment.name(), door.key_label());
            Hmac::new_from_slice(&*vault.derive(&label))
                .expect("invariant: HMAC takes keys of any length")
        };
        let verified =
            Cache::builder().max_capacity(200_000).time_to_live(Duration::from_secs(300)).build();
        Self { keys: Door::ALL.map(key), vault, verified }
    }

    /// A token for `grant`, valid from `now` on.
    pub fn issue(&self, grant: &Grant<'_>, now: Timestamp) -> String {
        let user = Uuid::new_v4();
        let portal = grant.door != Door::Public;
        let claims = Claims {
            user_name: user,
            user_id: user,
            user_type: grant.door.user_type().to_owned(),
            mobile_number: grant.mobile.0,
            beneficiary_reference_id: grant.beneficiary.map_or(0, BeneficiaryRef::get),
            txn_id: (!portal).then(|| grant.transaction.to_owned()),
            ua: portal.then(|| grant.agent.chars().take(200).collect()),
            date_modified: portal.then(|| now.to_string()),
            key_id: grant.key,
            device: grant.device.map(Uuid::from_bytes),
            iat: now.seconds(),
            exp: now.seconds() + LIFE_S,
        };
        let claims = serde_json::to_vec(&claims).expect("invariant: claims are plain data");
        let mut token = format!("{HEADER}{}", URL_SAFE_NO_PAD.encode(claims));
        let signature =
            URL_SAFE_NO_PAD.encode(self.mac(grant.door, &token).finalize().into_bytes());
        token.push('.');
        token.push_str(&signature);
        token
    }

    /// Whoever `token` speaks for at `now`; `None` if it is not one of ours or has expired.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<Caller> {
        let caller = self.verified.get(token).or_else(|| self.check(token))?;
        (now.seconds() < caller.expires_s).then_some(caller)
    }

    fn check(&self, token: &str) -> Option<Caller> {
        if token.len() > LONGEST {
            return None;
        }
        let claims = token.strip_prefix(HEADER)?;
        let (claims, signature) = claims.split_once('.')?;
        let signed = &token[..HEADER.len() + claims.len()];
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let door = Door::ALL.into_iter().find(|door| self.signed(*door, signed, &signature))?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let mobile = Mobile(claims.mobile_number);
        let caller = Caller {
            mobile,
            account: self.vault.hasher().account(mobile),
            door,
            key: claims.key_id,
            device: claims.device.map(Uuid::into_bytes),
            issued_s: claims.iat,
            expires_s: claims.exp,
        };
        self.verified.insert(token.into(), caller);
        Some(caller)
    }

    fn signed(&self, door: Door, text: &str, signature: &[u8]) -> bool {
        self.mac(door, text).verify_slice(signature).is_ok()
    }

    fn mac(&self, door: Door, text: &str) -> Hmac<Sha256> {
        self.keys[door as usize].clone().chain_update(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn tokens(secret: u64) -> Tokens {
        let keys = Vault::generate(&mut StdRng::seed_from_u64(secret));
        Tokens::new(Arc::new(Vault::parse(&keys).unwrap()), Environment::Sandbox)
    }

    #[test]
    fn a_token_of_a_sandbox_is_none_in_production() {
        let keys = Vault::generate(&mut StdRng::seed_from_u64(1));
        let production = Vault::parse(&keys).unwrap();
        let production = Tokens::new(Arc::new(production), Environment::Production);
        let token = tokens(1).issue(&grant(Door::Staff), Timestamp(0));
        assert!(production.verify(&token, Timestamp(0)).is_none());
    }

    fn grant(door: Door) -> Grant<'static> {
        Grant {
            door,
            mobile: Mobile(9_876_543_210),
            beneficiary: None,
            transaction: "t",
            agent: "a",
            key: None,
            device: None,
        }
    }

    #[test]
    fn a_token_speaks_for_its_number_and_door_until_it_expires() {
        let tokens = tokens(1);
        for door in Door::ALL {
            let token = tokens.issue(&grant(door), Timestamp(0));
            let caller = tokens.verify(&token, Timestamp(899_000)).unwrap();
            assert_eq!((caller.mobile, caller.door), (Mobile(9_876_543_210), door));
            assert_eq!(tokens.verify(&token, Timestamp(900_000)), None, "also when remembered");
        }
    }

    #[test]
    fn a_token_of_another_server_or_algorithm_is_none() {
        let token = tokens(1).issue(&grant(Door::Portal), Timestamp(0));
        assert!(tokens(2).verify(&token, Timestamp(0)).is_none());
        let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let claims = token.split('.').nth(1).unwrap();
        assert!(tokens(1).verify(&format!("{unsigned}.{claims}."), Timestamp(0)).is_none());
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in 0usize..200, byte in 33u8..127) {
            let tokens = tokens(1);
            let token = tokens.issue(&grant(Door::Public), Timestamp(0));
            let at = at % token.len();
            prop_assume!(token.as_bytes()[at] != byte);
            let mut changed = token.into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(tokens.verify(&changed, Timestamp(0)).is_none());
        }
    }
}
