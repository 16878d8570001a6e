//! A month of a facility, from its application to the report, over HTTP: what the report says at the end is what this test has
//! counted meanwhile.

use crate::support::{
    Account, Holding, Officer, TestServer, eventually, mobile, person, plan, walk_in,
};
use jiff::tz::TimeZone;
use opencowin::access::official::Role;
use opencowin::identity::Door;
use opencowin_model::{Date, date};
use serde_json::{Value, json};

const PEOPLE: &str = "/api/v2/vaccinator/beneficiaries";
const STOCK: &str = "/api/v2/vaccinator/stock";
const GOOD: &str = "37G21001";
const RECALLED: &str = "37G21002";

/// Who came, and what was counted of it.
#[derive(Default)]
struct Counted {
    /// By themselves, and by the facility.
    registered: [u64; 2],
    doses: [u64; 2],
    used: [u64; 2],
}

/// Somebody at the counter.
struct Visitor {
    who: String,
    document: String,
    id_type: u64,
    code: String,
}

/// The people behind the counter.
struct Counter<'a> {
    here: Holding<'a>,
    verifier: Officer<'a>,
    vaccinator: Officer<'a>,
}

impl<'a> Counter<'a> {
    /// A facility that has applied and was approved, whose manager appoints a verifier and a vaccinator.
    fn opens(server: &'a TestServer) -> Self {
        let here = server.holding();
        let appoint = |role: Role| {
            let number = mobile();
            let official = json!({
                "mobile": number, "name": "Ravi Kumar", "role": role.name(), "center_id": here.centre,
            });
            here.manager.post("/api/v2/officials", &official).send().ok();
            server.report_for_duty(&number)
        };
        let (verifier, vaccinator) = (appoint(Role::Verifier), appoint(Role::Vaccinator));
        Self { here, verifier, vaccinator }
    }

    fn server(&self) -> &'a TestServer {
        self.here.manager.server
    }

    /// Sleeps until a moment in India; then everybody logs in again, for tokens last a quarter of an hour.
    fn until(&mut self, day: Date, hour: i8, minute: i8) {
        let server = self.server();
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let then = day.at(hour, minute, 0, 0).to_zoned(zone).unwrap().timestamp();
        server.advance(then.as_second() - server.advance(0).as_second());
        self.here.open_again();
        self.verifier = server.report_for_duty(&self.verifier.mobile);
        self.vaccinator = server.report_for_duty(&self.vaccinator.mobile);
    }

    fn receive(&self, batch: &str, doses: u32) {
        let expiry = date::to_wire_string(self.here.day(180));
        let body =
            json!({ "vaccine": "COVAXIN", "batch": batch, "doses": doses, "expiry": expiry });
        self.here.manager.at_the_counter(&format!("{STOCK}/receive"), &body).send().ok();
    }

    /// Somebody who walks in, is registered, and is given a seat kept for those who do.
    fn walks_in(&self, session: &Value, counted: &mut Counted) -> Visitor {
        let details = walk_in(&mobile());
        let who = self.vaccinator.enrol(&details);
        counted.registered[1] += 1;
        let seat = json!({
            "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0],
            "beneficiaries": [who],
        });
        let seat = self.vaccinator.scheduling(&seat).send().ok();
        Visitor::new(who, &details, &seat["security_code"])
    }

    fn vaccinate(&self, visitor: &Visitor, batch: &str, dose: usize, counted: &mut Counted) {
        let last4 = &visitor.document[visitor.document.len() - 4..];
        let shown = json!({
            "beneficiary_reference_id": visitor.who, "photo_id_type": visitor.id_type,
            "photo_id_last4": last4, "security_code": visitor.code,
        });
        self.verifier.at_the_counter(&format!("{PEOPLE}/checkin"), &shown).send().ok();
        let given = json!({
            "beneficiary_reference_id": visitor.who, "center_id": self.here.centre,
            "vaccine": "COVAXIN", "vaccine_batch": batch, "dose": dose,
            "vaccinator_name": "Ravi Kumar",
        });
        let path = format!("{PEOPLE}/vaccinate");
        let event = self.vaccinator.at_the_counter(&path, &given).send().ok();
        assert_eq!(self.vaccinator.at_the_counter(&path, &given).send().ok(), event, "once");
        counted.doses[dose - 1] += 1;
        counted.used[usize::from(batch == RECALLED)] += 1;
    }

    /// How it stands with those who have or had a seat today.
    fn standings(&self) -> Vec<String> {
        let list = self.verifier.get("/api/v2/vaccinator/sessions/today").key().send().ok();
        let sessions = list["sessions"].as_array().unwrap().iter();
        let people = sessions.flat_map(|session| session["people"].as_array().unwrap());
        let mut all: Vec<_> =
            people.map(|one| one["standing"].as_str().unwrap().to_owned()).collect();
        all.sort_unstable();
        all
    }

    fn stock(&self, batch: &str) -> Value {
        let stock = self.here.manager.get(STOCK).key().send().ok();
        let mut all = stock["stock"].as_array().unwrap().iter();
        all.find(|one| one["batch"] == batch).unwrap().clone()
    }
}

impl Visitor {
    fn new(who: String, details: &Value, code: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id_type = details["photo_id_type"].as_u64().unwrap();
        Self { who, document: text(&details["photo_id_number"]), id_type, code: text(code) }
    }

    /// Somebody of an account, who books a session that a search shows.
    fn books(account: &Account<'_>, who: &str, details: &Value, session: &Value, dose: u8) -> Self {
        let seat = json!({
            "dose": dose, "session_id": session["session_id"], "slot": session["slots"][0],
            "beneficiaries": [who],
        });
        account.schedule(&seat).send().ok();
        let code = account.appointments(who)[0]["security_code"].clone();
        Self::new(who.to_owned(), details, &code)
    }
}

/// A plan of COVAXIN with so many seats for each dose.
fn covaxin(first: u16, second: u16) -> Value {
    let mut plan = plan(first);
    plan["vaccine"] = "COVAXIN".into();
    plan["online"] = json!([first, second, 0]);
    plan
}

#[test]
fn a_month_of_a_facility_ends_in_a_report_of_what_was_done() {
    let server = TestServer::start();
    let mut counted = Counted::default();
    let mut counter = Counter::opens(&server);
    counter.receive(GOOD, 20);
    counter.receive(RECALLED, 10);

    // The first session is drawn up, published, and found by everybody; four people book it online.
    let first_day = counter.here.day(1);
    counter.here.publish(covaxin(6, 0), 1);
    let session = counter.here.shown()[0].clone();
    assert_eq!(session["available_capacity_dose1"], 6);
    let mut booked: Vec<_> = (0..4)
        .map(|_| {
            let (account, details) = (server.account(), person());
            let who = account.register(&details);
            counted.registered[0] += 1;
            let visitor = Visitor::books(&account, &who, &details, &session, 1);
            (account, details, visitor)
        })
        .collect();
    assert_eq!(counter.here.shown()[0]["available_capacity_dose1"], 2);

    // On its day three of them come, and three more people without an appointment.
    counter.until(first_day, 9, 30);
    let walk_ins: Vec<_> = (0..3).map(|_| counter.walks_in(&session, &mut counted)).collect();
    let (absent, came) = booked.split_last().unwrap();
    for (_, _, visitor) in came {
        counter.vaccinate(visitor, GOOD, 1, &mut counted);
    }
    counter.vaccinate(&walk_ins[0], GOOD, 1, &mut counted);
    for visitor in &walk_ins[1..] {
        counter.vaccinate(visitor, RECALLED, 1, &mut counted);
    }
    let lost = json!({ "vaccine": "COVAXIN", "batch": GOOD, "doses": 6, "reason": "open-vial" });
    let path = format!("{STOCK}/waste");
    assert_eq!(counter.here.manager.at_the_counter(&path, &lost).send().ok()["left"], 10);

    // One runs a fever; the batch is recalled, and everybody who got it is found.
    let fever = json!({
        "beneficiary_reference_id": walk_ins[1].who, "dose": 1, "severity": "severe",
        "symptoms": ["pyrexia"], "onset": date::to_wire_string(first_day), "outcome": "recovering",
    });
    counter.vaccinator.at_the_counter("/api/v2/vaccinator/aefi", &fever).send().ok();
    let path = format!("/api/v2/vaccinator/batches?vaccine=COVAXIN&batch={RECALLED}");
    let recalled = counter.here.manager.get(path).key().send().ok();
    let who = |one: &Value| one["beneficiary_reference_id"].as_str().unwrap().to_owned();
    let mut recalled: Vec<_> = recalled["people"].as_array().unwrap().iter().map(who).collect();
    let mut expected: Vec<_> = walk_ins[1..].iter().map(|one| one.who.clone()).collect();
    recalled.sort_unstable();
    expected.sort_unstable();
    assert_eq!(recalled, expected);
    let rest = json!({ "vaccine": "COVAXIN", "batch": RECALLED, "doses": 8, "reason": "other" });
    counter.here.manager.at_the_counter(&format!("{STOCK}/waste"), &rest).send().ok();

    // Whoever did not come by the end of the hours is marked, and is free to book again.
    counter.until(first_day, 13, 30);
    let missed =
        json!({ "beneficiary_reference_id": absent.2.who, "reason": "no-show", "dose": 1 });
    counter.verifier.at_the_counter(&format!("{PEOPLE}/decline"), &missed).send().done();
    let stood: Vec<_> = ["done"; 6].into_iter().chain(["no-show"]).collect();
    assert_eq!(counter.standings(), stood);
    let absent = server.log_in(Door::Portal, &absent.0.mobile);
    assert_eq!(absent.people()[0]["vaccination_status"], "Not Vaccinated");

    // Four weeks later those who came online come for their second dose.
    let second_day = counter.here.day(28);
    counter.here.publish(covaxin(0, 5), 28);
    booked.pop();
    let again: Vec<_> = (server.week(counter.here.centre, second_day).iter())
        .flat_map(|session| booked.iter().map(move |one| (one, session)))
        .map(|((account, details, visitor), session)| {
            let account = server.log_in(Door::Portal, &account.mobile);
            Visitor::books(&account, &visitor.who, details, session, 2)
        })
        .collect();
    assert_eq!(again.len(), 3);
    counter.until(second_day, 9, 30);
    for visitor in &again {
        counter.vaccinate(visitor, GOOD, 2, &mut counted);
    }
    let account = server.log_in(Door::Portal, &booked[0].0.mobile);
    assert_eq!(account.people()[0]["vaccination_status"], "Vaccinated");

    for (batch, used, wasted, left) in [(GOOD, 0, 6, 7), (RECALLED, 1, 8, 0)] {
        let stock = counter.stock(batch);
        let numbers = ["used", "wasted", "left"].map(|name| stock[name].as_u64().unwrap());
        assert_eq!(numbers, [counted.used[used], wasted, left], "{batch}");
    }
    report_says(&server, &counter, &counted);
    server.assert_sound();
}

/// Compares the report of the facility's district, and of the country, with what was counted.
fn report_says(server: &TestServer, counter: &Counter<'_>, counted: &Counted) {
    let doses: u64 = counted.doses.iter().sum();
    let path = "/api/v1/reports/v2/getPublicReports";
    let district = format!("{path}?district_id={}", counter.here.area.district);
    let report = eventually("the report is of now", || {
        let report = server.get(district.clone()).send().ok();
        (report["topBlock"]["vaccination"]["total"] == doses).then_some(report)
    });
    let top = &report["topBlock"];
    for (name, number) in [
        ("tot_dose_1", counted.doses[0]),
        ("tot_dose_2", counted.doses[1]),
        ("covaxin", doses),
        ("today", counted.doses[1]),
        ("aefi", 1),
    ] {
        assert_eq!(top["vaccination"][name], number, "{name}");
    }
    assert_eq!((&top["sessions"]["total"], &top["sites"]["total"]), (&json!(2), &json!(1)));
    // Those who register themselves may live anywhere.
    assert_eq!(top["registration"]["total"], counted.registered[1]);
    let country = server.get(path).send().ok();
    let registered: u64 = counted.registered.iter().sum();
    assert_eq!(country["topBlock"]["registration"]["total"], registered);
    assert_eq!(country["topBlock"]["vaccination"]["total"], doses);
}
