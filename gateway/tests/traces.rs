//! What a day leaves behind: nothing in the data, the logs, the metrics and the exports says who came.
//!
//! The program runs as it is installed, logging all that it can, and is lived with through every door: people register, book,
//! move and cancel, officials look them up, a partner gets a key, passwords are wrong, bodies broken; then it is killed, and
//! goes on. Whatever is on the disk afterwards is searched for every number, name, document, password and key.

mod program;
mod secrets;

use crate::support::{application, files_under, hashed, pack, password_in};
use opencowin_model::date;
use program::{Headers, Program};
use secrets::Secrets;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CITIZEN: &str = "9812345670";
const PATIENT: &str = "9812345681";
const VACCINATOR: &str = "9812345692";
const MINISTER: &str = "9812345703";
const STATE_OFFICER: &str = "9812345714";
const ADMINISTRATOR: &str = "9812345725";
const DIRECTOR: &str = "9812345736";
const NUISANCE: &str = "9812345747";
const STRANGER: &str = "9812345758";

const NAMES: [&str; 6] = [
    "Quetzalcoatl Vishwanathan",
    "Xochipilli Thiruvenkatam",
    "Zbigniew Parthasarathy",
    "Oluwaseun Bhattacharjee",
    "Ignatius Wrzesniewski",
    "Perpetua Kowalczyk",
];
/// Where a password is asked for and confirmed.
type Door = (&'static str, &'static str);
const PORTAL: Door = ("/api/v2/auth/generateMobileOTP", "/api/v2/auth/validateMobileOtp");
const PUBLIC: Door = ("/api/v2/auth/public/generateOTP", "/api/v2/auth/public/confirmOTP");
const APPLICATION: Door = ("/api/v2/auth/generateOTP", "/api/v2/auth/confirmOTP");
const STAFF: Door = ("/api/v2/staff/auth/generateOTP", "/api/v2/staff/auth/confirmOTP");
const PARTNERS: Door = ("/api/v2/partners/auth/generateOTP", "/api/v2/partners/auth/confirmOTP");

const LICENCE: &str = "KA-0120190099887";
const PASSPORT: &str = "Z9988776";
const APIS: [&str; 3] = ["registration", "appointments", "lookup"];
const DEVICE: &str = "a-device";
const CONSENT: &str = "consent-of-the-patient-77";

#[test]
fn nothing_that_is_left_behind_says_who_came() {
    let home = tempfile::tempdir().unwrap();
    let mut day = Day::begin(home.path());
    let booked = day.citizens_book_and_move();
    day.staff_look_people_up(&booked.centre);
    day.a_partner_gets_keys_and_looks_people_up();
    day.strangers_send_rubbish();
    day.keep_metrics("metrics-of-the-morning");

    day.program.crash(home.path(), "evening.log");
    day.citizens_cancel(&booked);
    day.keep_metrics("metrics-of-the-evening");
    let secrets = day.end();

    export(home.path(), "audit", &["audit", "export"]);
    export(home.path(), "audit-tail", &["audit", "tail"]);
    export(home.path(), "check", &["ledger", "check"]);
    let ledger = home.path().join("ledger.export").display().to_string();
    export(home.path(), "ledger-messages", &["ledger", "export", &ledger]);
    assert_seen(home.path(), &booked.place);
    assert_nowhere(home.path(), &secrets);
}

/// A day of a server, with all that must not be found afterwards.
struct Day<'a> {
    home: &'a Path,
    program: Program,
    secrets: Secrets,
}

/// Somebody who is booked.
struct Booked {
    token: String,
    appointment: String,
    people: [String; 2],
    centre: Value,
    /// The name of the facility, which anybody may know.
    place: String,
}

/// Somebody of the staff, a ministry or a partner on their device.
struct OnDuty(String);

impl OnDuty {
    fn headers(&self) -> [(&str, &str); 2] {
        [("Authorization", &self.0), ("X-Device-Id", DEVICE)]
    }
}

impl<'a> Day<'a> {
    fn begin(home: &'a Path) -> Self {
        let mut secrets = Secrets::default();
        let numbers = [CITIZEN, PATIENT, VACCINATOR, MINISTER, STATE_OFFICER];
        numbers.into_iter().for_each(|number| secrets.mobile(number));
        [ADMINISTRATOR, DIRECTOR, NUISANCE, STRANGER].into_iter().for_each(|n| secrets.mobile(n));
        NAMES.into_iter().for_each(|name| secrets.name(name));
        [LICENCE, PASSPORT].into_iter().for_each(|number| secrets.document(number));
        secrets.text("reference of a consent", CONSENT);
        Self { home, program: Program::start(home, "morning.log"), secrets }
    }

    fn citizens_book_and_move(&mut self) -> Booked {
        let token = self.log_in(PORTAL, CITIZEN, &[]);
        let bearer = bearer(&token);
        let own = [("Authorization", &*bearer)];
        let people =
            [self.register(&own, NAMES[0], 2, LICENCE), self.register(&own, NAMES[1], 8, PASSPORT)];
        let sessions = self.sessions();
        let book = |session: &Value| {
            json!({ "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0],
                    "beneficiaries": people })
        };
        let program = &self.program;
        let booked = program.post("/api/v2/appointment/schedule", &own, &book(&sessions[0])).ok();
        let appointment = booked["appointment_id"].as_str().unwrap().to_owned();
        let again = program.post("/api/v2/appointment/schedule", &own, &book(&sessions[1]));
        again.refused(400, "APPOIN0022");
        let moved = json!({ "appointment_id": appointment, "session_id": sessions[1]["session_id"],
                            "slot": sessions[1]["slots"][0] });
        program.post("/api/v2/appointment/reschedule", &own, &moved).done();
        let slip = "/api/v2/appointment/appointmentslip/download";
        assert_eq!(program.get(format!("{slip}?appointment_id={appointment}"), &own).status, 200);
        self.later();
        self.log_in(PUBLIC, CITIZEN, &[]);
        let [centre, place] = ["center_id", "name"].map(|member| sessions[1][member].clone());
        Booked { token, appointment, people, centre, place: place.as_str().unwrap().to_owned() }
    }

    fn staff_look_people_up(&mut self, centre: &Value) {
        self.invent(VACCINATOR, NAMES[2], "vaccinator", centre);
        self.invent(MINISTER, NAMES[3], "ministry", &Value::Null);
        let vaccinator = self.on_duty(STAFF, VACCINATOR);
        let look = |what: &str, which: &str| {
            let path = format!("/api/v2/vaccinator/beneficiaries/{what}={which}");
            let key = ("x-api-key", opencowin::access::key_text::SANDBOX_KEY);
            self.program.get(path, &[&vaccinator.headers()[..], &[key]].concat())
        };
        let people = look("findByMobile?mobile_number", CITIZEN).ok();
        let reference = &people["beneficiaries"][0]["beneficiary_reference_id"];
        look("findByReferenceId?beneficiary_reference_id", reference.as_str().unwrap()).ok();
        look("findByMobile?mobile_number", STRANGER).refused(400, "APPOIN0001");
        let minister = self.on_duty(STAFF, MINISTER);
        let body = json!({ "mobile": STATE_OFFICER, "name": NAMES[4], "role": "state-officer", "state_id": 9 });
        let appointed = self.program.post("/api/v2/officials", &minister.headers(), &body).ok();
        let body = json!({ "id": appointed["id"], "reason": "moved away" });
        self.program.post("/api/v2/officials/dismiss", &minister.headers(), &body).ok();
        let body = json!({ "mobile": NUISANCE, "reason": "asks too often" });
        self.program.post("/api/v2/ministry/blocks", &minister.headers(), &body).ok();
    }

    fn a_partner_gets_keys_and_looks_people_up(&mut self) {
        self.later();
        let mut form = application(&APIS, ADMINISTRATOR);
        for name in ["person_name", "declaration_name", "administrator_name"] {
            form[name] = json!(NAMES[5]);
        }
        form["person_mobile"] = json!(DIRECTOR);
        form["person_email"] = json!("perpetua.kowalczyk@jeevan.example.in");
        let applied = self.program.post("/api/v2/partners", &[], &form).ok();
        let id = applied["partner_id"].as_str().unwrap().to_owned();
        let administrator = self.on_duty(PARTNERS, ADMINISTRATOR);
        let minister = self.on_duty(STAFF, MINISTER);
        let rule =
            |path: &str, body: Value| self.program.post(path, &minister.headers(), &body).ok();
        let approve = json!({ "decision": "approve", "reason": "as discussed" });
        rule(&format!("/api/v2/ministry/partners/{id}/decision"), approve);
        let own = |what: &str, body: Value| {
            let path = format!("/api/v2/partners/{id}/keys{what}");
            self.program.post(path, &administrator.headers(), &body).ok()
        };
        let made = own("", json!({ "label": "app" }));
        let key_id = &made["key"]["key_id"];
        own("/subscriptions", json!({ "key_id": key_id, "apis": APIS }));
        let networks = json!(["127.0.0.0/8"]);
        let grant = json!({ "key_id": key_id, "networks": networks, "reference": "order 7" });
        rule("/api/v2/ministry/keys/lookup", grant);
        let twin = own("/rotate", json!({ "key_id": key_id }));
        let lost = json!({ "key_id": twin["key"]["key_id"], "reason": "lost" });
        own("/compromised", lost);
        let key = made["api_key"].as_str().unwrap();
        self.secrets.key(key);
        self.secrets.key(twin["api_key"].as_str().unwrap());
        self.an_application_is_used(key);
    }

    fn an_application_is_used(&mut self, key: &str) {
        let shown = [("x-api-key", key)];
        let token = self.log_in(APPLICATION, PATIENT, &shown);
        let bearer = bearer(&token);
        let own = [("Authorization", &*bearer)];
        self.register(&own, NAMES[1], 8, "Y8877665");
        for whom in [
            json!({ "mobile": CITIZEN }),
            json!({ "photo_id_type": 2, "photo_id_number": LICENCE }),
            json!({ "mobile": STRANGER }),
        ] {
            let mut look = whom;
            look["consent_reference"] = json!(CONSENT);
            look["purpose"] = json!("outbreak-investigation");
            self.program.post("/api/v2/lookup/beneficiary", &shown, &look).ok();
        }
    }

    /// What is refused is remembered no better than what is done.
    fn strangers_send_rubbish(&mut self) {
        let program = &self.program;
        let name = NAMES[0];
        let broken =
            format!(r#"{{"name":"{name}","mobile":"{STRANGER}","photo_id_number":"{LICENCE}""#);
        let deep = format!(r#"{{"mobile":{}"{STRANGER}"#, "[".repeat(40));
        for path in [
            "/api/v2/auth/generateMobileOTP",
            "/api/v2/auth/public/generateOTP",
            "/api/v2/partners",
        ] {
            for body in
                [&broken, &deep, name, "\"", &format!(r#"{{"mobile":"{name} {STRANGER}"}}"#)]
            {
                assert_eq!(program.send(path, &[], body).status, 400, "{path} {body}");
            }
        }
        let nothing =
            program.get(format!("/api/v2/{STRANGER}?name={}", name.replace(' ', "+")), &[]);
        nothing.refused(404, "USRRES0004");
        let unknown = "ocw_test_000000000000000000000000000000000000000000000000";
        program.post("/api/v2/auth/generateOTP", &[("x-api-key", unknown)], &json!({})).forbidden();
        let forged = [("Authorization", "Bearer e30.eyJtb2JpbGVfbnVtYmVyIjo5ODEyMzQ1NzU4fQ.e30")];
        program.get("/api/v2/appointment/beneficiaries", &forged).unauthenticated();
        let blocked = json!({ "mobile": NUISANCE });
        program.post("/api/v2/auth/generateMobileOTP", &[], &blocked).refused(400, "USRAUT0018");
    }

    fn citizens_cancel(&mut self, booked: &Booked) {
        let bearer = bearer(&booked.token);
        let own = [("Authorization", &*bearer)];
        self.program.get("/api/v2/appointment/beneficiaries", &own).ok();
        let [first, second] = &booked.people;
        let cancel =
            json!({ "appointment_id": booked.appointment, "beneficiariesToCancel": [first] });
        self.program.post("/api/v2/appointment/cancel", &own, &cancel).done();
        let cancel = json!({ "appointment_id": booked.appointment });
        self.program.post("/api/v2/appointment/cancel", &own, &cancel).done();
        for (person, how) in [(first, "delete"), (second, "erase")] {
            let path = format!("/api/v2/registration/beneficiary/{how}");
            self.program.post(path, &own, &json!({ "beneficiary_reference_id": person })).done();
        }
    }

    fn keep_metrics(&self, file: &str) {
        let metrics = self.program.get("/metrics", &[]);
        assert_eq!(metrics.status, 200);
        fs::write(self.home.join(file), metrics.body).unwrap();
    }

    fn end(self) -> Secrets {
        self.program.stop();
        self.secrets
    }

    /// Logs somebody in, who first types something else.
    #[track_caller]
    fn log_in(&mut self, (ask, confirm): Door, number: &str, shown: Headers<'_>) -> String {
        let asked = self.program.post(ask, shown, &json!({ "mobile": number })).ok();
        let outbox = self.program.get(format!("/sandbox/outbox?mobile={number}"), shown).ok();
        let password = password_in(&outbox);
        self.secrets.password(&password);
        let confirm = |otp: &str| {
            let body = json!({ "otp": otp, "txnId": asked["txnId"], "device_id": DEVICE });
            self.program.post(confirm, shown, &body)
        };
        confirm(&password).refused(400, "USRAUT0014");
        let token = confirm(&hashed(&password)).ok()["token"].as_str().unwrap().to_owned();
        self.secrets.token(&token);
        token
    }

    #[track_caller]
    fn on_duty(&mut self, door: Door, number: &str) -> OnDuty {
        OnDuty(bearer(&self.log_in(door, number, &[])))
    }

    /// A password can be asked for again.
    fn later(&self) {
        self.program.post("/sandbox/clock", &[], &json!({ "advance_s": 200 })).ok();
    }

    #[track_caller]
    fn register(&self, own: Headers<'_>, name: &str, kind: u8, document: &str) -> String {
        let body = json!({ "name": name, "birth_year": "1970", "gender_id": 2, "photo_id_type": kind,
                           "photo_id_number": document, "consent_version": "1" });
        let registered = self.program.post("/api/v2/registration/beneficiary/new", own, &body).ok();
        let reference = &registered["beneficiary_reference_id"];
        reference.as_str().map_or_else(|| reference.to_string(), str::to_owned)
    }

    #[track_caller]
    fn invent(&self, number: &str, name: &str, role: &str, centre: &Value) {
        let body = json!({ "mobile": number, "name": name, "role": role, "center_id": centre });
        self.program.post("/sandbox/officials", &[], &body).ok();
    }

    /// Sessions of tomorrow with seats for two who are over 45.
    fn sessions(&self) -> Vec<Value> {
        let now = self.program.post("/sandbox/clock", &[], &json!({ "advance_s": 0 })).ok();
        let now: jiff::Timestamp = now["now"].as_str().unwrap().parse().unwrap();
        let today = now.to_zoned(pack().zone().clone()).date();
        let tomorrow = date::to_wire_string(today.tomorrow().unwrap());
        let path = "/api/v2/appointment/sessions/public/findByLatLong?lat=28.6&long=77.2";
        let query = format!("{path}&date={tomorrow}&dose=1&available=true&min_age_limit=45");
        let found = self.program.get(query, &[]).ok()["sessions"].as_array().unwrap().clone();
        let has_two = |session: &Value| session["available_capacity_dose1"].as_u64() >= Some(2);
        found.into_iter().filter(has_two).collect()
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Has the program print something about the data into files.
fn export(home: &Path, name: &str, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opencowin"));
    command.args(arguments).arg("--data").arg(home.join("data"));
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    fs::write(home.join(format!("{name}.out")), stdout).unwrap();
    fs::write(home.join(format!("{name}.err")), stderr).unwrap();
}

/// That the search looks where things are written: what may be known is found, and each access is on record.
fn assert_seen(home: &Path, place: &str) {
    let stands = |text: &str, under: &str| {
        let mut known = Secrets::default();
        known.text("what may be known", text);
        let mut files =
            files_under(home).into_iter().filter(|file| file.starts_with(home.join(under)));
        let found =
            |file: PathBuf| !known.within(&without_nothing(&fs::read(file).unwrap())).is_empty();
        assert!(files.any(found), "{text} under {under}");
    };
    for (text, under) in [
        (place, "data/log"),
        ("ready after", "morning.log"),
        ("ready after", "evening.log"),
        ("opencowin_requests_total", "metrics-of-the-morning"),
        ("opencowin_requests_total", "metrics-of-the-evening"),
    ] {
        stands(text, under);
    }
    for purpose in
        ["log-in", "register", "book", "reschedule", "slip", "counter", "appoint", "dismiss"]
    {
        stands(&format!(r#""purpose":"{purpose}""#), "audit.out");
    }
    for purpose in ["outbreak-investigation", "consent", "list", "cancel", "delete", "erase"] {
        stands(&format!(r#""purpose":"{purpose}""#), "audit.out");
    }
}

fn assert_nowhere(home: &Path, secrets: &Secrets) {
    let hits = files_under(home).into_iter().flat_map(|file| {
        let bytes = without_nothing(&fs::read(&file).unwrap());
        let found: BTreeSet<_> = secrets.within(&bytes).into_iter().map(str::to_owned).collect();
        found.into_iter().map(move |what| format!("{}: {what}", file.display()))
    });
    assert_eq!(hits.collect::<Vec<_>>(), [""; 0]);
}

/// A file without its empty pages, which are most of a log of the store.
fn without_nothing(bytes: &[u8]) -> Vec<u8> {
    const PAGE: usize = 4096;
    bytes.chunks(PAGE).filter(|page| **page != [0; PAGE][..page.len()]).flatten().copied().collect()
}
