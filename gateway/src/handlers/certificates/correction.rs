//! Correcting a person's name, year of birth or gender: their doses are recorded anew, their certificates end and others come
//! in their place, all in one commit.

use super::shown;
use crate::admit::Visitor;
use crate::app::App;
use crate::delivery::MessageKind;
use crate::handlers::appointments::unexpected;
use crate::handlers::errand::Errand;
use crate::handlers::{fields, registration};
use crate::http::body::{self, Field};
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::notices;
use opencowin_ledger::audit::Record;
use opencowin_ledger::commands::{Command, CorrectHolder, HolderAuthority, Outcome};
use opencowin_ledger::read::Match;
use serde::Deserialize;

/// What is to be corrected; what is absent stays.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Correction {
    pub(super) beneficiary_reference_id: Field,
    name: Field,
    birth_year: Field,
    gender_id: Field,
}

/// Reads a body that says what is to be corrected.
///
/// # Errors
/// USRRES0001 if it is nothing.
pub(super) fn read(body: Vec<u8>) -> Result<Correction, Problem> {
    let body: Correction = body::parse(body)?;
    let fields = [&body.name, &body.birth_year, &body.gender_id];
    if fields.into_iter().all(|field| body::required(field).is_err()) {
        return Err(Problem::missing());
    }
    Ok(body)
}

/// Has somebody corrected, tells them, and answers with their certificates as they are then.
///
/// # Errors
/// USRRES0001 or 0002 for a field, or as the ledger refuses it.
pub(super) async fn carry_out(
    app: &App,
    visitor: &Visitor,
    errand: Errand<'_>,
    authority: HolderAuthority,
    found: &Match,
    body: &Correction,
) -> Result<Reply, Problem> {
    let known = &found.personal;
    let name = fields::if_there(&body.name, fields::name)?;
    let birth_year =
        fields::if_there(&body.birth_year, |year| registration::birth_year(app, year))?;
    let gender = fields::if_there(&body.gender_id, |id| registration::gender(app, id))?;
    let command = CorrectHolder {
        authority,
        person: found.id,
        name: name.unwrap_or_else(|| known.name.clone()),
        birth_year: birth_year.unwrap_or(known.birth_year),
        gender: gender.unwrap_or(known.gender),
        by: errand.by(),
    };
    let is_new = (&command.name, command.birth_year, command.gender)
        != (&known.name, known.birth_year, known.gender);
    let errand = errand.about(Record::Person(found.id));
    let corrected = errand.run(Command::CorrectHolder(Box::new(command))).await;
    match corrected.map_err(|failure| app.problem_of(failure))? {
        Outcome::HolderCorrected => {}
        other => return Err(unexpected(other)),
    }
    if is_new && !found.person.doses.is_empty() {
        let kind = MessageKind::CertificateCorrected;
        notices::of_certificates(app, visitor, known.mobile, kind);
    }
    Ok(reply::personal(&shown::known_as(app, found.id).await?))
}
