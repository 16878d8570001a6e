//! Doors, one-time passwords and tokens (wire contract 1.5): what opens what, for how long, and how little the answers
//! tell to somebody who guesses.

use crate::support::{TestServer, at_once, hashed, mobile, person, settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use opencowin::identity::Door;
use serde_json::{Value, json};

const BENEFICIARIES: &str = "/api/v2/appointment/beneficiaries";
const ASK: &str = "/api/v2/auth/generateMobileOTP";
const CONFIRM: &str = "/api/v2/auth/validateMobileOtp";

/// A number with one person registered.
fn registered(server: &TestServer) -> String {
    let account = server.account();
    account.register(&person());
    account.mobile
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn each_door_turns_a_password_into_a_token() {
    let server = TestServer::shared();
    let mobile = registered(&server);
    for door in Door::OF_PEOPLE {
        let answer = server.prove(door, &mobile);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "tokens are kept by nobody");
        assert!(answer.ok()["token"].is_string(), "{door:?}");
    }
}

#[test]
fn asking_tells_nobody_whether_a_number_is_registered() {
    let server = TestServer::shared();
    let known = registered(&server);
    for (path, key) in [
        ("/api/v2/auth/public/generateOTP", false),
        ("/api/v2/auth/generateOTP", true),
        (ASK, false),
    ] {
        for number in [&known, &mobile()] {
            let call = server.post(path).json(&json!({ "mobile": number }));
            let answer = if key { call.key() } else { call }.send().ok();
            assert_eq!(answer["txnId"].as_str().unwrap().len(), 36);
            assert_eq!(answer.as_object().unwrap().len(), 1);
        }
    }
}

#[test]
fn a_number_comes_as_text_or_as_a_number() {
    let server = TestServer::shared();
    let mobile = mobile();
    let number: u64 = mobile.parse().unwrap();
    for sent in [json!(mobile), json!(number), json!(number as f64), json!(format!(" {mobile} "))] {
        let body = json!({ "mobile": sent, "secret": "U2FsdGVkX1" });
        server.post(ASK).json(&body).send().ok();
    }
    for wrong in [
        json!("123"),
        json!("+919876543210"),
        json!("5876543210"),
        json!(-1),
        json!([1]),
        json!({}),
    ] {
        server.post(ASK).json(&json!({ "mobile": wrong })).send().refused(400, "USRAUT0018");
    }
    for missing in [json!({}), json!({ "mobile": null }), json!({ "mobile": "" })] {
        server.post(ASK).json(&missing).send().refused(400, "USRRES0001");
    }
}

#[test]
fn an_unhashed_or_wrong_password_is_refused_and_the_right_one_still_counts() {
    let server = TestServer::shared();
    let mobile = mobile();
    let transaction = server.ask(Door::Portal, &mobile);
    let password = server.password(Door::Portal, &mobile);
    for wrong in [password.clone(), hashed("0000000")] {
        let answer = server.confirm(Door::Portal, &transaction, &wrong);
        assert_eq!(answer.refused(400, "USRAUT0014"), "Invalid OTP");
    }
    server.confirm(Door::Portal, &transaction, &hashed(&password)).ok();
}

#[test]
fn a_password_is_void_after_three_wrong_answers() {
    let server = TestServer::shared();
    let mobile = mobile();
    let transaction = server.ask(Door::Portal, &mobile);
    for guess in 0..3 {
        let guess = hashed(&format!("guess {guess}"));
        server.confirm(Door::Portal, &transaction, &guess).refused(400, "USRAUT0014");
    }
    let right = hashed(&server.password(Door::Portal, &mobile));
    server.confirm(Door::Portal, &transaction, &right).refused(400, "USRAUT0014");
}

#[test]
fn a_password_counts_once_and_only_at_its_own_door() {
    let server = TestServer::shared();
    let mobile = registered(&server);
    for asked in Door::OF_PEOPLE {
        let transaction = server.ask(asked, &mobile);
        let otp = hashed(&server.password(asked, &mobile));
        server.confirm(asked, &transaction, &otp).ok();
        server.confirm(asked, &transaction, &otp).refused(400, "USRAUT0014");
        for other in Door::OF_PEOPLE.into_iter().filter(|door| *door != asked) {
            let transaction = server.ask(asked, &mobile);
            let otp = hashed(&server.password(asked, &mobile));
            server.confirm(other, &transaction, &otp).refused(400, "USRAUT0014");
        }
    }
}

#[test]
fn one_of_many_simultaneous_confirmations_wins() {
    let server = TestServer::shared();
    let mobile = mobile();
    let transaction = server.ask(Door::Portal, &mobile);
    let otp = hashed(&server.password(Door::Portal, &mobile));
    let answers = at_once(&[(); 16], |()| server.confirm(Door::Portal, &transaction, &otp));
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
}

#[test]
fn a_password_expires_after_three_minutes() {
    let server = TestServer::start();
    let mobile = mobile();
    for (wait, status) in [(165, 200), (180, 400)] {
        let transaction = server.ask(Door::Portal, &mobile);
        let otp = hashed(&server.password(Door::Portal, &mobile));
        server.advance(wait);
        assert_eq!(
            server.confirm(Door::Portal, &transaction, &otp).status,
            status,
            "after {wait} s"
        );
    }
}

#[test]
fn a_token_expires_after_fifteen_minutes() {
    let server = TestServer::start();
    let account = server.account();
    account.register(&person());
    server.advance(890);
    account.get(BENEFICIARIES).send().ok();
    server.advance(10);
    account.get(BENEFICIARIES).send().unauthenticated();
}

#[test]
fn the_public_token_opens_nobodys_appointments() {
    let server = TestServer::shared();
    let account = server.log_in(Door::Public, &registered(&server));
    account.get(BENEFICIARIES).send().unauthenticated();
    account.schedule(&json!({})).send().unauthenticated();
    account.registration(&person()).send().unauthenticated();
    account
        .get("/api/v2/appointment/sessions/findByPin?pincode=110001&date=01-05-2021")
        .send()
        .unauthenticated();
}

#[test]
fn a_token_is_taken_bare_and_in_any_spelling_of_its_scheme() {
    let server = TestServer::shared();
    let account = server.account();
    account.register(&person());
    let token = &account.token;
    for header in [token.clone(), format!("bearer {token}"), format!("BEARER  {token}")] {
        server.get(BENEFICIARIES).header("Authorization", header).send().ok();
    }
}

#[test]
fn a_forged_token_is_none() {
    let server = TestServer::shared();
    let token = server.account().token;
    let parts: Vec<_> = token.split('.').collect();
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let mut other = claims(&json!(token));
    other["mobile_number"] = json!(9_999_999_999_u64);
    let other = URL_SAFE_NO_PAD.encode(other.to_string());
    for forged in [
        String::new(),
        format!("{unsigned}.{}.", parts[1]),
        format!("{}.{other}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        "a".repeat(9000),
    ] {
        server.get(BENEFICIARIES).token(&forged).send().unauthenticated();
    }
    server.get(BENEFICIARIES).send().unauthenticated();
}

#[test]
fn the_protected_door_needs_an_api_key() {
    let server = TestServer::shared();
    for path in ["/api/v2/auth/generateOTP", "/api/v2/auth/confirmOTP"] {
        let call = || server.post(path).json(&json!({ "mobile": mobile() }));
        call().send().forbidden();
        call().header("x-api-key", "").send().forbidden();
        call().header("x-api-key", "opencowin-sandbox-1").send().forbidden();
        call().header("Authorization", "opencowin-sandbox").send().forbidden();
    }
    server.get("/admin/ledger/check").send().forbidden();
}

#[test]
fn the_operators_routes_are_opened_by_the_operators_key_alone() {
    let (operator, sandbox) = ("operator's key", opencowin::access::key_text::SANDBOX_KEY);
    let home = tempfile::tempdir().unwrap();
    let mut settings = settings(&home.path().join("data"));
    settings.operator_key = Some(hashed(operator));
    let server = TestServer::open(settings).unwrap();
    let check = |key: &str| server.get("/admin/ledger/check").header("x-api-key", key).send();
    check(sandbox).forbidden();
    check(operator).ok();
    assert!(server.close());
}

#[test]
fn what_is_missing_from_a_confirmation_has_a_code_of_its_own() {
    let server = TestServer::shared();
    let transaction = server.ask(Door::Portal, &mobile());
    let confirm = |body: &Value| server.post(CONFIRM).json(body).send();
    confirm(&json!({ "txnId": transaction })).refused(400, "USRAUT0012");
    confirm(&json!({ "txnId": transaction, "otp": "" })).refused(400, "USRAUT0012");
    confirm(&json!({ "otp": hashed("1") })).refused(400, "USRAUT0013");
    confirm(&json!({ "otp": hashed("1"), "txnId": null })).refused(400, "USRAUT0013");
    confirm(&json!({ "otp": hashed("1"), "txnId": "not a uuid" })).refused(400, "USRAUT0014");
    confirm(&json!({ "otp": [], "txnId": {} })).refused(400, "USRAUT0014");
    confirm(&json!({})).refused(400, "USRAUT0012");
}

#[test]
fn an_account_is_new_until_somebody_is_registered() {
    let server = TestServer::shared();
    let account = server.account();
    for door in [Door::Portal, Door::Protected] {
        assert_eq!(server.prove(door, &account.mobile).ok()["isNewAccount"], "Y");
    }
    account.register(&person());
    for door in [Door::Portal, Door::Protected] {
        assert_eq!(server.prove(door, &account.mobile).ok()["isNewAccount"], "N");
    }
}

#[test]
fn the_public_door_says_that_nobody_is_registered_only_after_a_right_password() {
    let server = TestServer::shared();
    let mobile = mobile();
    let transaction = server.ask(Door::Public, &mobile);
    server.confirm(Door::Public, &transaction, &hashed("1")).refused(400, "USRAUT0014");
    let right = hashed(&server.password(Door::Public, &mobile));
    server.confirm(Door::Public, &transaction, &right).refused(400, "USRAUT0024");
}

#[test]
fn tokens_carry_the_claims_that_clients_decode() {
    let server = TestServer::shared();
    let account = server.account();
    let reference: u64 = account.register(&person()).parse().unwrap();
    let transaction = server.ask(Door::Public, &account.mobile);
    let otp = hashed(&server.password(Door::Public, &account.mobile));
    let public = claims(&server.confirm(Door::Public, &transaction, &otp).ok()["token"]);
    let portal = claims(&server.prove(Door::Portal, &account.mobile).ok()["token"]);
    for token in [&public, &portal] {
        assert_eq!(token["mobile_number"], account.mobile.parse::<u64>().unwrap());
        assert_eq!(token["beneficiary_reference_id"], reference);
        assert_eq!(
            (&token["user_type"], &token["user_id"]),
            (&json!("BENEFICIARY"), &token["user_name"])
        );
        assert_eq!(token["user_id"].as_str().unwrap().len(), 36);
        assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 900);
    }
    assert_eq!((&public["txnId"], &portal["txnId"]), (&json!(transaction), &Value::Null));
    assert_eq!((&public["ua"], &portal["ua"]), (&Value::Null, &json!("tests")));
    assert!(portal["date_modified"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}
