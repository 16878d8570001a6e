//! The log: lines on standard error, at the level that `RUST_LOG` asks for. Nothing personal and no key is ever logged:
//! events carry ids of sessions, counts and times, never names, numbers or tokens.

use tracing_subscriber::EnvFilter;

/// Starts logging for the process. Without `RUST_LOG`, what an operator wants to know.
pub fn start() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,fjall=warn,lsm_tree=warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start in one process, as tests do, keeps the first.
    let _ = subscriber.try_init();
}
