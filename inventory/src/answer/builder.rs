//! The thread that compresses, out of the way of those that answer.
//!
//! A stream that the budget has no room for is built again for the next search that wants it. What that costs is
//! bounded: one thread, which runs when no other wants the processor.

use super::shelf::Key;
use crossbeam::channel::{self, Receiver, Sender};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Requests that may wait; while so many do, further ones are dropped and made again by a later search.
const QUEUE: usize = 4096;
/// The lowest priority that Linux has for ordinary threads. (There, niceness belongs to the thread, not the process.)
const NICENESS: i32 = 19;

/// One thread and its queue. A key that waits or is being built is not queued again.
pub(crate) struct Builder {
    queue: Option<Sender<Key>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requested: Mutex<HashSet<Key>>,
    stopping: AtomicBool,
    built: AtomicU64,
    dropped: AtomicU64,
}

/// What the builder has done since the start, and what it has before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BuilderStats {
    /// Streams built.
    pub built: u64,
    /// Streams asked for and not yet built.
    pub waiting: usize,
    /// Requests dropped because the queue was full.
    pub dropped: u64,
}

impl Builder {
    /// Starts the thread; `build` makes the stream for a key and keeps it.
    pub(crate) fn start(build: impl Fn(Key) + Send + 'static) -> Self {
        let (queue, requests) = channel::bounded(QUEUE);
        let shared = Arc::new(Shared::default());
        let work = {
            let shared = Arc::clone(&shared);
            move || shared.run(&requests, build)
        };
        let thread = thread::Builder::new().name("gzip-builder".into()).spawn(work);
        let thread = thread.inspect_err(|error| tracing::error!(%error, "answers stay plain")).ok();
        Self { queue: Some(queue), thread, shared }
    }

    /// Asks for a stream, without waiting for it or for others who ask: if they are in the way, a later search will
    /// ask again.
    pub(super) fn request(&self, key: Key) {
        let (Some(queue), Ok(mut requested)) = (&self.queue, self.shared.requested.try_lock())
        else {
            return;
        };
        if requested.insert(key) && queue.try_send(key).is_err() {
            requested.remove(&key);
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn stats(&self) -> BuilderStats {
        BuilderStats {
            built: self.shared.built.load(Ordering::Relaxed),
            waiting: self.shared.requested().len(),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
        }
    }
}

/// Ends the thread; a stream being built is finished, those that wait are not begun.
impl Drop for Builder {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.queue = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the gzip builder panicked");
        }
    }
}

impl Shared {
    fn run(&self, requests: &Receiver<Key>, build: impl Fn(Key)) {
        if let Err(error) = rustix::process::nice(NICENESS) {
            tracing::warn!(%error, "the gzip builder keeps its priority");
        }
        for key in requests {
            if self.stopping.load(Ordering::Relaxed) {
                return;
            }
            build(key);
            self.built.fetch_add(1, Ordering::Relaxed);
            self.requested().remove(&key);
        }
    }

    fn requested(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.requested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::{Place, Shape, Version};
    use super::*;
    use opencowin_model::{Date, DistrictId};

    fn key(district: u16) -> Key {
        let shape = Shape::Find { date: Date::constant(2021, 5, 1) };
        Key { place: Place::District(DistrictId(district)), shape, version: Version::V2 }
    }

    /// A builder whose builds wait to be let go, and the keys that it has begun.
    fn gated() -> (Builder, Sender<()>, Receiver<Key>) {
        let (begun, keys) = channel::unbounded();
        let (go, gate) = channel::unbounded();
        let build = move |key| {
            begun.send(key).unwrap();
            // The gate is closed for good when the test is over.
            let _ = gate.recv();
        };
        (Builder::start(build), go, keys)
    }

    #[test]
    fn a_key_is_built_once_however_many_ask() {
        let (builder, go, begun) = gated();
        (0..3).for_each(|_| builder.request(key(1)));
        assert_eq!(begun.recv().unwrap(), key(1));
        builder.request(key(1));
        builder.request(key(2));
        assert_eq!(builder.stats().waiting, 2);
        go.send(()).unwrap();
        assert_eq!(begun.recv().unwrap(), key(2), "key 1 was not begun again");
        assert_eq!(builder.stats(), BuilderStats { built: 1, waiting: 1, dropped: 0 });
        drop(go);
    }

    #[test]
    fn a_full_queue_drops_requests_and_stopping_drops_the_queue() {
        let (builder, go, begun) = gated();
        builder.request(key(0));
        begun.recv().unwrap();
        (1..=QUEUE as u16 + 5).for_each(|district| builder.request(key(district)));
        assert_eq!(builder.stats().dropped, 5);
        let shared = Arc::clone(&builder.shared);
        let stop = thread::spawn(move || drop(builder));
        while !shared.stopping.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        drop(go);
        stop.join().unwrap();
        assert_eq!(shared.built.load(Ordering::Relaxed), 1);
    }
}
