//! Vaccination status for verifying parties: told with consent, to who asked, and nothing more than 0, 1 or 2.

use crate::support::{
    Account, Answer, Applicant, Audited, Call, Clinic, TestServer, hashed, mobile, password_in,
    person,
};
use opencowin::config::Switch;
use opencowin::identity::Door;
use opencowin_certificates::Moment;
use opencowin_ledger::audit::Record;
use opencowin_verify::kyc::{Asked, check};
use serde_json::{Value, json};
use uuid::Uuid;

const ASK: &str = "/api/v3/vaccination/generateOTP";
const CONFIRM: &str = "/api/v3/vaccination/confirmOTP";
const STATUS: &str = "/api/v3/vaccination/status";
const SHARE: &str = "/api/v3/vaccination/status/share";
const SHARES: &str = "/api/v3/vaccination/status/shares";
const UNSHARE: &str = "/api/v3/vaccination/status/unshare";
const SITE: &str = "https://air.example.in";
const DAY_S: i64 = 86_400;

/// The name of everybody whom tests register.
const NAME: &str = "Asha Devi";

/// Whoever asks: with a key, from a page in somebody's site, or as nobody.
#[derive(Clone, Default)]
struct Party {
    key: Option<String>,
    query: String,
}

impl Party {
    fn embedded(partner: &Applicant<'_>, nonce: &str) -> Self {
        let query = format!("?partner={}&origin={SITE}&nonce={nonce}", partner.id);
        Self { key: None, query }
    }

    fn call<'a>(&self, call: Call<'a>) -> Call<'a> {
        match &self.key {
            Some(key) => call.header("x-api-key", &**key),
            None => call,
        }
    }

    fn asks(&self, server: &TestServer, mobile: &str, name: &str) -> Answer {
        let mut body = json!({ "mobile_number": mobile, "full_name": name });
        if self.key.is_none() {
            body["consent_version"] = json!("2026-11");
        }
        self.call(server.post(format!("{ASK}{}", self.query))).json(&body).send()
    }

    fn confirms(&self, server: &TestServer, transaction: &Value, password: &str) -> Answer {
        let body = json!({ "otp": hashed(password), "txnId": transaction });
        self.call(server.post(format!("{CONFIRM}{}", self.query))).json(&body).send()
    }

    fn message(&self, server: &TestServer, mobile: &str) -> String {
        let outbox = self.call(server.get(format!("/sandbox/outbox?mobile={mobile}"))).send().ok();
        outbox["messages"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned()
    }

    /// A token for the answer about somebody, who hands over the password.
    #[track_caller]
    fn token(&self, server: &TestServer, mobile: &str, name: &str) -> String {
        let asked = self.asks(server, mobile, name).ok();
        let outbox = self.call(server.get(format!("/sandbox/outbox?mobile={mobile}"))).send().ok();
        let token = self.confirms(server, &asked["txnId"], &password_in(&outbox)).ok();
        token["token"].as_str().unwrap().to_owned()
    }

    fn reads(&self, server: &TestServer, token: &str) -> Answer {
        server.get(format!("{STATUS}{}", self.query)).token(token).send()
    }

    /// What is told about somebody.
    #[track_caller]
    fn learns(&self, server: &TestServer, mobile: &str, name: &str) -> Value {
        self.reads(server, &self.token(server, mobile, name)).ok()
    }
}

/// A partner that may ask for a status, and embeds the page in one site.
fn airline(server: &TestServer) -> Applicant<'_> {
    let partner = server.applicant(&["status"]);
    server.minister().decide(&partner, "approve").ok();
    partner.post("/origins", &json!({ "origins": [SITE] })).ok();
    partner
}

/// What a signed answer says, checked as the partner does with what the server publishes.
#[track_caller]
fn checked(server: &TestServer, answer: &Value, partner: &str, nonce: &str) -> u8 {
    let keys = server.app().certification().keys();
    let now: Moment = server.app().clock().now().into();
    let issuer = server.issuer();
    let asked = Asked { issuer: &issuer, audience: partner, nonce };
    let token = answer["answer"].as_str().expect("a signed answer");
    let said = check(token, asked, keys.trust(), now).unwrap();
    assert_eq!(json!(said.vaccination_status), answer["vaccination_status"]);
    let late = now.plus_seconds(11 * 60);
    assert!(check(token, asked, keys.trust(), late).is_err(), "it holds for minutes");
    said.vaccination_status as u8
}

#[test]
fn a_person_learns_their_own_status_and_nothing_is_signed_for_anybody() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    clinic.receive(10).ok();
    let number = clinic.family().mobile;
    let alone = Party::default();
    assert_eq!(alone.learns(&server, &number, NAME), json!({ "vaccination_status": 0 }));
    clinic.vaccinate(&clinic.patients[0]);
    assert_eq!(alone.learns(&server, &number, "Devi, ASHA"), json!({ "vaccination_status": 1 }));
    assert_eq!(alone.learns(&server, &number, "Usha Devi"), json!({ "vaccination_status": 0 }));
}

#[test]
fn of_two_people_with_one_name_the_least_is_told() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 2);
    clinic.receive(10).ok();
    let number = clinic.family().mobile;
    clinic.vaccinate(&clinic.patients[0]);
    assert_eq!(Party::default().learns(&server, &number, NAME)["vaccination_status"], 0);
    clinic.vaccinate(&clinic.patients[1]);
    assert_eq!(Party::default().learns(&server, &number, NAME)["vaccination_status"], 1);
}

#[test]
fn an_application_is_told_for_itself_by_its_key_as_the_contract_has_it() {
    let server = TestServer::ministry(|_| {});
    let partner = airline(&server);
    let application = Party { key: Some(partner.key().1), query: String::new() };
    let number = mobile();
    let asked = application.asks(&server, &number, NAME).ok();
    let message = application.message(&server, &number);
    assert!(message.contains("Jeevan Health"), "{message}");
    let password = message.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6);
    let token = application.confirms(&server, &asked["txnId"], password.unwrap()).ok();
    let answer = server.get(STATUS).token(token["token"].as_str().unwrap()).send().ok();
    let transaction = asked["txnId"].as_str().unwrap().split('.').next().unwrap();
    assert_eq!(checked(&server, &answer, &partner.id, transaction), 0);
}

#[test]
fn a_site_is_told_for_its_partner_with_its_nonce() {
    let server = TestServer::ministry(|_| {});
    let partner = airline(&server);
    let site = Party::embedded(&partner, "n-1");
    let named = server.get(format!("{STATUS}/partner{}", site.query)).send().ok();
    assert_eq!(named, json!({ "name": "Jeevan Health" }));
    let number = mobile();
    let answer = site.learns(&server, &number, NAME);
    assert!(site.message(&server, &number).contains("Jeevan Health"));
    assert_eq!(checked(&server, &answer, &partner.id, "n-1"), 0);
}

#[test]
fn who_is_registered_cannot_be_told_from_who_is_not() {
    let server = TestServer::ministry(|_| {});
    let partner = airline(&server);
    let site = Party::embedded(&partner, "n-1");
    let account = server.account();
    account.register(&person());
    let learns = |number: &str, name: &str| {
        let asked = site.asks(&server, number, name);
        assert_eq!(asked.status, 200);
        let mut answer = site.learns(&server, number, name);
        assert_eq!(checked(&server, &answer, &partner.id, "n-1"), 0);
        answer["answer"] = json!(answer["answer"].as_str().unwrap().len());
        let shape = asked.ok()["txnId"].as_str().unwrap().len();
        (answer, shape)
    };
    let known = learns(&account.mobile, NAME);
    assert_eq!(known, learns(&account.mobile, "Usha Sena"), "another name");
    assert_eq!(known, learns(&mobile(), NAME), "another number");
}

#[test]
fn a_site_that_is_not_the_partner_s_is_refused_at_every_step() {
    let server = TestServer::ministry(|_| {});
    let partner = airline(&server);
    let refused = |query: String| {
        let party = Party { key: None, query };
        party.asks(&server, &mobile(), NAME).forbidden();
        party.confirms(&server, &json!("x.y"), "123456").forbidden();
        server.get(format!("{STATUS}/partner{}", party.query)).send().forbidden();
    };
    refused(format!("?partner={}&origin=https://evil.example.in&nonce=n", partner.id));
    refused(format!("?partner={}&origin={SITE}/&nonce=n", partner.id));
    refused(format!("?partner={}&origin={SITE}&nonce=n", Uuid::new_v4()));
    let stranger = server.applicant(&["search"]);
    stranger.post("/origins", &json!({ "origins": [SITE] })).ok();
    refused(format!("?partner={}&origin={SITE}&nonce=n", stranger.id));
    server.minister().decide(&partner, "suspend").ok();
    refused(format!("?partner={}&origin={SITE}&nonce=n", partner.id));
}

#[test]
fn an_answer_is_for_who_asked_with_the_nonce_they_gave() {
    let server = TestServer::ministry(|_| {});
    let (partner, other) = (airline(&server), airline(&server));
    let site = Party::embedded(&partner, "n-1");
    let (number, wrong) = (mobile(), Party::embedded(&partner, "n-2"));
    let asked = site.asks(&server, &number, NAME).ok();
    let password = password_in(&server.get(format!("/sandbox/outbox?mobile={number}")).send().ok());
    let strangers = [wrong, Party::embedded(&other, "n-1"), Party::default()];
    for stranger in &strangers {
        stranger.confirms(&server, &asked["txnId"], &password).forbidden();
    }
    let token = site.confirms(&server, &asked["txnId"], &password).ok();
    let token = token["token"].as_str().unwrap();
    for stranger in &strangers {
        stranger.reads(&server, token).forbidden();
    }
    site.reads(&server, token).ok();
}

#[test]
fn tokens_of_other_doors_open_no_status_and_those_of_this_door_nothing_else() {
    let server = TestServer::shared();
    let account = server.account();
    account.get(STATUS).send().unauthenticated();
    server.get(STATUS).send().unauthenticated();
    server.get(STATUS).token("nonsense").send().unauthenticated();
    let number = mobile();
    let token = Party::default().token(&server, &number, NAME);
    for path in ["/api/v2/appointment/beneficiaries", SHARES, "/api/v2/staff/me"] {
        server.get(path).token(&token).send().unauthenticated();
    }
}

#[test]
fn a_token_ends_after_a_quarter_of_an_hour() {
    let server = TestServer::start();
    let token = Party::default().token(&server, &mobile(), NAME);
    Party::default().reads(&server, &token).ok();
    server.advance(900);
    Party::default().reads(&server, &token).unauthenticated();
}

#[test]
fn a_wrong_password_is_refused_and_a_few_void_the_transaction() {
    let server = TestServer::shared();
    let (alone, number) = (Party::default(), mobile());
    let asked = alone.asks(&server, &number, NAME).ok();
    let right = server.password(Door::Status, &number);
    for _ in 0..3 {
        alone.confirms(&server, &asked["txnId"], "no").refused(400, "USRAUT0014");
    }
    alone.confirms(&server, &asked["txnId"], &right).refused(400, "USRAUT0014");
    alone.confirms(&server, &json!("x"), &right).refused(400, "USRAUT0014");
    let missing = server.post(CONFIRM).json(&json!({ "otp": hashed(&right) })).send();
    missing.refused(400, "USRAUT0013");
}

#[test]
fn a_password_of_another_door_confirms_no_question() {
    let server = TestServer::shared();
    let number = mobile();
    let asked = Party::default().asks(&server, &number, NAME).ok();
    let transaction = asked["txnId"].as_str().unwrap();
    let (id, sealed) = transaction.split_once('.').unwrap();
    let right = server.password(Door::Status, &number);
    server.confirm(Door::Portal, id, &hashed(&right)).refused(400, "USRAUT0014");
    let portal = server.ask(Door::Portal, &number);
    let moved = json!(format!("{portal}.{sealed}"));
    let password = server.password(Door::Portal, &number);
    Party::default().confirms(&server, &moved, &password).refused(400, "USRAUT0014");
}

#[test]
fn names_are_guessed_no_faster_than_passwords_are_sent() {
    let server = TestServer::with(|settings| settings.limits = Some(Switch::On));
    let (alone, number) = (Party::default(), mobile());
    alone.asks(&server, &number, NAME).ok();
    alone.asks(&server, &number, "Usha Devi").refused(400, "USRAUT0018");
}

#[test]
fn the_page_needs_a_consent_whose_text_is_known() {
    let server = TestServer::shared();
    let body = |version: Value| json!({ "mobile_number": mobile(), "full_name": NAME, "consent_version": version });
    server.post(ASK).json(&body(Value::Null)).send().refused(400, "USRRES0001");
    server.post(ASK).json(&body(json!("1999-01"))).send().refused(400, "USRRES0002");
    server.post(ASK).json(&body(json!("2026-11"))).send().ok();
    let long = json!({ "mobile_number": mobile(), "full_name": "a".repeat(201), "consent_version": "2026-11" });
    server.post(ASK).json(&long).send().refused(400, "USRRES0002");
    let page = server.get("/kyc/consent.js").send().text();
    assert!(page.contains("CONSENT_VERSION = '2026-11'"), "the page's text is one of them");
}

#[test]
fn a_key_without_a_subscription_asks_for_nobody() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(&["search"]);
    let application = Party { key: Some(partner.key().1), query: String::new() };
    application.asks(&server, &mobile(), NAME).forbidden();
}

#[test]
fn every_answer_is_on_record_with_who_was_told_and_the_consent() {
    let server = Audited::start();
    let account = server.account();
    let reference: u64 = account.register(&person()).parse().unwrap();
    Party::default().learns(&server, &account.mobile, NAME);
    let told = server.recorded("status");
    assert_eq!(told.len(), 1);
    let Record::Person(person) = told[0].record.unwrap() else { panic!("{told:?}") };
    assert_eq!(person.get(), reference);
    let consents = server.recorded("consent-2026-11");
    assert_eq!(consents.len(), 1);
    assert_eq!(consents[0].record, Some(Record::Other(Uuid::nil())), "nobody but themself");
    Party::default().learns(&server, &account.mobile, "Usha Sen");
    assert_eq!(server.recorded("status").len(), 2, "in vain, too");
}

fn share(account: &Account<'_>, person: &str, hours: Option<u32>) -> Answer {
    let body = json!({ "beneficiary_reference_id": person, "hours": hours });
    account.server.post(SHARE).token(&account.token).json(&body).send()
}

fn shown(server: &TestServer, link: &Value) -> Answer {
    server.get(format!("{STATUS}/shared/{}", link["token"].as_str().unwrap())).send()
}

fn unshare(account: &Account<'_>, person: &str, share: Option<&Value>) {
    let body = json!({ "beneficiary_reference_id": person, "share_id": share });
    account.server.post(UNSHARE).token(&account.token).json(&body).send().done();
}

#[test]
fn a_link_shows_a_status_and_nothing_else_until_its_person_ends_it() {
    let server = TestServer::shared();
    let (account, people) = server.family(1);
    let person = &people[0];
    let link = share(&account, person, None).ok();
    assert!(
        link["url"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/shared/{}", link["token"].as_str().unwrap()))
    );
    assert_eq!(shown(&server, &link).ok(), json!({ "vaccination_status": 0 }));
    let other = share(&account, person, None).ok();
    let list = account.get(SHARES).send().ok()["shares"].clone();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains(link["token"].as_str().unwrap()), "a list opens nothing");
    unshare(&account, person, Some(&list[0]["share_id"]));
    let works = |link| shown(&server, link).status == 200;
    assert!(works(&link) != works(&other), "one of the two");
    unshare(&account, person, None);
    let ended = shown(&server, &link).refused(404, "USRRES0012");
    let unknown = json!({ "token": "AAAAAAAAAAAAAAAAAAAAAA" });
    assert_eq!(ended, shown(&server, &unknown).refused(404, "USRRES0012"));
    server.get(format!("{STATUS}/shared/short")).send().refused(404, "USRRES0012");
}

#[test]
fn a_link_ends_by_itself_or_with_its_person() {
    let server = TestServer::start();
    let (account, people) = server.family(1);
    let [short, long] = [Some(24), None].map(|hours| share(&account, &people[0], hours).ok());
    server.advance(DAY_S);
    shown(&server, &short).refused(404, "USRRES0012");
    shown(&server, &long).ok();
    let account = server.log_in(Door::Portal, &account.mobile);
    let erase = json!({ "beneficiary_reference_id": people[0] });
    let path = "/api/v2/registration/beneficiary/erase";
    server.post(path).token(&account.token).json(&erase).send().done();
    shown(&server, &long).refused(404, "USRRES0012");
}

#[test]
fn nobody_shares_what_is_not_theirs_and_nobody_without_end() {
    let server = TestServer::shared();
    let (account, people) = server.family(1);
    let (_, strangers) = server.family(1);
    share(&account, &strangers[0], None).refused(400, "APPOIN0001");
    for hours in [0, 8_785] {
        share(&account, &people[0], Some(hours)).refused(400, "USRRES0002");
    }
    for _ in 0..10 {
        share(&account, &people[0], Some(1)).ok();
    }
    share(&account, &people[0], Some(1)).refused(409, "STATUS0001");
    server.post(SHARE).json(&json!({})).send().unauthenticated();
}
