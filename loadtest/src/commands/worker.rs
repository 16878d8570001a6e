//! `worker`: traffic for a run that another machine leads.

use super::Failed;
use crate::cli::Worker;
use crate::run::Interrupt;
use crate::worker;
use std::io::Write;

/// Serves until it is ended.
pub(super) fn serve(arguments: &Worker, out: &mut impl Write) -> Result<u8, Failed> {
    let interrupt = Interrupt::listen().map_err(|error| Failed::Undone(error.to_string()))?;
    let listening = |address| {
        // Whoever started it may not be reading.
        let _ = writeln!(out, "listening on {address}").and_then(|()| out.flush());
    };
    worker::serve(
        arguments.listen,
        arguments.secret.as_deref(),
        arguments.tls_roots.clone(),
        &interrupt,
        listening,
    )
    .map(|()| 0)
    .map_err(|error| Failed::Undone(error.to_string()))
}
