//! A provider that takes messages by HTTP.

use super::{Listening, Reaction};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A request that it got.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

pub struct HttpProvider {
    listening: Listening,
    seen: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
}

impl HttpProvider {
    /// One that does with each request what `react` says, which is told how many came before.
    pub fn start(react: impl Fn(usize) -> Reaction + Send + Sync + 'static) -> Self {
        Self::with(react, Some)
    }

    /// One that accepts everything, by TLS; and its certificate (PEM).
    pub fn tls() -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(made.cert.der().to_vec())], key)
            .unwrap();
        let config = Arc::new(config);
        let secured = move |stream| {
            let connection = ServerConnection::new(config.clone()).ok()?;
            Some(StreamOwned::new(connection, stream))
        };
        (Self::with(|_| Reaction::Accept { receipts: 0 }, secured), made.cert.pem())
    }

    fn with<S: Read + Write>(
        react: impl Fn(usize) -> Reaction + Send + Sync + 'static,
        secured: impl Fn(TcpStream) -> Option<S> + Send + Sync + 'static,
    ) -> Self {
        let (seen, connections) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicUsize>::default());
        let (noted, counted, react) = (seen.clone(), connections.clone(), Arc::new(react));
        let secured = Arc::new(secured);
        let listening = Listening::start(move |stream| {
            counted.fetch_add(1, Ordering::Relaxed);
            if let Some(stream) = secured(stream) {
                serve(BufReader::new(stream), &noted, &*react);
            }
        });
        Self { listening, seen, connections }
    }

    pub fn address(&self) -> SocketAddr {
        self.listening.address
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn serve(
    mut stream: BufReader<impl Read + Write>,
    seen: &Mutex<Vec<Request>>,
    react: &dyn Fn(usize) -> Reaction,
) {
    while let Some(request) = read(&mut stream) {
        let before = {
            let mut seen = seen.lock().unwrap();
            seen.push(request);
            seen.len() - 1
        };
        let answer = match react(before) {
            Reaction::Accept { .. } => {
                answer(200, &format!(r#"{{"status":"ok","id":"h{before}"}}"#))
            }
            Reaction::Status(status, body) => answer(status, body),
            Reaction::Garbage => "what?\r\n\r\n".to_owned(),
            Reaction::HangUp => {
                let _ =
                    stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
                return;
            }
            Reaction::Silence => {
                // Until the other side gives up.
                let _ = stream.read(&mut [0]);
                return;
            }
        };
        if stream.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(status: u32, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<_> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Request { line: lines[0].clone(), headers, body })
}
