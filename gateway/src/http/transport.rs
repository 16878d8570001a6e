//! What bytes are sent over: a socket, or TLS on a socket.

use super::send;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A stream with the fastest way that it has to send several buffers at once.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Sends some of `bufs`, in order, and answers how many bytes. Waits while none are taken.
    fn poll_send(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;
}

impl Transport for TcpStream {
    fn poll_send(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        send::poll(self, cx, bufs)
    }
}

/// What is encrypted has to pass through this process, so nothing is sent from files.
impl Transport for TlsStream<TcpStream> {
    fn poll_send(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(self).poll_write_vectored(cx, bufs)
    }
}
