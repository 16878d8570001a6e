//! From rows to the bytes of the store and back: the layout of keys, the records, and the vault for rows about people.

use crate::keys::{Environment, Key, Layout, Meta};
use crate::records::{Malformed, Row};
use crate::vault::{Sealed, Vault};
use rand::Rng;
use std::sync::Arc;

/// A row that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not open.
    #[error(transparent)]
    Sealed(#[from] Sealed),
    /// It is no record of its kind.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// Reads and writes the rows of one environment.
#[derive(Clone, Debug)]
pub struct Codec {
    layout: Layout,
    vault: Arc<Vault>,
}

impl Codec {
    /// For one environment, with its keys.
    pub fn new(environment: Environment, vault: Arc<Vault>) -> Self {
        Self { layout: Layout::new(environment), vault }
    }

    /// The layout of keys.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The keys.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The value to store for a row under `stored_key`, which is the encoded `key`.
    pub fn seal(&self, key: &Key, stored_key: &[u8], row: &Row, random: &mut impl Rng) -> Vec<u8> {
        let record = row.encode();
        if is_sealed(key) { self.vault.seal(stored_key, &record, random) } else { record }
    }

    /// Reads a stored value.
    ///
    /// # Errors
    /// [`Damage`] if it was not written for this row with these keys.
    pub fn open(&self, key: &Key, stored_key: &[u8], value: &[u8]) -> Result<Row, Damage> {
        if is_sealed(key) {
            Ok(Row::decode(key, &self.vault.open(stored_key, value)?)?)
        } else {
            Ok(Row::decode(key, value)?)
        }
    }
}

/// Whether a row is sealed: all that are about people, documents whatever they say, and the one that proves the keys.
fn is_sealed(key: &Key) -> bool {
    match key {
        Key::Meta(Meta::KeyCheck)
        | Key::Account(_)
        | Key::Personal(_)
        | Key::Person(_)
        | Key::IdDocument(_)
        | Key::Appointment(..)
        | Key::Command(..)
        | Key::Document(..)
        | Key::AuditBatch(..)
        | Key::Event(_)
        | Key::Movement(..)
        | Key::Aefi(..)
        | Key::Outbox(..)
        | Key::PersonKey(_)
        | Key::Certificate(_)
        | Key::Issued(..)
        | Key::Share(_)
        | Key::Shares(_) => true,
        Key::Meta(_)
        | Key::Centre(_)
        | Key::Session(_)
        | Key::Counters(_)
        | Key::Member(_)
        | Key::Heartbeat(_)
        | Key::Lease(..)
        | Key::Trace(_)
        | Key::Feed(..)
        | Key::Usage(..)
        | Key::Attempts(..)
        | Key::AuditHead(_)
        | Key::Recipient(..)
        | Key::Stock(..)
        | Key::Figures(..)
        | Key::AllFigures(..)
        | Key::Sites(..)
        | Key::Signals(..)
        // Under the person's key already.
        | Key::Holder(_)
        | Key::Signed(_)
        // Published as they are.
        | Key::StatusBits(..)
        | Key::LogPending(_)
        | Key::LogLeaf(_)
        | Key::LogHead(_)
        | Key::LogTile(..) => false,
    }
}
