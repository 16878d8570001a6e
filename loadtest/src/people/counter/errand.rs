//! What a counter's software does that has to be done once: it asks, and asks again under the same `Idempotency-Key` until it
//! is told.

use super::super::desk::Said;
use super::super::visit::Visit;
use super::staff::Official;
use crate::limit::Limit;
use crate::measure::{Failure, Operation};
use crate::wire::Want;
use rand::RngExt;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What came of it in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told<T> {
    /// It is done.
    Done(T),
    /// It was refused with this status.
    Refused(u16),
    /// It never reached the target.
    Undone,
    /// Nobody was told.
    Unknown,
}

/// The pause before it is asked again the first time; each next one is twice as long, up to the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];

/// The part of a pause that is left to chance, so that counters that failed together do not come back together.
const SPREAD: f64 = 0.5;

/// Posts something, as somebody of the staff, until it is answered, or for so long, or until the time is over.
pub(super) async fn run<T: DeserializeOwned>(
    visit: &Visit,
    by: &Official,
    operation: Operation,
    path: &str,
    body: &str,
    patience: Duration,
) -> Told<T> {
    let key = Uuid::from_u128(visit.desk.random.borrow_mut().random()).to_string();
    let until = Instant::now() + patience;
    let (mut pause, mut perhaps) = (PAUSES[0], false);
    loop {
        let Some(token) = by.token(&visit.desk, visit.group).await else { break };
        let mut call = by.call(visit, &token, visit.post(operation, path, body.as_bytes()));
        call.idempotency_key = Some(&key);
        let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
            serde_json::from_slice(&answer.plain()?).ok()
        });
        match said.await {
            Said::Yes(done) => return Told::Done(done),
            Said::Refused { status: 401, .. } => by.refused(&token).await,
            Said::Refused { status, code, .. } if !is_for_now(&code) => {
                return Told::Refused(status);
            }
            Said::Refused { .. } => {}
            Said::Failed(failure) => {
                perhaps |= failure.leaves_outcome_unknown();
                if !may_be_answered(&failure) {
                    break;
                }
            }
        }
        if Instant::now() + pause >= until || visit.desk.is_closing() {
            break;
        }
        let chance = visit.desk.random.borrow_mut().random::<f64>();
        visit.rest(pause.mul_f64(1.0 + SPREAD * chance)).await;
        pause = (pause * 2).min(PAUSES[1]);
    }
    if perhaps { Told::Unknown } else { Told::Undone }
}

/// Whether a refusal says to come again.
fn is_for_now(code: &str) -> bool {
    matches!(Limit::of(code), Some(Limit::Shed | Limit::Key | Limit::Address))
}

/// Whether another try may fare better: what fits no contract now will not fit it then.
fn may_be_answered(failure: &Failure) -> bool {
    failure.is_without_answer() || matches!(failure, Failure::Server(_))
}
