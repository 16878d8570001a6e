//! Check-in: whoever comes to their appointment shows that it is theirs.

use super::{desk, enrol};
use crate::access::decision;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::appointments::unexpected;
use crate::handlers::errand::Errand;
use crate::handlers::{facility, fields};
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::identity::documents::Claim;
use crate::trail::purpose;
use http::StatusCode;
use http::request::Parts;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{CheckIn, Command, Outcome, Proof, ResetProofs};
use opencowin_ledger::read::Match;
use opencowin_ledger::vault::IdNumber;
use opencowin_model::{CentreId, SecurityCode};
use serde::Deserialize;
use serde_json::json;

/// How many characters of a document's number do.
const LAST: usize = 4;

#[derive(Default, Deserialize)]
#[serde(default)]
struct CheckInBody {
    beneficiary_reference_id: Field,
    center_id: Field,
    #[serde(flatten)]
    shown: Shown,
}

/// What somebody shows.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    photo_id_type: Field,
    photo_id_number: Field,
    photo_id_last4: Field,
    security_code: Field,
}

/// Checks somebody in. The same again is answered the same.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn check_in(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "check-in", purpose::CHECK_IN, &body)?;
    let body: CheckInBody = body::parse(body)?;
    let centre = facility::of_body(visitor, &body.center_id)?;
    let (person, found) =
        desk::one(app, visitor, purpose::CHECK_IN, &body.beneficiary_reference_id).await?;
    let proof = body.shown.proof(app)?;
    verify(app, &found, &proof).await?;
    let command = Command::CheckIn(Box::new(CheckIn { centre, person, proof }));
    let outcome = errand.about(Record::Person(person)).run(command).await;
    match outcome.map_err(|failure| app.problem_of(failure))? {
        Outcome::CheckedIn { appointment, dose } => Ok(reply::personal(&json!({
            "beneficiary_reference_id": person.to_string(),
            "appointment_id": appointment.0,
            "dose": dose.number(),
        }))),
        other => Err(not_proven(other)),
    }
}

/// Lets somebody try again who showed wrong codes too often, as an officer of the district may.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn reset(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "reset-proofs", purpose::CHECK_IN, &body)?;
    let body: CheckInBody = body::parse(body)?;
    let centre = CentreId(fields::small(&body.center_id, "center_id")?);
    let lies_in = app.inventory().centre(centre).is_some_and(|centre| {
        visitor
            .official()
            .is_ok_and(|official| decision::holds_centre(official.scope, &centre, app.pack()))
    });
    if !lies_in {
        return Err(error::NOT_YOURS.into());
    }
    let person = fields::reference(&body.beneficiary_reference_id)?;
    let person = person.ok_or(error::NO_BENEFICIARY)?;
    let command = Command::ResetProofs(ResetProofs { centre, person });
    let outcome = errand.about(Record::Person(person)).run(command).await;
    outcome.map_err(|failure| app.problem_of(failure))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

impl Shown {
    /// Whether anything is shown.
    pub(super) fn is_there(&self) -> bool {
        body::required(&self.security_code).is_ok()
    }

    /// The document by its number or the last four characters of it, and the code of the slip.
    ///
    /// # Errors
    /// USRRES0001 or 0002.
    pub(super) fn proof(&self, app: &App) -> Result<Proof, Problem> {
        let kind = fields::id_type(&self.photo_id_type, app.pack(), |_| true)?;
        let last = fields::if_there(&self.photo_id_last4, last)?;
        let id_number = match last {
            Some(last) => last,
            None => fields::id_number(&self.photo_id_number, kind)?,
        };
        Ok(Proof { id_type: kind.id, id_number, code: code(&self.security_code)? })
    }
}

fn last(field: &Field) -> Result<IdNumber, Problem> {
    let text = body::text(field, "photo_id_last4")?;
    let number = IdNumber::parse(&text).filter(|_| text.chars().count() <= LAST);
    number.ok_or_else(|| Problem::invalid("photo_id_last4"))
}

/// A code is four digits; one that begins with zeros may have lost them on its way.
fn code(field: &Field) -> Result<SecurityCode, Problem> {
    let code = match body::required(field)? {
        Loose::Text(text) => SecurityCode::parse(text.trim()),
        number => number.whole().and_then(SecurityCode::from_number),
    };
    code.ok_or_else(|| Problem::invalid("security_code"))
}

/// Asks whoever has issued the document, if all of its number is shown.
///
/// # Errors
/// BENREG0005 if it is not that person's, USRRES0008 if nobody answers now.
pub(super) async fn verify(app: &App, found: &Match, proof: &Proof) -> Result<(), Problem> {
    if proof.id_number.as_str().chars().count() <= LAST {
        return Ok(());
    }
    let claim = Claim {
        kind: proof.id_type,
        number: proof.id_number.clone(),
        name: found.personal.name.clone(),
        birth_year: found.personal.birth_year,
    };
    enrol::ask(app, &claim).await
}

/// What is told where what was shown is wrong.
pub(super) fn not_proven(outcome: Outcome) -> Problem {
    match outcome {
        Outcome::ProofWrong { left } => {
            let entry = error::PROOF_WRONG;
            Problem::with_text(entry, format!("{} ({left} tries left)", entry.text))
        }
        other => unexpected(other),
    }
}
