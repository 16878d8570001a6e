//! Traffic that wants to hold the server up: slow, greedy or endless. It is cut off or refused, nothing of it stays, and
//! others are answered meanwhile.

use crate::support::{BareServer, Offer, TestServer, Wire, booking};
use std::time::{Duration, Instant};

/// Sends byte after byte until the server has had enough; whether that was soon.
fn trickle(wire: &mut Wire, bytes: &[u8]) -> bool {
    let started = Instant::now();
    for byte in bytes.iter().cycle() {
        wire.send([*byte]);
        std::thread::sleep(Duration::from_millis(40));
        if wire.has_something() {
            return true;
        }
        if started.elapsed() > Duration::from_secs(5) {
            break;
        }
    }
    false
}

#[test]
fn a_client_that_says_nothing_is_cut_off() {
    let server = BareServer::start();
    let silent: Vec<_> = (0..5).map(|_| Wire::open(server.address())).collect();
    server.still_answers();
    server.is_left_alone();
    drop(silent);
}

#[test]
fn a_head_that_trickles_is_cut_off() {
    let server = BareServer::start();
    let mut wire = Wire::open(server.address());
    wire.send("GET / HTTP/1.1\r\n");
    assert!(trickle(&mut wire, b"X-Slow: 1\r\n"));
    assert!(wire.read(false).is_none());
    server.still_answers();
    server.is_left_alone();
}

#[test]
fn a_kept_connection_on_which_nothing_is_asked_is_closed() {
    let server = BareServer::start();
    let mut wire = Wire::open(server.address());
    wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    wire.read(false).expect("an answer").ok();
    assert!(wire.is_closed());
    server.is_left_alone();
}

#[test]
fn a_body_that_trickles_is_told_so() {
    let server =
        TestServer::configured(|config| config.deadlines.body = Duration::from_millis(300));
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let body = booking(&sale, &people).to_string();
    let mut wire = server.wire();
    wire.send(format!(
        "POST /api/v2/appointment/schedule HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: {}\r\n\r\n",
        account.token,
        body.len(),
    ));
    assert!(trickle(&mut wire, body.as_bytes()));
    wire.read(false).expect("an answer").refused(408, "USRRES0007");
    assert_eq!(server.free(&sale), [15, 10, 5]);
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = BareServer::start();
    let mut readers: Vec<_> = (0..4).map(|_| Wire::open(server.address())).collect();
    for wire in &mut readers {
        wire.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    server.still_answers();
    server.is_left_alone();
}

#[test]
fn one_that_asks_without_end_and_never_reads_is_cut_off() {
    let server = BareServer::start();
    let mut wire = Wire::open(server.address());
    let requests = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10_000);
    let asking = std::thread::spawn(move || {
        let deadline = Instant::now() + Duration::from_secs(8);
        while wire.try_send(&requests) && Instant::now() < deadline {}
        Instant::now() < deadline
    });
    server.still_answers();
    server.is_left_alone();
    assert!(asking.join().unwrap(), "the server stops taking requests whose answers nobody reads");
}

#[test]
fn one_address_cannot_take_the_connections_of_all() {
    let server = BareServer::start();
    let mut wires: Vec<_> = (0..20).map(|_| Wire::open(server.address())).collect();
    let ask = |wire: &mut Wire| {
        wire.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        wire.read(false).is_some()
    };
    let answered = wires.iter_mut().filter_map(|wire| ask(wire).then_some(())).count();
    // Those that are answered first make room, so that some more may have been let in than there is room for at once.
    assert!((9..20).contains(&answered), "{answered}");
    assert_eq!(server.places.turned_away(), 20 - answered as u64);
    server.still_answers();
    server.is_left_alone();
    assert!(ask(&mut Wire::open(server.address())), "who has gone may come again");
}

#[test]
fn a_request_out_of_shape_is_refused_by_its_rule() {
    let server = TestServer::shared();
    let account = server.account();
    let answer = |head: String, body: &str| {
        let mut wire = server.wire();
        wire.send(format!("{head}\r\nHost: x\r\n\r\n{body}"));
        wire.read(false).expect("an answer")
    };
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1{more}");
    let post = |more: &str| {
        let token = &account.token;
        format!(
            "POST /api/v2/appointment/schedule HTTP/1.1\r\nAuthorization: {token}\r\nContent-Length: 2{more}"
        )
    };
    let long = format!("/healthz?{}", "x".repeat(2_048));
    answer(get(&long, ""), "").refused(414, "USRRES0020");
    answer(get("/healthz", &"\r\nX-Junk: 1".repeat(70)), "").refused(431, "USRRES0021");
    answer(get("/api/../healthz", ""), "").refused(400, "USRRES0022");
    answer(get("/healthz%00", ""), "").refused(400, "USRRES0022");
    answer(get("/healthz", "\r\nContent-Length: 2"), "{}").refused(400, "USRRES0023");
    answer(post("\r\nContent-Type: multipart/form-data; boundary=x"), "{}")
        .refused(415, "USRRES0024");
    answer(post("\r\nContent-Encoding: gzip"), "{}").refused(415, "USRRES0025");
    answer(post("\r\nExpect: the unexpected"), "{}").refused(417, "USRRES0026");
    answer(post("\r\nExpect: 100-continue"), "{}");
}

#[test]
fn what_would_unpack_to_much_is_never_unpacked() {
    let server = TestServer::shared();
    let account = server.account();
    // A megabyte of blanks in a kilobyte: within the limit of bodies, had it been read.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    let call = server.post("/api/v2/appointment/schedule").token(&account.token);
    let answer = call.header("Content-Encoding", "gzip").bytes(bomb.finish().unwrap()).send();
    answer.refused(415, "USRRES0025");
}

#[test]
fn every_answer_and_every_refusal_tells_browsers_not_to_guess() {
    let server = TestServer::shared();
    for path in ["/healthz", "/nothing", "/openapi.json", "/api/v2/appointment/beneficiaries"] {
        let answer = server.get(path).send();
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
    }
}
