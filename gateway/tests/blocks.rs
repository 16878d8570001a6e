//! Shutting somebody out for misuse: at once, for a reason, until a moment or until somebody thinks better of it.

use crate::support::{Answer, Officer, TestServer, mobile};
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use serde_json::{Value, json};
use uuid::Uuid;

const BLOCKS: &str = "/api/v2/ministry/blocks";
const STATES: &str = "/api/v2/admin/location/states";
const PEOPLE: &str = "/api/v2/appointment/beneficiaries";

#[track_caller]
fn denied(answer: &Answer) {
    let body =
        r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (403, body));
}

fn minister(server: &TestServer) -> Officer<'_> {
    server.officer(Role::Ministry, Scope::Country)
}

#[track_caller]
fn block(by: &Officer<'_>, what: &str, which: &str, until: Option<jiff::Timestamp>) -> Value {
    let until = until.map(|until| until.to_string());
    let body = json!({ what: which, "reason": "polls every second", "until": until });
    by.post(BLOCKS, &body).send().ok()
}

/// A block, as the list has it.
#[track_caller]
fn on_record(by: &Officer<'_>, block: &Value) -> Value {
    let list = by.get(BLOCKS).send().ok();
    let found = list["blocks"].as_array().unwrap().iter().find(|one| one["id"] == block["id"]);
    found.expect("a block stays on record").clone()
}

/// What can be shut out, by what it is named, and a call of it.
struct Subject<'a> {
    what: &'static str,
    which: String,
    call: Box<dyn Fn() -> Answer + 'a>,
}

fn subjects(server: &TestServer) -> Vec<Subject<'_>> {
    let (key, text) = server.api_key(|_| {});
    let number = mobile();
    let with_key = move || server.get(STATES).header("x-api-key", text.clone()).send();
    let from = |address: &'static str| {
        move || server.get(STATES).header("X-Forwarded-For", address).send()
    };
    let of_number = {
        let account = server.log_in(Door::Portal, &number);
        account.register(&crate::support::person());
        move || server.log_in(Door::Portal, &account.mobile).get(PEOPLE).send()
    };
    vec![
        Subject { what: "key", which: key.id.to_string(), call: Box::new(with_key) },
        Subject {
            what: "network",
            which: "203.0.113.0/24".to_owned(),
            call: Box::new(from("203.0.113.77")),
        },
        Subject {
            what: "network",
            which: "2001:db8:7::/48".to_owned(),
            call: Box::new(from("2001:db8:7:1::9")),
        },
        Subject { what: "mobile", which: number, call: Box::new(of_number) },
    ]
}

#[test]
fn a_block_holds_at_once_says_why_and_by_whom_and_ends_by_itself() {
    let server = TestServer::start();
    for Subject { what, which, call } in subjects(&server) {
        let by = minister(&server);
        call().ok();
        let end = server.advance(0) + jiff::SignedDuration::from_mins(5);
        let block = block(&by, what, &which, Some(end));
        assert_eq!(
            (&block["reason"], &block["holds"]),
            (&json!("polls every second"), &json!(true))
        );
        assert_eq!((&block["by"], &block["lifted"]), (&json!(by.id.to_string()), &Value::Null));
        denied(&call());
        server.advance(301);
        call().ok();
        assert_eq!(on_record(&by, &block)["holds"], false, "{what} {which}");
    }
}

#[test]
fn a_block_without_an_end_holds_until_it_is_lifted_and_says_by_whom() {
    let server = TestServer::start();
    for Subject { what, which, call } in subjects(&server) {
        let block = block(&minister(&server), what, &which, None);
        server.advance(400 * 86_400);
        denied(&call());
        let by = minister(&server);
        let lifted = by.post("/api/v2/ministry/blocks/lift", &json!({ "id": block["id"] })).send();
        assert_eq!(lifted.ok()["lifted"]["by"], by.id.to_string());
        call().ok();
        assert_eq!(on_record(&by, &block)["reason"], "polls every second", "{what} {which}");
    }
}

#[test]
fn a_block_of_an_organisation_shuts_out_all_its_keys_and_no_other() {
    let server = TestServer::ministry(|_| {});
    let minister = server.minister();
    let keys = [(); 2].map(|()| {
        let partner = server.applicant(&["search"]);
        let keys = [partner.key().1, partner.key().1];
        (partner.id, keys)
    });
    let call = |key: &str| server.get(STATES).header("x-api-key", key).send();
    let [(blocked, of_blocked), (_, of_other)] = &keys;
    let body = json!({ "partner": blocked, "reason": "resells what it finds" });
    minister.post(BLOCKS, &body).send().ok();
    of_blocked.iter().for_each(|key| denied(&call(key)));
    of_other.iter().for_each(|key| drop(call(key).ok()));
}

#[test]
fn a_block_names_one_subject_a_reason_and_an_end_to_come() {
    let server = TestServer::shared();
    let minister = minister(&server);
    let number = mobile();
    for (body, code) in [
        (json!({ "reason": "why" }), "USRRES0001"),
        (json!({ "mobile": number }), "USRRES0001"),
        (json!({ "mobile": number, "key": Uuid::nil(), "reason": "why" }), "USRRES0002"),
        (json!({ "network": "everybody", "reason": "why" }), "USRRES0002"),
        (json!({ "mobile": "12", "reason": "why" }), "USRRES0002"),
        (
            json!({ "mobile": number, "reason": "why", "until": "2021-05-01T00:00:00Z" }),
            "USRRES0002",
        ),
        (json!({ "mobile": number, "reason": "why", "until": "soon" }), "USRRES0002"),
    ] {
        minister.post(BLOCKS, &body).send().refused(400, code);
    }
    let nobody = json!({ "id": Uuid::from_u128(7) });
    minister.post("/api/v2/ministry/blocks/lift", &nobody).send().refused(404, "USRRES0012");
}
