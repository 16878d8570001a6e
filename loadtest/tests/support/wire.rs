//! HTTP/1.1 by hand, so that it can be spoken wrongly.

use super::answer::Answer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request.
#[derive(Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn token(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        Some(value.strip_prefix("Bearer ").unwrap_or(value))
    }

    pub fn takes_gzip(&self) -> bool {
        self.header("accept-encoding").is_some_and(|value| value.contains("gzip"))
    }
}

/// What becomes of a request.
pub struct Outcome {
    /// What to wait before it.
    pub after: Duration,
    pub manner: Manner,
}

/// How an answer is given.
pub enum Manner {
    Whole(Answer),
    /// The connection is closed in the middle of the body.
    Half(Answer),
    /// Any bytes, then the end.
    Raw(&'static [u8]),
    /// None: the connection is reset.
    Reset,
}

/// Serves one connection until it ends. What is wrong with a request ends it.
pub async fn serve(mut stream: TcpStream, answer: impl Fn(&Request) -> Outcome) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(request) = next(&mut stream, &mut buffer).await? {
        let outcome = answer(&request);
        if !outcome.after.is_zero() {
            tokio::time::sleep(outcome.after).await;
        }
        match outcome.manner {
            Manner::Whole(answer) => stream.write_all(&written(&answer)).await?,
            Manner::Half(answer) => {
                let bytes = written(&answer);
                let cut = bytes.len() - answer.body.len().div_ceil(2);
                return stream.write_all(&bytes[..cut]).await;
            }
            Manner::Raw(bytes) => return stream.write_all(bytes).await,
            Manner::Reset => {
                return socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            }
        }
    }
    Ok(())
}

fn written(answer: &Answer) -> Vec<u8> {
    let reason = if answer.status < 300 { "OK" } else { "Refused" };
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if answer.status != 204 {
        head += &format!("content-length: {}\r\n", answer.body.len());
    }
    let mut bytes = (head + "\r\n").into_bytes();
    bytes.extend_from_slice(&answer.body);
    bytes
}

/// The next request; `None` at the end of the connection.
async fn next(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    loop {
        if let Some((request, used)) = parse(buffer)? {
            buffer.drain(..used);
            return Ok(Some(request));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// The request at the beginning of the buffer and its length, if all of it is there.
fn parse(buffer: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = head.parse(buffer).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let mut request =
        Request { method: head.method.unwrap_or_default().to_owned(), ..Request::default() };
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    path.clone_into(&mut request.path);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    request.query = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for header in head.headers.iter() {
        let value = String::from_utf8_lossy(header.value).into_owned();
        request.headers.insert(header.name.to_ascii_lowercase(), value);
    }
    let length: usize =
        request.header("content-length").map_or(Ok(0), str::parse).map_err(io::Error::other)?;
    let Some(body) = buffer.get(start..start + length) else { return Ok(None) };
    request.body = body.to_vec();
    Ok(Some((request, start + length)))
}
