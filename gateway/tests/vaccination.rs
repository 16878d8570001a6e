//! A day at a facility: who is expected, checked in, given the dose or not; and what is put right later.

use crate::support::{
    Account, Audited, Call, Offer, Officer, Sale, TestServer, at_once, booking, mobile, on_spot,
    person, walk_in,
};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use opencowin_ledger::audit::{Ending, Record, Who};
use opencowin_model::{BeneficiaryRef, date};
use serde_json::{Value, json};
use std::ops::Deref;

const PEOPLE: &str = "/api/v2/vaccinator/beneficiaries";
const BATCH: &str = "4120Z001";
const OTHER: &str = "4120Z002";

/// A facility in the morning of a day on which it holds a session, with two batches in stock.
struct Facility<'a> {
    server: &'a TestServer,
    sale: Sale,
    vaccinator: Officer<'a>,
    verifier: Officer<'a>,
    manager: Officer<'a>,
}

/// Somebody who is booked.
struct Visitor<'a> {
    account: Account<'a>,
    who: String,
    /// The last four characters of their document.
    last4: String,
    code: String,
}

impl TestServer {
    /// Sleeps until half past nine of the next day, in India.
    fn until_morning(&self) {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let now = self.advance(0).to_zoned(zone.clone());
        let morning = now.date().tomorrow().unwrap().at(9, 30, 0, 0).to_zoned(zone).unwrap();
        self.advance(morning.timestamp().as_second() - now.timestamp().as_second());
    }

    /// The officer of the district in which a facility lies, with a key.
    fn district_of(&self, sale: &Sale) -> Officer<'_> {
        self.officer(Role::DistrictOfficer, Scope::District(sale.centre.district))
    }
}

impl<'a> Facility<'a> {
    fn opens(server: &'a TestServer) -> Self {
        server.until_morning();
        Self::beside(server)
    }

    /// Another one on the same day.
    fn beside(server: &'a TestServer) -> Self {
        let sale = server.sell(Offer { days_ahead: 0, ..Offer::default() });
        let staff = |role| server.officer(role, Scope::Facility(sale.centre.id));
        let manager = staff(Role::FacilityManager);
        for batch in [BATCH, OTHER] {
            let stock = json!({
                "vaccine": "COVAXIN", "batch": batch, "doses": 20,
                "expiry": date::to_wire_string(server.today().saturating_add(30.days())),
            });
            manager.at_the_counter("/api/v2/vaccinator/stock/receive", &stock).send().ok();
        }
        let (vaccinator, verifier) = (staff(Role::Vaccinator), staff(Role::Verifier));
        Self { server, vaccinator, verifier, manager, sale }
    }

    /// Somebody who has booked online for today.
    fn visitor(&self) -> Visitor<'a> {
        let (account, details) = (self.server.account(), person());
        let who = account.register(&details);
        account.book(&self.sale, std::slice::from_ref(&who));
        let code = account.appointments(&who)[0]["security_code"].as_str().unwrap().to_owned();
        let number = details["photo_id_number"].as_str().unwrap();
        Visitor { who, code, last4: number[number.len() - 4..].to_owned(), account }
    }

    /// Somebody who has booked and is checked in.
    fn arrived(&self) -> Visitor<'a> {
        let visitor = self.visitor();
        self.verifier.checking_in(&visitor.proof()).send().ok();
        visitor
    }

    /// Somebody who was given the first dose.
    fn vaccinated(&self) -> (Visitor<'a>, Value) {
        let visitor = self.arrived();
        let event = self.vaccinator.giving(&self.first_dose(&visitor.who)).send().ok();
        (visitor, event)
    }

    /// What records a first dose, in the contract's fields.
    fn first_dose(&self, who: &str) -> Value {
        json!({
            "beneficiary_reference_id": who, "center_id": self.sale.centre.id,
            "vaccine": "COVAXIN", "vaccine_batch": BATCH, "dose": 1,
            "dose1_date": date::to_wire_string(self.server.today()),
            "vaccinator_name": "Meena Kumari",
        })
    }

    /// Who stands how on the list of today.
    fn today(&self) -> Vec<(String, String)> {
        let list = self.verifier.get("/api/v2/vaccinator/sessions/today").key().send().ok();
        let session = &list["sessions"].as_array().unwrap()[0];
        assert_eq!(session["session_id"], self.sale.id());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let people = session["people"].as_array().unwrap().iter();
        people.map(|one| (text(&one["beneficiary_reference_id"]), text(&one["standing"]))).collect()
    }

    /// How many doses of a batch were used.
    fn used(&self, batch: &str) -> u64 {
        let stock = self.manager.get("/api/v2/vaccinator/stock").key().send().ok();
        let of = stock["stock"].as_array().unwrap().iter().find(|one| one["batch"] == batch);
        of.unwrap()["used"].as_u64().unwrap()
    }
}

impl Visitor<'_> {
    /// What they show.
    fn proof(&self) -> Value {
        json!({
            "beneficiary_reference_id": self.who, "photo_id_type": 1,
            "photo_id_last4": self.last4, "security_code": self.code,
        })
    }

    /// The same with a code that is not theirs.
    fn wrong_proof(&self) -> Value {
        let code: u16 = self.code.parse().unwrap();
        let mut proof = self.proof();
        proof["security_code"] = format!("{:04}", (code + 1) % 10_000).into();
        proof
    }
}

impl<'a> Officer<'a> {
    fn doing(&self, what: &str, body: &Value) -> Call<'a> {
        self.at_the_counter(&format!("{PEOPLE}/{what}"), body)
    }

    fn checking_in(&self, body: &Value) -> Call<'a> {
        self.doing("checkin", body)
    }

    fn giving(&self, body: &Value) -> Call<'a> {
        self.doing("vaccinate", body)
    }
}

/// With another value of a field.
fn with(body: &Value, field: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[field] = value.into();
    body
}

fn dose_of(who: &str, fields: Value) -> Value {
    let mut body = fields;
    body["beneficiary_reference_id"] = who.into();
    body["dose"] = 1.into();
    body
}

#[test]
fn a_person_comes_is_checked_in_and_given_the_dose_once() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let visitor = facility.visitor();
    let stands = |standing: &str| {
        assert_eq!(facility.today(), [(visitor.who.clone(), standing.to_owned())]);
    };
    stands("booked");
    let checked_in = facility.verifier.checking_in(&visitor.proof()).send().ok();
    assert_eq!(checked_in["dose"], 1);
    assert_eq!(facility.verifier.checking_in(&visitor.proof()).send().ok(), checked_in);
    stands("checked-in");

    let dose = facility.first_dose(&visitor.who);
    let event = facility.vaccinator.giving(&dose).send().ok();
    assert_eq!(event["date"], dose["dose1_date"]);
    stands("done");
    assert_eq!(facility.vaccinator.giving(&dose).send().ok(), event, "the same dose again");
    let other = with(&dose, "vaccine_batch", OTHER);
    facility.vaccinator.giving(&other).send().refused(409, "VACCIN0007");
    assert_eq!((facility.used(BATCH), facility.used(OTHER)), (1, 0));

    let own = &visitor.account.people()[0];
    assert_eq!(own["vaccination_status"], "Partially Vaccinated");
    assert_eq!((&own["vaccine"], &own["dose1_date"]), (&json!("COVAXIN"), &dose["dose1_date"]));
    assert_eq!((&own["dose2_date"], &own["photo_id_type"]), (&json!(""), &json!(1)));
    assert_eq!(own["appointments"], json!([]));
    let seen = facility.vaccinator.looking_for(&visitor.who).send().ok();
    assert_eq!(seen["vaccination_status"], "Partially Vaccinated");
    server.assert_sound();
}

#[test]
fn nobody_is_given_a_dose_unproven_and_five_wrong_proofs_are_all() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let visitor = facility.visitor();
    let dose = facility.first_dose(&visitor.who);
    facility.vaccinator.giving(&dose).send().refused(409, "VACCIN0002");
    let mut proven = visitor.wrong_proof();
    dose.as_object().unwrap().iter().for_each(|(name, value)| proven[name] = value.clone());
    for left in [4, 3] {
        let text = facility.vaccinator.giving(&proven).send().refused(400, "VACCIN0004");
        assert!(text.contains(&format!("{left} tries")), "{text}");
    }
    for wrong in [
        visitor.wrong_proof(),
        with(&visitor.proof(), "photo_id_last4", "0000"),
        with(&visitor.proof(), "photo_id_type", 8),
    ] {
        facility.verifier.checking_in(&wrong).send().refused(400, "VACCIN0004");
    }
    facility.verifier.checking_in(&visitor.proof()).send().refused(403, "VACCIN0005");
    proven["security_code"] = visitor.code.clone().into();
    facility.vaccinator.giving(&proven).send().refused(403, "VACCIN0005");

    let again =
        json!({ "beneficiary_reference_id": visitor.who, "center_id": facility.sale.centre.id });
    facility.manager.doing("resetTries", &again).send().refused(403, "USRRES0011");
    let elsewhere = server.sell(Offer::default());
    server.district_of(&elsewhere).doing("resetTries", &again).send().refused(403, "USRRES0011");
    server.district_of(&facility.sale).doing("resetTries", &again).send().done();
    facility.vaccinator.giving(&proven).send().ok();
}

#[test]
fn a_check_in_is_refused_by_what_is_wrong_with_it() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let other = Facility::beside(&server);
    let visitor = facility.visitor();
    let refused = |field: &str, value: Value, status, code| {
        let body = with(&visitor.proof(), field, value);
        facility.verifier.checking_in(&body).send().refused(status, code);
    };
    refused("beneficiary_reference_id", json!("99999999999999"), 400, "APPOIN0001");
    refused("photo_id_type", json!(14), 400, "USRRES0002");
    refused("photo_id_last4", json!("12345"), 400, "USRRES0002");
    refused("security_code", json!("12a4"), 400, "USRRES0002");
    refused("security_code", Value::Null, 400, "USRRES0001");
    refused("photo_id_last4", Value::Null, 400, "USRRES0001");
    other.verifier.checking_in(&visitor.proof()).send().refused(400, "APPOIN0001");
    let not_booked = facility.vaccinator.enrol(&walk_in(&mobile()));
    let body = with(&visitor.proof(), "beneficiary_reference_id", not_booked);
    facility.verifier.checking_in(&body).send().refused(400, "VACCIN0001");
    let code: u64 = visitor.code.parse().unwrap();
    let spelt = with(&visitor.proof(), "security_code", code);
    facility.verifier.checking_in(&spelt).send().ok();
}

#[test]
fn a_dose_is_refused_by_what_is_wrong_with_it() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let visitor = facility.arrived();
    let refused = |field: &str, value: Value, status, code| {
        let body = with(&facility.first_dose(&visitor.who), field, value);
        facility.vaccinator.giving(&body).send().refused(status, code);
    };
    refused("vaccine", json!("COVISHIELD"), 400, "VACCIN0006");
    refused("vaccine", json!("WATER"), 400, "USRRES0002");
    refused("vaccine_batch", json!("9999X"), 409, "VACCIN0014");
    refused("vaccine_batch", json!("=1+1"), 400, "USRRES0002");
    refused("dose", json!(2), 400, "VACCIN0009");
    refused("dose1_date", json!("01-01-2021"), 400, "VACCIN0009");
    refused("dose2_date", json!("01-01-2021"), 400, "VACCIN0009");
    refused("center_id", json!(facility.sale.centre.id.0 + 1), 403, "USRRES0011");
    refused("override_reason", json!("medical"), 403, "USRRES0011");
    let dose = facility.first_dose(&visitor.who);
    facility.verifier.giving(&dose).send().refused(403, "USRRES0011");
    assert_eq!(facility.used(BATCH), 0);
}

#[test]
fn two_counters_at_once_record_one_dose() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let visitor = facility.arrived();
    let dose = facility.first_dose(&visitor.who);
    let answers = at_once(&[(); 8], |()| facility.vaccinator.giving(&dose).send().ok());
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(facility.used(BATCH), 1);
}

#[test]
fn who_is_not_given_the_dose_frees_the_seat() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let visitor = facility.arrived();
    assert_eq!(server.free(&facility.sale)[1], 9);
    let body = |why: &str| json!({ "beneficiary_reference_id": visitor.who, "reason": why });
    facility.verifier.doing("decline", &body("no-show")).send().refused(409, "VACCIN0003");
    facility.verifier.doing("decline", &body("tired")).send().refused(400, "USRRES0002");
    facility.verifier.doing("decline", &body("unwell")).send().done();
    assert_eq!(facility.today()[0].1, "refused");
    assert_eq!(server.free(&facility.sale)[1], 10);
    visitor.account.book(&facility.sale, std::slice::from_ref(&visitor.who));

    let late = facility.visitor();
    let body = json!({ "beneficiary_reference_id": late.who, "reason": "no-show" });
    facility.verifier.doing("decline", &body).send().refused(409, "VACCIN0015");
    server.advance(2 * 3600);
    let verifier = server.report_for_duty(&facility.verifier.mobile);
    verifier.doing("decline", &body).send().done();
    server.assert_sound();
}

#[test]
fn whoever_was_given_a_dose_is_watched_for_half_an_hour() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (visitor, _) = facility.vaccinated();
    let well = dose_of(&visitor.who, json!({ "outcome": "well" }));
    facility.vaccinator.doing("observe", &well).send().refused(409, "VACCIN0012");
    server.advance(30 * 60);
    let vaccinator = server.report_for_duty(&facility.vaccinator.mobile);
    vaccinator.doing("observe", &well).send().done();
    vaccinator.doing("observe", &well).send().done();
    let ill = with(&well, "outcome", "reaction");
    vaccinator.doing("observe", &ill).send().refused(409, "VACCIN0012");
}

#[test]
fn a_second_dose_follows_one_from_elsewhere_unless_it_is_too_early() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (account, people) = server.family(1);
    let who = &people[0];
    let day = |ago: i64| date::to_wire_string(server.today().saturating_sub(ago.days()));
    let abroad = dose_of(
        who,
        json!({ "vaccine": "COVAXIN", "date": day(28), "evidence": "foreign-certificate" }),
    );
    let record = |body: &Value| {
        let call = facility.vaccinator.doing("elsewhere", body);
        call.header("X-Beneficiary-Token", &*account.token).send()
    };
    facility.vaccinator.doing("elsewhere", &abroad).send().refused(400, "APPOIN0001");
    record(&with(&abroad, "evidence", "hearsay")).refused(400, "USRRES0002");
    record(&with(&abroad, "dose", 2)).refused(400, "APPOIN0025");
    record(&with(&abroad, "date", day(-1))).refused(400, "VACCIN0009");
    let event = record(&abroad).ok();
    assert_eq!(record(&abroad).ok(), event);
    record(&with(&abroad, "date", day(29))).refused(409, "VACCIN0007");
    assert_eq!(account.people()[0]["dose1_date"], day(28));

    let second = with(&on_spot(&facility.sale, &[who]), "dose", 2);
    facility.vaccinator.scheduling(&second).send().refused(409, "APPOIN0040");
    let mut wish = booking(&facility.sale, std::slice::from_ref(who));
    wish["dose"] = 2.into();
    account.schedule(&wish).send().ok();
    let code = account.appointments(who)[0]["security_code"].clone();
    let mut dose = facility.first_dose(who);
    dose["dose"] = 2.into();
    dose["dose1_date"] = day(27).into();
    dose["dose2_date"] = day(0).into();
    facility.vaccinator.giving(&dose).send().refused(400, "VACCIN0009");
    dose["dose1_date"] = day(28).into();
    facility.vaccinator.giving(&dose).send().refused(409, "VACCIN0002");
    dose["security_code"] = code;
    dose["photo_id_type"] = 1.into();
    let last = account.people()[0]["photo_id_number"].as_str().unwrap().replace('X', "");
    dose["photo_id_last4"] = last.into();
    facility.vaccinator.giving(&dose).send().ok();
    let own = &account.people()[0];
    assert_eq!(own["vaccination_status"], "Vaccinated");
    assert_eq!((&own["dose1_date"], &own["dose2_date"]), (&json!(day(28)), &json!(day(0))));
}

#[test]
fn an_interval_is_overridden_by_a_manager_with_a_reason() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (account, people) = server.family(1);
    let day = |ago: i64| date::to_wire_string(server.today().saturating_sub(ago.days()));
    let first = |ago| {
        dose_of(
            &people[0],
            json!({ "vaccine": "COVAXIN", "date": day(ago), "evidence": "paper-certificate" }),
        )
    };
    let call = facility.vaccinator.doing("elsewhere", &first(28));
    call.header("X-Beneficiary-Token", &*account.token).send().ok();
    let mut wish = booking(&facility.sale, &people);
    wish["dose"] = 2.into();
    account.schedule(&wish).send().ok();
    let corrected = dose_of(&people[0], json!({ "date": day(20) }));
    facility.manager.doing("correct", &corrected).send().ok();
    let last = account.people()[0]["photo_id_number"].as_str().unwrap().replace('X', "");
    let code = account.appointments(&people[0])[0]["security_code"].clone();
    facility
        .verifier
        .checking_in(&json!({
            "beneficiary_reference_id": people[0], "photo_id_type": 1, "photo_id_last4": last,
            "security_code": code,
        }))
        .send()
        .ok();
    let mut second = facility.first_dose(&people[0]);
    second["dose"] = 2.into();
    second["dose1_date"] = Value::Null;
    facility.vaccinator.giving(&second).send().refused(400, "APPOIN0048");
    facility.manager.giving(&second).send().refused(400, "APPOIN0048");
    let decided = with(&second, "override_reason", "travel");
    facility.vaccinator.giving(&decided).send().refused(403, "USRRES0011");
    facility.manager.giving(&decided).send().ok();
}

#[test]
fn a_wrong_batch_is_corrected_by_the_facility_and_later_by_the_district() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (visitor, event) = facility.vaccinated();
    let to = |batch: &str| dose_of(&visitor.who, json!({ "vaccine_batch": batch }));
    facility.vaccinator.doing("correct", &to(OTHER)).send().refused(403, "USRRES0011");
    facility.manager.doing("correct", &to(BATCH)).send().refused(400, "VACCIN0011");
    facility.manager.doing("correct", &to("9999X")).send().refused(409, "VACCIN0014");
    let corrected = facility.manager.doing("correct", &to(OTHER)).send().ok();
    assert_ne!(corrected["event_id"], event["event_id"]);
    assert_eq!(facility.manager.doing("correct", &to(OTHER)).send().ok(), corrected);
    assert_eq!((facility.used(BATCH), facility.used(OTHER)), (0, 1));

    server.advance(8 * 86_400);
    let manager = server.report_for_duty(&facility.manager.mobile);
    manager.doing("correct", &to(BATCH)).send().refused(403, "VACCIN0010");
    let elsewhere = server.sell(Offer::default());
    let stranger = server.district_of(&elsewhere);
    stranger.doing("correct", &to(BATCH)).send().refused(400, "VACCIN0008");
    server.district_of(&facility.sale).doing("correct", &to(BATCH)).send().ok();
    server.assert_sound();
}

#[test]
fn a_recall_finds_everybody_of_the_facility_and_of_the_district() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let other = Facility::beside(&server);
    let [(first, _), (second, _)] = [facility.vaccinated(), facility.vaccinated()];
    let (third, _) = other.vaccinated();
    let found = |officer: &Officer<'_>, batch: &str| {
        let path = format!("/api/v2/vaccinator/batches?vaccine=COVAXIN&batch={batch}");
        let list = officer.get(path).key().send().ok();
        assert_eq!(list["next"], Value::Null);
        let who = |one: &Value| one["beneficiary_reference_id"].as_str().unwrap().to_owned();
        let mut people: Vec<_> = list["people"].as_array().unwrap().iter().map(who).collect();
        people.sort_unstable();
        people
    };
    let sorted = |people: &[&Visitor<'_>]| {
        let mut people: Vec<_> = people.iter().map(|one| one.who.clone()).collect();
        people.sort_unstable();
        people
    };
    assert_eq!(found(&facility.manager, BATCH), sorted(&[&first, &second]));
    assert_eq!(found(&server.district_of(&other.sale), BATCH), sorted(&[&third]));
    assert!(found(&facility.manager, OTHER).is_empty());
}

#[test]
fn two_references_of_one_person_become_one_if_both_numbers_agree() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (visitor, _) = facility.vaccinated();
    let mut again = walk_in(&mobile());
    again["name"] = "asha  DEVI".into();
    let keep = facility.vaccinator.enrol(&again);
    let owner = server.log_in(Door::Portal, again["mobile_number"].as_str().unwrap());
    let body = json!({ "beneficiary_reference_id": keep, "other_reference_id": visitor.who });
    let merging = || facility.vaccinator.doing("merge", &body);
    let token = "X-Beneficiary-Token";
    merging().send().refused(403, "VACCIN0016");
    let half = merging().header(token, &*owner.token);
    half.clone().send().refused(403, "VACCIN0016");
    let merged = half.header(token, &*visitor.account.token).send().ok();
    assert_eq!(merged["beneficiary_reference_id"], keep);
    assert_eq!(owner.people()[0]["vaccination_status"], "Partially Vaccinated");
    let found = facility.vaccinator.looking_for(&visitor.who).send().ok();
    assert_eq!(found["beneficiary_reference_id"], keep, "the other leads to it");
    let dose = facility.first_dose(&visitor.who);
    facility.vaccinator.giving(&dose).send().ok();
    assert_eq!(facility.used(BATCH), 1);
}

#[test]
fn somebody_goes_to_another_number_if_both_agree() {
    let server = TestServer::start();
    let facility = Facility::opens(&server);
    let (one, other) = (server.account(), server.account());
    let child = facility.vaccinator.enrol(&walk_in(&one.mobile));
    let body = json!({ "beneficiary_reference_id": child, "mobile_number": other.mobile });
    let moving = || facility.vaccinator.doing("move", &body);
    let token = "X-Beneficiary-Token";
    moving().send().refused(403, "VACCIN0016");
    moving().header(token, &*other.token).send().refused(403, "VACCIN0016");
    moving().header(token, &*one.token).send().refused(403, "VACCIN0016");
    for _ in 0..2 {
        moving().header(token, &*one.token).header(token, &*other.token).send().done();
    }
    assert_eq!(other.people()[0]["beneficiary_reference_id"], child);
    one.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
}

#[test]
fn what_is_done_to_people_is_on_record() {
    let server = Audited::start();
    let facility = Facility::opens(server.deref());
    let (visitor, _) = facility.vaccinated();
    facility.today();
    let by = |(purpose, official): (&str, &Officer<'_>)| {
        let entries = server.recorded(purpose);
        let own = entries.into_iter().filter(|entry| entry.who == Who::Official(official.id));
        own.map(|entry| (entry.record, entry.ending)).collect::<Vec<_>>()
    };
    let who = BeneficiaryRef::new(visitor.who.parse().unwrap()).unwrap();
    let done = (Some(Record::Person(who)), Ending::Done);
    let looked = [
        ("check-in", &facility.verifier),
        ("vaccinate", &facility.vaccinator),
        ("roster", &facility.verifier),
    ];
    for entries in looked.map(by) {
        assert!(entries.iter().eq([&done]), "{entries:?}");
    }
}
