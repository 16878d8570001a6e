//! Officials and staff: their door, what they are appointed to, and by whom.

use crate::support::{Answer, Offer, Officer, TestServer, at_once, hashed, mobile, pack};
use opencowin::access::official::{Role, Scope};
use opencowin::identity::Door;
use opencowin_model::{Centre, CentreId};
use serde_json::{Value, json};

const ME: &str = "/api/v2/staff/me";
const OFFICIALS: &str = "/api/v2/officials";
const DISMISS: &str = "/api/v2/officials/dismiss";

fn centre(server: &TestServer) -> Centre {
    server.sell(Offer::default()).centre
}

fn state_of(centre: &Centre) -> Scope {
    Scope::State(pack().district(centre.district).unwrap().state)
}

/// What appoints a new number, with all places of a facility in it.
fn appointing(role: Role, centre: &Centre) -> Value {
    let Scope::State(state) = state_of(centre) else { unreachable!() };
    json!({
        "mobile": mobile(), "name": "Ravi Kumar", "role": role.name(),
        "center_id": centre.id, "district_id": centre.district, "state_id": state,
    })
}

impl Officer<'_> {
    #[track_caller]
    fn appoints(&self, role: Role, centre: &Centre) -> Answer {
        self.post(OFFICIALS, &appointing(role, centre)).send()
    }

    #[track_caller]
    fn dismisses(&self, id: impl ToString) -> Answer {
        let body = json!({ "id": id.to_string(), "reason": "moved away" });
        self.post(DISMISS, &body).send()
    }

    #[track_caller]
    fn listed(&self, query: &str) -> Vec<String> {
        let list = self.get(format!("{OFFICIALS}{query}")).send().ok();
        let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
        list["officials"].as_array().unwrap().iter().map(id).collect()
    }
}

#[test]
fn an_official_logs_in_and_is_told_what_they_are_appointed_to() {
    let server = TestServer::shared();
    let centre = centre(&server);
    let officer = server.officer(Role::Vaccinator, Scope::Facility(centre.id));
    let token = server.prove_on("a device", Door::Staff, &officer.mobile);
    token.refused(400, "USRRES0002");
    let token = server.prove_on("device", Door::Staff, &officer.mobile);
    assert_eq!(token.header("cache-control"), Some("no-store"));
    let token = token.ok();
    assert_eq!(token["role"], "vaccinator");
    assert_eq!(token["scope"], json!({ "center_id": centre.id }));
    let me = officer.get(ME).send().ok();
    assert_eq!((&me["role"], &me["scope"]), (&token["role"], &token["scope"]));
    assert_eq!(
        (&me["center_name"], &me["mobile_number"]),
        (&json!(centre.name), &json!(officer.mobile[6..]))
    );
}

#[test]
fn nobody_finds_out_at_the_door_who_is_in_office() {
    let server = TestServer::shared();
    let centre = centre(&server);
    let official = server.officer(Role::Verifier, Scope::Facility(centre.id)).mobile;
    let citizen = server.account().mobile;
    let wrong = |number: &str| {
        let transaction = server.ask(Door::Staff, number);
        server.confirm_on("device", Door::Staff, &transaction, &hashed("1"))
    };
    let told: Vec<_> =
        [wrong(&official), wrong(&citizen), server.prove_on("device", Door::Staff, &citizen)]
            .into_iter()
            .map(|answer| (answer.refused(400, "USRAUT0014"), answer.headers.len()))
            .collect();
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
}

#[test]
fn whoever_administers_nothing_gets_no_token_of_a_partner() {
    let server = TestServer::shared();
    server.prove_on("device", Door::Partner, &mobile()).refused(400, "USRAUT0014");
    let official = server.officer(Role::Ministry, Scope::Country);
    server.prove_on("device", Door::Partner, &official.mobile).refused(400, "USRAUT0014");
}

#[test]
fn a_token_of_the_staff_is_good_on_its_device_and_at_its_door_alone() {
    let server = TestServer::shared();
    let centre = centre(&server);
    let officer = server.officer(Role::FacilityManager, Scope::Facility(centre.id));
    officer.get(ME).send().ok();
    server.get(ME).token(&officer.token).send().unauthenticated();
    server.get(ME).token(&officer.token).header("X-Device-Id", "another").send().unauthenticated();
    officer.get("/api/v2/appointment/beneficiaries").send().unauthenticated();
    server.account().get(ME).send().unauthenticated();
    let transaction = server.ask(Door::Portal, &officer.mobile);
    let otp = hashed(&server.password(Door::Portal, &officer.mobile));
    server.confirm_on("device", Door::Staff, &transaction, &otp).refused(400, "USRAUT0014");
}

#[test]
fn a_device_is_asked_for_before_the_password_is_used_up() {
    let server = TestServer::shared();
    let officer = server.officer(Role::Auditor, Scope::Country);
    let transaction = server.ask(Door::Staff, &officer.mobile);
    let otp = hashed(&server.password(Door::Staff, &officer.mobile));
    for (device, code) in
        [("", "USRRES0001"), ("two words", "USRRES0002"), (&*"x".repeat(129), "USRRES0002")]
    {
        server.confirm_on(device, Door::Staff, &transaction, &otp).refused(400, code);
    }
    server.confirm_on("device", Door::Staff, &transaction, &otp).ok();
}

#[test]
fn each_role_appoints_whom_the_table_lets_it() {
    let server = TestServer::start();
    let centre = centre(&server);
    let all = [
        (Role::Vaccinator, Scope::Facility(centre.id), &[][..]),
        (Role::Verifier, Scope::Facility(centre.id), &[]),
        (Role::FacilityManager, Scope::Facility(centre.id), &[Role::Vaccinator, Role::Verifier]),
        (
            Role::DistrictOfficer,
            Scope::District(centre.district),
            &[Role::Vaccinator, Role::Verifier, Role::FacilityManager],
        ),
        (Role::StateOfficer, state_of(&centre), &[Role::DistrictOfficer]),
        (
            Role::Ministry,
            Scope::Country,
            &[Role::DistrictOfficer, Role::StateOfficer, Role::Ministry, Role::Auditor],
        ),
        (Role::Auditor, Scope::Country, &[]),
    ];
    for (role, scope, appoints) in all {
        let officer = server.officer(role, scope);
        for wanted in Role::ALL {
            let answer = officer.appoints(wanted, &centre);
            if appoints.contains(&wanted) {
                let official = answer.ok();
                assert_eq!(official["role"], wanted.name());
                assert_eq!(official["by"], officer.id.to_string());
            } else {
                answer.refused(403, "USRRES0011");
            }
        }
    }
}

#[test]
fn nobody_appoints_or_dismisses_beyond_their_area() {
    let server = TestServer::start();
    let (here, there) = (centre(&server), centre(&server));
    assert_ne!(here.district, there.district);
    let manager = server.officer(Role::FacilityManager, Scope::Facility(here.id));
    manager.appoints(Role::Vaccinator, &there).refused(403, "USRRES0011");
    let officer = server.officer(Role::DistrictOfficer, Scope::District(here.district));
    officer.appoints(Role::FacilityManager, &there).refused(403, "USRRES0011");
    let own = server.officer(Role::Vaccinator, Scope::Facility(here.id));
    let foreign = server.officer(Role::Vaccinator, Scope::Facility(there.id));
    manager.dismisses(foreign.id).refused(403, "USRRES0011");
    officer.dismisses(foreign.id).refused(403, "USRRES0011");
    own.dismisses(manager.id).refused(403, "USRRES0011");
    officer.dismisses(own.id).ok();
}

#[test]
fn an_appointment_needs_a_number_a_name_a_role_and_a_place_that_exist() {
    let server = TestServer::shared();
    let centre = centre(&server);
    let officer = server.officer(Role::DistrictOfficer, Scope::District(centre.district));
    let with = |name: &str, value: Value| {
        let mut body = appointing(Role::Vaccinator, &centre);
        body[name] = value;
        officer.post(OFFICIALS, &body).send()
    };
    for (name, value) in [
        ("mobile", json!("123")),
        ("name", json!("\u{7}")),
        ("role", json!("king")),
        ("center_id", json!(CentreId(4_000_000_000))),
        ("center_id", json!("x")),
    ] {
        assert!(with(name, value).refused(400, "USRRES0002").ends_with(name));
    }
    for name in ["mobile", "name", "role", "center_id"] {
        with(name, Value::Null).refused(400, "USRRES0001");
    }
}

#[test]
fn a_number_has_one_appointment_and_after_a_dismissal_another() {
    let server = TestServer::shared();
    let centre = centre(&server);
    let officer = server.officer(Role::DistrictOfficer, Scope::District(centre.district));
    let body = appointing(Role::Vaccinator, &centre);
    let appointed = officer.post(OFFICIALS, &body).send().ok();
    officer.post(OFFICIALS, &body).send().refused(409, "OFFICE0001");
    let dismissed = officer.dismisses(appointed["id"].as_str().unwrap()).ok();
    assert_eq!(dismissed["dismissed"]["reason"], "moved away");
    assert_eq!(dismissed["dismissed"]["by"], officer.id.to_string());
    officer.dismisses(appointed["id"].as_str().unwrap()).refused(404, "USRRES0012");
    let mut again = body.clone();
    again["role"] = json!("verifier");
    let again = officer.post(OFFICIALS, &again).send().ok();
    assert_eq!((&again["role"], &again["id"]), (&json!("verifier"), &appointed["id"]));
    server.report_for_duty(body["mobile"].as_str().unwrap()).get(ME).send().ok();
}

#[test]
fn whoever_is_dismissed_is_refused_at_once_and_stays_so_with_the_old_token() {
    let server = TestServer::start();
    let centre = centre(&server);
    let manager = server.officer(Role::FacilityManager, Scope::Facility(centre.id));
    let officer = server.officer(Role::Vaccinator, Scope::Facility(centre.id));
    officer.get(ME).send().ok();
    manager.dismisses(officer.id).ok();
    officer.get(ME).send().unauthenticated();
    server.prove_on("device", Door::Staff, &officer.mobile).refused(400, "USRAUT0014");
    server.advance(1);
    let mut again = appointing(Role::Vaccinator, &centre);
    again["mobile"] = json!(officer.mobile);
    manager.post(OFFICIALS, &again).send().ok();
    officer.get(ME).send().unauthenticated();
    server.report_for_duty(&officer.mobile).get(ME).send().ok();
}

#[test]
fn of_two_who_dismiss_each_other_one_of_the_ministry_remains() {
    let server = TestServer::start();
    let alone = server.officer(Role::Ministry, Scope::Country);
    alone.dismisses(alone.id).refused(409, "OFFICE0002");
    let other = server.officer(Role::Ministry, Scope::Country);
    let pairs = [(&alone, &other), (&other, &alone)];
    let answers = at_once(&pairs, |(by, whom)| by.dismisses(whom.id).status);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    let remains = if answers[0] == 200 { &alone } else { &other };
    remains.get(ME).send().ok();
    remains.dismisses(remains.id).refused(409, "OFFICE0002");
}

#[test]
fn lists_show_who_is_in_office_within_the_area_of_whoever_asks() {
    let server = TestServer::start();
    let (here, there) = (centre(&server), centre(&server));
    let manager = server.officer(Role::FacilityManager, Scope::Facility(here.id));
    let own = server.officer(Role::Vaccinator, Scope::Facility(here.id));
    let foreign = server.officer(Role::Vaccinator, Scope::Facility(there.id));
    let district = server.officer(Role::DistrictOfficer, Scope::District(there.district));
    let auditor = server.officer(Role::Auditor, Scope::Country);
    let sorted = |officers: &[&Officer<'_>]| {
        let mut ids: Vec<_> = officers.iter().map(|officer| officer.id.to_string()).collect();
        ids.sort();
        ids
    };
    own.get(OFFICIALS).send().refused(403, "USRRES0011");
    assert_eq!(manager.listed(""), sorted(&[&manager, &own]));
    assert_eq!(manager.listed("?role=vaccinator"), sorted(&[&own]));
    assert_eq!(district.listed(""), sorted(&[&district, &foreign]));
    let all = sorted(&[&manager, &own, &foreign, &district, &auditor]);
    assert_eq!(auditor.listed(""), all);
    assert_eq!(auditor.listed(&format!("?after={}", all[1])), all[2..]);
    assert_eq!(auditor.listed(&format!("?center_id={}", here.id)), sorted(&[&manager, &own]));
    let in_district = auditor.listed(&format!("?district_id={}", there.district));
    assert_eq!(in_district, sorted(&[&district, &foreign]));
    assert_eq!(manager.listed(&format!("?center_id={}", there.id)), [""; 0]);
    manager.dismisses(own.id).ok();
    assert_eq!(manager.listed(""), sorted(&[&manager]));
    for query in ["?role=king", "?center_id=x", "?after=1", "?center_id=1&state_id=1"] {
        auditor.get(format!("{OFFICIALS}{query}")).send().refused(400, "USRRES0002");
    }
}

#[test]
fn a_sandbox_puts_anybody_into_office_who_can_then_do_what_their_role_does() {
    let server = TestServer::shared();
    let centre = centre(&server);
    for role in Role::ALL {
        let body = appointing(role, &centre);
        let invented = server.post("/sandbox/officials").json(&body).send().ok();
        assert_eq!((&invented["role"], &invented["by"]), (&json!(role.name()), &Value::Null));
        let officer = server.report_for_duty(body["mobile"].as_str().unwrap());
        assert_eq!(officer.get(ME).send().ok(), invented);
        server.post("/sandbox/officials").json(&body).send().refused(409, "OFFICE0001");
    }
    let mut nowhere = appointing(Role::Vaccinator, &centre);
    nowhere["center_id"] = json!(CentreId(4_000_000_000));
    server.post("/sandbox/officials").json(&nowhere).send().refused(400, "USRRES0002");
}
