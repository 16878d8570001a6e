//! Whether the audit is whole: nothing was removed, altered, put elsewhere or cut off.
//!
//! First the heads are read, from the first to the newest: each is signed and names the one before, and what it says of a
//! chain is the hash of the batch that lies there. Then the chains are read: each batch names the one before, none is
//! missing, and no chain is shorter than a head or its lane's trace has said. What is appended meanwhile does no harm:
//! batches are read after what was said of them.
//!
//! Of each chain, and of the heads, only the first fault is told, since all that follows it is in doubt.

use super::head::HeadKey;
use super::source::{Found, Source};
use super::{Batch, Head, PublicKey, Tip};
use crate::keys::{Key, Kind};
use crate::records::Row;
use crate::store::{ReadError, Version};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use uuid::Uuid;

/// A head that somebody wrote down: it must still be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its number.
    pub number: u64,
    /// Its [hash](Head::hash).
    pub hash: [u8; 32],
}

/// How much was verified, and how much of it was wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// Chains.
    pub chains: u64,
    /// Batches of all chains.
    pub batches: u64,
    /// Entries of all batches.
    pub entries: u64,
    /// Heads.
    pub heads: u64,
    /// Batches that no head covers yet.
    pub uncovered: u64,
    /// The newest head, to be written down.
    pub newest: Option<Pin>,
    /// Faults told.
    pub faults: u64,
}

/// Something that is wrong with the audit, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place} {wrong}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub wrong: Wrong,
}

/// A place in the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A batch: its chain and number.
    Batch(Uuid, u64),
    /// A head.
    Head(u64),
    /// A row that is neither, by its key in hexadecimal digits.
    Row(String),
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is not there, though there is one after it.
    #[error("is missing")]
    Missing,
    /// It and all after it are not there, up to this number at least.
    #[error("is missing, and so are all up to {0}")]
    CutOff(u64),
    /// It does not open, or is malformed.
    #[error("cannot be read")]
    Unreadable,
    /// It does not name the hash of the one before: one of the two was altered.
    #[error("does not follow the one before")]
    DoesNotFollow,
    /// Its hash is not the one that this head says; it was altered.
    #[error("is not the one that head {0} was made of")]
    NotOfHead(u64),
    /// Its hash is not the one that its lane's trace says; it was altered.
    #[error("is not the one that its lane wrote")]
    NotOfLane,
    /// It was not signed with the ledger's key.
    #[error("has no valid signature")]
    BadSignature,
    /// It is another head than its key says, or the copy of the newest is none.
    #[error("is another head")]
    OtherHead,
    /// It is not the one that was written down.
    #[error("is not the one that was written down")]
    NotPinned,
    /// It has no place in the audit.
    #[error("does not belong there")]
    Astray,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(chain, number) => write!(f, "batch {number} of chain {chain}"),
            Self::Head(0) => write!(f, "the copy of the newest head"),
            Self::Head(number) => write!(f, "head {number}"),
            Self::Row(key) => write!(f, "row {key}"),
        }
    }
}

/// Verifies everything.
pub(crate) async fn verify(
    source: Source<'_>,
    pin: Option<Pin>,
    found: &mut (dyn FnMut(Fault) + Send),
) -> Result<Audited, ReadError> {
    let key = HeadKey::of(source.codec.vault()).public();
    let mut verifier = Verifier {
        source,
        key,
        pin,
        claims: BTreeMap::new(),
        faults: BTreeMap::new(),
        astray: Vec::new(),
        audited: Audited::default(),
    };
    verifier.heads().await?;
    verifier.traces().await?;
    verifier.chains().await?;
    let Verifier { faults, astray, mut audited, .. } = verifier;
    for fault in faults.into_values().chain(astray) {
        audited.faults += 1;
        found(fault);
    }
    Ok(audited)
}

/// What was said of a chain last.
#[derive(Clone, Copy)]
struct Claim {
    tip: Tip,
    /// How many batches a head covers; a trace may know of more.
    covered: u64,
}

struct Verifier<'a> {
    source: Source<'a>,
    key: PublicKey,
    pin: Option<Pin>,
    claims: BTreeMap<Uuid, Claim>,
    /// The first fault of each chain, and that of the heads under no id.
    faults: BTreeMap<Option<Uuid>, Fault>,
    astray: Vec<Fault>,
    audited: Audited,
}

impl Verifier<'_> {
    async fn heads(&mut self) -> Result<(), ReadError> {
        let copy = self.copy().await?;
        let mut before = Some((0, [0; 32]));
        let mut last = 0;
        let mut rest = Some(self.source.layout().heads_from(1));
        while let Some(range) = rest {
            let version = self.source.store.read_version().await?;
            let (rows, next) = self.source.chunk(version, range).await?;
            let mut said = Vec::new();
            for found in rows {
                let Some((number, head)) = self.head_row(found) else { continue };
                (before, last) = (self.head(number, head.as_ref(), before, last), number);
                said.extend(head.filter(|head| head.is_signed_by(&self.key)));
            }
            self.said(version, &said).await?;
            rest = next;
        }
        self.ends_of_heads(copy, last).await
    }

    /// The copy of the newest head, and whether it can be read.
    async fn copy(&mut self) -> Result<Option<Head>, ReadError> {
        let version = self.source.store.read_version().await?;
        match self.source.newest(version).await {
            Err(ReadError::Fatal(_)) => {
                self.fault(Place::Head(0), Wrong::Unreadable);
                Ok(None)
            }
            copy => copy,
        }
    }

    fn head_row(&mut self, (stored, row): Found) -> Option<(u64, Option<Head>)> {
        match row {
            Some((Key::AuditHead(number), Ok(Row::AuditHead(head)))) => Some((number, Some(*head))),
            Some((Key::AuditHead(number), _)) => Some((number, None)),
            _ => {
                self.stray(&stored);
                None
            }
        }
    }

    /// Looks at the head under a number, where `last` is the number of the one before, and `before` its number and hash
    /// if it could be read; answers the same of this one.
    fn head(
        &mut self,
        number: u64,
        head: Option<&Head>,
        before: Option<(u64, [u8; 32])>,
        last: u64,
    ) -> Option<(u64, [u8; 32])> {
        self.audited.heads += 1;
        if number != last + 1 {
            self.fault(Place::Head(last + 1), Wrong::Missing);
        }
        let place = Place::Head(number);
        let Some(head) = head else {
            self.fault(place, Wrong::Unreadable);
            return None;
        };
        if head.number != number {
            self.fault(place, Wrong::OtherHead);
        } else if !head.is_signed_by(&self.key) {
            self.fault(place, Wrong::BadSignature);
        } else if before.is_some_and(|(last, hash)| number == last + 1 && head.previous != hash) {
            self.fault(place, Wrong::DoesNotFollow);
        } else if self.pin.is_some_and(|pin| pin.number == number && pin.hash != head.hash()) {
            self.fault(place, Wrong::NotPinned);
        }
        let hash = head.hash();
        self.audited.newest = Some(Pin { number, hash });
        Some((number, hash))
    }

    /// No head was cut off that the copy or the pin has, and there is a copy.
    async fn ends_of_heads(&mut self, copy: Option<Head>, last: u64) -> Result<(), ReadError> {
        let known = copy.as_ref().map(|head| head.number).max(self.pin.map(|pin| pin.number));
        if let Some(known) = known.filter(|known| *known > last) {
            self.fault(Place::Head(last + 1), Wrong::CutOff(known));
        }
        let Some(copy) = copy else {
            // The first head may have been written meanwhile.
            if last > 0 && self.copy().await?.is_none() {
                self.fault(Place::Head(0), Wrong::Missing);
            }
            return Ok(());
        };
        let version = self.source.store.read_version().await?;
        let original = self.source.get(version, &[Key::AuditHead(copy.number)]).await?.pop();
        let same = matches!(original.flatten(), Some(Ok(Row::AuditHead(head))) if *head == copy);
        if copy.number <= last && !same {
            self.fault(Place::Head(0), Wrong::OtherHead);
        }
        Ok(())
    }

    /// What heads say of chains that have moved is true of the batches that lie there.
    async fn said(&mut self, version: Version, heads: &[Head]) -> Result<(), ReadError> {
        let mut moved = Vec::new();
        for head in heads {
            for (chain, tip) in &head.chains {
                let before = self.claims.get(chain).map(|claim| claim.tip);
                if before != Some(*tip) {
                    let went_back = before.is_some_and(|before| before.number > tip.number);
                    if went_back {
                        self.fault(Place::Batch(*chain, tip.number), Wrong::NotOfHead(head.number));
                        continue;
                    }
                    self.claims.insert(*chain, Claim { tip: *tip, covered: tip.number });
                    moved.push((*chain, *tip, Some(head.number)));
                }
            }
        }
        self.hold_against(version, &moved).await
    }

    /// What traces say is true too.
    async fn traces(&mut self) -> Result<(), ReadError> {
        let version = self.source.store.read_version().await?;
        let mut moved = Vec::new();
        for (chain, tip) in self.source.standing(version).await? {
            let claim = self.claims.get(&chain);
            let covered = claim.map_or(0, |claim| claim.covered);
            if tip.number > covered {
                self.claims.insert(chain, Claim { tip, covered });
                moved.push((chain, tip, None));
            }
        }
        self.hold_against(version, &moved).await
    }

    async fn hold_against(
        &mut self,
        version: Version,
        said: &[(Uuid, Tip, Option<u64>)],
    ) -> Result<(), ReadError> {
        let keys: Vec<_> =
            said.iter().map(|(chain, tip, _)| Key::AuditBatch(*chain, tip.number)).collect();
        let rows = self.source.get(version, &keys).await?;
        for ((chain, tip, head), row) in said.iter().zip(rows) {
            // What is missing or unreadable is found when the chain is read.
            let Some(Ok(Row::AuditBatch(batch))) = row else { continue };
            if batch.hash(*chain, tip.number) != tip.hash {
                let wrong = head.map_or(Wrong::NotOfLane, Wrong::NotOfHead);
                self.fault(Place::Batch(*chain, tip.number), wrong);
            }
        }
        Ok(())
    }

    async fn chains(&mut self) -> Result<(), ReadError> {
        let mut under_way: Option<Walk> = None;
        let mut rest = Some(self.source.layout().all(Kind::AuditBatch));
        while let Some(range) = rest {
            let version = self.source.store.read_version().await?;
            let (rows, next) = self.source.chunk(version, range).await?;
            for (stored, row) in rows {
                let Some((Key::AuditBatch(chain, number), row)) = row else {
                    self.stray(&stored);
                    continue;
                };
                if let Some(ended) = under_way.take_if(|walk| walk.chain != chain) {
                    self.end(ended);
                }
                let walk = under_way.get_or_insert_with(|| Walk::new(chain));
                let batch = if let Ok(Row::AuditBatch(batch)) = row { Some(batch) } else { None };
                self.batch(walk, number, batch);
            }
            rest = next;
        }
        under_way.into_iter().for_each(|walk| self.end(walk));
        for (chain, claim) in std::mem::take(&mut self.claims) {
            self.cut_off(chain, 0, claim);
        }
        Ok(())
    }

    fn batch(&mut self, walk: &mut Walk, number: u64, batch: Option<Batch>) {
        let place = Place::Batch(walk.chain, number);
        if number != walk.last + 1 {
            self.fault(Place::Batch(walk.chain, walk.last + 1), Wrong::Missing);
            walk.hash = None;
        }
        walk.last = number;
        let Some(batch) = batch else {
            walk.hash = None;
            return self.fault(place, Wrong::Unreadable);
        };
        if walk.hash.is_some_and(|hash| hash != batch.previous) {
            self.fault(place, Wrong::DoesNotFollow);
        }
        walk.hash = Some(batch.hash(walk.chain, number));
        self.audited.batches += 1;
        self.audited.entries += batch.entries().count() as u64;
    }

    fn end(&mut self, walk: Walk) {
        self.audited.chains += 1;
        let claim = self.claims.remove(&walk.chain);
        self.audited.uncovered += walk.last.saturating_sub(claim.map_or(0, |claim| claim.covered));
        if let Some(claim) = claim {
            self.cut_off(walk.chain, walk.last, claim);
        }
    }

    /// A chain has so many batches; it was said to have more.
    fn cut_off(&mut self, chain: Uuid, last: u64, claim: Claim) {
        if claim.tip.number > last {
            self.fault(Place::Batch(chain, last + 1), Wrong::CutOff(claim.tip.number));
        }
    }

    /// Notes a fault if it is the first of its chain.
    fn fault(&mut self, place: Place, wrong: Wrong) {
        let chain = if let Place::Batch(chain, _) = place { Some(chain) } else { None };
        let first =
            self.faults.entry(chain).or_insert_with(|| Fault { place: place.clone(), wrong });
        if number_of(&place) < number_of(&first.place) {
            *first = Fault { place, wrong };
        }
    }

    fn stray(&mut self, stored: &[u8]) {
        let hex = stored.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        self.astray.push(Fault { place: Place::Row(hex), wrong: Wrong::Astray });
    }
}

/// A chain that is being read.
struct Walk {
    chain: Uuid,
    last: u64,
    /// The hash of the last batch, if it could be read.
    hash: Option<[u8; 32]>,
}

impl Walk {
    fn new(chain: Uuid) -> Self {
        Self { chain, last: 0, hash: Some([0; 32]) }
    }
}

/// The copy of the newest head comes after all heads.
fn number_of(place: &Place) -> u64 {
    match place {
        Place::Batch(_, number) => *number,
        Place::Head(0) | Place::Row(_) => u64::MAX,
        Place::Head(number) => *number,
    }
}
