//! What the stand-in answers to a request, faults included.

use super::answer::{self, Answer, Refusal};
use super::counter::Counters;
use super::doors::Doors;
use super::fault::{Fault, Faults};
use super::searches::{self, Search};
use super::seen::Seen;
use super::wire::{Manner, Outcome, Request};
use super::world::{Person, Wish, World};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::time::Duration;

/// The whole stand-in behind its socket.
pub struct Product {
    pub world: World,
    pub faults: Faults,
    pub seen: Seen,
    pub counters: Counters,
    doors: Doors,
    /// What was answered under an Idempotency-Key, by account, path and key, and the body that came with it.
    answered: HashMap<(String, String, String), (Vec<u8>, Answer)>,
}

const WELCOME: &[u8] = b"<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head></html>";
const BLOCKED: &[u8] =
    b"<html><head><title>403 Forbidden</title></head><body>Request blocked.</body></html>";

impl Product {
    pub fn new(world: World) -> Self {
        Self {
            world,
            faults: Faults::default(),
            seen: Seen::default(),
            counters: Counters::default(),
            doors: Doors::default(),
            answered: HashMap::new(),
        }
    }

    /// What becomes of a request.
    pub fn handle(&mut self, request: &Request) -> Outcome {
        let mobile = self.doors.mobile_of(request);
        self.seen.note(request, mobile.as_deref());
        let slow = self.faults.strikes(&request.path, |fault| matches!(fault, Fault::Slow(_)));
        let after = if let Some(Fault::Slow(by)) = slow { by } else { Duration::ZERO };
        Outcome { after, manner: self.instead(request).unwrap_or_else(|| self.manner(request)) }
    }

    /// The faults that come instead of doing what was asked.
    fn instead(&mut self, request: &Request) -> Option<Manner> {
        let instead = |fault: &Fault| {
            use Fault::*;
            matches!(
                fault,
                Reset | UntypedRefusal | Redirect | ServerError | NotHttp | AnotherProduct
            )
        };
        Some(match self.faults.strikes(&request.path, instead)? {
            Fault::Reset => Manner::Reset,
            Fault::UntypedRefusal => Manner::Whole(Answer::of(403, "text/html", BLOCKED.to_vec())),
            Fault::Redirect => {
                let mut answer = Answer::of(302, "text/html", Vec::new());
                answer.headers.push(("location", "https://elsewhere.invalid/"));
                Manner::Whole(answer)
            }
            Fault::ServerError => {
                Manner::Whole(Answer::of(500, "application/json", b"{}".to_vec()))
            }
            Fault::NotHttp => Manner::Raw(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01\x02\r\n\r\n"),
            _ => Manner::Whole(Answer::of(200, "text/html", WELCOME.to_vec())),
        })
    }

    fn manner(&mut self, request: &Request) -> Manner {
        let mut answer = self.answer(request);
        let done = answer.status < 300 && request.method == "POST";
        if done && self.faults.strikes_as(&request.path, Fault::ResetAfterCommit) {
            return Manner::Reset;
        }
        if self.faults.strikes_as(&request.path, Fault::WrongJson) {
            answer.headers.retain(|(name, _)| *name != "content-encoding");
            answer.body = br#"{"centers":[{"#.to_vec();
        }
        let half =
            !answer.body.is_empty() && self.faults.strikes_as(&request.path, Fault::HalfBody);
        if half { Manner::Half(answer) } else { Manner::Whole(answer) }
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let path = request.path.as_str();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["api", "v2", "admin", "location", "states"]) => searches::states(&self.world),
            ("GET", ["api", "v2", "admin", "location", "districts", state]) => {
                searches::districts(&self.world, state).into()
            }
            ("GET", ["api", "v2", "appointment", "sessions", "public", _]) => self.search(request),
            ("POST", ["api", "v2", "auth", ..]) => self.door(request),
            ("GET", ["sandbox", "outbox"]) => self.doors.outbox(request).into(),
            ("POST", ["sandbox", "clock"]) => self.counters.advance(request).into(),
            ("POST", ["sandbox", "officials"]) => self.counters.appoint(request).into(),
            ("GET", ["api", "v1", "reports", ..]) => self.counters.report(request).into(),
            ("POST", ["api", "v2", "staff", "auth", _]) => self.staff_door(request).into(),
            ("GET" | "POST", ["api", "v2", "appointment" | "registration" | "vaccinator", ..]) => {
                match self.doors.account(request) {
                    None => Answer::unauthenticated(),
                    Some(mobile) => self.personal(request, &mobile),
                }
            }
            _ => Answer::refusal(answer::ROUTE_UNKNOWN),
        }
    }

    fn search(&mut self, request: &Request) -> Answer {
        let known = ["calendarByDistrict", "calendarByPin", "findByDistrict", "findByPin"];
        if !known.iter().any(|name| request.path.ends_with(name)) {
            return Answer::refusal(answer::ROUTE_UNKNOWN);
        }
        let search = match Search::of(request, &self.world) {
            Ok(search) => search,
            Err(refusal) => return Answer::refusal(refusal),
        };
        let seats = self.seats(request, &search);
        let mut body = search.body(&self.world, &seats);
        if searches::is_malleable(&body)
            && self.faults.strikes_as(&request.path, Fault::MalformedBody)
        {
            searches::malform(&mut body);
        }
        let mut answer = Answer::json(&body);
        if request.takes_gzip() {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(&answer.body).expect("memory takes it");
            answer.body = packed.finish().expect("memory takes it");
            answer.headers.push(("content-encoding", "gzip"));
        }
        answer.headers.push(("vary", "accept-encoding, accept-language"));
        answer
    }

    /// The seats that a search is to show.
    fn seats(&mut self, request: &Request, search: &Search) -> Vec<i64> {
        let now = || self.world.sessions.iter().map(|session| session.left).collect();
        let Some(stale) = self.faults.staleness() else { return now() };
        let then = self.world.seats_then(stale);
        let shown = search.would_differ(&self.world, &then)
            && self.faults.strikes_as(&request.path, Fault::StaleAnswer(stale));
        if shown { then } else { now() }
    }

    fn personal(&mut self, request: &Request, mobile: &str) -> Answer {
        let Some(key) = request.header("idempotency-key") else { return self.act(request, mobile) };
        let key = (mobile.to_owned(), request.path.clone(), key.to_owned());
        match self.answered.get(&key) {
            Some((body, answer)) if *body == request.body => answer.clone(),
            Some(_) => Answer::refusal(answer::KEY_REUSED),
            None => {
                let answer = self.act(request, mobile);
                self.answered.insert(key, (request.body.clone(), answer.clone()));
                answer
            }
        }
    }

    fn act(&mut self, request: &Request, mobile: &str) -> Answer {
        let path = request.path.strip_prefix("/api/v2/").unwrap_or_default();
        match (request.method.as_str(), path) {
            ("POST", "registration/beneficiary/new") => self.register(request, mobile).into(),
            ("GET", "appointment/beneficiaries") => {
                searches::beneficiaries(&self.world, mobile).into()
            }
            ("POST", "appointment/schedule") => self.schedule(request, mobile).into(),
            ("POST", "appointment/reschedule") => self.reschedule(request, mobile).into(),
            ("POST", "appointment/cancel") => self.cancel(request, mobile).into(),
            ("GET", "appointment/appointmentslip/download") => self.slip(request, mobile).into(),
            ("GET", path) if path.starts_with("appointment/sessions/") => self.search(request),
            (_, path) if path.starts_with("vaccinator/") => {
                self.counters.act(request, mobile, &mut self.world, &mut self.faults).into()
            }
            _ => Answer::refusal(answer::ROUTE_UNKNOWN),
        }
    }

    fn register(&mut self, request: &Request, mobile: &str) -> Result<Answer, Refusal> {
        let body = request.json();
        let reference = self.world.register(mobile, Person::of(&body)?)?;
        Ok(Answer::json(&json!({ "beneficiary_reference_id": reference })))
    }

    fn schedule(&mut self, request: &Request, mobile: &str) -> Result<Answer, Refusal> {
        let body = request.json();
        let wish = Wish {
            mobile: mobile.to_owned(),
            people: references(&body["beneficiaries"])?,
            dose: whole(&body["dose"])?,
            session: text(&body["session_id"])?,
            slot: text(&body["slot"])?,
        };
        let id = self.world.schedule(&wish, &mut self.faults)?;
        Ok(Answer::json(&json!({ "appointment_confirmation_no": id, "appointment_id": id })))
    }

    fn reschedule(&mut self, request: &Request, mobile: &str) -> Result<Answer, Refusal> {
        let body = request.json();
        let (id, session) = (text(&body["appointment_id"])?, text(&body["session_id"])?);
        self.world.reschedule(mobile, &id, &session, &text(&body["slot"])?)?;
        Ok(Answer::no_content())
    }

    fn cancel(&mut self, request: &Request, mobile: &str) -> Result<Answer, Refusal> {
        let body = request.json();
        let named = &body["beneficiariesToCancel"];
        let people = if named.is_null() { Vec::new() } else { references(named)? };
        self.world.cancel(mobile, &text(&body["appointment_id"])?, &people, &mut self.faults)?;
        Ok(Answer::no_content())
    }

    fn slip(&mut self, request: &Request, mobile: &str) -> Result<Answer, Refusal> {
        let id = request.query.get("appointment_id").ok_or(answer::PARAMETER_MISSING)?;
        self.world.appointment(mobile, id)?;
        Ok(Answer::of(200, "application/pdf", b"%PDF-1.4\n%%EOF\n".to_vec()))
    }

    fn staff_door(&mut self, request: &Request) -> Result<Answer, Refusal> {
        if request.path.ends_with("/generateOTP") {
            return self.doors.ask(request, false);
        }
        text(&request.json()["device_id"])?;
        self.doors.confirm(request, false, &self.world.accounts)
    }

    fn door(&mut self, request: &Request) -> Answer {
        let door = request.path.strip_prefix("/api/v2/auth/").unwrap_or_default();
        let keyed = request.header("x-api-key").is_some();
        let accounts = &self.world.accounts;
        match door {
            "generateOTP" | "confirmOTP" if !keyed => Answer::forbidden(),
            "generateOTP" | "generateMobileOTP" => self.doors.ask(request, false).into(),
            "public/generateOTP" => self.doors.ask(request, true).into(),
            "confirmOTP" | "validateMobileOtp" => {
                self.doors.confirm(request, false, accounts).into()
            }
            "public/confirmOTP" => self.doors.confirm(request, true, accounts).into(),
            _ => Answer::refusal(answer::ROUTE_UNKNOWN),
        }
    }
}

impl Person {
    /// Whom a registration is about.
    pub fn of(body: &Value) -> Result<Self, Refusal> {
        text(&body["consent_version"])?;
        let (kind, number) = (whole(&body["photo_id_type"])?, text(&body["photo_id_number"])?);
        Ok(Self {
            reference: 0,
            name: text(&body["name"])?,
            birth_year: whole(&body["birth_year"])?,
            gender: whole(&body["gender_id"])?.clamp(1, 3),
            document: format!("{kind}:{number}"),
        })
    }
}

pub(super) fn text(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::Null => Err(answer::PARAMETER_MISSING),
        Value::String(text) if text.is_empty() => Err(answer::PARAMETER_MISSING),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(answer::PARAMETER_INVALID),
    }
}

pub(super) fn whole(value: &Value) -> Result<i64, Refusal> {
    text(value)?.parse().map_err(|_| answer::PARAMETER_INVALID)
}

pub(super) fn references(value: &Value) -> Result<Vec<u64>, Refusal> {
    let list = value.as_array().ok_or(answer::PARAMETER_MISSING)?;
    list.iter().map(|one| whole(one).map(|number| number as u64)).collect()
}
