//! The one source of time.
//!
//! Nothing in the product asks the operating system for the date. It asks a [`Clock`], so that tests and the sandbox
//! can let days pass without waiting.

use jiff::{SignedDuration, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This many milliseconds later.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    /// Whole seconds since 1970-01-01 UTC, as tokens carry them.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The civil date and time of this moment in `zone`.
    pub fn civil(self, zone: &TimeZone) -> civil::DateTime {
        zone.to_datetime(self.instant())
    }

    /// The moment at which a day begins in `zone`; a day beyond all calendars never does.
    pub fn of_day(day: civil::Date, zone: &TimeZone) -> Self {
        let start = day.to_zoned(zone.clone());
        Self(start.map_or(i64::MAX, |start| start.timestamp().as_millisecond()))
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

/// ISO 8601 in UTC: `2021-04-28T10:30:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instant().fmt(f)
    }
}

/// As [`Display`](fmt::Display) writes it.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Any moment in ISO 8601 with its offset; what is finer than a millisecond is cut off.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'_, str>>::deserialize(deserializer)?;
        let instant: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(instant.as_millisecond()))
    }
}

/// Tells the time: the system's, moved forward by what a sandbox has asked for, or one that tests set by hand.
#[derive(Debug)]
pub struct Clock {
    /// The moment itself if `fixed`, else milliseconds added to the system's time.
    value_ms: AtomicI64,
    fixed: bool,
}

impl Clock {
    /// The system's time, `ahead_ms` milliseconds forward.
    pub fn system(ahead_ms: i64) -> Self {
        Self { value_ms: AtomicI64::new(ahead_ms), fixed: false }
    }

    /// A clock that stands still until it is moved.
    pub fn fixed(at: Timestamp) -> Self {
        Self { value_ms: AtomicI64::new(at.0), fixed: true }
    }

    /// A clock that stands still at a civil time in `zone`, for tests.
    pub fn fixed_at(at: civil::DateTime, zone: &TimeZone) -> Self {
        let at = zone.to_timestamp(at).expect("invariant: tests name times that exist");
        Self::fixed(Timestamp(at.as_millisecond()))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        let value = self.value_ms.load(Ordering::Acquire);
        if self.fixed { Timestamp(value) } else { Timestamp(system_ms() + value) }
    }

    /// Moves the clock forward; it never goes back.
    pub fn advance(&self, by: SignedDuration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(0).max(0);
        self.value_ms.fetch_add(ms, Ordering::AcqRel);
    }
}

fn system_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_can_pass_without_waiting() {
        let clock = Clock::fixed(Timestamp(0));
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now(), Timestamp(86_400_000));
        clock.advance(SignedDuration::from_hours(-24));
        assert_eq!(clock.now(), Timestamp(86_400_000), "time does not go back");
    }

    #[test]
    fn the_civil_date_is_that_of_the_zone() {
        let india =
            TimeZone::fixed(jiff::tz::offset(5).saturating_add(jiff::Span::new().minutes(30)));
        let late = Timestamp(
            jiff::civil::date(2021, 4, 27)
                .at(20, 0, 0, 0)
                .to_zoned(TimeZone::UTC)
                .unwrap()
                .timestamp()
                .as_millisecond(),
        );
        assert_eq!(late.civil(&india).date(), civil::date(2021, 4, 28));
        let midnight = Timestamp::of_day(civil::date(2021, 4, 28), &india);
        assert_eq!(midnight.civil(&india), civil::date(2021, 4, 28).at(0, 0, 0, 0));
    }
}
