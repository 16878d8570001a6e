//! Every way in which a target may speak HTTP, with a site of one file.

use crate::support::{Encryption, Ended, Harness, Site};

/// A second of requests for the file.
const FILE: &str = r#"
    name = "file"
    about = "One file."
    duration = "1s"
    connections = 4
    timeout = "2s"
    send_lag_limit = "1s"
    protocol = "http/1.1"
    arrivals = { rate = 200 }
    [[people]]
    name = "readers"
    share = 1
    flow = "get"
    path = "/file"
"#;

fn http2() -> String {
    FILE.replace("http/1.1", "http/2")
}

/// That all is well, and that both sides counted the same.
#[track_caller]
fn agree(ended: &Ended, site: &Site) {
    ended.ended(0, &[]);
    let get = &ended.result().operations["get"];
    assert!(get.errors.is_empty() && get.refused.is_empty(), "{}", ended.told());
    assert!((120..300).contains(&get.count), "{}", ended.told());
    assert_eq!(get.count, site.requests(), "{}", ended.told());
    assert!(get.bytes >= get.count * crate::support::FILE.len() as u64, "{}", get.bytes);
}

/// Each of these at the same time: they mostly wait.
fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, run: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| run(case));
        }
    });
}

#[test]
fn both_versions_are_spoken_without_encryption() {
    at_once([(Site::http1(), FILE.to_owned()), (Site::http2(), http2())], |(site, scenario)| {
        let ended = Harness::run(&format!("http://{}", site.address()), &scenario).end();
        agree(&ended, &site);
        assert!(site.connections() <= 6, "kept alive: {}", site.connections());
    });
}

#[test]
fn both_versions_are_agreed_on_under_tls() {
    let encryption = Encryption::new();
    let roots = encryption.roots();
    let cases = [(FILE.to_owned(), "http/1.1 over TLS"), (http2(), "http/2 over TLS")];
    at_once(cases, |(scenario, spoken)| {
        let site = Site::tls(&encryption, "127.0.0.1:0");
        let run = Harness::run(&format!("https://127.0.0.1:{}", site.port()), &scenario);
        let ended = run.set("--tls-roots", roots.to_str().unwrap()).end();
        agree(&ended, &site);
        assert_eq!(ended.result().scenario.protocol, spoken);
        assert!(site.connections() <= 6, "kept alive: {}", site.connections());
    });
}

#[test]
fn a_certificate_of_nobody_known_is_refused_with_what_helps() {
    let encryption = Encryption::new();
    let site = Site::tls(&encryption, "127.0.0.1:0");
    let target = format!("https://localhost:{}", site.port());
    Harness::run(&target, FILE).end().ended(2, &["certificate", "--tls-roots", &target]);
    assert_eq!(site.requests(), 0);
}

#[test]
fn an_address_of_version_six_is_a_name_for_tls_too() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        // A machine without IPv6 cannot be asked over it.
        return;
    }
    let encryption = Encryption::new();
    let site = Site::tls(&encryption, "[::1]:0");
    let run = Harness::run(&format!("https://{}", site.address()), FILE);
    agree(&run.set("--tls-roots", encryption.roots().to_str().unwrap()).end(), &site);
}

#[test]
fn roots_that_are_none_are_named() {
    let encryption = Encryption::new();
    let site = Site::tls(&encryption, "127.0.0.1:0");
    let target = format!("https://{}", site.address());
    let ended = Harness::run(&target, FILE).set("--tls-roots", "/nowhere/roots.pem").end();
    ended.ended(2, &["/nowhere/roots.pem"]);
    let empty = encryption.roots().with_file_name("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    let ended = Harness::run(&target, FILE).set("--tls-roots", empty.to_str().unwrap()).end();
    ended.ended(2, &["empty.pem"]);
}

#[test]
fn a_target_without_tls_and_one_without_http2_are_told_in_a_sentence() {
    let site = Site::http1();
    let target = format!("https://{}", site.address());
    Harness::run(&target, FILE).end().ended(2, &[&target]);
    let target = format!("http://{}", site.address());
    let ended = Harness::run(&target, &http2()).set("--duration", "500ms").end();
    assert!(matches!(ended.code, Some(0..=2)) && !ended.said.contains("panicked"));
    assert!(ended.result.is_none_or(|result| result.error_share > 0.99));
}

#[test]
fn bodies_in_chunks_are_read_to_their_end() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        A;name=value\r\nThe same f\r\n0d\r\nor everyone.\n\r\n0\r\nX-Trailer: after\r\n\r\n";
    let site = Site::bytes(ANSWER, false);
    let ended = Harness::run(&format!("http://{}", site.address()), FILE).end();
    agree(&ended, &site);
    assert!(site.connections() <= 6, "kept alive: {}", site.connections());
}

#[test]
fn connections_that_close_after_each_answer_are_opened_anew() {
    const LONG: &[u8] =
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 23\r\n\r\nThe same for everyone.\n";
    const OPEN: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\nThe same for everyone.\n";
    const OLD: &[u8] = b"HTTP/1.0 200 OK\r\n\r\nThe same for everyone.\n";
    at_once([LONG, OPEN, OLD], |answer| {
        let site = Site::bytes(answer, true);
        let ended = Harness::run(&format!("http://{}", site.address()), FILE).end();
        agree(&ended, &site);
        assert!(site.connections() >= site.requests());
    });
}
