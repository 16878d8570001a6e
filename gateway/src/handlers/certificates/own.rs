//! What people do about the certificates of their people: have one made for travel, have a missing one made, correct what they
//! say.

use super::{choice, correction, whose};
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::errand::Errand;
use crate::handlers::fields;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use http::request::Parts;
use opencowin_certificates::record::Travel;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::HolderAuthority;
use opencowin_ledger::read::Match;
use opencowin_model::Date;
use serde::Deserialize;
use serde_json::json;

/// The shortest and longest number of a passport. Those of ICAO 9303 have up to nine characters; some states' have more.
const PASSPORT: std::ops::RangeInclusive<usize> = 5..=15;

#[derive(Default, Deserialize)]
#[serde(default)]
struct DoseBody {
    beneficiary_reference_id: Field,
    dose: Field,
    date_of_birth: Field,
    passport_number: Field,
}

/// Makes a certificate for travel. The same again is answered by the one that there is, anything else replaces it. What is told
/// for it stands in it and nowhere else.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn for_travel(
    app: &App,
    visitor: &Visitor,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let body: DoseBody = body::parse(body)?;
    let date_of_birth = fields::day(&body.date_of_birth, "date_of_birth")?;
    let travel = Travel { date_of_birth, passport: passport(&body.passport_number)? };
    let found = asked_for(app, visitor, &body).await?;
    is_born(app, &found, date_of_birth)?;
    made(app, visitor, &found, &body, Some(&travel)).await
}

/// Makes the certificate of a dose, if there is none.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn regenerate(
    app: &App,
    visitor: &Visitor,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let body: DoseBody = body::parse(body)?;
    let found = asked_for(app, visitor, &body).await?;
    made(app, visitor, &found, &body, None).await
}

/// Corrects one of the account's people, once.
///
/// # Errors
/// Those of the route's row in the table.
pub(super) async fn correct(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let authority = HolderAuthority::Own(visitor.person()?.account);
    let purpose = purpose::CORRECT_PERSON;
    let errand = Errand::of(app, visitor, parts, "correct-self", purpose.clone(), &body)?;
    let body = correction::read(body)?;
    let who = fields::reference(&body.beneficiary_reference_id)?.ok_or(error::NO_BENEFICIARY)?;
    let found = whose::one(app, visitor, purpose, who).await?;
    correction::carry_out(app, visitor, errand, authority, &found, &body).await
}

async fn asked_for(app: &App, visitor: &Visitor, body: &DoseBody) -> Result<Match, Problem> {
    let who = fields::reference(&body.beneficiary_reference_id)?.ok_or(error::NO_BENEFICIARY)?;
    whose::one(app, visitor, purpose::CERTIFICATE, who).await
}

async fn made(
    app: &App,
    visitor: &Visitor,
    found: &Match,
    body: &DoseBody,
    travel: Option<&Travel>,
) -> Result<Reply, Problem> {
    let dose = fields::if_there(&body.dose, fields::dose_number)?;
    let issued = choice::of_dose(app, found.id, dose, travel).await?;
    let record = Record::Person(found.id);
    trail::look(app, visitor, purpose::CERTIFICATE, record, vec![record]).await?;
    Ok(reply::personal(&json!({ "certificate_id": issued.id.0 })))
}

fn passport(field: &Field) -> Result<String, Problem> {
    let number = body::text(field, "passport_number")?.to_ascii_uppercase();
    let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && PASSPORT.contains(&number.len()) {
        Ok(number)
    } else {
        Err(Problem::invalid("passport_number"))
    }
}

/// Refuses a day of birth that is to come, or not of the year that is recorded.
fn is_born(app: &App, found: &Match, day: Date) -> Result<(), Problem> {
    if day > app.today() {
        return Err(Problem::invalid("date_of_birth"));
    }
    if day.year() == found.personal.birth_year {
        Ok(())
    } else {
        Err(error::OTHER_BIRTH_YEAR.into())
    }
}
