//! The sessions of the stand-in's facilities as their managers make them.

use super::answer::{self, Answer, Refusal};
use super::fault::{Fault, Faults};
use super::offer::{Session, VACCINE, parse_date, today, wire_date};
use super::routes::{text, whole};
use super::wire::Request;
use super::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Drafts, and how many became sessions.
#[derive(Default)]
pub struct Holding {
    /// By id: the number of the centre whose it is, and the session that it will be.
    drafts: BTreeMap<String, (u64, Session)>,
    published: u64,
}

/// The path under which sessions are published, as faults know it.
const PUBLISH: &str = "/api/v2/vaccinator/sessions/publish";

const NOT_FOUND: Refusal = (404, "USRRES0012", "Not found");
const NOT_OFFERED: Refusal = (409, "SESSIO0003", "The facility does not offer this");
const STANDING: Refusal = (409, "SESSIO0001", "This cannot be done where the session stands");

impl Holding {
    /// Draws a session up.
    pub fn draw_up(
        &mut self,
        request: &Request,
        centre: u64,
        world: &World,
    ) -> Result<Answer, Refusal> {
        let body = request.json();
        let date = parse_date(&text(&body["date"])?).ok_or(answer::PARAMETER_INVALID)?;
        let online = body["online"].as_array().ok_or(answer::PARAMETER_MISSING)?;
        let seats = whole(online.first().ok_or(answer::PARAMETER_INVALID)?)?;
        let ahead = today().until(date).map_or(-1, |span| span.get_days());
        if online.len() != 3 || !(1..=10_000).contains(&seats) || !(0..=90).contains(&ahead) {
            return Err(answer::PARAMETER_INVALID);
        }
        let hours = (text(&body["from"])?, text(&body["to"])?);
        if text(&body["vaccine"])? != VACCINE || hours != ("09:00".into(), "13:00".into()) {
            return Err(NOT_OFFERED);
        }
        let mut places = world.centres.iter();
        let place = places.position(|one| one.id == centre).ok_or(NOT_FOUND)?;
        let id = Uuid::new_v4().to_string();
        let session = Session {
            id: id.clone(),
            centre: place,
            date,
            min_age: whole(&body["min_age_limit"])?,
            left: seats,
            seats,
            second_dose_seats: 0,
            is_shown: true,
        };
        self.drafts.insert(id.clone(), (centre, session));
        Ok(Answer::json(&json!({ "draft_id": id, "obstacle": null })))
    }

    /// Publishes a draft, once.
    pub fn publish(
        &mut self,
        request: &Request,
        centre: u64,
        world: &mut World,
        faults: &mut Faults,
    ) -> Result<Answer, Refusal> {
        let id = text(&request.json()["draft_id"])?;
        if let Some(there) = world.sessions.iter().find(|session| session.id == id) {
            return Ok(Answer::json(&shown(there)));
        }
        let whose = self.drafts.get(&id).map(|(whose, _)| *whose);
        if whose != Some(centre) {
            return Err(NOT_FOUND);
        }
        let (_, mut session) = self.drafts.remove(&id).ok_or(NOT_FOUND)?;
        let answer = Answer::json(&shown(&session));
        if faults.strikes_as(PUBLISH, Fault::LoseSession) {
            return Ok(answer);
        }
        if faults.strikes_as(PUBLISH, Fault::HideSession) {
            session.is_shown = false;
        }
        if faults.strikes_as(PUBLISH, Fault::InflateSession) {
            session.left += 1;
        }
        self.published += 1;
        world.put_on_sale(session);
        if faults.strikes_as(PUBLISH, Fault::GhostSession) { Err(STANDING) } else { Ok(answer) }
    }

    /// The sessions of a centre.
    pub fn list(&self, centre: u64, world: &World, faults: &mut Faults) -> Answer {
        let own = world.sessions.iter().filter(|one| world.centres[one.centre].id == centre);
        let mut items: Vec<_> = own.map(shown).collect();
        if faults.strikes_as("", Fault::ListTwice) {
            items.extend(items.last().cloned());
        }
        Answer::json(&json!({ "center_id": centre, "sessions": items }))
    }

    /// Sessions that managers have published.
    pub fn published(&self) -> u64 {
        self.published
    }
}

fn shown(session: &Session) -> Value {
    let taken = session.seats - session.left;
    json!({
        "session_id": session.id, "date": wire_date(session.date), "state": "published",
        "seats": { "online": {
            "capacity": [session.seats, session.second_dose_seats, 0],
            "free": [session.left, session.second_dose_seats, 0], "taken": [taken, 0, 0],
        } },
    })
}
