//! Files of people: each row is done or not, told in order while the file comes, and done once however often it is sent.

use crate::support::{Answer, Call, Offer, Officer, Sale, TestServer, Wire, mobile, walk_in};
use opencowin_model::CentreId;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

const UPLOAD: &str = "/api/v2/vaccinator/beneficiaries/upload";
const NAMES: &str = "name,birth_year,gender_id,mobile_number,photo_id_type,photo_id_number\n";

/// A row that nothing is wrong with, for a number and a document of its own.
fn row() -> String {
    row_of(&walk_in(&mobile()))
}

fn row_of(person: &Value) -> String {
    let (number, mobile) = (&person["photo_id_number"], &person["mobile_number"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    format!("Asha Devi,1985,2,{},8,{}\n", text(mobile), text(number))
}

fn file(rows: &[String]) -> String {
    NAMES.to_owned() + &rows.concat()
}

fn uploading<'a>(staff: &Officer<'a>, query: &str, file: impl Into<Vec<u8>>) -> Call<'a> {
    let path = format!("{UPLOAD}?{query}");
    let call = staff.server.post(path).token(&staff.token).header("X-Device-Id", &*staff.device);
    call.key().header("Content-Type", "text/csv").bytes(file)
}

fn upload(staff: &Officer<'_>, id: Uuid, file: impl Into<Vec<u8>>) -> Answer {
    uploading(staff, &format!("upload_id={id}"), file).send()
}

/// Where everybody of a file is booked.
fn into(sale: &Sale) -> String {
    format!("session_id={}&slot={}&dose=1", sale.id(), sale.slot(0))
}

/// The code and the column of each row's refusal, nothing for one that was done; and the last line.
fn told(answer: &Answer) -> (Vec<(String, String)>, Value) {
    let mut lines = answer.lines();
    let last = lines.pop().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = lines.iter().enumerate().map(|(at, line)| {
        assert_eq!(line["row"], at + 1);
        assert_ne!(line["errorCode"].is_null(), line["beneficiary_reference_id"].is_null());
        (text(&line["errorCode"]), text(&line["field"]))
    });
    (rows.collect(), last)
}

fn references(lines: &[Value]) -> HashMap<u64, String> {
    let of = |line: &Value| {
        let who = line["beneficiary_reference_id"].as_str()?;
        Some((line["row"].as_u64()?, who.to_owned()))
    };
    lines.iter().filter_map(of).collect()
}

#[test]
fn of_ten_thousand_rows_the_wrong_ones_are_named_and_all_others_are_done() {
    let server = TestServer::start();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let good: Vec<_> = (0..10_000).map(|_| row()).collect();
    let mut rows = good.clone();
    let wrong: Vec<_> = (0..37).map(|at| (at * 270 + 3, wrong(at))).collect();
    for (at, (_, _, change)) in &wrong {
        rows[*at] = change(&good, *at);
    }
    let bytes: Vec<u8> =
        file(&rows).chars().map(|c| if c == '\u{fe}' { 0xfe } else { c as u8 }).collect();
    let id = Uuid::new_v4();
    let first = upload(&vaccinator, id, bytes.clone());
    let (rows, last) = told(&first);
    assert_eq!(last, json!({ "rows": 10_000, "registered": 9_963, "refused": 37 }));
    let refused = rows.iter().enumerate().filter(|(_, (code, _))| !code.is_empty());
    let refused: Vec<_> = refused.map(|(at, (code, field))| (at, &**code, &**field)).collect();
    let expected: Vec<_> =
        wrong.iter().map(|(at, (code, field, _))| (*at, *code, *field)).collect();
    assert_eq!(refused, expected);

    assert_eq!(upload(&vaccinator, id, bytes).lines(), first.lines(), "sent again, done once");
    server.assert_sound();
}

type Wrong = (&'static str, &'static str, fn(&[String], usize) -> String);

/// One of the ways in which a row can be wrong: its code, its column, and how it comes about.
fn wrong(number: usize) -> Wrong {
    fn cells(row: &str) -> Vec<String> {
        row.trim_end().split(',').map(str::to_owned).collect()
    }
    fn with(row: &str, at: usize, cell: &str) -> String {
        let mut cells = cells(row);
        cells[at] = cell.to_owned();
        cells.join(",") + "\n"
    }
    const WAYS: [Wrong; 10] = [
        ("USRRES0002", "name", |rows, at| with(&rows[at], 0, "=1+1")),
        ("USRRES0002", "name", |rows, at| with(&rows[at], 0, "Ash\u{fe}")),
        ("USRRES0001", "name", |rows, at| with(&rows[at], 0, "")),
        ("USRRES0002", "birth_year", |rows, at| with(&rows[at], 1, "85")),
        ("USRRES0002", "gender_id", |rows, at| with(&rows[at], 2, "F")),
        ("USRRES0002", "mobile_number", |rows, at| with(&rows[at], 3, "12345")),
        ("USRRES0002", "photo_id_type", |rows, at| with(&rows[at], 4, "Passport")),
        ("BENREG0004", "photo_id_number", |rows, at| {
            with(&with(&rows[at], 4, "1"), 5, "234123412345")
        }),
        ("USRRES0002", "columns", |rows, at| format!("{},more\n", rows[at].trim_end())),
        ("BENREG0002", "photo_id_number", |rows, at| rows[at - 2].clone()),
    ];
    WAYS[number % WAYS.len()]
}

#[test]
fn a_row_is_told_while_the_file_still_comes() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let file = file(&[row(), row()]);
    let mut open = Open::begin(&vaccinator, Uuid::new_v4(), file.len() + 1);
    open.wire.send(&file);
    assert_eq!(open.lines(2).len(), 2);
    open.wire.send("\n");
    assert_eq!(open.rest()[2], json!({ "rows": 2, "registered": 2, "refused": 0 }));
}

#[test]
fn who_is_cut_off_in_the_middle_hears_of_the_same_people_later() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let rows: Vec<_> = (0..300).map(|_| row()).collect();
    let (id, whole) = (Uuid::new_v4(), file(&rows));
    let half = whole.len() / 2;
    let mut open = Open::begin(&vaccinator, id, whole.len());
    open.wire.send(&whole[..half]);
    let heard = references(&open.lines(50));
    assert!(heard.len() >= 50);
    open.wire.reset();

    let later = upload(&vaccinator, id, whole.clone()).lines();
    let all = references(&later);
    assert_eq!(all.len(), 300);
    assert!(heard.iter().all(|(row, who)| all[row] == *who));

    let (other, last) = told(&upload(&vaccinator, Uuid::new_v4(), whole));
    assert!(other.iter().all(|(code, _)| code == "BENREG0002"), "another upload is another wish");
    assert_eq!(last["refused"], 300);
}

#[test]
fn a_row_that_says_something_else_under_the_same_upload_is_another_row() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let (id, good, wrong) = (Uuid::new_v4(), row(), walk_in(&mobile()));
    let mistyped = row_of(&wrong).replace("1985", "1885");
    let first = upload(&vaccinator, id, file(&[good.clone(), mistyped])).lines();
    assert_eq!(first[1]["field"], "birth_year");
    let corrected = upload(&vaccinator, id, file(&[good, row_of(&wrong)])).lines();
    assert_eq!(corrected[0], first[0]);
    assert_eq!(corrected[2], json!({ "rows": 2, "registered": 2, "refused": 0 }));
}

#[test]
fn a_cohort_is_registered_with_its_seats_and_whoever_finds_none_is_not_registered() {
    let server = TestServer::start();
    let sale = server.sell(Offer::default());
    let vaccinator = server.vaccinator(&sale);
    let people: Vec<_> = (0..25).map(|_| walk_in(&mobile())).collect();
    let rows: Vec<_> = people.iter().map(row_of).collect();
    let query = format!("upload_id={}&{}", Uuid::new_v4(), into(&sale));
    let answer = uploading(&vaccinator, &query, file(&rows)).send();
    let (told, last) = told(&answer);
    assert_eq!(last, json!({ "rows": 25, "registered": 20, "refused": 5 }));
    assert_eq!(told.iter().filter(|(code, _)| code == "APPOIN0040").count(), 5);
    for (person, (code, _)) in people.iter().zip(&told) {
        let number = person["mobile_number"].as_str().unwrap();
        let path = format!("/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number={number}");
        let found = vaccinator.get(path).key().send();
        let outbox = server.get(format!("/sandbox/outbox?mobile={number}")).key().send().ok();
        assert_eq!(found.status, if code.is_empty() { 200 } else { 400 });
        assert_eq!(outbox["messages"] == json!([]), !code.is_empty(), "who is booked is told");
    }
    assert_eq!(uploading(&vaccinator, &query, file(&rows)).send().lines(), answer.lines());
    assert_eq!(server.free(&sale)[1], 10, "seats that are sold online are untouched");
}

#[test]
fn a_file_is_refused_before_anything_is_done_if_it_is_none_or_not_ones_own() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let vaccinator = server.vaccinator(&here);
    let id = format!("upload_id={}", Uuid::new_v4());
    let refused = |query: &str, file: &str, status, code| {
        uploading(&vaccinator, query, file).send().refused(status, code)
    };
    let good = file(&[row()]);
    refused("", &good, 400, "USRRES0001");
    refused("upload_id=7", &good, 400, "USRRES0002");
    refused(&format!("{id}&center_id={}", there.centre.id), &good, 403, "USRRES0011");
    refused(&format!("{id}&{}", into(&there)), &good, 400, "APPOIN0015");
    refused(&format!("{id}&session_id={}", here.id()), &good, 400, "USRRES0001");
    refused(&format!("{id}&{}&channel=online", into(&here)), &good, 400, "USRRES0002");
    refused(&id, "", 400, "USRRES0001");
    refused(&id, &good.replace("gender_id,", ""), 400, "USRRES0001");
    refused(&id, &good.replace("gender_id", "sex"), 400, "USRRES0002");
    refused(&id, &good.replace(',', ";"), 400, "USRRES0002");
    refused(&id, &row(), 400, "USRRES0002");
    let call = vaccinator.post(format!("{UPLOAD}?{id}"), &json!({})).key();
    call.send().refused(415, "USRRES0024");
    let unbound = server.post(format!("{UPLOAD}?{id}")).key().header("Content-Type", "text/csv");
    unbound.bytes(good).send().unauthenticated();

    let mut open = Open::begin(&vaccinator, Uuid::new_v4(), 65 * 1024 * 1024);
    open.wire.read(false).unwrap().refused(413, "USRRES0006");
}

#[test]
fn a_key_of_several_facilities_names_the_one_that_uploads() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (_, key) = server.api_key(|key| key.facilities = vec![here.centre.id, there.centre.id]);
    let send = |centre: Option<CentreId>| {
        let named = centre.map(|id| format!("&center_id={id}")).unwrap_or_default();
        let call = server.post(format!("{UPLOAD}?upload_id={}{named}", Uuid::new_v4()));
        call.header("x-api-key", &*key)
            .header("Content-Type", "text/csv")
            .bytes(file(&[row()]))
            .send()
    };
    send(None).refused(400, "USRRES0001");
    let who = references(&send(Some(there.centre.id)).lines())[&1].clone();
    server.vaccinator(&there).looking_for(&who).send().ok();
    server.vaccinator(&here).looking_for(&who).send().refused(400, "APPOIN0001");
}

#[test]
fn who_sends_all_of_a_slow_file_before_reading_anything_is_not_cut_off() {
    let server = TestServer::configured(|config| {
        config.deadlines.idle = Duration::from_millis(200);
        config.deadlines.stalled_write = Duration::from_millis(200);
    });
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let rows: Vec<_> = (0..6).map(|_| row()).collect();
    let whole = file(&rows);
    let mut open = Open::begin(&vaccinator, Uuid::new_v4(), whole.len());
    for part in whole.as_bytes().chunks(whole.len().div_ceil(5)) {
        open.wire.send(part);
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!(open.rest()[6], json!({ "rows": 6, "registered": 6, "refused": 0 }));
}

#[test]
fn a_file_that_stops_coming_is_answered_as_far_as_it_came() {
    let server = TestServer::configured(|config| {
        config.deadlines.upload_pause = Duration::from_millis(200);
    });
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let mut open = Open::begin(&vaccinator, Uuid::new_v4(), 100_000);
    let started = Instant::now();
    open.wire.send(file(&[row(), row()]));
    let lines = open.rest();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(references(&lines).len(), 2);
    assert_eq!((&lines[2]["rows"], &lines[2]["errorCode"]), (&json!(2), &json!("USRRES0007")));
}

#[test]
fn a_row_that_cannot_be_read_costs_itself_alone() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let quoted = row().replace("Asha Devi", "\"Devi, Asha\"");
    let long = row().replace("Asha", &"A".repeat(20_000));
    let rows = [quoted, "\n".to_owned(), long, "\0\0,,\n".to_owned(), row()];
    let (told, last) = told(&upload(&vaccinator, Uuid::new_v4(), file(&rows)));
    let codes: Vec<_> = told.iter().map(|(code, field)| (&**code, &**field)).collect();
    let overlong = ("USRRES0002", "row");
    assert_eq!(codes, [("", ""), overlong, ("USRRES0002", "columns"), ("", "")]);
    assert_eq!(last["registered"], 2);
}

/// An upload that is under way.
struct Open {
    wire: Wire,
    body: Vec<u8>,
    has_begun: bool,
}

impl Open {
    /// Sends the head of an upload of so many bytes.
    fn begin(staff: &Officer<'_>, id: Uuid, length: usize) -> Self {
        let head = uploading(staff, &format!("upload_id={id}"), Vec::new()).to_bytes();
        let head = String::from_utf8(head).unwrap();
        let mut wire = staff.server.wire();
        wire.send(head.replace("Content-Length: 0", &format!("Content-Length: {length}")));
        Self { wire, body: Vec::new(), has_begun: false }
    }

    /// The first lines of the answer, at least so many.
    fn lines(&mut self, least: usize) -> Vec<Value> {
        while self.body.iter().filter(|byte| **byte == b'\n').count() < least {
            assert!(self.read_on(), "the answer ended");
        }
        self.parsed()
    }

    /// All lines of the answer.
    fn rest(mut self) -> Vec<Value> {
        while self.read_on() {}
        self.parsed()
    }

    fn read_on(&mut self) -> bool {
        if !self.has_begun {
            let head = self.wire.read_head().expect("an answer");
            assert_eq!((head.status, head.header("transfer-encoding")), (200, Some("chunked")));
            self.has_begun = true;
        }
        self.wire.read_chunk(&mut self.body).expect("a connection that lasts")
    }

    fn parsed(&self) -> Vec<Value> {
        let whole = self.body.split_inclusive(|byte| *byte == b'\n').filter(|l| l.ends_with(b"\n"));
        whole.map(|line| serde_json::from_slice(line).expect("JSON")).collect()
    }
}
