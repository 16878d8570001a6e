//! Handing reports of adverse events over to the safety system (R8).
//!
//! ```text
//! command -> job (in the commit of the report) -> backlog -> receiver --2xx--> job removed (in a commit of its own)
//!                                                    ^          |
//!                                                    +--backoff-+ anything else
//! ```
//! A job is never lost and may arrive more than once: whoever receives it knows it by its `Idempotency-Key`. What is told of
//! one report is told in order; a report that the receiver does not take holds up no other. On a shared ledger the first
//! gateway does it for all.

mod backlog;
mod case;
mod receiver;

pub use receiver::Receiver;

use crate::chore::Chore;
use crate::delivery::circuit::Circuit;
use crate::metrics::Gauges;
use backlog::Backlog;
use opencowin_ledger::commands::{Command, HandOver};
use opencowin_ledger::keys::Queue;
use opencowin_ledger::read::Case;
use opencowin_ledger::records::Job;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{AefiId, Pack};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How often it is looked for jobs.
const EVERY: Duration = Duration::from_millis(500);

/// Jobs that are under way at once.
const AT_ONCE: usize = 8;

/// What metrics show of the queue.
#[derive(Default)]
pub struct Queued {
    waiting: AtomicU64,
    oldest_ms: AtomicU64,
    handed_over: AtomicU64,
    failures: AtomicU64,
    has_receiver: AtomicU64,
}

/// Hands jobs over.
pub struct Handover {
    ledger: Arc<Ledger>,
    pack: Arc<Pack>,
    receiver: Option<Arc<Receiver>>,
    queued: Arc<Queued>,
    runtime: Runtime,
    state: Mutex<State>,
}

/// What is remembered from one look to the next.
#[derive(Default)]
struct State {
    backlog: Backlog,
    circuit: Circuit,
}

impl Handover {
    /// Hands over whatever waits, now and then. Without a receiver it waits, and metrics say so.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(
        ledger: Arc<Ledger>,
        pack: Arc<Pack>,
        receiver: Option<Receiver>,
    ) -> io::Result<(Chore, Arc<Queued>)> {
        let handover = Self::new(ledger, pack, receiver)?;
        let queued = handover.queued.clone();
        Ok((Chore::every(EVERY, "handover", move || handover.look(Instant::now()))?, queued))
    }

    fn new(ledger: Arc<Ledger>, pack: Arc<Pack>, receiver: Option<Receiver>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let queued = Queued::default();
        queued.has_receiver.store(u64::from(receiver.is_some()), Ordering::Relaxed);
        let (receiver, queued, state) =
            (receiver.map(Arc::new), Arc::new(queued), Mutex::default());
        Ok(Self { ledger, pack, receiver, queued, runtime, state })
    }

    /// Looks once; what cannot be read now is looked for again.
    fn look(&self, now: Instant) {
        let Ok(jobs) = block_on(self.ledger.read().jobs(Queue::Safety)) else { return };
        self.queued.show(&jobs, self.ledger.clock().now().0);
        if let Some(receiver) = self.receiver.as_ref().filter(|_| self.ledger.is_first()) {
            self.hand_over(receiver, &jobs, now);
        }
    }

    fn hand_over(&self, receiver: &Arc<Receiver>, jobs: &[(Uuid, Job)], now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let due = state.backlog.due(jobs, now);
        for some in due.chunks(AT_ONCE) {
            let admitted = some.iter().take_while(|_| state.circuit.admits(now));
            let tried: Vec<_> = admitted.copied().collect();
            if tried.is_empty() {
                return;
            }
            for told in self.runtime.block_on(self.tell_all(receiver, tried)) {
                self.note(&mut state, &told, now);
            }
        }
    }

    async fn tell_all(&self, receiver: &Arc<Receiver>, jobs: Vec<(Uuid, Job)>) -> Vec<Told> {
        let mut under_way = JoinSet::new();
        for (id, job) in jobs {
            let (ledger, pack, receiver) =
                (self.ledger.clone(), self.pack.clone(), receiver.clone());
            under_way.spawn(async move {
                let done = tell(&ledger, &pack, &receiver, &job).await;
                Told { id, report: job.about.id, done }
            });
        }
        under_way.join_all().await
    }

    fn note(&self, state: &mut State, told: &Told, now: Instant) {
        let Told { id, report, done } = *told;
        let Err(refused) = done else {
            state.circuit.succeeded();
            state.backlog.succeeded(report);
            return self.remove(id);
        };
        match refused {
            // A receiver that says no is there.
            Refused::Answered => state.circuit.succeeded(),
            Refused::Unanswered => state.circuit.failed(now),
        };
        self.queued.failures.fetch_add(1, Ordering::Relaxed);
        let pause = state.backlog.failed(report, now);
        tracing::warn!(%report, ?refused, ?pause, "an adverse event is not handed over yet");
    }

    /// A job that cannot be removed now is told once more.
    fn remove(&self, job: Uuid) {
        let queue = Queue::Safety;
        match block_on(self.ledger.run(Command::HandOver(HandOver { queue, job }))) {
            Ok(_) => {
                self.queued.handed_over.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => tracing::warn!(%error, "what was handed over stays in the queue"),
        }
    }
}

/// What came of a job.
struct Told {
    id: Uuid,
    report: AefiId,
    done: Result<(), Refused>,
}

/// Why a job was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The receiver said something else than that it has it.
    Answered,
    /// There was no answer, or not in time.
    Unanswered,
}

async fn tell(ledger: &Ledger, pack: &Pack, receiver: &Receiver, job: &Job) -> Result<(), Refused> {
    match ledger.read().case(job.about).await {
        Ok(Some(case)) => receiver.tell(&key(job), case_body(pack, &case, job)).await,
        // Nothing removes reports; a job about none has nothing to tell.
        Ok(None) => Ok(()),
        Err(Failure::Unavailable | Failure::Refused(_)) => Err(Refused::Answered),
    }
}

/// The report's id; of what was learnt later, with its number.
fn key(job: &Job) -> String {
    match job.follow_ups {
        0 => job.about.id.to_string(),
        number => format!("{}.{number}", job.about.id),
    }
}

fn case_body(pack: &Pack, case: &Case, job: &Job) -> Vec<u8> {
    case::body(pack, case, job.follow_ups).to_string().into_bytes()
}

impl Queued {
    fn show(&self, jobs: &[(Uuid, Job)], now_ms: i64) {
        self.waiting.store(jobs.len() as u64, Ordering::Relaxed);
        let oldest = jobs.iter().map(|(_, job)| job.since.0).min();
        let age = oldest.map_or(0, |since| u64::try_from(now_ms - since).unwrap_or(0));
        self.oldest_ms.store(age, Ordering::Relaxed);
    }

    /// How many jobs wait, for how long, and whether anybody is there to take them.
    pub fn gauges(&self, gauges: &mut Gauges<'_, '_>) {
        let figures = [
            (
                "safety_receiver",
                "1 if there is a safety system to hand over to",
                &self.has_receiver,
            ),
            ("safety_jobs_waiting", "Adverse events not handed over yet", &self.waiting),
            ("safety_oldest_job_milliseconds", "Age of the oldest of them", &self.oldest_ms),
            ("safety_jobs_done", "Adverse events handed over", &self.handed_over),
            ("safety_failures", "Attempts that the safety system did not take", &self.failures),
        ];
        for (name, help, value) in figures {
            gauges.set(name, help, value.load(Ordering::Relaxed));
        }
    }
}

#[cfg(test)]
mod tests;
