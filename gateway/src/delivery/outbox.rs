//! The sandbox's messenger: keeps messages for whoever asks, and sends none.

use super::message::{Message, Messenger, Refused};
use super::receipts::Receipts;
use super::texts::Texts;
use moka::sync::Cache;
use opencowin_model::Mobile;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Messages that were not sent, by number.
pub struct Outbox {
    boxes: Cache<u64, Arc<Mutex<Vec<Message>>>>,
    texts: Texts,
}

/// Messages kept per number.
const KEPT: usize = 10;

impl Outbox {
    /// An empty one, whose messages have these texts.
    pub fn new(texts: Texts) -> Self {
        let boxes = Cache::builder()
            .max_capacity(1_000_000)
            .time_to_live(Duration::from_secs(30 * 60))
            .build();
        Self { boxes, texts }
    }
}

impl Default for Outbox {
    fn default() -> Self {
        Self::new(Texts::default())
    }
}

impl Messenger for Outbox {
    fn send(&self, to: Mobile, message: Message) -> Result<(), Refused> {
        let messages = self.boxes.get_with(to.0, Arc::default);
        let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
        if messages.len() == KEPT {
            messages.remove(0);
        }
        messages.push(message);
        Ok(())
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    fn outbox(&self, of: Mobile, key: Option<Uuid>) -> Option<Vec<Message>> {
        let messages = self.boxes.get(&of.0).unwrap_or_default();
        let messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
        Some(messages.iter().filter(|message| message.key == key).cloned().collect())
    }

    fn receipts(&self) -> Option<&Receipts> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::MessageKind;
    use super::*;
    use opencowin_model::Timestamp;

    #[test]
    fn an_outbox_keeps_the_newest_messages_of_each_number_apart() {
        let outbox = Outbox::default();
        for n in 0..12 {
            let message = Message {
                kind: MessageKind::Otp,
                text: n.to_string(),
                created: Timestamp(n),
                expires: Timestamp(n + 1),
                key: None,
            };
            outbox.send(Mobile(1), message).unwrap();
        }
        let kept = outbox.outbox(Mobile(1), None).unwrap();
        assert_eq!((kept.len(), kept[9].text.as_str()), (10, "11"));
        assert_eq!(outbox.outbox(Mobile(2), None), Some(vec![]));
        let key = Some(Uuid::from_u128(1));
        assert_eq!(outbox.outbox(Mobile(1), key), Some(vec![]), "those of another");
    }
}
