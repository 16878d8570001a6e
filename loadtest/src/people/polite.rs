//! What people do when a limit stops them: they wait as long as they are told, or do the work that they are asked for. Bots do
//! neither.

use super::desk::Said;
use super::visit::Visit;
use super::work;
use crate::contract::Work;
use crate::limit::Limit;
use crate::measure::{Kind, Operation};
use crate::wire::{Answer, Call, Want};
use rand::RngExt;
use std::time::{Duration, Instant};

/// How often people ask for one thing before they give up.
const TRIES: usize = 3;

/// How long they wait if nobody tells them.
const USUAL: Duration = Duration::from_secs(1);

/// Whoever was told to come again after a time comes up to this share of it later, or all would come at once.
const SPREAD: f64 = 0.5;

impl Visit {
    /// Asks for something that is meant to start now, and asks again where a limit is in the way that patience or work gets
    /// over. See [`super::Desk::ask_timed`].
    pub(super) async fn ask_politely<T>(
        &self,
        call: &Call<'_>,
        want: Want,
        read: impl Fn(Answer, Instant, Instant) -> Option<T>,
    ) -> Said<T> {
        let mut said = self.ask_once(call, want, &read).await;
        for _ in 1..TRIES {
            let Said::Refused { code, after, .. } = &said else { break };
            let Some(limit) = Limit::of(code).filter(|_| !self.desk.is_bot(self.group)) else {
                break;
            };
            let again = Box::pin(self.gets_over(limit, *after, call.operation)).await;
            let Some(Over { solution }) = again else { break };
            let call = Call { solution: solution.as_deref(), ..call.clone() };
            said = self.ask_once(&call, want, &read).await;
        }
        said
    }

    async fn ask_once<T>(
        &self,
        call: &Call<'_>,
        want: Want,
        read: &impl Fn(Answer, Instant, Instant) -> Option<T>,
    ) -> Said<T> {
        self.desk.ask_timed(self.group, self.intended(), call, want, &[], read).await
    }

    /// Does what gets over a limit; `None` if nothing does, or if the time is over.
    async fn gets_over(
        &self,
        limit: Limit,
        after: Option<Duration>,
        operation: Operation,
    ) -> Option<Over> {
        match limit {
            Limit::Challenge => Some(Over { solution: Some(self.solve(operation).await?) }),
            Limit::Address | Limit::Key | Limit::Shed => {
                let late = 1.0 + SPREAD * self.desk.random.borrow_mut().random::<f64>();
                self.rest(after.unwrap_or(USUAL).mul_f64(late)).await;
                (!self.desk.is_closing()).then_some(Over { solution: None })
            }
            Limit::LoggedOut | Limit::TokenEnded | Limit::Denied | Limit::Password => None,
        }
    }

    /// Fetches a challenge and solves it on another thread, so that nobody else waits for the work. What `X-Challenge-Solution`
    /// takes.
    async fn solve(&self, operation: Operation) -> Option<String> {
        let traffic = operation.kind() == Kind::Traffic;
        let operation = if traffic { Operation::Challenge } else { operation };
        self.start_over();
        let call = self.get(operation, "/api/v2/auth/challenge");
        let read = |answer: Answer| serde_json::from_slice::<Work>(&answer.plain()?).ok();
        let Said::Yes(work) = self.ask(&call, Want::Body, &[], read).await else { return None };
        let solved = tokio::task::spawn_blocking(move || work::solve(&work)).await.ok()?;
        self.start_over();
        solved
    }
}

/// A limit was got over, with a solution where it was one that asks for it.
struct Over {
    solution: Option<String>,
}
