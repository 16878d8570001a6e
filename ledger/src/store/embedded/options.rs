//! How an embedded store is opened, and why it may not be.

use super::recovery::RecoveryError;
use crate::store::limits::VERSION_LIFE_MS;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How an embedded store works. The default is right unless something was measured.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// Whether commits wait for the disk. Without, a crash of the machine loses what was acknowledged: for measurements only.
    pub fsync: bool,
    /// How many logs share the commits.
    pub logs: Logs,
    /// Whether a log waits a quarter of its last sync for more commits before it writes.
    pub gather: bool,
    /// Size of a log segment in bytes.
    pub segment_bytes: usize,
    /// Size in bytes at which commits in memory become a table of the index. A restart after a crash replays up to
    /// five times as much.
    pub memtable_bytes: u64,
    /// Memory in bytes for index blocks read from disk.
    pub cache_bytes: u64,
    /// How long a version can be read at and committed against after a newer one replaced it.
    pub version_life: Duration,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self {
            fsync: true,
            logs: Logs::One,
            gather: false,
            segment_bytes: 32 << 20,
            memtable_bytes: 32 << 20,
            cache_bytes: 64 << 20,
            version_life: Duration::from_millis(VERSION_LIFE_MS),
        }
    }
}

/// How many logs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// One: a group is written when the one before it is on disk.
    One,
    /// Two: the sync of a group overlaps that of the one before it.
    Two,
}

impl Logs {
    pub(super) fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// Why a directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or this one, has it open.
    #[error("{0} is in use by another store")]
    InUse(PathBuf),
    /// What was acknowledged is not there any more. Restore a backup.
    #[error("{0}")]
    Damaged(String),
    /// The operating system refused something.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The index cannot be read.
    #[error("the index cannot be read: {0}")]
    Index(#[from] lsm_tree::Error),
}

impl From<RecoveryError> for OpenError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Io(error) => Self::Io(error),
            damaged @ RecoveryError::Damaged(_) => Self::Damaged(damaged.to_string()),
        }
    }
}
