//! More than one generator machine.
//!
//! The machine that leads sends every worker the scenario and which part of it is theirs, waits until all are ready,
//! starts them together, and adds up what they bring home. Both sides speak JSON, a message a line, over TCP.
//!
//! - A worker that dies, or is silent for half a minute, is reported, and the run is invalid: part of its traffic was
//!   not offered.
//! - A worker whose leader is gone ends its traffic.
//! - Workers start within one network delay of each other; intervals are whole seconds from each one's own start.

mod channel;
mod lead;
mod serve;

pub use lead::{Gathered, lead};
pub use serve::serve;

use crate::measure::Interval;
use crate::people::OtpSource;
use crate::result::Violation;
use crate::run::Raw;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;

/// What the machine that leads says.
#[derive(Debug, Serialize, Deserialize)]
enum ToWorker {
    /// Who it is.
    Hello { version: String, secret: String },
    /// What is to be offered.
    Offer(Box<Order>),
    /// All are ready: begin after so many milliseconds.
    Start { after_ms: u64 },
    /// End the traffic; said twice, end everything.
    Stop,
}

/// What is to be offered.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    scenario: Scenario,
    target: String,
    seed: u64,
    otp: OtpSource,
    number: usize,
    of: usize,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
enum FromWorker {
    /// It will do it.
    Welcome,
    /// It will not, or it could not.
    Failed(String),
    /// How it stands.
    Tick { phase: String, rows: Vec<Interval>, violations: Vec<Violation> },
    /// Connected and prepared.
    Ready,
    /// What it brings home.
    Done(Box<Raw>),
}

/// Why a run with workers did not begin, or a worker does not serve.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct WorkerError(pub String);

/// From the order to start until the start: longer than any network delay.
const LEAD: Duration = Duration::from_millis(500);

/// How long the other side may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// How long a worker may take to be reached.
const REACH: Duration = Duration::from_secs(5);

/// Both sides have to be the same program.
const VERSION: &str = env!("CARGO_PKG_VERSION");
