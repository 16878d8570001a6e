//! Who comes to a facility, and how those got there who were booked before.

use super::super::citizen;
use super::super::desk::Said;
use super::super::login;
use super::super::person::Person;
use super::super::visit::Visit;
use super::facility::Facility;
use super::office::Office;
use crate::contract::{Beneficiaries, Held, Scheduled};
use crate::measure::Operation;
use crate::scenario::{Citizen, Door};
use crate::wire::{Call, Want};
use rand::RngExt;
use std::rc::Rc;
use uuid::Uuid;

/// Somebody with an appointment for today, and what they have to show.
pub struct Guest {
    pub(super) person: Person,
    pub(super) facility: Rc<Facility>,
    /// Which of the facility's sessions.
    pub(super) session: Uuid,
    pub(super) vaccine: String,
    pub(super) reference: String,
    pub(super) code: String,
}

/// Which dose it is that everybody is given.
pub(super) const DOSE: u8 = 1;

/// How many years people are apart in age who come to one session.
const AGES: u32 = 25;

/// Registers whose visit it is and books them at a facility of the office; `None` if the target does not let them, or if no seat
/// is left.
pub async fn book(visit: &Visit, office: &Office) -> Option<Guest> {
    let (facility, held) = office.in_turn()?;
    let token = login::log_in_again(visit, Door::Portal, Operation::Prepare).await?;
    let (citizen, age) = (Citizen::default(), age(visit, &held));
    let reference = citizen::register(visit, &citizen, &token, age, Operation::Prepare).await?;
    let appointment = schedule(visit, &citizen, &token, &held, &reference).await?;
    Some(Guest {
        person: visit.person,
        session: held.offer.session,
        vaccine: held.vaccine,
        code: code(visit, &token, appointment).await?,
        facility,
        reference,
    })
}

/// How old somebody is who suits a session.
pub(super) fn age(visit: &Visit, held: &Held) -> u32 {
    let offer = &held.offer;
    let age = offer.youngest + visit.desk.random.borrow_mut().random_range(0..AGES);
    offer.oldest.map_or(age, |oldest| age.min(oldest))
}

/// Whether a session admits somebody of this age.
pub(super) fn suits(held: &Held, age: u32) -> bool {
    age >= held.offer.youngest && held.offer.oldest.is_none_or(|oldest| age <= oldest)
}

async fn schedule(
    visit: &Visit,
    citizen: &Citizen,
    token: &str,
    held: &Held,
    reference: &str,
) -> Option<Uuid> {
    let body = seat(held, reference);
    let key = citizen::once(visit, citizen);
    let call = Call {
        token: Some(token),
        idempotency_key: key.as_deref(),
        ..visit.post(Operation::Prepare, "/api/v2/appointment/schedule", body.as_bytes())
    };
    let read = |answer: crate::wire::Answer| {
        let scheduled: Scheduled = serde_json::from_slice(&answer.plain()?).ok()?;
        scheduled.appointment_confirmation_no.or(scheduled.appointment_id)
    };
    match visit.ask_politely(&call, Want::Body, |answer, _, _| read(answer)).await {
        Said::Yes(appointment) => Some(appointment),
        _ => None,
    }
}

/// What asks for a seat for a first dose.
pub(super) fn seat(held: &Held, reference: &str) -> String {
    format!(
        r#"{{"dose":{DOSE},"session_id":"{}","slot":"{}","beneficiaries":["{reference}"]}}"#,
        held.offer.session, held.offer.slot
    )
}

/// The code of an appointment, as the list of one's people shows it.
async fn code(visit: &Visit, token: &str, appointment: Uuid) -> Option<String> {
    let path = "/api/v2/appointment/beneficiaries";
    let call = Call { token: Some(token), ..visit.get(Operation::Prepare, path) };
    let said = visit.ask_politely(&call, Want::Body, |answer, _, _| {
        serde_json::from_slice::<Beneficiaries>(&answer.plain()?).ok()
    });
    let Said::Yes(list) = said.await else { return None };
    let mut all = list.beneficiaries.into_iter().flat_map(|person| person.appointments);
    all.find(|one| one.appointment_id == appointment)?.security_code
}
