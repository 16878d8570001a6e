//! Which appointments a person has, and which of them count.
//!
//! An appointment is *live* while its session is published and the session's day is not over. Closing time does not end
//! it: who waited and was not given the dose by then can book again from the next day on.

use super::Refusal;
use crate::keys::Key;
use crate::records::{Appointment, Listed, Person};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef, Dose, SessionState};

/// The live appointment that a person has for a dose, if there is one.
///
/// # Errors
/// [`Stop`], if rows are missing or damaged.
pub fn live_appointment<'p>(
    person: &'p Person,
    dose: Dose,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Option<&'p Listed>, Stop> {
    match person.listed(dose) {
        Some(listed) if is_live(listed, view, context)? => Ok(Some(listed)),
        _ => Ok(None),
    }
}

/// Somebody who is known, by the reference that theirs leads to if they have had two.
///
/// # Errors
/// [`Refusal::NoSuchPerson`] if nobody is known by it, or was erased; or [`Stop`] if rows are missing or damaged.
pub(crate) fn led_to<'v>(
    who: BeneficiaryRef,
    view: &mut View<'v>,
) -> Result<(BeneficiaryRef, &'v Person), Stop> {
    let mut id = who;
    loop {
        let person = view.person(id)?.ok_or(Refusal::NoSuchPerson(who))?;
        match person.leads_to {
            Some(other) => id = other,
            None if person.account.is_none() => return Err(Refusal::NoSuchPerson(who).into()),
            None => return Ok((id, person)),
        }
    }
}

/// Whether a listed appointment counts.
pub(super) fn is_live(
    listed: &Listed,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<bool, Stop> {
    if listed.session.date < context.today() {
        return Ok(false);
    }
    let session = view.session(listed.session)?;
    Ok(session.is_some_and(|session| session.state == SessionState::Published))
}

/// An appointment of an account by its id, found through the account's people, who list it.
///
/// # Errors
/// [`Refusal::NoSuchAppointment`] if nobody lists it, or [`Stop`] if rows are missing or damaged.
pub fn appointment_of<'v>(
    account: AccountId,
    id: AppointmentId,
    view: &mut View<'v>,
) -> Result<&'v Appointment, Stop> {
    let people = view.account(account)?.map_or(&[][..], |account| &account.people);
    view.require(people.iter().map(|person| Key::Person(*person)))?;
    for person in people {
        let listed = view.person(*person)?.map_or(&[][..], |person| &person.appointments);
        if let Some(listed) = listed.iter().find(|listed| listed.appointment == id) {
            let appointment = view.appointment(listed.session, id)?;
            return appointment.ok_or(Refusal::NoSuchAppointment.into());
        }
    }
    Err(Refusal::NoSuchAppointment.into())
}
