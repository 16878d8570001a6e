//! Registering people, listing and removing them.

use super::people;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::idempotency;
use crate::identity::Door;
use crate::identity::token::Caller;
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::Request;
use opencowin_ledger::commands::{Command, DeleteBeneficiary, Outcome, Register};
use opencowin_ledger::vault::IdNumber;
use opencowin_model::pack::IdType;
use opencowin_model::{BeneficiaryRef, GenderId, IdTypeId};
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest name, in characters.
const NAME: usize = 100;

/// The greatest age that is believed, in years.
const OLDEST: i16 = 125;

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
    caller: Caller,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let once = idempotency::once(parts, app.account_of(caller.mobile), "register", &body)?;
    let body: RegisterBody = body::parse(body)?;
    let id_type = id_type(app, &body)?;
    let register = Register {
        mobile: caller.mobile,
        name: name(&body)?,
        birth_year: birth_year(app, &body)?,
        gender: gender(app, &body)?,
        id_type: id_type.id,
        id_number: id_number(&body, id_type)?,
        comorbidity: comorbidity(&body)?,
        consent_version: consent(&body)?,
    };
    let command = Command::Register(Box::new(register));
    let answer = app.ledger().submit(Request { once, ..Request::of(command) }).await;
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
pub async fn list(app: &App, caller: Caller, v4: bool) -> Result<Reply, Problem> {
    let people = app.ledger().read().people(app.account_of(caller.mobile)).await?;
    if people.is_empty() {
        return Err(error::NO_BENEFICIARY.into());
    }
    let items: Vec<_> = people.iter().map(|person| people::beneficiary(app, person, v4)).collect();
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
    caller: Caller,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let account = app.account_of(caller.mobile);
    let once = idempotency::once(parts, account, "delete", &body)?;
    let body: DeleteBody = body::parse(body)?;
    let number = body::whole(&body.beneficiary_reference_id, "beneficiary_reference_id")?;
    let person = BeneficiaryRef::new(number).ok_or(error::NO_BENEFICIARY)?;
    let command = Command::DeleteBeneficiary(DeleteBeneficiary { account, person });
    let answer = app.ledger().submit(Request { once, ..Request::of(command) }).await;
    answer.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

fn name(body: &RegisterBody) -> Result<String, Problem> {
    let name = body::text(&body.name, "name")?;
    let printable = !name.chars().any(char::is_control) && name.chars().any(char::is_alphabetic);
    if printable && name.chars().count() <= NAME { Ok(name) } else { Err(Problem::invalid("name")) }
}

fn birth_year(app: &App, body: &RegisterBody) -> Result<i16, Problem> {
    let year = body::whole(&body.birth_year, "birth_year")?;
    let this_year = app.today().year();
    let believable =
        i16::try_from(year).ok().filter(|year| (this_year - OLDEST..=this_year).contains(year));
    believable.ok_or_else(|| Problem::invalid("birth_year"))
}

fn gender(app: &App, body: &RegisterBody) -> Result<GenderId, Problem> {
    let id = small(&body.gender_id, "gender_id")?;
    let gender = app.pack().gender(GenderId(id));
    gender.map(|gender| gender.id).ok_or_else(|| Problem::invalid("gender_id"))
}

fn id_type<'a>(app: &'a App, body: &RegisterBody) -> Result<&'a IdType, Problem> {
    let id = small(&body.photo_id_type, "photo_id_type")?;
    let kind = app.pack().id_type(IdTypeId(id)).filter(|kind| kind.self_service);
    kind.ok_or_else(|| Problem::invalid("photo_id_type"))
}

fn id_number(body: &RegisterBody, kind: &IdType) -> Result<IdNumber, Problem> {
    let text = body::text(&body.photo_id_number, "photo_id_number")?;
    let number = IdNumber::parse(&text).filter(|number| {
        let (fewest, most) = kind.length;
        let length =
            (usize::from(fewest)..=usize::from(most)).contains(&number.as_str().chars().count());
        length && (!kind.digits_only || number.as_str().bytes().all(|b| b.is_ascii_digit()))
    });
    number.ok_or_else(|| Problem::invalid("photo_id_number"))
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

/// An id of the pack's. One too large for its type is as unknown as any other.
fn small(field: &Field, name: &str) -> Result<u8, Problem> {
    let number = body::whole(field, name)?;
    u8::try_from(number).map_err(|_| Problem::invalid(name))
}
