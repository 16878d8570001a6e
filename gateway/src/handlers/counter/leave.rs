//! How people leave: without the dose, or after they were watched for a while.

use super::desk;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::errand::Errand;
use crate::handlers::{facility, fields};
use crate::http::body::{self, Field};
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::trail::purpose;
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, Decline, Declined, Observe};
use opencowin_ledger::read::Match;
use opencowin_model::{CentreId, DeclineReason, EarlyEnd, SessionId};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct LeaveBody {
    beneficiary_reference_id: Field,
    center_id: Field,
    reason: Field,
    dose: Field,
    outcome: Field,
    early_end: Field,
}

/// Ends somebody's appointment of today without a dose; their seat is free again.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn decline(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "decline", purpose::VACCINATE, &body)?;
    let body: LeaveBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let (person, found) =
        desk::one(app, visitor, purpose::VACCINATE, &body.beneficiary_reference_id).await?;
    let why = fields::word(&body.reason, "reason", why)?;
    let command = Command::Decline(Decline { centre, person, why });
    let errand = errand.about(Record::Person(person));
    let declined = errand.run_with_seats(command, expected_at(app, &found, centre), None).await;
    declined.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

fn why(word: &str) -> Option<Declined> {
    match word {
        "no-show" => Some(Declined::NoShow),
        word => DeclineReason::from_word(word).map(Declined::Refused),
    }
}

/// The session of today in which somebody is expected at a facility, whose seats memory is to look at again.
fn expected_at(app: &App, found: &Match, centre: CentreId) -> Option<SessionId> {
    let listed = found.person.appointments.iter().filter(|one| one.session.date == app.today());
    let mut sessions = listed.filter_map(|one| app.inventory().session(one.session.id));
    sessions.find(|session| session.centre().id == centre).map(|session| session.definition().id)
}

/// Ends the observation after a dose, in time or for a reason. The same again is answered the same.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn observe(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "observe", purpose::VACCINATE, &body)?;
    let body: LeaveBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let (person, _) =
        desk::one(app, visitor, purpose::VACCINATE, &body.beneficiary_reference_id).await?;
    let dose = fields::dose_number(&body.dose)?;
    let reaction = fields::word(&body.outcome, "outcome", |word| match word {
        "well" => Some(false),
        "reaction" => Some(true),
        _ => None,
    })?;
    let early = |field: &Field| fields::word(field, "early_end", EarlyEnd::from_word);
    let early = fields::if_there(&body.early_end, early)?;
    let command = Command::Observe(Observe { centre, person, dose, reaction, early });
    let observed = errand.about(Record::Person(person)).run(command).await;
    observed.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
