//! The records of one shelf in memory: a map behind a pointer that is swapped.

use super::record::{self, Record, Versioned};
use arc_swap::{ArcSwap, Guard};
use opencowin_ledger::records::Document;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The records of one shelf.
pub struct Stand<T>(ArcSwap<HashMap<Uuid, Versioned<T>>>);

/// Documents of one shelf as they are now, or nothing where one is gone.
pub(super) type Documents = Vec<(Uuid, Option<Document>)>;

impl<T: Record> Stand<T> {
    /// The records of this moment.
    pub(super) fn load(&self) -> Guard<Arc<HashMap<Uuid, Versioned<T>>>> {
        self.0.load()
    }

    /// Puts documents in the place of older ones. One that is no such record is passed over, and told.
    pub(super) fn put(&self, documents: Documents) {
        let mut records = (**self.0.load()).clone();
        for (id, document) in documents {
            let known = records.get(&id).map_or(0, |found| found.version);
            let Some(document) = document else {
                records.remove(&id);
                continue;
            };
            if document.version <= known {
                continue;
            }
            match record::read::<T>(&document) {
                Ok(read) => drop(records.insert(id, read)),
                Err(error) => {
                    let (shelf, column) = (T::SHELF, error.column());
                    tracing::error!(?shelf, %id, column, "a document cannot be read");
                }
            }
        }
        self.0.store(Arc::new(records));
    }
}

impl<T> Default for Stand<T> {
    fn default() -> Self {
        Self(ArcSwap::default())
    }
}
