//! The civil day that daily quotas are counted by.

use opencowin_model::Timestamp;
use std::time::Duration;

const DAY_MS: i64 = 86_400_000;

/// A civil day and how much of it is left. Quotas per day start anew at midnight in the programme's time zone, when partners and
/// their invoices expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub(crate) number: u32,
    /// Until midnight.
    pub(crate) left: Duration,
}

impl Day {
    /// The day of `now` where clocks are `offset_ms` milliseconds ahead of UTC (19,800,000 in India).
    pub fn at(now: Timestamp, offset_ms: i64) -> Self {
        let local_ms = now.0.saturating_add(offset_ms);
        let left_ms = DAY_MS - local_ms.rem_euclid(DAY_MS);
        Self {
            number: u32::try_from(local_ms.div_euclid(DAY_MS)).unwrap_or(0),
            left: Duration::from_millis(left_ms.unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_that_of_the_programme() {
        let before = Day::at(Timestamp(66_599_999), 19_800_000);
        assert_eq!((before.number, before.left), (0, Duration::from_millis(1)));
        let after = Day::at(Timestamp(66_600_000), 19_800_000);
        assert_eq!((after.number, after.left), (1, Duration::from_secs(86_400)));
    }

    #[test]
    fn no_moment_panics() {
        for now in [i64::MIN, -1, i64::MAX] {
            Day::at(Timestamp(now), 1);
        }
    }
}
