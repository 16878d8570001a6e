//! The pages, with what browsers are to let them do (`gateway/pages/README.md`).

use crate::app::App;
use crate::handlers::kyc::party;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply::Reply;
use crate::pages;
use crate::routes::Page;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};

/// What a page may load, from where; in which frames it may be shown comes behind.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors ";

/// The page that other sites show in a frame, and the script with which they do.
const EMBEDDED: &str = "kyc/index.html";
const EMBEDDING: &str = "kyc/embed.js";

/// A file of a page.
///
/// # Errors
/// USRRES0004 if there is no such file.
pub fn serve(
    app: &App,
    page: Page,
    segment: Option<&str>,
    parts: &Parts,
) -> Result<Reply, Problem> {
    let name = name(page, segment.unwrap_or_default());
    let document = pages::file(&name).ok_or(error::ROUTE_UNKNOWN)?;
    let mut reply = if name == EMBEDDED { document.whole() } else { document.reply(parts) };
    guard(reply.headers_mut(), app, &name, &Query::new(parts.uri.query()));
    Ok(reply)
}

fn name(page: Page, segment: &str) -> String {
    match page {
        Page::Verify => "verify/index.html".to_owned(),
        Page::Status => EMBEDDED.to_owned(),
        Page::VerifyFile => format!("verify/{segment}"),
        Page::StatusFile => format!("kyc/{segment}"),
    }
}

fn guard(headers: &mut HeaderMap, app: &App, name: &str, query: &Query<'_>) {
    let ancestors = if name == EMBEDDED { ancestors(app, query) } else { None };
    if name == EMBEDDED {
        // Who may embed it can change while the page does not.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let policy = format!("{POLICY}{}", ancestors.as_deref().unwrap_or("'none'"));
    let policy = HeaderValue::try_from(policy);
    let policy = policy.expect("invariant: an origin is visible ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(self)"));
    let sharing = if name == EMBEDDING { "cross-origin" } else { "same-origin" };
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static(sharing));
}

/// The origins of the partner that the query names, if it may ask for a status and has any.
fn ancestors(app: &App, query: &Query<'_>) -> Option<String> {
    let partner = party::asking(app, query.get("partner")?)?;
    let origins = partner.embeds_in(app.admission().environment());
    let origins: Vec<&str> = origins.map(|origin| origin.as_str()).collect();
    (!origins.is_empty()).then(|| origins.join(" "))
}
