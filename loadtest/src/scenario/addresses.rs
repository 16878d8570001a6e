//! Where people are: at an address of their own, or behind one with others.

use serde::{Deserialize, Serialize};

/// Where people are. A target has to believe `X-Forwarded-For` from the generator, as a sandbox does from its own machine; any
/// other counts all of them as one address.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Addresses {
    /// Whether each request tells its person's address in `X-Forwarded-For`.
    pub forwarded: bool,
    /// The share of honest people who are behind an address with others: in a household, in an office, in a mobile network.
    pub shared: f64,
    /// How many people such an address has.
    pub people: u64,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { forwarded: true, shared: 0.0, people: 20 }
    }
}
