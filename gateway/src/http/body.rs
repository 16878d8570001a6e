//! Request bodies: read whole within limits, parsed by simd-json, with values in any spelling that clients were seen
//! to send (wire contract 1.2: floats, numbers in strings, strings as numbers).

use super::{catalogue, problem::Problem, query};
use bytes::Buf;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::time::Duration;

/// The longest body accepted, in bytes. The contract's largest request has under 500.
pub const LIMIT: usize = 16 * 1024;

/// The deepest nesting accepted. The contract's requests have two levels.
const DEPTH: usize = 16;

/// Reads a body whole.
///
/// # Errors
/// 413 if it is longer than [`LIMIT`], 408 if it is not complete within `timeout`, 400 if it breaks off.
pub async fn read(body: Incoming, timeout: Duration) -> Result<Vec<u8>, Problem> {
    read_up_to(body, LIMIT, timeout).await
}

/// Reads a body of up to so many bytes whole.
///
/// # Errors
/// As [`read`].
pub async fn read_up_to(
    body: Incoming,
    limit: usize,
    timeout: Duration,
) -> Result<Vec<u8>, Problem> {
    if body.size_hint().lower() > limit as u64 {
        return Err(catalogue::BODY_TOO_LARGE.into());
    }
    let whole = tokio::time::timeout(timeout, Limited::new(body, limit).collect()).await;
    let whole = whole.map_err(|_| catalogue::BODY_TOO_SLOW)?;
    let whole = whole.map_err(|error| {
        let too_long = error.is::<http_body_util::LengthLimitError>();
        if too_long { catalogue::BODY_TOO_LARGE } else { catalogue::BODY_MALFORMED }
    })?;
    let mut buffer = whole.aggregate();
    let mut bytes = vec![0; buffer.remaining()];
    buffer.copy_to_slice(&mut bytes);
    Ok(bytes)
}

/// Parses a body. An empty one counts as an empty object, so that what is missing is said by name.
///
/// # Errors
/// USRRES0003 unless it is one JSON object, nested no deeper than the contract has use for.
pub fn parse<T: DeserializeOwned + Default>(mut bytes: Vec<u8>) -> Result<T, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    if too_deep(&bytes) || !starts_object(&bytes) {
        return Err(catalogue::BODY_MALFORMED.into());
    }
    simd_json::serde::from_slice(&mut bytes).map_err(|_| catalogue::BODY_MALFORMED.into())
}

/// A scalar in any spelling. Whatever else stands in its place (an object, say) is [`Loose::Other`], so that the
/// refusal can name the field instead of the whole body.
#[derive(Clone, Debug, PartialEq)]
pub enum Loose {
    /// A string.
    Text(String),
    /// An integer that is not negative.
    Whole(u64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<Loose>),
    /// An object, or a number that fits none of the above.
    Other,
}

impl Loose {
    /// As a whole number: `1`, `1.0`, `"1"`.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Self::Whole(number) => Some(*number),
            Self::Float(number) if number.fract() == 0.0 && (0.0..9e15).contains(number) => {
                Some(*number as u64)
            }
            Self::Text(text) => query::whole(text),
            _ => None,
        }
    }

    /// As text: a string, or a whole number in digits.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            other => other.whole().map(|number| number.to_string()),
        }
    }

    /// As a yes or no: `true`, `"true"`.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// A field that may be absent, `null` or empty, which are the same.
pub type Field = Option<Loose>;

/// The value of a required field.
///
/// # Errors
/// USRRES0001 if it is absent, `null` or an empty string.
pub fn required(field: &Field) -> Result<&Loose, Problem> {
    match field {
        None => Err(Problem::missing()),
        Some(Loose::Text(text)) if text.trim().is_empty() => Err(Problem::missing()),
        Some(value) => Ok(value),
    }
}

/// A required whole number.
///
/// # Errors
/// USRRES0001 if it is absent, USRRES0002 (with `name`) if it is something else.
pub fn whole(field: &Field, name: &str) -> Result<u64, Problem> {
    required(field)?.whole().ok_or_else(|| Problem::invalid(name))
}

/// A required text, blanks around it removed.
///
/// # Errors
/// USRRES0001 if it is absent, USRRES0002 (with `name`) if it is something else.
pub fn text(field: &Field, name: &str) -> Result<String, Problem> {
    let text = required(field)?.text().ok_or_else(|| Problem::invalid(name))?;
    Ok(text.trim().to_owned())
}

impl<'de> serde::Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(u64::try_from(value).map_or(Loose::Other, Loose::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Loose::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }
}

fn starts_object(bytes: &[u8]) -> bool {
    bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
}

/// Whether brackets nest deeper than [`DEPTH`], strings left out. A parser that recurses would otherwise let a short
/// body of brackets use up the thread's stack.
fn too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in bytes {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, serde::Deserialize, PartialEq)]
    #[serde(default)]
    struct Body {
        dose: Field,
        name: Field,
    }

    fn body(text: &str) -> Result<Body, Problem> {
        parse(text.as_bytes().to_vec())
    }

    #[test]
    fn numbers_come_in_every_spelling() {
        for text in [r#"{"dose":1}"#, r#"{"dose":1.0}"#, r#"{"dose":"1"}"#, r#"{"dose":"1.0"}"#] {
            assert_eq!(whole(&body(text).unwrap().dose, "dose"), Ok(1), "{text}");
        }
        for text in [
            r#"{"dose":-1}"#,
            r#"{"dose":1.5}"#,
            r#"{"dose":{}}"#,
            r#"{"dose":[1]}"#,
            r#"{"dose":true}"#,
        ] {
            assert_eq!(
                whole(&body(text).unwrap().dose, "dose"),
                Err(Problem::invalid("dose")),
                "{text}"
            );
        }
    }

    #[test]
    fn an_absent_a_null_and_an_empty_field_are_missing() {
        for sent in ["", "{}", r#"{"name":null}"#, r#"{"name":"  "}"#] {
            assert_eq!(text(&body(sent).unwrap().name, "name"), Err(Problem::missing()), "{sent}");
        }
    }

    #[test]
    fn a_body_of_brackets_is_refused_before_it_is_parsed() {
        let deep = format!("{{\"name\":{}", "[".repeat(16_000));
        assert_eq!(body(&deep), Err(catalogue::BODY_MALFORMED.into()));
        assert!(body(r#"{"name":"[[[[[[[[[[[[[[[[[[[[[["}"#).is_ok());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = parse::<Body>(bytes);
        }

        #[test]
        fn nearly_json_never_panics(text in r#"[\[\]{}",:0-9.eE\\ a-z\-]{0,200}"#) {
            let _ = body(&text);
        }
    }
}
