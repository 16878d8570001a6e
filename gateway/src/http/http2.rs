//! Connections that speak HTTP/2.
//!
//! A peer can keep one alive for nothing: it answers pings, opens the windows of its streams by no byte, or never ends a
//! header, and all the while frames go to and fro, so that no deadline of the socket passes. So what counts here is what
//! the connection is for: within each period an answer was made, some of one was taken, or a request is being worked on.
//! Otherwise it is closed, and with it whatever its streams keep.

use super::connection::{Answer, HEAD_BYTES, drive};
use super::content::Content;
use super::guarded::Guarded;
use super::reply::Reply;
use super::server::{Limits, Phase};
use super::slack::Slack;
use super::transport::Transport;
use bytes::{Buf, Bytes};
use http::{Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Streams that a peer may reset before anybody has looked at them. More at once is an attack (CVE-2023-44487) and ends the
/// connection.
const UNSEEN_RESETS: usize = 20;

/// Streams that a peer may make the server reset, by breaking the protocol on them (CVE-2025-8671).
const PROVOKED_RESETS: usize = 128;

/// Serves a connection to its end.
pub async fn serve<T: Transport>(
    stream: Guarded<T>,
    service: impl Answer,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) {
    let (progress, slack) = (Arc::new(Progress::default()), stream.slack().clone());
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.idle / 2)
        .keep_alive_timeout(limits.head)
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_pending_accept_reset_streams(UNSEEN_RESETS)
        .max_local_error_reset_streams(PROVOKED_RESETS)
        .serve_connection(TokioIo::new(stream), watched(service, progress.clone()));
    let ending = async {
        tokio::select! {
            () = progress.ceases(limits.idle, &slack) => limits.head,
            _ = phase.wait_for(|phase| *phase == Phase::Closing) => limits.drain,
        }
    };
    drive(connection, ending, |connection| connection.graceful_shutdown()).await;
}

/// What a connection has been good for since somebody last looked.
#[derive(Default)]
struct Progress {
    requests: AtomicUsize,
    moved: AtomicBool,
}

impl Progress {
    /// Returns when nothing moves for a whole `period` in which nobody was given slack.
    async fn ceases(&self, period: Duration, slack: &Slack) {
        loop {
            sleep(period).await;
            let moved = self.moved.swap(false, Ordering::Relaxed);
            let idle = self.requests.load(Ordering::Relaxed) == 0 && !slack.is_given();
            if idle && !moved {
                return;
            }
        }
    }
}

/// A request that is being worked on.
struct AtWork(Arc<Progress>);

impl AtWork {
    fn new(progress: Arc<Progress>) -> Self {
        progress.requests.fetch_add(1, Ordering::Relaxed);
        Self(progress)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.moved.store(true, Ordering::Relaxed);
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `service`, whose work and whose answers' way to the peer are seen.
fn watched(
    service: impl Answer,
    progress: Arc<Progress>,
) -> impl Service<
    Request<Incoming>,
    Response = Response<Watched>,
    Error = Infallible,
    Future: Future<Output = Result<Response<Watched>, Infallible>> + Send + 'static,
> {
    service_fn(move |request| {
        let at_work = AtWork::new(progress.clone());
        let answering = service.call(request);
        async move {
            let reply: Reply = answering.await?;
            Ok(reply.map(|body| Watched { body, progress: at_work.0.clone() }))
        }
    })
}

/// A body that tells when some of it goes.
struct Watched {
    body: Content,
    progress: Arc<Progress>,
}

impl Body for Watched {
    type Data = Going;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Going>, Infallible>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        let going = |bytes| Going { bytes, progress: self.progress.clone() };
        frame.map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(going))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes on their way to the peer.
struct Going {
    bytes: Bytes,
    progress: Arc<Progress>,
}

impl Buf for Going {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.progress.moved.store(true, Ordering::Relaxed);
        self.bytes.advance(count);
    }
}
