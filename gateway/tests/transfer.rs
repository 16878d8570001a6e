//! A ledger moves: what was booked on one machine is there on the next.

use crate::support::{Offer, TestServer, settings};
use opencowin::config::beside;
use opencowin::identity::Door;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `opencowin ledger`; answers whether it succeeded, and the last line that it printed or its sentence of refusal.
fn ledger(data: &Path, command: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_opencowin"))
        .arg("ledger")
        .args(command)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let told = if done.status.success() { text(&done.stdout) } else { text(&done.stderr) };
    (done.status.success(), told.lines().last().unwrap_or_default().to_owned())
}

#[track_caller]
fn done(data: &Path, command: &[&str]) -> String {
    let (done, line) = ledger(data, command);
    assert!(done, "{line}");
    line
}

#[track_caller]
fn refused(data: &Path, command: &[&str]) -> String {
    let (done, line) = ledger(data, command);
    assert!(!done, "{line}");
    line
}

/// What a ledger holds, without how long it took to find out.
fn held(line: &str) -> &str {
    line.split_once(": ").expect("figures, then the checksum").1
}

fn people(server: &TestServer, mobile: &str) -> Vec<Value> {
    server.log_in(Door::Portal, mobile).people()
}

#[test]
fn a_booking_is_there_after_the_ledger_has_moved_and_moved_back() {
    let home = tempfile::tempdir().unwrap();
    let [one, two, three] = ["one", "two", "three"].map(|name| home.path().join(name));
    let server = TestServer::open(settings(&one)).unwrap();
    let sale = server.sell(Offer::default());
    let (account, family) = server.family(2);
    let appointment = account.book(&sale, &family);
    let (before, mobile, token) = (account.people(), account.mobile.clone(), account.token);
    assert!(server.close());

    let file = home.path().join("ledger.export");
    let export = file.to_str().unwrap();
    let written = done(&one, &["export", export]);
    assert!(written.starts_with("exported in ") && written.contains(", 1 appointments"));
    assert_eq!(held(&done(&one, &["checksum"])), held(&written));
    fs::copy(beside(&one), beside(&two)).unwrap();
    assert_eq!(held(&done(&two, &["import", export])), held(&written));
    assert!(done(&two, &["check"]).starts_with("0 violations in 1 sessions, 1 appointments"));

    let server = TestServer::open(settings(&two)).unwrap();
    assert_eq!(people(&server, &mobile), before);
    assert_eq!(server.free(&sale), [13, 8, 5]);
    let list = server.get("/api/v2/appointment/beneficiaries").token(&token).send().ok();
    assert_eq!(
        list["beneficiaries"],
        Value::from(before),
        "tokens are the keys' and so move along"
    );
    server.log_in(Door::Portal, &mobile).cancelling(&appointment, &family).send().done();
    assert!(server.close());

    let back = home.path().join("back.export");
    let returned = done(&two, &["export", back.to_str().unwrap(), "--verify"]);
    fs::copy(beside(&two), beside(&three)).unwrap();
    assert_eq!(held(&done(&three, &["import", back.to_str().unwrap()])), held(&returned));
    let server = TestServer::open(settings(&three)).unwrap();
    assert_eq!(server.free(&sale), [15, 10, 5]);
}

#[test]
fn a_ledger_is_not_moved_where_it_would_harm() {
    let home = tempfile::tempdir().unwrap();
    let [one, two, nowhere] = ["one", "two", "nowhere"].map(|name| home.path().join(name));
    let file = home.path().join("ledger.export");
    let export = file.to_str().unwrap();
    let server = TestServer::open(settings(&one)).unwrap();
    assert!(refused(&one, &["export", export]).contains("in use"));
    assert!(server.close());
    done(&one, &["export", export]);

    assert!(refused(&one, &["export", export]).contains("is there already"));
    assert!(refused(&one, &["import", export]).contains("is not empty"));
    assert!(refused(&nowhere, &["import", export]).contains("there is no key file"));
    assert!(refused(&nowhere, &["export", "anywhere"]).contains("there is no ledger in"));
    assert!(refused(&nowhere, &["checksum"]).contains("there is no ledger in"));
    TestServer::open(settings(&two)).unwrap().close();
    fs::remove_dir_all(&two).unwrap();
    assert!(refused(&two, &["import", export]).contains("key file does not belong"));
    assert!(!two.exists() && !nowhere.exists() && !beside(&nowhere).exists(), "nothing was made");

    fs::copy(beside(&one), beside(&two)).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert!(
        refused(&two, &["import", export]).contains("is damaged: chunk 1 has another checksum")
    );
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    done(&two, &["import", export]);
}
