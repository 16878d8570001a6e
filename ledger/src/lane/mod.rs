//! The lane: one thread through which all commands go.
//!
//! It drains the commands that wait, decides them in order ([`deliberation`]) and commits them as one group. While that
//! commit is on its way it decides the next group on top of it, if the engine allows. In what order and how:
//!
//! 1. A group is decided on rows as of a read version, over the writes of the groups still under way.
//! 2. It is committed against the place of the last group under way. That is sound only if nobody else wrote in between:
//!    the lane checks that the places between its read version and that one are all its own (versions are whole numbers,
//!    so counting suffices). If not, it waits until nothing is under way and reads again.
//! 3. Groups land in order. A landed group settles its commands one by one, then answers them.
//! 4. If a group fails, the lane lets all others land, and then repeats the commands of the failed ones alone
//!    ([`recovery`]): together, in halves after two failures, at last one by one.
//!
//! **Unknown outcomes.** Every group also writes a trace, one row per lane with the group's number. An unknown
//! commit is no longer under way, so the trace tells whether it, or a later one on top of it, was written.
//!
//! **Breakdown.** If the store cannot go on, all commands are answered as not served, and the lane accepts no more. Those
//! whose fate is unknown by then are not settled.

mod deliberation;
mod flight;
mod group;
mod heat;
mod newest;
mod pace;
mod recollection;
mod recovery;
pub(crate) mod runner;
pub(crate) mod share;

pub use pace::Pace;

use crate::engine::Engine;
use crate::request::Job;
use crossbeam::channel::{self, Sender};
use rand::rngs::StdRng;
use runner::Runner;
use share::Share;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A running lane. Dropping it lets it finish what it has accepted, and waits for that.
pub(crate) struct Lane {
    /// Taken when the lane is closed.
    queue: Option<Sender<Job>>,
    broken: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    /// Starts a lane whose queue holds so many commands.
    pub(crate) fn start(
        engine: Arc<Engine>,
        pace: Pace,
        queue: usize,
        random: StdRng,
        share: Option<Share>,
    ) -> io::Result<Self> {
        let (send, receive) = channel::bounded(queue);
        let broken = Arc::new(AtomicBool::new(false));
        let mut runner = Runner::new(engine, receive, pace, random, broken.clone(), share);
        let thread =
            thread::Builder::new().name("ledger-lane".into()).spawn(move || runner.run())?;
        Ok(Self { queue: Some(send), broken, thread: Some(thread) })
    }

    /// Puts a job into the queue; gives it back if that is full or the lane has broken down.
    pub(crate) fn submit(&self, job: Job) -> Result<(), Job> {
        match &self.queue {
            Some(queue) if self.is_running() => {
                queue.try_send(job).map_err(|error| error.into_inner())
            }
            _ => Err(job),
        }
    }

    /// Whether it accepts commands.
    pub(crate) fn is_running(&self) -> bool {
        let alive = self.thread.as_ref().is_some_and(|thread| !thread.is_finished());
        alive && !self.broken.load(Ordering::Acquire)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the lane's thread panicked");
        }
    }
}

#[cfg(test)]
mod tests;
