//! Search: by pincode, district, centre or position; one day or seven; with filters that the real service lacked.

use crate::app::App;
use crate::http::problem::Problem;
use crate::http::query::{Query, whole};
use crate::http::reply::{self, Reply};
use crate::http::{catalogue as error, headers};
use crate::patience;
use crate::routes::{PlaceKind, SearchKind};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use opencowin_inventory::{Coding, Codings, Filter, Found, Place, Search, Shape, Version};
use opencowin_model::{CentreId, Date, DistrictId, Dose, FeeType, Pincode, Position};

/// Whether a search has to show what any gateway acknowledged before it came: so says `Cache-Control: no-cache`, and so
/// it is for a person with a token, who may just have booked elsewhere. Where there is one gateway, every search does.
pub fn wants_exact(app: &App, parts: &Parts) -> bool {
    if app.projection().is_none() {
        return false;
    }
    let no_cache = parts.headers.get_all(header::CACHE_CONTROL).iter();
    let mut no_cache = no_cache.filter_map(|value| value.to_str().ok());
    let is_person = || {
        let token = headers::bearer(&parts.headers);
        token.is_some_and(|token| app.tokens().verify(token, app.clock().now()).is_some())
    };
    no_cache.any(|value| value.to_ascii_lowercase().contains("no-cache")) || is_person()
}

/// Answers a search.
///
/// # Errors
/// USRRES0001 or USRRES0002 for its parameters, APPOIN0018 for an unknown pincode, USRRES0008 while this gateway has lost
/// touch with the others.
pub fn search(app: &App, kind: SearchKind, parts: &Parts) -> Result<Reply, Problem> {
    patience::fresh(app)?;
    let query = &Query::new(parts.uri.query());
    let place = place(app, kind.place, query)?;
    let date = day(app, kind, query)?;
    let filter = filter(app, query)?;
    let search = Search {
        place,
        shape: if kind.calendar { Shape::Calendar { from: date } } else { Shape::Find { date } },
        version: if kind.v4 { Version::V4 } else { Version::V2 },
        filter,
        language: headers::language(&parts.headers, app.pack()),
    };
    let codings = Codings { gzip: headers::accepts_gzip(&parts.headers) };
    Ok(reply_of(app.inventory().search(&search, codings)))
}

/// The hundred centres nearest to a position.
///
/// # Errors
/// USRRES0001 or USRRES0002 for its parameters.
pub fn near_centres(app: &App, parts: &Parts) -> Result<Reply, Problem> {
    let at = position(&Query::new(parts.uri.query()))?;
    Ok(reply::json(StatusCode::OK, app.inventory().centres_near(at)))
}

fn place(app: &App, kind: PlaceKind, query: &Query<'_>) -> Result<Place, Problem> {
    // An id that is too large for its type belongs to nothing, like the largest of the type, and is answered like it.
    Ok(match kind {
        PlaceKind::District => {
            let id = query.whole("district_id")?;
            Place::District(DistrictId(id.try_into().unwrap_or(u16::MAX)))
        }
        PlaceKind::Pincode => Place::Pincode(pincode(app, query)?),
        PlaceKind::Centre => {
            let id = query.whole("center_id")?;
            Place::Centre(CentreId(id.try_into().unwrap_or(u32::MAX)))
        }
        PlaceKind::Near => Place::Near(position(query)?),
    })
}

fn pincode(app: &App, query: &Query<'_>) -> Result<Pincode, Problem> {
    let pincode = Pincode::parse(query.required("pincode")?.trim());
    let known = pincode.filter(|pincode| app.pack().postal_area(*pincode).is_some());
    known.ok_or_else(|| error::PINCODE_INVALID.into())
}

fn position(query: &Query<'_>) -> Result<Position, Problem> {
    let (lat, long) = (query.degrees("lat")?, query.degrees("long")?);
    Position::new(lat, long).ok_or_else(|| Problem::invalid("lat, long"))
}

fn day(app: &App, kind: SearchKind, query: &Query<'_>) -> Result<Date, Problem> {
    if kind.date_optional && query.get("date").is_none() {
        return Ok(app.today());
    }
    query.date("date")
}

fn filter(app: &App, query: &Query<'_>) -> Result<Filter, Problem> {
    let invalid = Problem::invalid;
    let mut filter = Filter::default();
    if let Some(name) = query.get("vaccine") {
        let vaccine = app.pack().vaccine_named(name.trim()).ok_or_else(|| invalid("vaccine"))?;
        filter.vaccine = Some(vaccine.id);
    }
    if let Some(kind) = query.get("fee_type") {
        let kinds = [FeeType::Free, FeeType::Paid];
        let kind = kinds.into_iter().find(|k| k.as_str().eq_ignore_ascii_case(kind.trim()));
        filter.fee_type = Some(kind.ok_or_else(|| invalid("fee_type"))?);
    }
    if let Some(age) = query.get("min_age_limit") {
        let age = whole(age).and_then(|age| u8::try_from(age).ok());
        filter.min_age_limit = Some(age.ok_or_else(|| invalid("min_age_limit"))?);
    }
    if let Some(dose) = query.get("dose") {
        filter.dose = Some(whole(dose).and_then(Dose::from_number).ok_or_else(|| invalid("dose"))?);
    }
    if let Some(available) = query.get("available") {
        filter.available = available.trim().parse().map_err(|_| invalid("available"))?;
    }
    Ok(filter)
}

fn reply_of(found: Found) -> Reply {
    let mut reply = reply::json(StatusCode::OK, found.body);
    let headers = reply.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    if found.coding == Coding::Gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    reply
}
