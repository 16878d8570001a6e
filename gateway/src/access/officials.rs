//! Appointing and dismissing.

use super::official::{Dismissal, Official, Role};
use super::record::{self, Versioned};
use super::registry::Registry;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_ledger::audit::Entry;
use uuid::Uuid;

/// Puts somebody into office who is in none: they never were, or were dismissed.
///
/// # Errors
/// OFFICE0001 if they are in office, 503 if the ledger cannot be reached or somebody else appoints them meanwhile.
pub async fn appoint(
    registry: &Registry,
    official: &Official,
    audit: Entry,
) -> Result<(), Problem> {
    let before = registry.found::<Official>(official.account);
    if before.as_ref().is_some_and(|before| before.record.is_in_office()) {
        return Err(error::ALREADY_APPOINTED.into());
    }
    let change = record::written(official, before.map_or(0, |before| before.version));
    Ok(registry.write_noted(vec![change], vec![audit]).await?)
}

/// Takes somebody out of office, from this moment on.
///
/// Somebody must remain who can appoint others. That is written down as a change of one who remains, though nothing of
/// them changes: so two who dismiss each other on two gateways cannot both succeed.
///
/// # Errors
/// OFFICE0002 if they are the last of the ministry, 503 if the ledger cannot be reached or somebody else changes it
/// meanwhile.
pub async fn dismiss(
    registry: &Registry,
    official: &Versioned<Official>,
    dismissal: Dismissal,
    audit: Entry,
) -> Result<Official, Problem> {
    let dismissed = Official { dismissed: Some(dismissal), ..(*official.record).clone() };
    let mut changes = vec![record::written(&dismissed, official.version)];
    if dismissed.role == Role::Ministry {
        let remaining = another_of_the_ministry(registry, dismissed.account);
        let remaining = remaining.ok_or(error::LAST_OF_THE_MINISTRY)?;
        changes.push(record::written(&*remaining.record, remaining.version));
    }
    registry.write_noted(changes, vec![audit]).await?;
    Ok(dismissed)
}

fn another_of_the_ministry(registry: &Registry, than: Uuid) -> Option<Versioned<Official>> {
    let remains = |official: &Official| {
        official.role == Role::Ministry && official.is_in_office() && official.account != than
    };
    let all = registry.all::<Official>();
    let other = all.iter().find(|official| remains(official))?;
    registry.found::<Official>(other.account).filter(|found| remains(&found.record))
}
