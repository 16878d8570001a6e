//! What became of the attempts of each account.

use crate::people::Person;
use crate::scenario::Door;
use std::time::Instant;
use uuid::Uuid;

/// An account in which something was attempted.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose it is.
    pub person: Person,
    /// The group of the scenario.
    pub group: usize,
    /// The door through which to log in again.
    pub door: Door,
    /// The token, and when it was given; `None` if it is known to be of no more use.
    pub token: (String, Option<Instant>),
    /// What was attempted, in order.
    pub attempts: Vec<Attempt>,
}

/// An attempt to book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The session.
    pub session: Uuid,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an attempt, as far as answers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged under this id.
    Booked(Uuid),
    /// Refused.
    Refused,
    /// No answer came, or none that says.
    Unknown,
    /// Acknowledged, and its cancellation too.
    Cancelled(Uuid),
    /// Acknowledged; its cancellation was sent and not answered.
    PerhapsCancelled(Uuid),
    /// Acknowledged; a move to another session was sent and not answered.
    PerhapsMoved(Uuid, Uuid),
}

impl Account {
    /// Whether an answer never came.
    pub fn has_unknown(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.fate.is_unknown())
    }
}

impl Fate {
    /// Whether an answer never came.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown | Self::PerhapsCancelled(_) | Self::PerhapsMoved(..))
    }
}
