//! What the stand-in knows, and the rules of booking.

use super::answer::{self, Refusal};
use super::fault::{Fault, Faults, Stale};
use super::offer::{Catalogue, Centre, SLOTS, Session, today};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;
use uuid::Uuid;

/// The path under which bookings are asked for, as faults know it.
const SCHEDULE: &str = "/api/v2/appointment/schedule";

/// Everything that the stand-in remembers.
pub struct World {
    pub catalogue: Catalogue,
    pub centres: Vec<Centre>,
    pub sessions: Vec<Session>,
    places: HashMap<String, usize>,
    pub accounts: BTreeMap<String, Vec<Person>>,
    pub appointments: BTreeMap<String, Appointment>,
    documents: HashSet<String>,
    /// Seats left for dose 1 after each change: when, in which session, how many.
    history: Vec<(Instant, usize, i64)>,
    opened: Instant,
    last_booking: Option<Instant>,
    people: u64,
}

/// A registered person.
#[derive(Clone, Debug)]
pub struct Person {
    pub reference: u64,
    pub name: String,
    pub birth_year: i64,
    pub gender: i64,
    pub document: String,
}

/// A live appointment.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub id: String,
    pub mobile: String,
    pub people: Vec<u64>,
    pub dose: i64,
    pub session: usize,
    pub slot: String,
}

/// What somebody wants to book.
pub struct Wish {
    pub mobile: String,
    pub people: Vec<u64>,
    pub dose: i64,
    pub session: String,
    pub slot: String,
}

impl World {
    pub fn new(catalogue: Catalogue) -> Self {
        let (centres, sessions) = catalogue.open();
        let places = sessions.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
        Self {
            catalogue,
            centres,
            sessions,
            places,
            accounts: BTreeMap::new(),
            appointments: BTreeMap::new(),
            documents: HashSet::new(),
            history: Vec::new(),
            opened: Instant::now(),
            last_booking: None,
            people: 0,
        }
    }

    /// Registers a person; answers the reference.
    pub fn register(&mut self, mobile: &str, person: Person) -> Result<u64, Refusal> {
        let people = self.accounts.entry(mobile.to_owned()).or_default();
        if people.len() == 4 {
            return Err(answer::TOO_MANY_BENEFICIARIES);
        }
        if !self.documents.insert(person.document.clone()) {
            return Err(answer::ID_ALREADY_USED);
        }
        self.people += 1;
        let reference = 10_000_000_000_000 + self.people * 10;
        people.push(Person { reference, ..person });
        Ok(reference)
    }

    /// Books all people of a wish or none; answers the appointment's id.
    pub fn schedule(&mut self, wish: &Wish, faults: &mut Faults) -> Result<String, Refusal> {
        let session = self.session(&wish.session, &wish.slot)?;
        self.check_people(wish, session)?;
        if self.has_appointment(wish) && !faults.strikes_as(SCHEDULE, Fault::DoubleBooking) {
            return Err(answer::ALREADY_BOOKED);
        }
        let wanted = wish.people.len() as i64;
        let one_too_many = self.sessions[session].left < wanted;
        if one_too_many && !faults.strikes_as(SCHEDULE, Fault::OversellOne) {
            return Err(answer::SOLD_OUT);
        }
        let lost = faults.strikes(SCHEDULE, |fault| matches!(fault, Fault::LoseBooking { .. }));
        if !matches!(lost, Some(Fault::LoseBooking { seat_stays_gone: false })) {
            self.last_booking = Some(Instant::now());
            self.change_seats(session, -wanted);
        }
        let id = match lost {
            Some(_) => Uuid::new_v4().to_string(),
            None => self.store(wish, session),
        };
        if faults.strikes_as(SCHEDULE, Fault::BookTwice) {
            self.store(wish, session);
        }
        if faults.strikes_as(SCHEDULE, Fault::GhostBooking) {
            Err(answer::SOLD_OUT)
        } else {
            Ok(id)
        }
    }

    /// Puts one session more on sale.
    pub fn put_on_sale(&mut self, session: Session) {
        self.places.insert(session.id.clone(), self.sessions.len());
        self.sessions.push(session);
    }

    /// Moves an appointment.
    pub fn reschedule(
        &mut self,
        mobile: &str,
        id: &str,
        session: &str,
        slot: &str,
    ) -> Result<(), Refusal> {
        let to = self.session(session, slot)?;
        let old = self.appointment(mobile, id)?.clone();
        if old.session == to && old.slot == slot {
            return Err(answer::NOTHING_TO_CHANGE);
        }
        let seats = old.people.len() as i64;
        if old.session != to {
            if self.sessions[to].left < seats {
                return Err(answer::SOLD_OUT);
            }
            self.change_seats(old.session, seats);
            self.change_seats(to, -seats);
        }
        self.appointments
            .insert(id.to_owned(), Appointment { session: to, slot: slot.to_owned(), ..old });
        Ok(())
    }

    /// Cancels for the people named, or for all.
    pub fn cancel(
        &mut self,
        mobile: &str,
        id: &str,
        people: &[u64],
        faults: &mut Faults,
    ) -> Result<(), Refusal> {
        let going = self.appointment(mobile, id)?.people.clone();
        let leaving = if people.is_empty() { going.clone() } else { people.to_vec() };
        if leaving.iter().any(|person| !going.contains(person)) {
            return Err(answer::APPOINTMENT_UNKNOWN);
        }
        if faults.strikes_as("/cancel", Fault::CancelsDoNothing) {
            return Ok(());
        }
        let mut appointment = self.appointments.remove(id).expect("it was found above");
        appointment.people.retain(|person| !leaving.contains(person));
        self.change_seats(appointment.session, leaving.len() as i64);
        if !appointment.people.is_empty() {
            self.appointments.insert(id.to_owned(), appointment);
        }
        Ok(())
    }

    /// A live appointment of an account.
    pub fn appointment(&self, mobile: &str, id: &str) -> Result<&Appointment, Refusal> {
        let found = self.appointments.get(id).filter(|one| one.mobile == mobile);
        found.ok_or(answer::APPOINTMENT_UNKNOWN)
    }

    /// The live appointments of a person.
    pub fn appointments_of(&self, person: u64) -> impl Iterator<Item = &Appointment> {
        self.appointments.values().filter(move |one| one.people.contains(&person))
    }

    /// Seats that live appointments hold, by session.
    pub fn sold(&self) -> BTreeMap<String, i64> {
        let mut sold = BTreeMap::new();
        for one in self.appointments.values() {
            *sold.entry(self.sessions[one.session].id.clone()).or_default() +=
                one.people.len() as i64;
        }
        sold
    }

    /// The seats that every session showed in a past moment.
    pub fn seats_then(&self, stale: Stale) -> Vec<i64> {
        let moment = match stale {
            Stale::By(age) => Instant::now().checked_sub(age).unwrap_or(self.opened),
            Stale::BeforeLastBooking => self.last_booking.unwrap_or(self.opened),
        };
        let mut seats: Vec<i64> = self.sessions.iter().map(|session| session.seats).collect();
        for &(_, session, left) in self.history.iter().take_while(|(at, ..)| *at < moment) {
            seats[session] = left;
        }
        seats
    }

    /// The session of this id, if it has such a slot.
    pub fn session(&self, id: &str, slot: &str) -> Result<usize, Refusal> {
        let place = self.places.get(id).copied().filter(|_| SLOTS.contains(&slot));
        place.ok_or(answer::SLOT_INVALID)
    }

    fn check_people(&self, wish: &Wish, session: usize) -> Result<(), Refusal> {
        let family = self.accounts.get(&wish.mobile).ok_or(answer::NO_BENEFICIARY)?;
        if wish.people.is_empty() || wish.people.len() > 4 {
            return Err(answer::PARAMETER_INVALID);
        }
        for wanted in &wish.people {
            let person = family.iter().find(|person| person.reference == *wanted);
            let age = i64::from(today().year()) - person.ok_or(answer::NO_BENEFICIARY)?.birth_year;
            if age < self.sessions[session].min_age {
                return Err(answer::AGE_OUTSIDE);
            }
        }
        if wish.dose == 1 { Ok(()) } else { Err(answer::DOSE_ORDER) }
    }

    fn has_appointment(&self, wish: &Wish) -> bool {
        let mut all = self.appointments.values();
        all.any(|one| {
            one.dose == wish.dose && wish.people.iter().any(|who| one.people.contains(who))
        })
    }

    /// Gives people a seat that is none of those on sale; answers the appointment's id.
    pub fn store_for(&mut self, people: Vec<u64>, session: usize) -> String {
        let slot = SLOTS[0].to_owned();
        let session_id = self.sessions[session].id.clone();
        let wish = Wish { mobile: String::new(), people, dose: 1, session: session_id, slot };
        self.store(&wish, session)
    }

    /// The document with which somebody is registered.
    pub fn document_of(&self, person: u64) -> Option<&str> {
        let mut all = self.accounts.values().flatten();
        all.find(|one| one.reference == person).map(|one| one.document.as_str())
    }

    fn store(&mut self, wish: &Wish, session: usize) -> String {
        let id = Uuid::new_v4().to_string();
        let appointment = Appointment {
            id: id.clone(),
            mobile: wish.mobile.clone(),
            people: wish.people.clone(),
            dose: wish.dose,
            session,
            slot: wish.slot.clone(),
        };
        self.appointments.insert(id.clone(), appointment);
        id
    }

    fn change_seats(&mut self, session: usize, by: i64) {
        self.sessions[session].left += by;
        self.history.push((Instant::now(), session, self.sessions[session].left));
    }
}
