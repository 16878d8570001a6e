//! Why a request was not done, as the client is told.

use super::catalogue::{self, Entry};
use super::reply::{self, Reply};
use http::{HeaderValue, Method, StatusCode, header};
use std::borrow::Cow;

/// A refusal on the wire. Handlers return it; [`Problem::into_reply`] is the only place that writes error bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `{"errorCode", "error"}` of the catalogue.
    Entry(Entry, Cow<'static, str>),
    /// 401 with a plain text, as the real service sent it (wire contract 1.9).
    Unauthenticated,
    /// 403 `{"message":"Forbidden"}`: a missing or unknown API key (wire contract 1.9).
    Forbidden,
    /// 403 of the gateway's own for a user who is blocked.
    Denied,
    /// 403 of the firewall for an address that calls too often.
    Blocked(Excess),
    /// 429 for a key that is used too often.
    OverQuota(Excess),
    /// 429 for a user who searches too often; they are logged out.
    LoggedOut(Excess),
    /// 405 with the methods that the path has.
    MethodNotAllowed(Vec<Method>),
}

/// Which limit somebody has used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Its name.
    pub limit: &'static str,
    /// How many calls it admits.
    pub calls: u64,
    /// In how many seconds.
    pub window_s: u64,
    /// After how many seconds a call would be admitted.
    pub after_s: u64,
}

impl Problem {
    /// The entry with a text of its own.
    pub fn with_text(entry: Entry, text: String) -> Self {
        Self::Entry(entry, Cow::Owned(text))
    }

    /// A required parameter or field is absent.
    pub fn missing() -> Self {
        catalogue::PARAMETER_MISSING.into()
    }

    /// The parameter or field `name` has the wrong type, form or range.
    pub fn invalid(name: &str) -> Self {
        let entry = catalogue::PARAMETER_INVALID;
        Self::with_text(entry, format!("{}: {name}", entry.text))
    }

    /// The status that the client sees.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Entry(entry, _) => entry.status,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Denied | Self::Blocked(_) => StatusCode::FORBIDDEN,
            Self::OverQuota(_) | Self::LoggedOut(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The code by which metrics count it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Entry(entry, _) => entry.code,
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Denied => "denied",
            Self::Blocked(_) => "blocked",
            Self::OverQuota(_) => "over-quota",
            Self::LoggedOut(_) => "logged-out",
            Self::MethodNotAllowed(_) => catalogue::METHOD_NOT_ALLOWED.code,
        }
    }

    /// The answer.
    pub fn into_reply(self) -> Reply {
        match self {
            Self::Entry(entry, text) => of_entry(entry, &text),
            Self::Unauthenticated => {
                reply::text(StatusCode::UNAUTHORIZED, "Unauthenticated access!")
            }
            Self::Forbidden => {
                reply::json(StatusCode::FORBIDDEN, r#"{"message":"Forbidden"}"#.into())
            }
            Self::Denied => denied(),
            Self::Blocked(excess) => excess.tell(reply::html(StatusCode::FORBIDDEN, BLOCKED)),
            Self::OverQuota(excess) => excess.tell(too_many(r#"{"message":"Too Many Requests"}"#)),
            Self::LoggedOut(excess) => excess.tell(too_many(TOO_MANY_SEARCHES)),
            Self::MethodNotAllowed(methods) => method_not_allowed(&methods),
        }
    }
}

impl From<Entry> for Problem {
    fn from(entry: Entry) -> Self {
        Self::Entry(entry, Cow::Borrowed(entry.text))
    }
}

/// The page that clients were seen to look for (wire contract 1.9); the words are ours but for those.
const BLOCKED: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<title>ERROR: The request could not be satisfied</title></head>\
<body><h1>403 ERROR</h1><h2>The request could not be satisfied.</h2>\
<p>Request blocked. This address sends too many requests.</p></body></html>\n";

fn denied() -> Reply {
    let body =
        r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
    let mut reply = reply::json(StatusCode::FORBIDDEN, body.into());
    let kind = HeaderValue::from_static("AccessDeniedException");
    reply.headers_mut().insert("x-amzn-errortype", kind);
    reply
}

const TOO_MANY_SEARCHES: &str =
    r#"{"message":"Too many search requests, please try after sometime!"}"#;

fn too_many(body: &'static str) -> Reply {
    reply::json(StatusCode::TOO_MANY_REQUESTS, body.into())
}

impl Excess {
    /// Says so in the headers of RFC 9110 and of the draft on rate limits (draft-ietf-httpapi-ratelimit-headers-10).
    fn tell(self, mut reply: Reply) -> Reply {
        let Self { limit, calls, window_s, after_s } = self;
        let headers = reply.headers_mut();
        headers.insert(header::RETRY_AFTER, after_s.into());
        let policy = HeaderValue::try_from(format!("\"{limit}\";q={calls};w={window_s}"));
        let state = HeaderValue::try_from(format!("\"{limit}\";r=0;t={after_s}"));
        if let (Ok(policy), Ok(state)) = (policy, state) {
            headers.insert("ratelimit-policy", policy);
            headers.insert("ratelimit", state);
        }
        reply
    }
}

fn of_entry(entry: Entry, text: &str) -> Reply {
    let body = serde_json::json!({ "errorCode": entry.code, "error": text });
    let mut reply = reply::json(entry.status, body.to_string().into());
    if entry.status == StatusCode::SERVICE_UNAVAILABLE {
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    reply
}

fn method_not_allowed(methods: &[Method]) -> Reply {
    let entry = catalogue::METHOD_NOT_ALLOWED;
    let mut reply = of_entry(entry, entry.text);
    let allow = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    if let Ok(allow) = HeaderValue::try_from(allow) {
        reply.headers_mut().insert(header::ALLOW, allow);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infrastructure_answers_keep_their_own_shapes() {
        assert_eq!(
            Problem::Unauthenticated.into_reply().headers()[header::CONTENT_TYPE],
            "text/plain; charset=utf-8"
        );
        let excess = Excess { limit: "address", calls: 100, window_s: 300, after_s: 17 };
        let reply = Problem::Blocked(excess).into_reply();
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        assert_eq!(reply.headers()[header::RETRY_AFTER], "17");
        assert_eq!(reply.headers()["ratelimit-policy"], "\"address\";q=100;w=300");
        assert_eq!(reply.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let reply = Problem::Denied.into_reply();
        assert_eq!(reply.headers()["x-amzn-errortype"], "AccessDeniedException");
        let reply = Problem::MethodNotAllowed(vec![Method::GET, Method::OPTIONS]).into_reply();
        assert_eq!(reply.headers()[header::ALLOW], "GET, OPTIONS");
    }
}
