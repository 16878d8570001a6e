//! A socket that gives up on a peer which does not move.
//!
//! Two deadlines, both counted from the last time that anything was written to the peer:
//! - a peer that is read from must have earned an answer within `idle`. That bounds a request's head and body, however
//!   slowly they trickle in, and the pause on a kept-alive connection before them;
//! - a peer that is written to must take some of it within `stalled_write`. Nothing in hyper bounds how long an answer may be
//!   left unread, and slow readers would pin whole bodies in memory.
//!
//! hyper's own timer for heads is armed and disarmed with every request, which costs more than the rest of the
//! bookkeeping together. Here a request leaves behind one timestamp; the timer that looks at it runs once per `idle`.

use super::server::Limits;
use super::slack::Slack;
use super::transport::Transport;
use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that ends in an error when a deadline passes.
pub struct Guarded<T> {
    stream: T,
    idle: Duration,
    stalled: Duration,
    /// When something was last written, or the connection was made.
    written: Instant,
    /// Wakes the task that reads when the idle deadline may have passed.
    reading: Pin<Box<Sleep>>,
    /// Armed while a write waits for the peer; absent on connections that never had to wait.
    writing: Option<Pin<Box<Sleep>>>,
    /// While it is given, both deadlines begin anew whenever they have passed.
    slack: Slack,
}

impl<T: Transport> Guarded<T> {
    /// Ends the connection once nothing was written for `idle` while it is read, or for `stalled_write` while it is
    /// written.
    pub fn new(stream: T, limits: Limits, slack: Slack) -> Self {
        let Limits { idle, stalled_write: stalled, .. } = limits;
        let written = Instant::now();
        let reading = Box::pin(sleep_until(written + idle));
        Self { stream, idle, stalled, written, reading, writing: None, slack }
    }

    /// What suspends its deadlines.
    pub fn slack(&self) -> &Slack {
        &self.slack
    }

    /// Nothing can be read now: is it too late?
    fn too_idle(&mut self, cx: &mut Context<'_>) -> bool {
        while self.reading.as_mut().poll(cx).is_ready() {
            if self.slack.is_given() {
                self.written = Instant::now();
            }
            let deadline = self.written + self.idle;
            if deadline <= Instant::now() {
                return true;
            }
            self.reading.as_mut().reset(deadline);
        }
        false
    }

    /// Sends, and remembers when.
    fn send(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let poll = self.stream.poll_send(cx, bufs);
        if poll.is_ready() {
            self.written = Instant::now();
        }
        self.watch(cx, poll)
    }

    /// Passes the result of what waits for the peer on, and watches the time while there is none.
    fn watch<R>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if poll.is_ready() {
            self.writing = None;
            return poll;
        }
        let deadline = Instant::now() + self.stalled;
        let sleep = self.writing.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        while sleep.as_mut().poll(cx).is_ready() {
            if !self.slack.is_given() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            sleep.as_mut().reset(Instant::now() + self.stalled);
        }
        Poll::Pending
    }
}

impl<T: Transport> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Pending if self.too_idle(cx) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            poll => poll,
        }
    }
}

impl<T: Transport> AsyncWrite for Guarded<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.send(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.send(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, poll)
    }
}
