//! Registering people, listing and removing them.

use super::errand::Errand;
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
use jiff::ToSpan;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, DeleteBeneficiary, Outcome, Register};
use opencowin_model::{BeneficiaryRef, Date, GenderId};
use serde::Deserialize;
use serde_json::{Value, json};

/// The greatest age that is believed, in years.
const OLDEST: i16 = 125;

/// What the text that people consent to says that their data is collected for.
const PURPOSE: &str = "vaccination";

#[derive(Default, Deserialize)]
#[serde(default)]
struct RegisterBody {
    name: Field,
    birth_year: Field,
    gender_id: Field,
    photo_id_type: Field,
    photo_id_number: Field,
    comorbidity_ind: Field,
    consent_version: Field,
}

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
    let body: RegisterBody = body::parse(body)?;
    let id_type = fields::id_type(&body.photo_id_type, app.pack())?;
    let register = Register {
        mobile: caller.mobile,
        name: fields::name(&body.name)?,
        birth_year: birth_year(app, &body)?,
        gender: gender(app, &body)?,
        id_type: id_type.id,
        id_number: fields::id_number(&body.photo_id_number, id_type)?,
        comorbidity: comorbidity(&body)?,
        consent_version: consent(&body)?,
        purpose: PURPOSE.to_owned(),
        kept_until: kept_until(app),
    };
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

fn birth_year(app: &App, body: &RegisterBody) -> Result<i16, Problem> {
    let year = body::whole(&body.birth_year, "birth_year")?;
    let this_year = app.today().year();
    let believable =
        i16::try_from(year).ok().filter(|year| (this_year - OLDEST..=this_year).contains(year));
    believable.ok_or_else(|| Problem::invalid("birth_year"))
}

fn gender(app: &App, body: &RegisterBody) -> Result<GenderId, Problem> {
    let id = fields::small(&body.gender_id, "gender_id")?;
    let gender = app.pack().gender(GenderId(id));
    gender.map(|gender| gender.id).ok_or_else(|| Problem::invalid("gender_id"))
}

fn comorbidity(body: &RegisterBody) -> Result<Option<bool>, Problem> {
    let Ok(value) = body::required(&body.comorbidity_ind) else { return Ok(None) };
    match value.text().as_deref() {
        Some("Y" | "y") => Ok(Some(true)),
        Some("N" | "n") => Ok(Some(false)),
        _ => Err(Problem::invalid("comorbidity_ind")),
    }
}

fn consent(body: &RegisterBody) -> Result<String, Problem> {
    let Ok(value) = body::required(&body.consent_version) else { return Ok("1".to_owned()) };
    let version = value.text().filter(|version| version.len() <= 16);
    version.ok_or_else(|| Problem::invalid("consent_version"))
}

/// The last day on which what is told today may be kept.
fn kept_until(app: &App) -> Option<Date> {
    let days = app.config().keep_days?;
    Some(app.today().saturating_add(i64::from(days).days()))
}
