//! Vaccination status for verifying parties (KYC-VS, wire contract 1.8): whether somebody is not, partly or fully vaccinated,
//! told with their consent to whoever asks, and nothing else.
//!
//! - [`party`] is who asks: an application with a key, a site that embeds the page, or the person alone.
//! - [`door`] proves the number of the person, whose message names the party.
//! - [`status`] answers, signed for that party. Whoever is not known is answered as not vaccinated.
//! - [`shares`] are links that show the status until the person ends them.

pub mod door;
pub mod party;
pub mod shares;
pub mod status;

use crate::admit::Visitor;
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::Reply;
use crate::routes::Kyc;
use http::request::Parts;

/// Serves a route of the status API.
///
/// # Errors
/// Those of the route's row in the table.
pub async fn serve(
    app: &App,
    kyc: Kyc,
    visitor: &Visitor,
    segment: Option<&str>,
    parts: &Parts,
    body: Vec<u8>,
) -> Result<Reply, Problem> {
    let query = Query::new(parts.uri.query());
    match kyc {
        Kyc::Party => party::show(app, visitor, &query),
        Kyc::Ask => door::ask(app, visitor, parts, &query, body),
        Kyc::Confirm => door::confirm(app, visitor, &query, body).await,
        Kyc::Status => status::tell(app, visitor, &query).await,
        Kyc::Share => shares::share(app, visitor, body).await,
        Kyc::Shares => shares::list(app, visitor).await,
        Kyc::Unshare => shares::unshare(app, visitor, body).await,
        Kyc::Shared => shares::show(app, visitor, segment).await,
    }
}
