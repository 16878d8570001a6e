//! A FoundationDB cluster as engine.

use super::Patience;
use crate::metrics::Gauges;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::foundationdb::{
    FoundationDb, Network, NetworkError, OpenError, Stats,
};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Between two attempts to open; an attempt at a cluster that does not answer takes some seconds itself.
const PAUSE: Duration = Duration::from_secs(3);

/// What is known of the cluster.
#[derive(Clone)]
pub(super) struct Cluster(Arc<Stats>);

/// Why the cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The client library does not run.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The cluster file or the cluster.
    #[error(transparent)]
    Open(#[from] OpenError),
}

pub(super) fn open(
    file: &Path,
    traces: Option<&Path>,
    patience: Patience,
) -> Result<(Arc<dyn Store>, Cluster), ClusterError> {
    // Kept over all attempts, as it could not start again.
    let network = Network::start(traces)?;
    loop {
        match FoundationDb::open(&network, file) {
            Ok(store) => {
                let cluster = Cluster(store.stats());
                return Ok((Arc::new(store), cluster));
            }
            Err(error) if error.may_pass() && patience == Patience::Endless => {
                tracing::warn!("{error}; trying on");
                thread::sleep(PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

impl Cluster {
    pub(super) fn show(&self, gauges: &mut Gauges<'_, '_>) {
        let figures = self.0.snapshot();
        for (name, help, value) in [
            ("fdb_committed", "Commits that the cluster has written", figures.committed),
            (
                "fdb_conflicts",
                "Commits that came too late for what they had read",
                figures.conflicts,
            ),
            ("fdb_too_old", "Commits against forgotten versions", figures.too_old),
            ("fdb_refused", "Commits that the cluster turned away for now", figures.refused),
            ("fdb_unknown", "Commits of which nobody could tell the outcome", figures.unknown),
            ("fdb_fatal", "Commits that could never be written", figures.fatal),
            ("fdb_read_errors", "Reads that the cluster did not answer", figures.read_errors),
            ("fdb_commit_ms", "Time of all commits together", (figures.commit_s * 1e3) as u64),
        ] {
            gauges.set(name, help, value);
        }
    }
}
