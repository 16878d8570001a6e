//! Reading the audit's rows.

use super::{Head, Tip};
use crate::codec::{Codec, Damage};
use crate::engine::Engine;
use crate::keys::{Key, Kind, Layout};
use crate::records::Row;
use crate::store::{ReadError, Store, Version, rest_of};
use std::ops::Range;
use uuid::Uuid;

/// Rows read at once.
const CHUNK: usize = 1024;

/// The copy of the newest head.
pub(super) const NEWEST: Key = Key::AuditHead(0);

/// Where chains stand, by their ids.
pub(super) type Chains = Vec<(Uuid, Tip)>;

/// A stored row: its bytes' key, and what is there; no key if that is of another layout.
pub(super) type Found = (Vec<u8>, Option<(Key, Result<Row, Damage>)>);

/// Where the rows are.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) codec: &'a Codec,
}

impl<'a> From<&'a Engine> for Source<'a> {
    fn from(engine: &'a Engine) -> Self {
        Self { store: &*engine.store, codec: &engine.codec }
    }
}

impl<'a> Source<'a> {
    pub(super) fn layout(self) -> &'a Layout {
        self.codec.layout()
    }

    /// The newest head, if there is one, as its copy says.
    pub(super) async fn newest(self, version: Version) -> Result<Option<Head>, ReadError> {
        match self.get(version, &[NEWEST]).await?.pop().flatten() {
            None => Ok(None),
            Some(Ok(Row::AuditHead(head))) => Ok(Some(*head)),
            Some(_) => Err(ReadError::Fatal("the audit's newest head cannot be read".to_owned())),
        }
    }

    /// Where the chains stand of all lanes that have a trace; chains without batches are left out.
    pub(super) async fn standing(self, version: Version) -> Result<Chains, ReadError> {
        let (mut chains, mut rest) = (Chains::new(), Some(self.layout().all(Kind::Trace)));
        while let Some(range) = rest {
            let (rows, next) = self.chunk(version, range).await?;
            chains.extend(rows.into_iter().filter_map(|(_, row)| match row {
                Some((Key::Trace(lane), Ok(Row::Trace(trace)))) => Some((lane, trace.audited)),
                _ => None,
            }));
            rest = next;
        }
        chains.retain(|(_, tip)| tip.number > 0);
        Ok(chains)
    }

    /// Some rows, as far as they are there.
    pub(super) async fn get(
        self,
        version: Version,
        keys: &[Key],
    ) -> Result<Vec<Option<Result<Row, Damage>>>, ReadError> {
        let stored: Vec<_> = keys.iter().map(|key| self.layout().encode(key)).collect();
        let values = self.store.get_many(version, &stored).await?;
        let rows = keys.iter().zip(&stored).zip(values);
        Ok(rows.map(|((key, at), value)| Some(self.codec.open(key, at, &value?))).collect())
    }

    /// The first rows of a range, and what is left of it.
    pub(super) async fn chunk(
        self,
        version: Version,
        range: Range<Vec<u8>>,
    ) -> Result<(Vec<Found>, Option<Range<Vec<u8>>>), ReadError> {
        let pairs = self.store.scan(version, range.clone(), CHUNK).await?;
        let rest = rest_of(range, &pairs, CHUNK);
        let open = |(stored, value): (Vec<u8>, Vec<u8>)| {
            let key = self.layout().decode(&stored);
            let row = key.map(|key| (key, self.codec.open(&key, &stored, &value)));
            (stored, row)
        };
        Ok((pairs.into_iter().map(open).collect(), rest))
    }
}
