//! What was acknowledged survives: a stop, a crash, and whoever steals the disk learns nothing.

use crate::support::{
    Offer, TestServer, booking, copy_directory, files_under, mobile, person, settings,
};
use opencowin::config::{Settings, beside};
use opencowin::identity::Door;
use serde_json::json;
use std::fs;

#[track_caller]
fn refusal(settings: Settings) -> String {
    TestServer::open(settings).err().expect("the server does not start")
}

#[test]
fn bookings_seats_and_the_clock_survive_a_stop() {
    let home = tempfile::tempdir().unwrap();
    let settings = settings(&home.path().join("data"));
    let server = TestServer::open(settings.clone()).unwrap();
    let stopped_at = server.advance(3 * 86_400);
    let sales =
        server.sell_together(&[Offer::default(), Offer { days_ahead: 2, ..Offer::default() }]);
    let (account, people) = server.family(3);
    let moved = account.book(&sales[0], &people[..2]);
    account.rescheduling(&moved, &sales[1], 1).send().done();
    account.cancelling(&moved, &people[..1]).send().done();
    let keyed = |server: &TestServer, token: &str| {
        let body = booking(&sales[0], &people[2..]);
        let call = server.post("/api/v2/appointment/schedule").token(token).json(&body);
        call.header("Idempotency-Key", "before-and-after").send().ok()
    };
    let (token, number) = (account.token.clone(), account.mobile.clone());
    let answer = keyed(&server, &token);
    let before = account.people();
    assert!(server.close(), "nothing was cut off");

    let server = TestServer::open(settings).unwrap();
    assert!(server.advance(0) >= stopped_at, "the clock does not go back");
    assert_eq!((server.free(&sales[0]), server.free(&sales[1])), ([14, 9, 5], [14, 9, 5]));
    let list = server.get("/api/v2/appointment/beneficiaries").token(&token).send().ok();
    assert_eq!(list["beneficiaries"], json!(before), "a token outlives a restart, and people do");
    assert_eq!(keyed(&server, &token), answer, "so does an idempotency key");
    server.log_in(Door::Portal, &number).cancelling(&moved, &people[1..2]).send().done();
    assert_eq!(server.free(&sales[1]), [15, 10, 5]);
}

#[test]
fn the_generated_programme_is_published_once() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = settings(&home.path().join("data"));
    settings.scale = Some(0.02);
    let figures = |server: &TestServer| {
        let metrics = server.get("/metrics").send().text();
        ["opencowin_centres ", "opencowin_sessions "].map(|name| {
            metrics.lines().find(|line| line.starts_with(name)).expect("a figure").to_owned()
        })
    };
    let server = TestServer::open(settings.clone()).unwrap();
    let first = figures(&server);
    assert!(server.close());
    let server = TestServer::open(settings).unwrap();
    assert_eq!(figures(&server), first);
}

#[test]
fn a_crash_loses_nothing_that_was_acknowledged() {
    let server = TestServer::start();
    let sale = server.sell(Offer { seats: [40, 0, 0], ..Offer::default() });
    let families: Vec<_> = (0..5).map(|_| server.family(2)).collect();
    let booked: Vec<_> =
        families.iter().map(|(account, people)| account.book(&sale, people)).collect();
    let (data, home) = (server.data(), tempfile::tempdir().unwrap());
    // What a disk holds at the moment of a power cut, since every answer above was given after its fsync.
    let image = home.path().join("image");
    copy_directory(&data, &image);
    fs::copy(beside(&data), beside(&image)).unwrap();

    let reopened = TestServer::open(settings(&image)).unwrap();
    assert_eq!(reopened.free(&sale), [30, 30, 0]);
    for ((account, people), appointment) in families.iter().zip(&booked) {
        let list =
            reopened.get("/api/v2/appointment/beneficiaries").token(&account.token).send().ok();
        assert_eq!(list["beneficiaries"].as_array().unwrap().len(), people.len());
        for person in list["beneficiaries"].as_array().unwrap() {
            assert_eq!(person["appointments"][0]["appointment_id"], *appointment);
        }
    }
}

#[test]
fn a_second_server_on_the_same_directory_is_refused_in_one_sentence() {
    let server = TestServer::start();
    let error = refusal(settings(&server.data()));
    assert!(error.contains("in use") && !error.contains('\n'), "{error}");
    assert!(error.contains(&*server.data().to_string_lossy()), "{error}");
    server.get("/healthz").send();
}

#[test]
fn a_second_server_on_the_same_port_is_refused_in_one_sentence() {
    let server = TestServer::start();
    let home = tempfile::tempdir().unwrap();
    let mut settings = settings(&home.path().join("data"));
    settings.listen = Some(server.address());
    let error = refusal(settings);
    assert!(error.starts_with("cannot listen on") && !error.contains('\n'), "{error}");
}

#[test]
fn another_key_file_is_refused_in_one_sentence_and_harms_nothing() {
    let home = tempfile::tempdir().unwrap();
    let settings = settings(&home.path().join("data"));
    TestServer::open(settings.clone()).unwrap().close();
    let keys = beside(&home.path().join("data"));
    let right = fs::read_to_string(&keys).unwrap();
    TestServer::with(|other| {
        other.data = Some(home.path().join("other"));
    })
    .close();
    let other = fs::read_to_string(beside(&home.path().join("other"))).unwrap();
    for (wrong, sentence) in [
        (Some(other.as_str()), "does not belong to this ledger"),
        (Some("not a key file"), "malformed"),
        (None, "no key file"),
    ] {
        match wrong {
            Some(text) => fs::write(&keys, text).unwrap(),
            None => fs::remove_file(&keys).unwrap(),
        }
        let error = refusal(settings.clone());
        assert!(error.contains(sentence) && !error.contains('\n'), "{error}");
    }
    fs::write(&keys, right).unwrap();
    TestServer::open(settings).unwrap();
}

#[test]
fn a_busy_port_is_refused_in_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut settings = settings(&home.path().join("data"));
    settings.listen = Some(taken.local_addr().unwrap());
    let error = refusal(settings);
    assert!(error.starts_with("cannot listen on 127.0.0.1:"), "{error}");
}

#[test]
fn the_data_directory_tells_nothing_about_anybody() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let server = TestServer::open(settings(&data)).unwrap();
    let sale = server.sell(Offer::default());
    let mobile = mobile();
    let account = server.log_in(Door::Portal, &mobile);
    let mut body = person();
    body["name"] = json!("Quetzalcoatl Vishwanathan");
    body["photo_id_type"] = json!(2);
    body["photo_id_number"] = json!("KA-0120190099887");
    let reference = account.register(&body);
    account.book(&sale, &[reference]);
    assert!(server.close());

    let number: u64 = mobile.parse().unwrap();
    let texts =
        ["Quetzalcoatl", "Vishwanathan", "KA0120190099887", "KA-0120190099887", "0099887", &mobile];
    let secrets: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| text.as_bytes().to_vec())
        // A number in the forms in which programs store numbers, zeros left out.
        .chain([number.to_be_bytes()[3..].to_vec(), number.to_le_bytes()[..5].to_vec()])
        .collect();
    let files = files_under(&data);
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let found = secrets.iter().find(|secret| holds(&bytes, secret));
        assert_eq!(found, None, "{}", file.display());
    }
}

/// Whether the bytes stand somewhere. Logs are mostly zeros: those are passed over a thousand at a time.
fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    let chunks =
        bytes.chunks(1000).enumerate().filter(|(_, chunk)| chunk.iter().any(|byte| *byte != 0));
    chunks.into_iter().any(|(at, _)| {
        let end = bytes.len().min(1000 * (at + 1) + secret.len());
        bytes[(1000 * at).saturating_sub(secret.len())..end]
            .windows(secret.len())
            .any(|part| part == secret)
    })
}
