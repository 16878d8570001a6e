//! What only a sandbox has: the outbox and the movable clock.

use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use opencowin_ledger::commands::{AdvanceClock, Command};
use serde::Deserialize;
use serde_json::json;

/// The furthest that the clock moves at once: ten years, in seconds.
const FURTHEST_S: u64 = 10 * 366 * 86_400;

/// The messages sent to a number: with a key those that were asked for with it, without one those that nobody's
/// application asked for.
///
/// # Errors
/// USRRES0001 or USRRES0002 for the number.
pub fn outbox(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let mobile = query.required("mobile")?;
    let mobile = app.pack().mobile(mobile.trim()).ok_or_else(|| Problem::invalid("mobile"))?;
    let messages = app.messenger().outbox(mobile, visitor.key_id()).unwrap_or_default();
    let messages: Vec<_> = messages
        .into_iter()
        .map(|message| json!({ "text": message.text, "sent_at": message.created.to_string() }))
        .collect();
    Ok(reply::personal(&json!({ "messages": messages })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Advance {
    advance_s: Field,
}

/// Moves the clock forward, durably. Days that begin by it are on sale when this is answered.
///
/// # Errors
/// USRRES0001 or USRRES0002 for the number of seconds.
pub async fn advance_clock(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let advance: Advance = body::parse(body)?;
    let seconds = body::whole(&advance.advance_s, "advance_s")?;
    let in_reach = u32::try_from(seconds).ok().filter(|_| seconds <= FURTHEST_S);
    let by_seconds = in_reach.ok_or_else(|| Problem::invalid("advance_s"))?;
    app.ledger().run(Command::AdvanceClock(AdvanceClock { by_seconds })).await?;
    app.calendar().catch_up().await?;
    Ok(reply::json_of(&json!({ "now": app.clock().now().to_string() })))
}
