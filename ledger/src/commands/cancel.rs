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

/// Cancels an appointment for some of its people, or for all of them who have not come yet. Exactly their seats become
/// free. Who is checked in is there already, and cannot be cancelled.
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
        let booked: Vec<_> = appointment.booked().filter(|who| own.contains(who)).collect();
        if self.people.is_empty() {
            let there = appointment.seated().find(|who| own.contains(who));
            return match there {
                Some(there) if booked.is_empty() => Err(Refusal::IsCheckedIn(there).into()),
                _ => Ok(booked),
            };
        }
        match self.people.iter().find(|person| !booked.contains(person)) {
            Some(other) if own.contains(other) => Err(not_booked(*other, appointment).into()),
            Some(stranger) => Err(Refusal::NotInAppointment(*stranger).into()),
            None => Ok(self.people.clone()),
        }
    }
}

/// Those of an account who are or were in an appointment.
pub(super) fn own_people(
    account: AccountId,
    appointment: &Appointment,
    view: &mut View<'_>,
) -> Result<Vec<BeneficiaryRef>, Stop> {
    view.require(appointment.people.iter().map(|(who, _)| Key::Person(*who)))?;
    let mut own = Vec::new();
    for (who, _) in &appointment.people {
        if view.person(*who)?.is_some_and(|person| person.account == Some(account)) {
            own.push(*who);
        }
    }
    Ok(own)
}

/// Why somebody who is not expected cannot be taken out of an appointment.
fn not_booked(who: BeneficiaryRef, appointment: &Appointment) -> Refusal {
    match appointment.standing(who) {
        Some(Standing::CheckedIn(_)) => Refusal::IsCheckedIn(who),
        Some(Standing::Done(_)) => Refusal::DoseGiven { person: who, dose: appointment.dose },
        _ => Refusal::NotInAppointment(who),
    }
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
