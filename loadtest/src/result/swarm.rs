//! Honest people without a swarm of bots and with it.

use super::Quantiles;
use crate::limit::Limit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How honest people fared until a swarm of bots came and afterwards, and who got the seats. What became of each kind of bots
/// stands among the groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SwarmResult {
    /// When it came, in seconds from the start.
    pub begins_s: f64,
    /// Honest people before that.
    pub without: Phase,
    /// Honest people from then on.
    pub with: Phase,
    /// Bookings acknowledged to honest people, over the whole run.
    pub honest_seats: u64,
    /// Bookings acknowledged to bots.
    pub bot_seats: u64,
}

/// Honest people in one phase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// How long it lasted, in seconds.
    pub length_s: f64,
    /// Requests that ended.
    pub asked: u64,
    /// Those that were answered, a session that is sold out being an answer.
    pub admitted: u64,
    /// Those that a limit stopped.
    pub limited: BTreeMap<Limit, u64>,
    /// Those without an answer, or with one that the contract does not know.
    pub failed: u64,
    /// The share of requests that were answered; 1 if nothing was asked.
    pub success: f64,
    /// Bookings acknowledged.
    pub bookings: u64,
    /// From the moment at which requests were meant to start.
    pub latency_ms: Quantiles,
}
