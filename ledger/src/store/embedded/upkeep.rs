//! What goes on behind the commits: flushing the index, compacting it, and having log segments at hand.
//!
//! Both threads run at the lowest priority. When they fall behind, the applier waits for them.

use super::history::History;
use super::index::Index;
use super::segments::Segments;
use super::sequencer::Sequencer;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// The nicest there is.
const LOWEST_PRIORITY: i32 = 19;

/// The work of the background threads, and what wakes them; see the [module](self).
pub(super) struct Upkeep {
    pub(super) index: Arc<Index>,
    pub(super) history: Arc<History>,
    pub(super) segments: Arc<Segments>,
    pub(super) sequencer: Arc<Sequencer>,
    /// Segments to have ready: one per log.
    pub(super) logs: usize,
    pub(super) signals: Signals,
}

/// Who has been woken, and by whom.
#[derive(Default)]
pub(super) struct Signals {
    state: Mutex<Woken>,
    changed: Condvar,
}

#[derive(Default)]
struct Woken {
    flusher: bool,
    compactor: bool,
    closed: bool,
}

impl Upkeep {
    /// Has the flusher look for work.
    pub(super) fn wake(&self) {
        self.signals.change(|woken| woken.flusher = true);
    }

    /// Waits until the background work has caught up so far that `behind` no longer holds.
    pub(super) fn wait_while(&self, behind: impl Fn() -> bool) {
        let mut state = self.signals.state();
        while behind() && !state.closed {
            state = self.signals.wait(state);
        }
    }

    /// Lets both threads end.
    pub(super) fn close(&self) {
        self.signals.change(|woken| woken.closed = true);
    }

    /// The thread that flushes the index and frees and prepares segments.
    pub(super) fn run_flusher(&self) {
        yield_to_others();
        while self.signals.wait_for(|woken| std::mem::take(&mut woken.flusher)) {
            if let Err(reason) = self.flush() {
                return self.fail(reason);
            }
            self.signals.change(|woken| woken.compactor = true);
        }
    }

    /// The thread that compacts the index.
    pub(super) fn run_compactor(&self) {
        yield_to_others();
        while self.signals.wait_for(|woken| std::mem::take(&mut woken.compactor)) {
            if let Err(reason) = self.compact() {
                return self.fail(reason);
            }
        }
    }

    /// Does all that the flusher has to do.
    pub(super) fn flush(&self) -> Result<(), String> {
        if self.index.needs_flush() {
            let flushed = self.index.flush(self.history.watermark());
            let indexed = flushed.map_err(|error| format!("flushing the index: {error}"))?;
            self.signals.change(|_| {});
            let freed = self.segments.recycle(indexed);
            freed.map_err(|error| format!("freeing log segments: {error}"))?;
        }
        let prepared = self.segments.keep_ready(self.logs, self.sequencer.durable());
        prepared.map_err(|error| format!("preparing log segments: {error}"))
    }

    /// Compacts until there is nothing more to compact.
    fn compact(&self) -> Result<(), String> {
        while !self.signals.state().closed {
            let changed = self.index.compact(self.history.watermark());
            if !changed.map_err(|error| format!("compacting the index: {error}"))? {
                break;
            }
            self.signals.change(|_| {});
        }
        Ok(())
    }

    fn fail(&self, reason: String) {
        self.sequencer.fail(reason);
        self.signals.change(|_| {});
    }
}

impl Signals {
    fn change(&self, change: impl FnOnce(&mut Woken)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits until `take` takes something; false when closed.
    fn wait_for(&self, take: impl Fn(&mut Woken) -> bool) -> bool {
        let mut state = self.state();
        loop {
            if state.closed {
                return false;
            }
            if take(&mut state) {
                return true;
            }
            state = self.wait(state);
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, Woken>) -> MutexGuard<'a, Woken> {
        self.changed.wait(state).expect("invariant: nothing panics while it holds the signals")
    }

    fn state(&self) -> MutexGuard<'_, Woken> {
        self.state.lock().expect("invariant: nothing panics while it holds the signals")
    }
}

/// Gives this thread the lowest priority. Where that is not allowed it keeps its own, and nothing is lost but some smoothness.
fn yield_to_others() {
    if let Err(error) = rustix::process::nice(LOWEST_PRIORITY) {
        tracing::warn!(%error, "a background thread of the store keeps its priority");
    }
}
