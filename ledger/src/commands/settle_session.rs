//! Bringing appointments in line with their session after it was cancelled or moved.

use super::find::has_listed;
use super::seats::give_back_all;
use super::{Effects, Outcome, SeatCount, Write, seats};
use crate::keys::Key;
use crate::records::{Appointment, Listed, Person, Row, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef, Date, Session, SessionKey, SessionState};
use std::collections::BTreeMap;

/// Appointments that one command sees to.
pub const SETTLED_AT_ONCE: usize = 50;

/// A step of seeing to those who have booked a session that is [unsettled](Session::unsettled). All steps can be
/// repeated, by whomever: what has been done is left alone.
#[derive(Clone, Debug)]
pub struct SettleSession {
    /// The session as it is now.
    pub session: SessionKey,
    /// What is to be done.
    pub step: Settling,
}

/// What is done to settle a session.
#[derive(Clone, Debug)]
pub enum Settling {
    /// Appointments say what the session says: where it was cancelled they are cancelled too, else they are kept under
    /// its day and have one of its slots.
    Appointments {
        /// The day under which they lie.
        from: Date,
        /// Which; up to [`SETTLED_AT_ONCE`].
        appointments: Vec<AppointmentId>,
    },
    /// All of them do, under the day that it has left and, where it was cancelled, under its own; the session has this
    /// version. Nobody can have booked there since, so whoever has read that nothing is to be done knows it.
    Done {
        /// The version that was seen.
        seen: u32,
    },
}

impl SettleSession {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let key = Key::Session(self.session);
        let passed = |writes| Effects { writes, outcome: Outcome::Passed };
        view.require([key])?;
        let session = view.session(self.session)?;
        let Some(session) = session.filter(|session| session.unsettled.is_some()) else {
            return Ok(passed(Vec::new()));
        };
        match &self.step {
            Settling::Appointments { from, appointments } => {
                let from = SessionKey { date: *from, ..self.session };
                let found = found(from, appointments, view)?;
                let mut settled = Settled::new(session);
                for appointment in found {
                    settled.settle(appointment, view, context)?;
                }
                Ok(passed(settled.into_writes(view, context)?))
            }
            Settling::Done { seen } if session.version == *seen => {
                let version = session.version + 1;
                let settled = Session { unsettled: None, version, ..session.clone() };
                Ok(passed(vec![(key, Some(Row::Session(Box::new(settled))))]))
            }
            Settling::Done { .. } => Ok(passed(Vec::new())),
        }
    }

    /// The most rows that it writes.
    pub(super) fn most_rows(&self) -> usize {
        match &self.step {
            Settling::Appointments { appointments, .. } => 6 * appointments.len(),
            Settling::Done { .. } => 1,
        }
    }
}

/// Those of the appointments that still lie there.
fn found<'v>(
    session: SessionKey,
    ids: &[AppointmentId],
    view: &mut View<'v>,
) -> Result<Vec<&'v Appointment>, Stop> {
    view.require(ids.iter().map(|id| Key::Appointment(session, *id)))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(view.appointment(session, *id)?);
    }
    let people = found.iter().flat_map(|appointment| &appointment.people);
    view.require(people.map(|(person, _)| Key::Person(*person)))?;
    Ok(found)
}

/// What a step writes.
struct Settled<'s> {
    session: &'s Session,
    appointments: Vec<Write>,
    people: BTreeMap<BeneficiaryRef, Person>,
    freed: Vec<SeatCount>,
}

impl<'s> Settled<'s> {
    fn new(session: &'s Session) -> Self {
        let (appointments, freed) = (Vec::new(), Vec::new());
        Self { session, appointments, people: BTreeMap::new(), freed }
    }

    fn settle(
        &mut self,
        appointment: &Appointment,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<(), Stop> {
        let cancelled = self.session.state == SessionState::Cancelled;
        let mut settled = Appointment { session: self.session.key(), ..appointment.clone() };
        if cancelled {
            self.free(&mut settled);
        } else {
            settled.slot = self.session.slot_after_change(settled.slot);
            if settled.session != appointment.session {
                has_to_come_again(&mut settled);
            }
        }
        if settled == *appointment {
            return Ok(());
        }
        settled.changed = context.now;
        let listed =
            Listed { appointment: settled.id, session: settled.session, dose: settled.dose };
        for (who, standing) in &settled.people {
            let Some(person) = self.person(*who, view)? else { continue };
            if !has_listed(&person, settled.id) {
                continue;
            }
            let person = match standing {
                Standing::Cancelled => person.without_appointment(settled.id),
                _ => person.with_appointment(listed),
            };
            self.people.insert(*who, person);
        }
        let (then, now) = (appointment.session, settled.session);
        if then != now {
            self.appointments.push((Key::Appointment(then, settled.id), None));
        }
        let key = Key::Appointment(now, settled.id);
        self.appointments.push((key, Some(Row::Appointment(settled))));
        Ok(())
    }

    /// Cancels it for everybody who has a seat.
    fn free(&mut self, appointment: &mut Appointment) {
        let Appointment { channel, dose, session, .. } = *appointment;
        let seats = appointment.seated().count() as u16;
        for (_, standing) in &mut appointment.people {
            if standing.holds_seat() {
                *standing = Standing::Cancelled;
            }
        }
        match self.freed.iter_mut().find(|freed| (freed.channel, freed.dose) == (channel, dose)) {
            Some(freed) => freed.seats += seats,
            None if seats > 0 => self.freed.push(SeatCount { session, channel, dose, seats }),
            None => {}
        }
    }

    /// Somebody as they are after what was settled before; nobody if they were erased meanwhile.
    fn person(&self, who: BeneficiaryRef, view: &mut View<'_>) -> Result<Option<Person>, Stop> {
        match self.people.get(&who) {
            Some(person) => Ok(Some(person.clone())),
            None => view.person(who).map(Option::<&Person>::cloned),
        }
    }

    fn into_writes(self, view: &mut View<'_>, context: &Context<'_>) -> Result<Vec<Write>, Stop> {
        let mut writes = self.appointments;
        let people = self.people.into_iter();
        writes.extend(people.map(|(who, person)| (Key::Person(who), Some(Row::Person(person)))));
        if !self.freed.is_empty() {
            let session = self.session.key();
            view.require(seats::rows(session, context))?;
            writes.extend(give_back_all(session, &self.freed, view, context)?);
        }
        Ok(writes)
    }
}

/// Whoever was there on the day that their session has left is expected on the day to which it was moved.
fn has_to_come_again(appointment: &mut Appointment) {
    for (_, standing) in &mut appointment.people {
        if standing.holds_seat() {
            *standing = Standing::Booked;
        }
    }
}
