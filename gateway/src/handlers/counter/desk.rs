//! Whom a facility sees at its counter.

use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::fields;
use crate::http::body::Field;
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

/// One person whom the visitor may see.
///
/// # Errors
/// USRRES0001 or 0002 for the reference, APPOIN0001 if they may not be seen.
pub(in crate::handlers) async fn one(
    app: &App,
    visitor: &Visitor,
    purpose: Word,
    reference: &Field,
) -> Result<(BeneficiaryRef, Match), Problem> {
    let who = fields::reference(reference)?.ok_or(error::NO_BENEFICIARY)?;
    let found = seen(app, visitor, purpose, &[who]).await?.pop();
    found.map(|found| (who, found)).ok_or_else(|| error::NO_BENEFICIARY.into())
}

/// Whether somebody has to do with the visitor's facility, or has proven their number to it.
pub(in crate::handlers) fn may_see(visitor: &Visitor, found: &Match) -> bool {
    let own = visitor.facilities();
    visitor.is_attended_by(found.person.account)
        || found.facilities.iter().any(|facility| own.contains(facility))
}
