//! Bytes that no client should send: each is turned away with a typed answer or a closed connection, and the server
//! goes on answering.

use crate::support::{Account, Offer, TestServer, Wire, at_once, booking};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};

const SCHEDULE: &str = "/api/v2/appointment/schedule";
const ALIVE: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

#[track_caller]
fn still_answers(server: &TestServer) {
    assert_eq!(server.get("/healthz").send().text(), "alive");
}

/// The head of a booking that announces a body of this length.
fn head(account: &Account<'_>, length: usize) -> String {
    let token = &account.token;
    format!(
        "POST {SCHEDULE} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let server = TestServer::shared();
    let account = server.account();
    let bodies: [&[u8]; 17] = [
        b"{",
        b"}",
        b"[]",
        b"null",
        b"17",
        b"\"text\"",
        b"{}{}",
        b"{\"dose\":}",
        b"{\"dose\":1,}",
        b"{'dose':1}",
        b"dose=1&slot=x",
        b"{\"dose\":01}",
        b"{\"dose\":NaN}",
        b"\xff\xfe{}",
        b"{\"slot\":\"\xc3\x28\"}",
        b"{\"slot\":\"\\ud800\"}",
        b"\0",
    ];
    for body in bodies {
        for path in
            [SCHEDULE, "/api/v2/auth/generateMobileOTP", "/api/v2/registration/beneficiary/new"]
        {
            let answer = server.post(path).token(&account.token).bytes(body).send();
            answer.refused(400, "USRRES0003");
        }
    }
    still_answers(&server);
}

#[test]
fn an_empty_body_is_told_what_is_missing() {
    let server = TestServer::shared();
    let account = server.account();
    for body in ["", " \r\n", "{}"] {
        server.post(SCHEDULE).token(&account.token).bytes(body).send().refused(400, "USRRES0001");
    }
    server.post(SCHEDULE).token(&account.token).send().refused(400, "USRRES0001");
}

#[test]
fn deep_nesting_does_not_use_up_the_stack() {
    let server = TestServer::shared();
    let account = server.account();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [17, 2_000] {
            let body = format!("{{\"dose\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            server
                .post(SCHEDULE)
                .token(&account.token)
                .bytes(body)
                .send()
                .refused(400, "USRRES0003");
        }
    }
    let body = format!("{{\"dose\":{}", "[".repeat(16_000));
    server.post(SCHEDULE).token(&account.token).bytes(body).send().refused(400, "USRRES0003");
    still_answers(&server);
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let server = TestServer::shared();
    let account = server.account();
    let fits = format!("{{\"junk\":\"{}\"}}", "x".repeat(16 * 1024 - 11));
    assert_eq!(fits.len(), 16 * 1024);
    server.post(SCHEDULE).token(&account.token).bytes(fits).send().refused(400, "USRRES0001");
    let mut wire = server.wire();
    wire.send(head(&account, 100_000_000_000));
    wire.read(false).expect("an answer without the body").refused(413, "USRRES0006");

    let mut wire = server.wire();
    let token = &account.token;
    wire.send(format!("POST {SCHEDULE} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for _ in 0..5 {
        wire.send(format!("1000\r\n{}\r\n", "x".repeat(0x1000)));
    }
    wire.read(false).expect("an answer to a body of chunks").refused(413, "USRRES0006");
    still_answers(&server);
}

#[test]
fn a_stranger_is_turned_away_before_the_body_is_read() {
    let server = TestServer::shared();
    let mut wire = server.wire();
    wire.send(format!("POST {SCHEDULE} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
    wire.read(false).expect("an answer without the body").unauthenticated();
}

#[test]
fn values_of_the_wrong_type_are_refused_by_name() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let odd = [json!({}), json!([[], {}]), json!(true), json!(1e300), json!(-0.5), json!(u64::MAX)];
    for field in ["dose", "session_id", "slot", "beneficiaries"] {
        for value in &odd {
            let mut body = booking(&sale, &people);
            body[field] = value.clone();
            let answer = account.schedule(&body).send();
            assert_eq!(answer.status, 400, "{field} {value}");
            let code = answer.json()["errorCode"].clone();
            assert!(code == "USRRES0002" || code == "APPOIN0015", "{field} {value}: {code}");
        }
    }
    assert_eq!(server.free(&sale), [15, 10, 5]);
}

#[test]
fn a_request_that_breaks_off_changes_nothing() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let body = booking(&sale, &people).to_string();
    let whole = head(&account, body.len()) + &body;
    for stop in [1, 5, 40, whole.len() - body.len(), whole.len() - 1] {
        let mut wire = server.wire();
        wire.send(&whole[..stop]);
        wire.finish_sending();
        // Either it is told that the body is incomplete, or the connection just ends.
        if let Some(answer) = wire.read(false) {
            assert_eq!(answer.status, 400, "after {stop} bytes");
        }
    }
    assert_eq!(server.free(&sale), [15, 10, 5]);
    assert!(account.appointments(&people[0]).is_empty());
    still_answers(&server);
}

#[test]
fn a_length_that_does_not_fit_the_body_never_mixes_two_requests() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let body = booking(&sale, &people).to_string();
    // Too short a length cuts the object; what is left of it is no request.
    let mut wire = server.wire();
    wire.send(head(&account, body.len() - 10) + &body);
    wire.read(false).expect("an answer to the cut body").refused(400, "USRRES0003");
    if let Some(answer) = wire.read(false) {
        assert_eq!(answer.status, 400, "the rest of the body is no request");
    }
    assert!(wire.is_closed());
    for lengths in [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 2\r\nTransfer-Encoding: gzip",
    ] {
        let mut wire = server.wire();
        let token = &account.token;
        wire.send(format!("POST {SCHEDULE} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n{lengths}\r\n\r\n{{}}{ALIVE}"));
        let answer = wire.read(false);
        assert!(answer.is_none_or(|answer| answer.status == 400), "{lengths}");
        assert!(wire.is_closed(), "{lengths}");
    }
    assert_eq!(server.free(&sale), [15, 10, 5]);
    still_answers(&server);
}

#[test]
fn requests_in_one_packet_are_answered_in_their_order() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let search = format!(
        "/api/v2/appointment/sessions/public/findByPin?pincode={}&date={}",
        sale.centre.pincode,
        sale.date(),
    );
    let requests = [
        server.get(&search).to_bytes(),
        account.booking(&sale, &people).to_bytes(),
        server.get(&search).to_bytes(),
        server.get("/nothing").to_bytes(),
        ALIVE.into(),
    ];
    let mut wire = server.wire();
    wire.send(requests.concat());
    let seats = |answer: &Value| sale.within(answer)["available_capacity_dose1"].clone();
    assert_eq!(seats(&wire.read(false).unwrap().ok()), 10);
    assert!(wire.read(false).unwrap().ok()["appointment_id"].is_string());
    assert_eq!(seats(&wire.read(false).unwrap().ok()), 9);
    wire.read(false).unwrap().refused(404, "USRRES0004");
    assert_eq!(wire.read(false).unwrap().text(), "alive");
}

#[test]
fn garbage_behind_a_request_ends_the_connection_after_its_answer() {
    let server = TestServer::shared();
    for garbage in [
        "\u{1}\u{2}\u{3}\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut wire = server.wire();
        wire.send(format!("{ALIVE}{garbage}"));
        assert_eq!(wire.read(false).expect("the answer to what was right").text(), "alive");
        if let Some(answer) = wire.read(false) {
            assert!((400..=505).contains(&answer.status), "{answer:?}");
        }
        assert!(wire.is_closed(), "{garbage:?}");
    }
    still_answers(&server);
}

#[test]
fn bytes_that_are_no_http_are_turned_away() {
    let server = TestServer::shared();
    let mut tls = vec![0x16, 0x03, 0x01, 0x02, 0x00];
    tls.extend([0; 512]);
    let inputs: [&[u8]; 6] = [
        &tls,
        b"\r\n\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    ];
    for input in inputs {
        let mut wire = server.wire();
        wire.send(input);
        wire.finish_sending();
        let answer = wire.read(false);
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{input:?}");
    }
    still_answers(&server);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let server = TestServer::shared();
    let long = "x".repeat(20_000);
    let many = "X-Junk: 1\r\n".repeat(2_000);
    for request in [
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
        format!("GET /healthz?{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
    ] {
        let mut wire = server.wire();
        wire.send(request);
        let answer = wire.read(false);
        let refused = answer.as_ref().is_none_or(|answer| [414, 431].contains(&answer.status));
        assert!(refused, "{answer:?}");
    }
    still_answers(&server);
}

#[test]
fn odd_paths_and_queries_are_plain_refusals() {
    let server = TestServer::shared();
    for path in [
        "/../../etc/passwd",
        "/%00",
        "/api/v2/%61dmin/location/states",
        "//api/v2/admin/location/states",
        "*",
    ] {
        let mut wire = server.wire();
        wire.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!([400, 404].contains(&wire.read(false).expect("an answer").status), "{path}");
    }
    let find = "/api/v2/appointment/sessions/public/findByPin";
    for query in
        ["pincode=%ff%fe&date=%", "pincode=110001&date=%2525", "&&&==&", "pincode[]=1&date[]=2"]
    {
        assert_eq!(server.get(format!("{find}?{query}")).send().status, 400, "{query}");
    }
    let absolute = server.get("http://elsewhere.example/healthz").to_bytes();
    let mut wire = server.wire();
    wire.send(absolute);
    assert!(wire.read(false).is_some());
    still_answers(&server);
}

#[test]
fn two_hundred_idle_connections_do_not_keep_others_out() {
    let server = TestServer::shared();
    let mut idle: Vec<Wire> = (0..200).map(|_| server.wire()).collect();
    for wire in &mut idle {
        wire.send("GET /healthz HT");
    }
    let answers = at_once(&[(); 8], |()| server.get("/healthz").send().status);
    assert_eq!(answers, [200; 8]);
    for wire in &mut idle {
        wire.send("TP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(wire.read(false).expect("the slow are served too").status, 200);
    }
}

#[test]
fn http_2_is_spoken_to_those_who_know_it_beforehand() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (searched, booked) = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        tokio::spawn(connection);
        let request = |method: &str, path: &str, body: String| {
            let request = http::Request::builder().method(method).uri(format!("http://x{path}"));
            let request = request.header("authorization", &account.token);
            request.body(Full::new(Bytes::from(body))).unwrap()
        };
        let search = format!(
            "/api/v2/appointment/sessions/public/findByDistrict?district_id={}&date={}",
            sale.centre.district,
            sale.date(),
        );
        let searches = (0..50).map(|_| sender.send_request(request("GET", &search, String::new())));
        let mut searched = Vec::new();
        for search in searches.collect::<Vec<_>>() {
            let answer = search.await.unwrap();
            assert_eq!(answer.status(), 200);
            searched.push(answer.into_body().collect().await.unwrap().to_bytes());
        }
        let body = booking(&sale, &people).to_string();
        let booked = sender.send_request(request("POST", SCHEDULE, body)).await.unwrap();
        (searched, booked.status())
    });
    assert!(searched.iter().all(|body| *body == searched[0]));
    sale.within(&serde_json::from_slice(&searched[0]).unwrap());
    assert_eq!((booked.as_u16(), server.free(&sale)), (200, [14, 9, 5]));
}
