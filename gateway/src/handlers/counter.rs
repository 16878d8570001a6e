//! The counter of a facility: looking people up, and what the staff does for whoever stands there.
//!
//! A facility sees those who have to do with it, and whoever stands there and has proven their number. For anybody else
//! the answer is that of a number that is unknown, in the same time.

pub mod check_in;
pub mod enrol;
pub mod leave;
pub mod on_spot;
pub mod one_person;
pub mod recall;
pub mod record;
pub mod today;
pub mod vaccinate;

pub(super) mod desk;

use super::people;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use opencowin_ledger::audit::Record;
use opencowin_ledger::read::Sought;
use opencowin_model::BeneficiaryRef;
use serde_json::{Value, json};

/// The people of a mobile number.
///
/// # Errors
/// USRRES0001 or 0002 for the number, APPOIN0001 if there is nobody whom this facility may see.
pub async fn by_mobile(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let mobile = app.pack().mobile(query.required("mobile_number")?.trim());
    let account = app.account_of(mobile.ok_or_else(|| Problem::invalid("mobile_number"))?);
    let sought = Record::Account(account);
    let found = seen(app, visitor, Sought::Account(account), sought).await?;
    Ok(reply::personal(&json!({ "beneficiaries": found })))
}

/// One person.
///
/// # Errors
/// USRRES0001 or 0002 for the reference, APPOIN0001 if it is nobody's whom this facility may see.
pub async fn by_reference(
    app: &App,
    visitor: &Visitor,
    query: &Query<'_>,
) -> Result<Reply, Problem> {
    let id = BeneficiaryRef::new(query.whole("beneficiary_reference_id")?);
    let id = id.ok_or(error::NO_BENEFICIARY)?;
    let found = seen(app, visitor, Sought::Person(id), Record::Person(id)).await?;
    Ok(reply::personal(&found.first().ok_or(error::NO_BENEFICIARY)?))
}

/// Those whom the visitor may see, once it is on record that they were looked at.
async fn seen(
    app: &App,
    visitor: &Visitor,
    sought: Sought,
    record: Record,
) -> Result<Vec<Value>, Problem> {
    let mut found = app.ledger().read().matches(sought).await?;
    found.retain(|found| desk::may_see(visitor, found));
    let shown = found.iter().map(|found| Record::Person(found.id)).collect();
    trail::look(app, visitor, purpose::COUNTER, record, shown).await?;
    if found.is_empty() {
        return Err(error::NO_BENEFICIARY.into());
    }
    let elements = visitor.elements();
    let items = found.iter().map(|found| people::at_the_counter(app.pack(), found, elements));
    Ok(items.collect())
}
