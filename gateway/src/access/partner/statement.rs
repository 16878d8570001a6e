//! Statements that anybody can verify: compact JWS (RFC 7515), signed with Ed25519 (RFC 8037).
//!
//! The header says of which kind a statement is, and there is one header for each kind: a statement with any other is
//! refused before its signature is looked at, and one of another kind is none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest statement looked at, in bytes.
const LONGEST: usize = 8192;

/// What a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// That a partner is approved.
    Approval,
    /// What a partner's application did in the sandbox.
    Test,
}

/// Signs.
pub struct Signer(SigningKey);

/// Verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl Kind {
    /// The header in base64url, and the dot behind it.
    fn header(self) -> String {
        let kind = match self {
            Self::Approval => "approval+jwt",
            Self::Test => "test+jwt",
        };
        let header = format!(r#"{{"alg":"EdDSA","typ":"{kind}"}}"#);
        URL_SAFE_NO_PAD.encode(header) + "."
    }
}

impl Signer {
    /// With this secret key.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs claims.
    pub fn sign(&self, kind: Kind, claims: &impl Serialize) -> String {
        let claims = serde_json::to_vec(claims).expect("invariant: claims are plain data");
        let mut statement = kind.header() + &URL_SAFE_NO_PAD.encode(claims);
        let signature = self.0.sign(statement.as_bytes());
        statement.push('.');
        statement.push_str(&URL_SAFE_NO_PAD.encode(signature.to_bytes()));
        statement
    }
}

impl PublicKey {
    /// Reads the `x` of a key in JSON: 32 bytes in base64url.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().map(Self)
    }

    /// As [`parse`](Self::parse) reads it.
    pub fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }

    /// What a statement says; `None` if it is not of this kind or not signed by this key.
    pub fn verify<T: DeserializeOwned>(&self, kind: Kind, statement: &str) -> Option<T> {
        if statement.len() > LONGEST {
            return None;
        }
        let header = kind.header();
        let (claims, signature) = statement.strip_prefix(&header)?.split_once('.')?;
        let signed = &statement[..header.len() + claims.len()];
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        self.0.verify_strict(signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// RFC 8037, appendix A.2.
    #[test]
    fn the_public_key_is_written_as_the_standard_writes_it() {
        let secret = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = Signer::new(&secret.try_into().unwrap()).public_key();
        assert_eq!(key.x(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(PublicKey::parse(&key.x()), Some(key));
        assert_eq!(PublicKey::parse("11qYAYKxCrfVS"), None);
    }

    #[test]
    fn a_statement_is_of_one_kind_and_one_signer() {
        let signer = Signer::new(&[1; 32]);
        let statement = signer.sign(Kind::Test, &json!({ "a": 1 }));
        let key = signer.public_key();
        assert_eq!(key.verify(Kind::Test, &statement), Some(json!({ "a": 1 })));
        assert_eq!(key.verify::<Value>(Kind::Approval, &statement), None);
        let other = Signer::new(&[2; 32]).public_key();
        assert_eq!(other.verify::<Value>(Kind::Test, &statement), None);
    }

    proptest! {
        #[test]
        fn no_changed_byte_goes_unnoticed(at in 0usize..200, byte in 33u8..127) {
            let signer = Signer::new(&[1; 32]);
            let statement = signer.sign(Kind::Test, &json!({ "sub": "somebody", "calls": {} }));
            let at = at % statement.len();
            prop_assume!(statement.as_bytes()[at] != byte);
            let mut changed = statement.into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(signer.public_key().verify::<Value>(Kind::Test, &changed).is_none());
        }
    }
}
