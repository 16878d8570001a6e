//! The engine's thread: it drives commits to their outcome and measures pauses.

use crossbeam::channel::{self, Receiver};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc;

/// How long a closing engine waits for what is under way. An outcome that comes later is still told.
const CLOSING: Duration = Duration::from_secs(5);

/// Runs tasks on one thread. Dropping it waits a while for those that are under way; they go on to their end.
pub(super) struct Driver {
    handle: Handle,
    /// The thread ends once nobody has a copy of this: neither the driver nor a task.
    needed: Option<mpsc::Sender<Infallible>>,
    ended: Receiver<Infallible>,
}

impl Driver {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let handle = runtime.handle().clone();
        let (needed, mut unneeded) = mpsc::channel(1);
        let (end, ended) = channel::bounded(0);
        let run = move || {
            runtime.block_on(unneeded.recv());
            drop(runtime);
            drop(end);
        };
        thread::Builder::new().name("foundationdb".to_owned()).spawn(run)?;
        Ok(Self { handle, needed: Some(needed), ended })
    }

    /// Starts a task, which goes on whatever happens to the driver.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let needed = self.needed.clone();
        self.handle.spawn(async move {
            task.await;
            drop(needed);
        });
    }

    /// Waits; for tasks of any thread.
    pub(super) fn pause(&self, time: Duration) -> impl Future<Output = ()> + Send + use<> {
        let pause = self.handle.spawn(async move { tokio::time::sleep(time).await });
        // It fails only with the runtime, and then nobody needs to wait any more.
        async move { drop(pause.await) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.needed = None;
        let _ = self.ended.recv_timeout(CLOSING);
    }
}
