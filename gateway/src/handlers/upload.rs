//! Registering the people of a file of comma-separated values: cohorts that are invited together.
//!
//! The file is never kept. Rows are read as they come ([`rows`]), each becomes one command of the ledger, and each is told
//! in a line of the answer, in the order of the file ([`lines`]), while the file still comes ([`work`]). A row is done or
//! not: registered, with its seat if seats were asked for, or refused. It is done once for each upload id: whoever sends
//! the file again under the same id within a day hears of the same people.
//!
//! What a client that is cut off has heard of is done. What it has not heard of may be, and the same file tells.

mod columns;
mod lines;
mod rows;
mod work;

use super::counter::on_spot;
use super::{facility, fields};
use crate::admit::Visitor;
use crate::app::App;
use crate::http::body::{Field, Loose};
use crate::http::catalogue as error;
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use columns::Columns;
use hyper::body::{Body, Incoming};
use opencowin_ledger::commands::Place;
use opencowin_model::CentreId;
use rows::Rows;
use std::sync::Arc;
use tokio::sync::Semaphore;
use work::Upload;

/// Files that are read at once.
const FILES: usize = 8;

/// Rows of all files that are under way to the ledger at once. A group of bookings never waits behind more.
const UNDER_WAY: usize = 64;

/// The longest file, in bytes.
const FILE_BYTES: u64 = 64 * 1024 * 1024;

/// What uploads share, so that they leave room for everybody else.
pub struct Uploads {
    files: Arc<Semaphore>,
    rows: Semaphore,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { files: Arc::new(Semaphore::new(FILES)), rows: Semaphore::new(UNDER_WAY) }
    }
}

/// Takes a file. Who sends it and what its first row promises is looked at before anything is answered; what is wrong
/// later is told in the line of its row, or in the last line if the file cannot be read any further.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn take(
    app: &Arc<App>,
    visitor: &Visitor,
    peer: &Peer,
    query: &Query<'_>,
    file: Option<Incoming>,
) -> Result<Reply, Problem> {
    let file = file.ok_or_else(Problem::missing)?;
    if file.size_hint().lower() > FILE_BYTES {
        return Err(error::BODY_TOO_LARGE.into());
    }
    let id = fields::uuid(&named(query, "upload_id"), "upload_id")?;
    let (at, place) = destination(app, visitor, query)?;
    let permit = app.uploads().files.clone().try_acquire_owned();
    let permit = permit.map_err(|_| error::OVERLOADED)?;
    let deadlines = app.config().deadlines;
    let mut rows = Rows::new(file, deadlines.upload_pause, deadlines.upload);
    let columns = Columns::read(&mut rows).await?;
    let upload =
        Upload { app: app.clone(), visitor: visitor.clone(), id, at, place, _permit: permit };
    Ok(reply::lines(work::begin(upload, rows, columns, peer.slack.give())?))
}

/// The facility, and the place in a session of it that each person of the file is given, if one is named.
fn destination(
    app: &App,
    visitor: &Visitor,
    query: &Query<'_>,
) -> Result<(CentreId, Option<Place>), Problem> {
    let at = facility::of_query(visitor, query)?;
    if query.get("session_id").is_none() {
        return Ok((at, None));
    }
    let session = fields::session(&named(query, "session_id"))?;
    if on_spot::held_at(app, visitor, session)? != at {
        return Err(error::SLOT_INVALID.into());
    }
    let place = Place {
        session: app.session_key(session),
        slot: query.required("slot")?.trim().into(),
        channel: on_spot::channel(&named(query, "channel"))?,
        dose: fields::dose(&named(query, "dose"), &None)?,
    };
    Ok((at, Some(place)))
}

/// A parameter as a field, so that it is read as fields are.
fn named(query: &Query<'_>, name: &str) -> Field {
    query.get(name).map(|value| Loose::Text(value.to_owned()))
}
