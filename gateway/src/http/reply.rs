//! Answers: bodies with the headers that every answer carries.

use super::content::{Content, Source};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// An answer. Of a body that is whole hyper writes the `content-length`, any other is sent in chunks.
pub type Reply = Response<Content>;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const LONELY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
const ANY: HeaderValue = HeaderValue::from_static("*");
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const YEAR_OF_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// JSON that was rendered elsewhere.
pub fn json(status: StatusCode, body: Bytes) -> Reply {
    of(status, JSON, body)
}

/// JSON rendered from a value; 200.
pub fn json_of(value: &impl serde::Serialize) -> Reply {
    let body =
        serde_json::to_vec(value).expect("invariant: answers have string keys and finite numbers");
    json(StatusCode::OK, body.into())
}

/// JSON about people, which no cache may keep; 200.
pub fn personal(value: &impl serde::Serialize) -> Reply {
    let mut reply = json_of(value);
    reply.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    reply
}

/// Lines of JSON about people, sent as they are made.
pub fn lines(source: impl Source) -> Reply {
    let mut reply = of(StatusCode::OK, LINES, Bytes::new());
    reply.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    reply.map(|_| Content::Made(Box::new(source)))
}

/// Plain text.
pub fn text(status: StatusCode, body: &'static str) -> Reply {
    of(status, TEXT, Bytes::from_static(body.as_bytes()))
}

/// A page; it loads nothing and is shown in no frame.
pub fn html(status: StatusCode, body: &'static str) -> Reply {
    let mut reply = of(status, HTML, Bytes::from_static(body.as_bytes()));
    reply.headers_mut().insert(header::CONTENT_SECURITY_POLICY, LONELY);
    reply
}

/// A PDF document about somebody, to be saved under `name`.
pub fn pdf(body: Vec<u8>, name: &str) -> Reply {
    document(PDF, body, name)
}

/// A document about somebody, to be saved under `name`, which no cache may keep.
pub fn document(kind: HeaderValue, body: Vec<u8>, name: &str) -> Reply {
    let mut reply = of(StatusCode::OK, kind, body.into());
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        reply.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    reply.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    reply
}

/// The reply as a table, to be saved under `name`.
pub fn csv(mut reply: Reply, name: &str) -> Reply {
    reply.headers_mut().insert(header::CONTENT_TYPE, CSV);
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        reply.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    reply
}

/// No body.
pub fn empty(status: StatusCode) -> Reply {
    of_any(status, Bytes::new())
}

/// The reply, with word that this server is only to be asked under TLS.
pub fn strict(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, YEAR_OF_TLS);
    reply
}

/// The answer to a browser's question before a request to another origin.
pub fn preflight() -> Reply {
    let mut reply = empty(StatusCode::NO_CONTENT);
    let headers: &mut HeaderMap = reply.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, OPTIONS"),
    );
    // The list that API Gateway sent, and what this product adds.
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "Content-Type, X-Amz-Date, Authorization, X-Api-Key, X-Amz-Security-Token, \
             Accept-Language, Cache-Control, Idempotency-Key, X-Challenge-Solution, X-Device-Id, \
             X-Beneficiary-Token",
        ),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    reply
}

fn of(status: StatusCode, kind: HeaderValue, body: Bytes) -> Reply {
    let mut reply = of_any(status, body);
    reply.headers_mut().insert(header::CONTENT_TYPE, kind);
    reply
}

/// With the headers of every answer. The capacity has room for those that are added to some (twelve altogether), so that no
/// map grows.
fn of_any(status: StatusCode, body: Bytes) -> Reply {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert(header::REFERRER_POLICY, NO_REFERRER);
    let mut reply = Response::new(Content::from(body));
    *reply.status_mut() = status;
    *reply.headers_mut() = headers;
    reply
}
