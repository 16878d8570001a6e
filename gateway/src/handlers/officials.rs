//! Who is appointed to what, and appointing and dismissing them.

use super::fields;
use crate::access::decision::{self, Act, Reach};
use crate::access::official::{Dismissal, Official, Role, Scope};
use crate::access::officials;
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use opencowin_ledger::audit::Record;
use opencowin_model::{CentreId, DistrictId, StateId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Officials in one answer.
const PAGE: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
struct AppointBody {
    mobile: Field,
    name: Field,
    role: Field,
    center_id: Field,
    district_id: Field,
    state_id: Field,
}

/// Appoints somebody within the area of whoever asks, as the table of decisions allows.
///
/// # Errors
/// USRRES0001 or 0002 for a field, USRRES0011 if it is not theirs to do, OFFICE0001 if the number is in office.
pub async fn appoint(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    let wanted = wanted(app, Some(by.account), body)?;
    check(app, by, wanted.role, wanted.scope)?;
    put_into_office(app, visitor, &wanted).await
}

/// Puts somebody into office whom nobody has appointed, so that what officials and staff do can be tried in a sandbox. One
/// beside production is on a public address: nobody becomes its ministry, which could shut out everybody else.
///
/// # Errors
/// USRRES0001 or 0002 for a field, USRRES0011 for an office of the whole country beside production, OFFICE0001 if the
/// number is in office.
pub async fn invent(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let wanted = wanted(app, None, body)?;
    if wanted.scope == Scope::Country && !app.admission().has_partners() {
        return Err(error::NOT_YOURS.into());
    }
    put_into_office(app, visitor, &wanted).await
}

/// The official that a body describes.
fn wanted(app: &App, by: Option<Uuid>, body: Vec<u8>) -> Result<Official, Problem> {
    let body: AppointBody = body::parse(body)?;
    let mobile = fields::mobile(&body.mobile, "mobile", app.pack())?;
    let name = fields::name(&body.name)?;
    let role = role(&body::text(&body.role, "role")?)?;
    Ok(Official {
        account: Official::id_of(app.account_of(mobile)),
        name,
        mobile_last4: mobile.last4(),
        role,
        scope: scope(app, role, &body)?,
        since: app.clock().now(),
        by,
        dismissed: None,
    })
}

async fn put_into_office(
    app: &App,
    visitor: &Visitor,
    official: &Official,
) -> Result<Reply, Problem> {
    let audit = trail::of(app, visitor, purpose::APPOINT).about(Record::Other(official.account));
    officials::appoint(app.admission().registry(), official, audit).await?;
    Ok(reply::personal(&shown(app, official)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DismissBody {
    id: Field,
    reason: Field,
}

/// Dismisses somebody within the area of whoever asks; their tokens are refused from now on.
///
/// # Errors
/// USRRES0001 or 0002 for a field, USRRES0012 if nobody with this id is in office, USRRES0011 if it is not theirs to do,
/// OFFICE0002 if nobody of the ministry would be left.
pub async fn dismiss(app: &App, visitor: &Visitor, body: Vec<u8>) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    let body: DismissBody = body::parse(body)?;
    let (id, reason) = (fields::uuid(&body.id, "id")?, fields::reason(&body.reason)?);
    let registry = app.admission().registry();
    let found = registry.found::<Official>(id).filter(|found| found.record.is_in_office());
    let found = found.ok_or(error::NOT_FOUND)?;
    check(app, by, found.record.role, found.record.scope)?;
    let dismissal = Dismissal { at: app.clock().now(), by: Some(by.account), reason };
    let audit = trail::of(app, visitor, purpose::DISMISS).about(Record::Other(id));
    let dismissed = officials::dismiss(registry, &found, dismissal, audit).await?;
    Ok(reply::personal(&shown(app, &dismissed)))
}

/// Those in office within the area of whoever asks, by id, a page at a time.
///
/// # Errors
/// USRRES0002 for a parameter.
pub async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    let filter = Filter::of(query)?;
    let mut found = app.admission().registry().all::<Official>();
    found.retain(|o| o.is_in_office() && filter.admits(app, o) && lies(app, by.scope, o.scope));
    found.sort_unstable_by_key(|official| official.account);
    let next = found.get(PAGE).map(|_| found[PAGE - 1].account);
    app.ledger().note(vec![trail::of(app, visitor, purpose::OFFICIALS)]).await?;
    let items: Vec<_> = found.iter().take(PAGE).map(|official| shown(app, official)).collect();
    Ok(reply::personal(&json!({ "officials": items, "next": next })))
}

/// An official as others see them.
pub(super) fn shown(app: &App, official: &Official) -> Value {
    let centre = match official.scope {
        Scope::Facility(id) => app.inventory().centre(id),
        _ => None,
    };
    json!({
        "id": official.account,
        "name": official.name,
        "mobile_number": format!("{:04}", official.mobile_last4),
        "role": official.role.name(),
        "scope": scope_shown(official.scope),
        "center_name": centre.map(|centre| centre.name.clone()),
        "since": official.since,
        "by": official.by,
        "dismissed": official.dismissed,
    })
}

/// Where somebody is appointed; empty for the whole country.
pub(super) fn scope_shown(scope: Scope) -> Value {
    match scope {
        Scope::Facility(id) => json!({ "center_id": id }),
        Scope::District(id) => json!({ "district_id": id }),
        Scope::State(id) => json!({ "state_id": id }),
        Scope::Country => json!({}),
    }
}

/// What a list is to be of.
struct Filter {
    role: Option<Role>,
    within: Option<Scope>,
    after: Option<Uuid>,
}

impl Filter {
    fn of(query: &Query<'_>) -> Result<Self, Problem> {
        let place = |name| query.get(name).map(|_| query.whole(name)).transpose();
        let (centre, district, state) =
            (place("center_id")?, place("district_id")?, place("state_id")?);
        let within = match (centre, district, state) {
            (None, None, None) => None,
            (Some(id), None, None) => Some(Scope::Facility(CentreId(fit(id, "center_id")?))),
            (None, Some(id), None) => Some(Scope::District(DistrictId(fit(id, "district_id")?))),
            (None, None, Some(id)) => Some(Scope::State(StateId(fit(id, "state_id")?))),
            _ => return Err(Problem::invalid("one of center_id, district_id and state_id")),
        };
        let after = query.get("after").map(Uuid::try_parse).transpose();
        let after = after.map_err(|_| Problem::invalid("after"))?;
        Ok(Self { role: query.get("role").map(role).transpose()?, within, after })
    }

    fn admits(&self, app: &App, official: &Official) -> bool {
        self.role.is_none_or(|role| official.role == role)
            && self.within.is_none_or(|within| lies(app, within, official.scope))
            && self.after.is_none_or(|after| official.account > after)
    }
}

/// Whether somebody may appoint and dismiss for a role and a scope.
fn check(app: &App, by: &Arc<Official>, role: Role, scope: Scope) -> Result<(), Problem> {
    let may = decision::reach(by.role, Act::Appoint(role)) == Reach::Within;
    if may && lies(app, by.scope, scope) { Ok(()) } else { Err(error::NOT_YOURS.into()) }
}

/// Whether a scope lies within another.
fn lies(app: &App, outer: Scope, inner: Scope) -> bool {
    let centre = match inner {
        Scope::Facility(id) => app.inventory().centre(id),
        _ => None,
    };
    decision::holds(outer, inner, centre.as_deref(), app.pack())
}

fn role(name: &str) -> Result<Role, Problem> {
    Role::parse(name).ok_or_else(|| Problem::invalid("role"))
}

/// The scope that a role needs; a place that exists.
fn scope(app: &App, role: Role, body: &AppointBody) -> Result<Scope, Problem> {
    match role {
        Role::Vaccinator | Role::Verifier | Role::FacilityManager => {
            let id = CentreId(fields::small(&body.center_id, "center_id")?);
            known(app.inventory().centre(id), "center_id")?;
            Ok(Scope::Facility(id))
        }
        Role::DistrictOfficer => {
            let id = DistrictId(fields::small(&body.district_id, "district_id")?);
            known(app.pack().district(id), "district_id")?;
            Ok(Scope::District(id))
        }
        Role::StateOfficer => {
            let id = StateId(fields::small(&body.state_id, "state_id")?);
            known(app.pack().state(id), "state_id")?;
            Ok(Scope::State(id))
        }
        Role::Ministry | Role::Auditor => Ok(Scope::Country),
    }
}

fn known<T>(place: Option<T>, name: &str) -> Result<(), Problem> {
    place.map(drop).ok_or_else(|| Problem::invalid(name))
}

fn fit<N: TryFrom<u64>>(number: u64, name: &str) -> Result<N, Problem> {
    N::try_from(number).map_err(|_| Problem::invalid(name))
}
