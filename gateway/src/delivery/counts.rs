//! What is counted of messages.

use super::message::MessageKind;
use super::sender::Failure;
use opencowin_model::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// What can become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Not taken: the queue was full.
    Refused,
    /// Given up for a password when the queue was full.
    Displaced,
    /// Its time was over before a provider accepted it.
    Expired,
    /// No provider will ever take it.
    Rejected,
    /// Left over when the server closed.
    Dropped,
    /// A provider took it on.
    Accepted,
    /// It is on the phone.
    Delivered,
    /// It will never be on the phone.
    Undelivered,
}

impl Outcome {
    fn label(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Displaced => "displaced",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Dropped => "dropped",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfMessage {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Until {
    kind: &'static str,
    until: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSender {
    sender: String,
    outcome: &'static str,
}

/// The counters, shared by all who count.
#[derive(Clone, Debug)]
pub struct Counts {
    messages: Family<OfMessage, Counter>,
    seconds: Family<Until, Histogram>,
    attempts: Family<OfSender, Counter>,
    receipts: Family<OfSender, Counter>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            messages: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            attempts: Family::default(),
            receipts: Family::default(),
        }
    }
}

impl Counts {
    /// Shows them in `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("messages", "Messages, by what became of them", self.messages.clone());
        registry.register(
            "message_seconds",
            "From handing a message over until a provider accepted it or it was delivered",
            self.seconds.clone(),
        );
        registry.register("sender_attempts", "Attempts at a provider", self.attempts.clone());
        registry.register("sender_receipts", "Receipts of a provider", self.receipts.clone());
    }

    /// Something became of a message.
    pub fn message(&self, kind: MessageKind, outcome: Outcome) {
        let label = OfMessage { kind: kind.label(), outcome: outcome.label() };
        self.messages.get_or_create(&label).inc();
    }

    /// The same, of one that was handed over at `created`.
    pub fn timed(&self, kind: MessageKind, outcome: Outcome, created: Timestamp, now: Timestamp) {
        self.message(kind, outcome);
        let label = Until { kind: kind.label(), until: outcome.label() };
        let seconds = (now.0 - created.0).max(0) as f64 / 1000.0;
        self.seconds.get_or_create(&label).observe(seconds);
    }

    /// A provider was tried.
    pub fn attempt(&self, sender: &str, failure: Option<Failure>) {
        let outcome = failure.map_or(Outcome::Accepted.label(), Failure::label);
        self.attempts.get_or_create(&OfSender { sender: sender.to_owned(), outcome }).inc();
    }

    /// A provider told something of a message.
    pub fn receipt(&self, sender: &str, outcome: &'static str) {
        self.receipts.get_or_create(&OfSender { sender: sender.to_owned(), outcome }).inc();
    }
}

/// From 10 ms to an hour and a half, each bucket twice the one before: a password is worth three minutes, a notice a day.
fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 2.0, 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_counted_and_timed_by_its_kind() {
        let (counts, mut registry) = (Counts::default(), Registry::default());
        counts.register(&mut registry);
        counts.timed(MessageKind::Otp, Outcome::Accepted, Timestamp(0), Timestamp(250));
        counts.attempt("a", None);
        counts.attempt("a", Some(Failure::Timeout));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"messages_total{kind="otp",outcome="accepted"} 1"#,
            r#"message_seconds_sum{kind="otp",until="accepted"} 0.25"#,
            r#"sender_attempts_total{sender="a",outcome="timeout"} 1"#,
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
    }
}
