//! One request, put together and sent on a connection of its own.

use super::{Answer, TestServer, Wire};
use opencowin::access::key_text::SANDBOX_KEY;
use serde_json::Value;
use std::net::SocketAddr;

#[must_use]
#[derive(Clone)]
pub struct Call<'a> {
    server: &'a TestServer,
    method: &'a str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl<'a> Call<'a> {
    pub fn new(server: &'a TestServer, method: &'a str, path: impl Into<String>) -> Self {
        Self { server, method, path: path.into(), headers: Vec::new(), body: None }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// With the key that every sandbox accepts.
    pub fn key(self) -> Self {
        self.header("x-api-key", SANDBOX_KEY)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").bytes(body.to_string())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The request as it goes over the socket.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = &self.body {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend(self.body.iter().flatten());
        bytes
    }

    /// Sends it. The answer has been checked against the server's description of itself.
    #[track_caller]
    pub fn send(self) -> Answer {
        let mut wire = Wire::open(self.server.address());
        wire.send(self.to_bytes());
        let answer = wire.read(self.method == "HEAD");
        let answer = answer.unwrap_or_else(|| panic!("no answer to {} {}", self.method, self.path));
        self.server.described().check(self.method, &self.path, &answer);
        answer
    }
}

/// Sends one request to whoever listens there, on a connection of its own. The answer is held against nothing.
#[track_caller]
pub fn exchange(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    let mut wire = Wire::open(at);
    wire.send([head.as_bytes(), b"\r\n", body].concat());
    wire.read(false).expect("an answer")
}
