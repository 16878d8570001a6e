//! The operator's questions: alive, ready, metrics, description, sound.

use crate::app::App;
use crate::config::Mode;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::http::reply::{self, Reply};
use crate::openapi;
use crate::patience;
use crate::publisher::{PublishError, Publisher};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use opencowin_ledger::Ledger;
use opencowin_ledger::check::Report;
use opencowin_ledger::store::block_on::block_on;
use serde_json::json;

/// The process runs.
pub fn alive() -> Reply {
    reply::text(StatusCode::OK, "alive")
}

/// Requests should be sent here.
///
/// # Errors
/// 503 while the server drains, its ledger accepts nothing, or it has lost touch with the other gateways.
pub fn ready(app: &App) -> Result<Reply, Problem> {
    let ready = !app.is_draining() && app.ledger().is_running() && patience::is_fresh(app);
    if ready { Ok(reply::text(StatusCode::OK, "ready")) } else { Err(error::TRY_AGAIN.into()) }
}

/// The metrics of the moment.
pub fn metrics(app: &App) -> Reply {
    let mut reply = reply::json(StatusCode::OK, app.metrics().render().into());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

/// The OpenAPI description.
pub fn description(app: &App) -> Reply {
    let config = app.config();
    reply::json_of(&openapi::describe(&config.public_url, config.mode == Mode::Sandbox))
}

/// Checks the ledger while it runs, and what is on sale in memory against it. Both read everything, so they do it on a
/// thread where no request waits for them.
///
/// # Errors
/// 503 if the ledger cannot be read.
pub async fn check(app: &App) -> Result<Reply, Problem> {
    let (ledger, publisher) = (app.ledger.clone(), app.publisher.clone());
    let checked = tokio::task::spawn_blocking(move || violations(&ledger, &publisher)).await;
    let (report, violations) = match checked {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(error.into()),
        Err(_) => return Err(error::TRY_AGAIN.into()),
    };
    let sound = violations.is_empty();
    Ok(reply::json_of(&json!({
        "sound": sound, "summary": report.to_string(), "violations": violations,
    })))
}

fn violations(
    ledger: &Ledger,
    publisher: &Publisher,
) -> Result<(Report, Vec<String>), PublishError> {
    let mut violations = Vec::new();
    let report = block_on(ledger.check(|violation| violations.push(violation.to_string())))?;
    violations.extend(block_on(publisher.differences())?);
    Ok((report, violations))
}
