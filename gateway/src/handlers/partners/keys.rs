//! The keys of a partner: made, subscribed, bound to facilities, rotated, ended.

use super::console::{self, Own};
use super::{does, shown};
use crate::access::issuing::{self, Issued, LONGEST_OVERLAP_S};
use crate::access::key::{ApiKey, Ending};
use crate::access::partner::Partner;
use crate::access::partner::application;
use crate::access::partner::deeds::Deed;
use crate::access::partner::life::Refused;
use crate::access::partner::words::{self, REASON};
use crate::access::{Environment, key};
use crate::app::App;
use crate::http::body::{self, Field, Loose};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use opencowin_admission::Apis;
use opencowin_model::CentreId;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Keys in force that one partner can have at once.
const MOST: usize = 20;

/// For how long a rotated key goes on where nothing else is asked for, in seconds: a day.
const OVERLAP_S: u64 = 86_400;

/// How a key ends that its owner does not want any more, and how one that somebody else knows.
pub(super) const OWN_WISH: Ending = Ending::Revoked;
pub(super) const COMPROMISED: Ending = Ending::Compromised;

#[derive(Default, Deserialize)]
#[serde(default)]
struct MakeBody {
    label: Field,
    environment: Field,
}

/// Makes a key, for the sandbox unless production is asked for. Its text is in this answer and nowhere else.
pub(super) async fn make(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: MakeBody = body::parse(body)?;
    let label = words::line(&body.label, "label")?;
    let environment = words::optional(&body.environment, |field| {
        words::parsed(field, "environment", Environment::parse)
    })?;
    let environment = environment.unwrap_or(Environment::Sandbox);
    let (registry, now) = (app.admission().registry(), app.clock().now());
    if !own.partner.may_call(environment, now) {
        return Err(Refused::Standing(own.partner.standing(now)).into());
    }
    let in_force = of(app, &own.partner).into_iter().filter(|key| key.is_in_force(now)).count();
    if in_force >= MOST {
        return Err(Refused::Full.into());
    }
    let hash = |text: &[u8]| registry.hash(text);
    let issued = issuing::issue(&own.partner, environment, label, hash, now, &mut rand::rng());
    registry.create(&issued.key).await?;
    Ok(told(app, &issued))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SubscribeBody {
    key_id: Field,
    apis: Field,
}

/// Subscribes a key to the APIs named, and to no other. A list without any is one too.
pub(super) async fn subscribe(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: SubscribeBody = body::parse(body)?;
    let id = words::uuid(&body.key_id, "key_id")?;
    let apis = match &body.apis {
        Some(Loose::List(items)) if items.is_empty() => Apis::NONE,
        named => application::apis(named, "apis")?,
    };
    let (partner, now) = (&own.partner, app.clock().now());
    change(app, own, id, |key| {
        let open = partner.apis(key.environment, now);
        match apis.iter().find(|api| !key::opens(open, *api)) {
            Some(api) => Err(Refused::NotGranted(api).into()),
            None => Ok(ApiKey { apis, ..key.clone() }),
        }
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BindBody {
    key_id: Field,
    center_ids: Field,
}

/// Ties a key to facilities that the partner serves, for which it then does what their staff does.
pub(super) async fn bind(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: BindBody = body::parse(body)?;
    let id = words::uuid(&body.key_id, "key_id")?;
    let facilities = centres(&body.center_ids)?;
    if !facilities.iter().all(|centre| own.partner.serves(*centre)) {
        return Err(Refused::Unknown("facility").into());
    }
    change(app, own, id, |key| Ok(ApiKey { facilities: facilities.clone(), ..key.clone() })).await
}

fn centres(field: &Field) -> Result<Vec<CentreId>, Problem> {
    let wrong = || Problem::invalid("center_ids");
    let Loose::List(items) = words::present(field, "center_ids")? else { return Err(wrong()) };
    let id = |item: &Loose| item.whole().and_then(|id| u32::try_from(id).ok()).map(CentreId);
    items.iter().map(id).collect::<Option<_>>().ok_or_else(wrong)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LeaveBody {
    center_id: Field,
}

/// Serves a facility no longer. No key is tied to it from then on; keys go first, so that none outlives it.
pub(super) async fn leave_facility(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: LeaveBody = body::parse(body)?;
    let centre = console::centre(&body.center_id)?;
    let (partner, now) = (&own.partner, app.clock().now());
    partner.after(Deed::Leave(centre), own.account, now)?;
    for key in of(app, partner).iter().filter(|key| key.facilities.contains(&centre)) {
        let untied = |key: &ApiKey| {
            let facilities = key.facilities.iter().copied().filter(|tied| *tied != centre);
            Ok(ApiKey { facilities: facilities.collect(), ..key.clone() })
        };
        app.admission().registry().change(key.id, untied).await?;
    }
    let partner =
        does(app, partner.id, Deed::Leave(centre), own.account, own.audit.clone()).await?;
    Ok(reply::personal(&shown::partner(app, &partner)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RotateBody {
    key_id: Field,
    overlap_s: Field,
}

/// Makes a twin of a key, which itself ends after the overlap.
pub(super) async fn rotate(app: &App, own: &Own, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: RotateBody = body::parse(body)?;
    let overlap = words::optional(&body.overlap_s, |field| words::whole(field, "overlap_s"))?;
    let overlap = Some(overlap.unwrap_or(OVERLAP_S)).filter(|s| *s <= LONGEST_OVERLAP_S);
    let overlap_s = overlap.ok_or_else(|| Problem::invalid("overlap_s"))?;
    let old = own_key(app, own, words::uuid(&body.key_id, "key_id")?)?;
    let (registry, now) = (app.admission().registry(), app.clock().now());
    if !old.is_in_force(now) {
        return Err(Refused::Unknown("key in force").into());
    }
    let issued = old.twin(|text| registry.hash(text), now, &mut rand::rng());
    let ends = now.plus_ms(overlap_s.cast_signed() * 1000);
    let old = old.ending(ends, Ending::Rotated, String::new());
    registry.write(vec![registry.after(&old), registry.after(&issued.key)]).await?;
    Ok(told(app, &issued))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EndBody {
    key_id: Field,
    reason: Field,
}

/// Ends a key at once.
pub(super) async fn end(
    app: &App,
    own: &Own,
    why: Ending,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let body: EndBody = body::parse(body)?;
    let id = words::uuid(&body.key_id, "key_id")?;
    let reason = words::text(&body.reason, "reason", REASON)?;
    let now = app.clock().now();
    if why == COMPROMISED {
        app.metrics().alarm("key-compromised");
    }
    change(app, own, id, |key| Ok(key.ending(now, why, reason.clone()))).await
}

/// The keys of a partner, in force or not, the newest first.
pub(super) fn of(app: &App, partner: &Partner) -> Vec<Arc<ApiKey>> {
    let mut keys = app.admission().registry().all::<ApiKey>();
    keys.retain(|key| key.partner == partner.id);
    keys.sort_by_key(|key| (std::cmp::Reverse(key.created), key.id));
    keys
}

fn own_key(app: &App, own: &Own, id: Uuid) -> Result<Arc<ApiKey>, Problem> {
    let key = app.admission().registry().get::<ApiKey>(id);
    let key = key.filter(|key| key.partner == own.partner.id);
    key.ok_or_else(|| error::NOT_FOUND.into())
}

async fn change(
    app: &App,
    own: &Own,
    id: Uuid,
    change: impl Fn(&ApiKey) -> Result<ApiKey, Problem>,
) -> Result<Reply, Problem> {
    own_key(app, own, id)?;
    let key = app.admission().registry().change(id, change).await?;
    Ok(reply::personal(&shown::key(app, &key)))
}

fn told(app: &App, issued: &Issued) -> Reply {
    let key = shown::key(app, &issued.key);
    reply::personal(&json!({ "key": key, "api_key": issued.text.as_str() }))
}
