//! The list of the day: who is expected at a facility's sessions, and how it stands with them.

use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::{facility, people};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use opencowin_inventory::SessionOnSale;
use opencowin_ledger::audit::Record;
use opencowin_ledger::read::Roster;
use opencowin_model::{AppointmentId, SessionId, date};
use serde_json::{Value, json};

/// Appointments of one session that are answered at once.
const TOGETHER: usize = 200;

/// Who is expected at the facility's sessions of a day, session by session.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let centre = facility::of_query(visitor, query)?;
    let day = match query.get("date") {
        Some(_) => query.date("date")?,
        None => app.today(),
    };
    let wanted = query.get("session_id").map(|id| SessionId::parse(id).ok_or(error::SLOT_INVALID));
    let (wanted, after) = (wanted.transpose()?, after(query)?);
    let mut sessions = app.inventory().sessions_at(centre);
    sessions.retain(|session| {
        let session = session.definition();
        session.date == day && wanted.is_none_or(|id| id == session.id)
    });
    let mut shown = Vec::with_capacity(sessions.len());
    let (mut items, reader) = (Vec::with_capacity(sessions.len()), app.ledger().read());
    for session in &sessions {
        let roster = reader.roster(session.definition().key(), after, TOGETHER).await;
        let roster = roster.map_err(|_| error::TRY_AGAIN)?;
        shown.extend(roster.people.iter().map(|one| Record::Person(one.id)));
        items.push(item(app, visitor, session, &roster));
    }
    if !shown.is_empty() {
        trail::look(app, visitor, purpose::ROSTER, shown[0], shown.clone()).await?;
    }
    Ok(reply::personal(&json!({ "date": date::to_wire_string(day), "sessions": items })))
}

/// After which appointment the list goes on.
fn after(query: &Query<'_>) -> Result<Option<AppointmentId>, Problem> {
    let id = |text| AppointmentId::parse(text).ok_or_else(|| Problem::invalid("after"));
    query.get("after").map(id).transpose()
}

fn item(app: &App, visitor: &Visitor, session: &SessionOnSale, roster: &Roster) -> Value {
    let session = session.definition();
    let elements = visitor.elements();
    let people = roster.people.iter().map(|one| people::expected(app.pack(), one, elements));
    let vaccine = app.pack().vaccine(session.vaccine).map_or("", |vaccine| &vaccine.name);
    json!({
        "session_id": session.id.0,
        "vaccine": vaccine,
        "from": session.hours.from.to_string(),
        "to": session.hours.to.to_string(),
        "people": people.collect::<Vec<_>>(),
        "next": roster.next.map(|id| id.0),
    })
}
