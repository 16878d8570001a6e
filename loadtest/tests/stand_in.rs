//! The stand-in itself: right without a fault, and wrong in exactly one way with one.

use crate::support::{Catalogue, Client, Fault, Stale, StandIn, When};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SEARCH: &str = "/api/v2/appointment/sessions/public/calendarByDistrict?district_id=145&date=";
const CANCEL: &str = "/api/v2/appointment/cancel";

/// What a search of seven days in East Delhi finds.
fn calendar(client: &Client) -> Value {
    client.get(&format!("{SEARCH}{}", today())).json()
}

fn today() -> String {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(19_800);
    now.strftime("%d-%m-%Y").to_string()
}

/// The only session of a stand-in that has one, and the seats that it shows.
fn session(client: &Client) -> (String, i64) {
    let session = &calendar(client)["centers"][0]["sessions"][0];
    let id = session["session_id"].as_str().unwrap().to_owned();
    (id, session["available_capacity_dose1"].as_i64().unwrap())
}

/// A stand-in with one session, one fault, and somebody who is registered.
fn with(seats: i64, fault: Fault, when: When) -> (StandIn, Client, u64, String) {
    let standin = StandIn::new(Catalogue::one_session(seats));
    let mut client = Client::new(standin.address());
    let person = client.enrol();
    let (id, _) = session(&client);
    standin.switch(fault, when);
    (standin, client, person, id)
}

#[test]
fn somebody_can_go_all_the_way() {
    let standin = StandIn::new(Catalogue::one_session(2));
    let mut client = Client::new(standin.address()).with("X-Forwarded-For: 10.1.2.3");
    assert_eq!((standin.seats(), standin.url()), (2, format!("http://{}", standin.address())));
    client.log_in();
    assert_eq!(client.get("/api/v2/appointment/beneficiaries").code(), (400, "APPOIN0001".into()));
    let person = client.register("1970");
    let (id, seats) = session(&client);
    assert_eq!(seats, 2);
    let booked = client.schedule(&id, person).json();
    assert_eq!(booked["appointment_confirmation_no"], booked["appointment_id"]);
    assert_eq!(session(&client).1, 1);
    assert_eq!(client.schedule(&id, person).code(), (400, "APPOIN0022".into()));
    let shown = client.appointments();
    assert_eq!(shown[0]["appointment_id"], booked["appointment_id"]);
    let slip = format!(
        "/api/v2/appointment/appointmentslip/download?appointment_id={}",
        booked["appointment_id"].as_str().unwrap()
    );
    assert!(client.get(&slip).head.contains("application/pdf"));
    let other = json!({ "appointment_id": booked["appointment_id"], "session_id": id, "slot": "11:00AM-01:00PM" });
    assert_eq!(client.post("/api/v2/appointment/reschedule", &other).status, 204);
    assert_eq!(
        (standin.seats_sold(), client.appointments()[0]["slot"].as_str()),
        (1, Some("11:00AM-01:00PM"))
    );
    let cancel = json!({ "appointment_id": booked["appointment_id"], "beneficiariesToCancel": [person.to_string()] });
    assert_eq!(client.post(CANCEL, &cancel).status, 204);
    assert_eq!((standin.seats_sold(), session(&client).1), (0, 2));
    assert_eq!(client.post(CANCEL, &cancel).code(), (400, "APPOIN0050".into()));
    let addresses: Vec<_> = standin.addresses()[&client.mobile].iter().cloned().collect();
    assert_eq!(addresses, ["10.1.2.3"]);
    assert_eq!((standin.served("/api/v2/appointment/schedule"), standin.keyed()), (2, (0, 2)));
    assert!(standin.parameters().contains("appointment_id"));
    assert!(standin.open_addresses().contains("10.1.2.3"));
    assert_eq!((standin.without_host(), standin.agents().len()), (0, 0));
}

#[test]
fn a_right_stand_in_sells_no_more_than_it_has_and_says_so() {
    let standin = StandIn::new(Catalogue::one_session(1));
    let (mut first, mut second) = (Client::new(standin.address()), Client::new(standin.address()));
    let people = (first.enrol(), second.enrol());
    let (id, _) = session(&first);
    assert_eq!(first.schedule(&id, people.0).status, 200);
    assert_eq!(second.schedule(&id, people.1).code(), (409, "APPOIN0040".into()));
    assert_eq!((session(&first).1, standin.seats_sold()), (0, 1));
}

#[test]
fn searches_have_the_shapes_of_the_contract() {
    let standin = StandIn::default();
    let client = Client::new(standin.address());
    let centres = calendar(&client);
    assert_eq!(centres["centers"].as_array().map(Vec::len), Some(4));
    assert_eq!(centres["centers"][0]["sessions"].as_array().map(Vec::len), Some(2));
    assert_eq!(centres["centers"][3]["vaccine_fees"][0]["fee"], "780");
    let session = &centres["centers"][0]["sessions"][0];
    assert_eq!(
        (&session["available_capacity"], &session["available_capacity_dose1"]),
        (&json!(23), &json!(20))
    );
    let pin = format!(
        "/api/v2/appointment/sessions/public/findByPin?random=7&pincode=110091&date={}",
        today()
    );
    let found = client.get(&pin).json();
    assert_eq!(
        (found["sessions"].as_array().map(Vec::len), &found["sessions"][0]["fee"]),
        (Some(2), &json!("0"))
    );
    assert_eq!(client.get(&pin.replace("110091", "999999")).code(), (400, "APPOIN0018".into()));
    assert_eq!(client.get(&pin.replace("/public", "")).body, b"Unauthenticated access!");
    let packed = Client::new(standin.address()).with("Accept-Encoding: gzip").get(&pin);
    assert!(
        packed.head.contains("content-encoding: gzip") && packed.body.starts_with(&[0x1f, 0x8b])
    );
    assert_eq!(
        client.get("/api/v2/admin/location/states").json()["states"].as_array().map(Vec::len),
        Some(2)
    );
    let districts = client.get("/api/v2/admin/location/districts/9").json();
    assert_eq!(districts["districts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_same_key_gets_the_same_answer() {
    let standin = StandIn::new(Catalogue::one_session(5));
    let mut client = Client::new(standin.address()).with("Idempotency-Key: abc");
    client.log_in();
    let person = client.register("1970");
    let (id, _) = session(&client);
    let first = client.schedule(&id, person);
    assert_eq!((first.status, first.body == client.schedule(&id, person).body), (200, true));
    assert_eq!((standin.seats_sold(), standin.keyed()), (1, (2, 0)));
    assert_eq!(client.schedule("other", person).code(), (422, "USRRES0010".into()));
}

#[test]
fn a_booking_can_be_lost() {
    for (seat_stays_gone, left) in [(true, 1), (false, 2)] {
        let fault = Fault::LoseBooking { seat_stays_gone };
        let (standin, client, person, id) = with(2, fault, When::Nth(1));
        assert_eq!(client.schedule(&id, person).status, 200);
        assert_eq!(
            (client.appointments().len(), session(&client).1, standin.seats_sold()),
            (0, left, 0)
        );
    }
}

#[test]
fn a_seat_can_be_oversold() {
    let (standin, first, person, id) = with(1, Fault::OversellOne, When::Nth(1));
    assert_eq!(first.schedule(&id, person).status, 200);
    for expected in [200, 409] {
        let mut next = Client::new(standin.address());
        let person = next.enrol();
        assert_eq!(next.schedule(&id, person).status, expected);
    }
    assert_eq!((session(&first).1, standin.seats_sold(), standin.fired()), (0, 2, 1));
}

#[test]
fn one_search_can_be_stale() {
    for stale in [Stale::BeforeLastBooking, Stale::By(Duration::from_secs(60))] {
        let (_standin, client, person, id) = with(7, Fault::StaleAnswer(stale), When::Nth(1));
        assert_eq!(session(&client).1, 7);
        client.schedule(&id, person);
        assert_eq!((session(&client).1, session(&client).1), (7, 6), "{stale:?}");
    }
}

#[test]
fn a_person_can_be_booked_twice() {
    let (_standin, client, person, id) = with(5, Fault::DoubleBooking, When::Nth(1));
    client.schedule(&id, person);
    assert_eq!(client.schedule(&id, person).status, 200);
    assert_eq!((client.appointments().len(), client.schedule(&id, person).status), (2, 400));
    let (_standin, client, person, id) = with(5, Fault::BookTwice, When::Nth(1));
    client.schedule(&id, person);
    assert_eq!(client.appointments().len(), 2);
}

#[test]
fn a_refused_booking_can_be_there() {
    let (_standin, client, person, id) = with(5, Fault::GhostBooking, When::Nth(1));
    assert_eq!(client.schedule(&id, person).status, 409);
    assert_eq!(client.appointments().len(), 1);
}

#[test]
fn an_answer_can_be_swallowed_with_or_without_the_booking() {
    for (fault, booked) in [(Fault::ResetAfterCommit, 1), (Fault::Reset, 0)] {
        let (standin, client, person, id) = with(5, fault, When::Nth(1));
        assert_eq!(client.schedule(&id, person).raw, b"");
        assert_eq!((client.appointments().len() as i64, standin.seats_sold()), (booked, booked));
    }
}

#[test]
fn a_cancellation_can_do_nothing() {
    let (_standin, client, person, id) = with(5, Fault::CancelsDoNothing, When::Always);
    let booked = client.schedule(&id, person).json();
    let cancelled = client.post(CANCEL, &json!({ "appointment_id": booked["appointment_id"] }));
    assert_eq!((cancelled.status, client.appointments().len()), (204, 1));
}

#[test]
fn answers_can_be_spoilt_in_every_way() {
    let standin = StandIn::default();
    let client = Client::new(standin.address());
    let search = || client.get(&format!("{SEARCH}{}", today()));
    let spoilt = |fault| {
        standin.repair();
        standin.switch(fault, When::Nth(2));
        assert_eq!(search().json()["centers"].as_array().map(Vec::len), Some(4));
        search()
    };
    assert_eq!(spoilt(Fault::MalformedBody).json()["centers"][0].get("sessions"), None);
    let half = spoilt(Fault::HalfBody);
    assert!(!half.body.is_empty() && half.json().is_null() && half.status == 200);
    assert_eq!(spoilt(Fault::WrongJson).body, br#"{"centers":[{"#);
    assert!(spoilt(Fault::Redirect).head.contains("302"));
    assert_eq!(spoilt(Fault::ServerError).status, 500);
    assert!(spoilt(Fault::UntypedRefusal).head.contains("text/html"));
    assert!(spoilt(Fault::AnotherProduct).body.windows(5).any(|five| five == b"nginx"));
    assert!(spoilt(Fault::NotHttp).raw.starts_with(b"SSH"));
}

#[test]
fn answers_can_be_late_now_and_then_or_for_everyone() {
    let standin = StandIn::default();
    let client = Client::new(standin.address());
    let time = || {
        let started = Instant::now();
        client.get("/api/v2/admin/location/states");
        started.elapsed()
    };
    standin.switch_on(Fault::Slow(Duration::from_millis(80)), When::Share(0.5), "states");
    assert!((0..2).map(|_| time()).max() >= Some(Duration::from_millis(80)));
    standin.repair();
    standin.switch(Fault::ServerError, When::After(Duration::from_millis(100)));
    let status = || client.get("/api/v2/admin/location/states").status;
    assert_eq!(status(), 200);
    wait_until(|| status() == 500);
    standin.repair();
    let (pause, every) = (Duration::from_millis(100), Duration::from_millis(300));
    standin.switch(Fault::Sleep { pause, every }, When::Always);
    let started = Instant::now();
    let mut longest = Duration::ZERO;
    while started.elapsed() < Duration::from_millis(700) {
        longest = longest.max(time());
    }
    assert!(longest >= Duration::from_millis(80), "{longest:?}");
}

#[test]
fn it_can_go_down_and_come_back_with_what_it_knew() {
    let standin = StandIn::new(Catalogue::one_session(5));
    let mut client = Client::new(standin.address());
    let person = client.enrol();
    let (id, _) = session(&client);
    client.schedule(&id, person);
    standin.go_down();
    assert!(std::net::TcpStream::connect(standin.address()).is_err());
    standin.come_back();
    assert_eq!(client.appointments().len(), 1);
}

fn wait_until(done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(5));
    }
}
