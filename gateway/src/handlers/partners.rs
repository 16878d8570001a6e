//! What partners do: apply, prove their administrators, and look after their access.
//!
//! - [`apply`] is the application, and the mark that anybody can look up.
//! - [`console`] is what administrators reach by the token of their door; [`keys`] and [`usage`] are its larger parts.
//! - [`shown`] is how all of it looks on the wire.

pub mod apply;
pub mod console;
mod keys;
pub(super) mod shown;
mod usage;

use crate::access::partner::Partner;
use crate::access::partner::deeds::Deed;
use crate::access::registry::Registry;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::identity::Door;
use crate::trail;
use opencowin_ledger::audit::{Entry, Record};
use opencowin_ledger::vault::AccountId;
use std::sync::Arc;
use uuid::Uuid;

/// The partner of a registry that a path names.
///
/// # Errors
/// USRRES0012 if there is none.
pub(super) fn named(registry: &Registry, segment: Option<&str>) -> Result<Arc<Partner>, Problem> {
    let id = segment.and_then(|text| Uuid::try_parse(text).ok()).ok_or(error::NOT_FOUND)?;
    registry.get::<Partner>(id).ok_or_else(|| error::NOT_FOUND.into())
}

/// Lets an administrator do something; answers what the partner is then. Its record names people, so that it is on record who
/// had it.
async fn does(
    app: &App,
    partner: Uuid,
    deed: Deed,
    by: Uuid,
    audit: Entry,
) -> Result<Arc<Partner>, Problem> {
    let now = app.clock().now();
    let change = |partner: &Partner| Ok(partner.after(deed.clone(), by, now)?);
    let audit = vec![audit.about(Record::Other(partner))];
    app.admission().registry().change_noted(partner, change, audit).await
}

/// Notes that somebody has proven a number with which they were nominated, by whichever partners.
///
/// # Errors
/// 503 if it cannot be noted; they can prove it again.
pub(super) async fn proven(
    app: &App,
    visitor: &Visitor,
    account: AccountId,
) -> Result<(), Problem> {
    let audit = trail::of_log_in(app, visitor, Door::Partner, account);
    let (account, now) = (Uuid::from_bytes(*account.as_bytes()), app.clock().now());
    for partner in app.admission().registry().all::<Partner>() {
        let unproven = partner.administrator(account).is_some_and(|known| known.proven.is_none());
        if unproven && partner.after(Deed::Prove, account, now).is_ok() {
            does(app, partner.id, Deed::Prove, account, audit.clone()).await?;
        }
    }
    Ok(())
}
