//! Public keys, and the names that they go by.

use crate::base58;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use std::fmt;

/// The public half of a signing key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// How Multikey says that 32 bytes are an Ed25519 public key (source: multicodec, `ed25519-pub`, as a varint).
const MULTICODEC: [u8; 2] = [0xed, 0x01];

/// The first bytes of a key's thumbprint, by which compact certificates name it.
pub type ShortId = [u8; 8];

impl PublicKey {
    /// From its 32 bytes; `None` if they are no key that signatures can be trusted of.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// As it verifies.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.0
    }

    /// Its id: the thumbprint of RFC 7638 with SHA-256, in base64url. A key has one wherever it is published.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.thumbprint())
    }

    /// The first eight bytes of its id. That two keys of an issuer agree in them does not happen by chance.
    pub fn short_id(&self) -> ShortId {
        std::array::from_fn({
            let thumbprint = self.thumbprint();
            move |at| thumbprint[at]
        })
    }

    /// As a Multikey (source: W3C, Controlled Identifiers 1.0, 2.2.2): `z6Mk…`.
    pub fn multibase(&self) -> String {
        let mut bytes = [0; 34];
        bytes[..2].copy_from_slice(&MULTICODEC);
        bytes[2..].copy_from_slice(self.0.as_bytes());
        format!("z{}", base58::encode(&bytes))
    }

    /// Reads a Multikey; `None` for anything but an Ed25519 key.
    pub fn from_multibase(text: &str) -> Option<Self> {
        let bytes: [u8; 34] = base58::decode(text.strip_prefix('z')?)?;
        let (codec, key) = bytes.split_first_chunk()?;
        if *codec == MULTICODEC { Self::from_bytes(key.try_into().ok()?) } else { None }
    }

    /// The key in base64url, as a JWK's `x` (RFC 8037).
    pub fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }

    /// Reads a JWK's `x`.
    pub fn from_x(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Self::from_bytes(&bytes.try_into().ok()?)
    }

    fn thumbprint(&self) -> [u8; 32] {
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x());
        Sha256::digest(jwk).into()
    }
}

impl From<VerifyingKey> for PublicKey {
    fn from(key: VerifyingKey) -> Self {
        Self(key)
    }
}

/// Its id.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.3.
    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        let key = PublicKey::from_x("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(URL_SAFE_NO_PAD.decode(key.id()).unwrap()[..8], key.short_id());
    }

    #[test]
    fn a_key_has_one_multibase_form() {
        let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let key = PublicKey::from_multibase(text).unwrap();
        assert_eq!(key.multibase(), text);
        for wrong in ["", "z", &text[1..], &format!("{text}1"), &text.replace('6', "0"), "zé"] {
            assert_eq!(PublicKey::from_multibase(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_weak_key_is_none() {
        assert_eq!(PublicKey::from_bytes(&[0; 32]), None);
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), None);
    }
}
