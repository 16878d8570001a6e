//! Facilities: how they come to be, who changes what of them, and what everybody sees of it.

use crate::support::{Answer, Holding, Officer, TestServer, area, facility, plan};
use opencowin::access::official::{Role, Scope};
use opencowin_model::pack::PostalArea;
use serde_json::{Value, json};

const MINE: &str = "/api/v2/facilities/mine";
const APPLICATIONS: &str = "/api/v2/facilities/applications";

fn ids(list: &Value) -> Vec<&str> {
    let facilities = list["facilities"].as_array().expect("facilities").iter();
    facilities.map(|facility| facility["facility_id"].as_str().expect("an id")).collect()
}

/// The names of the centres at a place.
fn names_at(server: &TestServer, area: &PostalArea) -> Vec<String> {
    let (lat, long) = (area.position.lat(), area.position.long());
    let path = "/api/v2/appointment/centers/public/findByLatLong";
    let answer = server.get(format!("{path}?lat={lat}&long={long}")).send().ok();
    let centres = answer["centers"].as_array().expect("centres").iter();
    centres.map(|centre| centre["name"].as_str().expect("a name").to_owned()).collect()
}

fn suspend(officer: &Officer<'_>, holding: &Holding<'_>, sessions: &str) -> Answer {
    let body = json!({ "center_id": holding.centre, "reason": "no fridge", "sessions": sessions });
    officer.post("/api/v2/facilities/suspend", &body).send()
}

#[test]
fn a_facility_applies_is_approved_and_found_and_its_contact_is_its_manager() {
    let server = TestServer::start();
    let (account, area) = (server.account(), area());
    let applied = account.applies(&facility(area)).ok();
    assert_eq!((&applied["standing"], &applied["center_id"]), (&json!("applied"), &Value::Null));
    assert_eq!(applied["site"]["district_id"], json!(area.district));
    assert!(names_at(&server, area).is_empty());

    let id = applied["facility_id"].as_str().unwrap();
    let officer = server.officer(Role::DistrictOfficer, Scope::District(area.district));
    let elsewhere = crate::support::area().district;
    let elsewhere = server.officer(Role::DistrictOfficer, Scope::District(elsewhere));
    assert_eq!(ids(&officer.get(APPLICATIONS).send().ok()), [id]);
    assert!(ids(&elsewhere.get(APPLICATIONS).send().ok()).is_empty());
    elsewhere.decides_facility(id, "approve").refused(403, "USRRES0011");

    let approved = officer.decides_facility(id, "approve").ok();
    assert_eq!((&approved["standing"], &approved["reason"]), (&json!("approved"), &Value::Null));
    assert_eq!(names_at(&server, area), ["Health Post"]);
    officer.decides_facility(id, "refuse").refused(409, "FACILT0001");
    assert!(ids(&officer.get(APPLICATIONS).send().ok()).is_empty(), "nothing waits");
    let standing = officer.get(format!("{APPLICATIONS}?standing=approved")).send().ok();
    assert_eq!(ids(&standing), [id]);
    let own = account.get("/api/v2/facilities/applied").send().ok();
    assert_eq!(own["facilities"][0]["center_id"], approved["center_id"]);

    let manager = server.report_for_duty(&account.mobile);
    let mine = manager.get(MINE).send().ok();
    assert_eq!(mine, approved);
    let me = manager.get("/api/v2/staff/me").send().ok();
    assert_eq!((&me["role"], &me["name"]), (&json!("facility-manager"), &json!("Meera Nair")));
}

#[test]
fn a_private_facility_has_a_licence_and_prices_below_the_ceiling() {
    let server = TestServer::shared();
    let account = server.account();
    let mut private = facility(area());
    private["ownership"] = "private".into();
    account.applies(&private).refused(400, "USRRES0001");
    private["licence"] = "KA-17".into();
    account.applies(&private).refused(400, "USRRES0001");
    private["vaccines"] = json!([{ "vaccine": "COVISHIELD", "price": 781 }]);
    assert!(account.applies(&private).refused(400, "FACILT0003").contains("780"));
    private["vaccines"] = json!([{ "vaccine": "COVISHIELD", "price": 780 }]);
    let applied = account.applies(&private).ok();
    assert_eq!(applied["vaccines"], private["vaccines"]);
    for (name, value) in [
        ("pincode", json!("999999")),
        ("closes", json!("07:00")),
        ("minimum_age", json!(121)),
        ("vaccines", json!([])),
        ("cold_chain", json!("perhaps")),
        ("lat", json!(91)),
    ] {
        let mut wrong = private.clone();
        wrong[name] = value;
        assert_eq!(account.applies(&wrong).status, 400, "{name}");
    }
    let waiting = account.get("/api/v2/facilities/applied").send().ok();
    assert_eq!(ids(&waiting).len(), 1, "what is wrong is not entered");
}

#[test]
fn a_number_has_three_applications_that_wait_and_is_told_why_one_is_refused() {
    let server = TestServer::start();
    let (account, area) = (server.account(), area());
    let applied = [(); 3].map(|()| account.applies(&facility(area)).ok());
    account.applies(&facility(area)).refused(409, "FACILT0002");
    let officer = server.officer(Role::DistrictOfficer, Scope::District(area.district));
    let id = applied[1]["facility_id"].as_str().unwrap();
    officer.decides_facility(id, "refuse").ok();
    officer.decides_facility(id, "approve").refused(409, "FACILT0001");
    account.applies(&facility(area)).ok();
    let own = account.get("/api/v2/facilities/applied").send().ok();
    let reasons: Vec<_> =
        own["facilities"].as_array().unwrap().iter().map(|f| &f["reason"]).collect();
    assert_eq!(reasons.iter().filter(|reason| **reason == "as inspected").count(), 1);
    assert!(names_at(&server, area).is_empty());
}

#[test]
fn a_manager_changes_hours_and_vaccines_at_once_and_a_name_once_the_district_agrees() {
    let server = TestServer::start();
    let here = server.holding();
    here.publish(plan(10), 1);
    let change =
        json!({ "closes": "20:00", "vaccines": [{ "vaccine": "COVAXIN" }], "name": "Hospital" });
    let changed = here.manager.post(MINE, &change).send().ok();
    assert_eq!(
        (&changed["closes"], &changed["site"]["name"]),
        (&json!("20:00"), &json!("Health Post"))
    );
    assert_eq!(changed["wish"]["name"], "Hospital");
    assert_eq!(here.shown().len(), 1, "sessions on sale keep what they were published with");
    let mut draft = plan(1);
    draft["date"] = opencowin_model::date::to_wire_string(here.day(2)).into();
    here.manager.does("draft", &draft).refused(409, "SESSIO0003");
    assert_eq!(names_at(&server, here.area), ["Health Post"]);
    here.officer.decides_facility(&here.id, "approve").ok();
    assert_eq!(names_at(&server, here.area), ["Hospital"]);
    let elsewhere = json!({ "pincode": area().pincode.to_string() });
    here.manager.post(MINE, &elsewhere).send().refused(409, "FACILT0001");
    let steps: Vec<_> = here.manager.get(MINE).send().ok()["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["step"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(steps, ["apply", "approve", "change", "wish", "grant"]);
}

#[test]
fn a_suspended_facility_sells_what_its_district_lets_it_and_publishes_nothing() {
    let server = TestServer::start();
    let here = server.holding();
    let session = here.publish(plan(10), 1);
    let draft = here.draft(plan(10), 2);
    let publish = json!({ "draft_id": draft["draft_id"] });
    let available = |here: &Holding<'_>| here.shown()[0]["available_capacity_dose1"].clone();

    suspend(&here.manager, &here, "keep").refused(403, "USRRES0011");
    let suspended = suspend(&here.officer, &here, "keep").ok();
    assert_eq!(
        (&suspended["standing"], &suspended["reason"]),
        (&json!("suspended"), &json!("no fridge"))
    );
    here.manager.does("publish", &publish).refused(409, "FACILT0001");
    assert_eq!(here.drafts()[0]["obstacle"], "This cannot be done where the facility stands");
    here.change("resize", &session, json!({ "online": [20, 0, 0] })).refused(409, "FACILT0001");
    assert_eq!(available(&here), 10);

    suspend(&here.officer, &here, "close").ok();
    assert_eq!(available(&here), 0);
    here.change("reopen", &session, json!({})).refused(409, "FACILT0001");
    let resume = json!({ "center_id": here.centre, "reason": "repaired" });
    here.officer.post("/api/v2/facilities/resume", &resume).send().ok();
    assert_eq!(available(&here), 0, "somebody has to open it");
    here.change("reopen", &session, json!({})).ok();
    assert_eq!(available(&here), 10);
    here.manager.does("publish", &publish).ok();
    assert_eq!(here.shown().len(), 2);

    suspend(&here.officer, &here, "cancel").ok();
    assert!(here.shown().is_empty());
    let states: Vec<_> = here.held().iter().map(|session| session["state"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled"]);
}

#[test]
fn a_centre_of_the_programme_is_a_facility_that_has_yet_to_be_changed() {
    let server = TestServer::start();
    let sale = server.sell(crate::support::Offer::default());
    let centre = &sale.centre;
    let manager = server.officer(Role::FacilityManager, Scope::Facility(centre.id));
    let mine = manager.get(MINE).send().ok();
    assert_eq!((&mine["standing"], &mine["ownership"]), (&json!("approved"), &json!("government")));
    let changed = manager.post(MINE, &json!({ "opens": "07:00" })).send().ok();
    assert_eq!(
        (&changed["opens"], &changed["facility_id"]),
        (&json!("07:00"), &mine["facility_id"])
    );
    let path = format!("/api/v2/vaccinator/sessions?center_id={}", centre.id);
    let held = manager.get(path).send().ok();
    assert_eq!(held["sessions"][0]["session_id"], sale.id());
    let resized =
        manager.does("resize", &json!({ "session_id": sale.id(), "online": [12, 5, 2] })).ok();
    assert_eq!(resized["seats"]["online"]["free"], json!([12, 5, 2]));
    assert_eq!(server.free(&sale)[1], 12);
}

#[test]
fn who_decides_about_a_facility_and_who_sees_its_contact_is_on_record() {
    let server = crate::support::Audited::start();
    let here = server.holding();
    here.manager.get(MINE).send().ok();
    here.manager.post(MINE, &json!({ "opens": "07:00" })).send().ok();
    let roles = |purpose| {
        let entries = server.recorded(purpose);
        entries.iter().map(|entry| entry.role.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roles("facility"), ["beneficiary", "district-officer", "facility-manager"]);
    assert_eq!(roles("facilities"), ["facility-manager"]);
}
