//! The small values that signed documents are written in.

use crate::exact;
use jiff::Timestamp as Instant;
use opencowin_model::{CertificateId, EventId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

const URN: &str = "urn:uuid:";

/// A UUID as a URI (RFC 9562, `urn:uuid:…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urn(pub Uuid);

impl From<CertificateId> for Urn {
    fn from(id: CertificateId) -> Self {
        Self(id.0)
    }
}

impl From<EventId> for Urn {
    fn from(id: EventId) -> Self {
        Self(id.0)
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{URN}{}", self.0.hyphenated())
    }
}

impl FromStr for Urn {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A moment in whole seconds, as signed documents say it: `2021-04-28T10:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Seconds since 1970-01-01 UTC.
    seconds: i64,
}

impl Moment {
    /// The moment this many seconds after 1970-01-01 UTC; `None` outside of years -9999 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Instant::from_second(seconds).is_ok().then_some(Self { seconds })
    }

    /// Seconds since 1970-01-01 UTC.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// This many seconds later, or the end of the calendar.
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self::from(Timestamp((self.seconds + i64::from(seconds)) * 1000))
    }

    /// The same moment as others count it.
    pub fn timestamp(self) -> Timestamp {
        Timestamp(self.seconds * 1000)
    }

    fn instant(self) -> Instant {
        Instant::from_second(self.seconds).unwrap_or(Instant::MAX)
    }
}

/// What is finer than a second is cut off; beyond all calendars it is the calendar's end.
impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let calendar = Instant::MIN.as_second()..=Instant::MAX.as_second();
        Self { seconds: at.seconds().clamp(*calendar.start(), *calendar.end()) }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instant().fmt(f)
    }
}

impl FromStr for Moment {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        Ok(Self { seconds: text.parse::<Instant>()?.as_second() })
    }
}

macro_rules! as_text {
    ($($name:ident)*) => {
        $(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    exact::serialize(self, to)
                }
            }

            /// From exactly the text that is written.
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    exact::deserialize(from)
                }
            }
        )*
    };
}

as_text!(Urn Moment);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_moment_has_one_form() {
        let at = Moment::from(Timestamp(1_619_605_800_999));
        assert_eq!(serde_json::to_string(&at).unwrap(), r#""2021-04-28T10:30:00Z""#);
        assert_eq!(exact::parse("2021-04-28T10:30:00Z"), Some(at));
        for other in [
            "2021-04-28T10:30:00.0Z",
            "2021-04-28T10:30:00.5Z",
            "2021-04-28T10:30:00+00:00",
            "2021-04-28t10:30:00z",
            "2021-04-28 10:30:00Z",
            "2021-04-28T16:00:00+05:30",
        ] {
            assert_eq!(exact::parse::<Moment>(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_is_written_as_a_urn_in_one_form() {
        let id = CertificateId::from_random([7; 16]);
        let urn = Urn::from(id).to_string();
        assert_eq!(urn, format!("urn:uuid:{id}"));
        assert_eq!(exact::parse::<Urn>(&urn), Some(Urn(id.0)));
        for other in [id.to_string(), urn.to_uppercase(), format!("urn:uuid:{urn}")] {
            assert_eq!(exact::parse::<Urn>(&other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn every_moment_is_written_and_read_back(ms in any::<i64>()) {
            let at = Moment::from(Timestamp(ms));
            prop_assert_eq!(exact::parse(&at.to_string()), Some(at));
            prop_assert_eq!(Moment::from_seconds(at.seconds()), Some(at));
        }
    }
}
