//! Places in status lists, which are taken from the ledger by the thousand and given to one certificate each.

use opencowin_certificates::credential::StatusSlot;
use opencowin_certificates::status::permutation::Scatter;
use opencowin_ledger::commands::{Command, Outcome, TakeStatus};
use opencowin_ledger::vault::Vault;
use opencowin_ledger::{Failure, Ledger};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries that are taken at once. Those that are left when a process ends are lost: a thousandth of a list.
const TAKEN_AT_ONCE: u32 = 1024;

/// Gives entries out.
pub(super) struct Entries {
    ledger: Arc<Ledger>,
    scatter: Scatter,
    taken: Mutex<Vec<Range<u64>>>,
}

impl Entries {
    /// Entries of this ledger. Which bit one is depends on the key file, so that all who share the ledger agree.
    pub(super) fn new(ledger: Arc<Ledger>, vault: &Vault) -> Self {
        let secret = vault.derive("status entries");
        let key = secret.first_chunk().expect("invariant: 32 bytes are more than 16");
        Self { ledger, scatter: Scatter::new(key), taken: Mutex::default() }
    }

    /// So many entries that nobody else is given.
    ///
    /// # Errors
    /// [`Failure`] if the ledger gives none.
    pub(super) async fn take(&self, count: usize) -> Result<Vec<StatusSlot>, Failure> {
        let mut numbers = self.give(count);
        while numbers.len() < count {
            self.refill().await?;
            numbers.extend(self.give(count - numbers.len()));
        }
        // 2³² lists of a million entries are more than there will ever be certificates.
        Ok(numbers.into_iter().filter_map(|number| self.scatter.slot(number)).collect())
    }

    fn give(&self, most: usize) -> Vec<u64> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut numbers = Vec::with_capacity(most);
        while let Some(range) = taken.last_mut() {
            numbers.extend(range.by_ref().take(most - numbers.len()));
            if numbers.len() == most {
                break;
            }
            taken.pop();
        }
        numbers
    }

    async fn refill(&self) -> Result<(), Failure> {
        let take = TakeStatus { entries: TAKEN_AT_ONCE };
        let outcome = self.ledger.run(Command::TakeStatus(take)).await?;
        let Outcome::StatusTaken { from } = outcome else { return Err(Failure::Unavailable) };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push(from..from + u64::from(TAKEN_AT_ONCE));
        Ok(())
    }
}
