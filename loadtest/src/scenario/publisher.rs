//! Managers of facilities, and the sessions that they publish.

use super::Span;
use serde::{Deserialize, Serialize};

/// Managers who draw sessions up and publish them while traffic runs. Each visit is one session, and a look whether the public
/// is shown it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publisher {
    /// At how many facilities. Those that hold sessions on the first day searched for are taken, in the most populous
    /// districts first.
    pub facilities: usize,
    /// Seats for a first dose that each session has online.
    pub seats: u32,
    /// A session is held on one of so many days from tomorrow on, each as likely.
    pub days_ahead: u16,
    /// The pause before each step, on average.
    pub think: Span,
    /// For how long a manager asks again for what got no answer.
    pub patience: Span,
}

impl Default for Publisher {
    fn default() -> Self {
        Self {
            facilities: 100,
            seats: 100,
            days_ahead: 7,
            think: Span::default(),
            patience: Span::seconds(60),
        }
    }
}

impl Publisher {
    /// The most seats of a session: a target takes no hall to give more in a day.
    pub(super) const MOST_SEATS: u32 = 10_000;

    /// The furthest ahead that a session can be published, in days.
    pub(super) const FURTHEST: u16 = 90;

    /// Requests that a visit makes: drawing up, publishing, looking.
    pub(super) const REQUESTS: f64 = 3.0;
}
