//! What people write about themselves and about others, parsed: lines, reasons, addresses of mail and of pages.

use crate::http::body::{self, Field};
use crate::http::catalogue;
use crate::http::problem::Problem;
use http::Uri;
use opencowin_model::{Mobile, Pack};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest line, in characters.
pub const LINE: usize = 150;

/// The longest reason, in characters.
pub const REASON: usize = 200;

/// The longest text of several sentences, in characters.
pub const PARAGRAPH: usize = 2000;

/// The longest address of mail or of a page, in bytes (RFC 5321, 4.5.3.1.3, for mail).
const ADDRESS: usize = 254;

/// An address of mail, as far as its form can tell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads `somebody@example.org`: a local part of printable ASCII and a domain of two labels or more.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let local_fits = (1..=64).contains(&local.len())
            && local.bytes().all(|b| b.is_ascii_graphic() && !b"@<>()[]\\,;:\"".contains(&b))
            && !local.starts_with('.')
            && !local.ends_with('.');
        (text.len() <= ADDRESS && local_fits && is_domain(domain)).then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides whose it is.
impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(****)")
    }
}

/// The address of a page that everybody can read: `https`, a public name, no password in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Reads `https://example.org/terms`.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok().filter(|_| text.len() <= ADDRESS)?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let is_public = uri.scheme_str() == Some("https") && is_domain(authority.host());
        is_public.then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Two labels or more of letters, digits and hyphens; the last one is not a number, so that no IPv4 address is one.
pub(super) fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.')
        && name.split('.').all(is_label)
        && last.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A required line of text.
///
/// # Errors
/// USRRES0001 or USRRES0002, with the name of the field, unless it is 1 to [`LINE`] characters with no control among
/// them.
pub fn line(field: &Field, name: &str) -> Result<String, Problem> {
    text(field, name, LINE)
}

/// A required text of up to `longest` characters, none of them a control.
///
/// # Errors
/// As [`line()`].
pub fn text(field: &Field, name: &str, longest: usize) -> Result<String, Problem> {
    let text = present(field, name)?.text().ok_or_else(|| Problem::invalid(name))?;
    let text = text.trim();
    let fits = text.chars().count() <= longest && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(Problem::invalid(name)) }
}

/// A required value that `read` understands.
///
/// # Errors
/// As [`line()`]; USRRES0002 if `read` does not understand it.
pub fn parsed<T>(
    field: &Field,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Problem> {
    let text = text(field, name, PARAGRAPH)?;
    read(&text).ok_or_else(|| Problem::invalid(name))
}

/// A required mobile number.
///
/// # Errors
/// As [`line()`].
pub fn mobile(field: &Field, name: &str, pack: &Pack) -> Result<Mobile, Problem> {
    parsed(field, name, |text| pack.mobile(text))
}

/// A required UUID.
///
/// # Errors
/// As [`line()`].
pub fn uuid(field: &Field, name: &str) -> Result<Uuid, Problem> {
    parsed(field, name, |text| Uuid::try_parse(text).ok())
}

/// A required whole number.
///
/// # Errors
/// As [`line()`].
pub fn whole(field: &Field, name: &str) -> Result<u64, Problem> {
    present(field, name)?.whole().ok_or_else(|| Problem::invalid(name))
}

/// What only some write: nothing if it is absent or empty.
///
/// # Errors
/// Those of `read`.
pub fn optional<T>(
    field: &Field,
    read: impl FnOnce(&Field) -> Result<T, Problem>,
) -> Result<Option<T>, Problem> {
    if body::required(field).is_ok() { read(field).map(Some) } else { Ok(None) }
}

/// A field that has to be there.
///
/// # Errors
/// USRRES0001, with the name of the field.
pub fn present<'a>(field: &'a Field, name: &str) -> Result<&'a body::Loose, Problem> {
    body::required(field).map_err(|_| missing(name))
}

fn missing(name: &str) -> Problem {
    let entry = catalogue::PARAMETER_MISSING;
    Problem::with_text(entry, format!("{}: {name}", entry.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::body::Loose;
    use proptest::prelude::*;

    #[test]
    fn an_address_of_mail_has_a_name_and_a_public_domain() {
        for right in ["a@example.org", "first.last+tag@mail.example.co.in"] {
            assert!(Email::parse(right).is_some(), "{right}");
        }
        for wrong in
            ["", "a", "a@", "@b.in", "a@b", "a b@c.in", "a@b..in", "a@-b.in", "a@@b.in", ".a@b.in"]
        {
            assert!(Email::parse(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{:?}", Email::parse("asha@example.org")).contains("asha"));
    }

    #[test]
    fn a_link_is_to_a_page_that_everybody_can_read_safely() {
        for right in ["https://example.org", "https://www.example.co.in:8443/a/b?c=d"] {
            assert!(Link::parse(right).is_some(), "{right}");
        }
        for wrong in [
            "http://example.org",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://user:secret@example.org/",
            "javascript:alert(1)",
            "example.org",
            "https:///x",
            "https://exa mple.org",
        ] {
            assert!(Link::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_missing_and_what_is_wrong_is_said_by_name() {
        let of = |text: &str| Some(Loose::Text(text.to_owned()));
        let told = |answer: Result<String, Problem>| match answer {
            Err(Problem::Entry(entry, text)) => (entry.code, text.into_owned()),
            other => panic!("{other:?}"),
        };
        let missing = ("USRRES0001", "Input parameter missing: city".to_owned());
        assert_eq!(told(line(&None, "city")), missing);
        assert_eq!(told(line(&of("  "), "city")), missing);
        let invalid = ("USRRES0002", "Invalid input parameter: city".to_owned());
        assert_eq!(told(line(&of("a\u{7}b"), "city")), invalid);
        assert_eq!(told(line(&of(&"x".repeat(LINE + 1)), "city")), invalid);
        assert_eq!(told(line(&Some(Loose::Other), "city")), invalid);
        assert_eq!(line(&of(" नई दिल्ली "), "city").unwrap(), "नई दिल्ली");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_panic(text: String) {
            let _ = (Email::parse(&text), Link::parse(&text));
        }
    }
}
