//! What a facility's software does that has to be done once: it asks, and asks again under the same `Idempotency-Key` until it
//! is told.

use super::super::desk::Said;
use super::super::visit::Visit;
use super::Official;
use crate::limit::Limit;
use crate::measure::{Failure, Operation};
use crate::wire::{Answer, Want};
use rand::RngExt;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What came of it in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::people) enum Told<T> {
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

/// The part of a pause that is left to chance, so that those who failed together do not come back together.
const SPREAD: f64 = 0.5;

/// Something that is to be done once.
pub(in crate::people) struct Errand<'a> {
    /// What it is counted as.
    pub(in crate::people) operation: Operation,
    pub(in crate::people) path: &'a str,
    pub(in crate::people) body: &'a str,
    /// For how long it is asked for again.
    pub(in crate::people) patience: Duration,
}

/// What an answer says.
pub(in crate::people) fn said<T: DeserializeOwned>(answer: Answer) -> Option<T> {
    serde_json::from_slice(&answer.plain()?).ok()
}

/// Posts something, as somebody of the staff, until it is answered, or for so long, or until the time is over. `read` makes
/// sense of the answer.
pub(in crate::people) async fn run<T>(
    visit: &Visit,
    by: &Official,
    errand: &Errand<'_>,
    read: impl Fn(Answer) -> Option<T>,
) -> Told<T> {
    let Errand { operation, path, body, patience } = *errand;
    let key = Uuid::from_u128(visit.desk.random.borrow_mut().random()).to_string();
    let until = Instant::now() + patience;
    let (mut pause, mut perhaps) = (PAUSES[0], false);
    loop {
        let Some(token) = by.token(&visit.desk, visit.group).await else { break };
        let mut call = by.call(visit, &token, visit.post(operation, path, body.as_bytes()));
        call.idempotency_key = Some(&key);
        let said = visit.ask_politely(&call, Want::Body, |answer, _, _| read(answer));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit;

    #[test]
    fn what_may_be_answered_later_is_asked_for_again_and_nothing_else() {
        for failure in [Failure::Connect, Failure::Reset, Failure::Timeout, Failure::Server(503)] {
            assert!(may_be_answered(&failure), "{failure}");
        }
        for failure in [Failure::Malformed, Failure::Redirect, Failure::Untyped(403)] {
            assert!(!may_be_answered(&failure), "{failure}");
        }
        assert!(is_for_now("USRRES0013") && is_for_now(limit::KEY));
        assert!(!is_for_now("APPOIN0040") && !is_for_now("401"));
    }
}
