//! Which provider carries a message: the first in order that is ready and takes it.
//!
//! - A provider that is not connected, or whose [`Circuit`] is open, is passed over at once.
//! - One that fails costs the message at most its time limit; the next is tried while the message has not expired. One
//!   that let it wait comes last when the message is tried again, so that a dead provider costs it one time limit only.
//! - One that rejected a message is not asked again for it. A message that all have rejected is given up.

use super::circuit::Circuit;
use super::counts::Counts;
use super::queue::Queued;
use super::sender::{Accepted, Failure, Sender, Submission};
use opencowin_model::Clock;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The most providers there can be: one bit of [`Queued::rejected_by`] each.
pub const PROVIDERS: usize = 16;

/// The providers, in order.
pub struct Failover {
    routes: Vec<Route>,
    counts: Counts,
    clock: Arc<Clock>,
}

struct Route {
    sender: Box<dyn Sender>,
    circuit: Mutex<Circuit>,
}

/// How a round of all providers ended for a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// The provider at this place accepted it.
    Accepted(usize, Accepted),
    /// Its time was over before another could be tried.
    Expired,
    /// None will ever take it.
    Rejected,
    /// None took it now.
    Again,
}

impl Failover {
    /// Over these senders, [`PROVIDERS`] at most.
    pub fn new(senders: Vec<Box<dyn Sender>>, counts: Counts, clock: Arc<Clock>) -> Self {
        let route = |sender| Route { sender, circuit: Mutex::default() };
        Self { routes: senders.into_iter().map(route).collect(), counts, clock }
    }

    /// Tries the providers one after the other, each once, and notes in `queued` what they said.
    pub async fn send(&self, queued: &mut Queued, template_id: &str) -> Fate {
        for place in self.order(queued) {
            let Some(left) = queued.left(self.clock.now()) else { return Fate::Expired };
            let route = &self.routes[place];
            if !route.admits() {
                continue;
            }
            match self.attempt(route, queued, template_id, left).await {
                Ok(accepted) => return Fate::Accepted(place, accepted),
                Err(Failure::Rejected) => queued.rejected_by |= bit(place),
                Err(Failure::Timeout) => queued.kept_waiting_by |= bit(place),
                Err(_) => {}
            }
        }
        if queued.rejected_by.count_ones() as usize == self.routes.len() {
            return Fate::Rejected;
        }
        queued.rounds += 1;
        Fate::Again
    }

    fn order(&self, queued: &Queued) -> Vec<usize> {
        let open = |place: &usize| queued.rejected_by & bit(*place) == 0;
        let mut places: Vec<_> = (0..self.routes.len()).filter(open).collect();
        places.sort_by_key(|place| queued.kept_waiting_by & bit(*place) != 0);
        places
    }

    async fn attempt(
        &self,
        route: &Route,
        queued: &Queued,
        template_id: &str,
        left: Duration,
    ) -> Result<Accepted, Failure> {
        let submission = Submission {
            id: queued.id,
            to: queued.to,
            text: &queued.message.text,
            template_id,
            left,
        };
        let sender = &route.sender;
        let outcome = timeout(sender.timeout(), sender.submit(submission)).await;
        let outcome = outcome.unwrap_or(Err(Failure::Timeout));
        self.counts.attempt(sender.name(), outcome.as_ref().err().copied());
        route.note(outcome.as_ref().err().copied());
        outcome
    }
}

impl Route {
    fn admits(&self) -> bool {
        self.sender.is_ready() && self.circuit().admits(Instant::now())
    }

    /// A provider that rejects a message is alive.
    fn note(&self, failure: Option<Failure>) {
        let sender = self.sender.name();
        match failure {
            None | Some(Failure::Rejected) => {
                if self.circuit().succeeded() {
                    tracing::info!(sender, "takes messages again");
                }
            }
            Some(failure) => {
                if self.circuit().failed(Instant::now()) {
                    tracing::warn!(sender, reason = failure.label(), "left out for a while");
                }
            }
        }
    }

    fn circuit(&self) -> std::sync::MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bit(place: usize) -> u64 {
    1 << place
}

#[cfg(test)]
mod tests {
    use super::super::message::{Message, MessageKind};
    use super::super::sender::Submitting;
    use super::*;
    use opencowin_model::{Mobile, Timestamp};
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Fake {
        asked: Arc<AtomicUsize>,
        answer: Option<Failure>,
        ready: bool,
    }

    impl Sender for Fake {
        fn name(&self) -> &'static str {
            "fake"
        }

        fn timeout(&self) -> Duration {
            Duration::from_secs(1)
        }

        fn is_ready(&self) -> bool {
            self.ready
        }

        fn submit<'a>(&'a self, submission: Submission<'a>) -> Submitting<'a> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            let receipt_id = submission.id.to_string();
            Box::pin(async move { self.answer.map_or(Ok(Accepted { receipt_id }), Err) })
        }
    }

    struct Fixture {
        failover: Failover,
        asked: Vec<Arc<AtomicUsize>>,
        clock: Arc<Clock>,
    }

    impl Fixture {
        /// Senders that answer so; `None` accepts.
        fn new(answers: &[Option<Failure>]) -> Self {
            Self::ready(&answers.iter().map(|answer| (*answer, true)).collect::<Vec<_>>())
        }

        fn ready(answers: &[(Option<Failure>, bool)]) -> Self {
            let clock = Arc::new(Clock::fixed(Timestamp(0)));
            let asked: Vec<_> = answers.iter().map(|_| Arc::<AtomicUsize>::default()).collect();
            let fakes = answers.iter().zip(&asked).map(|((answer, ready), asked)| {
                let fake = Fake { asked: asked.clone(), answer: *answer, ready: *ready };
                Box::new(fake) as Box<dyn Sender>
            });
            let failover = Failover::new(fakes.collect(), Counts::default(), clock.clone());
            Self { failover, asked, clock }
        }

        fn send(&self, queued: &mut Queued) -> Fate {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            runtime.unwrap().block_on(self.failover.send(queued, "1107"))
        }

        fn asked(&self) -> Vec<usize> {
            self.asked.iter().map(|asked| asked.load(Ordering::Relaxed)).collect()
        }
    }

    fn otp() -> Queued {
        let message = Message {
            kind: MessageKind::Otp,
            text: String::new(),
            created: Timestamp(0),
            expires: Timestamp(180_000),
            key: None,
        };
        Queued::new(Mobile(1), message)
    }

    fn place(fate: &Fate) -> Option<usize> {
        if let Fate::Accepted(place, _) = fate { Some(*place) } else { None }
    }

    #[test]
    fn the_first_that_takes_it_carries_it() {
        let f = Fixture::new(&[Some(Failure::Broken), None, None]);
        assert_eq!(place(&f.send(&mut otp())), Some(1));
        assert_eq!(f.asked(), [1, 1, 0]);
    }

    #[test]
    fn a_dead_provider_is_left_out_after_three_messages() {
        let f = Fixture::new(&[Some(Failure::Timeout), None]);
        for _ in 0..10 {
            assert_eq!(place(&f.send(&mut otp())), Some(1));
        }
        assert_eq!(f.asked(), [3, 10]);
    }

    #[test]
    fn one_that_is_not_connected_costs_nothing() {
        let f = Fixture::ready(&[(None, false), (None, true)]);
        assert_eq!(place(&f.send(&mut otp())), Some(1));
        assert_eq!(f.asked(), [0, 1]);
    }

    #[test]
    fn a_provider_that_let_a_message_wait_comes_last_for_it() {
        let f = Fixture::new(&[Some(Failure::Timeout), Some(Failure::Throttled)]);
        let mut queued = otp();
        assert_eq!(f.send(&mut queued), Fate::Again);
        assert_eq!(f.failover.order(&queued), [1, 0]);
        assert_eq!(queued.rounds, 1);
    }

    #[test]
    fn what_all_have_rejected_is_given_up_and_nobody_is_asked_twice() {
        let f = Fixture::new(&[Some(Failure::Rejected), Some(Failure::Broken)]);
        let mut queued = otp();
        assert_eq!(f.send(&mut queued), Fate::Again);
        assert_eq!(f.send(&mut queued), Fate::Again);
        assert_eq!(f.asked(), [1, 2]);
        let f = Fixture::new(&[Some(Failure::Rejected); 2]);
        assert_eq!(f.send(&mut otp()), Fate::Rejected);
    }

    #[test]
    fn nobody_is_asked_once_the_time_is_over() {
        let f = Fixture::new(&[None]);
        f.clock.advance(jiff::SignedDuration::from_secs(180));
        assert_eq!(f.send(&mut otp()), Fate::Expired);
        assert_eq!(f.asked(), [0]);
    }
}
