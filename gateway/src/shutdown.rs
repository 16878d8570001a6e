//! When to stop.

use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// Waits until the process is asked to stop, by SIGTERM or Ctrl-C.
///
/// # Errors
/// If the system does not let signals be waited for.
pub fn wait_for_signal() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}
