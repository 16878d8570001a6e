//! Who may call, and what the ledger knows about them.
//!
//! - [`official`] is a record, [`record`] how the ledger keeps it.
//! - [`decision`] is the table of what officials and staff may do.
//! - [`key_text`] is what a key looks like.

pub mod decision;
pub mod key_text;
pub mod official;
pub mod record;

use serde::{Deserialize, Serialize};

/// Which of the two worlds something belongs to, on the wire: `production` or `sandbox`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Real people and real seats.
    Production,
    /// For trying things out.
    Sandbox,
}

impl Environment {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Production, Self::Sandbox];
}
