//! Who may call, and what the ledger knows about them.
//!
//! - [`partner`], [`key`], [`official`] and [`block`] are the records, [`record`] how the ledger keeps them.
//! - [`registry`] holds all of them in memory, writes changes, and follows those of other gateways.
//! - [`officials`] appoints and dismisses.
//! - [`decision`] is the table of what officials and staff may do.
//! - [`key_text`] is what a key looks like.

pub mod block;
pub mod decision;
pub mod issuing;
pub mod key;
pub mod key_text;
pub mod official;
pub mod officials;
pub mod partner;
pub mod record;
pub mod registry;
mod stand;

use crate::config::Mode;
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

    /// Its name on the wire, which keys of its own are derived by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name() == name)
    }
}

impl From<Mode> for Environment {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Sandbox => Self::Sandbox,
            Mode::Production => Self::Production,
        }
    }
}
