//! Reading and verifying the audit of a ledger, from a stopped directory or next to running gateways. Nothing is written.

use super::head::HeadKey;
use super::source::Source;
use super::{Audited, Batch, Fault, Head, Pin, PublicKey, verify};
use crate::codec::Codec;
use crate::keys::{Environment, Key, Kind, Meta};
use crate::records::Row;
use crate::store::block_on::block_on;
use crate::store::{ReadError, Store};
use crate::vault::Vault;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use uuid::Uuid;

/// Reads the audit. Its methods block.
pub struct Auditor {
    store: Arc<dyn Store>,
    codec: Codec,
}

/// Why an audit cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is nothing of this environment in the store.
    #[error("there is no ledger here")]
    NoLedger,
    /// The key file is not the one that this ledger was made with.
    #[error("the key file does not belong to this ledger")]
    WrongKeys,
    /// The store does not answer.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// A row of the audit is damaged; verifying tells which and what else.
    #[error("a row of the audit cannot be read: verify it")]
    Damaged,
    /// Whoever was handed what was read could not take it.
    #[error(transparent)]
    Untold(#[from] io::Error),
}

/// How far chains have been read: the number of the last batch of each.
pub type Positions = BTreeMap<Uuid, u64>;

/// A batch in its place.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its chain.
    pub chain: Uuid,
    /// Its number.
    pub number: u64,
    /// The batch.
    pub batch: Batch,
}

impl Auditor {
    /// The audit of an environment's ledger.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn open(
        store: Arc<dyn Store>,
        vault: Arc<Vault>,
        environment: Environment,
    ) -> Result<Self, AuditError> {
        let auditor = Self { store, codec: Codec::new(environment, vault) };
        let source = auditor.source();
        let version = block_on(source.store.read_version())?;
        let proof = block_on(source.get(version, &[Key::Meta(Meta::KeyCheck)]))?.pop().flatten();
        let hash = source.codec.vault().hasher().key_check();
        match proof {
            None => Err(AuditError::NoLedger),
            Some(Ok(Row::KeyCheck(found))) if found == hash => Ok(auditor),
            Some(_) => Err(AuditError::WrongKeys),
        }
    }

    /// The key that heads are verified with.
    pub fn public_key(&self) -> PublicKey {
        HeadKey::of(self.codec.vault()).public()
    }

    /// Verifies everything; the faults are handed to `found`. Where a head was written down earlier, it must still be there.
    ///
    /// # Errors
    /// If the store does not answer.
    pub fn verify(
        &self,
        pin: Option<Pin>,
        mut found: impl FnMut(Fault) + Send,
    ) -> Result<Audited, ReadError> {
        block_on(verify(self.source(), pin, &mut found))
    }

    /// Hands over all batches, by chain and number.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn batches(&self, mut each: impl FnMut(Link) -> io::Result<()>) -> Result<(), AuditError> {
        self.links(self.source().layout().all(Kind::AuditBatch), &mut each)
    }

    /// Hands over all heads, by number.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn heads(&self, mut each: impl FnMut(Head) -> io::Result<()>) -> Result<(), AuditError> {
        self.rows(self.source().layout().heads_from(1), |_, row| match row {
            Row::AuditHead(head) => each(*head),
            _ => Ok(()),
        })
    }

    /// Where the chains stand now that have not ended long ago.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn positions(&self) -> Result<Positions, AuditError> {
        self.positions_and_number().map(|(positions, _)| positions)
    }

    /// From where to where to read for the last batches: at least so many, if there are.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn last(&self, batches: u64) -> Result<(Positions, Positions), AuditError> {
        let (mut to, newest) = self.positions_and_number()?;
        // Each head covers a batch that those before did not.
        let first = newest.saturating_sub(batches);
        let mut from = Positions::new();
        self.rows(self.source().layout().heads_from(first.max(1)), |_, row| {
            let Row::AuditHead(head) = row else { return Ok(()) };
            for (chain, tip) in head.chains {
                let known = to.entry(chain).or_default();
                *known = tip.number.max(*known);
                if head.number == first {
                    from.insert(chain, tip.number);
                }
            }
            Ok(())
        })?;
        Ok((from, to))
    }

    /// Hands over the batches after some positions up to others, by chain and number.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn between(
        &self,
        from: &Positions,
        to: &Positions,
        mut each: impl FnMut(Link) -> io::Result<()>,
    ) -> Result<(), AuditError> {
        for (chain, last) in to {
            let first = from.get(chain).map_or(1, |number| number + 1);
            if first <= *last {
                self.links(self.source().layout().batches_of(*chain, first..=*last), &mut each)?;
            }
        }
        Ok(())
    }

    /// Where the chains stand, as the newest head and the traces say, and the number of that head.
    fn positions_and_number(&self) -> Result<(Positions, u64), AuditError> {
        let source = self.source();
        let version = block_on(source.store.read_version())?;
        let newest = block_on(source.newest(version))?;
        let number = newest.as_ref().map_or(0, |head| head.number);
        let said = newest.into_iter().flat_map(|head| head.chains);
        let standing = said.chain(block_on(source.standing(version))?);
        let mut positions = Positions::new();
        for (chain, tip) in standing {
            let known = positions.entry(chain).or_default();
            *known = tip.number.max(*known);
        }
        Ok((positions, number))
    }

    fn links(
        &self,
        range: Range<Vec<u8>>,
        each: &mut impl FnMut(Link) -> io::Result<()>,
    ) -> Result<(), AuditError> {
        self.rows(range, |key, row| match (key, row) {
            (Key::AuditBatch(chain, number), Row::AuditBatch(batch)) => {
                each(Link { chain, number, batch })
            }
            _ => Ok(()),
        })
    }

    /// Hands over the rows of a range.
    fn rows(
        &self,
        range: Range<Vec<u8>>,
        mut each: impl FnMut(Key, Row) -> io::Result<()>,
    ) -> Result<(), AuditError> {
        let mut rest = Some(range);
        while let Some(range) = rest {
            let version = block_on(self.store.read_version())?;
            let (rows, next) = block_on(self.source().chunk(version, range))?;
            for (_, row) in rows {
                let (key, row) = row.ok_or(AuditError::Damaged)?;
                each(key, row.map_err(|_| AuditError::Damaged)?)?;
            }
            rest = next;
        }
        Ok(())
    }

    fn source(&self) -> Source<'_> {
        Source { store: &*self.store, codec: &self.codec }
    }
}

impl Link {
    /// The hash of the batch in this place.
    pub fn hash(&self) -> [u8; 32] {
        self.batch.hash(self.chain, self.number)
    }
}
