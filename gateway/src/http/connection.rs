//! One connection from its first byte to its end.

use super::guarded::Guarded;
use super::reply::Reply;
use super::server::{Limits, Phase};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
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
const HEAD_BYTES: usize = 16 * 1024;

/// The first bytes of every HTTP/2 connection (RFC 9113, 3.4), of which four tell it from any HTTP/1 request.
const HTTP2_PREFACE: &[u8] = b"PRI ";

/// Serves a connection until the client, a deadline or the end of the server closes it.
pub async fn serve(
    stream: TcpStream,
    service: impl Answer,
    limits: Limits,
    mut phase: watch::Receiver<Phase>,
) {
    let first = tokio::select! {
        biased;
        first = timeout(limits.head, speaks_http2(&stream)) => first,
        // Whoever has not said a word by now is not waited for.
        _ = phase.wait_for(|phase| *phase == Phase::Closing) => return,
    };
    let Ok(Ok(http2)) = first else { return };
    let io = TokioIo::new(Guarded::new(stream, limits.idle, limits.stalled_write));
    if http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.idle / 2)
            .keep_alive_timeout(limits.head)
            .max_concurrent_streams(limits.streams)
            .max_header_list_size(HEAD_BYTES as u32)
            .serve_connection(io, service);
        drive(connection, phase, |connection| connection.graceful_shutdown()).await;
    } else {
        let connection = http1::Builder::new()
            .header_read_timeout(None)
            .max_header_size(HEAD_BYTES)
            .max_buf_size(64 * 1024)
            .serve_connection(io, service);
        drive(connection, phase, |connection| connection.graceful_shutdown()).await;
    }
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
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// Runs a connection, and asks it to finish what it has begun once the server closes.
async fn drive<C>(connection: C, mut phase: watch::Receiver<Phase>, close: impl Fn(Pin<&mut C>))
where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    tokio::select! {
        // A connection that ends in an error has nobody left to tell: the peer is gone or broke the protocol.
        _ = connection.as_mut() => return,
        _ = phase.wait_for(|phase| *phase == Phase::Closing) => {}
    }
    close(connection.as_mut());
    let _ = connection.await;
}
