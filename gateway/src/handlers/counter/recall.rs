//! A recall: everybody who was given a dose of a batch.

use crate::access::decision;
use crate::admit::Visitor;
use crate::app::App;
use crate::handlers::fields;
use crate::handlers::people;
use crate::http::body::Loose;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::trail::{self, purpose};
use opencowin_ledger::audit::Record;
use opencowin_ledger::records::EventKey;
use opencowin_model::{CentreId, EventId};
use serde_json::json;

/// Doses of a batch that are looked at at once.
const TOGETHER: usize = 1000;

/// Those who were given a dose of a batch at the own facility, or at those of the own district, some of them at once.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn list(app: &App, visitor: &Visitor, query: &Query<'_>) -> Result<Reply, Problem> {
    let named = |name: &str| query.get(name).map(|value| Loose::Text(value.to_owned()));
    let vaccine = fields::vaccine(&named("vaccine"), app.pack())?;
    let batch = fields::batch(&named("batch"), "batch")?;
    let after = query.get("after").map(cursor).transpose()?;
    let reader = app.ledger().read();
    let found = reader
        .recipients((vaccine, batch), after, TOGETHER, |at| is_theirs(app, visitor, at))
        .await?;
    let shown: Vec<_> = found.people.iter().map(|one| Record::Person(one.id)).collect();
    if let Some(first) = shown.first().copied() {
        trail::look(app, visitor, purpose::RECALL, first, shown).await?;
    }
    let elements = visitor.elements();
    let people = found.people.iter().map(|one| people::recipient(one, elements));
    Ok(reply::personal(&json!({
        "people": people.collect::<Vec<_>>(),
        "next": found.next.map(|event| format!("{}_{}", event.date, event.id)),
    })))
}

/// Whether a facility is one that the visitor looks after.
fn is_theirs(app: &App, visitor: &Visitor, centre: CentreId) -> bool {
    if visitor.facilities().contains(&centre) {
        return true;
    }
    let Ok(official) = visitor.official() else { return false };
    let centre = app.inventory().centre(centre);
    centre.is_some_and(|centre| decision::holds_centre(official.scope, &centre, app.pack()))
}

/// After which event the list goes on.
fn cursor(text: &str) -> Result<EventKey, Problem> {
    let read = || {
        let (date, id) = text.split_once('_')?;
        Some(EventKey { date: date.parse().ok()?, id: EventId::parse(id)? })
    };
    read().ok_or_else(|| Problem::invalid("after"))
}
