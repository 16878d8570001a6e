//! Recording a dose that is given now.

use super::check_in::{Shown, not_proven, verify};
use super::desk;
use crate::access::decision::{self, Act, Reach};
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::errand::Errand;
use crate::handlers::{facility, fields};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::purpose;
use http::request::Parts;
use opencowin_ledger::Failure;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, Outcome, Refusal, Vaccinate};
use opencowin_ledger::read::Match;
use opencowin_ledger::records::{EventKey, Override};
use opencowin_model::{BeneficiaryRef, Dose, OverrideReason, date};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct VaccinateBody {
    beneficiary_reference_id: Field,
    center_id: Field,
    vaccine: Field,
    vaccine_batch: Field,
    dose: Field,
    dose1_date: Field,
    dose2_date: Field,
    vaccinator_name: Field,
    override_reason: Field,
    #[serde(flatten)]
    shown: Shown,
}

/// Records a dose of somebody who is checked in, or shows along with it what a check-in takes. The same dose again is
/// answered as it was recorded.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn vaccinate(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "vaccinate", purpose::VACCINATE, &body)?;
    let body: VaccinateBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let (person, found) =
        desk::one(app, visitor, purpose::VACCINATE, &body.beneficiary_reference_id).await?;
    let dose = fields::dose_number(&body.dose)?;
    let vaccine = fields::vaccine(&body.vaccine, app.pack())?;
    let batch = fields::batch(&body.vaccine_batch, "vaccine_batch")?;
    given_today(app, &body, dose, &found)?;
    let proof = if body.shown.is_there() { Some(body.shown.proof(app)?) } else { None };
    if let Some(proof) = &proof {
        verify(app, &found, proof).await?;
    }
    let (by, vaccinator) = (errand.by(), vaccinator(visitor, &body.vaccinator_name)?);
    let overriding = overriding(visitor, &body.override_reason)?;
    let command =
        Vaccinate { centre, person, dose, vaccine, batch, by, vaccinator, proof, overriding };
    let errand = errand.about(Record::Person(person));
    let outcome = errand.run(Command::Vaccinate(Box::new(command))).await;
    match outcome.map_err(|failure| not_recorded(app, failure))? {
        Outcome::DoseRecorded(event) => Ok(recorded(person, dose, event)),
        other => Err(not_proven(other)),
    }
}

/// Refuses what says that the dose was given on another day than today, or an earlier one on another than is recorded.
fn given_today(app: &App, body: &VaccinateBody, given: Dose, found: &Match) -> Result<(), Problem> {
    let dates = [
        (Dose::First, &body.dose1_date, "dose1_date"),
        (Dose::Second, &body.dose2_date, "dose2_date"),
    ];
    for (dose, field, name) in dates {
        let said = fields::if_there(field, |field| fields::day(field, name))?;
        let recorded = || found.person.taken(dose).map(|taken| taken.date);
        let known = if dose == given { Some(app.today()) } else { recorded() };
        if said.is_some() && said != known {
            return Err(error::DAY_IMPOSSIBLE.into());
        }
    }
    Ok(())
}

/// The name of whoever gives the dose; whoever is logged in, if none is told.
fn vaccinator(visitor: &Visitor, field: &Field) -> Result<String, Problem> {
    match visitor.official() {
        Ok(official) if body::required(field).is_err() => Ok(official.name.clone()),
        _ => fields::named(field, "vaccinator_name"),
    }
}

/// Who decides that the interval need not be over.
fn overriding(visitor: &Visitor, field: &Field) -> Result<Option<Override>, Problem> {
    let word = |field: &Field| fields::word(field, "override_reason", OverrideReason::from_word);
    let Some(reason) = fields::if_there(field, word)? else { return Ok(None) };
    let role = visitor.official().map_err(|_| error::NOT_YOURS)?.role;
    if decision::reach(role, Act::OverrideInterval) == Reach::Never {
        return Err(error::NOT_YOURS.into());
    }
    Ok(Some(Override { reason, role: role.word() }))
}

/// Why a dose was not recorded.
pub(super) fn not_recorded(app: &App, failure: Failure) -> Problem {
    match failure {
        Failure::Refused(Refusal::DoseGiven { .. }) => error::DOSE_RECORDED.into(),
        failure => app.problem_of(failure),
    }
}

/// A dose that is on record.
pub(super) fn recorded(person: BeneficiaryRef, dose: Dose, event: EventKey) -> Reply {
    reply::personal(&json!({
        "beneficiary_reference_id": person.to_string(),
        "dose": dose.number(),
        "date": date::to_wire_string(event.date),
        "event_id": event.id.0,
    }))
}
