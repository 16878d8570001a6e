//! Adverse events after a vaccination (AEFI): reported by the facility that gave the dose or by whoever was given it, and
//! followed up by the facility (R8).

mod shown;

use super::errand::Errand;
use super::{facility, fields};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{
    Command, FollowUpAdverseEvent, Outcome, ReportAdverseEvent, Reporter, Suspected,
};
use opencowin_ledger::records::Aefi;
use opencowin_model::{AefiId, BeneficiaryRef, Investigation, Recovery, Severity, Symptom};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The longest time whose reports can be asked for, in days.
const LONGEST: i32 = 92;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReportBody {
    center_id: Field,
    beneficiary_reference_id: Field,
    dose: Field,
    severity: Field,
    symptoms: Field,
    onset: Field,
    outcome: Field,
}

/// Reports an adverse event after a dose that the facility gave.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn report(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "aefi", purpose::ADVERSE_EVENT, &body)?;
    let body: ReportBody = body::parse(body)?;
    let reporter = Reporter::Facility(facility::of_body(visitor, &body.center_id)?);
    reported(app, errand, reporter, &body).await
}

/// Reports an adverse event after a dose that somebody of the account was given.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn report_own(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "own-aefi", purpose::ADVERSE_EVENT, &body)?;
    let body: ReportBody = body::parse(body)?;
    let reporter = Reporter::Account(visitor.person()?.account);
    reported(app, errand, reporter, &body).await
}

async fn reported(
    app: &App,
    errand: Errand<'_>,
    reporter: Reporter,
    body: &ReportBody,
) -> Result<Reply, Problem> {
    let person = person(&body.beneficiary_reference_id)?;
    let dose = fields::dose_number(&body.dose)?;
    let report = ReportAdverseEvent {
        after: Suspected { person, dose, reporter, by: errand.by() },
        severity: fields::word(&body.severity, "severity", Severity::from_word)?,
        symptoms: symptoms(&body.symptoms)?,
        onset: fields::day(&body.onset, "onset")?,
        recovery: fields::word(&body.outcome, "outcome", Recovery::from_word)?,
    };
    let errand = errand.about(Record::Person(person));
    answered(app, &errand, Command::ReportAdverseEvent(Box::new(report))).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FollowUpBody {
    center_id: Field,
    beneficiary_reference_id: Field,
    dose: Field,
    report_id: Field,
    severity: Field,
    outcome: Field,
    investigation: Field,
}

/// Adds to a report what was learnt later.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn follow_up(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "aefi-later", purpose::ADVERSE_EVENT, &body)?;
    let body: FollowUpBody = body::parse(body)?;
    let reporter = Reporter::Facility(facility::of_body(visitor, &body.center_id)?);
    let person = person(&body.beneficiary_reference_id)?;
    let dose = fields::dose_number(&body.dose)?;
    let follow_up = FollowUpAdverseEvent {
        after: Suspected { person, dose, reporter, by: errand.by() },
        report: AefiId(fields::uuid(&body.report_id, "report_id")?),
        severity: fields::word(&body.severity, "severity", Severity::from_word)?,
        recovery: fields::word(&body.outcome, "outcome", Recovery::from_word)?,
        investigation: fields::word(
            &body.investigation,
            "investigation",
            Investigation::from_word,
        )?,
    };
    let errand = errand.about(Record::Person(person));
    answered(app, &errand, Command::FollowUpAdverseEvent(Box::new(follow_up))).await
}

async fn answered(app: &App, errand: &Errand<'_>, command: Command) -> Result<Reply, Problem> {
    match errand.run(command).await.map_err(|failure| app.problem_of(failure))? {
        Outcome::AefiReported(id) => Ok(reply::personal(&json!({ "report_id": id.0 }))),
        _ => Err(error::TRY_AGAIN.into()),
    }
}

/// Reports on doses that the facility gave on some days.
///
/// # Errors
/// USRRES0001, 0002 or 0011 for the parameters, 503 if the ledger cannot be reached.
pub async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = facility::of_query(visitor, query)?;
    let (from, to) = fields::days(app, query, LONGEST)?;
    let reports = app.ledger().read().reports(centre, from, to).await?;
    let sought = Record::Other(Uuid::from_u128(u128::from(centre.0)));
    looked_at(app, visitor, sought, &reports).await
}

/// Reports on doses of the people of the account, whoever made them.
///
/// # Errors
/// 503 if the ledger cannot be reached.
pub async fn own(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let reports = app.ledger().read().own_reports(account).await?;
    looked_at(app, visitor, Record::Account(account), &reports).await
}

/// Shows reports once it is on record whom they are about.
async fn looked_at(
    app: &App,
    visitor: &Visitor,
    sought: Record,
    reports: &[Aefi],
) -> Result<Reply, Problem> {
    let people: BTreeSet<_> = reports.iter().map(|report| report.person).collect();
    let people = people.into_iter().map(Record::Person).collect();
    trail::look(app, visitor, purpose::ADVERSE_EVENT, sought, people).await?;
    let items: Vec<_> = reports.iter().map(|report| shown::report(app.pack(), report)).collect();
    Ok(reply::personal(&json!({ "reports": items })))
}

fn person(field: &Field) -> Result<BeneficiaryRef, Problem> {
    fields::reference(field)?.ok_or_else(|| error::NO_BENEFICIARY.into())
}

/// At least one, each once and in the order of the list, so that the same report is the same however it is written.
fn symptoms(field: &Field) -> Result<Vec<Symptom>, Problem> {
    let invalid = || Problem::invalid("symptoms");
    let Loose::List(words) = body::required(field)? else { return Err(invalid()) };
    let symptom = |word: &Loose| word.text().and_then(|word| Symptom::from_word(&word));
    let symptoms: Option<BTreeSet<_>> = words.iter().map(symptom).collect();
    let symptoms = symptoms.filter(|symptoms| !symptoms.is_empty()).ok_or_else(invalid)?;
    Ok(symptoms.into_iter().collect())
}
