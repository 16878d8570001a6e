//! A facility's counter: registering whoever stands there, and giving them seats that are kept for walk-ins.

use crate::support::{
    Answer, Audited, Offer, Officer, TestServer, at_once, mobile, on_spot, person, walk_in,
};
use opencowin::identity::Door;
use opencowin_ledger::audit::{Ending, Record, Who};
use serde_json::{Value, json};

const BY_MOBILE: &str = "/api/v2/vaccinator/beneficiaries/findByMobile?mobile_number=";

/// The messages that the counter's application caused to a number.
fn messages(server: &TestServer, mobile: &str) -> Vec<Value> {
    let outbox = server.get(format!("/sandbox/outbox?mobile={mobile}")).key().send().ok();
    outbox["messages"].as_array().unwrap().clone()
}

/// Aadhaar numbers whose last digit follows from the others, as others computed it.
const AADHAAR: [&str; 2] = ["234123412346", "999941057058"];

impl Officer<'_> {
    #[track_caller]
    fn refuses(&self, change: impl FnOnce(&mut Value), status: u16, code: &str) -> String {
        let mut somebody = walk_in(&mobile());
        change(&mut somebody);
        self.enrolling(&somebody).send().refused(status, code)
    }
}

#[test]
fn staff_registers_whoever_has_no_phone_at_hand_and_sees_them_from_then_on() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (own, other) = (server.vaccinator(&here), server.vaccinator(&there));
    let number = mobile();
    let who = own.enrol(&walk_in(&number));
    assert_eq!(own.looking_for(&who).send().ok()["name"], "Asha Devi");
    let found = own.get(format!("{BY_MOBILE}{number}")).key().send().ok();
    assert_eq!(found["beneficiaries"][0]["beneficiary_reference_id"], who);
    other.looking_for(&who).send().refused(400, "APPOIN0001");
    assert!(messages(&server, &number).is_empty(), "no password was asked for");

    let account = server.log_in(Door::Portal, &number);
    assert_eq!(account.people()[0]["beneficiary_reference_id"], who);
    account.book(&there, std::slice::from_ref(&who));
}

#[test]
fn staff_takes_every_document_and_holds_its_number_against_its_check_digit() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    for kind in 2..=13 {
        let mut somebody = walk_in(&mobile());
        let number = somebody["photo_id_number"].as_str().unwrap().to_owned();
        somebody["photo_id_type"] = kind.into();
        somebody["photo_id_number"] = number[number.len() - 10..].into();
        vaccinator.enrol(&somebody);
    }
    for number in AADHAAR {
        let mut somebody = walk_in(&mobile());
        somebody["photo_id_type"] = 1.into();
        let last = number.as_bytes()[11] - b'0';
        let mistyped = format!("{}{}", &number[..11], (last + 1) % 10);
        somebody["photo_id_number"] = mistyped.into();
        vaccinator.enrolling(&somebody).send().refused(400, "BENREG0004");
        somebody["photo_id_number"] = number.into();
        vaccinator.enrol(&somebody);
    }
    let account = server.account();
    let mut by_oneself = person();
    by_oneself["photo_id_type"] = 3.into();
    account.registration(&by_oneself).send().refused(400, "USRRES0002");
}

#[test]
fn a_registration_at_the_counter_is_refused_by_its_first_wrong_field() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    for name in
        ["name", "birth_year", "gender_id", "mobile_number", "photo_id_type", "photo_id_number"]
    {
        vaccinator.refuses(|body| body[name] = Value::Null, 400, "USRRES0001");
    }
    for (name, value) in [
        ("name", json!("=HYPERLINK(\"http://x\")")),
        ("name", json!("@Asha")),
        ("birth_year", json!("1885")),
        ("gender_id", json!(4)),
        ("mobile_number", json!("12345")),
        ("photo_id_type", json!(14)),
        ("photo_id_number", json!("Z1")),
        ("comorbidity_ind", json!("maybe")),
        ("consent_version", json!("x".repeat(17))),
    ] {
        let text = vaccinator.refuses(|body| body[name] = value.clone(), 400, "USRRES0002");
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn whoever_issues_the_document_is_asked() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let ends = |end: &'static str| move |body: &mut Value| body["photo_id_number"] = end.into();
    vaccinator.refuses(ends("Z1230000"), 400, "BENREG0005");
    vaccinator.refuses(ends("Z1230001"), 503, "USRRES0008");
}

#[test]
fn a_number_holds_four_people_and_a_document_one_whoever_registers_them() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let (own, other) = (server.vaccinator(&here), server.vaccinator(&there));
    let account = server.account();
    account.register(&person());
    let first = walk_in(&account.mobile);
    own.enrol(&first);
    other.enrolling(&first).send().refused(400, "BENREG0002");
    own.enrol(&walk_in(&account.mobile));
    other.enrol(&walk_in(&account.mobile));
    own.enrolling(&walk_in(&account.mobile)).send().refused(400, "BENREG0001");
    assert_eq!(account.people().len(), 4);
}

#[test]
fn the_same_registration_with_the_same_key_registers_once() {
    let server = TestServer::shared();
    let vaccinator = server.vaccinator(&server.sell(Offer::default()));
    let somebody = walk_in(&mobile());
    let with_key = |person: &Value| vaccinator.enrolling(person).header("Idempotency-Key", "w-7");
    let first = with_key(&somebody).send().ok();
    assert_eq!(with_key(&somebody).send().ok(), first);
    with_key(&walk_in(&mobile())).send().refused(422, "USRRES0010");
    vaccinator.enrolling(&somebody).send().refused(400, "BENREG0002");
}

#[test]
fn a_facility_is_named_where_there_are_several_and_has_to_be_ones_own() {
    let server = TestServer::shared();
    let [here, there, elsewhere] = [(); 3].map(|()| server.sell(Offer::default()));
    let (_, key) = server.api_key(|key| key.facilities = vec![here.centre.id, there.centre.id]);
    let enrolling = |centre: Value| {
        let mut somebody = walk_in(&mobile());
        somebody["center_id"] = centre;
        let call = server.post("/api/v2/vaccinator/beneficiaries/new").json(&somebody);
        call.header("x-api-key", &*key).send()
    };
    enrolling(Value::Null).refused(400, "USRRES0001");
    enrolling(json!("here")).refused(400, "USRRES0002");
    enrolling(json!(elsewhere.centre.id)).refused(403, "USRRES0011");
    let who = enrolling(json!(there.centre.id)).ok()["beneficiary_reference_id"].clone();
    let who = who.as_str().unwrap();
    server.vaccinator(&there).looking_for(who).send().ok();
    server.vaccinator(&here).looking_for(who).send().refused(400, "APPOIN0001");
}

#[test]
fn people_of_any_account_are_booked_together_out_of_the_seats_for_walk_ins() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { seats: [1, 1, 1], ..Offer::default() });
    let vaccinator = server.vaccinator(&sale);
    let numbers = [mobile(), mobile()];
    let people = numbers.each_ref().map(|number| vaccinator.enrol(&walk_in(number)));
    let booking = on_spot(&sale, &[&people[0], &people[1]]);
    let booked = vaccinator.scheduling(&booking).send().ok();
    assert_eq!(booked["appointment_confirmation_no"], booked["appointment_id"]);
    assert_eq!(server.free(&sale)[1], 1, "seats that are sold online are untouched");
    for (number, who) in numbers.iter().zip(&people) {
        let told = messages(&server, number);
        assert!(told.last().unwrap()["text"].as_str().unwrap().contains(&sale.centre.name));
        let account = server.log_in(Door::Portal, number);
        let listed = &account.appointments(who)[0];
        for field in ["appointment_id", "security_code"] {
            assert_eq!(listed[field], booked[field], "{field}");
        }
    }
    vaccinator.scheduling(&booking).send().refused(400, "APPOIN0022");

    let (one, other) =
        (server.log_in(Door::Portal, &numbers[0]), server.log_in(Door::Portal, &numbers[1]));
    let appointment = booked["appointment_id"].as_str().unwrap();
    let strangers = one.cancelling(appointment, &people[1..]).send();
    strangers.refused(400, "APPOIN0050");
    one.cancelling(appointment, &[]).send().done();
    assert!(one.appointments(&people[0]).is_empty());
    assert_eq!(other.appointments(&people[1]).len(), 1, "nobody cancels for others");
}

#[test]
fn an_on_spot_booking_is_refused_by_what_is_wrong_with_it() {
    let server = TestServer::shared();
    let (here, there) = (server.sell(Offer::default()), server.sell(Offer::default()));
    let vaccinator = server.vaccinator(&here);
    let who = vaccinator.enrol(&walk_in(&mobile()));
    let refused = |change: &dyn Fn(&mut Value), status, code| {
        let mut body = on_spot(&here, &[&who]);
        change(&mut body);
        vaccinator.scheduling(&body).send().refused(status, code);
    };
    refused(&|body| body["beneficiaries"] = json!([]), 400, "APPOIN0047");
    refused(&|body| body["beneficiaries"] = Value::Null, 400, "APPOIN0047");
    refused(&|body| body["beneficiaries"] = json!([who, who]), 400, "USRRES0002");
    refused(&|body| body["session_id"] = there.id().into(), 400, "APPOIN0015");
    refused(
        &|body| body["session_id"] = uuid::Uuid::new_v4().to_string().into(),
        400,
        "APPOIN0015",
    );
    refused(&|body| body["slot"] = "noon".into(), 400, "APPOIN0015");
    refused(&|body| body["dose"] = 2.into(), 400, "APPOIN0025");
    refused(&|body| body["dose"] = 4.into(), 400, "USRRES0002");
    refused(&|body| body["channel"] = "online".into(), 400, "USRRES0002");
    refused(&|body| body["channel"] = "reserved".into(), 409, "APPOIN0040");
}

#[test]
fn who_has_nothing_to_do_with_the_facility_is_booked_by_it_once_they_prove_their_number() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let vaccinator = server.vaccinator(&sale);
    let (account, people) = server.family(1);
    let own = vaccinator.enrol(&walk_in(&mobile()));
    let booking = on_spot(&sale, &[&own, &people[0]]);
    vaccinator.scheduling(&booking).send().refused(400, "APPOIN0001");
    assert!(account.people()[0]["appointments"] == json!([]));
    let proven = vaccinator.scheduling(&booking).header("X-Beneficiary-Token", &*account.token);
    proven.send().ok();
    assert_eq!(account.appointments(&people[0]).len(), 1);
}

#[test]
fn two_counters_at_once_sell_each_seat_for_walk_ins_once() {
    let server = TestServer::start();
    let sale = server.sell(Offer::default());
    let counters = [server.vaccinator(&sale), server.vaccinator(&sale)];
    let people: Vec<_> =
        (0..24).map(|at| (at % 2, counters[0].enrol(&walk_in(&mobile())))).collect();
    let answers = at_once(&people, |(counter, who)| {
        counters[*counter].scheduling(&on_spot(&sale, &[who])).send()
    });
    let (booked, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((booked.len(), refused.len()), (20, 4));
    refused.iter().for_each(|answer: &Answer| drop(answer.refused(409, "APPOIN0040")));
    server.assert_sound();
}

#[test]
fn what_staff_does_for_people_is_on_record_under_their_own_name() {
    let server = Audited::start();
    let sale = server.sell(Offer::default());
    let vaccinator = server.vaccinator(&sale);
    let who = vaccinator.enrol(&walk_in(&mobile()));
    vaccinator.scheduling(&on_spot(&sale, &[&who])).send().ok();
    let stranger = server.family(1).1.remove(0);
    vaccinator.scheduling(&on_spot(&sale, &[&stranger])).send().refused(400, "APPOIN0001");
    let person = |text: &str| {
        Record::Person(opencowin_model::BeneficiaryRef::new(text.parse().unwrap()).unwrap())
    };
    let by_staff = |entry: &&opencowin_ledger::audit::Entry| {
        entry.who == Who::Official(vaccinator.id) && entry.role.as_str() == "vaccinator"
    };
    let registered = server.recorded("register");
    let registered: Vec<_> = registered.iter().filter(by_staff).collect();
    assert_eq!(registered.len(), 1);
    assert_eq!((registered[0].record, &registered[0].ending), (Some(person(&who)), &Ending::Done));
    let booked = server.recorded("book");
    let endings: Vec<_> = booked.iter().filter(by_staff).map(|e| e.ending.clone()).collect();
    assert_eq!(endings, [Ending::Done, Ending::Nothing]);
    assert_eq!(booked[1].record, Some(person(&stranger)));
}
