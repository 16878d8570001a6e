//! Clients in closed loops: each sends its next booking when the last one is answered.

use crate::people::Who;
use crate::programme::SLOT;
use crossbeam::channel::{self, Receiver, Sender};
use opencowin_ledger::commands::{Book, Booker, Command, IdempotencyKey, Once, Outcome, Refusal};
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger, Request, Settled};
use opencowin_model::{Channel, Dose, SessionKey};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// How long a booking waits for seats that others have been asked to give back, as in the gateway.
const RETRY: Duration = Duration::from_millis(15);

type Answer = Pin<Box<dyn Future<Output = Result<Outcome, Failure>>>>;

/// Whose booking was settled, and whether it took effect.
type Settlement = (usize, bool);

/// Which session the next booking goes to.
pub(crate) enum Choice {
    /// One after another, and again from the first.
    Spread(Vec<SessionKey>),
    /// The first, until as many bookings have been sent as it has seats, and then the next.
    Hot(Vec<SessionKey>, usize),
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Sales {
    /// How many people have tried.
    pub(crate) sent: usize,
    pub(crate) booked: usize,
    /// From the first booking sent to the last one acknowledged, in seconds.
    pub(crate) seconds: f64,
    /// Tries that found the seats with other members.
    pub(crate) elsewhere: usize,
    /// Tries that were not served.
    pub(crate) unserved: usize,
    /// Whether somebody was told that nobody has a seat any more.
    pub(crate) sold_out: bool,
}

/// See the [module](self).
pub(crate) struct Load<'a> {
    ledger: &'a Ledger,
    choice: Choice,
    people: std::slice::Iter<'a, Who>,
    /// By client: what it is after, and where the answer comes.
    clients: Vec<(Command, Once, Option<Answer>)>,
    retries: VecDeque<(Instant, usize)>,
    settled: (Sender<Settlement>, Receiver<Settlement>),
    sales: Sales,
}

impl<'a> Load<'a> {
    pub(crate) fn new(ledger: &'a Ledger, choice: Choice, people: &'a [Who]) -> Self {
        let (clients, retries) = (Vec::new(), VecDeque::new());
        let (settled, sales) = (channel::unbounded(), Sales::default());
        Self { ledger, choice, people: people.iter(), clients, retries, settled, sales }
    }

    /// Has so many clients book for so long, or until the people or the seats are at an end.
    pub(crate) fn run(mut self, clients: usize, time: Duration) -> Sales {
        let start = Instant::now();
        let mut active = 0;
        for client in 0..clients {
            let Some((command, once)) = self.next() else { break };
            self.clients.push((command, once, None));
            self.send(client);
            active += 1;
        }
        while active > 0 {
            let Some((client, effective)) = self.settlement() else { continue };
            let goes_on = if effective {
                self.sales.booked += 1;
                self.sales.seconds = start.elapsed().as_secs_f64();
                start.elapsed() < time && self.book_next(client)
            } else {
                self.was_refused(client, start.elapsed() < time)
            };
            active -= usize::from(!goes_on);
        }
        self.sales
    }

    /// The next booking that ended; nothing, once there are some to repeat, which are sent.
    fn settlement(&mut self) -> Option<Settlement> {
        let Some(&(due, client)) = self.retries.front() else {
            return Some(self.settled.1.recv().unwrap());
        };
        let settled = self.settled.1.recv_deadline(due).ok();
        if settled.is_none() {
            self.retries.pop_front();
            self.send(client);
        }
        settled
    }

    fn book_next(&mut self, client: usize) -> bool {
        let Some((command, once)) = self.next() else { return false };
        self.clients[client] = (command, once, None);
        self.send(client);
        true
    }

    /// Whether the client tries again.
    fn was_refused(&mut self, client: usize, again: bool) -> bool {
        let answer = self.clients[client].2.take().unwrap();
        match block_on(answer) {
            Err(Failure::Refused(Refusal::SoldOut)) => {
                self.sales.sold_out = true;
                return false;
            }
            Err(Failure::Refused(Refusal::SeatsElsewhere(_))) => self.sales.elsewhere += 1,
            Err(Failure::Unavailable) => self.sales.unserved += 1,
            other => panic!("{other:?}"),
        }
        if again {
            self.retries.push_back((Instant::now() + RETRY, client));
        }
        again
    }

    /// The next booking, if there is anybody left.
    fn next(&mut self) -> Option<(Command, Once)> {
        let &(account, person) = self.people.next()?;
        let session = match &self.choice {
            Choice::Spread(sessions) => sessions[self.sales.sent % sessions.len()],
            Choice::Hot(sessions, seats) => sessions[self.sales.sent / seats],
        };
        self.sales.sent += 1;
        let (slot, channel, dose) = (SLOT.into(), Channel::Online, Dose::First);
        let people = vec![person];
        let book = Command::Book(Book {
            by: Booker::Account(account),
            session,
            slot,
            channel,
            dose,
            people,
        });
        let key = IdempotencyKey::parse(&person.to_string()).unwrap();
        Some((book, Once { account, route: "schedule", key, digest: [1; 32] }))
    }

    fn send(&mut self, client: usize) {
        let (command, once, answer) = &mut self.clients[client];
        let settled = self.settled.0.clone();
        let settle = Box::new(move |outcome: &Settled| {
            settled.send((client, matches!(outcome, Settled::Effective(_)))).unwrap();
        });
        let request = Request {
            once: Some(once.clone()),
            settle: Some(settle as _),
            ..Request::of(command.clone())
        };
        *answer = Some(Box::pin(self.ledger.submit(request)));
    }
}
