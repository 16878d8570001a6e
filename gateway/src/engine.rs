//! The engine under the ledger, as the configuration names it.

use crate::config::{Config, LedgerPlace};
use crate::metrics::Gauges;
use cluster::Cluster;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions, OpenError};
use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "foundationdb")]
mod cluster;
#[cfg(not(feature = "foundationdb"))]
#[path = "engine/no_cluster.rs"]
mod cluster;

/// An open engine.
pub struct Engine {
    /// What the ledger works on.
    pub store: Arc<dyn Store>,
    shared: bool,
    cluster: Option<Cluster>,
}

/// Why there is no engine; one sentence for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The data directory cannot be opened.
    #[error(transparent)]
    Embedded(#[from] OpenError),
    /// The cluster cannot be used.
    #[error(transparent)]
    Cluster(#[from] cluster::ClusterError),
}

/// Whether to wait for a cluster that does not answer or is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as it takes, and say so now and then.
    Endless,
    /// A few seconds.
    Short,
}

impl Engine {
    /// Opens the engine that the configuration names.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open(config: &Config, patience: Patience) -> Result<Self, EngineError> {
        match &config.ledger {
            LedgerPlace::Embedded => {
                let store = Arc::new(Embedded::open(&config.data, EmbeddedOptions::default())?);
                Ok(Self { store, shared: false, cluster: None })
            }
            LedgerPlace::FoundationDb(file) => {
                let (store, cluster) = cluster::open(file, config.fdb_trace.as_deref(), patience)?;
                Ok(Self { store, shared: true, cluster: Some(cluster) })
            }
        }
    }

    /// A store that several servers have open.
    pub fn shared(store: Arc<dyn Store>) -> Self {
        Self { store, shared: true, cluster: None }
    }

    /// Whether other servers may have the same store open.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// What the engine counts, for metrics. It keeps nothing open.
    pub fn figures(&self) -> impl Fn(&mut Gauges<'_, '_>) + Send + Sync + use<> {
        let cluster = self.cluster.clone();
        move |gauges| {
            if let Some(cluster) = &cluster {
                cluster.show(gauges);
            }
        }
    }
}

/// Where a ledger is kept, as people read it.
pub fn place(config: &Config) -> &Path {
    match &config.ledger {
        LedgerPlace::Embedded => &config.data,
        LedgerPlace::FoundationDb(file) => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn a_cluster_that_cannot_be_had_is_refused_in_a_sentence() {
        let ledger = Some(LedgerPlace::FoundationDb("/nowhere/fdb.cluster".into()));
        let config = Config::new(Settings { ledger, ..Settings::default() }).unwrap();
        // It will not pass by itself, so nobody waits for it.
        let error = Engine::open(&config, Patience::Endless).err().unwrap().to_string();
        let sentence = if cfg!(feature = "foundationdb") {
            "there is no cluster file /nowhere/fdb.cluster"
        } else {
            "this binary has no FoundationDB engine: build one with `cargo build --release --features foundationdb`"
        };
        assert!(error.starts_with(sentence), "{error}");
    }
}
