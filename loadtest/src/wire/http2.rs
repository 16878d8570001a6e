//! One connection in HTTP/2. The pool gives it one request at a time, so that both protocols open as many connections
//! and are compared on equal terms; what HTTP/2 saves by sharing connections is no part of a capacity test.

use super::answer::{Answer, Content, Want};
use super::call::Call;
use super::stream::Stream;
use crate::measure::Failure;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::time::Instant;
use tokio::time::timeout_at;

/// One connection.
pub(super) struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    base: String,
}

/// Runs what a connection needs done beside its requests, on the thread that it belongs to.
#[derive(Clone)]
struct Here;

impl<F: Future<Output: 'static> + 'static> hyper::rt::Executor<F> for Here {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

impl Http2 {
    pub(super) async fn begin(
        stream: Stream,
        scheme: &str,
        authority: &str,
    ) -> Result<Self, Failure> {
        let begun = http2::handshake(Here, TokioIo::new(stream)).await;
        let (sender, connection) = begun.map_err(|_| Failure::Connect)?;
        tokio::task::spawn_local(connection);
        Ok(Self { sender, base: format!("{scheme}://{authority}") })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request and receives the answer.
    pub(super) async fn exchange(
        &mut self,
        call: &Call<'_>,
        want: Want,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let deadline = deadline.into();
        let request = self.request(call).map_err(|_| Failure::NotHttp)?;
        let answer = timeout_at(deadline, async {
            self.sender.ready().await.map_err(|_| Failure::Reset)?;
            self.sender.send_request(request).await.map_err(|_| Failure::Reset)
        });
        let answer = answer.await.map_err(|_| Failure::Timeout)??;
        timeout_at(deadline, receive(answer, want)).await.map_err(|_| Failure::Timeout)?
    }

    fn request(&self, call: &Call<'_>) -> http::Result<Request<Full<Bytes>>> {
        let mut request =
            Request::builder().method(call.method()).uri(format!("{}{}", self.base, call.path));
        if let Some(headers) = request.headers_mut() {
            call.headers(|name, value| {
                if let Ok(value) = HeaderValue::from_str(value) {
                    headers.insert(name, value);
                }
            });
        }
        if let Some(token) = call.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(Full::new(Bytes::copy_from_slice(call.body.unwrap_or_default())))
    }
}

async fn receive(answer: Response<Incoming>, want: Want) -> Result<Answer, Failure> {
    let (head, mut body) = answer.into_parts();
    let value = |name| head.headers.get(name).map(HeaderValue::as_bytes);
    let mut received = Answer {
        status: head.status.as_u16(),
        content: value(header::CONTENT_TYPE).map_or(Content::Other, Content::of),
        gzip: value(header::CONTENT_ENCODING) == Some(b"gzip"),
        retry_after_s: value(header::RETRY_AFTER).and_then(super::head::seconds),
        ..Answer::default()
    };
    let keep = want == Want::Body || !head.status.is_success();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::Truncated)?;
        if let Some(data) = frame.data_ref() {
            received.bytes += data.len() as u64;
            if keep {
                received.body.extend_from_slice(data);
            }
        }
    }
    Ok(received)
}
