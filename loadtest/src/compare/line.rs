//! One line of a comparison.

use serde::Serialize;
use std::fmt;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Requests that ended, per second.
    Throughput,
    /// Bookings confirmed, per second.
    Goodput,
    /// Errors as a share of all requests.
    ErrorShare,
    /// The median latency in milliseconds.
    P50,
    /// What 90 % did not exceed, in milliseconds.
    P90,
    /// What 99 % did not exceed, in milliseconds.
    P99,
}

impl Measure {
    /// The quantile of a latency; the median for what is none.
    pub(super) fn quantile(self) -> f64 {
        match self {
            Self::P90 => 0.9,
            Self::P99 => 0.99,
            _ => 0.5,
        }
    }

    /// The least number of requests that it takes: ten beyond the quantile.
    pub(super) fn least(self) -> u64 {
        match self {
            Self::P50 => 20,
            Self::P90 => 100,
            Self::P99 => 1_000,
            _ => 0,
        }
    }

    /// How A and B are set against each other: shares are near 0, where ratios say little.
    pub(super) fn effect(self) -> Effect {
        if self == Self::ErrorShare { Effect::Difference } else { Effect::Ratio }
    }

    /// What it means that it rises or falls.
    pub(super) fn verdict(self, rises: bool) -> Verdict {
        match (self, rises) {
            (Self::ErrorShare, true) => Verdict::MoreErrors,
            (Self::ErrorShare, false) => Verdict::FewerErrors,
            (Self::Throughput | Self::Goodput, true) => Verdict::Faster,
            (Self::Throughput | Self::Goodput, false) => Verdict::Slower,
            (_, true) => Verdict::Slower,
            (_, false) => Verdict::Faster,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Throughput => "throughput",
            Self::Goodput => "goodput",
            Self::ErrorShare => "error share",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P99 => "p99",
        })
    }
}

/// How A and B are set against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// B divided by A; 1 is no change.
    Ratio,
    /// B less A; 0 is no change.
    Difference,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// B answers sooner, or more per second.
    Faster,
    /// B answers later, or less per second.
    Slower,
    /// B has fewer errors.
    FewerErrors,
    /// B has more errors.
    MoreErrors,
    /// None beyond noise.
    NoDifference,
}

impl Verdict {
    /// Whether B does better than A.
    pub fn is_better(self) -> bool {
        matches!(self, Self::Faster | Self::FewerErrors)
    }

    /// Whether B does worse than A.
    pub fn is_worse(self) -> bool {
        matches!(self, Self::Slower | Self::MoreErrors)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::FewerErrors => "fewer errors",
            Self::MoreErrors => "more errors",
            Self::NoDifference => "no difference seen",
        })
    }
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// `all traffic`, or the operation.
    pub subject: &'static str,
    /// What is compared.
    pub measure: Measure,
    /// In A, from its rows; latencies to the 6 % of their buckets, interpolated.
    pub a: f64,
    /// In B.
    pub b: f64,
    /// What `change`, `low`, `high` and `noise` are.
    pub effect: Effect,
    /// B against A.
    pub change: f64,
    /// The lower end of the change's confidence interval, for this line alone.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The noise floor: half of the width of A's interval against itself, as a share of A for ratios.
    pub noise: f64,
    /// The chance of a change as large as this one by noise, corrected for the number of lines.
    pub chance: f64,
    /// What follows.
    pub verdict: Verdict,
}
