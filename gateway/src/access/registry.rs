//! Everything about callers, in memory: read on every request, written through the ledger.
//!
//! Each shelf is a map behind a pointer that is swapped: a request reads it without waiting for anybody, a change, which
//! is rare, copies it. What other gateways change arrives through the feed within a second.

use super::block::{self, Block};
use super::key::{ApiKey, KeyHash};
use super::official::Official;
use super::partner::Partner;
use super::partner::integration::Seen;
use super::record::{self, Record, Versioned};
use super::stand::{Documents, Stand};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use arc_swap::{ArcSwap, Guard};
use opencowin_admission::{Blocks, KeyQuotas, Limits};
use opencowin_ledger::audit::Entry;
use opencowin_ledger::commands::{Amend, Amendment, Command, Refusal};
use opencowin_ledger::keys::{Key, Shelf};
use opencowin_ledger::members::News;
use opencowin_ledger::records::{Document, Row};
use opencowin_ledger::store::ReadError;
use opencowin_ledger::vault::AccountId;
use opencowin_ledger::{Failure, Ledger, Request};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How often a change is tried that others got in the way of.
const TRIES: usize = 8;

/// See the [module](self).
pub struct Registry {
    ledger: Arc<Ledger>,
    partners: Stand<Partner>,
    officials: Stand<Official>,
    blocks: Stand<Block>,
    settings: Stand<LimitsRecord>,
    keys: Stand<ApiKey>,
    /// A key that is in force without standing in the ledger: the one that opens a sandbox to everybody.
    common: Option<ApiKey>,
    limits: ArcSwap<Limits>,
    live: ArcSwap<HashMap<Uuid, Arc<LiveKey>>>,
    shut_out: ArcSwap<Blocks>,
    /// One change at a time is put into memory.
    changing: Mutex<()>,
}

/// A key with what is counted of its use.
#[derive(Debug)]
pub struct LiveKey {
    /// What is known of it.
    pub record: Arc<ApiKey>,
    /// Its quotas, and what was used of them.
    pub quotas: Arc<KeyQuotas>,
    /// Which calls of the integration test were seen of its partner.
    pub seen: Arc<Seen>,
    /// When it was used last, in milliseconds since 1970; 0 is never.
    used_ms: Arc<AtomicI64>,
}

impl LiveKey {
    /// When a call with it was let in last, at any gateway that has said so.
    pub fn last_used(&self) -> Option<Timestamp> {
        let used_ms = self.used_ms.load(Ordering::Relaxed);
        (used_ms > 0).then_some(Timestamp(used_ms))
    }

    /// A call with it was let in.
    pub fn was_used(&self, at: Timestamp) {
        self.used_ms.fetch_max(at.0, Ordering::Relaxed);
    }
}

/// The limits in force, as the ledger keeps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LimitsRecord(pub Limits);

impl Record for LimitsRecord {
    const SHELF: Shelf = Shelf::Settings;

    fn id(&self) -> Uuid {
        LIMITS
    }
}

/// Where the limits stand among the settings.
const LIMITS: Uuid = Uuid::from_u128(1);

/// A kind of record that the registry holds.
pub trait Held: Record {
    /// Where it stands in memory.
    fn stand(registry: &Registry) -> &Stand<Self>
    where
        Self: Sized;
}

macro_rules! held {
    ($($record:ty => $stand:ident),* $(,)?) => {
        $(impl Held for $record {
            fn stand(registry: &Registry) -> &Stand<Self> {
                &registry.$stand
            }
        })*
    };
}

held!(Partner => partners, Official => officials, Block => blocks, LimitsRecord => settings, ApiKey => keys);

impl Registry {
    /// With everything that the ledger holds, and a key that everybody knows where there is to be one.
    ///
    /// # Errors
    /// If the store does not answer or a row is damaged.
    pub async fn load(ledger: Arc<Ledger>, common: Option<ApiKey>) -> Result<Self, ReadError> {
        let registry = Self {
            ledger,
            partners: Stand::default(),
            officials: Stand::default(),
            blocks: Stand::default(),
            settings: Stand::default(),
            keys: Stand::default(),
            common,
            limits: ArcSwap::default(),
            live: ArcSwap::default(),
            shut_out: ArcSwap::default(),
            changing: Mutex::default(),
        };
        for shelf in Shelf::ALL {
            let mut documents = Vec::new();
            let each = |read: Vec<(Uuid, Document)>| {
                documents.extend(read.into_iter().map(|(id, document)| (id, Some(document))));
            };
            registry.ledger.read().load_documents(shelf, each).await?;
            registry.put(shelf, documents);
        }
        registry.derive(&Shelf::ALL);
        Ok(registry)
    }

    /// The ledger that all of it stands in.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The keyed hash of a key's text.
    pub fn hash(&self, text: &[u8]) -> [u8; 32] {
        self.ledger.hasher().api_key(text)
    }

    /// The present moment by the clock of the ledger in which the records stand, which is theirs.
    pub fn now(&self) -> Timestamp {
        self.ledger.clock().now()
    }

    /// The limits in force.
    pub fn limits(&self) -> Guard<Arc<Limits>> {
        self.limits.load()
    }

    /// Who is shut out.
    pub fn shut_out(&self) -> Guard<Arc<Blocks>> {
        self.shut_out.load()
    }

    /// The key with this hash, in force or not; `None` if there never was one.
    pub fn key(&self, hash: KeyHash) -> Option<Arc<LiveKey>> {
        self.live_key(hash.id).filter(|key| key.record.is_proven_by(hash))
    }

    /// All keys, in force or not.
    pub fn live_keys(&self) -> Guard<Arc<HashMap<Uuid, Arc<LiveKey>>>> {
        self.live.load()
    }

    /// The key with this id, in force or not.
    pub fn live_key(&self, id: Uuid) -> Option<Arc<LiveKey>> {
        self.live.load().get(&id).cloned()
    }

    /// The official with this account, if they are in office.
    pub fn official(&self, account: AccountId) -> Option<Arc<Official>> {
        let official = self.get::<Official>(Official::id_of(account))?;
        official.is_in_office().then_some(official)
    }

    /// A record by its id.
    pub fn get<T: Held>(&self, id: Uuid) -> Option<Arc<T>> {
        T::stand(self).load().get(&id).map(|found| found.record.clone())
    }

    /// A record by its id, with the version that a change of it has to name.
    pub fn found<T: Held>(&self, id: Uuid) -> Option<Versioned<T>> {
        T::stand(self).load().get(&id).cloned()
    }

    /// All records of a kind, in no order.
    pub fn all<T: Held>(&self) -> Vec<Arc<T>> {
        T::stand(self).load().values().map(|found| found.record.clone()).collect()
    }

    /// Writes a record that is not there yet.
    ///
    /// # Errors
    /// [`WriteError`]; [`Amended`](WriteError::Amended) if it is there.
    pub async fn create<T: Held>(&self, record: &T) -> Result<(), WriteError> {
        self.write(vec![record::written(record, 0)]).await
    }

    /// Changes a record: `change` is given what is there, perhaps several times, and says what is to be there.
    ///
    /// # Errors
    /// That of `change`, or 503 if the ledger cannot be reached or others keep changing the record. `None` becomes 404.
    pub async fn change<T: Held>(
        &self,
        id: Uuid,
        change: impl Fn(&T) -> Result<T, Problem>,
    ) -> Result<Arc<T>, Problem> {
        self.change_noted(id, change, Vec::new()).await
    }

    /// Changes a record as [`change`](Self::change), and says in the same commit who had access to what it says of people.
    ///
    /// # Errors
    /// As there.
    pub async fn change_noted<T: Held>(
        &self,
        id: Uuid,
        change: impl Fn(&T) -> Result<T, Problem>,
        audit: Vec<Entry>,
    ) -> Result<Arc<T>, Problem> {
        for _ in 0..TRIES {
            let found = self.found::<T>(id);
            let found = found.ok_or(error::NOT_FOUND)?;
            let changed = change(&found.record)?;
            let written = vec![record::written(&changed, found.version)];
            match self.write_noted(written, audit.clone()).await {
                Ok(()) => return Ok(Arc::new(changed)),
                Err(WriteError::Amended) => self.read_again::<T>(id).await?,
                Err(WriteError::Unavailable) => break,
            }
        }
        Err(error::TRY_AGAIN.into())
    }

    /// The record as it is to be written after what is in memory.
    pub fn after<T: Held>(&self, record: &T) -> Amendment {
        let replaces = T::stand(self).load().get(&record.id()).map_or(0, |found| found.version);
        record::written(record, replaces)
    }

    /// Writes records, all or none, and puts them into memory.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn write(&self, changes: Vec<Amendment>) -> Result<(), WriteError> {
        self.write_noted(changes, Vec::new()).await
    }

    /// Writes records as [`write`](Self::write), and in the same commit who had access to what they say of people.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn write_noted(
        &self,
        changes: Vec<Amendment>,
        audit: Vec<Entry>,
    ) -> Result<(), WriteError> {
        let command = Command::Amend(Amend { changes: changes.clone() });
        let request = Request { audit, ..Request::of(command) };
        self.ledger.submit(request).await.map_err(WriteError::from)?;
        let changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        for Amendment { shelf, id, replaces, body } in &changes {
            let document = body.clone().map(|body| Document { version: replaces + 1, body });
            self.put(*shelf, vec![(*id, document)]);
        }
        self.derive(&changes.iter().map(|change| change.shelf).collect::<Vec<_>>());
        drop(changing);
        Ok(())
    }

    /// Takes over what other gateways have changed.
    pub fn heard(&self, news: &News) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shelves = Vec::new();
        for (key, row) in &news.rows {
            let Key::Document(shelf, id) = key else { continue };
            let document = match row {
                Some(Row::Document(document)) => Some(document.clone()),
                _ => None,
            };
            self.put(*shelf, vec![(*id, document)]);
            shelves.push(*shelf);
        }
        self.derive(&shelves);
    }

    async fn read_again<T: Held>(&self, id: Uuid) -> Result<(), Problem> {
        let document = self.ledger.read().document(T::SHELF, id).await?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(T::SHELF, vec![(id, document)]);
        self.derive(&[T::SHELF]);
        Ok(())
    }

    fn put(&self, shelf: Shelf, documents: Documents) {
        match shelf {
            Shelf::Partners => self.partners.put(documents),
            Shelf::Keys => self.keys.put(documents),
            Shelf::Officials => self.officials.put(documents),
            Shelf::Blocks => self.blocks.put(documents),
            Shelf::Settings => self.settings.put(documents),
        }
    }

    /// Makes anew what is made of records for being asked on every request.
    fn derive(&self, changed: &[Shelf]) {
        if changed.contains(&Shelf::Settings) {
            let set = self.get::<LimitsRecord>(LIMITS);
            self.limits.store(Arc::new(set.map_or_else(Limits::default, |set| set.0.clone())));
        }
        if changed.contains(&Shelf::Keys) || changed.contains(&Shelf::Settings) {
            self.derive_keys();
        }
        if changed.contains(&Shelf::Keys) || changed.contains(&Shelf::Partners) {
            self.derive_seen();
        }
        if changed.contains(&Shelf::Blocks) {
            let blocks = self.blocks.load();
            let index = block::index(blocks.values().map(|found| &*found.record));
            self.shut_out.store(Arc::new(index));
        }
    }

    /// Keys keep what was counted of them.
    fn derive_keys(&self) {
        let (kept, before, limits) = (self.keys.load(), self.live.load(), self.limits.load());
        let common = self.common.iter().cloned().map(Arc::new);
        let records = kept.values().map(|found| found.record.clone()).chain(common);
        let live = records.map(|record| {
            let quotas = before.get(&record.id).map(|known| known.quotas.clone());
            let quotas = quotas.unwrap_or_else(|| Arc::new(record.quotas(&limits)));
            record.renew(&quotas, &limits);
            let known = before.get(&record.id);
            let seen = known.map(|known| known.seen.clone()).unwrap_or_default();
            let used_ms = known.map(|known| known.used_ms.clone()).unwrap_or_default();
            (record.id, Arc::new(LiveKey { record, quotas, seen, used_ms }))
        });
        self.live.store(Arc::new(live.collect()));
    }

    /// What was seen is what the partners' records say: another gateway can have seen more, and a test can be asked for
    /// anew.
    fn derive_seen(&self) {
        let partners = self.partners.load();
        for key in self.live.load().values() {
            if let Some(partner) = partners.get(&key.record.partner) {
                key.seen.set(&partner.record.progress);
            }
        }
    }
}

/// Why records were not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Somebody has changed one of them meanwhile.
    #[error("a record was changed meanwhile")]
    Amended,
    /// The ledger cannot be reached.
    #[error("the ledger is not available")]
    Unavailable,
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal::Amended) => Self::Amended,
            _ => Self::Unavailable,
        }
    }
}

impl From<WriteError> for Problem {
    fn from(_: WriteError) -> Self {
        error::TRY_AGAIN.into()
    }
}
