//! The small values that signed documents are written in.

use crate::exact;
use jiff::Timestamp as Instant;
use opencowin_model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A certificate's id: 128 random bits but for those that say so. A correction has an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId(pub Uuid);

impl CertificateId {
    /// From 16 random bytes, as a version 4 UUID.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Reads the hyphenated form in lower case, bare or as a URN; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix(URN).unwrap_or(text);
        exact::parse(bare).map(Self)
    }
}

/// Hyphenated, in lower case.
impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

const URN: &str = "urn:uuid:";

/// A UUID as a URI (RFC 9562, `urn:uuid:…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urn(pub Uuid);

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
    fn an_id_is_read_bare_and_as_a_urn() {
        let id = CertificateId::from_random([7; 16]);
        assert_eq!(CertificateId::parse(&id.to_string()), Some(id));
        assert_eq!(CertificateId::parse(&Urn(id.0).to_string()), Some(id));
        assert_eq!(CertificateId::parse("urn:uuid:urn:uuid:"), None);
        assert_eq!(exact::parse::<Urn>(&id.to_string()), None, "a URN says that it is one");
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
