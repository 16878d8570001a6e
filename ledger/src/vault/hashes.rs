//! Keyed hashes: how people and documents are looked up without their numbers being stored.
//!
//! Each is HMAC-SHA256 over a label, a bar and the fields, cut to 16 bytes: at a billion entries two fall together with
//! a probability of about 10⁻²¹.

use super::Secret;
use hmac::{Hmac, KeyInit, Mac};
use opencowin_model::{AefiId, IdTypeId, Mobile, SecurityCode};
use sha2::Sha256;
use uuid::Uuid;

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The hash with these bytes, as stored.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            pub(crate) fn as_uuid(&self) -> Uuid {
                Uuid::from_bytes(self.0)
            }

            pub(crate) fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid.into_bytes())
            }
        }
    };
}

hash!(
    /// The people of one mobile number, who are registered, booked and limited together. Made from the number by
    /// [`Hasher::account`]; the number cannot be found from it.
    AccountId
);
hash!(
    /// An identity document, by kind and number. Made by [`Hasher::id_document`].
    IdHash
);
hash!(
    /// A route and an idempotency key on it. Made by [`Hasher::command`].
    CommandHash
);
hash!(
    /// The token of a link by which somebody shows whether they are vaccinated. Made by [`Hasher::share`]; whoever reads the
    /// ledger cannot use the link.
    ShareHash
);

/// The number of an identity document, in the form that is compared: upper case, no blanks, no hyphens. Its `Debug`
/// form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(String);

impl IdNumber {
    /// Reads 1 to 64 letters, digits and slashes, with blanks and hyphens between them in any number.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let number: String = kept.flat_map(char::to_uppercase).take(65).collect();
        let plain = number.chars().all(|c| c.is_alphanumeric() || c == '/')
            && (1..=64).contains(&number.chars().count());
        plain.then_some(Self(number))
    }

    /// The last four characters, which is all of it that is kept and shown (R19).
    pub fn last4(&self) -> String {
        let skipped = self.0.chars().count().saturating_sub(4);
        self.0.chars().skip(skipped).collect()
    }

    /// The number itself, for the rules of its kind.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdNumber(****)")
    }
}

/// Makes the hashes.
pub struct Hasher(Hmac<Sha256>);

impl Hasher {
    pub(super) fn new(key: &Secret) -> Self {
        Self(Hmac::new_from_slice(&**key).expect("invariant: HMAC takes keys of any length"))
    }

    /// The account of a mobile number.
    pub fn account(&self, mobile: Mobile) -> AccountId {
        AccountId(self.hash("mobile", &[mobile.0.to_string().as_bytes()]))
    }

    /// An identity document.
    pub fn id_document(&self, kind: IdTypeId, number: &IdNumber) -> IdHash {
        IdHash(self.hash("id document", &[kind.0.to_string().as_bytes(), number.0.as_bytes()]))
    }

    /// An idempotency key on a route.
    pub fn command(&self, route: &str, key: &str) -> CommandHash {
        CommandHash(self.hash("command", &[route.as_bytes(), key.as_bytes()]))
    }

    /// The token of a shared link, which is random.
    pub fn share(&self, token: &[u8; 16]) -> ShareHash {
        ShareHash(self.hash("share", &[token]))
    }

    /// A security code from what only one appointment has.
    pub fn security_code(&self, of: &[u8; 16]) -> SecurityCode {
        SecurityCode::from_random(u128::from_be_bytes(self.hash("security code", &[of])))
    }

    /// A report of an adverse event, from what no second report has in common with it.
    pub(crate) fn aefi(&self, of: &str) -> AefiId {
        AefiId::from_random(self.hash("adverse event", &[of.as_bytes()]))
    }

    /// Other random bits made from random bits. Without the key neither tells the other.
    pub fn redraw(&self, draw: u128) -> u128 {
        u128::from_be_bytes(self.hash("draw", &[&draw.to_be_bytes()]))
    }

    /// An API key, by its text: 32 bytes, of which no part tells another.
    pub fn api_key(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(b"api key|");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }

    /// A hash of nothing but the key, to recognise it by.
    pub(crate) fn key_check(&self) -> [u8; 16] {
        self.hash("key check", &[])
    }

    /// No field but the last may hold a bar.
    fn hash(&self, label: &str, fields: &[&[u8]]) -> [u8; 16] {
        let mut mac = self.0.clone();
        mac.update(label.as_bytes());
        for field in fields {
            mac.update(b"|");
            mac.update(field);
        }
        let mut hash = [0; 16];
        hash.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(byte: u8) -> Hasher {
        Hasher::new(&Secret::new([byte; 32]))
    }

    #[test]
    fn an_id_number_is_the_same_however_it_is_written() {
        let number = IdNumber::parse("abcd 1234-5678").unwrap();
        assert_eq!(number, IdNumber::parse("ABCD12345678").unwrap());
        assert_eq!(number.last4(), "5678");
        assert_eq!(IdNumber::parse("a-1").unwrap().last4(), "A1");
        assert!(!format!("{number:?}").contains("5678"));
        for wrong in ["", " - ", "1234|5678", "12\u{0}34", &"1".repeat(65)] {
            assert_eq!(IdNumber::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn documents_are_told_apart_by_kind_and_number_and_only_with_the_key() {
        let number = IdNumber::parse("1234").unwrap();
        let hash = hasher(1).id_document(IdTypeId(1), &number);
        assert_eq!(hash, hasher(1).id_document(IdTypeId(1), &number));
        assert_ne!(hash, hasher(1).id_document(IdTypeId(2), &number));
        assert_ne!(hash, hasher(1).id_document(IdTypeId(1), &IdNumber::parse("1235").unwrap()));
        assert_ne!(hash, hasher(2).id_document(IdTypeId(1), &number));
    }

    #[test]
    fn an_account_is_its_mobile_number_and_nothing_shorter() {
        assert_eq!(
            hasher(1).account(Mobile(9_876_543_210)),
            hasher(1).account(Mobile(9_876_543_210))
        );
        assert_ne!(
            hasher(1).account(Mobile(9_876_543_210)),
            hasher(1).account(Mobile(9_876_543_211))
        );
    }
}
