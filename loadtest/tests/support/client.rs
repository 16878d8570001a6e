//! A client as small as can be, which knows nothing of the harness.

use super::doors::hashed;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Somebody who asks, each time on a new connection.
pub struct Client {
    address: SocketAddr,
    pub mobile: String,
    token: String,
    headers: String,
}

/// What came back: everything until the connection was closed, and the parts of it.
#[derive(Debug)]
pub struct Heard {
    pub raw: Vec<u8>,
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn code(&self) -> (u16, String) {
        (self.status, self.json()["errorCode"].as_str().unwrap_or_default().to_owned())
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(9_100_000_000);
        let mobile = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        Self { address, mobile, token: String::new(), headers: String::new() }
    }

    /// A line to send with every request.
    pub fn with(mut self, header: &str) -> Self {
        self.headers = format!("{header}\r\n");
        self
    }

    pub fn get(&self, path: &str) -> Heard {
        self.send("GET", path, "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Heard {
        self.send("POST", path, &body.to_string())
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Heard {
        let Self { headers, token, .. } = self;
        let token = if token.is_empty() {
            String::new()
        } else {
            format!("Authorization: Bearer {token}\r\n")
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{token}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).expect("the stand-in listens");
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut raw = Vec::new();
        let _ = stream.read_to_end(&mut raw);
        heard(raw)
    }

    /// Logs in through the portal.
    pub fn log_in(&mut self) {
        let asked = self.post("/api/v2/auth/generateMobileOTP", &json!({ "mobile": self.mobile }));
        let outbox = self.get(&format!("/sandbox/outbox?mobile={}", self.mobile)).json();
        let text = outbox["messages"].as_array().unwrap().last().unwrap()["text"].to_string();
        let password =
            text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap();
        let body = json!({ "otp": hashed(password), "txnId": asked.json()["txnId"] });
        let heard = self.post("/api/v2/auth/validateMobileOtp", &body);
        self.token = heard.json()["token"].as_str().expect("a token").to_owned();
    }

    /// Logs in and registers somebody who was born in 1970; answers the reference.
    pub fn enrol(&mut self) -> u64 {
        self.log_in();
        self.register("1970")
    }

    pub fn register(&self, birth_year: &str) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(700_000_000_000);
        let document = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        let heard = self.post(
            "/api/v2/registration/beneficiary/new",
            &json!({
                "name": "Asha Devi", "birth_year": birth_year, "gender_id": 2, "photo_id_type": 1,
                "photo_id_number": document, "consent_version": "1",
            }),
        );
        heard.json()["beneficiary_reference_id"].as_u64().expect("a reference")
    }

    pub fn schedule(&self, session: &str, person: u64) -> Heard {
        self.post("/api/v2/appointment/schedule", &json!({
            "dose": 1, "session_id": session, "slot": "09:00AM-11:00AM", "beneficiaries": [person.to_string()],
        }))
    }

    /// The appointments of the account's first person.
    pub fn appointments(&self) -> Vec<Value> {
        let list = self.get("/api/v2/appointment/beneficiaries").json();
        list["beneficiaries"][0]["appointments"].as_array().cloned().unwrap_or_default()
    }
}

fn heard(raw: Vec<u8>) -> Heard {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Heard { status, head, body: raw[end..].to_vec(), raw }
}
