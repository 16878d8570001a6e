//! Status lists as they are served: signed when their bits have changed, and otherwise the same bytes for everybody.

use super::keys::Keys;
use crate::http::document::Document;
use opencowin_certificates::status::{Bits, ENTRIES, StatusList};
use opencowin_certificates::{Issuer, Moment, Purpose};
use opencowin_ledger::{Failure, Ledger};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex as Turn;

/// How long nobody looks whether a list has changed. A list is a thousand rows.
const LOOK: Duration = Duration::from_secs(10);

/// How long caches may keep a list; with [`LOOK`], after a minute and a quarter everybody knows of a revocation.
const CACHED: &str = "public, max-age=60";

/// For how long a list is to be believed. Whoever cannot reach the issuer for longer should say so.
const LIFE_S: u32 = 24 * 3600;

/// After what part of its life a list is signed anew though nothing has changed.
const RENEWED_AFTER_S: i64 = 6 * 3600;

/// The lists of an issuer.
pub struct Lists {
    ledger: Arc<Ledger>,
    issuer: Issuer,
    keys: Arc<Keys>,
    kept: Mutex<HashMap<u32, Arc<Turn<Option<Kept>>>>>,
}

/// A list as it was last signed.
struct Kept {
    document: Document,
    revoked: u32,
    signed: Moment,
    key: String,
    looked: Instant,
}

impl Lists {
    pub(super) fn new(ledger: Arc<Ledger>, issuer: Issuer, keys: Arc<Keys>) -> Self {
        Self { ledger, issuer, keys, kept: Mutex::default() }
    }

    /// A list, signed; `None` if no certificate has an entry in it.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] if the ledger does not answer, or no key signs.
    pub async fn get(&self, list: u32) -> Result<Option<Document>, Failure> {
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&list).cloned();
        let turn = match known {
            Some(turn) => turn,
            None if self.exists(list).await? => self.begin(list),
            None => return Ok(None),
        };
        // Whoever comes second waits for what the first one signs.
        let mut kept = turn.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.looked.elapsed() < LOOK) {
            return Ok(Some(kept.document.clone()));
        }
        let next = self.next(list, kept.take()).await?;
        Ok(Some(kept.insert(next).document.clone()))
    }

    async fn exists(&self, list: u32) -> Result<bool, Failure> {
        let taken = self.ledger.read().status_taken().await?;
        Ok(u64::from(list) < taken.div_ceil(u64::from(ENTRIES)))
    }

    fn begin(&self, list: u32) -> Arc<Turn<Option<Kept>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entry(list).or_default().clone()
    }

    async fn next(&self, list: u32, before: Option<Kept>) -> Result<Kept, Failure> {
        let bits = self.ledger.read().status(list).await?;
        let now = Moment::from(self.ledger.clock().now());
        let keys = self.keys.current();
        let key = keys.signing(Purpose::Status, now).ok_or(Failure::Unavailable)?;
        let looked = Instant::now();
        let id = key.public().id();
        let same = |kept: &Kept| {
            let age = now.seconds() - kept.signed.seconds();
            kept.revoked == bits.revoked && kept.key == id && (0..RENEWED_AFTER_S).contains(&age)
        };
        if let Some(kept) = before.filter(same) {
            return Ok(Kept { looked, ..kept });
        }
        let revoked = bits.revoked;
        let bits = Bits::from_bytes(bits.bits).ok_or(Failure::Unavailable)?;
        let until = now.plus_seconds(LIFE_S);
        let json = StatusList::new(&self.issuer, list, &bits, now, until).sign(&self.issuer, key);
        let document = Document::new("application/vc+json", CACHED, json);
        Ok(Kept { document, revoked, signed: now, key: id, looked })
    }
}
