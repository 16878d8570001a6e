//! The counters of facilities: who comes, and what the staff does.
//!
//! A visit is one person. [`guest`] says how those got there who were booked before, [`walk_in`] registers everybody else;
//! then the staff checks them in and records the dose. What is recorded has to happen exactly once, whatever
//! becomes of an answer, and is written down at the [`facility`] to be read back. Of some doses the [`certificate`] is waited for.

mod certificate;
mod facility;
mod guest;
mod office;
mod reading;
mod walk_in;

pub use facility::Facility;
pub use guest::book;
pub use office::Office;

use super::staff::errand::{self, Errand, Told, said};
use super::visit::Visit;
use crate::contract::Something;
use crate::measure::Operation;
use crate::scenario::Counter;
use crate::truth::DoseFate;
use guest::{DOSE, Guest};
use std::time::{Duration, Instant};

const CHECK_IN: &str = "/api/v2/vaccinator/beneficiaries/checkin";
const VACCINATE: &str = "/api/v2/vaccinator/beneficiaries/vaccinate";
const OBSERVE: &str = "/api/v2/vaccinator/beneficiaries/observe";

/// One person at the counter, from the door to the chair.
pub(super) async fn visit(visit: &Visit, counter: &Counter) {
    let Some(office) = visit.desk.office.borrow().clone() else { return };
    if !visit.goes_on().await {
        return;
    }
    let booked = if visit.chance(counter.walk_ins) { None } else { office.next() };
    let patience = counter.patience.0;
    let guest = match booked {
        Some(guest) => guest,
        None => {
            let walked_in = walk_in::walk_in(visit, &office, patience).await;
            let Some(guest) = walked_in else { return };
            if !visit.goes_on().await {
                return;
            }
            guest
        }
    };
    if !check_in(visit, &guest, patience).await || !visit.goes_on().await {
        return;
    }
    let Some(recorded) = vaccinate(visit, &guest, patience).await else { return };
    if visit.chance(counter.certificates) {
        certificate::wait_for(visit, &guest, *counter, recorded);
    }
    if visit.chance(counter.observe) && visit.goes_on().await {
        observe(visit, &guest, patience).await;
    }
}

async fn check_in(visit: &Visit, guest: &Guest, patience: Duration) -> bool {
    let body = format!(
        r#"{{"center_id":{},"beneficiary_reference_id":"{}","photo_id_type":8,"photo_id_last4":"{}","security_code":"{}"}}"#,
        guest.facility.site.centre,
        guest.reference,
        guest.person.passport_last4(),
        guest.code
    );
    let by = &guest.facility.verifier;
    let errand = Errand { operation: Operation::CheckIn, path: CHECK_IN, body: &body, patience };
    matches!(errand::run(visit, by, &errand, said::<Something>).await, Told::Done(_))
}

/// Records the dose, and writes down what became of it. When it was acknowledged, if it was.
async fn vaccinate(visit: &Visit, guest: &Guest, patience: Duration) -> Option<Instant> {
    let facility = &guest.facility;
    let today = visit.desk.places.borrow().today();
    let body = format!(
        r#"{{"center_id":{},"beneficiary_reference_id":"{}","dose":{DOSE},"vaccine":"{}","vaccine_batch":"{}","dose1_date":"{today}","vaccinator_name":"{}"}}"#,
        facility.site.centre,
        guest.reference,
        guest.vaccine,
        facility.batch,
        facility.vaccinator.name()
    );
    let dose = facility.begins(&guest.reference, guest.session);
    let by = &facility.vaccinator;
    let errand = Errand { operation: Operation::Vaccinate, path: VACCINATE, body: &body, patience };
    let fate = match errand::run(visit, by, &errand, said::<Something>).await {
        Told::Done(_) => DoseFate::Recorded,
        Told::Refused(_) | Told::Undone => DoseFate::Refused,
        Told::Unknown => DoseFate::Unknown,
    };
    facility.ends(dose, fate);
    (fate == DoseFate::Recorded).then(Instant::now)
}

/// Ends the observation. Nobody stays for half an hour in a run: they leave early, which is recorded as such.
async fn observe(visit: &Visit, guest: &Guest, patience: Duration) {
    let body = format!(
        r#"{{"center_id":{},"beneficiary_reference_id":"{}","dose":{DOSE},"outcome":"well","early_end":"left"}}"#,
        guest.facility.site.centre, guest.reference
    );
    let by = &guest.facility.vaccinator;
    let errand = Errand { operation: Operation::Observe, path: OBSERVE, body: &body, patience };
    errand::run(visit, by, &errand, |_| Some(())).await;
}
