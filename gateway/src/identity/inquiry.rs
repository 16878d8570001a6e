//! What is asked about somebody's vaccination status, on its way from the question to the answer.
//!
//! No gateway remembers a question. It is sealed into the id of the password's transaction, and once the number is proven into
//! the token, with the number and the end of it. So what is answered is what was asked: nobody can put in another name or
//! another party between. A token of this kind is no token of any other door, and those are none of this kind.

use super::token::LIFE_S;
use crate::access::Environment;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use opencowin_ledger::vault::Vault;
use opencowin_model::{Mobile, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 2048;

/// A question about somebody's status.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The name that was given.
    pub name: String,
    /// The partner that is to be told; nobody if somebody asks for themselves.
    pub party: Option<Uuid>,
    /// What the partner recognises the answer by; empty if it gave nothing along.
    pub nonce: String,
    /// The version of the text to which the person agreed; none where the message alone told them who asks.
    pub consent: Option<String>,
}

/// A question of somebody who has proven their number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenInquiry {
    /// The question.
    pub inquiry: Inquiry,
    /// The number.
    mobile: u64,
    /// The transaction in which it was proven.
    pub transaction: Uuid,
    /// The key of the application that asked, if one did.
    pub key: Option<Uuid>,
    expires_s: i64,
}

/// Hides who it is about.
impl fmt::Debug for Inquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inquiry(for {:?})", self.party)
    }
}

/// Hides who it is.
impl fmt::Debug for ProvenInquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvenInquiry({})", self.transaction)
    }
}

impl ProvenInquiry {
    /// The number that was proven.
    pub fn mobile(&self) -> Mobile {
        Mobile(self.mobile)
    }

    /// What the answer names for the partner to recognise it: its own nonce, or else the transaction.
    pub fn nonce(&self) -> String {
        let Inquiry { nonce, .. } = &self.inquiry;
        if nonce.is_empty() { self.transaction.to_string() } else { nonce.clone() }
    }
}

/// Seals questions and opens them.
pub struct Inquiries {
    vault: Arc<Vault>,
    environment: Environment,
}

impl Inquiries {
    /// With the keys of a vault: what a sandbox sealed opens nothing of production.
    pub fn new(vault: Arc<Vault>, environment: Environment) -> Self {
        Self { vault, environment }
    }

    /// A transaction's id with the question in it.
    pub fn transaction(&self, id: Uuid, inquiry: &Inquiry) -> String {
        format!("{id}.{}", self.seal(&format!("transaction/{id}"), inquiry))
    }

    /// The id of the transaction and the question in such a text; `None` if it is not one of ours.
    pub fn open_transaction(&self, text: &str) -> Option<(Uuid, Inquiry)> {
        let (id, sealed) = text.split_once('.')?;
        let id = Uuid::try_parse(id).ok()?;
        Some((id, self.open(&format!("transaction/{id}"), sealed)?))
    }

    /// A token for whoever has proven `mobile` in a transaction, with the key that asked for it; valid from `now` on.
    pub fn token(
        &self,
        (transaction, inquiry): (Uuid, Inquiry),
        mobile: Mobile,
        key: Option<Uuid>,
        now: Timestamp,
    ) -> String {
        let expires_s = now.seconds() + LIFE_S;
        self.seal(
            "token",
            &ProvenInquiry { inquiry, mobile: mobile.0, transaction, key, expires_s },
        )
    }

    /// What a token stands for at `now`; `None` if it is not one of ours or has expired.
    pub fn open_token(&self, token: &str, now: Timestamp) -> Option<ProvenInquiry> {
        let proven: ProvenInquiry = self.open("token", token)?;
        (now.seconds() < proven.expires_s).then_some(proven)
    }

    fn seal(&self, kind: &str, value: &impl Serialize) -> String {
        let text = serde_json::to_vec(value).expect("invariant: plain data");
        let sealed = self.vault.seal(&self.label(kind), &text, &mut rand::rng());
        URL_SAFE_NO_PAD.encode(sealed)
    }

    fn open<T: DeserializeOwned>(&self, kind: &str, sealed: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok().filter(|_| sealed.len() <= LONGEST)?;
        let text = self.vault.open(&self.label(kind), &sealed).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn label(&self, kind: &str) -> Vec<u8> {
        format!("{}/status/{kind}", self.environment.name()).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const MOBILE: Mobile = Mobile(9_876_543_210);

    fn inquiries(environment: Environment) -> Inquiries {
        let keys = Vault::generate(&mut StdRng::seed_from_u64(1));
        Inquiries::new(Arc::new(Vault::parse(&keys).unwrap()), environment)
    }

    fn inquiry() -> Inquiry {
        Inquiry {
            name: "Asha Devi".to_owned(),
            party: Some(Uuid::from_u128(5)),
            nonce: "n".to_owned(),
            consent: Some("2026-11".to_owned()),
        }
    }

    #[test]
    fn what_is_answered_is_what_was_asked() {
        let inquiries = inquiries(Environment::Sandbox);
        let (id, inquiry) = (Uuid::from_u128(7), inquiry());
        let text = inquiries.transaction(id, &inquiry);
        assert_eq!(inquiries.open_transaction(&text), Some((id, inquiry.clone())));
        let moved = text.replacen(&id.to_string(), &Uuid::from_u128(8).to_string(), 1);
        assert_eq!(inquiries.open_transaction(&moved), None, "in another transaction");

        let token = inquiries.token((id, inquiry.clone()), MOBILE, None, Timestamp(0));
        let proven = inquiries.open_token(&token, Timestamp(899_000)).unwrap();
        assert_eq!((&proven.inquiry, proven.mobile(), proven.transaction), (&inquiry, MOBILE, id));
        assert_eq!(inquiries.open_token(&token, Timestamp(900_000)), None, "it has expired");
        let sealed = text.split_once('.').unwrap().1;
        assert_eq!(inquiries.open_token(sealed, Timestamp(0)), None, "nothing was proven");
    }

    #[test]
    fn what_a_sandbox_sealed_opens_nothing_of_production() {
        let token = inquiries(Environment::Sandbox).token(
            (Uuid::nil(), inquiry()),
            MOBILE,
            None,
            Timestamp(0),
        );
        assert_eq!(inquiries(Environment::Production).open_token(&token, Timestamp(0)), None);
    }

    #[test]
    fn a_question_tells_nothing_to_those_who_see_its_token() {
        let token = inquiries(Environment::Sandbox).token(
            (Uuid::nil(), inquiry()),
            MOBILE,
            None,
            Timestamp(0),
        );
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Asha"));
        let shown = inquiries(Environment::Sandbox).open_token(&token, Timestamp(0)).unwrap();
        assert!(!format!("{shown:?}").contains("Asha"));
    }

    #[test]
    fn the_longest_name_fits_into_a_token() {
        let inquiry = Inquiry { name: "अ".repeat(200), nonce: "n".repeat(128), ..inquiry() };
        let token = inquiries(Environment::Production).token(
            (Uuid::max(), inquiry),
            MOBILE,
            Some(Uuid::max()),
            Timestamp(0),
        );
        assert!(token.len() <= LONGEST, "{}", token.len());
    }

    proptest! {
        #[test]
        fn any_text_is_opened_or_refused(text in "\\PC{0,200}") {
            let inquiries = inquiries(Environment::Sandbox);
            prop_assert!(inquiries.open_transaction(&text).is_none());
            prop_assert!(inquiries.open_token(&text, Timestamp(0)).is_none());
        }
    }
}
