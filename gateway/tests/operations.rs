//! What operators and developers of clients rely on: probes, metrics, a description that is true, an orderly end.

use crate::support::{Offer, TestServer, Wire, at_once, eventually, settings};
use opencowin::http::catalogue;
use opencowin::openapi::errors_of;
use opencowin::routes::ROUTES;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[test]
fn probes_answer_while_the_server_is_up() {
    let server = TestServer::shared();
    for (path, text) in [("/healthz", "alive"), ("/readyz", "ready")] {
        let answer = server.get(path).send();
        assert_eq!((answer.status, answer.text().as_str()), (200, text));
    }
}

#[test]
fn metrics_count_requests_by_route_and_refusals_by_code() {
    let server = TestServer::start();
    server.get("/api/v2/admin/location/states").send().ok();
    server.get("/api/v2/nothing").send().refused(404, "USRRES0004");
    server.get("/api/v2/appointment/beneficiaries").send().unauthenticated();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    account.book(&sale, &people);
    let answer = server.get("/metrics").send();
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"));
    for line in [
        r#"opencowin_requests_total{route="states",class="2xx"} 1"#,
        r#"opencowin_requests_total{route="schedule",class="2xx"} 1"#,
        r#"opencowin_requests_total{route="beneficiaries",class="4xx"} 1"#,
        r#"opencowin_request_seconds_count{route="states"} 1"#,
        r#"opencowin_refusals_total{code="USRRES0004"} 1"#,
        r#"opencowin_refusals_total{code="unauthenticated"} 1"#,
        "opencowin_centres 1",
        "opencowin_sessions 1",
        "opencowin_leaked_reservations 0",
        "opencowin_ledger_accepting 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
    }
    for name in [
        "opencowin_connections ",
        "opencowin_api_keys ",
        "opencowin_fragment_bytes ",
        "opencowin_answer_bytes_total ",
    ] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name} in\n{text}");
    }
}

#[test]
fn the_description_has_every_route_and_every_error_of_it() {
    let server = TestServer::shared();
    let document = server.described().document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = 0;
    for methods in document["paths"].as_object().unwrap().values() {
        described += methods.as_object().unwrap().len();
    }
    assert_eq!(described, ROUTES.len());
    for route in ROUTES {
        let method = route.method.as_str().to_ascii_lowercase();
        let path = route.path.replace("{*", "{");
        let operation = &document["paths"][path][&method];
        assert_eq!(operation["operationId"], route.name);
        for error in errors_of(route) {
            let response = &operation["responses"][error.status.as_u16().to_string()];
            let text = response["description"].as_str().unwrap_or_default();
            assert!(text.contains(error.code), "{} {}", route.path, error.code);
        }
    }
}

#[test]
fn the_description_hangs_together() {
    let server = TestServer::shared();
    let document = server.described().document();
    server.described().check_schemas();
    let mut references = BTreeSet::new();
    collect_references(document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let parameters = operation["parameters"].as_array().unwrap();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(in_path, path.matches('{').count(), "{path}");
        }
    }
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        _ => {}
    }
}

#[test]
fn the_catalogue_of_errors_is_part_of_the_description() {
    let server = TestServer::shared();
    let listed = server.described().document()["x-error-catalogue"].as_array().unwrap().clone();
    assert_eq!(listed.len(), catalogue::ALL.len());
    for (listed, entry) in listed.iter().zip(catalogue::ALL) {
        assert_eq!(
            (&listed["errorCode"], &listed["error"]),
            (&json!(entry.code), &json!(entry.text))
        );
    }
}

#[test]
fn a_public_url_is_what_the_description_names() {
    let server =
        TestServer::with(|settings| settings.public_url = Some("https://cowin.example".to_owned()));
    assert_eq!(
        server.described().document()["servers"],
        json!([{ "url": "https://cowin.example" }])
    );
}

#[test]
fn the_check_of_a_running_ledger_counts_what_it_saw() {
    let server = TestServer::start();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(2);
    account.book(&sale, &people);
    let check = server.get("/admin/ledger/check").key().send().ok();
    assert_eq!((&check["sound"], &check["violations"]), (&json!(true), &json!([])));
    assert!(check["summary"].as_str().is_some_and(|text| !text.is_empty()), "{check}");
}

#[test]
fn a_sandbox_clock_moves_forward_alone_and_brings_the_days_it_passes() {
    let server = TestServer::with(|settings| settings.scale = Some(0.02));
    let sessions = |server: &TestServer| {
        let metrics = server.get("/metrics").send().text();
        let line = metrics
            .lines()
            .find(|line| line.starts_with("opencowin_sessions "))
            .unwrap()
            .to_owned();
        line.split(' ').nth(1).unwrap().parse::<u64>().unwrap()
    };
    let before = sessions(&server);
    assert!(before > 0);
    let now = server.advance(0);
    assert!(server.advance(30 * 86_400) >= now + jiff::SignedDuration::from_hours(30 * 24));
    let after = sessions(&server);
    assert!(after > before / 2, "a month later there is as much on sale: {before}, then {after}");
    for wrong in
        [json!({ "advance_s": -1 }), json!({ "advance_s": "soon" }), json!({ "advance_s": 1e12 })]
    {
        server.post("/sandbox/clock").json(&wrong).send().refused(400, "USRRES0002");
    }
    server.post("/sandbox/clock").json(&json!({})).send().refused(400, "USRRES0001");
}

#[test]
fn production_does_not_start_without_a_way_to_reach_people() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = settings(&home.path().join("data"));
    settings.mode = Some(opencowin::config::Mode::Production);
    let error = TestServer::open(settings).err().expect("a refusal");
    assert!(error.contains("messages"), "{error}");
    assert!(!home.path().join("data").exists(), "nothing was made");
}

#[test]
fn requests_that_have_begun_finish_before_the_server_ends() {
    let server = TestServer::start();
    let sale = server.sell(Offer { seats: [50, 0, 0], ..Offer::default() });
    let families = at_once(&[(); 12], |()| server.family(1));
    let mut wires: Vec<(Wire, Vec<u8>)> = Vec::new();
    for (account, people) in &families {
        let bytes = account.booking(&sale, people).header("Expect", "100-continue").to_bytes();
        let body = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        let mut wire = server.wire();
        wire.send(&bytes[..body]);
        assert_eq!(wire.read(false).expect("a word that it has begun").status, 100);
        wires.push((wire, bytes[body..].to_vec()));
    }
    let mut idle = server.wire();
    idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.read(false).unwrap().status, 200);
    // The body of each goes out while the server is closing.
    let address = server.address();
    std::thread::scope(|scope| {
        let closing = scope.spawn(|| server.close());
        eventually("no new connections", || std::net::TcpStream::connect(address).err());
        for (wire, body) in &mut wires {
            wire.send(body);
            wire.read(false).expect("an answer to what had begun").ok();
        }
        assert!(idle.is_closed(), "an idle connection is not waited for");
        assert!(closing.join().unwrap(), "nothing was cut off");
    });
}

#[test]
fn connections_that_say_nothing_do_not_hold_up_the_end() {
    let server = TestServer::start();
    let silent: Vec<Wire> = (0..4).map(|_| server.wire()).collect();
    let mut begun = server.wire();
    begun.send("P");
    let mut kept = server.wire();
    kept.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(kept.read(false).unwrap().status, 200);
    let started = Instant::now();
    assert!(server.close(), "nothing was cut off");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    drop((silent, begun, kept));
}
