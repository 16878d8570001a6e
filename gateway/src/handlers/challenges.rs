//! Challenges: fetched here, solved by the client, sent along with what they are asked for.

use crate::admit::Visitor;
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use serde_json::json;

/// A proof of work for the address that asks.
pub fn work(app: &App, visitor: &Visitor) -> Reply {
    let limits = app.admission().registry().limits();
    let challenge = app.admission().challenges().work(visitor.address, &limits, app.clock().now());
    reply::personal(&json!({
        "challenge": challenge,
        "algorithm": "sha256-zero-bits",
        "difficulty": limits.challenge.difficulty,
        "life_s": limits.challenge.life_s,
    }))
}

/// The captcha that clients of the original know, for the account.
///
/// # Errors
/// None but those of admission.
pub fn captcha(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    let account = visitor.person()?.account;
    let limits = app.admission().registry().limits();
    let svg = app.admission().challenges().captcha(account, &limits, app.clock().now());
    Ok(reply::personal(&json!({ "captcha": svg })))
}
