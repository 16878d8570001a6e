//! Waiting for an [`Answer`](super::Answer) from a thread that runs no executor.

use super::{Commit, Outcome, Store};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Wakes a parked thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs `future` to its end on this thread, which sleeps while there is nothing to do.
///
/// For threads of their own, such as a lane's. Never call it on a thread of an async runtime: it would stop the others.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            // A wake between the poll and the park leaves a token, and the park returns at once.
            Poll::Pending => thread::park(),
        }
    }
}

/// Commits and waits for the outcome on this thread; as for [`block_on`], one of its own. An engine that is closed
/// meanwhile leaves it unknown.
pub fn commit(store: &dyn Store, commit: Commit) -> Outcome {
    let (send, receive) = mpsc::channel();
    store.commit(commit, Box::new(move |outcome| drop(send.send(outcome))));
    receive.recv().unwrap_or(Outcome::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[test]
    fn a_ready_answer_needs_no_wake() {
        assert_eq!(block_on(async { 7 }), 7);
    }

    #[test]
    fn an_answer_from_another_thread_wakes_the_caller() {
        let (send, receive) = oneshot::channel();
        let other = thread::spawn(move || send.send(7).unwrap());
        assert_eq!(block_on(receive).unwrap(), 7);
        other.join().unwrap();
    }
}
