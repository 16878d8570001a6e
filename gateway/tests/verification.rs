//! Whoever is shown a certificate can have it verified, here or on a machine without a network.

use crate::support::{Answer, Clinic, TestServer, eventually};
use opencowin_certificates::compact::QrText;
use opencowin_certificates::qr::Symbol;
use opencowin_certificates::sample::Sample;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn post(server: &TestServer, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    server.post("/verify").header("Content-Type", kind).bytes(body).send()
}

fn verify(server: &TestServer, certificate: impl Into<Value>) -> Value {
    server.post("/verify").json(&json!({ "certificate": certificate.into() })).send().ok()
}

#[test]
fn a_certificate_of_this_issuer_is_valid_in_every_form() {
    let server = TestServer::shared();
    let text = server.certificate(Sample::new(1));
    let document: Value = serde_json::from_str(&text).unwrap();
    let answers = [
        verify(&server, document),
        verify(&server, text.clone()),
        post(&server, "application/json", text).ok(),
        verify(&server, server.code(Sample::new(1))),
        post(&server, "text/plain", server.code(Sample::new(1))).ok(),
        post(&server, "image/png", server.picture(Sample::new(1))).ok(),
    ];
    for answer in answers {
        assert_eq!((&answer["outcome"], &answer["reason"]), (&json!("valid"), &Value::Null));
        let facts = &answer["facts"];
        assert_eq!((&facts["dose"], &facts["issuer"]), (&json!(1), &json!(server.issuer().did())));
    }
}

#[test]
fn what_was_changed_is_altered_and_is_not_repeated() {
    let server = TestServer::shared();
    let text = server.certificate(Sample::new(2));
    let changed = text.replacen("COVISHIELD", "COVAXIN", 1);
    assert_ne!(changed, text);
    let answer = post(&server, "application/json", changed).ok();
    assert_eq!(answer, json!({ "outcome": "altered", "reason": "signature" }));
    let twice = text.replacen("{", "{\"issuer\":\"did:web:other.example\",", 1);
    let answer = post(&server, "application/json", twice).ok();
    assert_eq!(answer, json!({ "outcome": "altered", "reason": "shape" }), "a member twice");
}

#[test]
fn a_certificate_of_another_issuer_is_unknown_whatever_it_says() {
    let server = TestServer::shared();
    let pdf = fs::read(given("certificate.pdf")).unwrap();
    let answer = post(&server, "application/pdf", pdf).ok();
    assert_eq!(
        answer,
        json!({ "outcome": "unknown-issuer", "reason": "key" }),
        "of another with its name"
    );
}

#[test]
fn what_is_no_certificate_is_refused_with_why() {
    let server = TestServer::shared();
    let foreign = QrText::parse("OCW1:HELLO").unwrap().link(&server.issuer());
    let foreign = Symbol::new(&foreign).unwrap().png(4);
    for (kind, body) in [
        ("application/json", b"{}".to_vec()),
        ("application/json", br#"{"certificate":7}"#.to_vec()),
        ("application/json", b"[".repeat(100_000)),
        ("application/pdf", b"%PDF-1.7 and no more".to_vec()),
        ("image/png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("image/png", foreign),
        ("text/plain", b"OCW1:".to_vec()),
    ] {
        post(&server, kind, body).refused(422, "VERIFY0001");
    }
    post(&server, "image/jpeg", "x").refused(415, "USRRES0024");
    post(&server, "application/pdf", vec![0; (1 << 20) + 1]).refused(413, "USRRES0006");
}

#[test]
fn a_browser_that_asks_for_the_same_path_is_given_the_page() {
    let page = TestServer::shared().get("/verify").send();
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
}

/// What the tests of the pages verify, and so does the command.
fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/tests/certificates").join(name)
}

/// Verifies a file with the keys and the list of the issuer of those.
fn by_command(file: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    command.arg("verify").arg(file).arg("--did").arg(given("did.json"));
    command.arg("--status").arg(given("status-0.json"));
    command.args(["--at", "2021-05-28T10:30:00Z"]).args(more).output().unwrap()
}

#[test]
fn the_command_says_of_every_case_what_the_page_says() {
    let home = tempfile::tempdir().unwrap();
    let cases: Value = serde_json::from_slice(&fs::read(given("cases.json")).unwrap()).unwrap();
    for case in cases.as_array().unwrap() {
        let file = home.path().join("certificate");
        fs::write(&file, case["input"].as_str().unwrap()).unwrap();
        let output = by_command(&file, &["--json"]);
        let (code, expected) = (output.status.code(), &case["expected"]);
        if expected["unreadable"].is_string() {
            assert_eq!(code, Some(2), "{}: {output:?}", case["name"]);
            continue;
        }
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(&told, expected, "{}", case["name"]);
        assert_eq!(code, Some(i32::from(expected["outcome"] != "valid")), "{}", case["name"]);
    }
}

#[test]
fn the_command_reads_an_issued_pdf_and_says_in_words_what_it_is_worth() {
    let output = by_command(&given("certificate.pdf"), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("VALID\n") && text.contains("\nDose         1 of 2\n"), "{text}");
}

#[test]
fn the_command_says_what_it_cannot_know_without_a_status_list() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    command.arg("verify").arg(given("certificate.pdf"));
    command.arg("--jwks").arg(given("jwks.json")).args(["--issuer", "cowin.example"]);
    let output = command.args(["--at", "2021-05-28T10:30:00Z"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("VALID, unless it was revoked\n"), "{text}");
}

#[test]
fn a_call_without_keys_or_with_what_is_no_certificate_ends_with_2() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    let output = command.arg("verify").arg(given("certificate.pdf")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(by_command(&given("missing.json"), &[]).status.code(), Some(2));
    assert_eq!(by_command(&given("did.json"), &[]).status.code(), Some(2));
}

#[test]
fn what_a_server_issued_is_verified_there_and_elsewhere_with_its_list_and_its_log() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    clinic.receive(10).ok();
    clinic.vaccinate(&clinic.patients[0]);
    let carried = clinic.family().certificate(&clinic.patients[0].reference, "");
    let answer = post(&server, "application/json", carried.0.clone()).ok();
    assert_eq!((&answer["outcome"], &answer["status"]["stale"]), (&json!("valid"), &json!(false)));

    let home = tempfile::tempdir().unwrap();
    let kept = |name: &str, bytes: &[u8]| {
        let file = home.path().join(name);
        fs::write(&file, bytes).unwrap();
        file
    };
    let path = format!("/credentials/log/inclusion?certificate={}", carried.id());
    let proof = eventually("a proof", || {
        let answer = server.get(&path).send();
        (answer.status == 200).then(|| answer.plain())
    });
    let fetched = |path: &str| server.get(path).send().plain();
    let (did, list) = (fetched("/.well-known/did.json"), fetched(&carried.list()));
    let says = |proof: &[u8]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
        command.arg("verify").arg(kept("certificate.json", &carried.0));
        command.arg("--did").arg(kept("did.json", &did));
        command.arg("--status").arg(kept("list.json", &list));
        command.arg("--proof").arg(kept("proof.json", proof));
        let output = command.arg("--at").arg(server.moment().to_string()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = says(&proof);
    assert!(text.starts_with("VALID\n") && text.contains("log holds it"), "{text}");
    assert_eq!(code, Some(0));
    let mut wrong: Value = serde_json::from_slice(&proof).unwrap();
    wrong["index"] = json!(7);
    let (code, text) = says(wrong.to_string().as_bytes());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("NOT in the transparency log"), "{text}");
}

/// Runs `opencowin keys signing` on a directory of its own.
fn signing(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    command.args(["keys", "signing"]).args(arguments).arg("--data").arg(data).output().unwrap()
}

#[track_caller]
fn told(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn keys_are_made_once_announced_before_they_sign_and_revoked_with_word_of_what_is_next() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    told(&signing(&data, &["new"]));
    let file = home.path().join("data.signing.json");
    let before = fs::read_to_string(&file).unwrap();
    assert!(!signing(&data, &["new"]).status.success(), "never over one that is there");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    let list = || told(&signing(&data, &["list"]));
    let of = |list: &str, state: &str| {
        let line = list.lines().find(|line| line.contains("certificates") && line.contains(state));
        line.unwrap().split(' ').next().unwrap().to_owned()
    };
    let first = of(&list(), "signing");
    told(&signing(&data, &["rotate", "certificates", "--overlap", "48"]));
    let next = of(&list(), "announced");
    assert!(!signing(&data, &["rotate", "certificates"]).status.success(), "one at a time");
    let revoked = told(&signing(&data, &["revoke", &first]));
    assert!(revoked.contains(&format!("opencowin admin certificates reissue --key {first}")));
    assert_eq!((of(&list(), "revoked"), of(&list(), "signing")), (first, next));
    assert!(!signing(&data, &["revoke", "nobody"]).status.success());
}
