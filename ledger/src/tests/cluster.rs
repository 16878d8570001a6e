//! The same on a FoundationDB cluster; see `tests/store_foundationdb.rs` for which.

#[path = "../../tests/support/cluster.rs"]
#[expect(dead_code, reason = "nobody kills the server here")]
mod support;

use super::{simulation, whole};
use crate::fixture::on;
use crate::store::Store;
use crate::store::foundationdb::{FoundationDb, Network, a_lost_commit_never_follows_its_fence};
use std::sync::Arc;

/// One test, since the client's network runs once in a process.
#[test]
fn all_of_it_holds_on_a_cluster_too() {
    let Some(cluster) = support::Cluster::any() else { return };
    let network = Network::start(None).unwrap();
    let store = Arc::new(FoundationDb::open(&network, &cluster.file()).unwrap());
    a_lost_commit_never_follows_its_fence(&store, b"opencowin-test/fence");
    let store: Arc<dyn Store> = store;
    for test in whole::ON_ANY_STORE {
        on(&store, test);
    }
    on(&store, || {
        simulation::lives(0..CLUSTER_LIVES);
    });
}

/// Lives on a cluster, where a commit takes milliseconds.
const CLUSTER_LIVES: u64 = 5;
