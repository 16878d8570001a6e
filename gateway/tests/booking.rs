//! Booking, moving and cancelling, end to end: what the next search shows, what is refused, and that a refusal changes
//! nothing.

use crate::support::{Account, Answer, Call, Offer, Sale, TestServer, at_once, booking, person};
use jiff::tz::TimeZone;
use opencowin::identity::Door;
use opencowin_model::AgeBand;
use serde_json::{Value, json};

const SLIP: &str = "/api/v2/appointment/appointmentslip/download";
const SLIP_V4: &str = "/api/v4/appointment/appointmentslip/download";
const CANCEL: &str = "/api/v2/appointment/cancel";
const RESCHEDULE: &str = "/api/v2/appointment/reschedule";
const NO_SUCH_ID: &str = "00000000-0000-4000-8000-000000000000";

/// A session with this many first doses.
fn seats(first: u16) -> Offer {
    Offer { seats: [first, 0, 0], ..Offer::default() }
}

fn on_day(days_ahead: i64) -> Offer {
    Offer { days_ahead, ..seats(10) }
}

/// The booking with one field changed.
fn with(sale: &Sale, people: &[String], field: &str, value: Value) -> Value {
    let mut body = booking(sale, people);
    body[field] = value;
    body
}

/// That a call is refused and changes neither the seats nor the ledger.
#[track_caller]
fn refused(sale: &Sale, call: Call<'_>, server: &TestServer, status: u16, code: &str) -> String {
    let before = server.free(sale);
    let text = call.send().refused(status, code);
    assert_eq!(server.free(sale), before, "{code}");
    text
}

#[test]
fn one_person_books_moves_and_cancels_and_every_search_after_it_knows() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[on_day(1), on_day(2)]);
    let (account, people) = server.family(1);

    let appointment = account.book(&sales[0], &people);
    assert_eq!(server.free(&sales[0]), [9, 9, 0]);
    let listed = &account.appointments(&people[0])[0];
    assert_eq!((&listed["appointment_id"], &listed["dose"]), (&json!(appointment), &json!(1)));
    assert_eq!(
        (&listed["session_id"], &listed["slot"]),
        (&json!(sales[0].id()), &json!(sales[0].slot(0)))
    );

    account.rescheduling(&appointment, &sales[1], 2).send().done();
    assert_eq!((server.free(&sales[0]), server.free(&sales[1])), ([10, 10, 0], [9, 9, 0]));
    let listed = &account.appointments(&people[0])[0];
    assert_eq!(listed["appointment_id"], appointment, "a moved appointment keeps its id");
    assert_eq!(
        (&listed["date"], &listed["slot"]),
        (&json!(sales[1].date()), &json!(sales[1].slot(2)))
    );

    account.cancelling(&appointment, &people).send().done();
    assert_eq!(server.free(&sales[1]), [10, 10, 0]);
    assert!(account.appointments(&people[0]).is_empty());
    server.assert_sound();
}

#[test]
fn four_people_share_an_appointment_and_a_partial_cancel_frees_the_named_seats_alone() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[on_day(1), on_day(2)]);
    let (account, people) = server.family(4);
    let appointment = account.book(&sales[0], &people);
    assert_eq!(server.free(&sales[0]), [6, 6, 0]);
    for person in &people {
        assert_eq!(account.appointments(person)[0]["appointment_id"], appointment);
    }
    account.cancelling(&appointment, &people[1..2]).send().done();
    assert_eq!(server.free(&sales[0]), [7, 7, 0]);
    assert!(account.appointments(&people[1]).is_empty());

    account.rescheduling(&appointment, &sales[1], 0).send().done();
    assert_eq!((server.free(&sales[0]), server.free(&sales[1])), ([10, 10, 0], [7, 7, 0]));
    account.cancelling(&appointment, &people[1..2]).send().refused(400, "APPOIN0050");

    account.post(CANCEL, &json!({ "appointment_id": appointment })).send().done();
    assert_eq!(server.free(&sales[1]), [10, 10, 0]);
    assert!(people.iter().all(|person| account.appointments(person).is_empty()));
    server.assert_sound();
}

#[test]
fn another_slot_of_the_same_session_takes_no_seat() {
    let server = TestServer::shared();
    let sale = server.sell(seats(1));
    let (account, people) = server.family(1);
    let appointment = account.book(&sale, &people);
    assert_eq!(server.free(&sale), [0, 0, 0]);
    account.rescheduling(&appointment, &sale, 3).send().done();
    assert_eq!(server.free(&sale), [0, 0, 0]);
    assert_eq!(account.appointments(&people[0])[0]["slot"], sale.slot(3));
    server.assert_sound();
}

#[test]
fn numbers_and_labels_are_taken_as_clients_spell_them() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(4);
    let number = |at: usize| people[at].parse::<u64>().unwrap();
    let one = |at: usize| std::slice::from_ref(&people[at]);
    let mut body = with(&sale, one(0), "dose", json!(1.0));
    body["captcha"] = json!("abcde");
    body["center_id"] = json!(sale.centre.id.0.to_string());
    account.schedule(&body).send().ok();
    let mut body = with(&sale, one(1), "dose", json!("1"));
    body["is_precaution"] = json!("false");
    body["slot"] = json!(sale.slot(0).to_lowercase());
    account.schedule(&body).send().ok();
    account.schedule(&with(&sale, &[], "beneficiaries", json!([number(2)]))).send().ok();
    let body = with(&sale, &[], "beneficiaries", json!([number(3) as f64]));
    account.schedule(&body).send().ok();
    assert_eq!(server.free(&sale), [6, 6, 0]);
}

#[test]
fn a_centre_that_is_not_the_sessions_is_refused() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    let body = with(&sale, &people, "center_id", json!(sale.centre.id.0 + 1));
    account.schedule(&body).send().refused(400, "USRRES0002");
    assert_eq!(server.free(&sale), [10, 10, 0]);
}

#[test]
fn version_4_books_cancels_and_prints_as_version_2_does() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    let schedule = |body: &Value| account.post("/api/v4/appointment/schedule", body).send();
    let answer = schedule(&with(&sale, &people, "is_precaution", json!(false))).ok();
    let id = answer["appointment_confirmation_no"].as_str().unwrap().to_owned();
    let body = json!({ "appointment_id": id, "beneficiariesToCancel": people });
    account.post("/api/v4/appointment/cancel", &body).send().done();
    assert_eq!(server.free(&sale), [10, 10, 0]);
    let body = with(&sale, &people, "is_precaution", json!(true));
    schedule(&body).refused(400, "APPOIN0025");
}

#[test]
fn the_slip_is_a_document_for_those_who_go() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(2);
    let appointment = account.book(&sale, &people);
    let slip = |account: &Account<'_>, path: &str| {
        account.get(format!("{path}?appointment_id={appointment}")).send()
    };
    for path in [SLIP, SLIP_V4] {
        let answer = slip(&account, path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/pdf")));
        assert!(answer.body.starts_with(b"%PDF-"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    slip(&server.account(), SLIP).refused(400, "APPOIN0050");
    account.cancelling(&appointment, &people[..1]).send().done();
    assert_eq!(slip(&account, SLIP).status, 200, "one still goes");
    account.cancelling(&appointment, &people[1..]).send().done();
    slip(&account, SLIP).refused(400, "APPOIN0050");
    account.get(SLIP).send().refused(400, "USRRES0001");
    account.get(format!("{SLIP}?appointment_id=7")).send().refused(400, "APPOIN0050");
}

#[test]
fn an_unknown_session_or_slot_is_refused() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    for (field, value) in [
        ("slot", json!("10:00AM-11:00AM")),
        ("slot", json!("FORENOON")),
        ("session_id", json!(NO_SUCH_ID)),
        ("session_id", json!("not an id")),
        ("session_id", json!(17)),
    ] {
        let call = account.schedule(&with(&sale, &people, field, value));
        refused(&sale, call, &server, 400, "APPOIN0015");
    }
    let appointment = account.book(&sale, &people);
    for (session, slot) in [(sale.id(), "x".to_owned()), (NO_SUCH_ID.to_owned(), sale.slot(0))] {
        let body = json!({ "appointment_id": appointment, "session_id": session, "slot": slot });
        refused(&sale, account.post(RESCHEDULE, &body), &server, 400, "APPOIN0015");
    }
    server.assert_sound();
}

#[test]
fn a_second_appointment_for_the_same_dose_is_refused_by_name() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[on_day(1), on_day(2)]);
    let (account, people) = server.family(2);
    account.book(&sales[0], &people[..1]);
    let text = refused(&sales[1], account.booking(&sales[1], &people), &server, 400, "APPOIN0022");
    assert!(text.contains(&people[0]), "{text}");
    assert!(account.appointments(&people[1]).is_empty(), "all or none");
    server.assert_sound();
}

#[test]
fn a_later_dose_needs_the_one_before_it() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    for dose in [2, 3] {
        let call = account.schedule(&with(&sale, &people, "dose", json!(dose)));
        let text = refused(&sale, call, &server, 400, "APPOIN0025");
        assert!(text.contains(&people[0]), "{text}");
    }
    server.assert_sound();
}

#[test]
fn a_dose_that_the_vaccine_does_not_have_is_refused() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { vaccine: "ZYCOV-D", ..Offer::default() });
    let (account, people) = server.family(1);
    let call = account.schedule(&with(&sale, &people, "dose", json!(3)));
    refused(&sale, call, &server, 400, "APPOIN0048");
}

#[test]
fn a_full_session_is_a_conflict() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[seats(1), on_day(2)]);
    let (account, people) = server.family(3);
    let text =
        refused(&sales[0], account.booking(&sales[0], &people[..2]), &server, 409, "APPOIN0040");
    assert!(
        text.starts_with("This vaccination center is completely booked for the selected date."),
        "{text}"
    );
    account.book(&sales[0], &people[..1]);
    refused(&sales[0], account.booking(&sales[0], &people[1..2]), &server, 409, "APPOIN0040");
    let elsewhere = account.book(&sales[1], &people[1..]);
    let call = account.rescheduling(&elsewhere, &sales[0], 0);
    refused(&sales[1], call, &server, 409, "APPOIN0040");
    assert_eq!(
        account.appointments(&people[1])[0]["session_id"],
        sales[1].id(),
        "nobody loses a seat by asking"
    );
    server.assert_sound();
}

#[test]
fn people_outside_the_age_band_are_told_the_band() {
    let server = TestServer::shared();
    let band = |min, max| Offer { age: AgeBand { min, max }, ..seats(10) };
    let sales = server.sell_together(&[band(45, None), band(12, Some(14)), band(18, None)]);
    let (account, people) = server.family(1);
    let text = refused(&sales[0], account.booking(&sales[0], &people), &server, 400, "APPOIN0043");
    assert!(text.contains("45") && text.contains(&people[0]), "{text}");
    let text = refused(&sales[1], account.booking(&sales[1], &people), &server, 400, "APPOIN0043");
    assert!(text.contains("12") && text.contains("14"), "{text}");
    let appointment = account.book(&sales[2], &people);
    let call = account.rescheduling(&appointment, &sales[0], 0);
    refused(&sales[0], call, &server, 400, "APPOIN0043");
    server.assert_sound();
}

#[test]
fn one_who_does_not_fit_keeps_the_whole_group_out() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { age: AgeBand { min: 18, max: Some(44) }, ..seats(10) });
    let (account, mut people) = server.family(2);
    let mut senior = person();
    senior["birth_year"] = json!("1950");
    people.push(account.register(&senior));
    let text = refused(&sale, account.booking(&sale, &people), &server, 400, "APPOIN0043");
    assert!(text.contains(&people[2]), "{text}");
    assert!(people.iter().all(|person| account.appointments(person).is_empty()));
    server.assert_sound();
}

#[test]
fn an_appointment_is_for_one_to_four_different_people() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(4);
    let twice = [people[0].clone(), people[0].clone()];
    let five: Vec<_> = people.iter().cloned().chain(["10000000000000".to_owned()]).collect();
    for group in [&twice[..], &five[..], &[]] {
        refused(&sale, account.booking(&sale, group), &server, 400, "USRRES0002");
    }
    for wrong in [json!("x"), json!({}), json!([[]]), json!([null]), json!(["12"]), json!([1.5])] {
        let call = account.schedule(&with(&sale, &people, "beneficiaries", wrong));
        refused(&sale, call, &server, 400, "USRRES0002");
    }
    server.assert_sound();
}

#[test]
fn a_booking_names_what_is_missing_or_wrong() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    for field in ["dose", "session_id", "slot", "beneficiaries"] {
        let call = account.schedule(&with(&sale, &people, field, Value::Null));
        refused(&sale, call, &server, 400, "USRRES0001");
    }
    for (field, value) in [
        ("dose", json!(0)),
        ("dose", json!(4)),
        ("dose", json!(1.5)),
        ("slot", json!([])),
        ("session_id", json!({})),
    ] {
        let call = account.schedule(&with(&sale, &people, field, value));
        let text = refused(&sale, call, &server, 400, "USRRES0002");
        assert!(text.ends_with(field), "{text}");
    }
    account.post(CANCEL, &json!({})).send().refused(400, "USRRES0001");
    account.post(RESCHEDULE, &json!({})).send().refused(400, "USRRES0001");
    let body = json!({ "appointment_id": NO_SUCH_ID, "beneficiariesToCancel": "all" });
    account.post(CANCEL, &body).send().refused(400, "USRRES0002");
}

#[test]
fn nobody_books_or_touches_what_is_not_theirs() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[on_day(1), on_day(2)]);
    let (account, people) = server.family(1);
    let (stranger, theirs) = server.family(1);
    let mixed = [theirs[0].clone(), people[0].clone()];
    for group in [&people[..], &mixed[..]] {
        let text =
            refused(&sales[0], stranger.booking(&sales[0], group), &server, 400, "APPOIN0001");
        assert!(text.contains(&people[0]), "{text}");
    }
    let appointment = account.book(&sales[0], &people);
    for call in [
        stranger.cancelling(&appointment, &people),
        stranger.cancelling(&appointment, &[]),
        stranger.rescheduling(&appointment, &sales[1], 0),
        stranger.rescheduling(NO_SUCH_ID, &sales[1], 0),
        account.cancelling(&appointment, &theirs),
    ] {
        refused(&sales[0], call, &server, 400, "APPOIN0050");
    }
    assert_eq!(account.appointments(&people[0]).len(), 1);
    server.assert_sound();
}

#[test]
fn moving_to_where_one_is_changes_nothing_and_says_so() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    let appointment = account.book(&sale, &people);
    refused(&sale, account.rescheduling(&appointment, &sale, 0), &server, 400, "APPOIN0049");
    account.cancelling(&appointment, &people).send().done();
    refused(&sale, account.rescheduling(&appointment, &sale, 1), &server, 400, "APPOIN0050");
    refused(&sale, account.cancelling(&appointment, &people), &server, 400, "APPOIN0050");
}

/// Seconds from the server's now until this hour of the same or, if it is past, of the next day in India.
fn until_hour(server: &TestServer, hour: i8) -> i64 {
    let now = server.advance(0).to_zoned(TimeZone::get("Asia/Kolkata").unwrap());
    let passed =
        i64::from(now.hour()) * 3600 + i64::from(now.minute()) * 60 + i64::from(now.second());
    (i64::from(hour) * 3600 - passed).rem_euclid(86_400)
}

#[test]
fn a_session_can_be_booked_until_it_closes_and_then_is_past() {
    let server = TestServer::start();
    server.advance(until_hour(&server, 8));
    let sales = server.sell_together(&[on_day(0), on_day(1)]);
    let (account, people) = server.family(3);

    server.advance(until_hour(&server, 17) - 60);
    let account = server.log_in(Door::Portal, &account.mobile);
    let appointment = account.book(&sales[0], &people[..1]);
    server.advance(120);
    refused(&sales[0], account.booking(&sales[0], &people[1..2]), &server, 400, "APPOIN0015");
    let tomorrow = account.book(&sales[1], &people[1..2]);
    account.rescheduling(&tomorrow, &sales[0], 1).send().refused(400, "APPOIN0015");

    server.advance(until_hour(&server, 8));
    let account = server.log_in(Door::Portal, &account.mobile);
    account.booking(&sales[0], &people[2..]).send().refused(400, "APPOIN0015");
    account.cancelling(&appointment, &people[..1]).send().refused(400, "APPOIN0050");
    account.rescheduling(&appointment, &sales[1], 0).send().refused(400, "APPOIN0050");
    account.book(&sales[1], &people[..1]);
    server.assert_sound();
}

fn keyed(call: Call<'_>, key: &str) -> Answer {
    call.header("Idempotency-Key", key).send()
}

#[test]
fn a_repeated_key_has_the_same_answer_and_one_effect() {
    let server = TestServer::shared();
    let sales = server.sell_together(&[on_day(1), on_day(2)]);
    let (account, people) = server.family(1);
    let first = keyed(account.booking(&sales[0], &people), "one");
    let again = keyed(account.booking(&sales[0], &people), "one");
    assert_eq!((first.ok(), first.body), (again.ok(), again.body));
    assert_eq!(server.free(&sales[0]), [9, 9, 0]);

    let appointment =
        account.appointments(&people[0])[0]["appointment_id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        keyed(account.rescheduling(&appointment, &sales[1], 0), "two").done();
        assert_eq!((server.free(&sales[0]), server.free(&sales[1])), ([10, 10, 0], [9, 9, 0]));
    }
    for _ in 0..2 {
        keyed(account.cancelling(&appointment, &people), "three").done();
        assert_eq!(server.free(&sales[1]), [10, 10, 0]);
    }
    keyed(account.booking(&sales[0], &people), "one").ok();
    assert_eq!(server.free(&sales[0]), [10, 10, 0], "what was cancelled since is not booked again");
    server.assert_sound();
}

#[test]
fn registrations_and_deletions_take_keys_too() {
    let server = TestServer::shared();
    let account = server.account();
    let body = person();
    let first = keyed(account.registration(&body), "r").ok();
    assert_eq!(keyed(account.registration(&body), "r").ok(), first);
    assert_eq!(account.people().len(), 1);
    for _ in 0..2 {
        keyed(account.post("/api/v2/registration/beneficiary/delete", &first), "d").done();
    }
}

#[test]
fn simultaneous_requests_with_one_key_have_one_effect() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    let answers = at_once(&[(); 8], |()| keyed(account.booking(&sale, &people), "once"));
    for answer in &answers {
        assert_eq!(answer.ok(), answers[0].ok());
    }
    assert_eq!(server.free(&sale), [9, 9, 0]);
    server.assert_sound();
}

#[test]
fn a_key_with_another_body_is_refused() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(2);
    keyed(account.booking(&sale, &people[..1]), "k").ok();
    keyed(account.booking(&sale, &people[1..]), "k").refused(422, "USRRES0010");
    assert_eq!(server.free(&sale), [9, 9, 0]);
}

#[test]
fn a_refusal_under_a_key_stays_when_the_reason_is_gone() {
    let server = TestServer::shared();
    let sale = server.sell(seats(1));
    let (holder, held) = server.family(1);
    let (account, people) = server.family(1);
    let appointment = holder.book(&sale, &held);
    keyed(account.booking(&sale, &people), "k").refused(409, "APPOIN0040");
    holder.cancelling(&appointment, &held).send().done();
    assert_eq!(server.free(&sale), [1, 1, 0]);
    keyed(account.booking(&sale, &people), "k").refused(409, "APPOIN0040");
    keyed(account.booking(&sale, &people), "another").ok();
    server.assert_sound();
}

#[test]
fn a_key_is_one_accounts_on_one_route() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    let (other, theirs) = server.family(1);
    keyed(account.booking(&sale, &people), "shared").ok();
    keyed(other.booking(&sale, &theirs), "shared").ok();
    let appointment =
        account.appointments(&people[0])[0]["appointment_id"].as_str().unwrap().to_owned();
    keyed(account.cancelling(&appointment, &people), "shared").done();
    assert_eq!(server.free(&sale), [9, 9, 0]);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (account, people) = server.family(1);
    for wrong in [String::new(), "x".repeat(65), "two words".to_owned(), "é".to_owned()] {
        keyed(account.booking(&sale, &people), &wrong).refused(400, "USRRES0009");
    }
    keyed(account.booking(&sale, &people), &"x".repeat(64)).ok();
    assert_eq!(server.free(&sale), [9, 9, 0]);
}

#[test]
fn booking_needs_a_token() {
    let server = TestServer::shared();
    let sale = server.sell(seats(10));
    let (_, people) = server.family(1);
    for path in [
        "/api/v2/appointment/schedule",
        "/api/v4/appointment/schedule",
        RESCHEDULE,
        CANCEL,
        "/api/v4/appointment/cancel",
    ] {
        server.post(path).json(&booking(&sale, &people)).send().unauthenticated();
    }
    server.get(format!("{SLIP}?appointment_id={NO_SUCH_ID}")).send().unauthenticated();
    assert_eq!(server.free(&sale), [10, 10, 0]);
}
