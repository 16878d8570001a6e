//! Whom a facility sees at its counter.

use crate::admit::Visitor;
use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::trail;
use opencowin_ledger::audit::{Record, Word};
use opencowin_ledger::read::{Match, Sought};
use opencowin_model::BeneficiaryRef;

/// The people, if the visitor may see each of them. For all others the answer is that there is no such person, in the
/// same time; that it was tried is on record.
///
/// # Errors
/// APPOIN0001 for the first who may not be seen.
pub(in crate::handlers) async fn seen(
    app: &App,
    visitor: &Visitor,
    purpose: Word,
    people: &[BeneficiaryRef],
) -> Result<Vec<Match>, Problem> {
    let mut seen = Vec::with_capacity(people.len());
    for who in people {
        let found = app.ledger().read().matches(Sought::Person(*who)).await?;
        match found.into_iter().find(|found| may_see(visitor, found)) {
            Some(found) => seen.push(found),
            None => {
                trail::look(app, visitor, purpose, Record::Person(*who), Vec::new()).await?;
                return Err(error::NO_BENEFICIARY.into());
            }
        }
    }
    Ok(seen)
}

/// Whether somebody has to do with the visitor's facility, or has proven their number to it.
pub(in crate::handlers) fn may_see(visitor: &Visitor, found: &Match) -> bool {
    let own = visitor.facilities();
    visitor.attending.is_some() && visitor.attending == found.person.account
        || found.facilities.iter().any(|facility| own.contains(facility))
}
