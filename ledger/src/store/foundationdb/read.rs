//! Reads: each call is one transaction at the version asked for, whose reads are all under way at once.

use super::Shared;
use super::outcome::{Unread, of_read, text};
use crate::store::{Pairs, ReadError, Version};
use foundationdb::options::{StreamingMode, TransactionOption};
use foundationdb::{FdbError, FdbResult, RangeOption, Transaction};
use std::ops::Range;

/// How long a read is tried, in milliseconds. A version does not live much longer.
const TIMEOUT_MS: i32 = 4_000;

impl Shared {
    pub(super) async fn read_version(&self) -> Result<Version, ReadError> {
        self.ask_version().await.map_err(|error| self.failed(error))
    }

    /// The newest version whose commits are all durable and readable.
    pub(super) async fn ask_version(&self) -> FdbResult<Version> {
        let mut transaction = self.database.create_trx()?;
        loop {
            transaction.set_option(TransactionOption::Timeout(TIMEOUT_MS))?;
            match transaction.get_read_version().await {
                Ok(version) => return Ok(self.heard(version)),
                Err(error) => transaction = again(transaction, error).await?,
            }
        }
    }

    pub(super) async fn get_many(
        &self,
        version: Version,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, ReadError> {
        self.check(version).await?;
        self.try_get_many(version, keys).await.map_err(|error| self.failed(error))
    }

    async fn try_get_many(
        &self,
        version: Version,
        keys: &[Vec<u8>],
    ) -> FdbResult<Vec<Option<Vec<u8>>>> {
        let mut transaction = prepared(self.database.create_trx()?, version)?;
        loop {
            match get_all(&transaction, keys).await {
                Ok(values) => return Ok(values),
                Err(error) => transaction = prepared(again(transaction, error).await?, version)?,
            }
        }
    }

    pub(super) async fn scan(
        &self,
        version: Version,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Pairs, ReadError> {
        self.check(version).await?;
        if range.start >= range.end {
            return Ok(Vec::new());
        }
        self.try_scan(version, range, limit).await.map_err(|error| self.failed(error))
    }

    async fn try_scan(
        &self,
        version: Version,
        mut range: Range<Vec<u8>>,
        limit: usize,
    ) -> FdbResult<Pairs> {
        let mut transaction = prepared(self.database.create_trx()?, version)?;
        let mut pairs = Vec::new();
        while pairs.len() < limit {
            match page(&transaction, &range, limit - pairs.len(), &mut pairs).await {
                Ok(Some(rest)) => range.start = rest,
                Ok(None) => break,
                Err(error) => transaction = prepared(again(transaction, error).await?, version)?,
            }
        }
        Ok(pairs)
    }

    /// Refuses a version that cannot be read at or committed against. The cluster would wait for one that is still to
    /// come, and would accept a commit against it.
    pub(super) async fn check(&self, version: Version) -> Result<(), ReadError> {
        let past = version <= self.newest() || version <= self.read_version().await?;
        if past && version != Version(0) { Ok(()) } else { Err(ReadError::TooOld) }
    }

    fn failed(&self, error: FdbError) -> ReadError {
        let unread = of_read(error);
        if unread != Unread::TooOld {
            self.stats.read_error();
        }
        match unread {
            Unread::TooOld => ReadError::TooOld,
            Unread::Never => ReadError::Fatal(text(error)),
            Unread::Again | Unread::Unavailable => ReadError::Unavailable(text(error)),
        }
    }
}

/// Makes a new transaction read at `version`, and no longer than it may. One that was reset has what is left of its time.
fn prepared(transaction: Transaction, version: Version) -> FdbResult<Transaction> {
    transaction.set_option(TransactionOption::Timeout(TIMEOUT_MS))?;
    transaction.set_option(TransactionOption::ReadYourWritesDisable)?;
    // It is one that the cluster has told, so it fits.
    transaction.set_read_version(version.0.cast_signed());
    Ok(transaction)
}

/// Resets a transaction for another try after a pause that the client chooses, if the error allows it.
async fn again(transaction: Transaction, error: FdbError) -> FdbResult<Transaction> {
    match of_read(error) {
        Unread::Again => transaction.on_error(error).await,
        _ => Err(error),
    }
}

async fn get_all(transaction: &Transaction, keys: &[Vec<u8>]) -> FdbResult<Vec<Option<Vec<u8>>>> {
    // Each read is under way from here on, whether or not somebody waits for it.
    let reads: Vec<_> = keys.iter().map(|key| transaction.get(key, true)).collect();
    let mut values = Vec::with_capacity(reads.len());
    for read in reads {
        values.push(read.await?.map(|value| value.to_vec()));
    }
    Ok(values)
}

/// Reads as much of a range as comes at once; answers where the rest begins, if there is more.
async fn page(
    transaction: &Transaction,
    range: &Range<Vec<u8>>,
    limit: usize,
    pairs: &mut Pairs,
) -> FdbResult<Option<Vec<u8>>> {
    let bounds = (&range.start[..], &range.end[..]);
    let mode = StreamingMode::WantAll;
    let option = RangeOption { limit: Some(limit), mode, ..RangeOption::from(bounds) };
    let found = transaction.get_range(&option, 1, true).await?;
    pairs.extend(found.iter().map(|pair| (pair.key().to_vec(), pair.value().to_vec())));
    let last = found.more().then(|| found.last()).flatten();
    Ok(last.map(|pair| [pair.key(), &[0]].concat()))
}
