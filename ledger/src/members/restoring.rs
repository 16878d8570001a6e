//! After a backup was restored: what gateways believe to know is of a past that did not happen.

use crate::keys::{Environment, Key, Layout, Meta};
use crate::records::{Row, STATUS_ENTRIES};
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
/// whoever starts first. A whole status list is passed over, since certificates that were made after the backup have entries
/// that it does not know of.
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
    let next = Key::Meta(Meta::StatusNext);
    let rows = [Key::Meta(Meta::SchemaVersion), next].map(|key| layout.encode(&key));
    let found = block_on(store.get_many(version, &rows))?;
    let [Some(_), taken] = &found[..] else { return Err(RestoreError::Nothing) };
    let key = layout.encode(&Key::Meta(Meta::Generation));
    let mut mutations = vec![
        Mutation::ClearRange { range: layout.membership() },
        Mutation::Set { key, value: Row::Generation(generation).encode() },
    ];
    let taken = taken.as_ref().map(|value| Row::decode(&next, value));
    if let Some(Ok(Row::Count(taken))) = taken {
        let value = Row::Count(taken.saturating_add(STATUS_ENTRIES.into())).encode();
        mutations.push(Mutation::Set { key: layout.encode(&next), value });
    }
    match block_on::commit(store, Commit { mutations, ..Commit::default() }) {
        Outcome::Committed(_) => Ok(()),
        outcome => Err(RestoreError::Unwritten(outcome)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, Outcome as Done, TakeStatus};
    use crate::fixture::{Rig, session, store};

    #[test]
    fn no_entry_is_handed_out_again_that_was_after_the_backup() {
        let store = store();
        let mut rig = Rig::with_sessions(store.clone(), vec![session(1, crate::fixture::TODAY, 1)]);
        let take = Command::TakeStatus(TakeStatus { entries: 10 });
        rig.run(take.clone()).unwrap();
        restored(&*store, Environment::Sandbox, Uuid::from_u128(7)).unwrap();
        let from = 10 + u64::from(STATUS_ENTRIES);
        assert_eq!(rig.run(take), Ok(Done::StatusTaken { from }));
        let none = restored(&*store, Environment::Production, Uuid::from_u128(7));
        assert!(matches!(none, Err(RestoreError::Nothing)));
    }
}
