//! Documents that are the same for everybody: caches may keep them, and whoever has the newest is told so instead of sent it.

use super::content::Content;
use super::reply::{self, Reply};
use crate::identity::digest::{digest, hex};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

/// A document, ready to be sent.
#[derive(Clone, Debug)]
pub struct Document {
    body: Bytes,
    kind: &'static str,
    cache: &'static str,
    tag: HeaderValue,
}

impl Document {
    /// Of this media type, which caches may keep as `cache` says (RFC 9111).
    pub fn new(kind: &'static str, cache: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let hash = hex(&digest(&body)[..16]);
        let tag = HeaderValue::try_from(format!("\"{hash}\"")).expect("invariant: hex is visible");
        Self { body, kind, cache, tag }
    }

    /// Its bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The answer to a request: 200 with the document, or 304 if the client has it.
    pub fn reply(&self, parts: &Parts) -> Reply {
        if self.is_known(parts) {
            return self.named(reply::empty(StatusCode::NOT_MODIFIED));
        }
        self.whole()
    }

    /// The answer with the document, whether the client has it or not.
    pub fn whole(&self) -> Reply {
        let mut reply = reply::empty(StatusCode::OK).map(|_| Content::from(self.body.clone()));
        reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        self.named(reply)
    }

    fn named(&self, mut reply: Reply) -> Reply {
        reply.headers_mut().insert(header::ETAG, self.tag.clone());
        reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        reply
    }

    /// Whether the client has this very document (RFC 9110, 13.1.2; tags are compared weakly).
    fn is_known(&self, parts: &Parts) -> bool {
        let known = parts.headers.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes);
        let known = known.unwrap_or_default().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        known
            .map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag))
            .any(|tag| self.tag == tag || tag == b"*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn asked(tag: &str) -> StatusCode {
        let document = Document::new("text/plain", "no-cache", "abc");
        let request = Request::builder().header("if-none-match", tag).body(()).unwrap();
        document.reply(&request.into_parts().0).status()
    }

    #[test]
    fn whoever_has_a_document_is_not_sent_it_again() {
        let tag = "\"ba7816bf8f01cfea414140de5dae2223\"";
        for known in [tag, "*", &format!("W/{tag}"), &format!("\"x\", {tag}")] {
            assert_eq!(asked(known), StatusCode::NOT_MODIFIED, "{known}");
        }
        for other in ["", "\"x\"", &tag.replace("ba", "ab")] {
            assert_eq!(asked(other), StatusCode::OK, "{other}");
        }
    }
}
