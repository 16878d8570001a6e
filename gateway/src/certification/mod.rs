//! Certificates: the keys that sign them, the workers that do, and what is published so that anybody can check them.
//!
//! - [`keys`], [`lock`]: the key ring of the issuer, and what keeps it locked at rest.
//! - [`draft`], [`entries`], [`signing`]: from a dose to a certificate in the ledger; the one way by which they come to be.
//! - [`pipeline`]: certifying what waits.
//! - [`exports`]: forms for readers of other programmes.
//! - [`lists`], [`log`]: status lists and the transparency log.

mod draft;
mod entries;
mod exports;
mod keys;
mod lists;
mod lock;
mod log;
mod pipeline;
mod progress;
mod signing;
mod sweep;
mod trusted;

pub use exports::{CodeSettings, ExportSettings, Exports, HcertSettings};
pub use keys::{Keys, Published, RingFile};
pub use lists::Lists;
pub use lock::{Lock, Opener};
pub use log::{Inclusion, Log, MOST_LINES};
pub use progress::Progress;
pub use signing::{Issued, NotSigned, Signing};

use crate::chore::Chore;
use crate::http::document::Document;
use entries::Entries;
use opencowin_certificates::{Issuer, context};
use opencowin_inventory::Inventory;
use opencowin_ledger::Ledger;
use opencowin_ledger::vault::Vault;
use opencowin_model::Pack;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How often the file of the keys is looked at: far more often than verifiers look for new ones.
const RENEWAL: Duration = Duration::from_secs(5);

/// What issues certificates and answers for them.
pub struct Certification {
    issuer: Issuer,
    keys: Arc<Keys>,
    context: Document,
    signing: Arc<Signing>,
    lists: Lists,
    log: Log,
    exports: Exports,
}

/// What is done beside the requests, until this is dropped.
pub struct Chores {
    _keys: Chore,
    _pipeline: Chore,
    _log: Chore,
}

impl Certification {
    /// Of the keys of an issuer, for the doses of this ledger.
    pub fn new(
        vault: &Vault,
        keys: Keys,
        exports: Exports,
        ledger: &Arc<Ledger>,
        inventory: &Arc<Inventory>,
        pack: &Arc<Pack>,
    ) -> Self {
        let (issuer, keys) = (keys.issuer().clone(), Arc::new(keys));
        let signing = Signing {
            ledger: ledger.clone(),
            inventory: inventory.clone(),
            pack: pack.clone(),
            issuer: issuer.clone(),
            keys: keys.clone(),
            entries: Entries::new(ledger.clone(), vault),
            progress: Arc::default(),
        };
        let context = context::document(&issuer).to_string();
        Self {
            context: Document::new("application/ld+json", "public, max-age=86400", context),
            signing: Arc::new(signing),
            lists: Lists::new(ledger.clone(), issuer.clone(), keys.clone()),
            log: Log::new(ledger.clone()),
            exports,
            issuer,
            keys,
        }
    }

    /// Follows the file of the keys, certifies what waits with so many workers, and keeps the log.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub fn start(&self, workers: usize) -> io::Result<Chores> {
        let (keys, ledger) = (self.keys.clone(), self.signing.ledger.clone());
        Ok(Chores {
            _log: log::Keeper::start(ledger, self.issuer.clone(), keys.clone())?,
            _keys: Chore::every(RENEWAL, "key ring", move || keys.refresh())?,
            _pipeline: pipeline::Pipeline::start(self.signing.clone(), workers)?,
        })
    }

    /// Who issues.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys in force now.
    pub fn keys(&self) -> Arc<Published> {
        self.keys.current()
    }

    /// What the members of certificates mean, for readers of JSON-LD.
    pub fn context(&self) -> &Document {
        &self.context
    }

    /// What signs certificates.
    pub fn signing(&self) -> &Signing {
        &self.signing
    }

    /// How far certifying has come.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.signing.progress
    }

    /// The status lists.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The forms that certificates can be had in beside our own.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// The transparency log.
    pub fn log(&self) -> &Log {
        &self.log
    }
}
