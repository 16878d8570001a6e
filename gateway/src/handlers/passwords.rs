//! The doors: asking for a one-time password and exchanging it for a token.

use crate::admit::Visitor;
use crate::app::App;
use crate::config::Portal;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::identity::Door;
use crate::identity::token::Grant;
use crate::trail;
use http::HeaderMap;
use http::header::USER_AGENT;
use opencowin_admission::users::Ask as Verdict;
use opencowin_ledger::Request;
use opencowin_ledger::commands::{Command, Outcome};
use opencowin_model::Mobile;
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ask {
    mobile: Field,
}

/// Sends a password to any well-formed number. Neither the answer nor its time tells whether the number is known.
///
/// # Errors
/// USRRES0001 without a number, USRAUT0018 if it is not well formed or no password can be sent now, USRAUT0044 where a
/// challenge has to be solved first.
pub fn ask(
    app: &App,
    door: Door,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let ask: Ask = body::parse(body)?;
    let mobile = body::required(&ask.mobile)?.text();
    let mobile = mobile.and_then(|text| app.pack().mobile(text.trim()));
    let mobile = mobile.ok_or(error::OTP_NOT_SENT)?;
    let always = door == Door::Portal && app.config().portal == Portal::Challenge;
    app.admission().challenge_address(visitor, headers, always, app.clock().now())?;
    may_ask(app, visitor, mobile)?;
    let id =
        app.passwords().send(mobile, door, visitor.key_id()).map_err(|_| error::OTP_NOT_SENT)?;
    Ok(reply::personal(&json!({ "txnId": id })))
}

/// Whether a number may be sent a password now. One that asks too often is shut out; the answer is the same.
///
/// # Errors
/// USRAUT0018 if it may not.
pub(super) fn may_ask(app: &App, visitor: &Visitor, mobile: Mobile) -> Result<(), Problem> {
    let (admission, now) = (app.admission(), app.clock().now());
    if !admission.keeps_limits() {
        return Ok(());
    }
    let account = app.account_of(mobile);
    let shut_out = admission.registry().shut_out().account(*account.as_bytes(), now).is_some();
    let limits = admission.registry().limits();
    let callers = admission.callers();
    if let Some(suspicion) = callers.asked_for(visitor.address, mobile, &limits, now) {
        app.metrics().suspected(suspicion);
    }
    match admission.users().ask(*account.as_bytes(), &limits.user, now) {
        _ if shut_out => Err(error::OTP_NOT_SENT.into()),
        Verdict::Granted => Ok(()),
        Verdict::BlockDay { until } => {
            app.block_account(account, until, "too many passwords in a day");
            Err(error::OTP_NOT_SENT.into())
        }
        Verdict::TooSoon { .. } | Verdict::Blocked { .. } => Err(error::OTP_NOT_SENT.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Confirm {
    otp: Field,
    #[serde(rename = "txnId")]
    txn_id: Field,
}

/// Exchanges a password for the token of somebody who comes for themselves.
///
/// # Errors
/// Those of [`prove`], and only after a right password USRAUT0024 at the public door if nobody is registered.
pub async fn confirm(
    app: &App,
    door: Door,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let confirm: Confirm = body::parse(body)?;
    let proven = prove(app, door, visitor, &confirm.otp, &confirm.txn_id).await?;
    let people = app.ledger().read().registered(app.account_of(proven.mobile)).await?;
    let beneficiary = people.first().copied();
    let grant = Grant { beneficiary, ..proven.grant(door, visitor, headers) };
    let token = app.tokens().issue(&grant, app.clock().now());
    match (door, beneficiary) {
        (Door::Public, None) => Err(error::NOT_REGISTERED.into()),
        (Door::Public, Some(_)) => Ok(reply::personal(&json!({ "token": token }))),
        (_, beneficiary) => {
            let is_new = if beneficiary.is_none() { "Y" } else { "N" };
            Ok(reply::personal(&json!({ "token": token, "isNewAccount": is_new })))
        }
    }
}

/// A number that was proven.
pub(super) struct Proven {
    /// The number.
    pub(super) mobile: Mobile,
    transaction: String,
}

impl Proven {
    /// What a token for it says.
    pub(super) fn grant<'a>(
        &'a self,
        door: Door,
        visitor: &Visitor,
        headers: &'a HeaderMap,
    ) -> Grant<'a> {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Grant {
            door,
            mobile: self.mobile,
            beneficiary: None,
            transaction: &self.transaction,
            agent: agent.unwrap_or_default(),
            key: visitor.key_id(),
            device: None,
        }
    }
}

/// Uses up a password.
///
/// # Errors
/// USRAUT0012 or 0013 if something is missing, USRAUT0014 if the password is not right.
pub(super) async fn prove(
    app: &App,
    door: Door,
    visitor: &Visitor,
    otp: &Field,
    txn_id: &Field,
) -> Result<Proven, Problem> {
    let answered = Answered::read(otp, txn_id)?;
    let mobile = use_up(app, door, visitor, &answered).await?;
    Ok(Proven { mobile, transaction: answered.transaction })
}

/// An answer to a password.
pub(super) struct Answered {
    /// Its digest, as it was sent.
    pub(super) otp: String,
    /// The transaction, as the client knows it.
    pub(super) transaction: String,
}

impl Answered {
    /// Reads both.
    ///
    /// # Errors
    /// USRAUT0012 or 0013 if something is missing.
    pub(super) fn read(otp: &Field, txn_id: &Field) -> Result<Self, Problem> {
        let otp = text(otp, error::OTP_MISSING)?;
        Ok(Self { otp, transaction: text(txn_id, error::TXN_ID_MISSING)? })
    }
}

/// Uses up a password that was asked for at a door; answers the number that this proves.
///
/// # Errors
/// USRAUT0014 if the password is not right.
pub(super) async fn use_up(
    app: &App,
    door: Door,
    visitor: &Visitor,
    Answered { otp, transaction }: &Answered,
) -> Result<Mobile, Problem> {
    let opened = app.passwords().open(transaction, door).ok_or(error::OTP_INVALID)?;
    let tries = app.admission().registry().limits().user.otp_tries;
    let attempt = app.passwords().attempt(&opened, visitor.key_id(), otp, tries);
    let audit = vec![trail::of_log_in(app, visitor, door, app.account_of(opened.mobile))];
    let request = Request { audit, ..Request::of(Command::Attempt(attempt)) };
    match app.ledger().submit(request).await {
        Ok(Outcome::PasswordRight) => Ok(opened.mobile),
        Ok(_) => Err(error::OTP_INVALID.into()),
        Err(failure) => Err(app.problem_of(failure)),
    }
}

fn text(field: &Field, missing: error::Entry) -> Result<String, Problem> {
    let value = body::required(field).map_err(|_| missing)?;
    let text = value.text().ok_or(error::OTP_INVALID)?;
    Ok(text.trim().to_owned())
}
