//! Who sees what of whom: at a facility's counter, through an application, as a trusted partner; that each look is on
//! record; and that people can be erased.

use crate::support::{
    Account, Answer, Audited, Call, Offer, Officer, Sale, TestServer, hashed, mobile, pack, person,
    shape,
};
use opencowin::access::key::{Elements, LookupGrant, QuotaException};
use opencowin::access::official::{Role, Scope};
use opencowin::config::Switch;
use opencowin::identity::Door;
use opencowin_admission::{Api, Apis, Quota};
use opencowin_ledger::audit::{Ending, Entry, Record, Who, Word};
use opencowin_ledger::vault::AccountId;
use opencowin_model::{AppointmentId, BeneficiaryRef};
use serde_json::{Value, json};

const BY_MOBILE: &str = "/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number=";
const BY_REFERENCE: &str =
    "/api/v2/vaccinator/beneficiaries/findByReferenceId?beneficiary_reference_id=";
const LOOKUP: &str = "/api/v2/lookup/beneficiary";
const ERASE: &str = "/api/v2/registration/beneficiary/erase";

impl<'a> TestServer {
    fn account_id(&self, mobile: &str) -> AccountId {
        self.app().account_of(pack().mobile(mobile).unwrap())
    }

    /// Logs a new number in with an application of this key.
    fn log_in_with(&'a self, key: &str) -> Account<'a> {
        let number = mobile();
        let post = |path: &str, body: &Value| self.post(path).header("x-api-key", key).json(body);
        let asked = post("/api/v2/auth/generateOTP", &json!({ "mobile": number })).send().ok();
        let outbox = self.get(format!("/sandbox/outbox?mobile={number}"));
        let sent = outbox.header("x-api-key", key).send().ok();
        let words = sent["messages"][0]["text"].as_str().unwrap();
        let password = words.split(|c: char| !c.is_ascii_digit()).find(|w| w.len() == 6).unwrap();
        let confirm = json!({ "otp": hashed(password), "txnId": asked["txnId"] });
        let token = post("/api/v2/auth/confirmOTP", &confirm).send().ok()["token"].clone();
        Account { server: self, mobile: number, token: token.as_str().unwrap().to_owned() }
    }
}

impl<'a> Officer<'a> {
    fn finds(&self, path: &str, who: &str) -> Call<'a> {
        self.get(format!("{path}{who}")).key()
    }
}

fn reference(text: &str) -> BeneficiaryRef {
    BeneficiaryRef::new(text.parse().unwrap()).unwrap()
}

#[track_caller]
fn unknown(answer: &Answer) {
    answer.refused(400, "APPOIN0001");
}

#[test]
fn the_counter_is_for_the_staff_of_a_facility_with_an_application() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let path = format!("{BY_MOBILE}{}", mobile());
    server.get(&*path).send().forbidden();
    server.get(&*path).key().send().unauthenticated();
    let citizen = server.account();
    citizen.get(&*path).key().send().unauthenticated();
    let vaccinator = server.vaccinator(&sale);
    vaccinator.get(&*path).send().forbidden();
    unknown(&vaccinator.get(&*path).key().send());
    for (role, scope) in [
        (Role::DistrictOfficer, Scope::District(sale.centre.district)),
        (Role::Ministry, Scope::Country),
        (Role::Auditor, Scope::Country),
    ] {
        server.officer(role, scope).get(&*path).key().send().refused(403, "USRRES0011");
    }
}

#[test]
fn a_facility_sees_who_has_to_do_with_it_and_another_sees_nobody() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (account, people) = server.family(2);
    account.book(&here, &people[..1]);
    let (own, other) = (server.vaccinator(&here), server.vaccinator(&there));
    let found = own.finds(BY_MOBILE, &account.mobile).send().ok();
    let found = found["beneficiaries"].as_array().unwrap();
    assert_eq!(found.len(), 1, "only the one who is booked");
    assert_eq!(found[0]["beneficiary_reference_id"], people[0]);
    assert_eq!(own.finds(BY_REFERENCE, &people[0]).send().ok(), found[0]);
    let nobody = other.finds(BY_MOBILE, &mobile()).send();
    for (vaccinator, path, who) in [
        (&own, BY_REFERENCE, &people[1]),
        (&other, BY_MOBILE, &account.mobile),
        (&other, BY_REFERENCE, &people[0]),
        (&other, BY_REFERENCE, &"99999999999999".to_owned()),
        (&other, BY_REFERENCE, &"1".to_owned()),
    ] {
        let answer = vaccinator.finds(path, who).send();
        assert_eq!((answer.status, answer.text()), (nobody.status, nobody.text()), "{who}");
    }
    unknown(&nobody);
}

#[test]
fn whoever_has_cancelled_has_to_do_with_the_facility_no_more() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    let appointment = account.book(&sale, &people);
    let vaccinator = server.vaccinator(&sale);
    vaccinator.finds(BY_REFERENCE, &people[0]).send().ok();
    account.cancelling(&appointment, &people).send().done();
    unknown(&vaccinator.finds(BY_REFERENCE, &people[0]).send());
}

#[test]
fn whoever_stands_there_opens_the_look_with_a_token_of_their_own() {
    let server = TestServer::start();
    let sale = server.sell(Offer::default());
    let vaccinator = server.vaccinator(&sale);
    let (account, people) = server.family(1);
    let public = server.log_in(Door::Public, &account.mobile).token;
    let with = |token: &str, path: &str, who: &str| {
        vaccinator.finds(path, who).header("X-Beneficiary-Token", token).send()
    };
    for token in [&public, &account.token] {
        with(token, BY_MOBILE, &account.mobile).ok();
        with(token, BY_REFERENCE, &people[0]).ok();
    }
    let (stranger, others) = server.family(1);
    unknown(&with(&public, BY_MOBILE, &stranger.mobile));
    unknown(&with(&public, BY_REFERENCE, &others[0]));
    for no_proof in ["", "x", &vaccinator.token] {
        with(no_proof, BY_MOBILE, &account.mobile).refused(400, "USRAUT0014");
    }
    server.advance(900);
    let later = server.report_for_duty(&vaccinator.mobile);
    let expired = later.finds(BY_MOBILE, &account.mobile).header("X-Beneficiary-Token", public);
    expired.send().refused(400, "USRAUT0014");
}

#[test]
fn the_counter_sees_a_name_a_birth_year_four_characters_and_doses_and_less_with_a_lesser_key() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    account.book(&sale, &people);
    let vaccinator = server.vaccinator(&sale);
    let look = |key: &str| {
        let call = vaccinator.get(format!("{BY_REFERENCE}{}", people[0]));
        call.header("x-api-key", key).send().ok()
    };
    let key = |elements| server.api_key(|key| key.elements = elements).1;
    let all = look(&key(Elements::ALL));
    assert_eq!(
        shape(&all),
        "beneficiary_reference_id:string birth_year:string dose1_date:string dose2_date:string name:string \
         photo_id_number:string precaution_dose:string vaccination_status:string vaccine:string"
    );
    assert!(all["photo_id_number"].as_str().unwrap().starts_with("XXXXXXXX"));
    let nothing = Elements {
        birth_year: false,
        gender: false,
        photo_id: false,
        vaccination: false,
        comorbidity: false,
    };
    assert_eq!(shape(&look(&key(nothing))), "beneficiary_reference_id:string name:string");
}

#[test]
fn a_key_that_is_tied_to_facilities_does_what_their_staff_does() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (account, people) = server.family(1);
    account.book(&here, &people);
    let look = |centre: &Sale| {
        let (_, key) = server.api_key(|key| key.facilities = vec![centre.centre.id]);
        server.get(format!("{BY_REFERENCE}{}", people[0])).header("x-api-key", key).send()
    };
    look(&here).ok();
    unknown(&look(&there));
    let (_, other) = server.api_key(|key| {
        key.facilities = vec![here.centre.id];
        key.apis = Apis::NONE.with(Api::Appointments);
    });
    let call = server.get(format!("{BY_REFERENCE}{}", people[0])).header("x-api-key", other);
    call.send().forbidden();
}

#[test]
fn what_an_application_is_not_entitled_to_is_absent_from_the_list_of_people() {
    let server = TestServer::shared();
    let (_, text) = server.api_key(|key| {
        key.elements = Elements { birth_year: false, vaccination: false, ..Elements::default() };
    });
    let account = server.log_in_with(&text);
    account.register(&person());
    for path in ["/api/v2/appointment/beneficiaries", "/api/v4/appointment/beneficiaries"] {
        let list = account.get(path).send().ok();
        assert_eq!(
            shape(&list["beneficiaries"][0]),
            "appointments:array beneficiary_reference_id:string gender:string mobile_number:string name:string \
             photo_id_number:string photo_id_type:string"
        );
    }
    let own = server.log_in(Door::Portal, &account.mobile).people();
    assert_eq!(own[0]["birth_year"], "1985", "in the portal everything is there");
    assert_eq!(own[0]["comorbidity_ind"], "N");
}

/// A look-up of a number that nothing is wrong with.
fn wish(mobile: &str) -> Value {
    json!({ "mobile": mobile, "consent_reference": "consent/2021-17", "purpose": "outbreak-investigation" })
}

fn granted(server: &TestServer) -> String {
    let grant = LookupGrant {
        networks: vec!["198.51.100.0/24".parse().unwrap()],
        reference: "order 7 of 2021".to_owned(),
    };
    let quota = Quota { per_second: 100, burst: 3, per_day: 3 };
    let exception =
        QuotaException { api: Api::Lookup, quota, consent: "the same order".to_owned() };
    let (_, text) = server.api_key(|key| {
        key.lookup = Some(grant);
        key.exceptions = vec![exception];
    });
    text
}

fn looks_up(server: &TestServer, key: &str, from: &str, wish: &Value) -> Answer {
    let call = server.post(LOOKUP).header("x-api-key", key).header("X-Forwarded-For", from);
    call.json(wish).send()
}

fn alarms(server: &TestServer, name: &str) -> u64 {
    let metrics = server.get("/metrics").send().text();
    let line = format!(r#"opencowin_alarms_total{{name="{name}"}} "#);
    let value = metrics.lines().find_map(|found| found.strip_prefix(&line));
    value.map_or(0, |value| value.parse().unwrap())
}

#[test]
fn the_trusted_look_up_is_off_unless_granted_and_only_from_where_it_was_granted() {
    let server = TestServer::start();
    let granted = granted(&server);
    let (_, ordinary) = server.api_key(|_| {});
    let look = |key, from| looks_up(&server, key, from, &wish(&mobile()));
    look(opencowin::access::key_text::SANDBOX_KEY, "198.51.100.7").forbidden();
    look(&ordinary, "198.51.100.7").forbidden();
    look(&granted, "203.0.113.7").forbidden();
    server.post(LOOKUP).json(&wish(&mobile())).send().forbidden();
    assert_eq!((alarms(&server, "lookup"), alarms(&server, "lookup-refused")), (0, 4));
    look(&granted, "198.51.100.7").ok();
    assert_eq!((alarms(&server, "lookup"), alarms(&server, "lookup-refused")), (1, 4));
}

#[test]
fn a_trusted_partner_has_a_quota_of_its_own() {
    let server = TestServer::with(|settings| settings.limits = Some(Switch::On));
    server.limit(|_| {});
    let granted = granted(&server);
    let look = || looks_up(&server, &granted, "198.51.100.7", &wish(&mobile()));
    (0..3).for_each(|_| drop(look().ok()));
    let refused = look();
    assert_eq!(refused.status, 429);
    assert!(refused.header("ratelimit-policy").unwrap().starts_with("\"key-day\";q=3"));
    assert_eq!((alarms(&server, "lookup"), alarms(&server, "lookup-refused")), (3, 1));
}

#[test]
fn a_trusted_look_names_a_consent_a_purpose_and_one_subject() {
    let server = TestServer::start();
    let granted = granted(&server);
    let look = |change: &dyn Fn(&mut Value)| {
        let mut wish = wish(&mobile());
        change(&mut wish);
        looks_up(&server, &granted, "198.51.100.7", &wish)
    };
    for name in ["consent_reference", "purpose", "mobile"] {
        look(&|wish| wish[name] = Value::Null).refused(400, "USRRES0001");
    }
    for (name, value) in [
        ("consent_reference", json!("x".repeat(65))),
        ("consent_reference", json!("two words")),
        ("purpose", json!("curiosity")),
        ("mobile", json!("12")),
        ("photo_id_number", json!("700000000000")),
    ] {
        look(&|wish| wish[name] = value.clone()).refused(400, "USRRES0002");
    }
    assert_eq!((alarms(&server, "lookup"), alarms(&server, "lookup-refused")), (8, 8));
}

#[test]
fn a_trusted_look_does_not_tell_who_is_known() {
    let server = TestServer::start();
    let granted = granted(&server);
    let number = mobile();
    let register = person();
    server.log_in(Door::Portal, &number).register(&register);
    let document = |number: &Value| {
        let mut wish = wish("");
        wish["mobile"] = Value::Null;
        wish["photo_id_type"] = register["photo_id_type"].clone();
        wish["photo_id_number"] = number.clone();
        wish
    };
    for wish in [
        wish(&number),
        wish(&mobile()),
        document(&register["photo_id_number"]),
        document(&json!("799999999999")),
    ] {
        let answer = looks_up(&server, &granted, "198.51.100.7", &wish);
        assert_eq!(answer.ok(), json!({ "beneficiaries": [] }));
    }
}

#[test]
fn each_look_at_somebody_is_on_record_before_it_is_answered() {
    let server = Audited::start();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(2);
    let appointment = account.book(&sale, &people);
    let vaccinator = server.vaccinator(&sale);
    let (own, id) = (server.account_id(&account.mobile), reference(&people[0]));
    let owns =
        |entry: &Entry| entry.who == Who::Account(own) && entry.role.as_str() == "beneficiary";

    account.people();
    let list = server.recorded("list");
    assert_eq!(
        list.iter().map(|e| e.record).collect::<Vec<_>>(),
        [Some(Record::Person(id)), Some(Record::Person(reference(&people[1]))),]
    );
    assert!(list.iter().all(|entry| owns(entry) && entry.ending == Ending::Done));

    vaccinator.finds(BY_REFERENCE, &people[0]).send().ok();
    let strange = mobile();
    unknown(&vaccinator.finds(BY_MOBILE, &strange).send());
    let counter = server.recorded("counter");
    let told = |entry: &Entry| (entry.who, entry.record.unwrap(), entry.ending.clone());
    let official = Who::Official(vaccinator.id);
    assert_eq!(
        counter.iter().map(told).collect::<Vec<_>>(),
        [
            (official, Record::Person(id), Ending::Done),
            (official, Record::Account(server.account_id(&strange)), Ending::Nothing),
        ]
    );
    assert!(counter.iter().all(|e| e.role.as_str() == "vaccinator" && e.key.is_some()));

    account
        .get(format!("/api/v2/appointment/appointmentslip/download?appointment_id={appointment}"))
        .send();
    assert_eq!(server.recorded("slip").len(), 2);
    let granted = granted(&server);
    looks_up(&server, &granted, "198.51.100.7", &wish(&account.mobile)).ok();
    let look = server.recorded("outbreak-investigation");
    assert_eq!((look[0].record, &look[0].ending), (Some(Record::Account(own)), &Ending::Nothing));
    let consent = &hashed("consent/2021-17")[..32];
    let Some(Record::Other(consented)) = server.recorded("consent")[0].record else { panic!() };
    assert_eq!(consented.simple().to_string(), consent);
}

#[test]
fn what_people_do_is_on_record_with_what_came_of_it() {
    let server = Audited::start();
    let (sale, later) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (account, people) = server.family(1);
    let id = Record::Person(reference(&people[0]));
    let appointment = account.book(&sale, &people);
    let booked = Record::Appointment(AppointmentId::parse(&appointment).unwrap());
    account.booking(&later, &people).send().refused(400, "APPOIN0022");
    account.rescheduling(&appointment, &later, 0).send().done();
    let retried =
        || account.cancelling(&appointment, &people).header("Idempotency-Key", "1").send();
    retried().done();
    retried().done();
    let delete = json!({ "beneficiary_reference_id": people[0] });
    account.post("/api/v2/registration/beneficiary/delete", &delete).send().done();

    let of = |purpose| -> Vec<_> {
        server.recorded(purpose).into_iter().map(|entry| (entry.record, entry.ending)).collect()
    };
    assert_eq!(of("register"), [(Some(id), Ending::Done)]);
    let book = of("book");
    assert_eq!(book[0], (Some(booked), Ending::Done));
    assert_eq!(book[1], (None, Ending::Refused(Word::new("already-booked"))));
    assert_eq!(of("reschedule"), [(Some(booked), Ending::Done)]);
    assert_eq!(of("cancel"), [(Some(booked), Ending::Done), (Some(booked), Ending::Repeated)]);
    assert_eq!(of("delete"), [(Some(id), Ending::Done)]);
    let log_in = &of("log-in")[0];
    assert_eq!(*log_in, (Some(Record::Account(server.account_id(&account.mobile))), Ending::Done));
}

#[test]
fn a_refusal_that_tells_nothing_about_a_person_leaves_no_record() {
    let server = Audited::start();
    let sale = server.sell(Offer { seats: [1, 0, 0], ..Offer::default() });
    let (first, people) = server.family(1);
    first.book(&sale, &people);
    let (second, people) = server.family(1);
    second.booking(&sale, &people).send().refused(409, "APPOIN0040");
    assert_eq!(server.recorded("book").len(), 1);
}

#[test]
fn a_person_is_erased_when_they_ask_and_only_by_themselves_or_the_ministry() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(2);
    let body = |who: &str| json!({ "beneficiary_reference_id": who });
    let stranger = server.account();
    unknown(&stranger.post(ERASE, &body(&people[0])).send());
    let appointment = account.book(&sale, &people[..1]);
    account.post(ERASE, &body(&people[0])).send().refused(400, "BENREG0003");
    account.cancelling(&appointment, &people[..1]).send().done();
    account.post(ERASE, &body(&people[0])).send().done();
    assert_eq!(account.people().len(), 1);
    unknown(&account.post(ERASE, &body(&people[0])).send());

    let order = "/api/v2/ministry/erase";
    server.vaccinator(&sale).post(order, &body(&people[1])).send().refused(403, "USRRES0011");
    account.post(order, &body(&people[1])).send().unauthenticated();
    let ministry = server.officer(Role::Ministry, Scope::Country);
    ministry.post(order, &body(&people[1])).send().done();
    account.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
    unknown(&ministry.post(order, &body(&people[1])).send());
}
