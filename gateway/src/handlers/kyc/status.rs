//! The answer: 0, 1 or 2, signed for the party that asked.
//!
//! Whoever is meant is found by [`is_same`](opencowin_certificates::kyc::names::is_same) among the people of the proven number. If
//! nobody is, the answer is that of somebody who was given no dose; if several are, it is the least of theirs, so that it is
//! true of each of them.

use super::party::Asking;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::people;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::identity::inquiry::ProvenInquiry;
use crate::trail::{self, StatusTold};
use opencowin_certificates::kyc::{Answer, LIFE_S, VaccinationStatus, names};
use opencowin_certificates::{Moment, Purpose};
use opencowin_ledger::audit::Record;
use opencowin_ledger::read::{Match, Sought};
use serde::Serialize;
use uuid::Uuid;

/// What is told.
#[derive(Serialize)]
struct Told {
    vaccination_status: VaccinationStatus,
    /// The same, signed; nobody but a party has use for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// Tells the status of whoever the token's question is about, once it is on record that it was told.
///
/// # Errors
/// 403 unless whoever asks is who asked; 503 if the ledger cannot be reached or no key signs.
pub async fn tell(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let proven = visitor.inquirer()?;
    Asking::of(app, visitor, query)?.must_have_asked(&proven.inquiry)?;
    let account = app.account_of(proven.mobile());
    let mut meant = app.ledger().read().matches(Sought::Account(account)).await?;
    meant.retain(|one| names::is_same(&proven.inquiry.name, &one.personal.name));
    let shown = meant.iter().map(|one| Record::Person(one.id)).collect();
    let told = StatusTold {
        to: proven.inquiry.party,
        consent: proven.inquiry.consent.as_deref(),
        sought: Record::Account(account),
        shown,
    };
    trail::tell_status(app, visitor, told).await?;
    let vaccination_status = least(app, &meant);
    let sign = |party| signed(app, proven, party, vaccination_status);
    let answer = proven.inquiry.party.map(sign).transpose()?;
    Ok(reply::personal(&Told { vaccination_status, answer }))
}

fn least(app: &App, meant: &[Match]) -> VaccinationStatus {
    let statuses = meant.iter().map(|one| people::vaccinated(app.pack(), &one.person));
    statuses.min().unwrap_or(VaccinationStatus::None)
}

fn signed(
    app: &App,
    proven: &ProvenInquiry,
    party: Uuid,
    vaccination_status: VaccinationStatus,
) -> Result<String, Problem> {
    let now: Moment = app.clock().now().into();
    let keys = app.certification().keys();
    let key = keys.signing(Purpose::Kyc, now).ok_or(error::TRY_AGAIN)?;
    let answer = Answer {
        iss: app.certification().issuer().did().to_owned(),
        aud: party.to_string(),
        iat: now.seconds(),
        exp: now.plus_seconds(LIFE_S).seconds(),
        jti: Uuid::new_v4(),
        nonce: proven.nonce(),
        vaccination_status,
    };
    Ok(answer.sign(key))
}
