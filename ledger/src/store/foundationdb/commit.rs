//! Commits: from the handing over to the one outcome that is true.
//!
//! A commit whose answer was lost may be under way still. Its outcome is [`Unknown`](Outcome::Unknown) only when it no longer
//! is, so that whoever then looks for its traces finds what will stay. The client sees to that where it reports
//! `commit_unknown_result`. After any other error that leaves it open, such as a cluster that changed its protocol, this
//! module does as the client does: it commits a transaction that writes nothing but conflicts with what the lost one had
//! read. Once that is committed the lost one was either before it or never will be. Every commit has therefore
//! something that it read: one that read nothing gets a key that nobody else knows.

use super::Shared;
use super::outcome::{Failed, of_commit, text};
use super::stats::Counted;
use crate::store::{Commit, Done, Mutation, Outcome, ReadError, single};
use foundationdb::options::{ConflictRangeType, TransactionOption};
use foundationdb::{Database, FdbError, FdbResult, Transaction};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where commits have their own keys, below which nothing is ever written: after all of the ledger's.
const OWN_KEYS: &[u8] = b"\xfeopencowin/";

/// How long a commit that was turned away waits before it says so: whoever repeats it shall not add to the load.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// The shortest and the longest pause before another try to find the end of a lost commit.
const FENCE_PAUSES: Range<Duration> = Duration::from_millis(10)..Duration::from_secs(1);

/// Commits and tells the outcome. Takes as long as it takes.
pub(super) async fn run(shared: Arc<Shared>, commit: Commit, done: Done) {
    let begun = Instant::now();
    let (outcome, counted) = settle(&shared, commit).await;
    shared.stats.commit(counted, begun.elapsed());
    // The engine may be closed as soon as its commits are answered: the database goes first.
    drop(shared);
    done(outcome);
}

async fn settle(shared: &Shared, commit: Commit) -> (Outcome, Counted) {
    if !commit.conflicts.is_empty() {
        match shared.check(commit.read_version).await {
            Ok(()) => {}
            Err(ReadError::Fatal(reason)) => return (Outcome::Fatal(reason), Counted::Fatal),
            Err(ReadError::TooOld) => return (Outcome::TooOld, Counted::TooOld),
            Err(ReadError::Unavailable(_)) => return (Outcome::TooOld, Counted::Refused),
        }
    }
    let fence = fence_of(&commit);
    let transaction = match prepare(&shared.database, &commit, &fence) {
        Ok(transaction) => transaction,
        Err(error) => return fatal(error),
    };
    drop(commit);
    match transaction.commit().await {
        Ok(committed) => match committed.committed_version() {
            Ok(version) => (Outcome::Committed(shared.heard(version)), Counted::Committed),
            Err(_) => (Outcome::Unknown, Counted::Unknown),
        },
        Err(failed) => judge(shared, FdbError::from(failed), &fence).await,
    }
}

async fn judge(shared: &Shared, error: FdbError, fence: &Range<Vec<u8>>) -> (Outcome, Counted) {
    match of_commit(error) {
        Failed::Conflict => (Outcome::Conflict, Counted::Conflict),
        Failed::TooOld => (Outcome::TooOld, Counted::TooOld),
        Failed::Refused => {
            tokio::time::sleep(REFUSED_PAUSE).await;
            (Outcome::TooOld, Counted::Refused)
        }
        Failed::Never => fatal(error),
        Failed::Unknown => (Outcome::Unknown, Counted::Unknown),
        Failed::InFlight => {
            tracing::warn!(code = error.code(), "a commit was lost sight of: {error}");
            wait_out(&shared.database, fence).await;
            (Outcome::Unknown, Counted::Unknown)
        }
    }
}

fn fatal(error: FdbError) -> (Outcome, Counted) {
    (Outcome::Fatal(text(error)), Counted::Fatal)
}

/// A key that the commit counts as read: one of its own conflicts, or else one that nobody else knows.
fn fence_of(commit: &Commit) -> Range<Vec<u8>> {
    match commit.conflicts.iter().find(|range| !range.is_empty()) {
        Some(range) => single(&range.start),
        None => single(&own_key()),
    }
}

fn own_key() -> Vec<u8> {
    [OWN_KEYS, &rand::random::<[u8; 16]>()].concat()
}

/// The transaction of a commit. What is empty is left out: the cluster has no empty ranges.
fn prepare(database: &Database, commit: &Commit, fence: &Range<Vec<u8>>) -> FdbResult<Transaction> {
    let transaction = database.create_trx()?;
    transaction.set_option(TransactionOption::ReadYourWritesDisable)?;
    let mut read = commit.conflicts.iter().filter(|range| !range.is_empty()).peekable();
    if read.peek().is_some() {
        // It was checked, so it is one that the cluster has told, and fits.
        transaction.set_read_version(commit.read_version.0.cast_signed());
    } else {
        conflict(&transaction, fence, ConflictRangeType::Read)?;
    }
    for range in read {
        conflict(&transaction, range, ConflictRangeType::Read)?;
    }
    let mut written = commit.mutations.iter().filter(|mutation| !is_nothing(mutation)).peekable();
    if written.peek().is_none() {
        // Without this it would only read, and be neither checked nor given a version.
        conflict(&transaction, &single(&own_key()), ConflictRangeType::Write)?;
    }
    for mutation in written {
        match mutation {
            Mutation::Set { key, value } => transaction.set(key, value),
            Mutation::Clear { key } => transaction.clear(key),
            Mutation::ClearRange { range } => transaction.clear_range(&range.start, &range.end),
        }
    }
    Ok(transaction)
}

fn is_nothing(mutation: &Mutation) -> bool {
    matches!(mutation, Mutation::ClearRange { range } if range.is_empty())
}

fn conflict(
    transaction: &Transaction,
    range: &Range<Vec<u8>>,
    kind: ConflictRangeType,
) -> FdbResult<()> {
    transaction.add_conflict_range(&range.start, &range.end, kind)
}

/// Returns once a transaction that had read `fence` can no longer be committed.
async fn wait_out(database: &Database, fence: &Range<Vec<u8>>) {
    let mut pause = FENCE_PAUSES.start;
    while let Err(error) = commit_fence(database, fence).await {
        if pause == FENCE_PAUSES.end {
            tracing::warn!("the end of a lost commit cannot be found yet: {error}");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(FENCE_PAUSES.end);
    }
}

async fn commit_fence(database: &Database, fence: &Range<Vec<u8>>) -> FdbResult<()> {
    let transaction = database.create_trx()?;
    // A lock that came meanwhile does not end what was sent before it.
    transaction.set_option(TransactionOption::LockAware)?;
    conflict(&transaction, fence, ConflictRangeType::Write)?;
    transaction.commit().await.map(drop).map_err(FdbError::from)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::block_on::block_on;
    use crate::store::foundationdb::FoundationDb;

    /// Run with the crate's other tests on a cluster.
    pub(crate) fn a_lost_commit_never_follows_its_fence(store: &FoundationDb, prefix: &[u8]) {
        let database = &store.shared.database;
        for conflicts in [Vec::new(), vec![single(prefix)], vec![prefix.to_vec()..vec![0xFD]]] {
            let read_version = block_on(store.read_version()).unwrap();
            let mutations = vec![Mutation::Set { key: prefix.to_vec(), value: Vec::new() }];
            let commit = Commit { read_version, conflicts, mutations };
            let fence = fence_of(&commit);
            let lost = prepare(database, &commit, &fence).unwrap();
            // One that read nothing takes its version as it is sent: this one has been sent.
            block_on(lost.get_read_version()).unwrap();
            block_on(wait_out(database, &fence));
            let error = block_on(lost.commit()).map(drop).map_err(FdbError::from).unwrap_err();
            assert_eq!(of_commit(error), Failed::Conflict, "{error}");
        }
    }
}
