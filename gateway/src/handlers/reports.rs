//! The public report, its table and the daily dump: figures for everybody (R9).

use crate::app::App;
use crate::http::headers;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::{self, Reply};
use crate::statistics::{Area, Body, dump, table};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use jiff::ToSpan;
use opencowin_model::{Date, date};

/// The longest table, in days.
const LONGEST: i32 = 31;

/// The first day of which anybody could ask.
const FIRST: Date = Date::constant(2020, 1, 1);

/// Bodies below this are sent as they are.
const WORTH_COMPRESSING: usize = 1024;

/// The report of a part of the country, of a day; of today if none is named.
///
/// # Errors
/// USRRES0002 for a parameter, 503 if the ledger cannot be reached.
pub async fn report(app: &App, parts: &Parts) -> Result<Reply, Problem> {
    let query = Query::new(parts.uri.query());
    let area = Area::of(&query, app.pack())?;
    let day = day(app, &query, "date")?.unwrap_or_else(|| app.today());
    let body = app.statistics().report(area, day).await?;
    Ok(cached(reply_of(body, parts), "public, max-age=1"))
}

/// The same numbers by day and district, for spreadsheets.
///
/// # Errors
/// USRRES0002 for a parameter, 503 if the ledger cannot be reached.
pub async fn csv(app: &App, parts: &Parts) -> Result<Reply, Problem> {
    let query = Query::new(parts.uri.query());
    let area = Area::of(&query, app.pack())?;
    let to = day(app, &query, "to")?.unwrap_or_else(|| app.today());
    let week = to.saturating_sub(6.days());
    let from = day(app, &query, "from")?.unwrap_or(week);
    let apart = from.until(to).map_or(-1, |span| span.get_days());
    if !(0..LONGEST).contains(&apart) {
        return Err(Problem::invalid("from"));
    }
    let days = app.statistics().days(from, to).await?;
    let days: Vec<_> = from.series(1.day()).zip(days).collect();
    let text = table::csv(&days, area, app.pack());
    let name = format!("figures-{from}-{to}.csv");
    let body = Body::new(text.into());
    Ok(cached(reply::csv(reply_of(body, parts), &name), "public, max-age=1"))
}

/// Everything that was counted on a day. It can be kept for an hour once the day is over: what is corrected later changes
/// it.
///
/// # Errors
/// USRRES0002 for the day, 503 if the ledger cannot be reached.
pub async fn dump(app: &App, segment: Option<&str>, parts: &Parts) -> Result<Reply, Problem> {
    let today = app.today();
    let day = segment.and_then(iso).filter(|day| (FIRST..=today).contains(day));
    let day = day.ok_or_else(|| Problem::invalid("date"))?;
    let days = app.statistics().days(day, day).await?;
    let sums = days.first().ok_or_else(|| Problem::invalid("date"))?;
    let body = Body::new(dump::body(day, sums, app.pack()).to_string().into());
    let life = if day < today { "public, max-age=3600" } else { "no-cache" };
    Ok(cached(reply_of(body, parts), life))
}

/// A day of a query, up to a year ahead: sessions are published for days to come.
fn day(app: &App, query: &Query<'_>, name: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let days = FIRST..=app.today().saturating_add(1.year());
    let day = iso(text).filter(|day| days.contains(day));
    day.map(Some).ok_or_else(|| Problem::invalid(name))
}

/// `YYYY-MM-DD`, or as dates are written elsewhere.
fn iso(text: &str) -> Option<Date> {
    text.trim().parse().ok().or_else(|| date::parse(text.trim()))
}

fn reply_of(body: Body, parts: &Parts) -> Reply {
    let gzip = body.plain.len() >= WORTH_COMPRESSING && headers::accepts_gzip(&parts.headers);
    let mut reply = reply::json(StatusCode::OK, if gzip { body.gzip } else { body.plain });
    let headers = reply.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    reply
}

fn cached(mut reply: Reply, life: &'static str) -> Reply {
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(life));
    reply
}
