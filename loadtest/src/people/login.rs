//! Logging in with a one-time password.

use super::desk::Said;
use super::visit::Visit;
use crate::contract::{Token, Transaction};
use crate::measure::Operation;
use crate::scenario::Door;
use crate::wire::{Call, Want};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// How long a one-time password is waited for, and how often it is looked for meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The paths of a door: asking for a password, and confirming it.
fn paths(door: Door) -> (&'static str, &'static str) {
    match door {
        Door::Portal => ("/api/v2/auth/generateMobileOTP", "/api/v2/auth/validateMobileOtp"),
        Door::Protected => ("/api/v2/auth/generateOTP", "/api/v2/auth/confirmOTP"),
    }
}

/// Asks for a one-time password; answers what it belongs to.
pub(super) async fn ask(visit: &Visit, door: Door, operation: Operation) -> Option<String> {
    ask_at(visit, paths(door).0, key(visit, door), operation).await
}

/// The same at a door that is told by its path.
pub(super) async fn ask_at(
    visit: &Visit,
    path: &str,
    key: Option<&str>,
    operation: Operation,
) -> Option<String> {
    let body = format!(r#"{{"mobile":"{}"}}"#, visit.person.mobile());
    let call = Call { api_key: key, ..visit.post(operation, path, body.as_bytes()) };
    let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
        serde_json::from_slice::<Transaction>(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(transaction) => Some(transaction.txn_id.to_string()),
        _ => None,
    }
}

/// The password, once it has arrived.
pub(super) async fn password(visit: &Visit, door: Door) -> Option<String> {
    password_for(visit, key(visit, door)).await
}

/// The password that was asked for with this key or without one, once it has arrived.
pub(super) async fn password_for(visit: &Visit, key: Option<&str>) -> Option<String> {
    let until = Instant::now() + PATIENCE;
    loop {
        let desk = &visit.desk;
        if let Some(password) = desk.setting.otp.password(visit, key).await {
            return Some(password);
        }
        if desk.is_closing() {
            return None;
        }
        if Instant::now() >= until {
            desk.recorder.borrow_mut().password_missing();
            return None;
        }
        desk.pacer.sleep_until(Instant::now() + LOOK_EVERY).await;
    }
}

/// Exchanges a password for a token.
pub(super) async fn confirm(
    visit: &Visit,
    door: Door,
    txn: &str,
    password: &str,
    operation: Operation,
) -> Option<String> {
    let body = format!(r#"{{"otp":"{}","txnId":"{txn}"}}"#, hashed(password));
    let call =
        Call { api_key: key(visit, door), ..visit.post(operation, paths(door).1, body.as_bytes()) };
    token_of(visit, &call).await
}

/// A password as it is sent.
pub(super) fn hashed(password: &str) -> String {
    Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The token that a door gives to what confirms a password.
pub(super) async fn token_of(visit: &Visit, call: &Call<'_>) -> Option<String> {
    let said = visit.ask_politely(call, Want::Body, |answer, _, _| {
        serde_json::from_slice::<Token>(&answer.plain()?).ok()
    });
    match said.await {
        Said::Yes(token) => Some(token.token),
        _ => None,
    }
}

/// Logs in, in the midst of a visit.
pub(super) async fn log_in(visit: &Visit, door: Door) -> Option<String> {
    let txn = ask(visit, door, Operation::GenerateOtp).await?;
    let password = password(visit, door).await?;
    visit.start_over();
    confirm(visit, door, &txn, &password, Operation::ConfirmOtp).await
}

/// Logs in without being traffic: before the clock starts, or after it has ended.
pub async fn log_in_again(visit: &Visit, door: Door, operation: Operation) -> Option<String> {
    let txn = ask(visit, door, operation).await?;
    let password = password(visit, door).await?;
    confirm(visit, door, &txn, &password, operation).await
}

fn key(visit: &Visit, door: Door) -> Option<&str> {
    visit.desk.setting.scenario.api_key.as_deref().filter(|_| door == Door::Protected)
}
