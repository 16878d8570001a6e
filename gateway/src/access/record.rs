//! Records about callers, as documents of the ledger hold them.

use opencowin_ledger::commands::Amendment;
use opencowin_ledger::keys::Shelf;
use opencowin_ledger::records::Document;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use uuid::Uuid;

/// Something that stands on one shelf of the ledger. It is kept as JSON: there are few of them, they change seldom, have
/// many fields and grow more, and an operator with the keys can read them. Unknown fields are passed over, so that an
/// older program reads what a newer one wrote.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Where it stands.
    const SHELF: Shelf;

    /// By what it is found.
    fn id(&self) -> Uuid;
}

/// A record as it was read.
#[derive(Debug)]
pub struct Versioned<T> {
    /// Its version; 0 for one that is not there yet.
    pub version: u64,
    /// The record.
    pub record: Arc<T>,
}

impl<T> Clone for Versioned<T> {
    fn clone(&self) -> Self {
        Self { version: self.version, record: self.record.clone() }
    }
}

/// Reads a document.
///
/// # Errors
/// If it is no such record.
pub fn read<T: Record>(document: &Document) -> Result<Versioned<T>, serde_json::Error> {
    let record = serde_json::from_slice(&document.body)?;
    Ok(Versioned { version: document.version, record: Arc::new(record) })
}

/// What makes `record` follow the version that was read.
pub fn written<T: Record>(record: &T, replaces: u64) -> Amendment {
    let body =
        serde_json::to_vec(record).expect("invariant: records have string keys and finite numbers");
    Amendment { shelf: T::SHELF, id: record.id(), replaces, body: Some(body) }
}
