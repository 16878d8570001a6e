//! Own doses: each that holds, of somebody who is known, waits for a certificate or has one; what it means by its commitment
//! is there, and gone with the person.

use super::Violation;
use super::snapshot::Check;
use crate::engine::Fetched;
use crate::keys::{Key, Queue};
use crate::records::{CertificateJob, Event, Form, Holder, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::CertificateId;

/// An event, and what is known of it beside.
pub(super) struct Dose<'a> {
    pub(super) event: &'a Event,
    /// Whether it is the one that holds for a dose.
    pub(super) holds: bool,
    /// Whether the person is known.
    pub(super) known: bool,
}

pub(super) async fn verify(check: &mut Check<'_>, doses: &[Dose<'_>]) -> Result<(), ReadError> {
    let keys =
        doses.iter().filter(|dose| dose.event.is_own()).flat_map(|Dose { event, .. }| {
            let of_event = [Key::Holder(event.key), issued(event)];
            of_event.into_iter().chain([Key::PersonKey(event.person), job(event)])
        });
    let mut rows = check.get(keys.collect()).await?;
    let last = |dose: &Dose<'_>| match rows.row(&issued(dose.event)) {
        Known::Present(Row::Issued(issued)) => issued.last(),
        _ => None,
    };
    let last: Vec<_> = doses.iter().map(last).collect();
    let certificates = last.iter().flatten().map(|id| Key::Certificate(*id)).collect();
    rows.fetch(check.engine, certificates).await?;
    for (dose, last) in doses.iter().zip(last) {
        let event = dose.event;
        if event.is_own() && !is_as_committed(dose, &rows) {
            check.report(Violation::CommitmentDiffers(event.key));
        }
        if event.is_own() && !is_certified(dose, last, &rows) {
            check.report(Violation::CertificationDiffers(event.key));
        }
    }
    Ok(())
}

/// Whether what it says of the person is there and what it is committed to, or gone with them. Of events from before there
/// were certificates it may be there.
fn is_as_committed(dose: &Dose<'_>, rows: &Fetched) -> bool {
    let Dose { event, known, .. } = dose;
    match (rows.row(&Key::PersonKey(event.person)), rows.row(&Key::Holder(event.key))) {
        (Known::Present(Row::PersonKey(key)), Known::Present(Row::Holder(sealed))) => {
            let holder = Holder::open(event.key.id, sealed, key);
            let commitment = holder.map(|holder| holder.commitment(&key.salt(event.key.id)));
            *known && commitment.is_ok_and(|made| event.commitment.is_none_or(|c| c == made))
        }
        (Known::Present(Row::PersonKey(_)), Known::Absent) => *known && event.commitment.is_none(),
        (Known::Absent, Known::Absent) => !known || event.commitment.is_none(),
        _ => false,
    }
}

/// Whether it waits if and only if it is to be certified, and after its last certificate.
fn is_certified(dose: &Dose<'_>, last: Option<CertificateId>, rows: &Fetched) -> bool {
    let of_it = |job: &CertificateJob| {
        let CertificateJob { event, person, form, .. } = *job;
        (event, person, form) == (dose.event.key, dose.event.person, Form::Domestic)
            && job.last == last
    };
    let waits = match rows.row(&job(dose.event)) {
        Known::Present(Row::CertificateJob(job)) if of_it(job) => true,
        Known::Absent => false,
        // It waits for something else than its certificate.
        _ => return false,
    };
    let done = last.is_some_and(|id| match rows.row(&Key::Certificate(id)) {
        Known::Present(Row::Certificate(known)) => known.is_valid() || known.is_final(),
        _ => false,
    });
    let wanting = dose.holds && dose.known && !done;
    match dose.event.commitment {
        Some(_) => waits == wanting,
        None => wanting || !waits,
    }
}

fn issued(event: &Event) -> Key {
    Key::Issued(event.key, Form::Domestic)
}

fn job(event: &Event) -> Key {
    let id = CertificateJob::id(event.key.id, event.at, Form::Domestic);
    Key::Outbox(Queue::Certificates, id)
}
