//! Takes messages out of the queue and sees them to a provider.

use super::counts::{Counts, Outcome};
use super::failover::{Failover, Fate};
use super::message::{Message, Priority, Refused};
use super::queue::{Now, Queue, Queued, Taken};
use super::receipts::Receipts;
use super::texts::Texts;
use opencowin_model::{Clock, Mobile};
use rand::RngExt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// The pause before a message is tried again by all; twice as long after each round, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Where messages are handed in: what those who send and those who dispatch share.
pub(super) struct Intake {
    queue: Mutex<Queue>,
    /// Rung when there may be something to do.
    bell: Notify,
    /// Set when no more are taken: until when those that are here may still be sent.
    closing: OnceLock<Instant>,
    pub(super) counts: Counts,
    pub(super) clock: Arc<Clock>,
}

impl Intake {
    pub(super) fn new(capacity: usize, counts: Counts, clock: Arc<Clock>) -> Self {
        let queue = Mutex::new(Queue::new(capacity));
        Self { queue, bell: Notify::new(), closing: OnceLock::new(), counts, clock }
    }

    /// Takes a message in, without waiting.
    pub(super) fn hand_in(&self, to: Mobile, message: Message) -> Result<(), Refused> {
        let kind = message.kind;
        let mut queue = self.queue();
        // Asked under the queue's lock, so that nothing comes in after the rest was counted as dropped.
        let open = self.closing.get().is_none();
        let taken = if open { queue.push(Queued::new(to, message)) } else { Err(Refused) };
        drop(queue);
        match taken {
            Ok(displaced) => {
                if let Some(displaced) = displaced {
                    self.counts.message(displaced.message.kind, Outcome::Displaced);
                }
                self.bell.notify_one();
                Ok(())
            }
            Err(Refused) => {
                self.counts.message(kind, Outcome::Refused);
                Err(Refused)
            }
        }
    }

    /// Takes no more; what is due may be sent until `deadline`.
    pub(super) fn close(&self, deadline: Instant) {
        let queue = self.queue();
        self.closing.get_or_init(|| deadline);
        drop(queue);
        self.bell.notify_one();
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who works behind it.
pub(super) struct Dispatcher {
    intake: Arc<Intake>,
    desk: Arc<Desk>,
    at_once: usize,
    /// Notices may take three of four places: a backlog of them with a slow provider leaves room for passwords.
    notices: Arc<Semaphore>,
}

/// What every message on its way needs.
struct Desk {
    intake: Arc<Intake>,
    failover: Failover,
    receipts: Arc<Receipts>,
    texts: Arc<Texts>,
}

impl Dispatcher {
    pub(super) fn new(
        intake: Arc<Intake>,
        failover: Failover,
        receipts: Arc<Receipts>,
        texts: Arc<Texts>,
        at_once: usize,
    ) -> Self {
        let desk = Desk { intake: intake.clone(), failover, receipts, texts };
        let notices = Arc::new(Semaphore::new((at_once * 3 / 4).max(1)));
        Self { intake, desk: Arc::new(desk), at_once, notices }
    }

    /// Works until the intake is closed and nothing due is left, or the time for it is over.
    pub(super) async fn run(self) {
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < self.at_once && self.start_next(&mut under_way) {}
            let closing = self.intake.closing.get().copied();
            let is_late = closing.is_some_and(|deadline| deadline <= Instant::now());
            if closing.is_some() && (is_late || under_way.is_empty()) {
                break;
            }
            let due = self.intake.queue().next_due();
            tokio::select! {
                () = self.intake.bell.notified() => {}
                Some(_) = under_way.join_next() => {}
                () = until(due.into_iter().chain(closing).min()) => {}
            }
        }
        self.drop_rest(under_way).await;
    }

    /// Starts with the next message that is due and for which there is a place; whether there was one.
    fn start_next(&self, under_way: &mut JoinSet<()>) -> bool {
        let place = self.notices.clone().try_acquire_owned().ok();
        let lowest = if place.is_some() { Priority::Notice } else { Priority::Otp };
        let taken = self.intake.queue().take(Now::of(&self.intake.clock), lowest);
        match taken {
            None => return false,
            Some(Taken::Expired(queued)) => {
                self.intake.counts.message(queued.message.kind, Outcome::Expired);
            }
            Some(Taken::Due(queued)) => {
                let place = place.filter(|_| queued.message.kind.priority() == Priority::Notice);
                under_way.spawn(self.desk.clone().see_to(queued, place));
            }
        }
        true
    }

    async fn drop_rest(&self, mut under_way: JoinSet<()>) {
        let cut_off = under_way.len();
        under_way.shutdown().await;
        let left = self.intake.queue().drain();
        for queued in &left {
            self.intake.counts.message(queued.message.kind, Outcome::Dropped);
        }
        if cut_off + left.len() > 0 {
            tracing::warn!(waiting = left.len(), cut_off, "messages were dropped on closing");
        }
    }
}

impl Desk {
    /// One round of a message; `_place` is free again afterwards.
    async fn see_to(self: Arc<Self>, mut queued: Queued, _place: Option<OwnedSemaphorePermit>) {
        let (kind, created) = (queued.message.kind, queued.message.created);
        let counts = &self.intake.counts;
        match self.failover.send(&mut queued, self.texts.template_id(kind)).await {
            Fate::Accepted(provider, accepted) => {
                let now = self.intake.clock.now();
                counts.timed(kind, Outcome::Accepted, created, now);
                self.receipts.expect(provider, accepted.receipt_id, kind, created);
            }
            Fate::Expired => counts.message(kind, Outcome::Expired),
            Fate::Rejected => counts.message(kind, Outcome::Rejected),
            Fate::Again => {
                let due = Instant::now() + pause(queued.rounds);
                self.intake.queue().put_back(queued, due);
            }
        }
    }
}

/// The pause after so many rounds, half of it by chance, so that those who failed together do not come together again.
fn pause(rounds: u32) -> Duration {
    let whole = FIRST_PAUSE * 2_u32.pow(rounds.saturating_sub(1).min(8));
    whole.min(LONGEST_PAUSE).mul_f64(rand::rng().random_range(0.5..=1.0))
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_differ() {
        for (rounds, most_ms) in [(1, 250), (2, 500), (5, 4_000), (7, 15_000), (100, 15_000)] {
            let most = Duration::from_millis(most_ms);
            let pauses: Vec<_> = (0..50).map(|_| pause(rounds)).collect();
            assert!(pauses.iter().all(|pause| (most / 2..=most).contains(pause)), "{rounds}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
    }
}
