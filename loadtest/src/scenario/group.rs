//! Groups of people, and how often each comes.

use super::Flow;
use serde::{Deserialize, Serialize};

/// One kind of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name in reports.
    pub name: String,
    /// Its share of all requests; shares need not add up to anything.
    pub share: f64,
    /// What it does.
    #[serde(flatten)]
    pub flow: Flow,
}

impl Group {
    fn visits(&self) -> f64 {
        self.share / self.flow.requests()
    }
}

/// Requests that an average visit makes.
pub(super) fn requests_per_visit(groups: &[Group]) -> f64 {
    let visits: f64 = groups.iter().map(Group::visits).sum();
    groups.iter().map(|group| group.share).sum::<f64>() / visits
}

/// How often each group comes, as shares of all visits.
pub(super) fn visit_weights(groups: &[Group]) -> Vec<f64> {
    let sum: f64 = groups.iter().map(Group::visits).sum();
    groups.iter().map(|group| group.visits() / sum).collect()
}
