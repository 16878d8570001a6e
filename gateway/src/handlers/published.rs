//! What is published so that anybody can check certificates: keys, status lists, and the transparency log.

use crate::app::App;
use crate::certification::{Inclusion, MOST_LINES};
use crate::http::catalogue as error;
use crate::http::document::Document;
use crate::http::problem::Problem;
use crate::http::query::{self, Query};
use crate::http::reply::{self, Reply};
use crate::identity::digest::hex;
use crate::routes::Published;
use http::request::Parts;
use opencowin_certificates::log::{Entry, EntryKind, Hash};
use opencowin_ledger::records::{Certificate, LogHead, LogKind, Logged, State};
use opencowin_model::{CertificateId, Timestamp};
use serde_json::{Value, json};

/// One of the documents.
///
/// # Errors
/// USRRES0001 or USRRES0002 for a parameter, 404 for what is not there, 503 if the ledger cannot be reached.
pub async fn serve(
    app: &App,
    published: Published,
    segment: Option<&str>,
    parts: &Parts,
) -> Result<Reply, Problem> {
    let certification = app.certification();
    let query = Query::new(parts.uri.query());
    match published {
        Published::Did => Ok(certification.keys().did().reply(parts)),
        Published::Jwks => Ok(certification.keys().jwks().reply(parts)),
        Published::Context => Ok(certification.context().reply(parts)),
        Published::StatusList => status_list(app, segment, parts).await,
        Published::LogHead => head(app, parts).await,
        Published::LogLines => lines(app, &query).await,
        Published::LogInclusion => inclusion(app, &query).await,
        Published::LogConsistency => consistency(app, &query).await,
    }
}

async fn status_list(app: &App, segment: Option<&str>, parts: &Parts) -> Result<Reply, Problem> {
    let list = segment.and_then(|text| text.parse().ok()).ok_or(error::NOT_FOUND)?;
    let document = app.certification().lists().get(list).await?;
    Ok(document.ok_or(error::NOT_FOUND)?.reply(parts))
}

async fn head(app: &App, parts: &Parts) -> Result<Reply, Problem> {
    let head = app.certification().log().head().await?.ok_or(error::NOT_FOUND)?;
    let document = Document::new("text/plain; charset=utf-8", "public, max-age=1", head.body);
    Ok(document.reply(parts))
}

async fn lines(app: &App, query: &Query<'_>) -> Result<Reply, Problem> {
    let start = query.whole("start")?;
    let count = match query.get("count") {
        Some(count) => query::whole(count).ok_or_else(|| Problem::invalid("count"))?,
        None => MOST_LINES,
    };
    let lines = app.certification().log().lines(start, count).await?;
    let lines: Vec<_> = lines.iter().map(line).collect();
    Ok(reply::json_of(&json!({ "start": start, "entries": lines })))
}

/// A line; `at` is no part of what is hashed.
fn line(line: &Logged) -> Value {
    json!({ "kind": word(line.kind), "certificate": hex(&line.certificate), "at": moment(line.at) })
}

async fn inclusion(app: &App, query: &Query<'_>) -> Result<Reply, Problem> {
    let id = CertificateId::parse(query.required("certificate")?.trim());
    let id = id.ok_or_else(|| Problem::invalid("certificate"))?;
    let kind = match query.get("kind") {
        None | Some("issued") => EntryKind::Issued,
        Some("revoked") => EntryKind::Revoked,
        Some(_) => return Err(Problem::invalid("kind")),
    };
    let known = app.ledger().read().certificate(id).await?.ok_or(error::NOT_FOUND)?;
    let written = written(&known.certificate, kind).ok_or(error::NOT_FOUND)?;
    let entry = Entry::new(kind, id);
    let proof = app.certification().log().inclusion(entry, written).await?;
    let Inclusion { head, index, hashes } = proof.ok_or(error::NOT_FOUND)?;
    let mut body = proven(&head, &hashes);
    body["index"] = index.into();
    Ok(reply::json_of(&body))
}

/// When what became of a certificate was written into the log.
fn written(certificate: &Certificate, kind: EntryKind) -> Option<Timestamp> {
    match (kind, &certificate.state) {
        (EntryKind::Issued, _) => Some(certificate.issued),
        (EntryKind::Revoked, State::Valid) => None,
        (EntryKind::Revoked, State::Superseded { at, .. } | State::Revoked { at, .. }) => Some(*at),
    }
}

async fn consistency(app: &App, query: &Query<'_>) -> Result<Reply, Problem> {
    let earlier = query.whole("first")?;
    let proof = app.certification().log().consistency(earlier).await?;
    let (head, hashes) = proof.ok_or(error::NOT_FOUND)?;
    let mut body = proven(&head, &hashes);
    body["first"] = earlier.into();
    Ok(reply::json_of(&body))
}

/// A proof, and the head for which it holds.
fn proven(head: &LogHead, hashes: &[Hash]) -> Value {
    let hashes: Vec<_> = hashes.iter().map(|hash| hex(hash)).collect();
    json!({ "head": String::from_utf8_lossy(&head.body), "size": head.size, "hashes": hashes })
}

fn word(kind: LogKind) -> &'static str {
    match kind {
        LogKind::Issued => "issued",
        LogKind::Revoked => "revoked",
    }
}

fn moment(at: Timestamp) -> String {
    opencowin_certificates::Moment::from(at).to_string()
}
