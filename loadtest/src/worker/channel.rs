//! Messages over a stream: JSON, one a line.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// The longest message. What a worker brings home has a row a second and a histogram for each operation.
const LONGEST: u64 = 256 << 20;

/// Sends a message.
pub(super) fn send(mut to: &TcpStream, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Receives messages.
pub(super) struct Receiver(BufReader<TcpStream>);

impl Receiver {
    pub(super) fn new(from: &TcpStream) -> io::Result<Self> {
        Ok(Self(BufReader::new(from.try_clone()?)))
    }

    /// The next message; `None` at the end.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let mut line = Vec::new();
        self.0.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(serde_json::from_slice(&line)?)),
            Some(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
