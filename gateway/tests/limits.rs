//! How often anybody may call, and what they are told who call more often.

use crate::support::{Account, Answer, Call, TestServer, eventually, hashed, mobile, person};
use opencowin::access::Environment;
use opencowin::access::key::{ApiKey, End, Ending, QuotaException};
use opencowin::config::Switch;
use opencowin::identity::Door;
use opencowin_admission::challenge::proof_of_work;
use opencowin_admission::{Api, Apis, Limits, Quota};
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

const STATES: &str = "/api/v2/admin/location/states";
const PORTAL: &str = "/api/v2/auth/generateMobileOTP";
const MINE: &str = "/api/v2/appointment/sessions/findByPin?pincode=110001&date=28-04-2030";

fn limited() -> TestServer {
    with_limits(|_| {})
}

/// With other limits than the defaults.
fn with_limits(change: impl FnOnce(&mut Limits)) -> TestServer {
    let server = TestServer::with(|settings| settings.limits = Some(Switch::On));
    server.limit(change);
    server
}

impl<'a> Call<'a> {
    fn from(self, address: &str) -> Self {
        self.header("X-Forwarded-For", address)
    }
}

/// That the caller was stopped as the firewall of the original did it, but so that browsers can read it.
#[track_caller]
fn stopped(answer: &Answer) {
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let text = answer.text();
    assert!(
        text.contains("The request could not be satisfied") && text.contains("Request blocked")
    );
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert!(answer.header("ratelimit").unwrap().contains(";r=0;"));
}

#[track_caller]
fn denied(answer: &Answer) {
    let body =
        r#"{"message":"User is not authorized to access this resource with an explicit deny"}"#;
    assert_eq!((answer.status, answer.text().as_str()), (403, body));
    assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"));
}

fn quota(api: Api, per_second: u32, burst: u32, per_day: u64) -> QuotaException {
    let quota = Quota { per_second, burst, per_day };
    QuotaException { api, quota, consent: "test".to_owned() }
}

#[test]
fn an_address_has_a_hundred_calls_in_five_minutes_and_others_are_not_hit() {
    let server = limited();
    let call = |address: &str| server.get(STATES).from(address).send();
    for _ in 0..100 {
        call("203.0.113.7").ok();
    }
    stopped(&call("203.0.113.7"));
    call("203.0.113.8").ok();
    server.advance(351);
    call("203.0.113.7").ok();
}

#[test]
fn the_addresses_of_one_ipv6_line_are_one_and_the_nearest_untrusted_hop_counts() {
    let server = limited();
    let call = |address: &str| server.get(STATES).from(address).send();
    for n in 0..100 {
        call(&format!("2001:db8:0:7::{n:x}")).ok();
    }
    stopped(&call("2001:db8:0:7:ffff::1"));
    call("2001:db8:0:8::1").ok();
    stopped(&call("1.2.3.4, 2001:db8:0:7::1"));
    call("2001:db8:0:7::1, 1.2.3.4, 127.0.0.1").ok();
}

#[test]
fn a_call_with_a_key_counts_for_the_key_and_not_for_the_address() {
    let server = limited();
    let (_, text) = server.api_key(|key| key.exceptions = vec![quota(Api::Search, 1, 150, 1_000)]);
    let call = || server.get(STATES).from("203.0.113.7").header("x-api-key", text.clone());
    // A machine that is slow makes room for some more meanwhile.
    let answers = std::iter::repeat_with(|| call().send()).take(600);
    let answers: Vec<_> = answers.take_while(|answer| answer.status == 200).collect();
    assert!((150..600).contains(&answers.len()), "{}", answers.len());
    let refused = std::iter::repeat_with(|| call().send()).find(|answer| answer.status != 200);
    let refused = refused.expect("a refusal");
    assert_eq!(
        (refused.status, refused.text().as_str()),
        (429, r#"{"message":"Too Many Requests"}"#)
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit-policy"), Some(r#""key-rate";q=1;w=1"#));
    server.get(STATES).from("203.0.113.7").send().ok();
}

#[test]
fn the_calls_of_a_day_are_counted_and_the_next_day_begins_anew() {
    let server = limited();
    let (_, text) =
        server.api_key(|key| key.exceptions = vec![quota(Api::Search, 1_000, 1_000, 5)]);
    let call = || server.get(STATES).header("x-api-key", text.clone()).send();
    for _ in 0..5 {
        call().ok();
    }
    let refused = call();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("ratelimit-policy"), Some(r#""key-day";q=5;w=86400"#));
    server.advance(86_400);
    call().ok();
}

#[test]
fn a_key_opens_what_it_is_subscribed_to_in_its_environment_while_it_is_in_force() {
    let server = limited();
    let ask = |text: &str| {
        let call = server.post("/api/v2/auth/generateOTP").header("x-api-key", text);
        call.json(&json!({ "mobile": mobile() })).send()
    };
    ask(&server.api_key(|_| {}).1).ok();
    ask(&server.api_key(|key| key.apis = Apis::NONE.with(Api::Appointments)).1).ok();
    ask(&server.api_key(|key| key.apis = Apis::NONE).1).forbidden();
    ask(&server.api_key(|key| key.apis = Apis::NONE.with(Api::Search)).1).forbidden();
    ask(&server.api_key(|key| key.environment = Environment::Production).1).forbidden();
    ask(&server.api_key(|key| key.expires = Some(Timestamp(1))).1).forbidden();
    ask(&server.api_key(|key| key.partner = Uuid::from_u128(9)).1).forbidden();
    let (ended, text) = server.api_key(|_| {});
    ask(&text).ok();
    let end = End { at: Timestamp(1), why: Ending::Compromised, reason: String::new() };
    let change = |key: &ApiKey| Ok(ApiKey { ended: Some(end.clone()), ..key.clone() });
    block_on(server.registry().change(ended.id, change)).unwrap();
    ask(&text).forbidden();
    server.get(STATES).header("x-api-key", text).send().forbidden();
}

#[test]
fn the_21st_search_ends_the_log_in_and_a_new_one_begins_anew() {
    let server = limited();
    let account = server.account();
    for _ in 0..20 {
        account.get(MINE).send().ok();
    }
    let refused = account.get(MINE).send();
    let body = r#"{"message":"Too many search requests, please try after sometime!"}"#;
    assert_eq!((refused.status, refused.text().as_str()), (429, body));
    account.get(MINE).send().unauthenticated();
    account.get("/api/v2/appointment/beneficiaries").send().unauthenticated();
    server.advance(180);
    server.log_in(Door::Portal, &account.mobile).get(MINE).send().ok();
}

#[test]
fn a_thousand_searches_in_a_day_shut_a_number_out_for_a_day_everywhere() {
    let server = with_limits(|limits| {
        limits.user.searches.calls = 10_000;
        limits.user.searches_day.calls = 30;
    });
    let account = server.account();
    for _ in 0..30 {
        account.get(MINE).send().ok();
    }
    denied(&account.get(MINE).send());
    eventually("the block is everybody's", || {
        let answer = account.get("/api/v2/appointment/beneficiaries").send();
        (answer.status == 403).then(|| denied(&answer))
    });
    let ask = || server.post(PORTAL).json(&json!({ "mobile": account.mobile })).send();
    server.advance(200);
    ask().refused(400, "USRAUT0018");
    server.advance(86_400);
    ask().ok();
}

#[test]
fn another_password_can_be_asked_for_after_three_minutes_and_fifty_are_enough_for_a_day() {
    let server = with_limits(|limits| limits.user.otps_day.calls = 3);
    let number = mobile();
    let ask = || server.post(PORTAL).json(&json!({ "mobile": number })).send();
    ask().ok();
    ask().refused(400, "USRAUT0018");
    for _ in 0..2 {
        server.advance(180);
        ask().ok();
    }
    server.advance(180);
    ask().refused(400, "USRAUT0018");
    server.advance(80_000);
    ask().refused(400, "USRAUT0018");
    server.advance(10_000);
    ask().ok();
}

#[test]
fn a_token_dies_with_the_key_of_its_application() {
    let server = limited();
    let (record, text) = server.api_key(|key| key.apis = Apis::NONE.with(Api::Appointments));
    let number = mobile();
    let post =
        |path: &str, body: &Value| server.post(path).header("x-api-key", &text).json(body).send();
    let asked = post("/api/v2/auth/generateOTP", &json!({ "mobile": number })).ok();
    let outbox = || server.get(format!("/sandbox/outbox?mobile={number}"));
    assert_eq!(outbox().send().ok()["messages"], json!([]), "it is read with the key");
    let sent = outbox().header("x-api-key", &text).send().ok();
    let words = sent["messages"][0]["text"].as_str().unwrap();
    let password = words.split(|c: char| !c.is_ascii_digit()).find(|w| w.len() == 6).unwrap();
    let confirm = json!({ "otp": hashed(password), "txnId": asked["txnId"] });
    let token = post("/api/v2/auth/confirmOTP", &confirm).ok()["token"].clone();
    let account =
        Account { server: &server, mobile: number, token: token.as_str().unwrap().into() };
    account.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
    account.registration(&person()).send().forbidden();
    let end = End { at: Timestamp(1), why: Ending::Compromised, reason: String::new() };
    let change = |key: &ApiKey| Ok(ApiKey { ended: Some(end.clone()), ..key.clone() });
    block_on(server.registry().change(record.id, change)).unwrap();
    account.get("/api/v2/appointment/beneficiaries").send().forbidden();
}

#[test]
fn an_address_that_asks_for_many_numbers_pays_with_work() {
    let server = with_limits(|limits| {
        limits.anomaly.numbers_per_address = 5;
        limits.challenge.difficulty = 8;
    });
    let ask =
        |address: &str| server.post(PORTAL).from(address).json(&json!({ "mobile": mobile() }));
    for _ in 0..20 {
        if ask("203.0.113.7").send().status == 403 {
            break;
        }
    }
    ask("203.0.113.7").send().refused(403, "USRAUT0044");
    ask("203.0.113.8").send().ok();
    let work = || {
        let answer = server.get("/api/v2/auth/challenge").from("203.0.113.7").send().ok();
        let challenge = answer["challenge"].as_str().unwrap().to_owned();
        let solution = proof_of_work::solve(&challenge).unwrap();
        format!("{challenge};{solution}")
    };
    let solved = work();
    let with =
        |address: &str, solved: &str| ask(address).header("X-Challenge-Solution", solved).send();
    with("203.0.113.7", &solved).ok();
    with("203.0.113.7", &solved).refused(403, "USRAUT0044");
    with("203.0.113.7", "1;2").refused(403, "USRAUT0044");
}

#[test]
fn an_account_that_only_searches_has_to_read_a_captcha_before_it_books() {
    let server = with_limits(|limits| {
        limits.user.searches.calls = 1_000;
        limits.anomaly.searches_per_account = 10;
    });
    let account = server.account();
    let book = |captcha: Value| {
        let body = json!({ "dose": 1, "session_id": Uuid::from_u128(1), "slot": "x",
                           "beneficiaries": ["12345678901234"], "captcha": captcha });
        account.schedule(&body).send()
    };
    book(Value::Null).refused(400, "APPOIN0015");
    for _ in 0..20 {
        account.get(MINE).send().ok();
    }
    book(Value::Null).refused(400, "APPOIN0044");
    let svg = account.post("/api/v2/auth/getRecaptcha", &json!({})).send().ok();
    assert!(svg["captcha"].as_str().unwrap().starts_with("<svg"));
    book("00000".into()).refused(400, "APPOIN0045");
}

#[test]
fn what_a_key_was_used_for_survives_the_process() {
    let home = tempfile::tempdir().unwrap();
    let settings = || {
        let mut settings = crate::support::settings(&home.path().join("data"));
        settings.limits = Some(Switch::On);
        settings
    };
    let server = TestServer::open(settings()).unwrap();
    server.limit(|_| {});
    let (key, text) =
        server.api_key(|key| key.exceptions = vec![quota(Api::Search, 1_000, 1_000, 5)]);
    for _ in 0..4 {
        server.get(STATES).header("x-api-key", &text).send().ok();
    }
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert!(server.close());
    let server = TestServer::open(settings()).unwrap();
    assert!(server.registry().live_key(key.id).unwrap().last_used().is_some());
    server.get(STATES).header("x-api-key", &text).send().ok();
    assert_eq!(server.get(STATES).header("x-api-key", &text).send().status, 429);
    assert!(server.close());
}

#[test]
fn limits_that_are_off_say_so() {
    let server = TestServer::shared();
    for _ in 0..150 {
        server.get(STATES).from("203.0.113.99").send().ok();
    }
    let metrics = server.get("/metrics").send().text();
    assert!(metrics.contains("opencowin_limits_kept 0"));
}
