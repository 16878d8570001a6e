//! The server's sockets without the service behind them, so that deadlines can be short.

use super::{Wire, eventually};
use bytes::Bytes;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use opencowin::http::body;
use opencowin::http::peer::Peer;
use opencowin::http::places::Places;
use opencowin::http::problem::Problem;
use opencowin::http::reply::{self, Reply};
use opencowin::http::server::{Limits, Server, Setup};
use opencowin::http::tls::Tls;
use serde_json::json;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// A server that answers `/big` with 16 MB, reads the body of whatever is sent to `/read`, and tells everybody else who
/// they are.
pub struct BareServer {
    server: Option<Server>,
    pub places: Arc<Places>,
}

impl BareServer {
    /// With short deadlines and room for nine connections from one address.
    pub fn start() -> Self {
        Self::with(None)
    }

    /// The same, under TLS.
    pub fn with(tls: Option<Arc<Tls>>) -> Self {
        let places = Places::new(1_000, 9, |_| false);
        let setup = Setup {
            address: (Ipv4Addr::UNSPECIFIED, 0).into(),
            limits: Limits {
                head: Duration::from_millis(500),
                idle: Duration::from_millis(800),
                stalled_write: Duration::from_millis(500),
                body: Duration::from_millis(300),
                ..Limits::default()
            },
            places: places.clone(),
            tls,
            pressures: [(), ()].map(|()| Default::default()).into(),
        };
        let body_within = setup.limits.body;
        let service = move |_| {
            move |peer: Peer| {
                service_fn(move |request| {
                    let peer = peer.clone();
                    async move { Ok::<_, Infallible>(answer(&peer, request, body_within).await) }
                })
            }
        };
        let server = Server::start(setup, service).expect("the server starts");
        Self { server: Some(server), places }
    }

    pub fn address(&self) -> SocketAddr {
        let port = self.server.as_ref().expect("a running server").address().port();
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// That somebody else is answered meanwhile, from another address than the attacker's.
    #[track_caller]
    pub fn still_answers(&self) {
        let mut wire = Wire::from(Ipv4Addr::new(127, 0, 0, 2), self.address());
        wire.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!(wire.read(false).expect("an answer").ok()["address"], "127.0.0.2");
    }

    /// That the server ends all connections by itself, and soon.
    #[track_caller]
    pub fn is_left_alone(&self) {
        eventually("all connections end", || (self.places.open() == 0).then_some(()));
    }
}

impl Drop for BareServer {
    fn drop(&mut self) {
        let cut_off = self.server.take().map(Server::close);
        assert!(std::thread::panicking() || cut_off == Some(0), "connections were cut off");
    }
}

async fn answer(peer: &Peer, request: Request<Incoming>, body_within: Duration) -> Reply {
    match request.uri().path() {
        "/big" => reply::json(StatusCode::OK, Bytes::from(vec![b' '; 16 << 20])),
        "/read" => match body::read(request.into_body(), body_within).await {
            Ok(bytes) => reply::json_of(&json!({ "bytes": bytes.len() })),
            Err(problem) => Problem::into_reply(problem),
        },
        _ => reply::json_of(&json!({ "address": peer.address, "certificate": peer.certificate })),
    }
}
