//! One-time passwords: asked for, sent, confirmed once.
//!
//! Asking does the same work for every well-formed number, registered or not, and looks nothing up, so that neither
//! the answer nor its time tells whether a number is known.

use super::Door;
use super::api_keys::parse_digest;
use crate::delivery::{Message, MessageKind, Messenger};
use dashmap::DashMap;
use opencowin_model::{Clock, Mobile, Timestamp};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How long a password is valid, in milliseconds (source: the text of the SMS, wire contract 1.5).
const LIFE_MS: i64 = 180_000;

/// Wrong answers after which a password is void.
const TRIES: u8 = 5;

/// Passwords that may be open at once; past that, none is given until some expire.
const OPEN: usize = 4_000_000;

/// The passwords that are open.
pub struct Passwords {
    open: DashMap<Uuid, Transaction>,
    clock: Arc<Clock>,
    messenger: Arc<dyn Messenger>,
}

struct Transaction {
    mobile: Mobile,
    door: Door,
    digest: [u8; 32],
    expires: Timestamp,
    tries_left: u8,
}

impl Passwords {
    /// None open; passwords are sent through `messenger`.
    pub fn new(clock: Arc<Clock>, messenger: Arc<dyn Messenger>) -> Self {
        Self { open: DashMap::new(), clock, messenger }
    }

    /// Makes a password of six digits and sends it. `None` while too many are open or wait to be sent.
    pub fn send(&self, mobile: Mobile, door: Door) -> Option<Uuid> {
        if self.open.len() >= OPEN {
            return None;
        }
        let now = self.clock.now();
        let password = format!("{:06}", rand::rng().random_range(0..1_000_000));
        let id = Uuid::new_v4();
        let transaction = Transaction {
            mobile,
            door,
            digest: Sha256::digest(&password).into(),
            expires: now.plus_ms(LIFE_MS),
            tries_left: TRIES,
        };
        self.open.insert(id, transaction);
        let text = self.messenger.texts().text(MessageKind::Otp, &[("otp", &password)]);
        let expires = now.plus_ms(LIFE_MS);
        let message = Message { kind: MessageKind::Otp, text, created: now, expires };
        if self.messenger.send(mobile, message).is_err() {
            self.open.remove(&id);
            return None;
        }
        Some(id)
    }

    /// The number that was proven, if `answer` is the lowercase or uppercase hex SHA-256 of the password that `id`
    /// was given at `door` and neither expired nor used. A right answer uses it up, and so do too many wrong ones.
    pub fn confirm(&self, id: &str, door: Door, answer: &str) -> Option<Mobile> {
        let id = Uuid::try_parse(id).ok()?;
        let answer = parse_digest(answer);
        let mut entry = self.open.get_mut(&id)?;
        let in_time = self.clock.now() < entry.expires && entry.door == door;
        let right = answer.is_some_and(|answer| answer.ct_eq(&entry.digest).into());
        let mobile = entry.mobile;
        entry.tries_left -= 1;
        let spent = entry.tries_left == 0;
        drop(entry);
        if !in_time || right || spent {
            // Whoever removes it first has used it: a second confirmation that raced with this one gets nothing.
            let used = self.open.remove(&id).is_some();
            return (used && in_time && right).then_some(mobile);
        }
        None
    }

    /// Forgets passwords that have expired. Called now and then.
    pub fn sweep(&self) {
        let now = self.clock.now();
        self.open.retain(|_, transaction| transaction.expires > now);
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Outbox;
    use jiff::SignedDuration;

    const MOBILE: Mobile = Mobile(9_876_543_210);

    struct Fixture {
        passwords: Passwords,
        outbox: Arc<Outbox>,
        clock: Arc<Clock>,
    }

    impl Fixture {
        fn new() -> Self {
            let clock = Arc::new(Clock::fixed(Timestamp(0)));
            let outbox = Arc::new(Outbox::default());
            Self { passwords: Passwords::new(clock.clone(), outbox.clone()), outbox, clock }
        }

        fn ask(&self) -> (String, String) {
            let id = self.passwords.send(MOBILE, Door::Public).unwrap();
            let text = self.outbox.outbox(MOBILE).unwrap().pop().unwrap().text;
            let at = text.find(|c: char| c.is_ascii_digit()).unwrap();
            (id.to_string(), text[at..at + 6].to_owned())
        }
    }

    fn hashed(password: &str) -> String {
        Sha256::digest(password).iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn a_password_is_confirmed_once_hashed_and_at_its_own_door() {
        let f = Fixture::new();
        let (id, password) = f.ask();
        assert_eq!(f.passwords.confirm(&id, Door::Public, &password), None, "unhashed");
        assert_eq!(f.passwords.confirm(&id, Door::Public, &hashed(&password)), Some(MOBILE));
        assert_eq!(f.passwords.confirm(&id, Door::Public, &hashed(&password)), None, "used");
        let (id, password) = f.ask();
        assert_eq!(f.passwords.confirm(&id, Door::Portal, &hashed(&password)), None);
    }

    #[test]
    fn a_password_lives_three_minutes() {
        let f = Fixture::new();
        let (id, password) = f.ask();
        f.clock.advance(SignedDuration::from_secs(180));
        assert_eq!(f.passwords.confirm(&id, Door::Public, &hashed(&password)), None);
        f.ask();
        f.clock.advance(SignedDuration::from_secs(180));
        f.passwords.sweep();
        assert!(f.passwords.is_empty(), "expired passwords are forgotten");
    }

    #[test]
    fn guessing_voids_a_password() {
        let f = Fixture::new();
        let (id, password) = f.ask();
        for _ in 0..5 {
            assert_eq!(f.passwords.confirm(&id, Door::Public, &"0".repeat(64)), None);
        }
        assert_eq!(f.passwords.confirm(&id, Door::Public, &hashed(&password)), None);
    }
}
