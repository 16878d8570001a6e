//! The four calls that the ledger asks of a storage engine: [`read_version`](Store::read_version),
//! [`get_many`](Store::get_many), [`scan`](Store::scan) and [`commit`](Store::commit), plus a wait on the head.
//!
//! The contract is FoundationDB's, and every engine keeps it:
//! - a read sees exactly the commits up to its version, never its own uncommitted writes;
//! - a commit names the version it read at and what it read (its *conflicts*); it succeeds only if none of that was
//!   written after that version; all errors appear at commit;
//! - what is reported [`Committed`](Outcome::Committed) is durable and visible to every later `read_version`;
//! - the limits of [`limits`] hold.

pub mod block_on;
mod bounds;
pub mod conformance;
pub mod embedded;
mod faults;
#[cfg(feature = "foundationdb")]
pub mod foundationdb;
pub mod memory;
pub mod prefixed;
mod resolver;

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

/// A point in the total order of commits. Rises with every commit; not a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// What an engine answers to a read, later. An embedded engine reads, perhaps from disk, when it is polled.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ReadError>> + Send + 'a>>;

/// Keys and their values, in key order.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Called once with the outcome of a commit: on a thread of the engine's, or before [`commit`](Store::commit) returns.
///
/// It must not block, and the caller of `commit` must hold nothing that it takes.
pub type Done = Box<dyn FnOnce(Outcome) + Send>;

/// Limits that hold on every engine (source: FoundationDB 7.3, known limitations).
pub mod limits {
    /// Longest key in bytes.
    pub const KEY_BYTES: usize = 10_000;
    /// Longest value in bytes.
    pub const VALUE_BYTES: usize = 100_000;
    /// Largest commit in bytes: keys and values of its mutations and keys of its conflict ranges.
    pub const COMMIT_BYTES: usize = 10_000_000;
    /// How long a version can be read at and committed against, in milliseconds.
    pub const VERSION_LIFE_MS: u64 = 5_000;
}

/// One change to one key or range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Writes a value.
    Set {
        /// The key.
        key: Vec<u8>,
        /// Its new value.
        value: Vec<u8>,
    },
    /// Removes a key, whether or not it is there.
    Clear {
        /// The key.
        key: Vec<u8>,
    },
    /// Removes every key of a range.
    ClearRange {
        /// First key removed, and the first key kept.
        range: Range<Vec<u8>>,
    },
}

/// What to commit, and against what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// The version at which everything in `conflicts` was read.
    pub read_version: Version,
    /// What was read: the commit fails if any of it was written after `read_version`.
    pub conflicts: Vec<Range<Vec<u8>>>,
    /// What to write, applied in order.
    pub mutations: Vec<Mutation>,
}

/// How a commit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Durable at this version.
    Committed(Version),
    /// Something it had read was written meanwhile; nothing was written.
    Conflict,
    /// Its read version is older than the engine remembers; nothing was written.
    TooOld,
    /// It may or may not have been written, and is no longer in flight: ask for its traces.
    Unknown,
    /// The engine cannot go on, or the commit can never succeed (a limit was broken); nothing was written.
    Fatal(String),
}

/// Why a read gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The version is older than the engine remembers, or from the future: take a new one.
    #[error("the version is no longer readable")]
    TooOld,
    /// The engine cannot answer now; worth another try.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// The engine cannot go on.
    #[error("the store failed: {0}")]
    Fatal(String),
}

/// An ordered key-value store with optimistic, strictly serializable transactions.
pub trait Store: Send + Sync {
    /// The newest version whose commits are all durable and readable.
    fn read_version(&self) -> Answer<'_, Version>;

    /// The values of `keys` at `version`, in their order; all fetched at once.
    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>>;

    /// Up to `limit` pairs of `range` at `version`, in key order.
    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs>;

    /// Hands over a commit; `done` is called once with its outcome.
    ///
    /// An engine that puts commits in order before they are durable answers the place at once. A later commit may name
    /// it as its read version, and then builds on this one: should this one fail, that one fails too. An engine that
    /// cannot know yet answers `None`.
    fn commit(&self, commit: Commit, done: Done) -> Option<Version>;

    /// Waits until something may have been committed after `version`. It may wake for nothing.
    fn changed(&self, version: Version) -> Answer<'_, ()>;
}

/// What is left of a range after its first pairs, of which no more than `limit` were asked for; nothing if that was all.
pub(crate) fn rest_of(
    range: Range<Vec<u8>>,
    pairs: &Pairs,
    limit: usize,
) -> Option<Range<Vec<u8>>> {
    let (last, _) = pairs.last().filter(|_| pairs.len() == limit)?;
    Some(single(last).end..range.end)
}

/// The range that holds one key alone, as a conflict is declared for a single key.
pub fn single(key: &[u8]) -> Range<Vec<u8>> {
    let mut end = key.to_vec();
    end.push(0);
    key.to_vec()..end
}
