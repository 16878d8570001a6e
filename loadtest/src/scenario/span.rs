//! Durations as people write them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A duration, written as a number and a unit: `us`, `ms`, `s`, `m` or `h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Span {
    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    /// In seconds.
    pub fn as_s(self) -> f64 {
        self.0.as_secs_f64()
    }
}

/// Units, longest names first where one ends like another, and how many nanoseconds they have.
const UNITS: [(&str, f64); 5] = [("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "`{text}` is not a duration: a number and one of us, ms, s, m, h, such as 250ms"
            )
        };
        let end = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(refused)?;
        let (number, unit) = text.split_at(end);
        let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refused)?;
        let number: f64 = number.trim().parse().map_err(|_| refused())?;
        let seconds = number * nanos / 1e9;
        // A year is longer than any test, and keeps sums of moments away from overflow.
        if !(0.0..=365.0 * 86_400.0).contains(&seconds) {
            return Err(refused());
        }
        Ok(Self(Duration::from_nanos((number * nanos).round() as u64)))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let whole = UNITS.iter().rev().find(|(_, unit)| nanos.is_multiple_of(*unit as u128));
        let (unit, size) = whole.unwrap_or(&UNITS[0]);
        if nanos == 0 { f.write_str("0s") } else { write!(f, "{}{unit}", nanos as f64 / size) }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_no_unit_or_no_end_is_refused() {
        for text in ["60", "", "s", "-1s", "1d", "1e400s", "NaNs", "infs", "1 2s"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
        assert_eq!("1.5m".parse(), Ok(Span::seconds(90)));
    }

    proptest! {
        #[test]
        fn a_span_survives_its_text(us in 0u64..1_000_000_000_000) {
            let span = Span(Duration::from_micros(us));
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }
    }
}
