//! The public report: what it says is what happened, and whoever asks gets the same.

use crate::support::{Answer, Clinic, Offer, TestServer};
use opencowin_model::Session;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const REPORT: &str = "/api/v1/reports/v2/getPublicReports";

/// The report once it says that so many doses were given: it may be a second old.
fn report_with(server: &TestServer, query: &str, doses: u64) -> Value {
    let started = Instant::now();
    loop {
        let report = server.get(format!("{REPORT}{query}")).send().ok();
        if report["topBlock"]["vaccination"]["total"] == doses {
            return report;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{doses} doses: {report}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A list's entry with this value.
fn entry<'a>(list: &'a Value, name: &str, value: impl Into<Value>) -> &'a Value {
    let value = value.into();
    let mut all = list.as_array().expect("a list").iter();
    all.find(|entry| entry[name] == value).unwrap_or_else(|| panic!("no {name} {value} in {list}"))
}

/// A facility where three of four people were given a dose, and one of them ran a fever.
fn day(server: &TestServer) -> Clinic<'_> {
    let clinic = Clinic::open(server, 4);
    clinic.receive(10).ok();
    for patient in &clinic.patients[..3] {
        clinic.vaccinate(patient);
    }
    let body = json!({
        "beneficiary_reference_id": clinic.patients[0].reference, "dose": 1, "severity": "minor",
        "symptoms": ["pyrexia"], "onset": clinic.sale.date(), "outcome": "recovered",
    });
    clinic.vaccinator.at_the_counter("/api/v2/vaccinator/aefi", &body).send().ok();
    clinic
}

#[test]
fn the_report_says_what_was_done() {
    let server = TestServer::start();
    let clinic = day(&server);
    let (centre, today) = (&clinic.sale.centre, clinic.sale.session.date);
    let report = report_with(&server, "", 3);
    let top = &report["topBlock"];
    assert_eq!(top["sites"], json!({ "total": 1, "govt": 1, "pvt": 0, "today": 1 }));
    assert_eq!(top["sessions"], json!({ "total": 1, "govt": 1, "pvt": 0, "today": 1 }));
    let yesterday = json!({ "total": 4, "cit_18_45": 4, "cit_45_above": 0, "today": 0 });
    assert_eq!(top["registration"], yesterday);
    let doses = &top["vaccination"];
    for (name, number) in [
        ("female", 3),
        ("male", 0),
        ("covaxin", 3),
        ("covishield", 0),
        ("tot_dose_1", 3),
        ("tot_dose_2", 0),
        ("today", 3),
        ("aefi", 1),
    ] {
        assert_eq!(doses[name], number, "{name}");
    }
    let at_ten = entry(&report["vaccinationDoneByTime"], "ts", "10:00");
    assert_eq!(
        (&at_ten["count"], &at_ten["dose_one"], &at_ten["label"]),
        (&json!(3), &json!(3), &json!("10 AM - 11 AM"))
    );
    let registered =
        entry(&report["last7DaysRegistration"], "reg_date", today.yesterday().unwrap().to_string());
    assert_eq!((&registered["total"], &registered["female"]), (&json!(4), &json!(4)));
    let adverse = entry(&report["last30DaysAefi"], "vaccine_date", today.to_string());
    assert_eq!((&adverse["aefi"], &report["aefiPercentage"]), (&json!(1), &json!(33.333)));
    let sessions = entry(&report["last5daySessionStatus"], "session_date", today.to_string());
    assert_eq!((&sessions["planned"], &sessions["ongoing"]), (&json!(0), &json!(1)));
    let ages =
        json!({ "total": 3, "vac_below_18": 0, "vac_18_45": 3, "vac_45_60": 0, "above_60": 0 });
    assert_eq!(report["vaccinationByAge"], ages);
    let district = crate::support::pack().district(centre.district).unwrap();
    let state = entry(&report["getBeneficiariesGroupBy"], "id", district.state.0);
    assert_eq!(
        (&state["total"], &state["partial_vaccinated"], &state["totally_vaccinated"]),
        (&json!(3), &json!(3), &json!(0))
    );

    let own = report_with(
        &server,
        &format!("?state_id={}&district_id={}", district.state, district.id),
        3,
    );
    assert_eq!(own["getBeneficiariesGroupBy"].as_array().unwrap().len(), 1);
    let other =
        crate::support::pack().districts().iter().find(|d| d.state != district.state).unwrap();
    let other = server.get(format!("{REPORT}?district_id={}", other.id)).send().ok();
    assert_eq!(other["topBlock"]["vaccination"]["total"], 0);
    let eve = report_with(&server, &format!("?date={}", today.yesterday().unwrap()), 3);
    assert_eq!(
        (&eve["topBlock"]["registration"]["today"], &eve["topBlock"]["vaccination"]["today"]),
        (&json!(4), &json!(0))
    );
}

#[test]
fn the_table_and_the_dump_say_the_same_and_can_be_kept() {
    let server = TestServer::start();
    let clinic = day(&server);
    report_with(&server, "", 3);
    let (centre, today) = (&clinic.sale.centre, clinic.sale.session.date);
    let table = server.get(format!("{REPORT}.csv?district_id={}", centre.district)).send();
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = table.text();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let row = lines.iter().find(|line| line[0] == today.to_string()).expect("today's row");
    let cell = |name: &str| row[lines[0].iter().position(|column| *column == name).expect(name)];
    assert_eq!(
        ["sessions", "dose_one", "female", "vac_18_45", "aefi_minor"].map(cell),
        ["1", "3", "3", "3", "1"]
    );

    let dump = |day: String| server.get(format!("/api/v1/reports/v2/dump/{day}")).send();
    let of_today = dump(today.to_string());
    assert_eq!(of_today.header("cache-control"), Some("no-cache"));
    let district = of_today.ok();
    let district = entry(&district["districts"], "district_id", centre.district.0);
    assert_eq!(
        (&district["totals"]["dose_one"], &district["doses_by_vaccine"]["COVAXIN"]),
        (&json!(3), &json!(3))
    );
    let over = dump(today.yesterday().unwrap().to_string());
    assert_eq!(over.header("cache-control"), Some("public, max-age=3600"));
    over.ok();
    dump(today.tomorrow().unwrap().to_string()).refused(400, "USRRES0002");
    dump("yesterday".to_owned()).refused(400, "USRRES0002");
}

#[test]
fn a_cancelled_session_and_nonsense_are_not_counted() {
    let server = TestServer::start();
    let sale = server.sell(Offer { days_ahead: 0, ..Offer::default() });
    let state = opencowin_model::SessionState::Cancelled;
    server.publish(Vec::new(), vec![Session { state, version: 2, ..sale.session }]);
    let top = report_with(&server, "", 0)["topBlock"].clone();
    assert_eq!((&top["sessions"]["today"], &top["sites"]["today"]), (&json!(0), &json!(0)));
    for wrong in
        ["state_id=9999", "district_id=x", "date=2021-13-01", "date=1900-01-01", "date=2999-01-01"]
    {
        server.get(format!("{REPORT}?{wrong}")).send().refused(400, "USRRES0002");
    }
    let [one, two] = [
        &crate::support::pack().districts()[0],
        crate::support::pack().districts().last().unwrap(),
    ];
    let astray = format!("{REPORT}?state_id={}&district_id={}", one.state, two.id);
    server.get(astray).send().refused(400, "USRRES0002");
}

#[test]
fn whoever_asks_within_a_second_is_told_the_same_in_either_coding() {
    let server = TestServer::start();
    let ask =
        |coding: &str| -> Answer { server.get(REPORT).header("Accept-Encoding", coding).send() };
    let (plain, gzip) = (ask("identity"), ask("gzip"));
    assert!(gzip.is_gzip() && !plain.is_gzip() && gzip.body.len() < plain.body.len() / 4);
    assert_eq!(gzip.header("cache-control"), Some("public, max-age=1"));
    assert_eq!(plain.ok()["topBlock"], gzip.ok()["topBlock"]);
}
