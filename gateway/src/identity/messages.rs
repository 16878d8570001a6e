//! Messages to people: one-time passwords, and later confirmations.

use moka::sync::Cache;
use opencowin_model::{Mobile, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// What is sent to a mobile number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The text as a phone shows it.
    pub text: String,
    /// When it was handed over.
    pub sent_at: Timestamp,
    /// The API key of the application that asked for it, if one did.
    pub key: Option<Uuid>,
}

/// Carries messages to people.
pub trait Messenger: Send + Sync {
    /// Hands a message over. It must not wait: whether a number is known must not show in the time this takes.
    fn send(&self, to: Mobile, message: Message);

    /// What was sent to a number lately on behalf of a key, or of none, where that can be looked at (the sandbox).
    fn outbox(&self, of: Mobile, key: Option<Uuid>) -> Option<Vec<Message>>;
}

/// The sandbox's messenger: keeps messages for whoever asks, and sends none.
pub struct Outbox {
    boxes: Cache<u64, Arc<Mutex<Vec<Message>>>>,
}

/// Messages kept per number.
const KEPT: usize = 10;

impl Default for Outbox {
    fn default() -> Self {
        let boxes = Cache::builder()
            .max_capacity(1_000_000)
            .time_to_live(Duration::from_secs(30 * 60))
            .build();
        Self { boxes }
    }
}

impl Messenger for Outbox {
    fn send(&self, to: Mobile, message: Message) {
        let messages = self.boxes.get_with(to.0, Arc::default);
        let mut messages = messages.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if messages.len() == KEPT {
            messages.remove(0);
        }
        messages.push(message);
    }

    fn outbox(&self, of: Mobile, key: Option<Uuid>) -> Option<Vec<Message>> {
        let messages = self.boxes.get(&of.0).unwrap_or_default();
        let messages = messages.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(messages.iter().filter(|message| message.key == key).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outbox_keeps_the_newest_messages_of_each_number_apart() {
        let outbox = Outbox::default();
        for n in 0..12 {
            let text = n.to_string();
            outbox.send(Mobile(1), Message { text, sent_at: Timestamp(n), key: None });
        }
        let kept = outbox.outbox(Mobile(1), None).unwrap();
        assert_eq!((kept.len(), kept[9].text.as_str()), (10, "11"));
        assert_eq!(outbox.outbox(Mobile(2), None), Some(vec![]));
        let key = Some(Uuid::from_u128(1));
        assert_eq!(outbox.outbox(Mobile(1), key), Some(vec![]), "those of another");
    }
}
