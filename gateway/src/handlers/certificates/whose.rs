//! Whose certificates somebody may see: their own people's, or at a counter those of whoever has to do with the facility.

use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::counter::desk;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::trail;
use opencowin_ledger::audit::{Record, Word};
use opencowin_ledger::read::{Match, Sought};
use opencowin_model::BeneficiaryRef;

/// Somebody whom the visitor may see. For all others the answer is that there is no such person, in the same time; that it was
/// tried is on record.
///
/// # Errors
/// APPOIN0001 if they may not be seen.
pub(super) async fn one(
    app: &App,
    visitor: &Visitor,
    purpose: Word,
    who: BeneficiaryRef,
) -> Result<Match, Problem> {
    let found = app.ledger().read().matches(Sought::Person(who)).await?;
    match found.into_iter().find(|found| may_see(visitor, found)) {
        Some(found) => Ok(found),
        None => {
            trail::look(app, visitor, purpose, Record::Person(who), Vec::new()).await?;
            Err(error::NO_BENEFICIARY.into())
        }
    }
}

fn may_see(visitor: &Visitor, found: &Match) -> bool {
    match visitor.person() {
        Ok(caller) => found.person.account == Some(caller.account),
        Err(_) => desk::may_see(visitor, found),
    }
}
