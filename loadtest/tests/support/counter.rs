//! The counters of the stand-in's facilities: staff, stock, and doses.

use super::answer::{self, Answer, Refusal};
use super::certificates::Certificates;
use super::fault::{Fault, Faults};
use super::holding::Holding;
use super::offer::{VACCINE, wire_date};
use super::routes::{references, text, whole};
use super::wire::Request;
use super::world::{Appointment, Person, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that happens at counters.
#[derive(Default)]
pub struct Counters {
    /// Whom a sandbox has put into office, by mobile number: what they are there for, and where.
    officials: BTreeMap<String, (String, u64)>,
    /// Doses taken out of each batch, by centre.
    stock: BTreeMap<(u64, String), u64>,
    /// Seats given on the spot, by session.
    on_spot: BTreeMap<usize, i64>,
    arrived: BTreeSet<u64>,
    /// Whom a dose is recorded for, and at which session.
    doses: BTreeMap<u64, usize>,
    certificates: Certificates,
    /// Doses that the public report counts, by district.
    counted: BTreeMap<u64, u64>,
    /// By how many seconds the clock was moved.
    ahead_s: i64,
    /// What managers publish.
    pub holding: Holding,
}

/// Seats on the spot in every session.
const ON_SPOT: i64 = 400;

/// The path under which doses are recorded, as faults know it.
const VACCINATE: &str = "/api/v2/vaccinator/beneficiaries/vaccinate";

const NOT_YOURS: Refusal = (403, "USRRES0011", "Not yours");
const ALREADY_APPOINTED: Refusal = (409, "OFFICE0001", "In office already");
const NO_APPOINTMENT: Refusal = (400, "VACCIN0001", "No appointment here today");
const PROOF_WRONG: Refusal = (400, "VACCIN0002", "Wrong security code or photo id");
const NOT_CHECKED_IN: Refusal = (400, "VACCIN0003", "Not checked in");
const DOSE_GIVEN: Refusal = (400, "VACCIN0004", "The dose is recorded already");
const NO_SUCH_BATCH: Refusal = (400, "VACCIN0005", "No such batch");

/// The code of an appointment.
pub fn code(appointment: &str) -> String {
    let sum: u32 = appointment.bytes().map(u32::from).sum();
    format!("{:04}", sum * 7919 % 10_000)
}

impl Counters {
    /// Moves the clock.
    pub fn advance(&mut self, request: &Request) -> Result<Answer, Refusal> {
        self.ahead_s += whole(&request.json()["advance_s"])?;
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(self.ahead_s);
        Ok(Answer::json(&json!({ "now": now.to_string() })))
    }

    /// Puts somebody into office.
    pub fn appoint(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let body = request.json();
        let office = (text(&body["role"])?, whole(&body["center_id"])? as u64);
        match self.officials.insert(text(&body["mobile"])?, office) {
            None => Ok(Answer::json(&json!({ "id": 1 }))),
            Some(_) => Err(ALREADY_APPOINTED),
        }
    }

    /// The public report of a district.
    pub fn report(&self, request: &Request) -> Result<Answer, Refusal> {
        let district = request.query.get("district_id").ok_or(answer::PARAMETER_MISSING)?;
        let district: u64 = district.parse().map_err(|_| answer::PARAMETER_INVALID)?;
        let total = self.counted.get(&district).copied().unwrap_or_default();
        Ok(Answer::json(&json!({ "topBlock": { "vaccination": { "total": total } } })))
    }

    /// What somebody of the staff does.
    pub fn act(
        &mut self,
        request: &Request,
        mobile: &str,
        world: &mut World,
        faults: &mut Faults,
    ) -> Result<Answer, Refusal> {
        let (role, centre) = self.officials.get(mobile).cloned().ok_or(NOT_YOURS)?;
        if request.header("x-device-id").is_none() || request.header("x-api-key").is_none() {
            return Err(NOT_YOURS);
        }
        let path = request.path.strip_prefix("/api/v2/vaccinator/").unwrap_or_default();
        match (request.method.as_str(), path, role.as_str()) {
            ("POST", "stock/receive", "facility-manager") => self.receive(request, centre),
            ("GET", "stock", "facility-manager") => Ok(self.stock_of(centre)),
            ("GET", "sessions/today", "facility-manager") => Ok(self.today(centre, world)),
            ("POST", "sessions/draft", "facility-manager") => {
                self.holding.draw_up(request, centre, world)
            }
            ("POST", "sessions/publish", "facility-manager") => {
                self.holding.publish(request, centre, world, faults)
            }
            ("GET", "sessions", "facility-manager") => Ok(self.holding.list(centre, world, faults)),
            ("POST", "beneficiaries/new", "verifier") => enrol(request, world),
            ("POST", "onspots/schedule", "verifier") => self.give_seat(request, centre, world),
            ("POST", "beneficiaries/checkin", "verifier") => self.check_in(request, centre, world),
            ("POST", "beneficiaries/vaccinate", "vaccinator") => {
                self.vaccinate(request, centre, world, faults)
            }
            ("POST", "beneficiaries/observe", "vaccinator") => {
                let who = reference(&request.json())?;
                let given = self.doses.contains_key(&who);
                given.then(Answer::no_content).ok_or(NO_APPOINTMENT)
            }
            ("GET", "certificate/list", "vaccinator") => self.certificates.list(request),
            ("GET", "certificate/download", "vaccinator") => {
                self.certificates.download(request, faults)
            }
            _ => Err(NOT_YOURS),
        }
    }

    /// Doses that are recorded.
    pub fn doses(&self) -> u64 {
        self.doses.len() as u64
    }

    fn receive(&mut self, request: &Request, centre: u64) -> Result<Answer, Refusal> {
        let batch = text(&request.json()["batch"])?;
        self.stock.entry((centre, batch)).or_default();
        Ok(done())
    }

    fn stock_of(&self, centre: u64) -> Answer {
        let own = self.stock.iter().filter(|((at, _), _)| *at == centre);
        let items = own.map(|((_, batch), used)| json!({ "batch": batch, "used": used }));
        Answer::json(&json!({ "stock": items.collect::<Vec<_>>() }))
    }

    fn today(&self, centre: u64, world: &World) -> Answer {
        let own = world.sessions.iter().enumerate();
        let own = own.filter(|(_, session)| world.centres[session.centre].id == centre);
        let items = own.map(|(at, session)| {
            let given = self.doses.iter().filter(|(_, session)| **session == at);
            let people = given.map(
                |(who, _)| json!({ "beneficiary_reference_id": who.to_string(), "standing": "done" }),
            );
            json!({
                "session_id": session.id, "date": wire_date(session.date),
                "people": people.collect::<Vec<_>>(), "next": null,
            })
        });
        Answer::json(&json!({ "sessions": items.collect::<Vec<_>>() }))
    }

    fn give_seat(
        &mut self,
        request: &Request,
        centre: u64,
        world: &mut World,
    ) -> Result<Answer, Refusal> {
        let body = request.json();
        let session = world.session(&text(&body["session_id"])?, &text(&body["slot"])?)?;
        if world.centres[world.sessions[session].centre].id != centre {
            return Err(answer::SLOT_INVALID);
        }
        let given = self.on_spot.entry(session).or_default();
        if *given == ON_SPOT {
            return Err(answer::SOLD_OUT);
        }
        *given += 1;
        let id = world.store_for(references(&body["beneficiaries"])?, session);
        Ok(Answer::json(&json!({
            "appointment_id": id, "appointment_confirmation_no": id, "security_code": code(&id),
        })))
    }

    fn check_in(
        &mut self,
        request: &Request,
        centre: u64,
        world: &World,
    ) -> Result<Answer, Refusal> {
        let body = request.json();
        let who = reference(&body)?;
        let appointment = appointment(who, centre, world)?;
        let document = world.document_of(who).ok_or(NO_APPOINTMENT)?;
        let shown = text(&body["photo_id_last4"])?;
        if text(&body["security_code"])? != code(&appointment.id) || !document.ends_with(&shown) {
            return Err(PROOF_WRONG);
        }
        self.arrived.insert(who);
        Ok(done())
    }

    fn vaccinate(
        &mut self,
        request: &Request,
        centre: u64,
        world: &World,
        faults: &mut Faults,
    ) -> Result<Answer, Refusal> {
        let body = request.json();
        let (who, batch) = (reference(&body)?, text(&body["vaccine_batch"])?);
        let session = appointment(who, centre, world)?.session;
        if !self.arrived.contains(&who) {
            return Err(NOT_CHECKED_IN);
        }
        if self.doses.contains_key(&who) {
            return Err(DOSE_GIVEN);
        }
        let used = self.stock.get_mut(&(centre, batch)).ok_or(NO_SUCH_BATCH)?;
        if text(&body["vaccine"])? != VACCINE {
            return Err(answer::PARAMETER_INVALID);
        }
        if faults.strikes_as(VACCINATE, Fault::LoseDose) {
            return Ok(done());
        }
        *used += 1 + u64::from(faults.strikes_as(VACCINATE, Fault::DrawTwice));
        self.doses.insert(who, session);
        self.certificates.queue(who, faults.strikes(VACCINATE, Certificates::is_touched_by));
        if !faults.strikes_as(VACCINATE, Fault::MiscountDose) {
            let district = world.centres[world.sessions[session].centre].district;
            *self.counted.entry(world.catalogue.districts[district].id).or_default() += 1;
        }
        if faults.strikes_as(VACCINATE, Fault::GhostDose) {
            Err(NOT_CHECKED_IN)
        } else {
            Ok(done())
        }
    }
}

fn done() -> Answer {
    Answer::json(&json!({}))
}

fn enrol(request: &Request, world: &mut World) -> Result<Answer, Refusal> {
    let body = request.json();
    let person = Person::of(&body)?;
    let reference = world.register(&text(&body["mobile_number"])?, person)?;
    Ok(Answer::json(&json!({ "beneficiary_reference_id": reference.to_string() })))
}

fn reference(body: &Value) -> Result<u64, Refusal> {
    whole(&body["beneficiary_reference_id"]).map(|number| number as u64)
}

fn appointment(who: u64, centre: u64, world: &World) -> Result<&Appointment, Refusal> {
    let here = |one: &&Appointment| world.centres[world.sessions[one.session].centre].id == centre;
    world.appointments_of(who).find(here).ok_or(NO_APPOINTMENT)
}
