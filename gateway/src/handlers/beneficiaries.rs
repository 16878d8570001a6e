//! Registering people, listing and removing them.

use super::errand::Errand;
use super::registration::Registration;
use super::{fields, people};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::identity::Door;
use crate::trail::{self, purpose};
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, DeleteBeneficiary, Outcome};
use opencowin_model::BeneficiaryRef;
use serde::Deserialize;
use serde_json::{Value, json};

/// Registers a person under the caller's number.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn register(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let caller = visitor.person()?;
    let errand = Errand::of(app, visitor, parts, "register", purpose::REGISTER, &body)?;
    let registration: Registration = body::parse(body)?;
    let register = registration.by_oneself(app, caller.mobile)?;
    let answer = errand.run(Command::Register(Box::new(register))).await;
    match answer.map_err(|failure| app.problem_of(failure))? {
        Outcome::Registered(person) => Ok(reply::personal(
            &json!({ "beneficiary_reference_id": as_number(caller.door, person) }),
        )),
        _ => Err(error::TRY_AGAIN.into()),
    }
}

/// A reference as the caller's kind of client was seen to get it: the portal's an integer, all others a string.
fn as_number(door: Door, person: BeneficiaryRef) -> Value {
    if door == Door::Portal { person.get().into() } else { person.to_string().into() }
}

/// The people of the account.
///
/// # Errors
/// APPOIN0001 if there are none.
pub async fn list(app: &App, visitor: &Visitor, v4: bool) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let people = app.ledger().read().people(account).await?;
    let shown = people.iter().map(|person| Record::Person(person.id)).collect();
    trail::look(app, visitor, purpose::LIST, Record::Account(account), shown).await?;
    if people.is_empty() {
        return Err(error::NO_BENEFICIARY.into());
    }
    let elements = visitor.elements();
    let shown = |person| people::beneficiary(app, person, v4, elements);
    let items: Vec<_> = people.iter().map(shown).collect();
    Ok(reply::personal(&json!({ "beneficiaries": items })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DeleteBody {
    beneficiary_reference_id: Field,
}

/// Removes a person who has neither a dose nor a live appointment.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn delete(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let errand = Errand::of(app, visitor, parts, "delete", purpose::DELETE, &body)?;
    let body: DeleteBody = body::parse(body)?;
    let person = fields::reference(&body.beneficiary_reference_id)?;
    let person = person.ok_or(error::NO_BENEFICIARY)?;
    let command = Command::DeleteBeneficiary(DeleteBeneficiary { account, person });
    let answer = errand.about(Record::Person(person)).run(command).await;
    answer.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
