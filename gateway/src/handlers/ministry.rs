//! What the ministry sets for everybody: limits, and who is shut out.

pub mod partners;

use super::fields;
use crate::access::block::{Block, Lifting, Subject};
use crate::access::registry::LimitsRecord;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use opencowin_admission::Limits;
use opencowin_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The limits in force.
pub fn limits(app: &App) -> Reply {
    reply::json_of(&**app.admission().registry().limits())
}

/// Puts limits in force, on every gateway within a second. What is not named has its default.
///
/// # Errors
/// USRRES0002 with the field that makes no sense.
pub async fn set_limits(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let text = std::str::from_utf8(&body).map_err(|_| error::BODY_MALFORMED)?;
    let limits = Limits::from_json(text).map_err(|wrong| {
        Problem::with_text(error::PARAMETER_INVALID, format!("Invalid input parameter: {wrong}"))
    })?;
    let registry = app.admission().registry();
    let record = LimitsRecord(limits);
    registry.write(vec![registry.after(&record)]).await?;
    Ok(reply::json_of(&record))
}

/// Everybody who is or was shut out, the newest first.
pub fn blocks(app: &App) -> Reply {
    let mut blocks = app.admission().registry().all::<Block>();
    blocks.sort_by_key(|block| std::cmp::Reverse(block.from));
    let now = app.clock().now();
    let items: Vec<_> = blocks.iter().map(|block| shown(block, now)).collect();
    reply::personal(&json!({ "blocks": items }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BlockBody {
    key: Field,
    partner: Field,
    network: Field,
    mobile: Field,
    reason: Field,
    until: Field,
}

/// Shuts somebody out, on every gateway within a second.
///
/// # Errors
/// USRRES0001 or 0002 for what is missing or wrong.
pub async fn block(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: BlockBody = body::parse(body)?;
    let now = app.clock().now();
    let block = Block {
        id: Uuid::new_v4(),
        subject: subject(app, &body)?,
        reason: fields::reason(&body.reason)?,
        from: now,
        until: until(&body.until, now)?,
        by: Some(visitor.official()?.account),
        lifted: None,
    };
    app.admission().registry().create(&block).await?;
    Ok(reply::personal(&shown(&block, now)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LiftBody {
    id: Field,
}

/// Lets somebody in again before the end.
///
/// # Errors
/// USRRES0001, 0002 or 0012 for the id.
pub async fn lift_block(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: LiftBody = body::parse(body)?;
    let id = fields::uuid(&body.id, "id")?;
    let lifting = Lifting { at: app.clock().now(), by: visitor.official()?.account };
    let lift =
        |block: &Block| Ok(Block { lifted: block.lifted.or(Some(lifting)), ..block.clone() });
    let block = app.admission().registry().change(id, lift).await?;
    if let Subject::Account(account) = block.subject {
        app.admission().users().forgive(account.into_bytes());
    }
    Ok(reply::personal(&shown(&block, app.clock().now())))
}

/// The one subject that is named.
fn subject(app: &App, body: &BlockBody) -> Result<Subject, Problem> {
    let named = [&body.key, &body.partner, &body.network, &body.mobile];
    if named.iter().filter(|field| field.is_some()).count() > 1 {
        return Err(Problem::invalid("one of key, partner, network and mobile"));
    }
    if body.key.is_some() {
        return Ok(Subject::Key(fields::uuid(&body.key, "key")?));
    }
    if body.partner.is_some() {
        return Ok(Subject::Partner(fields::uuid(&body.partner, "partner")?));
    }
    if body.network.is_some() {
        let network = body::text(&body.network, "network")?.parse();
        return network.map(Subject::Network).map_err(|_| Problem::invalid("network"));
    }
    let account = app.account_of(fields::mobile(&body.mobile, "mobile", app.pack())?);
    Ok(Subject::Account(Uuid::from_bytes(*account.as_bytes())))
}

/// A moment to come; without one, for good.
fn until(field: &Field, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = field.as_ref().and_then(Loose::text) else { return Ok(None) };
    let until: Option<Timestamp> = serde_json::from_value(Value::String(text)).ok();
    let until = until.filter(|until| *until > now).ok_or_else(|| Problem::invalid("until"))?;
    Ok(Some(until))
}

fn shown(block: &Block, now: Timestamp) -> Value {
    json!({
        "id": block.id,
        "subject": block.subject,
        "reason": block.reason,
        "from": block.from,
        "until": block.until,
        "by": block.by,
        "lifted": block.lifted,
        "holds": block.holds(now),
    })
}
