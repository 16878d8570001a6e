//! TLS: who is let in, what is agreed on, and certificates that change while the server runs.

use crate::support::{BareServer, Encryption, Identity, TlsWire, VERSIONS, Wire, settings};
use opencowin::config::Config;
use opencowin::startup;
use rustls::version::TLS13;
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

const ASK: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A connection to `server` with either version, by a client that may show a certificate.
fn wire(server: &BareServer, encryption: &Encryption, client: Option<Identity>) -> TlsWire {
    encryption.wire(server.address(), encryption.connecting(&TLS13, client))
}

/// The certificate that the server has shown.
fn shown(wire: &TlsWire) -> Vec<u8> {
    wire.stream().conn.peer_certificates().expect("a handshake")[0].to_vec()
}

#[test]
fn both_versions_are_spoken_and_browsers_are_told_to_stay() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    for version in VERSIONS {
        let mut wire = encryption.wire(server.address(), encryption.connecting(version, None));
        for _ in 0..2 {
            wire.send(ASK);
            let answer = wire.read(false).expect("an answer");
            assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
            assert_eq!(answer.ok()["certificate"], serde_json::Value::Null);
        }
    }
}

#[test]
fn a_large_answer_arrives_whole() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    let mut wire = wire(&server, &encryption, None);
    wire.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let body = wire.read(false).expect("an answer").body;
    assert!(body.len() == 16 << 20 && body.iter().all(|byte| *byte == b' '));
}

#[test]
fn the_protocol_is_the_one_agreed_on() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    for (offered, agreed) in
        [(&["h2", "http/1.1"][..], Some("h2")), (&["http/1.1"], Some("http/1.1")), (&[], None)]
    {
        let mut config = encryption.connecting(&TLS13, None);
        config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut wire = encryption.wire(server.address(), config);
        wire.send(if agreed == Some("h2") { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" } else { ASK });
        // With HTTP/2 the server begins with its settings, which are no answer of HTTP/1.
        assert_eq!(wire.read(false).is_some(), agreed != Some("h2"), "{offered:?}");
        assert_eq!(wire.stream().conn.alpn_protocol(), agreed.map(str::as_bytes), "{offered:?}");
    }
}

#[test]
fn plain_http_on_the_port_of_tls_is_closed() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    for bytes in [ASK, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0"] {
        let mut wire = Wire::open(server.address());
        wire.send(bytes);
        assert!(wire.read(false).is_none());
        assert!(wire.is_closed());
    }
    server.is_left_alone();
}

#[test]
fn a_partner_is_known_by_certificate_and_others_need_none() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    let partner = encryption.client();
    let fingerprint: [u8; 32] = Sha256::digest(&partner.certificate).into();
    let mut known = wire(&server, &encryption, Some(partner));
    known.send(ASK);
    assert_eq!(known.read(false).unwrap().ok()["certificate"], serde_json::json!(fingerprint));
    let mut stranger = wire(&server, &encryption, None);
    stranger.send(ASK);
    assert_eq!(stranger.read(false).unwrap().ok()["certificate"], serde_json::Value::Null);
}

#[test]
fn a_certificate_of_another_authority_is_not_let_in() {
    let (encryption, other) = (Encryption::new(), Encryption::new());
    let server = BareServer::with(Some(encryption.load()));
    let mut impostor = wire(&server, &encryption, Some(other.client()));
    impostor.send(ASK);
    assert!(impostor.read(false).is_none());
    server.is_left_alone();
}

#[test]
fn a_renewed_certificate_is_shown_to_whoever_comes_next() {
    let encryption = Encryption::new();
    let tls = encryption.load();
    let server = BareServer::with(Some(tls.clone()));
    let mut before = wire(&server, &encryption, None);
    before.send(ASK);
    before.read(false).unwrap().ok();
    encryption.renew();
    tls.refresh();
    let mut after = wire(&server, &encryption, None);
    after.send(ASK);
    after.read(false).unwrap().ok();
    assert_ne!(shown(&before), shown(&after));
    before.send(ASK);
    before.read(false).expect("open connections go on").ok();
}

#[test]
fn a_handshake_that_takes_too_long_is_cut_off() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    let silent = Wire::open(server.address());
    let mut begun = Wire::open(server.address());
    begun.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);
    server.is_left_alone();
    drop((silent, begun));
}

#[test]
fn a_client_that_does_not_read_what_is_encrypted_is_cut_off() {
    let encryption = Encryption::new();
    let server = BareServer::with(Some(encryption.load()));
    let mut wire = wire(&server, &encryption, None);
    wire.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.is_left_alone();
}

#[test]
fn a_gateway_under_tls_says_so_and_when_its_certificate_ends() {
    let (encryption, home) = (Encryption::new(), tempfile::tempdir().unwrap());
    let files = encryption.files();
    let mut settings = settings(&home.path().join("data"));
    (settings.tls_cert, settings.tls_key) = (Some(files.certificate), Some(files.key));
    let running = startup::start(Config::new(settings).unwrap()).unwrap();
    let mut wire = encryption.wire(running.address(), encryption.connecting(&TLS13, None));
    let mut get = |path: &str| {
        wire.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        wire.read(false).expect("an answer")
    };
    let url = &get("/openapi.json").ok()["servers"][0]["url"];
    assert!(url.as_str().is_some_and(|url| url.starts_with("https://")), "{url}");
    let metrics = get("/metrics").text();
    let expires = metrics
        .lines()
        .find_map(|line| line.strip_prefix("opencowin_tls_certificate_expires_seconds "));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(expires.and_then(|text| text.parse::<u64>().ok()).is_some_and(|end| end > now));
    drop(wire);
    assert!(running.close());
}
