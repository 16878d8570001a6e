//! Moving an appointment.

use super::book::open_session;
use super::cancel::{own_people, seats_of, still_live};
use super::{Effects, Outcome, Refusal, SeatCount, eligibility, seats};
use crate::keys::Key;
use crate::records::{Appointment, Listed, Row, Standing};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef, Hours, Session, SessionKey};

/// Moves those who remain in an appointment to another session, or to another slot of the same. It keeps its id.
///
/// Checked in this order: the account has the appointment, alone and in the session that it was seen in, and it is live;
/// nobody of it has come already, since used seats stay where they are; the new
/// session can be booked and has the slot; it is not the same session and slot; person by person [`eligibility()`]; enough
/// seats are free. Another slot of the same session takes no seat.
#[derive(Clone, Debug)]
pub struct Reschedule {
    /// Who booked it.
    pub account: AccountId,
    /// Which.
    pub appointment: AppointmentId,
    /// The session that it was seen in.
    pub from: SessionKey,
    /// The session that it is to move to.
    pub to: SessionKey,
    /// The label of the slot.
    pub slot: Box<str>,
}

/// Where an appointment is to go.
struct Move<'v> {
    appointment: &'v Appointment,
    session: &'v Session,
    slot: Hours,
    staying: Vec<BeneficiaryRef>,
}

impl Reschedule {
    /// Everything but the seats. Returns the seats that it will take, none within one session.
    ///
    /// # Errors
    /// [`Stop`]: rows are missing or damaged, or a rule forbids it.
    pub fn check(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Option<SeatCount>, Stop> {
        let target = self.target(view, context)?;
        Ok(self.changes_session().then(|| self.wanted(&target)))
    }

    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let target = self.target(view, context)?;
        let moved = self.moved(&target, context);
        let row = (Key::Appointment(self.to, self.appointment), Some(Row::Appointment(moved)));
        if !self.changes_session() {
            let outcome = Outcome::Rescheduled { freed: None, taken: None };
            return Ok(Effects { writes: vec![row], outcome });
        }
        let (freed, taken) =
            (seats_of(target.appointment, target.staying.len()), self.wanted(&target));
        let seats = [
            seats::take(&taken, &target.session.capacity, view, context)?,
            seats::give_back(&freed, view, context)?,
        ];
        let mut writes = self.people(&target, view)?;
        writes.extend([(Key::Appointment(self.from, self.appointment), None), row]);
        writes.extend(seats.into_iter().flatten());
        let outcome = Outcome::Rescheduled { freed: Some(freed), taken: Some(taken) };
        Ok(Effects { writes, outcome })
    }

    /// What is to be moved where, if all rules but that of the seats allow it.
    fn target<'v>(&self, view: &mut View<'v>, context: &Context<'_>) -> Result<Move<'v>, Stop> {
        let appointment = self.seen(view, context)?;
        still_live(appointment, view, context)?;
        nobody_has_come(appointment)?;
        let (session, slot) = open_session(self.to, &self.slot, view, context)?;
        if !self.changes_session() && slot == appointment.slot {
            return Err(Refusal::SameSlot.into());
        }
        let staying: Vec<_> = appointment.booked().collect();
        view.require(staying.iter().map(|person| Key::Person(*person)))?;
        for who in &staying {
            let person = view.person(*who)?.ok_or(Stop::Damaged(Key::Person(*who)))?;
            let (dose, today) = (appointment.dose, context.today());
            eligibility(*who, person, session, dose, today, context.rules)?;
        }
        Ok(Move { appointment, session, slot, staying })
    }

    /// The appointment in the session that it was seen in.
    fn seen<'v>(
        &self,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<&'v Appointment, Stop> {
        let row = Key::Appointment(self.from, self.appointment);
        let sessions = [self.from, self.to];
        let of = |key| seats::rows(key, context).chain([Key::Session(key)]);
        view.require(sessions.into_iter().flat_map(of).chain([row]))?;
        let appointment = view.appointment(self.from, self.appointment)?;
        let appointment = appointment.ok_or(Refusal::AppointmentMoved)?;
        let own = own_people(self.account, appointment, view)?;
        let mut seated = appointment.seated().peekable();
        let theirs = seated.peek().is_some() && seated.all(|who| own.contains(&who));
        if theirs { Ok(appointment) } else { Err(Refusal::NoSuchAppointment.into()) }
    }

    fn people(
        &self,
        target: &Move<'_>,
        view: &mut View<'_>,
    ) -> Result<Vec<(Key, Option<Row>)>, Stop> {
        let dose = target.appointment.dose;
        let listed = Listed { appointment: self.appointment, session: self.to, dose };
        let row = |who: &BeneficiaryRef| {
            let person = view.person(*who)?.ok_or(Stop::Damaged(Key::Person(*who)))?;
            Ok((Key::Person(*who), Some(Row::Person(person.clone().with_appointment(listed)))))
        };
        target.staying.iter().map(row).collect()
    }

    fn moved(&self, target: &Move<'_>, context: &Context<'_>) -> Appointment {
        Appointment {
            session: self.to,
            centre: target.session.centre,
            slot: target.slot,
            changed: context.now,
            ..target.appointment.clone()
        }
    }

    fn wanted(&self, target: &Move<'_>) -> SeatCount {
        SeatCount { session: self.to, ..seats_of(target.appointment, target.staying.len()) }
    }

    fn changes_session(&self) -> bool {
        self.from != self.to
    }
}

fn nobody_has_come(appointment: &Appointment) -> Result<(), Refusal> {
    let came = appointment.people.iter().find_map(|(who, standing)| match standing {
        Standing::CheckedIn(_) => Some(Refusal::IsCheckedIn(*who)),
        Standing::Done(_) => Some(Refusal::DoseGiven { person: *who, dose: appointment.dose }),
        _ => None,
    });
    came.map_or(Ok(()), Err)
}
