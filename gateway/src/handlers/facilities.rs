//! Facilities: applying for one, deciding about it, and what its manager and its district change.
//!
//! Whoever applies has proven a number at the portal; it becomes the facility's contact, and its manager once the district
//! has approved it.

mod shown;

use super::fields;
use crate::access::decision;
use crate::access::official::{Official, Role, Scope};
use crate::access::partner::words::{line, optional, parsed};
use crate::access::record;
use crate::access::registry::Registry;
use crate::admit::Visitor;
use crate::app::App;
use crate::facility::form::{self, ServiceForm, SiteForm};
use crate::facility::life::{Hand, Service, Step};
use crate::facility::{Contact, Facility, Fate, Ownership, Standing};
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::identity::token::Caller;
use crate::routes::Facilities;
use crate::trail::{self, purpose};
use opencowin_ledger::audit::{Entry, Record};
use opencowin_ledger::commands::Amendment;
use opencowin_model::{CentreId, Mobile};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Facilities in one answer.
const PAGE: usize = 200;

/// Applications of one number that wait for their district.
const WAITING: usize = 3;

/// Serves a route of facilities.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn serve(
    app: &App,
    facilities: Facilities,
    visitor: &Visitor,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    match facilities {
        Facilities::Apply => apply(app, visitor, body).await,
        Facilities::Applied => applications_of(app, visitor),
        Facilities::Applications => applications(app, visitor, query).await,
        Facilities::Decide => decide(app, visitor, body).await,
        Facilities::Mine => mine(app, visitor).await,
        Facilities::Change => change(app, visitor, body).await,
        Facilities::Suspend => suspend(app, visitor, body).await,
        Facilities::Resume => resume(app, visitor, body).await,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ApplyBody {
    ownership: Field,
    licence: Field,
    contact_name: Field,
    #[serde(flatten)]
    site: SiteForm,
    #[serde(flatten)]
    service: ServiceForm,
}

/// Takes an application of whoever has proven the number by which the facility is to be reached.
///
/// # Errors
/// USRRES0001 or 0002 for a field, APPOIN0018 for the postal code, FACILT0002 with too many that wait, FACILT0003 for a
/// price.
async fn apply(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let caller = visitor.person()?;
    let facility = applied(app, caller, body::parse(body)?)?;
    let own = own(app, caller);
    if own.iter().filter(|own| own.standing == Standing::Applied).count() >= WAITING {
        return Err(error::FACILITY_LIMIT.into());
    }
    app.desk().roll.enter(&facility, entry(app, visitor, facility.id)).await?;
    Ok(reply::personal(&shown::facility(app, &facility)))
}

/// The facility that an application describes.
fn applied(app: &App, caller: Caller, body: ApplyBody) -> Result<Facility, Problem> {
    let (pack, account) = (app.pack(), Official::id_of(caller.account));
    let ownership = form::ownership(&body.ownership)?;
    let licence = |field: &Field| line(field, "licence");
    let licence = match ownership {
        Ownership::Private => Some(licence(&body.licence)?),
        Ownership::Government => optional(&body.licence, licence)?,
    };
    let missing = Problem::missing;
    let facility = Facility {
        id: Uuid::new_v4(),
        centre: None,
        site: body.site.read(pack)?,
        wish: None,
        ownership,
        licence,
        contact: Some(Contact {
            name: fields::name(&body.contact_name)?,
            mobile: caller.mobile.0,
            account,
        }),
        hours: body.service.hours(None)?,
        minimum_age: body.service.minimum_age()?.ok_or_else(missing)?,
        offers: body.service.offers(ownership, pack)?.ok_or_else(missing)?,
        cold_chain: body.service.cold_chain()?.ok_or_else(missing)?,
        standing: Standing::Applied,
        history: Vec::new(),
    };
    Ok(facility.with(Step::Apply, None, Hand { by: account, at: app.clock().now() }))
}

/// The applications of whoever asks, the newest first.
///
/// # Errors
/// None but those of the route's access.
fn applications_of(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    Ok(reply::personal(&shown::list(app, &own(app, visitor.person()?), None)))
}

fn own(app: &App, caller: Caller) -> Vec<Arc<Facility>> {
    let account = Official::id_of(caller.account);
    let mut own = registry(app).all::<Facility>();
    own.retain(|facility| facility.contact.as_ref().is_some_and(|c| c.account == account));
    own.sort_by_key(|facility| std::cmp::Reverse((facility.since(), facility.id)));
    own
}

/// The facilities of a district that wait for a decision, or those that stand as is asked, by id, a page at a time.
///
/// # Errors
/// USRRES0002 for a parameter.
async fn applications(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    let standing = query.get("standing");
    let after = query.get("after").map(Uuid::try_parse).transpose();
    let after = after.map_err(|_| Problem::invalid("after"))?;
    let wanted = |facility: &Facility| match standing {
        Some(name) => facility.standing.name() == name,
        None => facility.standing == Standing::Applied || facility.wish.is_some(),
    };
    let mut found = registry(app).all::<Facility>();
    found.retain(|facility| {
        wanted(facility) && lies(app, by, facility) && after.is_none_or(|after| facility.id > after)
    });
    found.sort_unstable_by_key(|facility| facility.id);
    let next = found.get(PAGE).map(|_| found[PAGE - 1].id);
    found.truncate(PAGE);
    app.ledger().note(vec![trail::of(app, visitor, purpose::FACILITIES)]).await?;
    Ok(reply::personal(&shown::list(app, &found, next)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DecideBody {
    facility_id: Field,
    decision: Field,
    reason: Field,
}

/// Decides about a facility that has applied, or wants another name or place. An approved one is found by search from now
/// on, and its contact is its manager, unless they are in office already.
///
/// # Errors
/// USRRES0001 or 0002 for a field, USRRES0012 if there is no such facility, USRRES0011 in another district, FACILT0001 if
/// there is nothing to decide.
async fn decide(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    let body: DecideBody = body::parse(body)?;
    let id = fields::uuid(&body.facility_id, "facility_id")?;
    let agrees = parsed(&body.decision, "decision", |name| match name {
        "approve" => Some(true),
        "refuse" => Some(false),
        _ => None,
    })?;
    let reason = match agrees {
        true => optional(&body.reason, fields::reason)?.unwrap_or_default(),
        false => fields::reason(&body.reason)?,
    };
    let found = registry(app).get::<Facility>(id).ok_or(error::NOT_FOUND)?;
    if !lies(app, by, &found) {
        return Err(error::NOT_YOURS.into());
    }
    let hand = Hand { by: by.account, at: app.clock().now() };
    let (desk, audit) = (app.desk().clone(), entry(app, visitor, id));
    let work = async move {
        let decide = |facility: &Facility, next: CentreId| {
            let decided = facility.decided(agrees.then_some(next), reason.clone(), hand)?;
            let opened = facility.standing == Standing::Applied && agrees;
            let manager = opened.then(|| manager(&desk.registry, &decided, hand)).flatten();
            Ok((decided, manager.into_iter().collect()))
        };
        desk.roll.decide(id, audit, decide).await
    };
    let decided = app.through(work).await?;
    Ok(reply::personal(&shown::facility(app, &decided)))
}

/// What puts a facility's contact into office as its manager; nothing, if they are in office.
fn manager(registry: &Registry, facility: &Facility, hand: Hand) -> Option<Amendment> {
    let (contact, centre) = (facility.contact.as_ref()?, facility.centre?);
    let before = registry.found::<Official>(contact.account);
    if before.as_ref().is_some_and(|before| before.record.is_in_office()) {
        return None;
    }
    let official = Official {
        account: contact.account,
        name: contact.name.clone(),
        mobile_last4: Mobile(contact.mobile).last4(),
        role: Role::FacilityManager,
        scope: Scope::Facility(centre),
        since: hand.at,
        by: Some(hand.by),
        dismissed: None,
    };
    Some(record::written(&official, before.map_or(0, |before| before.version)))
}

/// The facility of its manager.
///
/// # Errors
/// USRRES0012 if it is gone.
async fn mine(app: &App, visitor: &Visitor) -> Result<Reply, Problem> {
    let facility = app.desk().roll.of_centre(centre_of(visitor)?).ok_or(error::NOT_FOUND)?.record;
    let audit = trail::of(app, visitor, purpose::FACILITIES).about(Record::Other(facility.id));
    app.ledger().note(vec![audit]).await?;
    Ok(reply::personal(&shown::facility(app, &facility)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ChangeBody {
    #[serde(flatten)]
    site: SiteForm,
    #[serde(flatten)]
    service: ServiceForm,
}

/// Changes the facility of its manager: hours, ages, vaccines and prices at once, name and place once the district agrees.
/// Sessions on sale keep what they were published with.
///
/// # Errors
/// USRRES0001 or 0002 for a field, APPOIN0018 for the postal code, FACILT0001 for another district, FACILT0003 for a price.
async fn change(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let centre = centre_of(visitor)?;
    let body: ChangeBody = body::parse(body)?;
    let found = app.desk().roll.of_centre(centre).ok_or(error::NOT_FOUND)?.record;
    let (hand, audit) = (hand(app, visitor)?, entry(app, visitor, found.id));
    let (desk, pack) = (app.desk().clone(), app.desk().pack.clone());
    let work = async move {
        let change = |facility: &Facility| {
            let service = &body.service;
            let offers = service.offers(facility.ownership, &pack)?;
            let serving = Service {
                hours: service.hours(Some(facility.hours))?,
                minimum_age: service.minimum_age()?.unwrap_or(facility.minimum_age),
                offers: offers.unwrap_or_else(|| facility.offers.clone()),
                cold_chain: service.cold_chain()?.unwrap_or(facility.cold_chain),
            };
            let facility = facility.serving(serving, hand)?;
            if body.site.is_empty() {
                return Ok(facility);
            }
            facility.wishing(body.site.clone().change(&facility.site, &pack)?, hand)
        };
        desk.roll.change(centre, audit, change).await
    };
    let changed = app.through(work).await?;
    Ok(reply::personal(&shown::facility(app, &changed)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StopBody {
    center_id: Field,
    reason: Field,
    sessions: Field,
}

/// Suspends a facility: it publishes nothing more, and its sessions are kept, closed or cancelled.
///
/// # Errors
/// USRRES0001 or 0002 for a field, USRRES0012 if there is no such facility, USRRES0011 in another district.
async fn suspend(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: StopBody = body::parse(body)?;
    let fate = parsed(&body.sessions, "sessions", Fate::parse)?;
    let suspend = move |facility: &Facility, reason: &str, hand| {
        facility.suspended(reason.to_owned(), fate, hand)
    };
    stop(app, visitor, &body, suspend).await
}

/// Lets a facility publish again. Sessions that were closed stay so until somebody opens them.
///
/// # Errors
/// As [`suspend`]; FACILT0001 if it is not suspended.
async fn resume(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: StopBody = body::parse(body)?;
    let resume =
        |facility: &Facility, reason: &str, hand| facility.resumed(reason.to_owned(), hand);
    stop(app, visitor, &body, resume).await
}

async fn stop(
    app: &App,
    visitor: &Visitor,
    body: &StopBody,
    change: impl Fn(&Facility, &str, Hand) -> Result<Facility, Problem> + Send + Sync + 'static,
) -> Result<Reply, Problem> {
    let centre = CentreId(fields::small(&body.center_id, "center_id")?);
    let reason = fields::reason(&body.reason)?;
    let found = app.desk().roll.of_centre(centre).ok_or(error::NOT_FOUND)?.record;
    if !lies(app, visitor.official()?, &found) {
        return Err(error::NOT_YOURS.into());
    }
    let (hand, audit) = (hand(app, visitor)?, entry(app, visitor, found.id));
    let desk = app.desk().clone();
    let work = async move {
        let changed = desk.roll.change(centre, audit, |facility| change(facility, &reason, hand));
        let changed = changed.await?;
        desk.enforce(&changed).await;
        Ok(changed)
    };
    let changed = app.through(work).await?;
    Ok(reply::personal(&shown::facility(app, &changed)))
}

/// Whether a facility lies where an official is appointed.
fn lies(app: &App, by: &Official, facility: &Facility) -> bool {
    decision::holds(by.scope, Scope::District(facility.site.district), None, app.pack())
}

/// Where a manager is appointed.
fn centre_of(visitor: &Visitor) -> Result<CentreId, Problem> {
    visitor.official()?.scope.facility().first().copied().ok_or_else(|| error::NOT_YOURS.into())
}

fn hand(app: &App, visitor: &Visitor) -> Result<Hand, Problem> {
    Ok(Hand { by: visitor.official()?.account, at: app.clock().now() })
}

fn entry(app: &App, visitor: &Visitor, facility: Uuid) -> Entry {
    trail::of(app, visitor, purpose::FACILITY).about(Record::Other(facility))
}

fn registry(app: &App) -> &Registry {
    app.admission().registry()
}
