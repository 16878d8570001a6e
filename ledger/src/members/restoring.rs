//! After a backup was restored: what gateways believe to know is of a past that did not happen.

use crate::keys::{Environment, Key, Layout, Meta};
use crate::records::Row;
use crate::store::block_on::{self, block_on};
use crate::store::{Commit, Mutation, Outcome, ReadError, Store};
use uuid::Uuid;

/// Why a restored ledger could not be put into service.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is nothing of this environment in the store.
    #[error("there is no ledger here")]
    Nothing,
    /// The store does not answer.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The rows could not be written.
    #[error("the new generation could not be written: {0:?}")]
    Unwritten(Outcome),
}

/// Dismisses all members that the backup knew, and gives the ledger a new generation. A gateway that ran meanwhile finds
/// that it does not take part any more, joins anew, and reads everything again; leases of the old members are ended by
/// whoever starts first.
///
/// # Errors
/// [`RestoreError`]; nothing was changed then, or it is not known, and it can be repeated.
pub fn restored(
    store: &dyn Store,
    environment: Environment,
    generation: Uuid,
) -> Result<(), RestoreError> {
    let layout = Layout::new(environment);
    let version = block_on(store.read_version())?;
    let schema = [layout.encode(&Key::Meta(Meta::SchemaVersion))];
    if block_on(store.get_many(version, &schema))?.into_iter().all(|row| row.is_none()) {
        return Err(RestoreError::Nothing);
    }
    let key = layout.encode(&Key::Meta(Meta::Generation));
    let mutations = vec![
        Mutation::ClearRange { range: layout.membership() },
        Mutation::Set { key, value: Row::Generation(generation).encode() },
    ];
    match block_on::commit(store, Commit { mutations, ..Commit::default() }) {
        Outcome::Committed(_) => Ok(()),
        outcome => Err(RestoreError::Unwritten(outcome)),
    }
}
