//! What a binary without the FoundationDB engine says to those who ask for it.

use super::Patience;
use crate::metrics::Gauges;
use opencowin_ledger::store::Store;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;

/// There are none.
#[derive(Clone)]
pub(super) struct Cluster(Infallible);

/// The sentence.
#[derive(Debug, thiserror::Error)]
#[error(
    "this binary has no FoundationDB engine: build one with `cargo build --release --features foundationdb`, which needs \
     FoundationDB's client library 7.3"
)]
pub struct ClusterError;

pub(super) fn open(
    _file: &Path,
    _traces: Option<&Path>,
    _patience: Patience,
) -> Result<(Arc<dyn Store>, Cluster), ClusterError> {
    Err(ClusterError)
}

impl Cluster {
    pub(super) fn show(&self, _gauges: &mut Gauges<'_, '_>) {
        match self.0 {}
    }
}
