//! What is recorded of doses that are not given now: such as were given elsewhere, and corrections.

use super::desk;
use super::vaccinate::{not_recorded, recorded};
use crate::access::official::Scope;
use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::MessageKind;
use crate::handlers::appointments::unexpected;
use crate::handlers::certificates;
use crate::handlers::errand::Errand;
use crate::handlers::{facility, fields};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::trail::purpose;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Authority, Command, Correct, Outcome, RecordElsewhere};
use opencowin_model::{BeneficiaryRef, Dose, Evidence};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct DoseBody {
    beneficiary_reference_id: Field,
    center_id: Field,
    dose: Field,
    vaccine: Field,
    vaccine_batch: Field,
    date: Field,
    evidence: Field,
    vaccinator_name: Field,
}

/// Records a dose that somebody was given abroad or on paper, as they have shown. The same again is answered the same.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn elsewhere(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "elsewhere", purpose::VACCINATE, &body)?;
    let body: DoseBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let (person, _) =
        desk::one(app, visitor, purpose::VACCINATE, &body.beneficiary_reference_id).await?;
    let vaccinator =
        fields::if_there(&body.vaccinator_name, |name| fields::named(name, "vaccinator_name"))?;
    let command = RecordElsewhere {
        centre,
        person,
        dose: fields::dose_number(&body.dose)?,
        vaccine: fields::vaccine(&body.vaccine, app.pack())?,
        batch: fields::if_there(&body.vaccine_batch, |b| fields::batch(b, "vaccine_batch"))?,
        date: fields::day(&body.date, "date")?,
        evidence: fields::word(&body.evidence, "evidence", Evidence::from_word)?,
        by: errand.by(),
        vaccinator: vaccinator.unwrap_or_default(),
    };
    let dose = command.dose;
    run(app, errand, person, dose, Command::RecordElsewhere(Box::new(command))).await
}

/// Corrects the batch or the day of a dose, as the facility that recorded it or its district.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn correct(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "correct", purpose::CORRECT, &body)?;
    let body: DoseBody = body::parse(body)?;
    let reference = &body.beneficiary_reference_id;
    let (authority, person) = match visitor.official().map(|official| official.scope) {
        Ok(Scope::District(district)) => {
            let person = fields::reference(reference)?.ok_or(error::NO_BENEFICIARY)?;
            (Authority::District(district), person)
        }
        _ => {
            let centre = facility::of_body(visitor, &body.center_id)?;
            let (person, _) = desk::one(app, visitor, purpose::CORRECT, reference).await?;
            (Authority::Facility(centre), person)
        }
    };
    let command = Correct {
        authority,
        person,
        dose: fields::dose_number(&body.dose)?,
        batch: fields::if_there(&body.vaccine_batch, |b| fields::batch(b, "vaccine_batch"))?,
        date: fields::if_there(&body.date, |date| fields::day(date, "date"))?,
        by: errand.by(),
    };
    let dose = command.dose;
    let corrected = run(app, errand, person, dose, Command::Correct(command)).await?;
    certificates::tell(app, visitor, person, MessageKind::CertificateCorrected).await?;
    Ok(corrected)
}

async fn run(
    app: &App,
    errand: Errand<'_>,
    person: BeneficiaryRef,
    dose: Dose,
    command: Command,
) -> Result<Reply, Problem> {
    let errand = errand.about(Record::Person(person));
    match errand.run(command).await.map_err(|failure| not_recorded(app, failure))? {
        Outcome::DoseRecorded(event) => Ok(recorded(person, dose, event)),
        other => Err(unexpected(other)),
    }
}
