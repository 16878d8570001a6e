//! One-time passwords: asked for, sent, confirmed once.
//!
//! No gateway remembers one. The id of a transaction is all that there is to know about it, as one block of AES: the
//! number, the door and the moment at which it expires. The password is a keyed hash of the id and of the API key that it
//! was asked for with. So any gateway that has the same keys confirms a password, and a restart voids none. That it is
//! used once and guessed at seldom is counted by the ledger ([`Attempt`]).
//!
//! Asking does the same work for every well-formed number, registered or not, and looks nothing up, so that neither
//! the answer nor its time tells whether a number is known.

use super::Door;
use super::digest::parse_digest;
use crate::access::Environment;
use crate::delivery::{Message, MessageKind, Messenger, Refused};
use aes::Aes128;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use hmac::{Hmac, Mac};
use opencowin_ledger::commands::Attempt;
use opencowin_ledger::vault::Vault;
use opencowin_model::{Clock, Mobile, Timestamp};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How long a password is valid, in seconds (source: the text of the SMS, wire contract 1.5).
const LIFE_S: i64 = 180;

/// As many characters of a party's name go into a message: operators let no more stand in one place of a registered text.
const PARTY: usize = 30;

/// Five bytes hold the number, five the second of the end, one the door, and five are random.
const MOBILE: std::ops::Range<usize> = 0..5;
const EXPIRES: std::ops::Range<usize> = 5..10;
const DOOR: usize = 10;
const RANDOM: std::ops::Range<usize> = 11..16;

/// Makes passwords and knows them again.
pub struct Passwords {
    cipher: Aes128,
    mac: Hmac<Sha256>,
    clock: Arc<Clock>,
    messenger: Arc<dyn Messenger>,
}

/// A password that was asked for and has not expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// What the client knows it by.
    pub id: Uuid,
    /// The number that it was sent to.
    pub mobile: Mobile,
    /// When it expires.
    pub expires: Timestamp,
}

impl Passwords {
    /// With keys of an environment, made from those of the vault; passwords are sent through `messenger`.
    pub fn new(
        vault: &Vault,
        environment: Environment,
        clock: Arc<Clock>,
        messenger: Arc<dyn Messenger>,
    ) -> Self {
        let derive = |label| *vault.derive(&format!("{}/{label}", environment.name()));
        let mut key = aes::cipher::Key::<Aes128>::default();
        key.copy_from_slice(&derive("password/transaction")[..16]);
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&derive("password/digits"))
            .expect("invariant: HMAC takes keys of any length");
        Self { cipher: Aes128::new(&key), mac, clock, messenger }
    }

    /// Makes a password of six digits and sends it. Who asks with an API key has to confirm with the same.
    ///
    /// # Errors
    /// If too many messages wait to be sent.
    pub fn send(&self, mobile: Mobile, door: Door, key: Option<Uuid>) -> Result<Uuid, Refused> {
        self.send_for(mobile, door, key, None)
    }

    /// Makes a password and sends it in a message that names the party that asks for the person's status, if one does.
    ///
    /// # Errors
    /// If too many messages wait to be sent.
    pub fn send_for(
        &self,
        mobile: Mobile,
        door: Door,
        key: Option<Uuid>,
        party: Option<&str>,
    ) -> Result<Uuid, Refused> {
        let now = self.clock.now();
        let id = self.seal(mobile, door, now.seconds() + LIFE_S);
        let password = format!("{:06}", self.digits(id, key));
        let kind = if party.is_some() { MessageKind::StatusOtp } else { MessageKind::Otp };
        let party: String = party.unwrap_or_default().chars().take(PARTY).collect();
        let text = self.messenger.texts().text(kind, &[("otp", &password), ("party", &party)]);
        let expires = now.plus_ms(LIFE_S * 1000);
        let message = Message { kind, text, created: now, expires, key };
        self.messenger.send(mobile, message)?;
        Ok(id)
    }

    /// The transaction with this id, if it was begun at `door` and its password has not expired.
    pub fn open(&self, id: &str, door: Door) -> Option<Transaction> {
        let id = Uuid::try_parse(id).ok()?;
        let mut block = Block::<Aes128>::from(*id.as_bytes());
        self.cipher.decrypt_block(&mut block);
        let expires_s = number(&block[EXPIRES]).cast_signed();
        let left = expires_s - self.clock.now().seconds();
        let ours = block[DOOR] == door as u8 && (1..=LIFE_S).contains(&left);
        let mobile = Mobile(number(&block[MOBILE]));
        ours.then(|| Transaction { id, mobile, expires: Timestamp(expires_s * 1000) })
    }

    /// What the ledger is to count when `answer` is given: the lowercase or uppercase hex SHA-256 of the password.
    pub fn attempt(
        &self,
        transaction: &Transaction,
        key: Option<Uuid>,
        answer: &str,
        tries: u8,
    ) -> Attempt {
        let password = format!("{:06}", self.digits(transaction.id, key));
        let digest: [u8; 32] = Sha256::digest(password).into();
        let right = parse_digest(answer).is_some_and(|answer| answer.ct_eq(&digest).into());
        Attempt { transaction: transaction.id, expires: transaction.expires, right, tries }
    }

    fn seal(&self, mobile: Mobile, door: Door, expires_s: i64) -> Uuid {
        let mut block = Block::<Aes128>::default();
        block[MOBILE].copy_from_slice(&mobile.0.to_be_bytes()[3..]);
        block[EXPIRES].copy_from_slice(&expires_s.to_be_bytes()[3..]);
        block[DOOR] = door as u8;
        block[RANDOM].copy_from_slice(&rand::rng().random::<[u8; 5]>());
        self.cipher.encrypt_block(&mut block);
        Uuid::from_bytes(block.into())
    }

    fn digits(&self, id: Uuid, key: Option<Uuid>) -> u64 {
        let key = key.unwrap_or_default();
        let mac = self.mac.clone().chain_update(id.as_bytes()).chain_update(key.as_bytes());
        number(&mac.finalize().into_bytes()[..7]) % 1_000_000
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Outbox;
    use jiff::SignedDuration;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const MOBILE: Mobile = Mobile(9_876_543_210);

    struct Fixture {
        passwords: Passwords,
        outbox: Arc<Outbox>,
        clock: Arc<Clock>,
    }

    impl Fixture {
        fn new() -> Self {
            let clock = Arc::new(Clock::fixed(Timestamp(1_600_000_000_000)));
            let outbox = Arc::new(Outbox::default());
            let keys = Vault::generate(&mut StdRng::seed_from_u64(1));
            let vault = Vault::parse(&keys).unwrap();
            let passwords =
                Passwords::new(&vault, Environment::Sandbox, clock.clone(), outbox.clone());
            Self { passwords, outbox, clock }
        }

        fn ask(&self, key: Option<Uuid>) -> (String, String) {
            let id = self.passwords.send(MOBILE, Door::Protected, key).unwrap();
            let text = self.outbox.outbox(MOBILE, key).unwrap().pop().unwrap().text;
            let at = text.find(|c: char| c.is_ascii_digit()).unwrap();
            (id.to_string(), text[at..at + 6].to_owned())
        }

        fn is_right(&self, id: &str, key: Option<Uuid>, answer: &str) -> bool {
            let transaction = self.passwords.open(id, Door::Protected).unwrap();
            assert_eq!(transaction.mobile, MOBILE);
            self.passwords.attempt(&transaction, key, answer, 3).right
        }
    }

    fn hashed(password: &str) -> String {
        Sha256::digest(password).iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn a_password_is_right_hashed_at_its_own_door_and_with_the_key_that_asked() {
        let f = Fixture::new();
        let key = Some(Uuid::from_u128(7));
        let (id, password) = f.ask(key);
        assert!(f.is_right(&id, key, &hashed(&password)));
        assert!(f.is_right(&id, key, &hashed(&password).to_uppercase()));
        assert!(!f.is_right(&id, key, &password), "unhashed");
        assert!(!f.is_right(&id, None, &hashed(&password)), "without the key");
        assert_eq!(f.passwords.open(&id, Door::Portal), None);
    }

    #[test]
    fn a_password_lives_three_minutes() {
        let f = Fixture::new();
        let (id, _) = f.ask(None);
        f.clock.advance(SignedDuration::from_secs(179));
        assert!(f.passwords.open(&id, Door::Protected).is_some());
        f.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(f.passwords.open(&id, Door::Protected), None);
    }

    #[test]
    fn two_passwords_of_one_number_are_two() {
        let f = Fixture::new();
        assert_ne!(f.ask(None), f.ask(None));
    }

    proptest! {
        #[test]
        fn an_id_that_was_not_given_out_opens_nothing(id: u128, text: String) {
            let f = Fixture::new();
            prop_assert_eq!(f.passwords.open(&Uuid::from_u128(id).to_string(), Door::Protected), None);
            prop_assert_eq!(f.passwords.open(&text, Door::Protected), None);
        }
    }
}
