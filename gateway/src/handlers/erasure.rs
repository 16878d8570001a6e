//! Erasing what is known of a person, because they ask (R18).

use super::errand::Errand;
use super::fields;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::purpose;
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, Erase, Reason};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct EraseBody {
    beneficiary_reference_id: Field,
}

/// Erases a person of the caller's account who has no live appointment. Doses that they were given stay under their
/// reference, which leads to nobody any more.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn own(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let reason = Reason::Asked(visitor.person()?.account);
    erase(app, visitor, parts, body, reason).await
}

/// Erases a person who has asked those who run the programme.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn ordered(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    erase(app, visitor, parts, body, Reason::Ordered).await
}

async fn erase(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
    reason: Reason,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "erase", purpose::ERASE, &body)?;
    let body: EraseBody = body::parse(body)?;
    let person = fields::reference(&body.beneficiary_reference_id)?;
    let person = person.ok_or(error::NO_BENEFICIARY)?;
    let command = Command::Erase(Erase { person, reason });
    let erased = errand.about(Record::Person(person)).run(command).await;
    erased.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
