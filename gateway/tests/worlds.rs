//! Production and a sandbox beside it: one process, two addresses, nothing of one opens anything of the other.

use crate::support::providers::{HttpProvider, Reaction, messages_to};
use crate::support::{
    Answer, application, eventually, exchange, hashed, in_production, mobile, password_in, settings,
};
use opencowin::access::Environment;
use opencowin::access::key::{ApiKey, KeyHash};
use opencowin::access::key_text::{KeyText, SANDBOX_KEY};
use opencowin::access::official::Official;
use opencowin::config::{Config, Portal, Settings};
use opencowin::startup::{self, Running};
use opencowin_admission::Apis;
use opencowin_ledger::store::block_on::block_on;
use opencowin_model::Timestamp;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

struct Worlds {
    running: Option<Running>,
    provider: HttpProvider,
    _home: TempDir,
}

fn production(home: &Path, provider: SocketAddr) -> Settings {
    in_production(Settings {
        sandbox_listen: Some("127.0.0.1:0".parse().unwrap()),
        keys: Some(home.join("keys.toml")),
        portal: Some(Portal::Open),
        messages: Some(messages_to(provider)),
        ..settings(&home.join("data"))
    })
}

impl Worlds {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let provider = HttpProvider::start(|_| Reaction::Accept { receipts: 0 });
        opencowin::keys::make(&home.path().join("keys.toml")).unwrap();
        let config = Config::new(production(home.path(), provider.address())).unwrap();
        let running = startup::start(config).expect("both start");
        Self { running: Some(running), provider, _home: home }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    fn real(&self) -> SocketAddr {
        self.running().address()
    }

    fn sandbox(&self) -> SocketAddr {
        self.running().sandbox_address().unwrap()
    }

    /// Makes somebody the sandbox's ministry, as the machine's own operator can.
    fn put_into_office_in_the_sandbox(&self, mobile: &str) {
        let app = self.running().sandbox_app().unwrap();
        let mobile = app.pack().mobile(mobile).unwrap();
        let name = "Meena Kumari".to_owned();
        let first = Official::first(app.account_of(mobile), mobile, name, app.clock().now());
        block_on(app.admission().registry().create(&first)).unwrap();
    }

    /// A key of an environment that belongs to nobody.
    fn key(&self, environment: Environment) -> String {
        let text = KeyText::generate(environment, &mut rand::rng()).as_str().to_owned();
        let hash = KeyHash::new(self.running().app().admission().registry().hash(text.as_bytes()));
        let common = ApiKey::common(hash, Timestamp(0));
        let key = ApiKey { environment, apis: Apis::all(), ..common };
        block_on(self.running().app().admission().registry().create(&key)).unwrap();
        text
    }
}

impl Drop for Worlds {
    fn drop(&mut self) {
        assert!(self.running.take().is_none_or(Running::close) || std::thread::panicking());
    }
}

fn call(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    exchange(at, method, path, headers, body.as_bytes())
}

fn ask(at: SocketAddr, key: &str, mobile: &str) -> Answer {
    let body = json!({ "mobile": mobile });
    call(at, "POST", "/api/v2/auth/generateOTP", &[("x-api-key", key)], &body)
}

/// A token of the portal's door in the sandbox.
fn sandbox_token(worlds: &Worlds, mobile: &str) -> String {
    let at = worlds.sandbox();
    let asked =
        call(at, "POST", "/api/v2/auth/generateMobileOTP", &[], &json!({ "mobile": mobile }));
    let outbox =
        call(at, "GET", &format!("/sandbox/outbox?mobile={mobile}"), &[], &Value::Null).ok();
    let confirm = json!({ "otp": hashed(&password_in(&outbox)), "txnId": asked.ok()["txnId"] });
    let token = call(at, "POST", "/api/v2/auth/validateMobileOtp", &[], &confirm).ok();
    token["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_opens_its_own_world_alone() {
    let worlds = Worlds::start();
    let (real, test) = (worlds.key(Environment::Production), worlds.key(Environment::Sandbox));
    ask(worlds.real(), &real, &mobile()).ok();
    ask(worlds.sandbox(), &real, &mobile()).forbidden();
    ask(worlds.sandbox(), &test, &mobile()).ok();
    ask(worlds.real(), &test, &mobile()).forbidden();
    ask(worlds.real(), SANDBOX_KEY, &mobile()).forbidden();
    ask(worlds.sandbox(), SANDBOX_KEY, &mobile()).ok();
}

#[test]
fn what_a_sandbox_gives_out_opens_nothing_of_production() {
    let worlds = Worlds::start();
    let number = mobile();
    let token = format!("Bearer {}", sandbox_token(&worlds, &number));
    let people = |at| {
        let path = "/api/v2/appointment/beneficiaries";
        call(at, "GET", path, &[("Authorization", &token)], &Value::Null)
    };
    people(worlds.sandbox()).refused(400, "APPOIN0001");
    people(worlds.real()).unauthenticated();
}

#[test]
fn production_writes_to_phones_and_has_neither_outbox_nor_movable_clock() {
    let worlds = Worlds::start();
    let number = mobile();
    let body = json!({ "mobile": number });
    call(worlds.real(), "POST", "/api/v2/auth/generateMobileOTP", &[], &body).ok();
    eventually("the provider is asked", || {
        worlds.provider.seen().iter().any(|sent| sent.body.contains(&number)).then_some(())
    });
    let outbox = format!("/sandbox/outbox?mobile={number}");
    call(worlds.real(), "GET", &outbox, &[], &Value::Null).refused(404, "USRRES0004");
    let advance = json!({ "advance_s": 60 });
    call(worlds.real(), "POST", "/sandbox/clock", &[], &advance).refused(404, "USRRES0004");
    call(worlds.sandbox(), "POST", "/sandbox/clock", &[], &advance).ok();
    let before = worlds.provider.seen().len();
    sandbox_token(&worlds, &mobile());
    assert_eq!(worlds.provider.seen().len(), before, "a sandbox writes to nobody");
}

#[test]
fn partners_are_looked_after_in_production_and_nowhere_else() {
    let worlds = Worlds::start();
    call(worlds.sandbox(), "POST", "/api/v2/partners", &[], &json!({})).refused(404, "USRRES0004");
    call(worlds.real(), "POST", "/api/v2/partners", &[], &json!({})).refused(400, "USRRES0001");
    let key = worlds.key(Environment::Sandbox);
    let id = KeyHash::new(worlds.running().app().admission().registry().hash(key.as_bytes())).id;
    assert!(
        worlds
            .running()
            .app()
            .admission()
            .registry()
            .live_key(id)
            .is_some_and(|key| key.record.partner == Uuid::nil())
    );
}

#[test]
fn the_ministry_of_a_sandbox_sees_no_partner_of_production_and_is_not_invented() {
    let worlds = Worlds::start();
    let (real, test) = (worlds.real(), worlds.sandbox());
    let applied =
        call(real, "POST", "/api/v2/partners", &[], &application(&["search"], &mobile())).ok();
    let id = applied["partner_id"].as_str().unwrap();
    let approval = format!("/api/v2/partners/{id}/approval");
    call(test, "GET", &approval, &[], &Value::Null).ok();

    let number = mobile();
    let minister = json!({ "mobile": number, "name": "Meena Kumari", "role": "ministry" });
    call(real, "POST", "/sandbox/officials", &[], &minister).refused(404, "USRRES0004");
    call(test, "POST", "/sandbox/officials", &[], &minister).refused(403, "USRRES0011");
    worlds.put_into_office_in_the_sandbox(&number);
    let asked =
        call(test, "POST", "/api/v2/staff/auth/generateOTP", &[], &json!({ "mobile": number }));
    let outbox = format!("/sandbox/outbox?mobile={number}");
    let otp = hashed(&password_in(&call(test, "GET", &outbox, &[], &Value::Null).ok()));
    let confirm = json!({ "otp": otp, "txnId": asked.ok()["txnId"], "device_id": "device" });
    let token = call(test, "POST", "/api/v2/staff/auth/confirmOTP", &[], &confirm).ok();
    let token = format!("Bearer {}", token["token"].as_str().unwrap());
    let on_duty = [("Authorization", &*token), ("X-Device-Id", "device")];
    call(test, "GET", "/api/v2/staff/me", &on_duty, &Value::Null).ok();
    for of_partner in ["", "/test", "/keys"] {
        let path = format!("/api/v2/ministry/partners/{id}{of_partner}");
        call(test, "GET", &path, &on_duty, &Value::Null).refused(404, "USRRES0012");
    }
    let list = call(test, "GET", "/api/v2/ministry/partners", &on_duty, &Value::Null).ok();
    assert_eq!(list["partners"], json!([]));
}

#[test]
fn production_without_a_key_file_does_not_make_one() {
    let home = tempfile::tempdir().unwrap();
    let config = Config::new(production(home.path(), "127.0.0.1:1".parse().unwrap())).unwrap();
    let error = startup::start(config).err().expect("it does not start").to_string();
    assert!(error.contains("opencowin keys new"), "{error}");
    assert!(!home.path().join("keys.toml").exists());
}
