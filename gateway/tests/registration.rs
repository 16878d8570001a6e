//! People and their documents: who may be registered, what the list shows, and what no answer ever shows.

use crate::support::{Account, Answer, Offer, TestServer, at_once, mobile, pack, person, shape};
use opencowin::identity::Door;
use serde_json::{Value, json};

const REGISTER: &str = "/api/v2/registration/beneficiary/new";
const DELETE: &str = "/api/v2/registration/beneficiary/delete";

/// The person with one field changed.
fn with(field: &str, value: Value) -> Value {
    let mut person = person();
    person[field] = value;
    person
}

fn delete(account: &Account<'_>, reference: &str) -> Answer {
    account.post(DELETE, &json!({ "beneficiary_reference_id": reference })).send()
}

#[test]
fn a_person_is_registered_whatever_way_numbers_are_spelt() {
    let server = TestServer::shared();
    let bodies = [
        person(),
        with("gender_id", json!(1.0)),
        with("gender_id", json!("3")),
        with("birth_year", json!(1985)),
        with("birth_year", json!(1985.0)),
        with("photo_id_type", json!("1.0")),
        with("photo_id_number", json!(812_345_678_901_u64)),
        with("comorbidity_ind", json!("")),
        with("comorbidity_ind", Value::Null),
        with("consent_version", json!(1)),
        with("random", json!({ "junk": [1, 2] })),
    ];
    for body in bodies {
        let reference = server.account().register(&body);
        assert!(
            reference.len() == 14 && reference.bytes().all(|b| b.is_ascii_digit()),
            "{reference}"
        );
    }
}

#[test]
fn the_reference_is_text_behind_the_protected_door_and_an_integer_behind_the_portals() {
    let server = TestServer::shared();
    for (door, is_right) in
        [(Door::Protected, Value::is_string as fn(&Value) -> bool), (Door::Portal, Value::is_u64)]
    {
        let account = server.log_in(door, &mobile());
        let answer = account.registration(&person()).send().ok();
        assert!(is_right(&answer["beneficiary_reference_id"]), "{answer}");
    }
}

#[test]
fn a_mobile_number_registers_four_people() {
    let server = TestServer::shared();
    let (account, people) = server.family(4);
    account.registration(&person()).send().refused(400, "BENREG0001");
    assert_eq!(account.people().len(), 4);
    delete(&account, &people[1]).done();
    account.register(&person());
}

#[test]
fn one_document_belongs_to_one_person_however_it_is_written() {
    let server = TestServer::shared();
    let account = server.account();
    let number = format!("AB{}X", mobile());
    let licence = |number: &str| {
        let mut body = with("photo_id_type", json!(2));
        body["photo_id_number"] = json!(number);
        body
    };
    let reference = account.register(&licence(&number));
    let other = server.account();
    let spellings = [
        number.clone(),
        number.to_lowercase(),
        format!(" {} {} ", &number[..4], &number[4..]),
        format!("{}-{}", &number[..2], &number[2..]),
    ];
    for spelling in &spellings {
        account.registration(&licence(spelling)).send().refused(400, "BENREG0002");
        other.registration(&licence(spelling)).send().refused(400, "BENREG0002");
    }
    let mut passport = licence(&number[..12]);
    passport["photo_id_type"] = json!(8);
    other.register(&passport);
    delete(&account, &reference).done();
    other.register(&licence(&number));
}

#[test]
fn two_accounts_that_race_for_one_document_do_not_both_get_it() {
    let server = TestServer::shared();
    let body = person();
    let accounts: Vec<_> = (0..8).map(|_| server.account()).collect();
    let statuses = at_once(&accounts, |account| account.registration(&body).send().status);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[test]
fn each_field_that_is_wrong_is_named() {
    let server = TestServer::shared();
    let account = server.account();
    let wrong = [
        (
            "name",
            vec![
                json!("12345"),
                json!("a\u{7}b"),
                json!("x".repeat(101)),
                json!(["x"]),
                json!(true),
            ],
        ),
        (
            "birth_year",
            vec![
                json!("85"),
                json!("1800"),
                json!("2999"),
                json!("next"),
                json!(1985.5),
                json!(-1985),
            ],
        ),
        ("gender_id", vec![json!(0), json!(9), json!(256), json!("male"), json!({})]),
        ("photo_id_type", vec![json!(0), json!(3), json!(14), json!(300), json!("Aadhaar")]),
        (
            "photo_id_number",
            vec![
                json!("12345"),
                json!("12345678901A"),
                json!("1234567890123"),
                json!("1234/5678/90"),
            ],
        ),
        ("comorbidity_ind", vec![json!("maybe"), json!(1), json!(true)]),
        ("consent_version", vec![json!("1".repeat(17)), json!([])]),
    ];
    for (field, values) in wrong {
        for value in values {
            let answer = account.registration(&with(field, value.clone())).send();
            let text = answer.refused(400, "USRRES0002");
            assert!(text.ends_with(field), "{field} {value}: {text}");
        }
    }
    account.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
}

#[test]
fn each_required_field_is_required() {
    let server = TestServer::shared();
    let account = server.account();
    for field in ["name", "birth_year", "gender_id", "photo_id_type", "photo_id_number"] {
        for missing in [Value::Null, json!("  ")] {
            account.registration(&with(field, missing)).send().refused(400, "USRRES0001");
        }
        let mut body = person();
        body.as_object_mut().unwrap().remove(field);
        account.registration(&body).send().refused(400, "USRRES0001");
    }
    account.post(REGISTER, &json!({})).send().refused(400, "USRRES0001");
}

#[test]
fn the_list_has_the_recorded_members() {
    let server = TestServer::shared();
    let account = server.account();
    let body = person();
    let reference = account.register(&body);
    let item = &account.people()[0];
    let expected = "appointments:array beneficiary_reference_id:string birth_year:string \
         comorbidity_ind:string dose1_date:string dose2_date:string gender:string \
         mobile_number:string name:string photo_id_number:string photo_id_type:string \
         vaccination_status:string vaccine:string";
    assert_eq!(shape(item), expected);
    let last4 = &body["photo_id_number"].as_str().unwrap()[8..];
    assert_eq!(item["beneficiary_reference_id"], reference);
    assert_eq!(
        (&item["name"], &item["birth_year"], &item["gender"]),
        (&json!("Asha Devi"), &json!("1985"), &json!("Female"))
    );
    assert_eq!(
        (&item["mobile_number"], &item["photo_id_number"]),
        (&json!(account.mobile[6..]), &json!(format!("XXXXXXXX{last4}")))
    );
    assert_eq!(item["photo_id_type"], "Aadhaar Card");
    assert_eq!(
        (&item["vaccination_status"], &item["vaccine"]),
        (&json!("Not Vaccinated"), &json!(""))
    );
    assert_eq!((&item["dose1_date"], &item["comorbidity_ind"]), (&json!(""), &json!("N")));

    let v4 = account.get("/api/v4/appointment/beneficiaries").send().ok();
    let item = &v4["beneficiaries"][0];
    assert_eq!(
        (&item["due_dose"], &item["is_eligible_for_precaution"]),
        (&json!(1), &json!(false))
    );
}

#[test]
fn an_appointment_in_the_list_has_the_recorded_members() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(1);
    account.book(&sale, &people);
    let expected = "appointment_id:string block_name:string center_id:integer date:string \
         district_name:string dose:integer fee_type:string from:string lat:number long:number \
         name:string pincode:integer security_code:string session_id:string slot:string \
         state_name:string to:string";
    let listed = &account.appointments(&people[0])[0];
    assert_eq!(shape(listed), expected);
    assert_eq!((&listed["from"], &listed["to"]), (&json!("09:00"), &json!("17:00")));
    let district = pack().district(sale.centre.district).unwrap();
    assert_eq!(listed["district_name"], district.name.default);
    let v4 = account.get("/api/v4/appointment/beneficiaries").send().ok();
    assert_eq!(v4["beneficiaries"][0]["appointments"][0]["is_precaution"], false);
}

#[test]
fn no_answer_shows_a_whole_mobile_or_document_number() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let account = server.account();
    let body = person();
    let mut answers = vec![account.registration(&body).send()];
    let people = [account.people()[0]["beneficiary_reference_id"].as_str().unwrap().to_owned()];
    let appointment = account.book(&sale, &people);
    let slip = format!("/api/v2/appointment/appointmentslip/download?appointment_id={appointment}");
    answers.extend([
        account.registration(&body).send(),
        account.get("/api/v2/appointment/beneficiaries").send(),
        account.get("/api/v4/appointment/beneficiaries").send(),
        account.booking(&sale, &people).send(),
        account.get(slip).send(),
        server.get("/metrics").send(),
    ]);
    let number = body["photo_id_number"].as_str().unwrap();
    for answer in answers {
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains(number) && !text.contains(&account.mobile), "{text}");
    }
}

#[test]
fn an_account_without_people_is_told_so() {
    let server = TestServer::shared();
    let account = server.account();
    for path in ["/api/v2/appointment/beneficiaries", "/api/v4/appointment/beneficiaries"] {
        account.get(path).send().refused(400, "APPOIN0001");
    }
}

#[test]
fn somebody_without_an_appointment_can_be_deleted() {
    let server = TestServer::shared();
    let sale = server.sell(Offer::default());
    let (account, people) = server.family(2);
    let appointment = account.book(&sale, &people[..1]);
    delete(&account, &people[0]).refused(400, "BENREG0003");
    account.cancelling(&appointment, &[]).send().done();
    delete(&account, &people[0]).done();
    delete(&account, &people[0]).refused(400, "APPOIN0001");
    let number: f64 = people[1].parse().unwrap();
    account.post(DELETE, &json!({ "beneficiary_reference_id": number })).send().done();
    account.get("/api/v2/appointment/beneficiaries").send().refused(400, "APPOIN0001");
}

#[test]
fn nobody_deletes_what_is_not_theirs() {
    let server = TestServer::shared();
    let (account, people) = server.family(1);
    let (other, _) = server.family(1);
    delete(&other, &people[0]).refused(400, "APPOIN0001");
    delete(&other, "10000000000000").refused(400, "APPOIN0001");
    delete(&other, "7").refused(400, "APPOIN0001");
    delete(&other, "Asha").refused(400, "USRRES0002");
    other.post(DELETE, &json!({})).send().refused(400, "USRRES0001");
    assert_eq!(account.people().len(), 1);
}
