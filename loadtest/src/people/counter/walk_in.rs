//! Who comes without an appointment: registered at the counter, and given a seat on the spot.

use super::super::staff::errand::{self, Errand, Told, said};
use super::super::visit::Visit;
use super::facility::Facility;
use super::guest::{Guest, age, seat, suits};
use super::office::Office;
use crate::contract::{OnSpot, Registered};
use crate::measure::Operation;
use std::time::Duration;

const ENROL: &str = "/api/v2/vaccinator/beneficiaries/new";
const ON_SPOT: &str = "/api/v2/vaccinator/onspots/schedule";

/// The status that says that no seat is left.
const SOLD_OUT: u16 = 409;

/// Registers whose visit it is at a facility that may have seats, and gives them one; `None` if they go away without.
pub(super) async fn walk_in(visit: &Visit, office: &Office, patience: Duration) -> Option<Guest> {
    let facility = office.with_seats(&mut *visit.desk.random.borrow_mut())?;
    let age = age(visit, facility.on_the_spot()?);
    let reference = enrol(visit, &facility, age, patience).await?;
    while visit.goes_on().await {
        let held = facility.on_the_spot().filter(|held| suits(held, age))?;
        let body = seat(held, &reference);
        let by = &facility.verifier;
        let errand = Errand { operation: Operation::OnSpot, path: ON_SPOT, body: &body, patience };
        match errand::run(visit, by, &errand, said::<OnSpot>).await {
            Told::Done(given) => {
                return Some(Guest {
                    person: visit.person,
                    session: held.offer.session,
                    vaccine: held.vaccine.clone(),
                    reference,
                    code: given.security_code?,
                    facility,
                });
            }
            Told::Refused(SOLD_OUT) => facility.is_sold_out(held.offer.session),
            Told::Refused(_) | Told::Undone | Told::Unknown => return None,
        }
    }
    None
}

/// Registers somebody under the number that they name; their reference id.
async fn enrol(visit: &Visit, facility: &Facility, age: u32, patience: Duration) -> Option<String> {
    let person = visit.person;
    let year = visit.desk.places.borrow().year();
    let body = format!(
        r#"{{"center_id":{},"name":"{}","birth_year":"{}","gender_id":{},"mobile_number":"{}","photo_id_type":8,"photo_id_number":"{}","comorbidity_ind":"N","consent_version":"1"}}"#,
        facility.site.centre,
        person.name(),
        year - age as i32,
        person.gender(),
        person.mobile(),
        person.passport()
    );
    let by = &facility.verifier;
    let errand = Errand { operation: Operation::Enrol, path: ENROL, body: &body, patience };
    match errand::run(visit, by, &errand, said::<Registered>).await {
        Told::Done(registered) => Some(registered.beneficiary_reference_id),
        _ => None,
    }
}
