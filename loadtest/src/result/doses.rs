//! Doses that staff recorded, and whether they were recorded truly.

use serde::{Deserialize, Serialize};

/// Doses that staff recorded, and whether they were recorded truly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Doses {
    /// Doses acknowledged.
    pub recorded: u64,
    /// Per second of the duration.
    pub per_s: f64,
    /// Acknowledged doses that were gone afterwards, or not taken out of stock.
    pub lost: u64,
    /// Doses that were there, or taken out of stock, more than once.
    pub doubled: u64,
    /// Refused doses that were there.
    pub ghosts: u64,
    /// Doses whose answer never came, however often they were asked for again.
    pub unknown_outcomes: u64,
    /// Those that were found recorded afterwards.
    pub unknown_found_done: u64,
    /// Those that were found not to be.
    pub unknown_found_undone: u64,
    /// Those for which the target gave no answer in the end, or two different ones.
    pub unknown_unsettled: u64,
    /// Facilities whose lists and stock were read back.
    pub facilities: u64,
    /// Districts whose figures in the public report were compared.
    pub districts: u64,
    /// Those that had not grown by the doses that were recorded.
    pub wrong_figures: u64,
}
