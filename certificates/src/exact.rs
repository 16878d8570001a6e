//! Values whose text has exactly one form: what is read must be what would be written.
//!
//! A verifier reads a document into types and writes it again to check the signature. If two texts were read as one value,
//! a document could be changed without its signature noticing.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::Serializer;
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

/// Reads the one form of a value; `None` for any other text.
pub(crate) fn parse<T: FromStr + Display>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

/// For `serde(with)`: as the text that `Display` writes.
pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// For `serde(with)`: from exactly that text.
pub(crate) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: FromStr + Display,
    D: Deserializer<'de>,
{
    let text = Cow::<'de, str>::deserialize(from)?;
    parse(&text).ok_or_else(|| D::Error::custom("not in its one form"))
}

/// The same for a member that may be missing. It is never `null`, which would be a second form of missing.
pub(crate) mod option {
    use super::{Deserializer, Display, FromStr, Serializer};

    pub(crate) fn serialize<T, S>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error>
    where
        T: Display,
        S: Serializer,
    {
        match value {
            Some(value) => to.collect_str(value),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr + Display,
        D: Deserializer<'de>,
    {
        super::deserialize(from).map(Some)
    }
}

/// For `serde(deserialize_with)`: a member that may be missing, and is never `null`.
pub(crate) fn present<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use uuid::Uuid;

    #[test]
    fn a_second_spelling_of_a_value_is_refused() {
        assert!(parse::<Date>("2021-04-28").is_some());
        for other in ["20210428", "2021-04-28T00:00:00", " 2021-04-28", "+002021-04-28"] {
            assert_eq!(parse::<Date>(other), None, "{other}");
        }
        assert!(parse::<Uuid>("67e55044-10b1-426f-9247-bb680e5fe0c8").is_some());
        for other in ["67E55044-10B1-426F-9247-BB680E5FE0C8", "67e5504410b1426f9247bb680e5fe0c8"] {
            assert_eq!(parse::<Uuid>(other), None, "{other}");
        }
        assert_eq!(parse::<u32>("+7").or(parse("07")), None);
    }
}
