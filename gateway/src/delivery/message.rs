//! What is said to people, and who carries it.

use super::receipts::Receipts;
use super::texts::Texts;
use opencowin_model::{Mobile, Timestamp};
use std::fmt;
use uuid::Uuid;

/// Why somebody is written to. India's operators carry a message only if its text was registered for its purpose, so
/// each kind has a text and a DLT template id of its own in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A one-time password.
    Otp,
    /// A one-time password with which somebody lets a party know their vaccination status.
    StatusOtp,
    /// An appointment was booked.
    BookingConfirmed,
    /// An appointment was moved to another day, centre or slot.
    AppointmentMoved,
    /// An appointment was cancelled.
    AppointmentCancelled,
    /// Certificates were corrected: others stand in their place.
    CertificateCorrected,
    /// A certificate was revoked.
    CertificateRevoked,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Otp,
        Self::StatusOtp,
        Self::BookingConfirmed,
        Self::AppointmentMoved,
        Self::AppointmentCancelled,
        Self::CertificateCorrected,
        Self::CertificateRevoked,
    ];

    /// Its name in settings and metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::Otp => "otp",
            Self::StatusOtp => "status-otp",
            Self::BookingConfirmed => "booking-confirmed",
            Self::AppointmentMoved => "appointment-moved",
            Self::AppointmentCancelled => "appointment-cancelled",
            Self::CertificateCorrected => "certificate-corrected",
            Self::CertificateRevoked => "certificate-revoked",
        }
    }

    /// Which goes first: somebody waits for a password with the page open.
    pub fn priority(self) -> Priority {
        match self {
            Self::Otp | Self::StatusOtp => Priority::Otp,
            Self::BookingConfirmed
            | Self::AppointmentMoved
            | Self::AppointmentCancelled
            | Self::CertificateCorrected
            | Self::CertificateRevoked => Priority::Notice,
        }
    }
}

/// Which messages go first; the first named is the first sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// One-time passwords.
    Otp,
    /// Everything that can wait.
    Notice,
}

/// What is sent to a mobile number.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Why it is sent.
    pub kind: MessageKind,
    /// The text as a phone shows it.
    pub text: String,
    /// When it was handed over.
    pub created: Timestamp,
    /// From when on it is not worth sending.
    pub expires: Timestamp,
    /// The API key of the application that asked for it, if one did.
    pub key: Option<Uuid>,
}

/// Shows no text: it may hold a password.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("kind", &self.kind)
            .field("created", &self.created)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The queue is full of messages that go first, or is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no message can be taken now")]
pub struct Refused;

/// Carries messages to people.
pub trait Messenger: Send + Sync {
    /// Hands a message over. It must not wait: whether a number is known must not show in the time this takes.
    ///
    /// # Errors
    /// [`Refused`] if it will not be sent.
    fn send(&self, to: Mobile, message: Message) -> Result<(), Refused>;

    /// The texts of messages, as they were registered.
    fn texts(&self) -> &Texts;

    /// What was sent to a number lately, where that can be looked at (the sandbox).
    fn outbox(&self, of: Mobile, key: Option<Uuid>) -> Option<Vec<Message>>;

    /// Where providers tell what became of messages, if messages go to providers.
    fn receipts(&self) -> Option<&Receipts>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_a_log_shows_no_text() {
        let message = Message {
            kind: MessageKind::Otp,
            text: "your password is 123456".to_owned(),
            created: Timestamp(0),
            expires: Timestamp(1),
            key: None,
        };
        assert!(!format!("{message:?}").contains("123456"));
    }
}
