//! Bots beside honest people.

use super::group::{Group, requests_per_visit, visit_weights};
use serde::{Deserialize, Serialize};

/// Bots that come in the midst of a run. Before that the honest people are alone, so that one run shows how they fare
/// without the swarm and with it, at the same rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swarm {
    /// When it comes, as a share of the duration.
    #[serde(default = "half")]
    pub begins: f64,
    /// Its rate: so many requests for each that honest people send.
    pub times: f64,
    /// Its kinds.
    pub bots: Vec<Group>,
}

fn half() -> f64 {
    0.5
}

impl Swarm {
    /// Requests that an average visit of a bot makes.
    pub fn requests_per_visit(&self) -> f64 {
        requests_per_visit(&self.bots)
    }

    /// How often each kind comes, as shares of all visits of bots.
    pub fn visit_weights(&self) -> Vec<f64> {
        visit_weights(&self.bots)
    }
}
