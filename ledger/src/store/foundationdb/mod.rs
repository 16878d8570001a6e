//! The engine for several machines: a [`Store`] on a FoundationDB cluster.
//!
//! The contract of [`Store`](super) is FoundationDB's, so a version is one of the cluster's and a commit is one transaction:
//! - Reads are snapshot reads at the version asked for, so they declare no conflict (`read.rs`). They give up after a
//!   time, and the caller may try again.
//! - A commit carries the read version and the conflicts that it was given, and never gives up (`commit.rs`): its outcome is
//!   told once, when it can no longer be under way.
//! - What an error means stands in one table (`outcome.rs`).
//!
//! All engines of a process share the client's [`Network`]. The client library `libfdb_c` reads options of
//! its own from the environment, such as `FDB_NETWORK_OPTION_EXTERNAL_CLIENT_DIRECTORY`, by which clients of several
//! versions see an upgrade of the cluster through.

mod cluster_file;
mod commit;
mod driver;
mod network;
mod outcome;
mod read;
mod stats;

#[cfg(test)]
pub(crate) use commit::tests::a_lost_commit_never_follows_its_fence;
pub use network::{Network, NetworkError};
pub use stats::{Figures, Stats};

use super::block_on::block_on;
use super::{Answer, Commit, Done, Outcome, Pairs, ReadError, Store, Version, bounds};
use driver::Driver;
use foundationdb::Database;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a wait for a change pauses. The cluster's version rises whether or not anything is written, so there is
/// nothing better to wait for without a key of the caller's to watch.
const CHANGE_PAUSE: Duration = Duration::from_millis(20);

/// A store on a FoundationDB cluster; see the [module](self).
///
/// Dropping it waits a few seconds for commits under way. Their outcome is told even if it comes later.
pub struct FoundationDb {
    // Dropped first, since its tasks use the database.
    driver: Driver,
    shared: Arc<Shared>,
}

/// What reads and commits under way work with.
struct Shared {
    database: Database,
    stats: Arc<Stats>,
    /// The newest version that the cluster has told.
    newest: AtomicU64,
    // Dropped last, as the database needs it.
    _network: Network,
}

/// Why an engine could not be opened; one sentence for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file. The cluster's administrator has one for every client.
    #[error("there is no cluster file {}", .0.display())]
    NoClusterFile(PathBuf),
    /// The file cannot be read, or names no cluster.
    #[error("the cluster file {path} cannot be used: {1}", path = .0.display())]
    BadClusterFile(PathBuf, String),
    /// Nobody answers at the addresses of the cluster file. The cluster may be down, behind a firewall, of a version
    /// that the client library does not speak, or not configured yet.
    #[error("the cluster of {path} does not answer: {1}", path = .0.display())]
    Unreachable(PathBuf, String),
    /// An administrator, a restore or a switch between regions has locked the database.
    #[error("the database of {} is locked", .0.display())]
    Locked(PathBuf),
    /// The engine's thread could not be started.
    #[error("the engine's thread could not be started: {0}")]
    Thread(#[source] io::Error),
}

impl OpenError {
    /// Whether it may pass by itself, so that it is worth trying again.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(..) | Self::Locked(_))
    }
}

impl FoundationDb {
    /// Opens the cluster of a cluster file. Waits a few seconds for its answer.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(network: &Network, cluster_file: &Path) -> Result<Self, OpenError> {
        let path = cluster_file::check(cluster_file)?;
        let bad = |error| OpenError::BadClusterFile(cluster_file.to_owned(), outcome::text(error));
        let database = Database::from_path(path).map_err(bad)?;
        let driver = Driver::start().map_err(OpenError::Thread)?;
        let newest = AtomicU64::new(0);
        let stats = Arc::default();
        let shared = Arc::new(Shared { database, stats, newest, _network: network.clone() });
        block_on(shared.ask_version()).map_err(|error| {
            let path = cluster_file.to_owned();
            if outcome::is_locked(error) {
                OpenError::Locked(path)
            } else {
                OpenError::Unreachable(path, outcome::text(error))
            }
        })?;
        Ok(Self { driver, shared })
    }

    /// What it counts.
    pub fn stats(&self) -> Arc<Stats> {
        self.shared.stats.clone()
    }
}

impl Shared {
    fn newest(&self) -> Version {
        Version(self.newest.load(Ordering::Relaxed))
    }

    /// Takes note of a version that the cluster has told.
    fn heard(&self, version: i64) -> Version {
        let version = version.max(0) as u64;
        self.newest.fetch_max(version, Ordering::Relaxed);
        Version(version)
    }
}

impl Store for FoundationDb {
    fn read_version(&self) -> Answer<'_, Version> {
        Box::pin(self.shared.read_version())
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        Box::pin(self.shared.get_many(version, keys))
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        Box::pin(self.shared.scan(version, range, limit))
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        match bounds::measure(&commit) {
            Ok(_) => self.driver.spawn(commit::run(self.shared.clone(), commit, done)),
            Err(reason) => done(Outcome::Fatal(reason)),
        }
        None
    }

    fn changed(&self, _: Version) -> Answer<'_, ()> {
        let pause = self.driver.pause(CHANGE_PAUSE);
        Box::pin(async {
            pause.await;
            Ok::<(), ReadError>(())
        })
    }
}
