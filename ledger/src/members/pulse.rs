//! The threads of a member: one lives, one follows.

use super::body::{Body, Limb};
use super::heart::Heart;
use crate::complaint::Complaint;
use crate::store::ReadError;
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The threads of a heart and a body. Dropping it ends them.
pub(crate) struct Pulse {
    following: Arc<AtomicBool>,
    /// Dropped to end the threads: the heart's, and the body's, which can be woken through it.
    stop: Option<Sender<()>>,
    wake: Option<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pulse {
    /// Lives from now on, and follows once it is [told to](Self::follow).
    pub(crate) fn start<L: Limb + 'static>(
        mut heart: Heart<L>,
        mut body: Body<L>,
        every: Duration,
    ) -> io::Result<Self> {
        let (stop, stopped) = bounded(1);
        let (wake, woken) = bounded(1);
        let following = Arc::new(AtomicBool::new(false));
        let (follows, beat_every) = (following.clone(), heart.every());
        let mut pulse = Self { following, stop: Some(stop), wake: Some(wake), threads: Vec::new() };
        pulse.spawn("ledger-heart", stopped, beat_every, move |now| heart.live(now))?;
        pulse.spawn("ledger-feed", woken, every, move |now| {
            if follows.load(Ordering::Acquire) { body.follow(now) } else { Ok(()) }
        })?;
        Ok(pulse)
    }

    /// Does the same again and again.
    fn spawn(
        &mut self,
        name: &str,
        woken: Receiver<()>,
        every: Duration,
        mut act: impl FnMut(Instant) -> Result<(), ReadError> + Send + 'static,
    ) -> io::Result<()> {
        let mut complaint = Complaint::default();
        let run = move || {
            while sleep(&woken, every) {
                let now = Instant::now();
                if let Err(error) = act(now)
                    && let Some(unlogged) = complaint.due(now)
                {
                    tracing::warn!(%error, unlogged, "the other gateways cannot be followed");
                }
            }
        };
        self.threads.push(thread::Builder::new().name(name.to_owned()).spawn(run)?);
        Ok(())
    }

    pub(crate) fn follow(&self) {
        self.following.store(true, Ordering::Release);
    }

    /// Has the body look at once.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // It was woken already if there is no room.
            let (Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(()))) =
                wake.try_send(());
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        (self.stop, self.wake) = (None, None);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread that keeps up with the other gateways panicked");
            }
        }
    }
}

/// Sleeps until woken; whether to go on.
fn sleep(woken: &Receiver<()>, longest: Duration) -> bool {
    !matches!(woken.recv_timeout(longest), Err(RecvTimeoutError::Disconnected))
}
