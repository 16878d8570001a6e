//! The door of the status API: proving the number of whoever is asked about.
//!
//! A password is sent to any well-formed number and nothing is looked up, so that neither the answer nor its time tells who is
//! registered. The name is in the transaction: who wants to try another name needs another password, which are counted like
//! all passwords of a number.

use super::party::{Asking, Party};
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::passwords::{self, Answered};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::identity::Door;
use crate::identity::inquiry::Inquiry;
use crate::trail::purpose;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;

/// The longest name, in characters and in bytes.
const NAME: usize = 200;
const NAME_BYTES: usize = 600;

#[derive(Default, Deserialize)]
#[serde(default)]
struct AskBody {
    mobile_number: Field,
    full_name: Field,
    consent_version: Field,
}

/// Sends a password, in a message that names whoever asks.
///
/// # Errors
/// Those of the route's row in the table; none depends on whether anybody is registered.
pub fn ask(
    app: &App,
    visitor: &Visitor,
    parts: &Parts,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let asking = Asking::of(app, visitor, query)?;
    let body: AskBody = body::parse(body)?;
    let mobile = body::required(&body.mobile_number)?.text();
    let name = name(&body.full_name)?;
    let consent = consent(&body.consent_version, visitor)?;
    let mobile = mobile.and_then(|text| app.pack().mobile(text.trim()));
    let mobile = mobile.ok_or(error::OTP_NOT_SENT)?;
    let now = app.clock().now();
    app.admission().challenge_address(visitor, &parts.headers, false, now)?;
    passwords::may_ask(app, visitor, mobile)?;
    let party = asking.party.as_ref().map(|party: &Party| &*party.name);
    let sent = app.passwords().send_for(mobile, Door::Status, visitor.key_id(), party);
    let id = sent.map_err(|_| error::OTP_NOT_SENT)?;
    let party = asking.party.map(|party| party.id);
    let inquiry = Inquiry { name, party, nonce: asking.nonce, consent };
    let transaction = app.inquiries().transaction(id, &inquiry);
    Ok(reply::personal(&json!({ "txnId": transaction })))
}

fn name(field: &Field) -> Result<String, Problem> {
    let name = body::text(field, "full_name")?;
    let fits = name.chars().count() <= NAME && name.len() <= NAME_BYTES;
    if fits { Ok(name) } else { Err(Problem::invalid("full_name")) }
}

/// The version of the text to which the person agreed. The contract of applications has none: there the message that names
/// them is what the person agrees to by handing its password over.
fn consent(field: &Field, visitor: &Visitor) -> Result<Option<String>, Problem> {
    if field.is_none() && visitor.key.is_some() {
        return Ok(None);
    }
    let version = body::text(field, "consent_version")?;
    let known = purpose::of_consent(Some(&version));
    known.map(|_| Some(version)).ok_or_else(|| Problem::invalid("consent_version"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfirmBody {
    otp: Field,
    #[serde(rename = "txnId")]
    txn_id: Field,
}

/// Exchanges a password for a token that opens the answer to this one question.
///
/// # Errors
/// USRAUT0012, 0013 or 0014 as at the other doors; 403 if somebody else asked.
pub async fn confirm(
    app: &App,
    visitor: &Visitor,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let asking = Asking::of(app, visitor, query)?;
    let body: ConfirmBody = body::parse(body)?;
    let answered = Answered::read(&body.otp, &body.txn_id)?;
    let opened = app.inquiries().open_transaction(&answered.transaction);
    let (id, inquiry) = opened.ok_or(error::OTP_INVALID)?;
    asking.must_have_asked(&inquiry)?;
    let answered = Answered { transaction: id.to_string(), ..answered };
    let mobile = passwords::use_up(app, Door::Status, visitor, &answered).await?;
    let now = app.clock().now();
    let token = app.inquiries().token((id, inquiry), mobile, visitor.key_id(), now);
    Ok(reply::personal(&json!({ "token": token })))
}
