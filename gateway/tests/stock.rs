//! The stock of a facility: what came, what was lost, what went on, and what is left.

use crate::support::{Clinic, Offer, TestServer};
use opencowin::access::official::{Role, Scope};
use serde_json::{Value, json};

const STOCK: &str = "/api/v2/vaccinator/stock";
const RECEIVE: &str = "/api/v2/vaccinator/stock/receive";
const WASTE: &str = "/api/v2/vaccinator/stock/waste";
const TRANSFER: &str = "/api/v2/vaccinator/stock/transfer";
const HISTORY: &str = "/api/v2/vaccinator/stock/history";

/// The only batch in stock.
#[track_caller]
fn stock(clinic: &Clinic<'_>) -> Value {
    let stock = clinic.vaccinator.get(STOCK).key().send().ok();
    assert_eq!(stock["stock"].as_array().map(Vec::len), Some(1), "{stock}");
    stock["stock"][0].clone()
}

#[test]
fn what_comes_and_goes_is_what_is_left_at_both_ends() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    let elsewhere = server.sell(Offer::default()).centre;
    assert_eq!(clinic.receive(100).ok()["left"], 100);
    clinic.vaccinate(&clinic.patients[0]);
    let waste = clinic.parcel(9, json!({ "reason": "open-vial" }));
    assert_eq!(clinic.manager.at_the_counter(WASTE, &waste).send().ok()["left"], 90);
    let transfer = clinic.parcel(40, json!({ "to_center_id": elsewhere.id }));
    let sent = clinic.manager.at_the_counter(TRANSFER, &transfer).send().ok();
    assert_eq!(sent["left"], 50);
    let left = stock(&clinic);
    let numbers = ["received", "used", "wasted", "sent", "left"].map(|name| left[name].clone());
    assert_eq!(numbers, [100, 1, 9, 40, 50].map(Value::from));
    assert_eq!((&left["wastage"], &left["expired"]), (&json!(0.9), &json!(false)));

    let there = server.officer(Role::FacilityManager, Scope::Facility(elsewhere.id));
    let arrived = there.get(STOCK).key().send().ok();
    assert_eq!(
        (&arrived["stock"][0]["left"], &arrived["stock"][0]["expiry"]),
        (&json!(40), &left["expiry"])
    );
    let history = clinic.manager.get(format!("{HISTORY}?batch=4120z001")).key().send().ok();
    let moved: Vec<_> = history["movements"].as_array().unwrap().iter().collect();
    let told: Vec<_> = moved.iter().map(|m| (m["what"].clone(), m["doses"].clone())).collect();
    let expected = [("received", 100), ("wasted", 9), ("sent", 40)];
    assert_eq!(told, expected.map(|(what, doses)| (json!(what), json!(doses))));
    assert_eq!(
        (&moved[1]["reason"], &moved[2]["movement_id"]),
        (&json!("open-vial"), &sent["movement_id"])
    );
    assert_eq!(moved[2]["other_center_id"], json!(elsewhere.id));
    let other = clinic.manager.get(format!("{HISTORY}?batch=OTHER")).key().send().ok();
    assert_eq!(other["movements"], json!([]));
}

#[test]
fn a_receipt_repeated_under_its_key_is_received_once() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    let body = clinic.parcel(100, json!({ "expiry": clinic.expiry() }));
    let receive = || {
        let call = clinic.manager.at_the_counter(RECEIVE, &body);
        call.header("Idempotency-Key", "delivery-7").send().ok()
    };
    assert_eq!(receive(), receive());
    assert_eq!(stock(&clinic)["received"], 100);
    assert_eq!(clinic.receive(100).ok()["left"], 200, "another delivery of the batch");
}

#[test]
fn more_than_is_there_and_absurd_amounts_are_refused() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    let post = |path, body: &Value| clinic.manager.at_the_counter(path, body).send();
    let waste = |doses| clinic.parcel(doses, json!({ "reason": "broken" }));
    post(WASTE, &waste(1)).refused(409, "VACCIN0014");
    clinic.receive(10).ok();
    let why = post(WASTE, &waste(11)).refused(409, "STOCK0001");
    assert!(why.ends_with(": 10"), "{why}");
    for doses in [json!(0), json!(-5), json!(100_001), json!(1e30), json!("many"), json!(1.5)] {
        let mut body = waste(1);
        body["doses"] = doses;
        post(WASTE, &body).refused(400, "USRRES0002");
    }
    let receive = |expiry: &str| post(RECEIVE, &clinic.parcel(1, json!({ "expiry": expiry })));
    receive("01-01-2021").refused(409, "VACCIN0014");
    receive("01-01-2099").refused(400, "USRRES0002");
    let later = clinic.sale.session.date.saturating_add(jiff::ToSpan::years(3));
    let why = receive(&opencowin_model::date::to_wire_string(later)).refused(409, "STOCK0002");
    assert!(why.ends_with(&clinic.expiry()), "{why}");
    let to = |centre: Value| post(TRANSFER, &clinic.parcel(1, json!({ "to_center_id": centre })));
    to(json!(clinic.sale.centre.id)).refused(400, "USRRES0002");
    to(json!(4_000_000)).refused(400, "USRRES0002");
    assert_eq!(stock(&clinic)["left"], 10);
}

#[test]
fn stock_is_kept_by_the_manager_and_at_the_own_facility() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    let elsewhere = server.sell(Offer::default()).centre.id;
    let body = clinic.parcel(1, json!({ "expiry": clinic.expiry() }));
    let by_vaccinator = clinic.vaccinator.at_the_counter(RECEIVE, &body).send();
    by_vaccinator.refused(403, "USRRES0011");
    let mut there = body;
    there["center_id"] = json!(elsewhere);
    clinic.manager.at_the_counter(RECEIVE, &there).send().refused(403, "USRRES0011");
    let there = clinic.manager.get(format!("{STOCK}?center_id={elsewhere}")).key();
    there.send().refused(403, "USRRES0011");
}
