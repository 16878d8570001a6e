//! Sessions for those who hold them: managers for their facility, officers for those of their district.

mod shown;

use super::fields;
use crate::access::decision;
use crate::access::official::Official;
use crate::access::partner::words::optional;
use crate::admit::Visitor;
use crate::app::App;
use crate::facility::Facility;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::routes::Holding;
use crate::sessions::draft::{Draft, Occasion};
use crate::sessions::form::{ChangeForm, Form};
use opencowin_ledger::commands::Change;
use opencowin_model::{CentreId, Session, SessionId, SessionState};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The most drafts and templates of one facility.
const DRAFTS: usize = 400;

/// Serves a route of those who hold sessions.
///
/// # Errors
/// USRRES0011 for a facility outside the area of whoever asks, USRRES0012 if there is no such session or draft, or those of
/// the route's row in the table.
pub async fn serve(
    app: &App,
    holding: Holding,
    visitor: &Visitor,
    query: &Query<'_>,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let by = visitor.official()?;
    match holding {
        Holding::List => list(app, by, query),
        Holding::Drafts => drafts(app, by, query),
        Holding::Draft => draw_up(app, by, body, false).await,
        Holding::Template => draw_up(app, by, body, true).await,
        Holding::Discard => discard(app, by, body).await,
        Holding::Publish => publish(app, by, body).await,
        Holding::Resize => resize(app, by, body).await,
        Holding::Move => shift(app, by, body).await,
        Holding::Close => stand(app, by, body, SessionState::Closed).await,
        Holding::Reopen => stand(app, by, body, SessionState::Published).await,
        Holding::Cancel => stand(app, by, body, SessionState::Cancelled).await,
    }
}

/// The sessions of a facility from today on.
fn list(app: &App, by: &Official, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = centre(app, by, query_centre(query)?)?;
    let mut sessions = app.inventory().sessions_at(centre);
    sessions.sort_by_key(|on_sale| on_sale.definition().key());
    let items: Vec<_> = sessions.iter().map(|on_sale| shown::session(app, on_sale)).collect();
    Ok(reply::personal(&json!({ "center_id": centre, "sessions": items })))
}

/// The drafts and templates of a facility, and what keeps each from being published.
fn drafts(app: &App, by: &Official, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = centre(app, by, query_centre(query)?)?;
    let facility = facility(app, centre)?;
    let mut drafts = of_centre(app, centre);
    drafts.sort_by_key(|draft| (draft.date(), draft.id));
    let items: Vec<_> = drafts.iter().map(|draft| shown::draft(app, draft, &facility)).collect();
    Ok(reply::personal(&json!({ "center_id": centre, "drafts": items })))
}

/// Draws a session or a template up, or draws one up anew.
async fn draw_up(
    app: &App,
    by: &Official,
    body: Vec<u8>,
    template: bool,
) -> Result<Reply, Problem> {
    let form: Form = body::parse(body)?;
    let before = match optional(&form.draft_id, |field| fields::uuid(field, "draft_id"))? {
        Some(id) => Some(draft(app, by, id)?),
        None => None,
    };
    let centre = match &before {
        Some(before) => before.1.centre,
        None => centre(app, by, optional(&form.center_id, centre_id)?)?,
    };
    let facility = facility(app, centre)?;
    let plan = form.plan(app.pack())?;
    plan.fee(&facility)?;
    let occasion = occasion(app, &form, before.as_ref().map(|(_, before)| &**before), template)?;
    if before.is_none() && of_centre(app, centre).len() >= DRAFTS {
        return Err(error::TOO_MANY_DRAFTS.into());
    }
    let (version, id) =
        before.map_or((0, Uuid::new_v4()), |(version, before)| (version, before.id));
    let (by, changed) = (by.account, app.clock().now());
    let drawn_up = Draft { id, centre, plan, occasion, by, changed };
    let desk = app.desk().clone();
    let work = async move {
        desk.write(&drawn_up, version, &[]).await?;
        desk.make_drafts(drawn_up.id).await?;
        Ok(drawn_up)
    };
    let drawn_up = app.through(work).await?;
    Ok(reply::personal(&shown::draft(app, &drawn_up, &facility)))
}

/// When it is to be held. A draft does not become a template, nor a template a draft.
fn occasion(
    app: &App,
    form: &Form,
    before: Option<&Draft>,
    template: bool,
) -> Result<Occasion, Problem> {
    if before.is_some_and(|before| before.is_template() != template) {
        return Err(error::NOT_FOUND.into());
    }
    let before = before.map(|before| &before.occasion);
    match before {
        Some(Occasion::Weekly(weekly)) => form.weekly(app.today(), Some(weekly)),
        None if template => form.weekly(app.today(), None),
        Some(Occasion::Once { template, .. }) => form.once(app.today(), *template),
        None => form.once(app.today(), None),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DraftBody {
    draft_id: Field,
}

/// Throws a draft or a template away. What a template has made stays.
async fn discard(app: &App, by: &Official, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: DraftBody = body::parse(body)?;
    let (_, found) = draft(app, by, fields::uuid(&body.draft_id, "draft_id")?)?;
    let (desk, id) = (app.desk().clone(), found.id);
    app.through(async move { Ok(desk.discard(id).await?) }).await?;
    Ok(reply::empty(http::StatusCode::NO_CONTENT))
}

/// Puts a draft on sale. Asked again, it answers the session.
async fn publish(app: &App, by: &Official, body: Vec<u8>) -> Result<Reply, Problem> {
    let body: DraftBody = body::parse(body)?;
    let id = fields::uuid(&body.draft_id, "draft_id")?;
    match app.inventory().session(SessionId(id)) {
        Some(published) => drop(centre(app, by, Some(published.centre().id))?),
        None => drop(draft(app, by, id)?),
    }
    let desk = app.desk().clone();
    answer(app, app.through(async move { desk.publish(id).await }).await?)
}

/// Makes a session larger or smaller.
async fn resize(app: &App, by: &Official, body: Vec<u8>) -> Result<Reply, Problem> {
    let form: ChangeForm = body::parse(body)?;
    let pack = app.desk().pack.clone();
    let change = move |session: &Session, form: &ChangeForm| {
        if session.state == SessionState::Closed {
            return Err(standing("it is closed"));
        }
        let capacity = form.capacity(session, &pack)?;
        Ok((capacity != session.capacity).then_some(Change::Resize(capacity)))
    };
    changed(app, by, form, change).await
}

/// Holds a session on another day, or at other hours.
async fn shift(app: &App, by: &Official, body: Vec<u8>) -> Result<Reply, Problem> {
    let form: ChangeForm = body::parse(body)?;
    let today = app.today();
    let change = move |session: &Session, form: &ChangeForm| {
        let (date, hours, slots) = form.time(session, today)?;
        let same = (date, hours, &slots) == (session.date, session.hours, &session.slots);
        Ok((!same).then_some(Change::Move { date, hours, slots }))
    };
    changed(app, by, form, change).await
}

/// Closes, opens or cancels a session.
async fn stand(
    app: &App,
    by: &Official,
    body: Vec<u8>,
    wanted: SessionState,
) -> Result<Reply, Problem> {
    let form: ChangeForm = body::parse(body)?;
    let change = move |session: &Session, _: &ChangeForm| {
        let change = match wanted {
            SessionState::Cancelled => Change::Cancel,
            SessionState::Closed => Change::Close,
            _ => Change::Reopen,
        };
        Ok((session.state != wanted).then_some(change))
    };
    changed(app, by, form, change).await
}

/// Changes the session that a form names, and sees to those who have booked it, for which nobody waits. What a suspended
/// facility may still do is stop.
async fn changed(
    app: &App,
    by: &Official,
    form: ChangeForm,
    change: impl Fn(&Session, &ChangeForm) -> Result<Option<Change>, Problem> + Send + Sync + 'static,
) -> Result<Reply, Problem> {
    let id = SessionId(fields::uuid(&form.session_id, "session_id")?);
    let on_sale = app.inventory().session(id).ok_or(error::NOT_FOUND)?;
    let facility = facility(app, centre(app, by, Some(on_sale.centre().id))?)?;
    let desk = app.desk().clone();
    let work = async move {
        let may_publish = facility.may_publish();
        let change = |session: &Session| {
            let change = change(session, &form)?;
            let stops = matches!(change, None | Some(Change::Close | Change::Cancel));
            if may_publish || stops { Ok(change) } else { Err(error::FACILITY_STANDING.into()) }
        };
        let session = desk.change(id, change).await?;
        if session.unsettled.is_some() {
            tokio::spawn(async move {
                if let Err(error) = desk.settle(id).await {
                    tracing::warn!(session = %id, %error, "not everybody who has booked was seen to yet");
                }
            });
        }
        Ok(session)
    };
    answer(app, app.through(work).await?)
}

/// A session as it is now.
fn answer(app: &App, session: Session) -> Result<Reply, Problem> {
    let on_sale = app.inventory().session(session.id).ok_or(error::TRY_AGAIN)?;
    Ok(reply::personal(&shown::session(app, &on_sale)))
}

/// A draft of a facility in the area of whoever asks, with its version.
fn draft(app: &App, by: &Official, id: Uuid) -> Result<(u64, Arc<Draft>), Problem> {
    let found = app.desk().registry.found::<Draft>(id).ok_or(error::NOT_FOUND)?;
    centre(app, by, Some(found.record.centre))?;
    Ok((found.version, found.record))
}

fn of_centre(app: &App, centre: CentreId) -> Vec<Arc<Draft>> {
    let mut drafts = app.desk().registry.all::<Draft>();
    drafts.retain(|draft| draft.centre == centre);
    drafts
}

fn facility(app: &App, centre: CentreId) -> Result<Arc<Facility>, Problem> {
    Ok(app.desk().roll.of_centre(centre).ok_or(error::NOT_FOUND)?.record)
}

/// The facility that is meant: the own one, or the one that is named, within the area of whoever asks.
fn centre(app: &App, by: &Official, named: Option<CentreId>) -> Result<CentreId, Problem> {
    let id = named.or_else(|| by.scope.facility().first().copied()).ok_or_else(Problem::missing)?;
    let centre = app.inventory().centre(id).ok_or(error::NOT_FOUND)?;
    let theirs = decision::holds_centre(by.scope, &centre, app.pack());
    if theirs { Ok(id) } else { Err(error::NOT_YOURS.into()) }
}

fn query_centre(query: &Query<'_>) -> Result<Option<CentreId>, Problem> {
    let id = query.get("center_id").map(|_| query.whole("center_id")).transpose()?;
    let id = id.map(u32::try_from).transpose();
    Ok(id.map_err(|_| Problem::invalid("center_id"))?.map(CentreId))
}

fn centre_id(field: &Field) -> Result<CentreId, Problem> {
    fields::small(field, "center_id").map(CentreId)
}

fn standing(why: &str) -> Problem {
    let entry = error::SESSION_STANDING;
    Problem::with_text(entry, format!("{}: {why}", entry.text))
}
