//! Deadlines of exchanges, without a timer for each.
//!
//! A request takes microseconds and its deadline is seconds away, so arming and disarming a timer would be most of the
//! work. Each connection has a deadline instead, and one task looks at all of them twenty times a second.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// How often deadlines are looked at: no deadline is noticed later than this.
const EVERY: Duration = Duration::from_millis(50);

/// The deadline of one connection.
#[derive(Debug, Default)]
pub(super) struct Watch {
    deadline: Cell<Option<Instant>>,
    expired: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Watch {
    /// An exchange has to be over by then.
    pub(super) fn begin(&self, deadline: Instant) {
        self.deadline.set(Some(deadline));
    }

    /// The exchange is over.
    pub(super) fn end(&self) {
        self.deadline.set(None);
    }

    /// Polls what a connection waits for, unless its deadline has passed.
    pub(super) fn poll<T>(
        &self,
        context: &mut Context<'_>,
        mut io: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.expired.get() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let polled = io(context);
        if polled.is_pending() {
            *self.waker.borrow_mut() = Some(context.waker().clone());
        }
        polled
    }
}

/// The deadlines of a thread.
#[derive(Debug, Default)]
pub(super) struct Watches(RefCell<Vec<Weak<Watch>>>);

impl Watches {
    /// One for a new connection.
    pub(super) fn watch(&self) -> Rc<Watch> {
        let watch = Rc::new(Watch::default());
        self.0.borrow_mut().push(Rc::downgrade(&watch));
        watch
    }

    /// Lets exchanges end whose deadline has passed, for ever.
    pub(super) async fn run(&self) {
        loop {
            tokio::time::sleep(EVERY).await;
            let now = Instant::now();
            self.0.borrow_mut().retain(|watch| {
                watch.upgrade().is_some_and(|watch| {
                    if watch.deadline.get().is_some_and(|deadline| deadline <= now) {
                        watch.expired.set(true);
                        if let Some(waker) = watch.waker.borrow_mut().take() {
                            waker.wake();
                        }
                    }
                    true
                })
            });
        }
    }
}
