//! Giving seats back.

use super::book::named_once;
use super::find::{appointment_of, is_live};
use super::{Effects, Outcome, Refusal, SeatCount, seats};
use crate::keys::Key;
use crate::records::{Appointment, Listed, Row, Standing};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef};

/// Cancels an appointment for some of its people, or for all of them. Exactly their seats become free.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// Who booked it.
    pub account: AccountId,
    /// Which.
    pub appointment: AppointmentId,
    /// Who is not to go; nobody named means everybody.
    pub people: Vec<BeneficiaryRef>,
}

impl Cancel {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        named_once(&self.people)?;
        let appointment = appointment_of(self.account, self.appointment, view)?;
        let session = Key::Session(appointment.session);
        view.require(seats::rows(appointment.session, context).chain([session]))?;
        still_live(appointment, view, context)?;
        let leaving = self.leaving(appointment, view)?;
        let freed = seats_of(appointment, leaving.len());
        let seats = seats::give_back(&freed, view, context)?;
        let mut writes = Vec::with_capacity(leaving.len() + 2);
        for who in &leaving {
            let person = view.person(*who)?.ok_or(Stop::Damaged(Key::Person(*who)))?;
            let person = person.clone().without_appointment(self.appointment);
            writes.push((Key::Person(*who), Some(Row::Person(person))));
        }
        let changed = without(appointment, &leaving, context);
        let key = Key::Appointment(appointment.session, appointment.id);
        writes.push((key, Some(Row::Appointment(changed))));
        writes.extend(seats);
        Ok(Effects { writes, outcome: Outcome::Cancelled { freed } })
    }

    /// Of an appointment that a facility booked, an account cancels its own people's part.
    fn leaving(
        &self,
        appointment: &Appointment,
        view: &mut View<'_>,
    ) -> Result<Vec<BeneficiaryRef>, Stop> {
        let own = own_people(self.account, appointment, view)?;
        if self.people.is_empty() {
            return Ok(own);
        }
        match self.people.iter().find(|person| !own.contains(person)) {
            Some(stranger) => Err(Refusal::NotInAppointment(*stranger).into()),
            None => Ok(self.people.clone()),
        }
    }
}

/// Those of an account who have a seat in an appointment.
pub(super) fn own_people(
    account: AccountId,
    appointment: &Appointment,
    view: &mut View<'_>,
) -> Result<Vec<BeneficiaryRef>, Stop> {
    view.require(appointment.booked().map(Key::Person))?;
    let mut own = Vec::new();
    for who in appointment.booked() {
        let person = view.person(who)?.ok_or(Stop::Damaged(Key::Person(who)))?;
        if person.account == Some(account) {
            own.push(who);
        }
    }
    Ok(own)
}

/// Refuses an appointment that no longer counts.
pub(super) fn still_live(
    appointment: &Appointment,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(), Stop> {
    let Appointment { id, session, dose, .. } = *appointment;
    let listed = Listed { appointment: id, session, dose };
    if is_live(&listed, view, context)? { Ok(()) } else { Err(Refusal::AppointmentOver.into()) }
}

/// So many seats of the kind that the appointment holds.
pub(super) fn seats_of(appointment: &Appointment, seats: usize) -> SeatCount {
    let Appointment { session, channel, dose, .. } = *appointment;
    SeatCount { session, channel, dose, seats: seats as u16 }
}

fn without(
    appointment: &Appointment,
    leaving: &[BeneficiaryRef],
    context: &Context<'_>,
) -> Appointment {
    let mut changed = appointment.clone();
    changed.changed = context.now;
    for (person, standing) in &mut changed.people {
        if leaving.contains(person) {
            *standing = Standing::Cancelled;
        }
    }
    changed
}
