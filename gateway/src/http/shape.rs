//! What a request must look like before anything in it is read.
//!
//! The rules cost a search a few comparisons: what is about bodies is only asked of requests that have one. hyper has seen
//! to the head's size and syntax before.

use super::catalogue;
use super::problem::Problem;
use http::request::Parts;
use http::{HeaderValue, Method, header};
use hyper::body::Body;

/// The longest path with its query, in bytes. The longest that any client of the real service sent had under 300.
const URI_BYTES: usize = 2048;

/// The most header lines. Browsers behind two proxies send about 30.
const HEADER_LINES: usize = 64;

/// Holds a request against the rules.
///
/// # Errors
/// USRRES0020 to USRRES0023, USRRES0025 and 0026, each for one rule.
pub fn check(parts: &Parts, body: &impl Body) -> Result<(), Problem> {
    let length = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    if length > URI_BYTES {
        return Err(catalogue::URI_TOO_LONG.into());
    }
    if parts.headers.len() > HEADER_LINES {
        return Err(catalogue::HEADERS_TOO_MANY.into());
    }
    if is_odd(parts.uri.path()) {
        return Err(catalogue::PATH_MALFORMED.into());
    }
    if body.is_end_stream() { Ok(()) } else { check_body(parts) }
}

fn check_body(parts: &Parts) -> Result<(), Problem> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(&parts.method) {
        return if announces_body(parts) { Err(catalogue::BODY_UNEXPECTED.into()) } else { Ok(()) };
    }
    let headers = &parts.headers;
    let encoded = headers.get(header::CONTENT_ENCODING);
    if encoded.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(catalogue::BODY_ENCODED.into());
    }
    let expects = headers.get(header::EXPECT);
    if expects.is_some_and(|what| !what.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err(catalogue::EXPECTATION_UNKNOWN.into());
    }
    Ok(())
}

/// What a request brings in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JSON object.
    Json,
    /// A file of comma-separated values.
    Csv,
    /// A certificate: JSON, the text of a code, a PDF or a picture.
    Certificate,
}

/// Holds the type of a body, if there is one, against what it has to be.
///
/// # Errors
/// USRRES0024.
pub fn check_kind(parts: &Parts, body: &impl Body, wanted: Kind) -> Result<(), Problem> {
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let fits = match wanted {
        _ if body.is_end_stream() => true,
        Kind::Json => kind.is_none_or(may_be_json),
        Kind::Csv => kind.is_some_and(is_csv),
        Kind::Certificate => kind.is_none_or(|kind| may_be_json(kind) || is_drawn(kind)),
    };
    if fits { Ok(()) } else { Err(catalogue::BODY_OF_OTHER_TYPE.into()) }
}

/// Whether a body is said to be CSV. In which encoding it is shows when it is read.
fn is_csv(kind: &HeaderValue) -> bool {
    is_said(kind, &["text/csv"])
}

/// Whether a body is said to be a document or a picture of the kinds that certificates are read from.
fn is_drawn(kind: &HeaderValue) -> bool {
    is_said(kind, &["application/pdf", "image/png"])
}

fn is_said(kind: &HeaderValue, types: &[&str]) -> bool {
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    types.iter().any(|said| kind.trim().eq_ignore_ascii_case(said))
}

/// Whether the head says that there is a body. With HTTP/2 an empty one may still be open when the head has come.
fn announces_body(parts: &Parts) -> bool {
    let length = parts.headers.get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0")
        || parts.headers.contains_key(header::TRANSFER_ENCODING)
}

/// Whether a body of this type may be JSON: it says so, or it is a type that programs send without having chosen one
/// (`text/plain` by `fetch`, a form by curl and PHP). What it is shows when it is parsed.
fn may_be_json(kind: &HeaderValue) -> bool {
    let Ok(kind) = kind.to_str() else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.split_once('/') {
        Some(("application", "json" | "x-www-form-urlencoded"))
        | Some(("text", "plain" | "json")) => true,
        Some(("application", subtype)) => subtype.ends_with("+json"),
        Some(_) => false,
        None => kind.is_empty(),
    }
}

/// Whether a path says one thing and may mean another: steps upwards, control bytes, slashes in disguise, broken escapes.
fn is_odd(path: &str) -> bool {
    let is_plain = !path.contains('%') && !path.contains("..");
    !is_plain
        && path
            .split('/')
            .any(|segment| decoded(segment).is_none_or(|bytes| is_odd_segment(&bytes)))
}

fn is_odd_segment(bytes: &[u8]) -> bool {
    bytes == b".." || bytes.iter().any(|byte| byte.is_ascii_control() || b"/\\".contains(byte))
}

/// A segment without its escapes, if they are whole.
fn decoded(segment: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        let digit = |at: usize| char::from(digits[at]).to_digit(16);
        bytes.push((digit(0)? * 16 + digit(1)?) as u8);
        rest = behind;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Request;
    use http_body_util::Full;
    use proptest::prelude::*;

    /// What is said to a request with these headers, and with or without a body.
    fn said(
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> Option<&'static str> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, body) = request.body(Full::new(Bytes::from(body))).unwrap().into_parts();
        let checked = check(&parts, &body).and_then(|()| check_kind(&parts, &body, Kind::Json));
        checked.err().map(|problem| problem.label())
    }

    #[test]
    fn what_clients_send_is_let_in() {
        let path = "/api/v2/appointment/sessions/public/findByPin?pincode=110001&date=01-05-2021";
        assert_eq!(said("GET", path, &[("content-length", "0")], ""), None);
        assert_eq!(said("DELETE", "/a%20b/%E0%A4%86", &[], "{}"), None);
        for kind in [
            "",
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/plain;charset=UTF-8",
            "application/x-www-form-urlencoded",
            "application/problem+json",
        ] {
            assert_eq!(said("POST", "/", &[("content-type", kind)], "{}"), None, "{kind}");
        }
        let usual = [("content-encoding", "identity"), ("expect", "100-Continue")];
        assert_eq!(said("POST", "/", &usual, "{}"), None);
    }

    #[test]
    fn paths_that_mean_something_else_are_refused() {
        for path in [
            "/a/../b",
            "/..",
            "/%2e%2E/a",
            "/%00",
            "/a%0d%0ab",
            "/a%2fb",
            "/a%5cb",
            "/%",
            "/%a",
            "/%zz",
            "/%7f",
        ] {
            assert_eq!(said("GET", path, &[], ""), Some("USRRES0022"), "{path}");
        }
        for path in ["/a..b", "/...", "/a.b/c", "/?path=../..", "/?x=%00"] {
            assert_eq!(said("GET", path, &[], ""), None, "{path}");
        }
    }

    #[test]
    fn each_rule_has_its_own_answer() {
        let long = format!("/?{}", "x".repeat(URI_BYTES));
        assert_eq!(said("GET", &long, &[], ""), Some("USRRES0020"));
        let many = [("x-junk", "1"); HEADER_LINES + 1];
        assert_eq!(said("GET", "/", &many, ""), Some("USRRES0021"));
        for header in [("content-length", "2"), ("transfer-encoding", "chunked")] {
            assert_eq!(said("GET", "/", &[header], "{}"), Some("USRRES0023"));
        }
        for kind in
            ["multipart/form-data; boundary=x", "application/xml", "text/csv", "json", "a/b/json"]
        {
            assert_eq!(
                said("POST", "/", &[("content-type", kind)], "{}"),
                Some("USRRES0024"),
                "{kind}"
            );
        }
        for coding in ["gzip", "deflate", "br", "identity, gzip"] {
            assert_eq!(
                said("POST", "/", &[("content-encoding", coding)], "{}"),
                Some("USRRES0025")
            );
        }
        assert_eq!(said("POST", "/", &[("expect", "gold")], "{}"), Some("USRRES0026"));
    }

    #[test]
    fn a_file_has_to_say_what_it_is() {
        let said = |kind: &str| {
            let request = Request::post("/").header("content-type", kind);
            let (parts, body) = request.body(Full::new(Bytes::from("x"))).unwrap().into_parts();
            check_kind(&parts, &body, Kind::Csv).is_ok()
        };
        assert!(said("text/csv") && said("Text/CSV; charset=utf-8"));
        assert!(!said("application/json") && !said("text/plain") && !said(""));
    }

    proptest! {
        #[test]
        fn no_path_panics(path in "[/.%0-9a-fA-F\\\\é]{0,60}") {
            let _ = is_odd(&path);
        }
    }
}
