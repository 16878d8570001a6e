//! Assisted registration: staff registers somebody who stands at the counter.

use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::appointments::unexpected;
use crate::handlers::errand::Errand;
use crate::handlers::facility;
use crate::handlers::registration::{Registration, Wrong};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::identity::documents::{Claim, Unreachable, Verdict};
use crate::trail::purpose;
use http::request::Parts;
use opencowin_ledger::commands::{Command, Enrol, Outcome, Register};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct EnrolBody {
    center_id: Field,
    #[serde(flatten)]
    registration: Registration,
}

/// Registers a person under the mobile number that they name, who then has to do with the facility. The person need not
/// have the phone at hand.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn register(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let errand = Errand::of(app, visitor, parts, "counter-register", purpose::REGISTER, &body)?;
    let body: EnrolBody = body::parse(body)?;
    let at = facility::of_body(visitor, &body.center_id)?;
    let register = body.registration.by_staff(app)?;
    authenticate(app, &register).await?;
    let command = Command::Enrol(Box::new(Enrol { register, at, place: None }));
    match errand.run(command).await.map_err(|failure| app.problem_of(failure))? {
        Outcome::Registered(person) => {
            Ok(reply::personal(&json!({ "beneficiary_reference_id": person.to_string() })))
        }
        other => Err(unexpected(other)),
    }
}

/// Asks whoever has issued the document.
///
/// # Errors
/// BENREG0005 if it is not that person's, USRRES0008 if nobody answers now.
pub(in crate::handlers) async fn authenticate(app: &App, register: &Register) -> Result<(), Wrong> {
    let claim = Claim {
        kind: register.id_type,
        number: register.id_number.clone(),
        name: register.name.clone(),
        birth_year: register.birth_year,
    };
    ask(app, &claim).await.map_err(|problem| Wrong { field: "photo_id_number", problem })
}

/// Asks whoever has issued a document whether it is as is said.
///
/// # Errors
/// As [`authenticate`].
pub(super) async fn ask(app: &App, claim: &Claim) -> Result<(), Problem> {
    match app.authority().ask(claim).await {
        Ok(Verdict::Confirmed | Verdict::Seen) => Ok(()),
        Ok(Verdict::Denied) => Err(error::ID_DENIED.into()),
        Err(Unreachable) => Err(error::TRY_AGAIN.into()),
    }
}
