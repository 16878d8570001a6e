//! Sending bytes to a socket, from files where they are filed.

use super::filed::Place;
use rustix::fs::sendfile;
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// Sends some of `bufs`, in order, and answers how many bytes. Waits while the socket takes none.
pub fn poll(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    bufs: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match stream.try_io(Interest::WRITABLE, || Ok(send(stream, bufs)?)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            sent => return Poll::Ready(sent),
        }
    }
}

/// Sends what lies before the first filed buffer, and then that from its file. The flag tells the kernel that more
/// follows at once, so that head and body still leave in one segment where they fit.
fn send(stream: &TcpStream, bufs: &[IoSlice<'_>]) -> Result<usize, Errno> {
    let filed = bufs.iter().enumerate().find_map(|(at, buf)| Some((at, Place::of(buf)?)));
    let Some((at, place)) = filed else { return copy(stream, bufs, SendFlags::NOSIGNAL) };
    let before = &bufs[..at];
    let expected: usize = before.iter().map(|buf| buf.len()).sum();
    if expected > 0 {
        let sent = copy(stream, before, SendFlags::NOSIGNAL | SendFlags::MORE)?;
        if sent < expected {
            return Ok(sent);
        }
    }
    match sendfile(stream, place.file(), Some(&mut place.offset()), bufs[at].len()) {
        Ok(sent) => Ok(expected + sent),
        // What was sent before counts; the next call is told to wait.
        Err(_) if expected > 0 => Ok(expected),
        Err(error) => Err(error),
    }
}

fn copy(stream: &TcpStream, bufs: &[IoSlice<'_>], flags: SendFlags) -> Result<usize, Errno> {
    sendmsg(stream, bufs, &mut SendAncillaryBuffer::default(), flags)
}
