//! Facilities that were approved, and the sessions that they hold.

use super::{Account, Answer, Officer, TestServer, pack};
use opencowin::access::official::{Role, Scope};
use opencowin_model::pack::PostalArea;
use opencowin_model::{Date, date};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A facility that was approved, with its manager and the officer of its district, both logged in.
pub struct Holding<'a> {
    pub centre: u64,
    pub id: String,
    pub area: &'static PostalArea,
    pub manager: Officer<'a>,
    pub officer: Officer<'a>,
}

/// What a government facility tells about itself that gives COVISHIELD and COVAXIN.
pub fn facility(area: &PostalArea) -> Value {
    json!({
        "name": "Health Post", "address": "1 Station Road", "pincode": area.pincode.to_string(),
        "ownership": "government", "contact_name": "Meera Nair", "opens": "08:00",
        "closes": "18:00", "minimum_age": 18, "cold_chain": true,
        "vaccines": [{ "vaccine": "COVISHIELD" }, { "vaccine": "COVAXIN" }],
    })
}

/// A postal area in a district that no other test has.
pub fn area() -> &'static PostalArea {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let district = &pack().districts()[number % pack().districts().len()];
    pack().postal_areas().iter().find(|area| area.district == district.id).unwrap()
}

/// What draws up a session of COVISHIELD for adults with so many seats online for the first dose, and five on the spot.
pub fn plan(online: u16) -> Value {
    json!({
        "vaccine": "COVISHIELD", "min_age_limit": 18, "from": "09:00", "to": "13:00",
        "online": [online, 0, 0], "on_spot": [5, 0, 0],
    })
}

impl TestServer {
    /// A facility whose contact is a new number.
    #[track_caller]
    pub fn holding(&self) -> Holding<'_> {
        let (account, area) = (self.account(), area());
        let applied = account.applies(&facility(area)).ok();
        let officer = self.officer(Role::DistrictOfficer, Scope::District(area.district));
        let id = applied["facility_id"].as_str().expect("an id").to_owned();
        let decided = officer.decides_facility(&id, "approve").ok();
        let centre = decided["center_id"].as_u64().expect("an id");
        Holding { centre, id, area, manager: self.report_for_duty(&account.mobile), officer }
    }

    /// The sessions of a centre in the week that begins on a day, as a search shows them that is not a moment old.
    #[track_caller]
    pub fn week(&self, centre: u64, from: Date) -> Vec<Value> {
        let path = "/api/v2/appointment/sessions/public/calendarByCenter";
        let date = date::to_wire_string(from);
        let search = self.get(format!("{path}?center_id={centre}&date={date}"));
        let answer = search.header("Cache-Control", "no-cache").send().ok();
        answer["centers"]["sessions"].as_array().cloned().unwrap_or_default()
    }
}

impl Account<'_> {
    pub fn applies(&self, facility: &Value) -> Answer {
        self.post("/api/v2/facilities/apply", facility).send()
    }

    /// Books first doses in the first slot of a session that a search shows.
    pub fn books(&self, session: &Value, people: &[String]) -> Answer {
        self.schedule(&json!({
            "dose": 1, "session_id": session["session_id"], "slot": session["slots"][0],
            "beneficiaries": people,
        }))
        .send()
    }
}

impl Officer<'_> {
    pub fn decides_facility(&self, id: &str, decision: &str) -> Answer {
        let body = json!({ "facility_id": id, "decision": decision, "reason": "as inspected" });
        self.post("/api/v2/facilities/decide", &body).send()
    }

    /// Does something with sessions.
    pub fn does(&self, what: &str, body: &Value) -> Answer {
        self.post(format!("/api/v2/vaccinator/sessions/{what}"), body).send()
    }
}

impl Holding<'_> {
    /// Draws a session up for so many days ahead; answers the draft.
    #[track_caller]
    pub fn draft(&self, plan: Value, days_ahead: i64) -> Value {
        let mut plan = plan;
        plan["date"] = date::to_wire_string(self.day(days_ahead)).into();
        self.manager.does("draft", &plan).ok()
    }

    /// Puts a session on sale.
    #[track_caller]
    pub fn publish(&self, plan: Value, days_ahead: i64) -> Value {
        let draft = self.draft(plan, days_ahead);
        self.manager.does("publish", &json!({ "draft_id": draft["draft_id"] })).ok()
    }

    /// What its manager does with a session.
    #[track_caller]
    pub fn change(&self, what: &str, session: &Value, mut body: Value) -> Answer {
        body["session_id"] = session["session_id"].clone();
        self.manager.does(what, &body)
    }

    /// Its manager logs in again, when time has passed.
    #[track_caller]
    pub fn open_again(&mut self) {
        self.manager = self.manager.server.report_for_duty(&self.manager.mobile);
    }

    /// Its drafts and templates.
    #[track_caller]
    pub fn drafts(&self) -> Vec<Value> {
        let answer = self.manager.get("/api/v2/vaccinator/sessions/drafts").send().ok();
        answer["drafts"].as_array().expect("drafts").clone()
    }

    /// Its sessions, as its manager sees them.
    #[track_caller]
    pub fn held(&self) -> Vec<Value> {
        let answer = self.manager.get("/api/v2/vaccinator/sessions").send().ok();
        answer["sessions"].as_array().expect("sessions").clone()
    }

    pub fn day(&self, days_ahead: i64) -> Date {
        use jiff::ToSpan;
        self.manager.server.today().saturating_add(days_ahead.days())
    }

    /// What search shows of it in the week that begins today, at its own server.
    #[track_caller]
    pub fn shown(&self) -> Vec<Value> {
        self.manager.server.week(self.centre, self.day(0))
    }
}
