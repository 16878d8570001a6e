//! Ctrl-C: once ends the traffic, twice the reading back too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often somebody has asked for an end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicU32>);

impl Interrupt {
    /// Listens for SIGINT and SIGTERM from now on.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn listen() -> std::io::Result<Self> {
        let interrupt = Self::default();
        let count = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async move {
                use tokio::signal::unix::{SignalKind, signal};
                let (Ok(mut int), Ok(mut term)) =
                    (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
                else {
                    return;
                };
                loop {
                    tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} }
                    count.ask();
                }
            });
        })?;
        Ok(interrupt)
    }

    /// Asks for an end, as Ctrl-C does.
    pub fn ask(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether traffic is to end.
    pub fn ends_traffic(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 1
    }

    /// Whether everything is to end.
    pub fn ends_everything(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= 2
    }
}
