//! One person under two references or with the wrong number. Staff sees to it for whoever stands there; each number
//! concerned agrees by a token of its own.

use super::desk;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::appointments::unexpected;
use crate::handlers::errand::Errand;
use crate::handlers::fields;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::purpose;
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, Merge, MoveMember, Outcome};
use opencowin_ledger::read::Match;
use opencowin_ledger::vault::AccountId;
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct UniteBody {
    beneficiary_reference_id: Field,
    other_reference_id: Field,
    mobile_number: Field,
}

/// Makes two references of one person one. The other one leads to the one that is kept.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn merge(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "merge", purpose::UNITE, &body)?;
    let body: UniteBody = body::parse(body)?;
    let (keep, kept) =
        desk::one(app, visitor, purpose::UNITE, &body.beneficiary_reference_id).await?;
    let (other, found) = desk::one(app, visitor, purpose::UNITE, &body.other_reference_id).await?;
    let (account, other_account) = (agreeing(visitor, &kept)?, agreeing(visitor, &found)?);
    let command = Command::Merge(Merge { keep, account, other, other_account });
    let merged = errand.about(Record::Person(other)).run(command).await;
    match merged.map_err(|failure| app.problem_of(failure))? {
        Outcome::Merged(person) => {
            Ok(reply::personal(&json!({ "beneficiary_reference_id": person.to_string() })))
        }
        unknown => Err(unexpected(unknown)),
    }
}

/// Moves somebody to another number. The same again is answered the same.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn move_member(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "move", purpose::UNITE, &body)?;
    let body: UniteBody = body::parse(body)?;
    let (person, found) =
        desk::one(app, visitor, purpose::UNITE, &body.beneficiary_reference_id).await?;
    let to = fields::mobile(&body.mobile_number, "mobile_number", app.pack())?;
    let from = agreeing(visitor, &found)?;
    if !visitor.is_attended_by(Some(app.account_of(to))) {
        return Err(error::OWNER_ABSENT.into());
    }
    let command = Command::MoveMember(MoveMember { person, from, to });
    let moved = errand.about(Record::Person(person)).run(command).await;
    moved.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// The account that somebody is of, if its owner stands there and agrees.
fn agreeing(visitor: &Visitor, found: &Match) -> Result<AccountId, Problem> {
    let account = found.person.account.filter(|account| visitor.is_attended_by(Some(*account)));
    account.ok_or_else(|| error::OWNER_ABSENT.into())
}
