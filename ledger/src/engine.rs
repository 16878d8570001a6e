//! What every part of the ledger works with.

use crate::codec::{Codec, Damage};
use crate::keys::Key;
use crate::records::Row;
use crate::rules::{Context, Draw, Rules};
use crate::store::{ReadError, Store, Version};
use crate::view::{Known, Rows};
use foldhash::{HashMap, HashMapExt};
use opencowin_model::Clock;
use std::sync::Arc;

/// The store and what is needed to make sense of it.
pub(crate) struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) codec: Codec,
    pub(crate) rules: Rules,
    pub(crate) clock: Arc<Clock>,
}

impl Engine {
    /// The context of a decision made now.
    pub(crate) fn context(&self, draw: Draw) -> Context<'_> {
        Context::new(&self.rules, self.codec.vault().hasher(), self.clock.now(), draw)
    }

    /// Reads a stored pair; `None` if the key is of another layout.
    pub(crate) fn open(
        &self,
        stored_key: &[u8],
        value: &[u8],
    ) -> Option<(Key, Result<Row, Damage>)> {
        let key = self.codec.layout().decode(stored_key)?;
        Some((key, self.codec.open(&key, stored_key, value)))
    }
}

/// Rows as of one version, fetched so far.
#[derive(Debug)]
pub(crate) struct Fetched {
    version: Version,
    rows: HashMap<Key, Option<Result<Row, Damage>>>,
}

impl Fetched {
    /// Nothing yet.
    pub(crate) fn at(version: Version) -> Self {
        Self { version, rows: HashMap::new() }
    }

    /// Rows that could be read, and those that are not there.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (Key, Option<Row>)> {
        self.rows.into_iter().filter_map(|(key, row)| row.transpose().ok().map(|row| (key, row)))
    }

    /// Fetches rows, all at once; those fetched before are not fetched again.
    pub(crate) async fn fetch(
        &mut self,
        engine: &Engine,
        mut keys: Vec<Key>,
    ) -> Result<(), ReadError> {
        keys.sort_unstable_by(Key::cmp);
        keys.dedup();
        keys.retain(|key| !self.rows.contains_key(key));
        let stored: Vec<_> = keys.iter().map(|key| engine.codec.layout().encode(key)).collect();
        let values = engine.store.get_many(self.version, &stored).await?;
        for ((key, stored), value) in keys.into_iter().zip(&stored).zip(values) {
            self.rows.insert(key, value.map(|value| engine.codec.open(&key, stored, &value)));
        }
        Ok(())
    }
}

impl Rows for Fetched {
    fn row(&self, key: &Key) -> Known<'_> {
        match self.rows.get(key) {
            None => Known::Unread,
            Some(None) => Known::Absent,
            Some(Some(Ok(row))) => Known::Present(row),
            Some(Some(Err(_))) => Known::Damaged,
        }
    }
}
