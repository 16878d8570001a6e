//! The connections of one thread.

use super::answer::{Answer, Want};
use super::call::Call;
use super::dial::Dialler;
use super::http1::Http1;
use super::http2::Http2;
use crate::measure::Failure;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The connections of one thread. A request takes the one that has rested longest; if all are in use it waits, and its
/// wait is part of its latency.
pub struct Pool {
    dialler: Dialler,
    idle: RefCell<VecDeque<Connection>>,
    waiting: RefCell<VecDeque<oneshot::Sender<Option<Connection>>>>,
    /// Connections that are open, in use or being opened.
    open: Cell<usize>,
    limit: usize,
    /// Until when nobody tries to connect, after an attempt has failed.
    down_until: Cell<Option<Instant>>,
    /// Where answers go that nobody wants.
    scratch: RefCell<Vec<u8>>,
}

/// One connection, of whichever protocol.
pub(super) enum Connection {
    Http1(Box<Http1>),
    Http2(Http2),
}

/// One exchange, as the pool saw it.
#[derive(Debug)]
pub struct Exchanged {
    /// When the request was sent; `None` if there was no connection to send it on.
    pub sent: Option<Instant>,
    /// When a connection came free, if the request had to wait for one.
    pub granted: Option<Instant>,
    /// When the answer was complete, or the attempt over.
    pub ended: Instant,
    /// The answer, or why there is none.
    pub answer: Result<Answer, Failure>,
}

/// How long nobody tries to connect after an attempt has failed. Without it a target that is down would be asked as
/// often as the schedule says, and the generator would run out of ports.
const REST: Duration = Duration::from_millis(20);

/// The most requests that wait for a connection on one thread. Beyond it they fail at once: their people have left, and
/// memory must not grow with the target's backlog.
const MOST_WAITING: usize = 50_000;

/// How much of an unwanted answer is dropped at once.
const SCRATCH: usize = 256 << 10;

impl Pool {
    /// A pool of at most `limit` connections.
    pub fn new(dialler: Dialler, limit: usize) -> Rc<Self> {
        Rc::new(Self {
            dialler,
            idle: RefCell::default(),
            waiting: RefCell::default(),
            open: Cell::new(0),
            limit: limit.max(1),
            down_until: Cell::new(None),
            scratch: RefCell::new(vec![0; SCRATCH]),
        })
    }

    /// Opens all connections, so that a run does not begin with a thousand handshakes.
    ///
    /// # Errors
    /// The first failure.
    pub async fn warm(&self) -> Result<(), Failure> {
        while self.open.get() < self.limit {
            let connection = self.open_another().await?;
            self.idle.borrow_mut().push_back(connection);
        }
        Ok(())
    }

    /// Ends exchanges whose time is up, for ever.
    pub async fn watch(self: Rc<Self>) {
        self.dialler.watches().run().await;
    }

    /// Whether connections have just been refused.
    pub fn is_down(&self) -> bool {
        self.down_until.get().is_some_and(|until| Instant::now() < until)
    }

    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.open.get()
    }

    /// Sends a request and receives the answer, within `timeout` of being sent, and of waiting for a connection.
    pub async fn exchange(&self, call: &Call<'_>, want: Want, timeout: Duration) -> Exchanged {
        let (mut connection, granted) = match self.lease(timeout).await {
            Ok(leased) => leased,
            Err(failure) => {
                return Exchanged {
                    sent: None,
                    granted: None,
                    ended: Instant::now(),
                    answer: Err(failure),
                };
            }
        };
        let sent = Instant::now();
        let answer = connection.exchange(call, want, sent + timeout, &self.scratch).await;
        let ended = Instant::now();
        self.give_back(connection);
        Exchanged { sent: Some(sent), granted, ended, answer }
    }

    /// A connection, and when it came free if none was.
    async fn lease(&self, timeout: Duration) -> Result<(Connection, Option<Instant>), Failure> {
        while let Some(mut connection) = self.rested() {
            if !connection.has_gone_stale().await {
                return Ok((connection, None));
            }
            self.open.set(self.open.get() - 1);
        }
        // What happens rarely is boxed: every visit carries the room for what its requests may wait for.
        if self.open.get() < self.limit {
            return Ok((Box::pin(self.open_another()).await?, None));
        }
        Box::pin(self.wait_for_one(timeout)).await
    }

    async fn wait_for_one(
        &self,
        timeout: Duration,
    ) -> Result<(Connection, Option<Instant>), Failure> {
        if self.waiting.borrow().len() >= MOST_WAITING {
            return Err(Failure::Crowded);
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push_back(sender);
        let granted = tokio::time::timeout(timeout, receiver).await;
        match granted.map_err(|_| Failure::Crowded)? {
            Ok(Some(connection)) => Ok((connection, Some(Instant::now()))),
            _ => Ok((self.open_another().await?, Some(Instant::now()))),
        }
    }

    fn rested(&self) -> Option<Connection> {
        self.idle.borrow_mut().pop_front()
    }

    async fn open_another(&self) -> Result<Connection, Failure> {
        if self.is_down() {
            return Err(Failure::Connect);
        }
        self.open.set(self.open.get() + 1);
        let opened = self.dialler.dial().await;
        if opened.is_err() {
            self.open.set(self.open.get() - 1);
            self.down_until.set(Some(Instant::now() + REST));
        }
        opened
    }

    /// Gives a connection to whoever has waited longest. One that is of no more use gives the right to open another.
    fn give_back(&self, connection: Connection) {
        let mut offer = connection.is_reusable().then_some(connection);
        if offer.is_none() {
            self.open.set(self.open.get() - 1);
        }
        while let Some(waiter) = self.waiting.borrow_mut().pop_front() {
            match waiter.send(offer) {
                Ok(()) => return,
                Err(refused) => offer = refused,
            }
        }
        self.idle.borrow_mut().extend(offer);
    }
}

impl Connection {
    async fn exchange(
        &mut self,
        call: &Call<'_>,
        want: Want,
        deadline: Instant,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Http1(http1) => http1.exchange(call, want, deadline, scratch).await,
            Self::Http2(http2) => Box::pin(http2.exchange(call, want, deadline)).await,
        }
    }

    async fn has_gone_stale(&mut self) -> bool {
        match self {
            Self::Http1(http1) => http1.has_gone_stale().await,
            Self::Http2(http2) => !http2.is_open(),
        }
    }

    fn is_reusable(&self) -> bool {
        match self {
            Self::Http1(http1) => http1.reusable,
            Self::Http2(http2) => http2.is_open(),
        }
    }
}
