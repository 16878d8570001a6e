//! Sessions that facilities published, and whether they were published truly.

use serde::{Deserialize, Serialize};

/// Sessions that facilities published, and whether they were published truly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sessions {
    /// Sessions acknowledged.
    pub published: u64,
    /// Per second of the duration.
    pub per_s: f64,
    /// Searches that were asked for after a session was acknowledged, and had to show it.
    pub searches: u64,
    /// Those that did not.
    pub hidden: u64,
    /// Sessions that a search showed with more seats than were published, or that were there with others.
    pub wrong_seats: u64,
    /// Acknowledged sessions that were gone afterwards.
    pub lost: u64,
    /// Sessions that were there more than once.
    pub doubled: u64,
    /// Refused sessions that were there.
    pub ghosts: u64,
    /// Sessions whose answer never came, however often they were asked for again.
    pub unknown_outcomes: u64,
    /// Those that were found published afterwards.
    pub unknown_found_done: u64,
    /// Those that were found not to be.
    pub unknown_found_undone: u64,
    /// Those for which the target gave no answer in the end, or two different ones.
    pub unknown_unsettled: u64,
    /// Facilities whose sessions were read back.
    pub facilities: u64,
}
