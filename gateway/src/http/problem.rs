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
    /// 405 with the methods that the path has.
    MethodNotAllowed(Vec<Method>),
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
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// The code by which metrics count it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Entry(entry, _) => entry.code,
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
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
            Self::MethodNotAllowed(methods) => method_not_allowed(&methods),
        }
    }
}

impl From<Entry> for Problem {
    fn from(entry: Entry) -> Self {
        Self::Entry(entry, Cow::Borrowed(entry.text))
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
        let reply = Problem::MethodNotAllowed(vec![Method::GET, Method::OPTIONS]).into_reply();
        assert_eq!(reply.headers()[header::ALLOW], "GET, OPTIONS");
    }
}
