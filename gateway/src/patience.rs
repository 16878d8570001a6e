//! How long requests wait for a ledger that is shared, and how often they try.

use crate::app::App;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_ledger::Failure;
use opencowin_ledger::commands::Refusal;
use std::time::{Duration, Instant};

/// How old what is in memory may be before it is not shown any more.
const STALE: Duration = Duration::from_secs(1);

/// How long a request waits for seats that others are asked to give back.
const SEATS: Duration = Duration::from_secs(1);

/// How long it waits between two tries.
const PAUSE: Duration = Duration::from_millis(15);

/// How long a request waits for its commit. After that its fate is unknown to the client, though not to the ledger.
const COMMIT: Duration = Duration::from_secs(10);

/// Refuses to answer from a memory that has lost touch with the other gateways.
///
/// # Errors
/// USRRES0008.
pub fn fresh(app: &App) -> Result<(), Problem> {
    if is_fresh(app) { Ok(()) } else { Err(error::TRY_AGAIN.into()) }
}

/// Whether memory is in touch with the other gateways.
pub fn is_fresh(app: &App) -> bool {
    app.ledger().behind().is_some_and(|behind| behind <= STALE)
}

/// Waits until memory shows everything that any gateway had acknowledged by now.
///
/// # Errors
/// USRRES0008 if that takes longer than a second.
pub async fn exact(app: &App) -> Result<(), Problem> {
    let reached = tokio::time::timeout(STALE, app.ledger().caught_up()).await;
    reached.map_err(|_| error::TRY_AGAIN.into())
}

/// Tries until the seats that it takes, and that others are asked to give back, are there.
///
/// # Errors
/// Whatever the last try failed with.
pub async fn for_seats<T, F: Future<Output = Result<T, Failure>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, Failure> {
    let started = Instant::now();
    loop {
        match attempt().await {
            Err(Failure::Refused(Refusal::SeatsElsewhere(_))) if started.elapsed() < SEATS => {
                pause().await;
            }
            outcome => return outcome,
        }
    }
}

/// Waits a moment, for what others are about to do.
pub async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

/// Waits for an answer as long as a client should; nothing after that.
pub async fn for_answer<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(COMMIT, answer).await.ok()
}

/// Waits for an outcome as long as a client should.
///
/// # Errors
/// [`Failure::Unavailable`] after that: what comes of it is not known yet.
pub async fn for_commit<T>(
    outcome: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    for_answer(outcome).await.unwrap_or(Err(Failure::Unavailable))
}
