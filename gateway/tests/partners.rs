//! The life of a partner: from an application to a booking in production, and out again (guidelines, sections 4 and 5).

use crate::support::providers::{HttpProvider, Reaction};
use crate::support::{
    Account, Answer, Applicant, Audited, Call, MINISTER, Offer, Sale, TestServer, application,
    booking, draft, eventually, hashed, in_production, mobile, person,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::tz::TimeZone;
use opencowin::access::key_text::SANDBOX_KEY;
use opencowin::access::official::{Role, Scope};
use opencowin::config::Switch;
use opencowin::identity::Door;
use opencowin_ledger::audit::Record;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};

const ASK: &str = "/api/v2/auth/generateOTP";
const CONFIRM: &str = "/api/v2/auth/confirmOTP";
const STATES: &str = "/api/v2/admin/location/states";
const BOOKS: &[&str] = &["authentication", "registration", "appointments"];
const DAY_S: i64 = 86_400;

/// A partner's application, with its key.
struct Application<'a> {
    server: &'a TestServer,
    key: String,
}

impl<'a> Application<'a> {
    fn get(&self, path: impl Into<String>) -> Call<'a> {
        self.server.get(path).header("x-api-key", &*self.key)
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.server.post(path).header("x-api-key", &*self.key).json(body).send()
    }

    fn asks(&self) -> Answer {
        self.post(ASK, &json!({ "mobile": mobile() }))
    }

    /// Logs a person in whose password `read` reads.
    #[track_caller]
    fn log_in(&self, mobile: &str, read: impl FnOnce() -> String) -> Account<'a> {
        let asked = self.post(ASK, &json!({ "mobile": mobile })).ok();
        let body = json!({ "otp": hashed(&read()), "txnId": asked["txnId"] });
        let token = self.post(CONFIRM, &body).ok()["token"].as_str().unwrap().to_owned();
        Account { server: self.server, mobile: mobile.to_owned(), token }
    }

    /// The password in the last message that the application asked for.
    fn password(&self, mobile: &str) -> String {
        let sent = self.get(format!("/sandbox/outbox?mobile={mobile}")).send().ok();
        let messages = sent["messages"].as_array().unwrap().clone();
        six_digits(messages.last().unwrap()["text"].as_str().unwrap())
    }
}

fn six_digits(text: &str) -> String {
    let mut words = text.split(|c: char| !c.is_ascii_digit());
    words.find(|word| word.len() == 6).expect("a password").to_owned()
}

/// Makes every call of the integration test.
fn rehearse(application: &Application<'_>, sales: &[Sale; 3]) {
    let [sale, other, full] = sales;
    for path in ["findByPin", "calendarByPin"] {
        let path = format!("/api/v2/appointment/sessions/public/{path}?{}", sale.by_pin());
        application.get(path).send().ok();
    }
    let number = mobile();
    let wrong = application.post(ASK, &json!({ "mobile": number })).ok();
    let body = json!({ "otp": hashed("no"), "txnId": wrong["txnId"] });
    application.post(CONFIRM, &body).refused(400, "USRAUT0014");
    let account = application.log_in(&number, || application.password(&number));
    let someone = person();
    let people = [account.register(&someone)];
    account.registration(&someone).send().refused(400, "BENREG0002");
    account.booking(full, &people).send().refused(409, "APPOIN0040");
    let appointment = account.book(sale, &people);
    account.booking(sale, &people).send().refused(400, "APPOIN0022");
    account.people();
    let slip = format!("/api/v2/appointment/appointmentslip/download?appointment_id={appointment}");
    assert_eq!(account.get(slip).send().status, 200);
    account.rescheduling(&appointment, other, 0).send().done();
    account.cancelling(&appointment, &people).send().done();
}

/// Waits until the test of these APIs is complete.
fn completed(partner: &Applicant<'_>, apis: &[&str]) -> Value {
    eventually("a complete test", || {
        let test = partner.get("/test").ok();
        let done = |api: &&str| {
            let rows = test["apis"].as_array().unwrap();
            rows.iter().any(|row| row["api"] == **api && row["complete"] == true)
        };
        apis.iter().all(done).then_some(test)
    })
}

/// Production, whose messages go to a provider, with a sandbox beside it.
fn production(provider: SocketAddr) -> TestServer {
    let sender = format!(
        "[[senders]]\nkind = 'http'\nname = 'a'\nurl = 'http://{provider}/send'\n\
         headers = {{ Content-Type = 'application/json' }}\n\
         body = '{{\"to\":\"{{mobile}}\",\"text\":\"{{text}}\"}}'"
    );
    TestServer::ministry(|settings| {
        *settings = in_production(settings.clone());
        settings.sandbox_listen = Some((Ipv4Addr::LOCALHOST, 0).into());
        settings.messages = Some(toml::from_str(&sender).unwrap());
        settings.operator_key = Some(hashed(SANDBOX_KEY));
    })
}

/// The password in the newest message to a number.
fn received(provider: &HttpProvider, mobile: &str) -> String {
    eventually("a message", || {
        let seen = provider.seen();
        let bodies = seen.iter().rev().map(|sent| serde_json::from_str(&sent.body).unwrap());
        let mut to_them = bodies.filter(|body: &Value| body["to"] == mobile);
        to_them.next().map(|body| six_digits(body["text"].as_str().unwrap()))
    })
}

#[test]
fn a_partner_goes_from_its_application_to_a_booking_in_production() {
    let provider = HttpProvider::start(|_| Reaction::Accept { receipts: 0 });
    let server = production(provider.address());
    let sandbox = server.beside();
    let read = |mobile: &str| received(&provider, mobile);
    let partner = server.applicant_by(BOOKS, |_, mobile| read(mobile));
    let minister = server.clerk(Door::Staff, MINISTER, |_| read(MINISTER));
    assert_eq!(partner.get("").ok()["standing"], "proven");
    partner.post("/keys", &json!({ "label": "too soon" })).refused(409, "PARTNR0001");
    assert_eq!(minister.decide(&partner, "approve").ok()["standing"], "approved");

    let application = Application { server: &sandbox, key: partner.key().1 };
    assert!(application.key.starts_with("ocw_test_"));
    let today = jiff::Zoned::now().with_time_zone(TimeZone::get("Asia/Kolkata").unwrap()).date();
    let full = Offer { seats: [0, 1, 0], ..Offer::default() };
    let sales = [Offer::default(), Offer::default(), full].map(|offer| draft(offer, today));
    server.sell_in_sandbox(&sales);
    minister.decide(&partner, "sign-off").refused(409, "PARTNR0002");
    rehearse(&application, &sales);
    completed(&partner, BOOKS);
    minister.decide(&partner, "sign-off").refused(409, "PARTNR0002");
    partner.show_evidence();
    let real = json!({ "label": "app", "environment": "production" });
    partner.post("/keys", &real).refused(409, "PARTNR0001");
    let live = minister.decide(&partner, "sign-off").ok();
    assert_eq!((&live["standing"], &live["test_demanded"]), (&json!("live"), &json!(false)));
    assert_eq!(live["apis_signed_off"][0]["official_name"], "Kavita Rao");

    let made = partner.post("/keys", &real).ok();
    let key = made["api_key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("ocw_live_"));
    let application = Application { server: &server, key };
    application.asks().forbidden();
    let subscription = json!({ "key_id": made["key"]["key_id"], "apis": BOOKS });
    partner.post("/keys/subscriptions", &subscription).ok();
    let sale = &sales[0];
    server.publish(vec![sale.centre.clone()], vec![sale.session.clone()]);
    let number = mobile();
    let account = application.log_in(&number, || read(&number));
    let person = account.register(&person());
    account.schedule(&booking(sale, &[person])).send().ok();

    let approval = server.get(format!("/api/v2/partners/{}/approval", partner.id)).send().ok();
    assert_eq!(approval["organisation_name"], "Jeevan Health");
    let said = verified(&approval);
    assert_eq!((&said["sub"], &said["name"]), (&json!(partner.id), &json!("Jeevan Health")));
}

/// What a mark says, verified as anybody can: with nothing but the key and RFC 8037.
fn verified(approval: &Value) -> Value {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let key = bytes(approval["public_key"]["x"].as_str().unwrap());
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let badge = approval["badge"].as_str().unwrap();
    let (signed, signature) = badge.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&bytes(signature)).unwrap();
    key.verify_strict(signed.as_bytes(), &signature).unwrap();
    serde_json::from_slice(&bytes(signed.split('.').nth(1).unwrap())).unwrap()
}

#[test]
fn what_a_sandbox_sees_of_its_own_clock_changes_nothing_for_partners() {
    let provider = HttpProvider::start(|_| Reaction::Accept { receipts: 0 });
    let server = production(provider.address());
    let sandbox = server.beside();
    let partner = server.applicant_by(&["search"], |_, mobile| received(&provider, mobile));
    partner.post("/notice", &json!({})).ok();
    let application = Application { server: &sandbox, key: partner.key().1 };
    sandbox.advance(40 * DAY_S);
    application.get(STATES).send().ok();
}

#[test]
fn whoever_wants_public_data_alone_has_a_key_at_once_until_the_ministry_wants_to_see_a_test() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(&["search"]);
    assert_eq!(partner.get("").ok()["standing"], "live");
    let (_, key) = partner.key();
    let application = Application { server: &server, key };
    application.get(STATES).send().ok();
    application.asks().forbidden();
    let approval = || server.get(format!("/api/v2/partners/{}/approval", partner.id)).send().ok();
    assert_eq!(approval()["approved"], true);
    let minister = server.minister();
    assert_eq!(minister.decide(&partner, "demand-test").ok()["standing"], "approved");
    assert_eq!((&approval()["approved"], &approval()["badge"]), (&json!(false), &Value::Null));
    minister.decide(&partner, "sign-off").refused(409, "PARTNR0002");
    let sale = server.sell(Offer::default());
    for path in ["findByPin", "calendarByPin"] {
        let path = format!("/api/v2/appointment/sessions/public/{path}?{}", sale.by_pin());
        application.get(path).send().ok();
    }
    completed(&partner, &["search"]);
    assert_eq!(minister.decide(&partner, "sign-off").ok()["standing"], "live");
}

#[test]
fn a_suspended_partner_and_its_people_are_out_until_it_is_resumed() {
    let server = TestServer::ministry(|_| {});
    let (partner, minister) = (server.applicant(BOOKS), server.minister());
    minister.decide(&partner, "approve").ok();
    let application = Application { server: &server, key: partner.key().1 };
    let number = mobile();
    let account = application.log_in(&number, || application.password(&number));
    minister.decide(&partner, "suspend").ok();
    application.asks().forbidden();
    account.get("/api/v2/appointment/beneficiaries").send().forbidden();
    minister.decide(&partner, "resume").ok();
    application.asks().ok();
    account.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
}

#[test]
fn keys_die_thirty_days_after_a_notice_or_at_once_when_the_ministry_says_so() {
    let server = TestServer::ministry(|_| {});
    let (leaving, dismissed) = (server.applicant(&["search"]), server.applicant(&["search"]));
    let application =
        |partner: &Applicant<'_>| Application { server: &server, key: partner.key().1 }.get(STATES);
    let (left, thrown_out) = (application(&leaving), application(&dismissed));
    assert!(leaving.post("/notice", &json!({})).ok()["ends_at"].is_string());
    leaving.post("/notice", &json!({})).refused(409, "PARTNR0003");
    let minister = server.minister();
    minister.decide(&dismissed, "request-deletion").refused(409, "PARTNR0001");
    minister.decide(&dismissed, "terminate").ok();
    thrown_out.send().forbidden();
    minister.decide(&dismissed, "request-deletion").ok();
    assert!(dismissed.post("/deletion", &json!({})).ok()["deletion"]["confirmed"].is_string());
    server.advance(30 * DAY_S - 60);
    left.clone().send().ok();
    server.advance(60);
    left.send().forbidden();
}

#[test]
fn a_rotated_key_overlaps_with_its_twin_and_a_compromised_one_dies_at_once() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(&["search"]);
    let (id, key) = partner.key();
    let old = Application { server: &server, key };
    let rotated = partner.post("/keys/rotate", &json!({ "key_id": id, "overlap_s": 600 })).ok();
    let key = rotated["api_key"].as_str().unwrap().to_owned();
    let twin = Application { server: &server, key };
    old.get(STATES).send().ok();
    twin.get(STATES).send().ok();
    server.advance(600);
    old.get(STATES).send().forbidden();
    twin.get(STATES).send().ok();
    let partner = again(&server, partner);
    let leaked = json!({ "key_id": rotated["key"]["key_id"], "reason": "in a repository" });
    let ended = partner.post("/keys/compromised", &leaked).ok();
    assert_eq!(
        (&ended["ended"]["why"], &ended["in_force"]),
        (&json!("compromised"), &json!(false))
    );
    twin.get(STATES).send().forbidden();
    assert!(server.get("/metrics").send().text().contains("key-compromised"));
    partner.post("/keys/rotate", &json!({ "key_id": id })).refused(404, "USRRES0012");
    let listed = partner.get("/keys").ok();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains("ocw_test_"), "a key is shown once");
}

/// The same administrator with a fresh token.
fn again<'a>(server: &'a TestServer, partner: Applicant<'_>) -> Applicant<'a> {
    let Applicant { id, mobile, .. } = partner;
    let clerk =
        server.clerk(Door::Partner, &mobile, |server| server.password(Door::Partner, &mobile));
    Applicant { clerk, id, mobile }
}

#[test]
fn a_key_is_subscribed_to_what_was_granted_and_to_nothing_else() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(BOOKS);
    server.minister().decide(&partner, "approve").ok();
    let (id, key) = partner.key();
    let application = Application { server: &server, key };
    let subscribe =
        |apis: Value| partner.post("/keys/subscriptions", &json!({ "key_id": id, "apis": apis }));
    subscribe(json!(["vaccination"])).refused(409, "PARTNR0002");
    subscribe(json!(["everything"])).refused(400, "USRRES0002");
    subscribe(json!(["search"])).ok();
    application.asks().forbidden();
    subscribe(json!([])).ok();
    application.get(STATES).send().forbidden();
    subscribe(json!(BOOKS)).ok();
    application.asks().ok();
}

#[test]
fn a_key_is_tied_to_facilities_that_the_partner_serves_and_that_declared_themselves() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(BOOKS);
    server.minister().decide(&partner, "approve").ok();
    let (id, _) = partner.key();
    let public = server.sell(Offer::default()).centre.id;
    let private = server.sell(Offer { fee: 250, ..Offer::default() }).centre.id;
    let bind = |centres: Value| {
        partner.post("/keys/facilities", &json!({ "key_id": id, "center_ids": centres }))
    };
    bind(json!([public])).refused(404, "USRRES0012");
    partner.post("/facilities", &json!({ "center_id": public })).ok();
    partner.post("/facilities", &json!({ "center_id": 4_000_000 })).refused(400, "USRRES0002");
    partner.post("/facilities", &json!({ "center_id": private })).refused(409, "PARTNR0002");
    let declared = json!({
        "center_id": private, "declaration_version": "2021-05", "declaration_name": "Dr. Sen",
    });
    let own = partner.post("/facilities", &declared).ok();
    assert_eq!(own["facilities"][1]["declaration"]["name"], "Dr. Sen");
    assert_eq!(bind(json!([public, private])).ok()["center_ids"], json!([public, private]));
    partner.post("/facilities/leave", &json!({ "center_id": public })).ok();
    assert_eq!(partner.get("/keys").ok()["keys"][0]["center_ids"], json!([private]));
}

#[test]
fn nobody_but_its_administrators_sees_a_partner() {
    let server = TestServer::ministry(|_| {});
    let (partner, stranger) = (server.applicant(BOOKS), server.applicant(BOOKS));
    let path = format!("/api/v2/partners/{}", partner.id);
    server.get(path.clone()).send().unauthenticated();
    stranger.clerk.get(path.clone()).send().refused(404, "USRRES0012");
    stranger.clerk.post(format!("{path}/notice"), &json!({})).send().refused(404, "USRRES0012");
    server.minister().get(path.clone()).send().unauthenticated();
    let mine = stranger.clerk.get("/api/v2/partners/mine").send().ok();
    assert_eq!(mine["partners"].as_array().unwrap().len(), 1);
    let second = mobile();
    let nominated = json!({ "name": "Anil", "mobile": second });
    partner.post("/administrators", &nominated).ok();
    let clerk =
        server.clerk(Door::Partner, &second, |server| server.password(Door::Partner, &second));
    let record = clerk.get(path).send().ok();
    assert_eq!(record["administrators"][1]["mobile_last4"], second[6..]);
    assert!(!record.to_string().contains(&second), "their number is not kept");
    let first = &record["administrators"][0]["administrator_id"];
    let dismissal = json!({ "administrator_id": first });
    clerk
        .post(format!("/api/v2/partners/{}/administrators/dismiss", partner.id), &dismissal)
        .send()
        .ok();
    partner.get("").refused(404, "USRRES0012");
}

#[test]
fn who_reads_or_changes_what_a_partner_told_is_on_record() {
    let server = Audited::start();
    let partner = server.applicant(BOOKS);
    partner.get("").ok();
    partner.post("/notice", &json!({})).ok();
    let minister = server.officer(Role::Ministry, Scope::Country);
    minister.get(format!("/api/v2/ministry/partners/{}", partner.id)).send().ok();
    let entries = server.recorded("partner");
    let roles: Vec<_> = entries.iter().map(|entry| entry.role.as_str()).collect();
    assert_eq!(roles, ["administrator", "administrator", "ministry"]);
    let about = Some(Record::Other(partner.id.parse().unwrap()));
    assert!(entries.iter().all(|entry| entry.record == about));
    let proven = server.recorded("log-in");
    assert!(proven.iter().any(|entry| entry.record == about), "a proven number changes a partner");
}

#[test]
fn an_application_names_what_is_missing_or_wrong() {
    let server = TestServer::shared();
    let apply = |change: &dyn Fn(&mut Value)| {
        let mut body = application(BOOKS, &mobile());
        change(&mut body);
        server.post("/api/v2/partners").json(&body).send()
    };
    let told = apply(&|body| body["purpose"] = Value::Null).refused(400, "USRRES0001");
    assert_eq!(told, "Input parameter missing: purpose");
    let told = apply(&|body| body["address_pincode"] = json!("999999")).refused(400, "USRRES0002");
    assert_eq!(told, "Invalid input parameter: address_pincode");
    let id = apply(&|_| {}).ok()["partner_id"].clone();
    let approval = format!("/api/v2/partners/{}/approval", id.as_str().unwrap());
    let shown = server.get(approval).send().ok();
    assert_eq!((&shown["approved"], &shown["organisation_name"]), (&json!(false), &Value::Null));
    server.get("/api/v2/partners/nobody/approval").send().refused(404, "USRRES0012");
}

#[test]
fn the_ministry_gives_keys_quotas_elements_and_look_ups_of_their_own() {
    let server = TestServer::ministry(|_| {});
    let (partner, minister) = (server.applicant(BOOKS), server.minister());
    minister.decide(&partner, "approve").ok();
    let (id, _) = partner.key();
    let post =
        |what: &str, body: Value| minister.post(format!("/api/v2/ministry/keys/{what}"), &body);
    let quota = json!({ "key_id": id, "api": "registration", "per_second": 50, "burst": 60,
                        "per_day": 7, "consent": "letter of 4 June" });
    let key = post("exception", quota).send().ok();
    let quotas = key["quotas"].as_array().unwrap();
    let own = quotas.iter().find(|quota| quota["api"] == "registration").unwrap();
    assert_eq!((&own["per_day"], &own["consent"]), (&json!(7), &json!("letter of 4 June")));
    let without =
        json!({ "key_id": id, "api": "registration", "per_second": 1, "burst": 1, "per_day": 1 });
    post("exception", without).send().refused(400, "USRRES0001");
    let key = post("elements", json!({ "key_id": id, "photo_id": false })).send().ok();
    assert_eq!(
        (&key["elements"]["photo_id"], &key["elements"]["gender"]),
        (&json!(false), &json!(true))
    );
    let grant = json!({ "key_id": id, "networks": ["192.0.2.0/24"], "reference": "F. 12/2021" });
    assert_eq!(post("lookup", grant).send().ok()["lookup"]["networks"], json!(["192.0.2.0/24"]));
    let none = json!({ "key_id": id, "networks": [], "reference": "F. 13/2021" });
    assert_eq!(post("lookup", none).send().ok()["lookup"], Value::Null);
    let revoked = post("revoke", json!({ "key_id": id, "reason": "misuse" })).send().ok();
    assert_eq!(revoked["in_force"], false);
    post("revoke", json!({ "key_id": partner.id, "reason": "misuse" }))
        .send()
        .refused(404, "USRRES0012");
    let listed = minister.get("/api/v2/ministry/partners?standing=approved").send().ok();
    assert_eq!(listed["partners"].as_array().unwrap().len(), 1);
    let read = minister.get(format!("/api/v2/ministry/partners/{}", partner.id)).send().ok();
    assert_eq!(read["person"]["mobile"], "9876500001");
}

#[test]
fn a_partner_reads_what_its_keys_were_used_for() {
    let server = TestServer::ministry(|settings| settings.limits = Some(Switch::On));
    server.limit(|_| {});
    let partner = server.applicant(&["search"]);
    let (id, key) = partner.key();
    let application = Application { server: &server, key };
    for _ in 0..3 {
        application.get(STATES).send().ok();
    }
    let usage = eventually("it is written down", || {
        let usage = partner.get("/usage").ok();
        (!usage["usage"].as_array().unwrap().is_empty()).then_some(usage)
    });
    let row = &usage["usage"][0];
    assert_eq!(
        (&row["key_id"], &row["api"], &row["admitted"]),
        (&json!(id), &json!("search"), &json!(3))
    );
    assert_eq!(row["date"], usage["to"]);
    partner.get("/usage?from=01-01-2020").refused(400, "USRRES0002");
}
