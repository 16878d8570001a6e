//! Providers of messages, on this machine, that behave as a test says.

mod http;
mod smsc;

pub use http::HttpProvider;
pub use smsc::Smsc;

use opencowin::delivery::MessageSettings;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a provider does with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Takes it on, and sends so many receipts that say that it was delivered.
    Accept { receipts: usize },
    /// Answers with this HTTP status and body, or this SMPP status.
    Status(u32, &'static str),
    /// Says nothing.
    Silence,
    /// Hangs up in the middle of its answer.
    HangUp,
    /// Answers with what is none.
    Garbage,
}

/// Settings by which messages go to a provider over HTTP at this address.
pub fn messages_to(provider: SocketAddr) -> MessageSettings {
    let sender = format!(
        r#"
        [[senders]]
        kind = "http"
        name = "one"
        url = "http://{provider}/"
        headers = {{ Content-Type = "application/json" }}
        body = '{{"to":"{{mobile}}","text":"{{text}}"}}'
        "#
    );
    toml::from_str(&sender).expect(&sender)
}

/// Takes connections on a free port until it is dropped; each is served by a thread of its own.
struct Listening {
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Listening {
    fn start(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let stop = over.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let serve = serve.clone();
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { address, over }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(self.address);
    }
}
