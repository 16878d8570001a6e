//! The list of somebody's certificates. It says what there is and what waits, and makes nothing.

use super::choice;
use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_certificates::Moment;
use opencowin_ledger::read::{CertificatesOfDose, Match, Sought};
use opencowin_ledger::records::{Certificate, Form, State};
use opencowin_model::{BeneficiaryRef, CertificateId, Pack, date};
use serde_json::{Value, json};

/// Somebody, and all their certificates, those of the last dose first.
///
/// # Errors
/// APPOIN0001 of somebody who was erased.
pub(super) async fn person(app: &App, found: &Match) -> Result<Value, Problem> {
    let doses = choice::doses(app, found.id).await?;
    let items: Vec<_> = doses.iter().rev().flat_map(|dose| of_dose(app.pack(), dose)).collect();
    Ok(json!({
        "beneficiary_reference_id": found.id.to_string(),
        "name": found.personal.name,
        "certificates": items,
    }))
}

/// Somebody as they are known now.
///
/// # Errors
/// APPOIN0001 of somebody who was erased.
pub(super) async fn known_as(app: &App, who: BeneficiaryRef) -> Result<Value, Problem> {
    let found = app.ledger().read().matches(Sought::Person(who)).await?.pop();
    person(app, &found.ok_or(error::NO_BENEFICIARY)?).await
}

fn of_dose(pack: &Pack, dose: &CertificatesOfDose) -> Vec<Value> {
    let waiting = Form::ALL.into_iter().filter(|form| waits(dose, *form));
    let mut items: Vec<_> = waiting.map(|form| pending(pack, dose, form)).collect();
    items.extend(dose.certificates.iter().map(|(id, known)| certificate(pack, dose, *id, known)));
    items
}

/// Whether a certificate of this form can be expected: one for use at home of each own dose, one for travel where there was
/// one, unless it was revoked for good.
fn waits(dose: &CertificatesOfDose, form: Form) -> bool {
    let wanted = match form {
        Form::Domestic => true,
        Form::International => dose.certificates.iter().any(|(_, known)| known.form == form),
    };
    let is_there = choice::valid(dose, form).is_some();
    wanted && dose.event.is_own() && !is_there && !choice::is_barred(dose)
}

fn pending(pack: &Pack, dose: &CertificatesOfDose, form: Form) -> Value {
    json!({
        "dose": dose.event.dose.number(),
        "date": date::to_wire_string(dose.event.key.date),
        "vaccine": vaccine(pack, dose),
        "form": form_word(form),
        "state": "pending",
    })
}

fn certificate(
    pack: &Pack,
    dose: &CertificatesOfDose,
    id: CertificateId,
    known: &Certificate,
) -> Value {
    let mut item = json!({
        "certificate_id": id.0,
        "dose": dose.event.dose.number(),
        "date": date::to_wire_string(known.event.date),
        "vaccine": vaccine(pack, dose),
        "form": form_word(known.form),
        "version": known.version,
        "issued": Moment::from(known.issued).to_string(),
    });
    item["state"] = match &known.state {
        State::Valid => "valid",
        State::Superseded { .. } => "superseded",
        State::Revoked { .. } => "revoked",
    }
    .into();
    if let State::Superseded { at, .. } | State::Revoked { at, .. } = &known.state {
        item["ended"] = Moment::from(*at).to_string().into();
    }
    if let State::Revoked { reason, .. } = &known.state {
        item["reason"] = reason.word().into();
    }
    item
}

fn form_word(form: Form) -> &'static str {
    match form {
        Form::Domestic => "domestic",
        Form::International => "international",
    }
}

fn vaccine<'a>(pack: &'a Pack, dose: &CertificatesOfDose) -> &'a str {
    pack.vaccine(dose.event.vaccine).map_or("", |vaccine| &vaccine.name)
}
