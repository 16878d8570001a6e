//! What providers of messages tell: the delivery receipts of those that tell by HTTP.

use crate::app::App;
use crate::delivery::Status;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Receipt {
    message_id: Field,
    status: Field,
}

/// Takes a receipt of the provider that knows `secret`, which is the last part of the path that it was given. Receipts of
/// unknown messages and repeated ones are taken too: a provider that is told so would only send them again.
///
/// # Errors
/// 404 if no provider knows the secret; USRRES0001 or USRRES0002 for a field.
pub fn take(app: &App, secret: &str, body: Vec<u8>) -> Result<Reply, Problem> {
    let receipts = app.messenger().receipts().ok_or(error::NOT_FOUND)?;
    let provider = receipts.provider(secret).ok_or(error::NOT_FOUND)?;
    let receipt: Receipt = body::parse(body)?;
    let id = text(&receipt.message_id, "message_id")?;
    let status = text(&receipt.status, "status")?;
    receipts.take(provider, &id, Status::parse(&status));
    Ok(reply::json_of(&json!({ "taken": true })))
}

fn text(field: &Field, name: &str) -> Result<String, Problem> {
    let text = body::required(field)?.text().ok_or_else(|| Problem::invalid(name))?;
    Ok(text.trim().to_owned())
}
