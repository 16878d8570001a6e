//! Days: as one passes, the next is published and the past one taken off sale.
//!
//! A thread of its own asks the clock once a second, and whenever it is told to, since a sandbox's clock can jump. The
//! generated programme publishes through [`Publisher::publish`].

use crate::publisher::{PublishError, Publisher};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::programme::{Programme, days_on_sale};
use opencowin_model::{Date, Session};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often the clock is asked.
const TICK: Duration = Duration::from_secs(1);

type Reply = oneshot::Sender<Result<(), PublishError>>;

/// Keeps what is on sale in step with the clock.
pub struct Calendar {
    wishes: Option<Sender<Reply>>,
    thread: Option<JoinHandle<()>>,
}

impl Calendar {
    /// Publishes what is missing, takes off what is past, and goes on doing so.
    ///
    /// # Errors
    /// If the first time fails.
    pub fn start(
        publisher: Arc<Publisher>,
        programme: Option<Programme>,
    ) -> Result<Self, PublishError> {
        let mut days = Days { publisher, programme, done: None };
        days.catch_up()?;
        let (wishes, wished) = bounded(64);
        let run = move || days.follow(&wished);
        let thread = std::thread::Builder::new().name("calendar".to_owned()).spawn(run)?;
        Ok(Self { wishes: Some(wishes), thread: Some(thread) })
    }

    /// Returns once everything is on sale that should be at this moment.
    ///
    /// # Errors
    /// If publishing fails.
    pub async fn catch_up(&self) -> Result<(), PublishError> {
        let (reply, answer) = oneshot::channel();
        let wishes = self.wishes.as_ref().ok_or(PublishError::Closed)?;
        wishes.try_send(reply).map_err(|_| PublishError::Closed)?;
        answer.await.map_err(|_| PublishError::Closed)?
    }
}

impl Drop for Calendar {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Days {
    publisher: Arc<Publisher>,
    programme: Option<Programme>,
    /// The day for which everything has been done.
    done: Option<Date>,
}

impl Days {
    fn follow(&mut self, wished: &Receiver<Reply>) {
        loop {
            let reply = match wished.recv_timeout(TICK) {
                Ok(reply) => Some(reply),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let outcome = self.catch_up();
            match reply {
                // A caller who went away does not want to know.
                Some(reply) => drop(reply.send(outcome)),
                None => outcome.unwrap_or_else(|error| {
                    tracing::error!(%error, "the day's sessions could not be published; trying again");
                }),
            }
        }
    }

    fn catch_up(&mut self) -> Result<(), PublishError> {
        let today = self.publisher.today();
        if self.done == Some(today) {
            return Ok(());
        }
        self.publisher.retire_before(today);
        self.publish(today)?;
        self.done = Some(today);
        Ok(())
    }

    /// Publishes the days on sale that the ledger does not have yet.
    fn publish(&self, today: Date) -> Result<(), PublishError> {
        let Some(programme) = &self.programme else { return Ok(()) };
        let through = block_on(self.publisher.published_through())?;
        let missing: Vec<Date> = days_on_sale(today)
            .filter(|day| through.is_none_or(|through| *day > through))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let centres = if through.is_none() { programme.centres() } else { Vec::new() };
        let sessions: Vec<Session> =
            missing.iter().flat_map(|day| programme.sessions_on(*day)).collect();
        let (days, count) = (missing.len(), sessions.len());
        block_on(self.publisher.publish(centres, sessions, missing.last().copied()))?;
        tracing::info!(days, sessions = count, "published");
        Ok(())
    }
}
