//! A server whose audit trail can be read while it runs.

use super::{TestServer, settings};
use opencowin::config::beside;
use opencowin_ledger::audit::{Auditor, Entry};
use opencowin_ledger::keys::Environment;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::vault::Vault;
use std::ops::Deref;
use std::sync::Arc;
use tempfile::TempDir;

pub struct Audited {
    server: TestServer,
    auditor: Auditor,
    _home: TempDir,
}

impl Audited {
    pub fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let (ledger, data) = (home.path().join("ledger"), home.path().join("data"));
        let store: Arc<dyn Store> =
            Arc::new(Embedded::open(&ledger, EmbeddedOptions::default()).unwrap());
        let server = TestServer::on(settings(&data), store.clone());
        let keys = std::fs::read_to_string(beside(&data)).unwrap();
        let vault = Arc::new(Vault::parse(&keys).unwrap());
        let auditor = Auditor::open(store, vault, Environment::Sandbox).unwrap();
        Self { server, auditor, _home: home }
    }

    /// What is on record for a purpose, in order.
    pub fn recorded(&self, purpose: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        let read = self.auditor.batches(|link| {
            entries.extend(link.batch.entries().map(|bytes| Entry::read(bytes).unwrap()));
            Ok(())
        });
        read.unwrap();
        entries.retain(|entry| entry.purpose.as_str() == purpose);
        entries
    }
}

impl Deref for Audited {
    type Target = TestServer;

    fn deref(&self) -> &TestServer {
        &self.server
    }
}
