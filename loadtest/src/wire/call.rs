//! One request, and its bytes.

use super::Address;
use crate::measure::Operation;

/// One request.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// What it asks.
    pub operation: Operation,
    /// The path with its query.
    pub path: &'a str,
    /// The body of a POST; a GET has none.
    pub body: Option<&'a [u8]>,
    /// Where the person is who asks; `None` if that is not told.
    pub from: Option<Address>,
    /// What that person's program calls itself.
    pub agent: &'a str,
    /// Whether a compressed answer is accepted.
    pub gzip: bool,
    /// A token.
    pub token: Option<&'a str>,
    /// The device of an official, to which their token is bound.
    pub device: Option<&'a str>,
    /// A partner's key.
    pub api_key: Option<&'a str>,
    /// Under which key the answer may be asked for again.
    pub idempotency_key: Option<&'a str>,
    /// Whether the answer has to show what the target acknowledged before, wherever it did.
    pub exact: bool,
    /// A challenge and its solution.
    pub solution: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// A GET of this path.
    pub fn get(operation: Operation, path: &'a str, from: Option<Address>) -> Self {
        Self {
            operation,
            path,
            body: None,
            from,
            agent: "Mozilla/5.0 (opencowin-loadtest)",
            gzip: false,
            token: None,
            device: None,
            api_key: None,
            idempotency_key: None,
            exact: false,
            solution: None,
        }
    }

    /// A POST of JSON to this path.
    pub fn post(
        operation: Operation,
        path: &'a str,
        from: Option<Address>,
        body: &'a [u8],
    ) -> Self {
        Self { body: Some(body), ..Self::get(operation, path, from) }
    }

    /// The method.
    pub fn method(&self) -> &'static str {
        if self.body.is_some() { "POST" } else { "GET" }
    }

    /// Visits each header but those that belong to a connection.
    pub(super) fn headers(&self, mut each: impl FnMut(&'static str, &str)) {
        each("user-agent", self.agent);
        if let Some(from) = self.from {
            from.with_text(|text| each("x-forwarded-for", text));
        }
        each("accept", "application/json, application/pdf");
        if self.gzip {
            each("accept-encoding", "gzip");
        }
        if self.body.is_some() {
            each("content-type", "application/json");
        }
        if let Some(device) = self.device {
            each("x-device-id", device);
        }
        if let Some(key) = self.api_key {
            each("x-api-key", key);
        }
        if let Some(key) = self.idempotency_key {
            each("idempotency-key", key);
        }
        if self.exact {
            each("cache-control", "no-cache");
        }
        if let Some(solution) = self.solution {
            each("x-challenge-solution", solution);
        }
    }

    /// Its bytes in HTTP/1.1, into `to`.
    pub(super) fn write(&self, authority: &str, to: &mut Vec<u8>) {
        to.clear();
        let mut line = |parts: &[&str]| {
            parts.iter().for_each(|part| to.extend_from_slice(part.as_bytes()));
            to.extend_from_slice(b"\r\n");
        };
        line(&[self.method(), " ", self.path, " HTTP/1.1"]);
        line(&["host: ", authority]);
        self.headers(|name, value| line(&[name, ": ", value]));
        if let Some(token) = self.token {
            line(&["authorization: Bearer ", token]);
        }
        if let Some(body) = self.body {
            line(&["content-length: ", itoa::Buffer::new().format(body.len())]);
        }
        line(&[]);
        to.extend_from_slice(self.body.unwrap_or_default());
    }
}
