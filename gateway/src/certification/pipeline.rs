//! Certifying what waits (R33).
//!
//! ```text
//! dose -> job (in its commit) -> round -> batches of 64 -> workers: read, sign, seal -> one commit each, without the jobs
//! ```
//! A round reads the queue ([`sweep`](super::sweep)) and ends when the workers are done with it, so that nothing is ever under way twice; the
//! workers' queue is short, which holds the reading back. A batch that fails is left for the next round. Gateways that share
//! a ledger divide the jobs by their ids; should two take the same, the ledger stores one.

use super::signing::Signing;
use super::sweep::Sweep;
use crate::chore::Chore;
use crossbeam::channel::{Receiver, Sender, bounded};
use opencowin_ledger::commands::CERTIFIED_AT_ONCE;
use opencowin_ledger::records::CertificateJob;
use opencowin_ledger::store::block_on::block_on;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long the queue is left alone after a round.
const PAUSE: Duration = Duration::from_millis(50);

/// Jobs that are read at once.
const PAGE: usize = 1024;

/// The longest pause after rounds that failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Certifies what waits, now and then.
pub(super) struct Pipeline {
    signing: Arc<Signing>,
    workers: Workers,
    state: Mutex<State>,
}

/// What is remembered from one look to the next.
#[derive(Default)]
struct State {
    sweep: Sweep,
    rest: Rest,
}

/// How long nothing is tried after a failure.
#[derive(Default)]
struct Rest {
    until: Option<Instant>,
    pause: Duration,
}

/// Jobs for one worker, and where it tells how it went.
struct Batch {
    jobs: Vec<CertificateJob>,
    done: Sender<bool>,
}

impl Pipeline {
    /// Starts it with so many workers.
    ///
    /// # Errors
    /// If a thread cannot be started.
    pub(super) fn start(signing: Arc<Signing>, workers: usize) -> io::Result<Chore> {
        let workers = Workers::start(&signing, workers)?;
        let pipeline = Self { signing, workers, state: Mutex::default() };
        Chore::every(PAUSE, "certifier", move || pipeline.look(Instant::now()))
    }

    fn look(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.rest.until.is_some_and(|until| now < until) {
            return;
        }
        let look = state.sweep.begin(now, self.signing.ledger.clock().now());
        let went_well = self.round(look.after);
        state.sweep.end(look, went_well);
        state.rest = if went_well { Rest::default() } else { state.rest.longer(now) };
    }

    /// Goes through what waits behind a job. Whether all went well.
    fn round(&self, mut after: Option<Uuid>) -> bool {
        let (mut seen, mut oldest, mut went_well) = (0, None, true);
        loop {
            let page = block_on(self.signing.ledger.read().certificate_jobs(after, PAGE));
            let Ok(page) = page else { return false };
            seen += page.len();
            oldest = oldest.or(page.iter().map(|(_, job)| job.since).min());
            let age = oldest.map_or(0, |since| self.signing.ledger.clock().now().0 - since.0);
            self.signing.progress.show(seen, age);
            went_well &= self.work_off(&page);
            after = page.last().map(|(id, _)| *id);
            if page.len() < PAGE {
                return went_well;
            }
        }
    }

    /// Waits until the workers are done with those of these jobs that are this gateway's.
    fn work_off(&self, page: &[(Uuid, CertificateJob)]) -> bool {
        let (place, members) = self.signing.ledger.place();
        let mine =
            page.iter().filter(|(id, _)| id.as_u128() % members.max(1) as u128 == place as u128);
        let mine: Vec<_> = mine.map(|(_, job)| *job).collect();
        let (done, told) = bounded(mine.len().div_ceil(CERTIFIED_AT_ONCE));
        for jobs in mine.chunks(CERTIFIED_AT_ONCE) {
            self.workers.give(Batch { jobs: jobs.to_vec(), done: done.clone() });
        }
        drop(done);
        told.iter().fold(true, |well, went| well & went)
    }
}

impl Rest {
    fn longer(&self, now: Instant) -> Self {
        let pause = (2 * self.pause).clamp(Duration::from_millis(100), LONGEST_PAUSE);
        Self { until: Some(now + pause), pause }
    }
}

/// Threads that sign; they end when this is dropped.
struct Workers {
    queue: Option<Sender<Batch>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    fn start(signing: &Arc<Signing>, count: usize) -> io::Result<Self> {
        let (queue, batches) = bounded::<Batch>(count);
        let mut workers = Self { queue: Some(queue), threads: Vec::with_capacity(count) };
        for number in 0..count {
            let (signing, batches) = (signing.clone(), batches.clone());
            let thread = std::thread::Builder::new().name(format!("signer {number}"));
            workers.threads.push(thread.spawn(move || work(&signing, &batches))?);
        }
        Ok(workers)
    }

    fn give(&self, batch: Batch) {
        if let Some(queue) = &self.queue {
            // It is taken unless all workers are gone; then nobody tells how it went.
            let _ = queue.send(batch);
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(signing: &Signing, batches: &Receiver<Batch>) {
    for Batch { jobs, done } in batches {
        let waiting: Vec<_> = jobs.iter().map(|job| (job.event, job.form)).collect();
        let outcome = block_on(signing.certify(&waiting));
        if let Err(error) = &outcome {
            signing.progress.failed();
            tracing::warn!(%error, events = jobs.len(), "certificates have to wait");
        }
        let _ = done.send(outcome.is_ok());
    }
}
