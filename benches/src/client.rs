//! A lean HTTP/1.1 client for drivers: one kept-alive connection, one request at a time.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    response: Vec<u8>,
}

/// The status of an answer and its body.
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The value of a string member, found by its name without parsing the rest.
    pub fn text(&self, member: &str) -> Option<&str> {
        let body = std::str::from_utf8(self.body).ok()?;
        let (_, rest) = body.split_once(&format!("\"{member}\":\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// If nobody listens.
    pub async fn connect(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: Vec::new(), response: Vec::new() })
    }

    /// Asks for `path`.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn get(&mut self, path: &str) -> io::Result<Answer<'_>> {
        self.send("GET", path, "", "").await
    }

    /// Sends JSON to `path`, with a token unless that is empty.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn post(&mut self, path: &str, token: &str, body: &str) -> io::Result<Answer<'_>> {
        self.send("POST", path, token, body).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: &str,
    ) -> io::Result<Answer<'_>> {
        self.request.clear();
        let mut line = |text: &[&str]| {
            text.iter().for_each(|part| self.request.extend_from_slice(part.as_bytes()));
            self.request.extend_from_slice(b"\r\n");
        };
        line(&[method, " ", path, " HTTP/1.1"]);
        line(&["host: localhost"]);
        if !token.is_empty() {
            line(&["authorization: Bearer ", token]);
        }
        if !body.is_empty() {
            line(&["content-length: ", &body.len().to_string()]);
        }
        line(&[]);
        self.request.extend_from_slice(body.as_bytes());
        self.stream.write_all(&self.request).await?;
        self.receive().await
    }

    async fn receive(&mut self) -> io::Result<Answer<'_>> {
        self.response.clear();
        loop {
            if self.stream.read_buf(&mut self.response).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((status, start, end)) = whole(&self.response)? {
                return Ok(Answer { status, body: &self.response[start..end] });
            }
        }
    }
}

/// The status and where the body lies, once all of it has arrived.
fn whole(response: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let Some(end) = response.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let head = std::str::from_utf8(&response[..end]).map_err(|_| broken())?;
    let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or_else(broken)?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(Some(0), |length| length.parse().ok())
        .ok_or_else(broken)?;
    let (start, end) = (end + 4, end + 4 + length);
    Ok((response.len() >= end).then_some((status, start, end)))
}
