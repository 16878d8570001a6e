//! Partners: organisations whose applications call the API.

use super::Environment;
use super::record::Record;
use opencowin_ledger::keys::Shelf;
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An Application Service Provider (guidelines, section 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    /// Its id.
    pub id: Uuid,
}

impl Partner {
    /// Whether its keys of an environment open anything.
    pub fn may_call(&self, _environment: Environment, _now: Timestamp) -> bool {
        true
    }

    /// Whether somebody administers its access: nobody does as long as the record names nobody.
    pub fn is_administered_by(&self, _account: Uuid) -> bool {
        false
    }
}

impl Record for Partner {
    const SHELF: Shelf = Shelf::Partners;

    fn id(&self) -> Uuid {
        self.id
    }
}
