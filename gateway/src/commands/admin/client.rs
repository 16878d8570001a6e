//! A plain client: one connection for each request, JSON both ways.

use super::session::Session;
use bytes::Bytes;
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use opencowin::link::Link;
use serde_json::Value;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const LONGEST: usize = 16 << 20;

/// What goes wrong is told in one sentence.
type Answer = Result<Value, Box<dyn Error>>;

/// Speaks to one server.
pub(super) struct Client {
    link: Link,
    host: String,
    token: Option<(String, String)>,
}

impl Client {
    /// To the server with this URL.
    pub(super) fn new(url: &str, authorities: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let wrong = || format!("{url} is not the URL of a server, like https://cowin.example");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let link = match uri.scheme_str() {
            Some("http") => Link::plain(host, uri.port_u16().unwrap_or(80)),
            Some("https") => Link::tls(host, uri.port_u16().unwrap_or(443), authorities)?,
            _ => return Err(wrong().into()),
        };
        let host = uri.authority().map_or_else(String::new, ToString::to_string);
        Ok(Self { link, host, token: None })
    }

    /// As whoever has logged in.
    pub(super) fn with(mut self, session: &Session) -> Self {
        self.token = Some((session.token.clone(), session.device_id.clone()));
        self
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.call(self.request(Method::GET, path, Bytes::new())?)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(self.request(Method::POST, path, body.to_string().into())?)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::USER_AGENT, concat!("opencowin/", env!("CARGO_PKG_VERSION")));
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some((token, device)) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            request = request.header("x-device-id", device);
        }
        request.body(Full::new(body))
    }

    fn call(&self, request: Request<Full<Bytes>>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let answered = runtime
            .block_on(async { tokio::time::timeout(PATIENCE, self.exchange(request)).await });
        answered.map_err(|_| format!("{} does not answer", self.host))?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Answer {
        let stream = self.link.connect().await;
        let stream = stream.map_err(|error| format!("{}: {error}", self.host))?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with its sender; what broke is told to whoever waits for the answer.
        tokio::spawn(async { drop(connection.await) });
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LONGEST).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        if status.is_success() {
            return Ok(if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? });
        }
        Err(refusal(status.as_u16(), &body).into())
    }
}

/// Why the server did not do it, in one sentence.
fn refusal(status: u16, body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match (status, body["errorCode"].as_str(), body["error"].as_str()) {
        (401, ..) => "not logged in, or not any more: opencowin admin login".to_owned(),
        (_, Some(code), Some(text)) => format!("{text} ({code})"),
        _ => format!("the server answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_the_server_said() {
        let body = br#"{"errorCode":"PARTNR0002","error":"No evidence"}"#;
        assert_eq!(refusal(409, body), "No evidence (PARTNR0002)");
        assert!(refusal(401, b"Unauthenticated access!").contains("login"));
        assert_eq!(refusal(502, b"<html>"), "the server answered 502");
    }

    #[test]
    fn a_server_is_named_by_a_url() {
        for wrong in ["cowin.example", "ftp://cowin.example", "https://", ""] {
            assert!(Client::new(wrong, None).is_err(), "{wrong}");
        }
        assert!(Client::new("http://127.0.0.1:8080", None).is_ok());
    }
}
