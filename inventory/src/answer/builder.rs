//! The thread that compresses, out of the way of those that answer.

use super::shelf::Key;
use crossbeam::channel::{self, Receiver, Sender};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// Requests that may wait; while so many do, further ones are dropped and made again by a later search.
const QUEUE: usize = 4096;
/// The lowest priority that Linux has for ordinary threads.
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

    /// Asks for a stream, without waiting for it.
    pub(super) fn request(&self, key: Key) {
        let Some(queue) = &self.queue else { return };
        if self.shared.requested().insert(key) && queue.try_send(key).is_err() {
            self.shared.requested().remove(&key);
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
