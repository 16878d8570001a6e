//! What providers tell of messages that they accepted.
//!
//! A receipt names the message as the provider called it when it accepted it. It may come before the acceptance was
//! noted here, more than once, or never; only the first final one of a message counts.

use super::counts::{Counts, Outcome};
use super::message::MessageKind;
use moka::sync::Cache;
use opencowin_model::{Clock, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// How long receipts are waited for; providers give up earlier.
const WAITED_FOR: Duration = Duration::from_secs(24 * 3600);

/// Messages whose receipts are waited for at the same time; of more, the oldest are forgotten.
const MESSAGES: u64 = 1_000_000;

/// How long a receipt waits for the note of its message's acceptance.
const EARLY: Duration = Duration::from_secs(60);

/// Receipts that wait so; a provider that makes ids up cannot fill the memory.
const EARLY_RECEIPTS: u64 = 10_000;

/// What a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// On its way: not the last word.
    UnderWay,
    /// On the phone.
    Delivered,
    /// Never to be on the phone.
    Undelivered,
}

impl Status {
    /// Reads a status as providers write it: the words of SMPP 3.4 (appendix B) and those of HTTP providers, in any
    /// case. What is not known is not the last word.
    pub fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "delivrd" | "delivered" | "success" => Self::Delivered,
            "undeliv" | "undelivered" | "undeliverable" | "expired" | "deleted" | "rejectd"
            | "rejected" | "failed" | "dnd" | "blocked" => Self::Undelivered,
            _ => Self::UnderWay,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::UnderWay => "under-way",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
        }
    }
}

/// Whose receipts they are.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in metrics.
    pub name: String,
    /// The digest of the secret by which it is known to the receipts' route, if it uses that.
    pub secret: Option<[u8; 32]>,
}

/// Messages whose receipts are waited for.
pub struct Receipts {
    providers: Vec<Provider>,
    waiting: Cache<(usize, String), Waiting>,
    early: Cache<(usize, String), Outcome>,
    counts: Counts,
    clock: Arc<Clock>,
}

#[derive(Clone, Copy)]
struct Waiting {
    kind: MessageKind,
    created: Timestamp,
}

impl Receipts {
    /// None waited for; of these providers, which are known by their places.
    pub fn new(providers: Vec<Provider>, counts: Counts, clock: Arc<Clock>) -> Self {
        let waiting = Cache::builder().max_capacity(MESSAGES).time_to_live(WAITED_FOR).build();
        let early = Cache::builder().max_capacity(EARLY_RECEIPTS).time_to_live(EARLY).build();
        Self { providers, waiting, early, counts, clock }
    }

    /// The place of the provider that knows `secret`.
    pub fn provider(&self, secret: &str) -> Option<usize> {
        let digest = digest(secret);
        let knows = |provider: &Provider| {
            provider.secret.is_some_and(|secret| secret.ct_eq(&digest).into())
        };
        self.providers.iter().position(knows)
    }

    /// A receipt of the message that the provider called `id`.
    pub fn take(&self, provider: usize, id: &str, status: Status) {
        let Some(known) = self.providers.get(provider) else { return };
        self.counts.receipt(&known.name, status.label());
        let outcome = match status {
            Status::UnderWay => return,
            Status::Delivered => Outcome::Delivered,
            Status::Undelivered => Outcome::Undelivered,
        };
        let key = (provider, id.to_owned());
        if let Some(waiting) = self.waiting.remove(&key) {
            return self.settle(waiting, outcome);
        }
        self.early.insert(key.clone(), outcome);
        self.settle_early(&key);
    }

    /// The provider accepted a message and calls it `id`.
    pub(super) fn expect(
        &self,
        provider: usize,
        id: String,
        kind: MessageKind,
        created: Timestamp,
    ) {
        let key = (provider, id);
        self.waiting.insert(key.clone(), Waiting { kind, created });
        self.settle_early(&key);
    }

    /// Acceptance and receipt may be noted at the same time by two threads; each notes first and looks then, so that at
    /// least one of them sees both, and what is removed is removed once.
    fn settle_early(&self, key: &(usize, String)) {
        if !self.early.contains_key(key) {
            return;
        }
        if let Some(waiting) = self.waiting.remove(key)
            && let Some(outcome) = self.early.remove(key)
        {
            self.settle(waiting, outcome);
        }
    }

    fn settle(&self, waiting: Waiting, outcome: Outcome) {
        self.counts.timed(waiting.kind, outcome, waiting.created, self.clock.now());
    }
}

/// What is kept of a secret in a receipts' path.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use prometheus_client::registry::Registry;

    struct Fixture {
        receipts: Receipts,
        registry: Registry,
        clock: Arc<Clock>,
    }

    impl Fixture {
        fn new() -> Self {
            let (counts, mut registry) = (Counts::default(), Registry::default());
            counts.register(&mut registry);
            let clock = Arc::new(Clock::fixed(Timestamp(0)));
            let named = |name: &str| Provider {
                name: name.to_owned(),
                secret: Some(digest(&format!("{name}'s secret"))),
            };
            let receipts = Receipts::new(vec![named("a"), named("b")], counts, clock.clone());
            Self { receipts, registry, clock }
        }

        fn expect(&self, provider: usize, id: &str) {
            self.receipts.expect(provider, id.to_owned(), MessageKind::Otp, Timestamp(0));
        }

        fn counted(&self, line: &str) -> bool {
            let mut text = String::new();
            prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
            text.lines().any(|l| l == line)
        }
    }

    const DELIVERED: &str = r#"messages_total{kind="otp",outcome="delivered"} 1"#;

    #[test]
    fn a_message_is_delivered_once_however_often_it_is_told() {
        let f = Fixture::new();
        f.expect(0, "x");
        f.clock.advance(SignedDuration::from_secs(2));
        f.receipts.take(0, "x", Status::UnderWay);
        assert!(!f.counted(DELIVERED), "not the last word");
        for _ in 0..3 {
            f.receipts.take(0, "x", Status::Delivered);
        }
        assert!(f.counted(DELIVERED));
        assert!(f.counted(r#"message_seconds_sum{kind="otp",until="delivered"} 2.0"#));
        assert!(f.counted(r#"sender_receipts_total{sender="a",outcome="delivered"} 3"#));
    }

    #[test]
    fn a_receipt_may_come_before_its_message_was_noted() {
        let f = Fixture::new();
        f.receipts.take(0, "x", Status::Delivered);
        f.expect(0, "x");
        assert!(f.counted(DELIVERED));
    }

    #[test]
    fn one_provider_says_nothing_of_anothers_messages() {
        let f = Fixture::new();
        f.expect(0, "x");
        f.receipts.take(1, "x", Status::Delivered);
        assert!(!f.counted(DELIVERED));
    }

    #[test]
    fn a_provider_is_known_by_its_secret() {
        let f = Fixture::new();
        assert_eq!(f.receipts.provider("b's secret"), Some(1));
        assert_eq!(f.receipts.provider("c's secret"), None);
    }

    #[test]
    fn statuses_are_read_as_providers_write_them() {
        for (text, status) in [
            ("DELIVRD", Status::Delivered),
            (" Delivered", Status::Delivered),
            ("UNDELIV", Status::Undelivered),
            ("REJECTD", Status::Undelivered),
            ("ENROUTE", Status::UnderWay),
            ("what?", Status::UnderWay),
        ] {
            assert_eq!(Status::parse(text), status, "{text}");
        }
    }
}
