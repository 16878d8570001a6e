//! Partners and keys as the wire shows them.

use super::keys as own_keys;
use crate::access::key::ApiKey;
use crate::access::partner::integration::{self, Call};
use crate::access::partner::life::{By, Entry};
use crate::access::partner::{Administrator, Facility, Partner};
use crate::app::App;
use opencowin_admission::Api;
use serde_json::{Value, json};

/// A partner, with everything that is personal: for itself and for the ministry.
pub(in crate::handlers) fn partner(app: &App, partner: &Partner) -> Value {
    let Partner { application, declaration, .. } = partner;
    let signed_off = partner
        .signed_off
        .iter()
        .map(|(api, signed)| json!({ "api": api, "at": signed.at, "official_name": signed.name }));
    json!({
        "partner_id": partner.id,
        "standing": partner.standing(app.clock().now()),
        "approved_at": partner.approved,
        "ends_at": partner.ends,
        "organisation": application.organisation,
        "person": application.person,
        "address": application.address,
        "purpose": application.purpose,
        "expected_users": application.expected_users,
        "expected_requests_per_day": application.expected_requests_per_day,
        "api_email": application.api_email,
        "website": application.website,
        "terms_url": application.terms_url,
        "privacy_url": application.privacy_url,
        "declaration": declaration,
        "apis_wanted": application.apis,
        "apis_granted": partner.granted,
        "apis_signed_off": signed_off.collect::<Vec<_>>(),
        "test_demanded": partner.demanded,
        "administrators": partner.administrators.iter().map(administrator).collect::<Vec<_>>(),
        "evidence": partner.evidence,
        "facilities": partner.facilities.iter().map(facility).collect::<Vec<_>>(),
        "embed_origins": partner.origins,
        "deletion": partner.deletion,
        "history": partner.history.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// One line of a list of partners.
pub(in crate::handlers) fn line(app: &App, partner: &Partner) -> Value {
    json!({
        "partner_id": partner.id,
        "organisation": partner.application.organisation,
        "standing": partner.standing(app.clock().now()),
        "apis_wanted": partner.application.apis,
        "apis_granted": partner.granted,
        "applied_at": partner.declaration.at,
        "ends_at": partner.ends,
    })
}

fn administrator(administrator: &Administrator) -> Value {
    json!({
        "administrator_id": administrator.account,
        "name": administrator.name,
        "mobile_last4": format!("{:04}", administrator.mobile_last4),
        "since": administrator.since,
        "proven_at": administrator.proven,
    })
}

fn facility(facility: &Facility) -> Value {
    json!({
        "center_id": facility.centre,
        "since": facility.since,
        "declaration": facility.declaration,
    })
}

fn entry(entry: &Entry) -> Value {
    let (by, id) = match entry.by {
        By::Applicant => ("applicant", None),
        By::Administrator(id) => ("administrator", Some(id)),
        By::Official(id) => ("official", Some(id)),
    };
    json!({
        "at": entry.at, "by": by, "by_id": id, "step": entry.step,
        "apis": entry.apis, "reason": entry.reason,
    })
}

/// How far the integration test has come.
pub(in crate::handlers) fn test(app: &App, partner: &Partner) -> Value {
    let call = |call: &Call| json!({ "call": call.name, "text": call.text, "done_at": partner.progress.of(call) });
    let apis = partner.granted.iter().map(|api| {
        json!({
            "api": api,
            "complete": partner.progress.is_complete(api),
            "signed_off": partner.signed_off.contains_key(&api),
            "missing": partner.ready(api).err().map(|refused| refused.to_string()),
            "calls": integration::checklist(api).map(call).collect::<Vec<_>>(),
        })
    });
    json!({
        "partner_id": partner.id,
        "standing": partner.standing(app.clock().now()),
        "test_demanded": partner.demanded,
        "apis": apis.collect::<Vec<_>>(),
    })
}

/// All keys of a partner.
pub(in crate::handlers) fn keys(app: &App, partner: &Partner) -> Value {
    let keys = own_keys::of(app, partner);
    json!({ "keys": keys.iter().map(|record| key(app, record)).collect::<Vec<_>>() })
}

/// A key, without anything that would help to guess its text.
pub(in crate::handlers) fn key(app: &App, key: &ApiKey) -> Value {
    let quotas = key.apis.iter().map(|api| quota(app, key, api));
    let live = app.admission().registry().live_key(key.id);
    json!({
        "key_id": key.id,
        "label": key.label,
        "environment": key.environment,
        "apis": key.apis,
        "plan": key.plan,
        "center_ids": key.facilities,
        "elements": key.elements,
        "lookup": key.lookup,
        "created_at": key.created,
        "last_used_at": live.and_then(|live| live.last_used()),
        "expires_at": key.expires,
        "ended": key.ended,
        "in_force": key.is_in_force(app.clock().now()),
        "quotas": quotas.collect::<Vec<_>>(),
    })
}

/// A quota, and what was used of it today.
fn quota(app: &App, key: &ApiKey, api: Api) -> Value {
    let (admission, now) = (app.admission(), app.clock().now());
    let registry = admission.registry();
    let quota = key.quota(api, &registry.limits());
    let live = registry.live_key(key.id);
    let used = live.map_or(0, |live| live.quotas.of(api).used_today(admission.day(now)));
    let exception = key.exceptions.iter().find(|exception| exception.api == api);
    json!({
        "api": api,
        "per_second": quota.per_second,
        "burst": quota.burst,
        "per_day": quota.per_day,
        "used_today": used,
        "consent": exception.map(|exception| &exception.consent),
    })
}

/// What anybody may know of a partner.
pub(super) fn approval(app: &App, partner: &Partner) -> Value {
    let badge = app.badges().issue(partner, app.clock().now());
    let public = badge.is_some().then_some(partner);
    json!({
        "partner_id": partner.id,
        "approved": badge.is_some(),
        "organisation_name": public.map(|partner| &partner.application.organisation.name),
        "approved_since": public.and_then(|partner| partner.approved),
        "badge": badge,
        "public_key": app.badges().public_key(),
    })
}
