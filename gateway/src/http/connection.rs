//! One connection from its first byte to its end.

use super::guarded::Guarded;
use super::http2;
use super::peer::Peer;
use super::reply::{self, Reply};
use super::server::{Limits, Phase, Reception};
use super::tls::Tls;
use super::transport::Transport;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

/// What answers the requests of a connection.
pub trait Answer:
    Service<Request<Incoming>, Response = Reply, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Answer for S where
    S: Service<Request<Incoming>, Response = Reply, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// The longest head of a request, in bytes. Browsers send under one kilobyte, tokens are shorter than one.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// The first bytes of every HTTP/2 connection (RFC 9113, 3.4), of which four tell it from any HTTP/1 request.
const HTTP2_PREFACE: &[u8] = b"PRI ";

/// Serves a connection until the client, a deadline or the end of the server closes it.
pub async fn serve<S: Answer>(
    stream: TcpStream,
    peer: Peer,
    reception: impl Reception<S>,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) {
    // Whoever has not said a word by now is not waited for.
    let Some(http2) = in_time(speaks_http2(&stream), limits, &mut phase).await else { return };
    let slack = peer.slack.clone();
    speak(Guarded::new(stream, limits, slack), http2, reception(peer), limits, phase).await;
}

/// The same under TLS.
pub async fn serve_tls<S: Answer>(
    stream: TcpStream,
    peer: Peer,
    tls: &Tls,
    reception: impl Reception<S>,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) {
    let Some(accepted) = in_time(tls.accept(stream), limits, &mut phase).await else { return };
    let peer = Peer { certificate: accepted.certificate, ..peer };
    let stream = Guarded::new(accepted.stream, limits, peer.slack.clone());
    speak(stream, accepted.http2, strict(reception(peer)), limits, phase).await;
}

/// What a client begins with, unless it takes too long, or the server closes meanwhile.
async fn in_time<T>(
    beginning: impl Future<Output = io::Result<T>>,
    limits: Limits,
    phase: &mut watch::Receiver<Phase>,
) -> Option<T> {
    tokio::select! {
        biased;
        begun = timeout(limits.head, beginning) => begun.ok()?.ok(),
        _ = phase.wait_for(|phase| *phase == Phase::Closing) => None,
    }
}

async fn speak<T: Transport>(
    stream: Guarded<T>,
    http2: bool,
    service: impl Answer,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) {
    if http2 {
        return http2::serve(stream, service, limits, phase).await;
    }
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    let closing = async {
        let _ = phase.wait_for(|phase| *phase == Phase::Closing).await;
        limits.drain
    };
    drive(connection, closing, |connection| connection.graceful_shutdown()).await;
}

/// `service`, whose answers tell browsers to come back under TLS only (RFC 6797).
fn strict(service: impl Answer) -> impl Answer {
    service_fn(move |request| {
        let answering = service.call(request);
        async move { answering.await.map(reply::strict) }
    })
}

/// Looks at the first bytes without taking them. hyper's own detection has no deadline while it waits for them
/// (hyperium/hyper#3962); here the caller's holds.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut seen = [0; HTTP2_PREFACE.len()];
    loop {
        let count = stream.peek(&mut seen).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if seen[..count] != HTTP2_PREFACE[..count] {
            return Ok(false);
        }
        if count == HTTP2_PREFACE.len() {
            return Ok(true);
        }
        // A client that will send no more has not sent a preface.
        if stream.ready(Interest::READABLE).await?.is_read_closed() {
            return Ok(false);
        }
        // `peek` answers at once while bytes are waiting, so a split preface is looked at again after a pause.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs a connection until `ending` says that it is to finish what it has begun, and within what time.
pub(super) async fn drive<C>(
    connection: C,
    ending: impl Future<Output = Duration>,
    finish: impl Fn(Pin<&mut C>),
) where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    let patience = tokio::select! {
        // A connection that ends in an error has nobody left to tell: the peer is gone or broke the protocol.
        _ = connection.as_mut() => return,
        patience = ending => patience,
    };
    finish(connection.as_mut());
    let _ = timeout(patience, connection).await;
}
