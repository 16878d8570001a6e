//! What every way to a provider has in common.

use opencowin_model::Mobile;
use std::pin::Pin;
use std::time::Duration;
use uuid::Uuid;

/// A message on its way to a provider.
#[derive(Clone, Copy)]
pub struct Submission<'a> {
    /// Its id, the same at every attempt, so that a provider that looks at it sends a repeated one once.
    pub id: Uuid,
    /// Whom it is for.
    pub to: Mobile,
    /// Its text.
    pub text: &'a str,
    /// The DLT id of its text; empty where there is none.
    pub template_id: &'a str,
    /// How long it is still worth delivering.
    pub left: Duration,
}

/// A provider has taken a message on: from here on it is not sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What receipts will call it.
    pub receipt_id: String,
}

/// Why a provider did not accept a message. All but [`Rejected`](Self::Rejected) may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer in time. Whether the message was taken on is not known.
    Timeout,
    /// No connection, or one that broke. Whether the message was taken on is not known.
    Disconnected,
    /// The provider wants fewer messages.
    Throttled,
    /// The provider has a fault of its own.
    Broken,
    /// An answer that is none. Whether the message was taken on is not known.
    Garbled,
    /// The provider will never take this message.
    Rejected,
}

impl Failure {
    /// Its name in metrics and the log.
    pub fn label(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Disconnected => "disconnected",
            Self::Throttled => "throttled",
            Self::Broken => "broken",
            Self::Garbled => "garbled",
            Self::Rejected => "rejected",
        }
    }
}

/// An attempt under way.
pub type Submitting<'a> = Pin<Box<dyn Future<Output = Result<Accepted, Failure>> + Send + 'a>>;

/// A way to a provider.
pub trait Sender: Send + Sync {
    /// Its name in metrics and the log.
    fn name(&self) -> &str;

    /// How long an attempt may take. Whoever waits sees to it.
    fn timeout(&self) -> Duration;

    /// Whether an attempt can be made now.
    fn is_ready(&self) -> bool;

    /// Hands a message over.
    fn submit<'a>(&'a self, submission: Submission<'a>) -> Submitting<'a>;
}
