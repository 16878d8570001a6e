//! The doors of those who come for others: officials, staff, and the administrators of partners.

use super::officials;
use super::partners;
use super::passwords::{self, Proven};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::identity::Door;
use crate::identity::token::{Grant, device_hash};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest id of a device, in characters.
const DEVICE: usize = 128;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Confirm {
    otp: Field,
    #[serde(rename = "txnId")]
    txn_id: Field,
    device_id: Field,
}

/// Exchanges a password for a token that is good on one device, for those who are in office at this door. For anybody else
/// the password was wrong, so that nobody finds out who is in office. Administrators of partners need not name a device.
///
/// # Errors
/// USRRES0001 or 0002 for the device, USRAUT0012 or 0013 if something else is missing, USRAUT0014, and 503 if it cannot be
/// noted that an administrator has proven their number.
pub async fn confirm(
    app: &App,
    door: Door,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let confirm: Confirm = body::parse(body)?;
    let device = match &confirm.device_id {
        None if door == Door::Partner => None,
        field => Some(device_hash(device(field)?.as_bytes())),
    };
    let proven = passwords::prove(app, door, visitor, &confirm.otp, &confirm.txn_id).await?;
    let (role, scope) = office(app, door, &proven).ok_or(error::OTP_INVALID)?;
    if door == Door::Partner {
        partners::proven(app, visitor, app.account_of(proven.mobile)).await?;
    }
    let grant = Grant { device, key: None, ..proven.grant(door, visitor, headers) };
    let token = app.tokens().issue(&grant, app.clock().now());
    Ok(reply::personal(&json!({ "token": token, "role": role, "scope": scope })))
}

/// What whoever is logged in is appointed to.
///
/// # Errors
/// None but those of the route's access.
pub fn me(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    Ok(reply::personal(&officials::shown(app, visitor.official()?)))
}

/// What somebody may do at a door, and where.
fn office(app: &App, door: Door, proven: &Proven) -> Option<(&'static str, Value)> {
    let account = app.account_of(proven.mobile);
    match door {
        Door::Staff => {
            let official = app.admission().registry().official(account)?;
            Some((official.role.name(), officials::scope_shown(official.scope)))
        }
        Door::Partner if app.may_administer(account) => Some(("administrator", json!({}))),
        _ => None,
    }
}

/// An id that can be sent in a header.
fn device(field: &Field) -> Result<String, Problem> {
    let id = body::text(field, "device_id")?;
    let visible = id.len() <= DEVICE && id.bytes().all(|byte| byte.is_ascii_graphic());
    if visible { Ok(id) } else { Err(Problem::invalid("device_id")) }
}
