//! HTTP/2 by the frame, for what no client library would send (RFC 9113; header fields as in RFC 7541).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RESET: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const ACK: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// How long the server may take to end a connection, or to say something on it.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a server says to a peer that it takes for an attacker.
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// One frame.
#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    /// Why the connection ends, if this says so.
    pub fn goodbye(&self) -> Option<u32> {
        let code = self.payload.get(4..8)?.try_into().ok()?;
        (self.kind == GOAWAY).then_some(u32::from_be_bytes(code))
    }
}

/// A frame as it goes over the socket.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The header fields of a request.
pub fn request(method: Method, path: &str) -> Vec<u8> {
    // Static entries: `:method` GET or POST, `:scheme` http; then `:path` and `:authority` as literals.
    let mut block = vec![if method == Method::Get { 0x82 } else { 0x83 }, 0x86];
    block.extend([0x04, path.len() as u8]);
    block.extend(path.bytes());
    block.extend([0x01, 1, b'x']);
    block
}

#[derive(Clone, Copy, PartialEq)]
pub enum Method {
    Get,
    Post,
}

/// A connection on which any frames can be sent.
pub struct Frames(TcpStream);

impl Frames {
    /// Connects, and begins with these settings, each a number and a value.
    pub fn open(address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let mut frames = Self(stream);
        let payload: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        frames.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frames.send(frame(SETTINGS, 0, 0, &payload));
        frames
    }

    /// Sends bytes; whether the server took them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// The next frame; `None` if the server closed the connection instead.
    pub fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.0.read_exact(&mut payload).ok()?;
        Some(Frame { kind: head[3], flags: head[4], payload })
    }

    /// Reads to the end, like a peer that is alive: settings and pings are acknowledged. Answers the reason that the server
    /// gave, if it gave one.
    #[track_caller]
    pub fn read_to_end(&mut self) -> Option<u32> {
        let (started, mut reason) = (Instant::now(), None);
        while let Some(seen) = self.read() {
            assert!(started.elapsed() < PATIENCE, "the server keeps the connection");
            reason = seen.goodbye().or(reason);
            if [SETTINGS, PING].contains(&seen.kind) && seen.flags & ACK == 0 {
                let payload = if seen.kind == PING { &seen.payload[..] } else { &[] };
                self.send(frame(seen.kind, ACK, 0, payload));
            }
        }
        reason
    }
}
