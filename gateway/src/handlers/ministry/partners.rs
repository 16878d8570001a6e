//! What the ministry reads and decides about partners and their keys.

use crate::access::key::{ApiKey, Elements, Ending, LookupGrant, QuotaException};
use crate::access::partner::Partner;
use crate::access::partner::application;
use crate::access::partner::origins;
use crate::access::partner::rulings::Ruling;
use crate::access::partner::words::{self, REASON};
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::partners::{console, named, shown};
use crate::http::body::{self, Field, Loose};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::routes::Oversight;
use crate::trail::{self, purpose};
use opencowin_admission::{Api, Network, Quota};
use opencowin_ledger::audit::Record;
use serde::Deserialize;
use serde_json::json;
use std::cmp::Reverse;

/// Serves a route of the oversight over partners.
///
/// # Errors
/// USRRES0012 if there is no such partner or key, or those of the route's row in the table.
pub async fn serve(
    app: &App,
    oversight: Oversight,
    visitor: &Visitor,
    segment: Option<&str>,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    // Officials of a sandbox beside production, who can be anybody, look after no partner of production.
    let partner = || named(app.admission().registry(), segment);
    match oversight {
        Oversight::List => list(app, query),
        Oversight::Read => console::read(app, visitor, &partner()?).await,
        Oversight::Test => Ok(reply::personal(&shown::test(app, &*partner()?))),
        Oversight::Keys => Ok(reply::personal(&shown::keys(app, &*partner()?))),
        Oversight::Decide => decide(app, &*partner()?, visitor, body).await,
        Oversight::Embed => embed(app, &*partner()?, visitor, body).await,
        Oversight::RevokeKey => revoke(app, body).await,
        Oversight::Except => except(app, body).await,
        Oversight::Whitelist => whitelist(app, body).await,
        Oversight::GrantLookup => grant_lookup(app, body).await,
    }
}

/// All partners, or those that stand somewhere, the newest first.
fn list(app: &App, query: &Query<'_>) -> Result<Reply, Problem> {
    let now = app.clock().now();
    let wanted = query.get("standing");
    let mut partners = app.admission().registry().all::<Partner>();
    partners.retain(|partner| wanted.is_none_or(|name| partner.standing(now).name() == name));
    partners.sort_by_key(|partner| (Reverse(partner.declaration.at), partner.id));
    let lines: Vec<_> = partners.iter().map(|partner| shown::line(app, partner)).collect();
    Ok(reply::personal(&json!({ "partners": lines })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DecideBody {
    decision: Field,
    apis: Field,
    reason: Field,
}

/// Decides. Where APIs are not named, approval is for those applied for and a sign-off for those granted.
async fn decide(
    app: &App,
    partner: &Partner,
    visitor: &Visitor,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let body: DecideBody = body::parse(body)?;
    let named = words::optional(&body.apis, |field| application::apis(field, "apis"))?;
    let ruling = match words::line(&body.decision, "decision")?.as_str() {
        "approve" => Ruling::Approve(named.unwrap_or(partner.application.apis)),
        "decline" => Ruling::Decline,
        "sign-off" => Ruling::SignOff(named.unwrap_or(partner.granted)),
        "demand-test" => Ruling::DemandTest,
        "suspend" => Ruling::Suspend,
        "resume" => Ruling::Resume,
        "terminate" => Ruling::Terminate,
        "request-deletion" => Ruling::RequestDeletion,
        _ => return Err(Problem::invalid("decision")),
    };
    let reason = words::text(&body.reason, "reason", REASON)?;
    let now = app.clock().now();
    let official = visitor.official()?;
    let change = |partner: &Partner| Ok(partner.ruled(ruling, official, &reason, now)?);
    changed(app, visitor, partner, change).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EmbedBody {
    origins: Field,
    reason: Field,
}

/// Says where a partner embeds the status page, in its place.
async fn embed(
    app: &App,
    partner: &Partner,
    visitor: &Visitor,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let body: EmbedBody = body::parse(body)?;
    let origins = origins::read(&body.origins, "origins")?;
    let reason = words::text(&body.reason, "reason", REASON)?;
    let (official, now) = (visitor.official()?, app.clock().now());
    changed(app, visitor, partner, |partner| {
        Ok(partner.embedding(origins.clone(), official, &reason, now)?)
    })
    .await
}

/// Changes a partner's record, which names people: that somebody had it is on record.
async fn changed(
    app: &App,
    visitor: &Visitor,
    partner: &Partner,
    change: impl Fn(&Partner) -> Result<Partner, Problem>,
) -> Result<Reply, Problem> {
    let audit = trail::of(app, visitor, purpose::PARTNER).about(Record::Other(partner.id));
    let registry = app.admission().registry();
    let partner = registry.change_noted(partner.id, change, vec![audit]).await?;
    Ok(reply::personal(&shown::partner(app, &partner)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RevokeBody {
    key_id: Field,
    reason: Field,
}

async fn revoke(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: RevokeBody = body::parse(body)?;
    let reason = words::text(&body.reason, "reason", REASON)?;
    let now = app.clock().now();
    change(app, &body.key_id, |key| key.ending(now, Ending::Revoked, reason.clone())).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExceptBody {
    key_id: Field,
    api: Field,
    per_second: Field,
    burst: Field,
    per_day: Field,
    consent: Field,
}

/// Gives a key a quota of its own, which rests on a written consent (guidelines, annexure 2, 5).
async fn except(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: ExceptBody = body::parse(body)?;
    let api = words::parsed(&body.api, "api", Api::parse)?;
    let quota = Quota {
        per_second: positive(&body.per_second, "per_second")?,
        burst: positive(&body.burst, "burst")?,
        per_day: words::whole(&body.per_day, "per_day")?,
    };
    let consent = words::line(&body.consent, "consent")?;
    change(app, &body.key_id, |key| {
        let others = key.exceptions.iter().filter(|exception| exception.api != api).cloned();
        let own = QuotaException { api, quota, consent: consent.clone() };
        ApiKey { exceptions: others.chain([own]).collect(), ..key.clone() }
    })
    .await
}

fn positive(field: &Field, name: &str) -> Result<u32, Problem> {
    let number = u32::try_from(words::whole(field, name)?).ok().filter(|number| *number > 0);
    number.ok_or_else(|| Problem::invalid(name))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WhitelistBody {
    key_id: Field,
    birth_year: Field,
    gender: Field,
    photo_id: Field,
    vaccination: Field,
    comorbidity: Field,
}

/// Says what of a person a key is shown. What is not named stays as it is.
async fn whitelist(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: WhitelistBody = body::parse(body)?;
    let flag = |field: &Field, name: &str| {
        let read = |field: &Field| {
            words::present(field, name)?.flag().ok_or_else(|| Problem::invalid(name))
        };
        words::optional(field, read)
    };
    let birth_year = flag(&body.birth_year, "birth_year")?;
    let gender = flag(&body.gender, "gender")?;
    let photo_id = flag(&body.photo_id, "photo_id")?;
    let vaccination = flag(&body.vaccination, "vaccination")?;
    let comorbidity = flag(&body.comorbidity, "comorbidity")?;
    change(app, &body.key_id, |key| {
        let now = key.elements;
        let elements = Elements {
            birth_year: birth_year.unwrap_or(now.birth_year),
            gender: gender.unwrap_or(now.gender),
            photo_id: photo_id.unwrap_or(now.photo_id),
            vaccination: vaccination.unwrap_or(now.vaccination),
            comorbidity: comorbidity.unwrap_or(now.comorbidity),
        };
        ApiKey { elements, ..key.clone() }
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LookupBody {
    key_id: Field,
    networks: Field,
    reference: Field,
}

/// Grants the look-up of people to a key from some networks; from none takes it away.
async fn grant_lookup(app: &App, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: LookupBody = body::parse(body)?;
    let networks = networks(&body.networks)?;
    let reference = words::line(&body.reference, "reference")?;
    let lookup = (!networks.is_empty()).then_some(LookupGrant { networks, reference });
    change(app, &body.key_id, |key| ApiKey { lookup: lookup.clone(), ..key.clone() }).await
}

fn networks(field: &Field) -> Result<Vec<Network>, Problem> {
    let wrong = || Problem::invalid("networks");
    let Loose::List(items) = words::present(field, "networks")? else { return Err(wrong()) };
    let network = |item: &Loose| item.text().and_then(|text| text.parse().ok());
    items.iter().map(network).collect::<Option<_>>().ok_or_else(wrong)
}

async fn change(
    app: &App,
    key_id: &Field,
    change: impl Fn(&ApiKey) -> ApiKey,
) -> Result<Reply, Problem> {
    let id = words::uuid(key_id, "key_id")?;
    let key = app.admission().registry().change(id, |key| Ok(change(key))).await?;
    Ok(reply::personal(&shown::key(app, &key)))
}
