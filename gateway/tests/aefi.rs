//! Adverse events after a vaccination: who reports them, what is learnt later, and that the safety system hears of it.

use crate::support::providers::{HttpProvider, Reaction};
use crate::support::{Clinic, Offer, Officer, Patient, TestServer, eventually};
use opencowin::access::official::{Role, Scope};
use opencowin_admission::{Api, Apis};
use serde_json::{Value, json};

const AEFI: &str = "/api/v2/vaccinator/aefi";
const FOLLOW_UP: &str = "/api/v2/vaccinator/aefi/followup";
const OWN: &str = "/api/v2/appointment/beneficiaries/aefi";
const BATCH: &str = "/api/v2/vaccinator/stock/batch?vaccine=COVAXIN&batch=4120Z001";

/// A facility whose first patient was given a dose.
fn clinic(server: &TestServer) -> Clinic<'_> {
    let clinic = Clinic::open(server, 2);
    clinic.receive(10).ok();
    clinic.vaccinate(&clinic.patients[0]);
    clinic
}

fn fever(clinic: &Clinic<'_>, patient: &Patient) -> Value {
    json!({
        "beneficiary_reference_id": patient.reference, "dose": 1, "severity": "minor",
        "symptoms": ["pyrexia", "headache"], "onset": clinic.sale.date(), "outcome": "recovering",
    })
}

fn with(mut body: Value, name: &str, value: impl Into<Value>) -> Value {
    body[name] = value.into();
    body
}

fn reports(by: &Officer<'_>) -> Vec<Value> {
    let answer = by.get(AEFI).key().send().ok();
    answer["reports"].as_array().unwrap().clone()
}

#[test]
fn a_report_is_followed_up_counted_by_batch_and_told_to_the_safety_system() {
    // Ten times nothing but failure, and then everything is taken.
    let safety = HttpProvider::start(|before| match before {
        0 => Reaction::Status(500, "{}"),
        _ => Reaction::Accept { receipts: 0 },
    });
    let url = format!("http://{}/reports", safety.address());
    let server = TestServer::with(|settings| settings.safety_url = Some(url));
    let clinic = clinic(&server);
    let body = fever(&clinic, &clinic.patients[0]);
    let report = clinic.vaccinator.at_the_counter(AEFI, &body).send().ok();
    let again = clinic.vaccinator.at_the_counter(AEFI, &body).send().ok();
    assert_eq!(report, again, "the same once more");
    let id = report["report_id"].as_str().unwrap().to_owned();
    let follow_up = json!({
        "beneficiary_reference_id": clinic.patients[0].reference, "dose": 1, "report_id": id,
        "severity": "serious", "outcome": "not-recovered", "investigation": "under-way",
    });
    clinic.manager.at_the_counter(FOLLOW_UP, &follow_up).send().ok();
    let known = reports(&clinic.manager);
    assert_eq!(known.len(), 1);
    assert_eq!(
        (&known[0]["severity"], &known[0]["reported_by"]),
        (&json!("serious"), &json!("facility"))
    );
    assert_eq!(known[0]["follow_ups"][0]["investigation"], "under-way");
    let signals = clinic.vaccinator.get(BATCH).key().send().ok();
    let counted = json!({ "minor": 0, "severe": 0, "serious": 1 });
    assert_eq!((&signals["given"], &signals["adverse_events"]), (&json!(1), &counted));
    let told = eventually("the safety system has heard of both", || {
        let seen = safety.seen();
        (seen.len() >= 3).then_some(seen)
    });
    let keys: Vec<_> = told.iter().map(|request| request.header("idempotency-key")).collect();
    assert_eq!(keys, [&*id, &*id, &*format!("{id}.1")], "in order, the first of them twice");
    assert!(!told.iter().any(|request| request.body.contains(&clinic.patients[0].reference)));
    eventually("nothing waits any more", || {
        let metrics = server.get("/metrics").send().text();
        metrics.contains("opencowin_safety_jobs_waiting 0").then_some(())
    });
}

#[test]
fn people_report_what_befell_them_and_read_what_is_known_of_it() {
    let server = TestServer::start();
    let clinic = clinic(&server);
    let [patient, unvaccinated] = &clinic.patients[..] else { panic!() };
    let family = clinic.family();
    let own = family.post(OWN, &fever(&clinic, patient)).send().ok();
    let of_facility = clinic.vaccinator.at_the_counter(AEFI, &fever(&clinic, patient)).send().ok();
    assert_ne!(own, of_facility, "each side has its own");
    let shown = family.get(OWN).send().ok();
    let mut by: Vec<_> =
        shown["reports"].as_array().unwrap().iter().map(|r| r["reported_by"].clone()).collect();
    by.sort_unstable_by_key(Value::to_string);
    assert_eq!(by, ["beneficiary", "facility"]);
    let stranger = server.account();
    stranger.post(OWN, &fever(&clinic, patient)).send().refused(400, "APPOIN0001");
    assert_eq!(stranger.get(OWN).send().ok()["reports"], json!([]));
    family.post(OWN, &fever(&clinic, unvaccinated)).send().refused(400, "VACCIN0008");
}

#[test]
fn another_facility_learns_nothing_and_reports_nothing() {
    let server = TestServer::start();
    let clinic = clinic(&server);
    let elsewhere = server.sell(Offer::default()).centre;
    let there = server.officer(Role::Vaccinator, Scope::Facility(elsewhere.id));
    let body = fever(&clinic, &clinic.patients[0]);
    let known = there.at_the_counter(AEFI, &body).send().refused(400, "VACCIN0008");
    let nobody = with(body, "beneficiary_reference_id", "99999999999999");
    let unknown = there.at_the_counter(AEFI, &nobody).send().refused(400, "VACCIN0008");
    let text = |text: String| text.split(" (").next().unwrap().to_owned();
    assert_eq!(text(known), text(unknown));
    assert!(reports(&there).is_empty());
    let (_, unsubscribed) = server.api_key(|key| key.apis = Apis::NONE.with(Api::Vaccination));
    clinic.manager.get(AEFI).header("x-api-key", unsubscribed).send().forbidden();
    let verifier = server.officer(Role::Verifier, Scope::Facility(clinic.sale.centre.id));
    verifier.get(AEFI).key().send().refused(403, "USRRES0011");
}

#[test]
fn what_cannot_be_is_not_recorded() {
    let server = TestServer::start();
    let clinic = clinic(&server);
    let body = fever(&clinic, &clinic.patients[0]);
    let post = |body: Value| clinic.vaccinator.at_the_counter(AEFI, &body).send();
    for (name, value) in [
        ("severity", json!("mild")),
        ("symptoms", json!([])),
        ("symptoms", json!(["fever"])),
        ("symptoms", json!("pyrexia")),
        ("onset", json!("01-01-2021")),
        ("onset", json!("01-01-2099")),
        ("outcome", json!("died")),
        ("dose", json!(7)),
    ] {
        post(with(body.clone(), name, value)).refused(400, "USRRES0002");
    }
    post(with(body.clone(), "dose", 2)).refused(400, "VACCIN0008");
    post(body.clone()).ok();
    let why = post(with(body, "outcome", "recovered")).refused(409, "AEFI0001");
    let known = reports(&clinic.manager)[0]["report_id"].clone();
    assert!(why.ends_with(known.as_str().unwrap()), "{why}");
}
