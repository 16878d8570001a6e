//! Certificates: the keys that sign them, the workers that do, and what is published so that anybody can check them.

mod keys;
mod lock;
mod trusted;

pub use keys::{Keys, Published, RingFile};
pub use lock::{Lock, Opener};

use crate::chore::Chore;
use crate::config::Config;
use crate::http::document::Document;
use crate::startup::StartError;
use opencowin_certificates::{Issuer, context};
use opencowin_ledger::vault::Vault;
use opencowin_model::Clock;
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
}

impl Certification {
    /// As configured.
    ///
    /// # Errors
    /// If the keys cannot be had.
    pub fn new(config: &Config, vault: &Vault, clock: &Arc<Clock>) -> Result<Self, StartError> {
        let issuer = config.issuer.clone();
        Ok(Self {
            keys: Arc::new(Keys::load(config, vault, clock)?),
            context: Document::new(
                "application/ld+json",
                "public, max-age=86400",
                context::document(&issuer).to_string(),
            ),
            issuer,
        })
    }

    /// What follows the file of the keys.
    ///
    /// # Errors
    /// If its thread cannot be started.
    pub fn renewer(&self) -> io::Result<Chore> {
        let keys = self.keys.clone();
        Chore::every(RENEWAL, "key ring", move || keys.refresh())
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
}
