//! Own doses: each that holds, of somebody who is known, waits for a certificate or has one; what it means by its commitment
//! is there, and gone with the person.

use super::Violation;
use super::snapshot::Check;
use crate::engine::Fetched;
use crate::keys::{Key, Queue};
use crate::records::{Certificate, CertificateJob, Event, Form, Holder, Row};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};

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
            let of_event = [Key::Holder(event.key), Key::Issued(event.key)];
            of_event.into_iter().chain([Key::PersonKey(event.person), job(event)])
        });
    let mut rows = check.get(keys.collect()).await?;
    let last = |dose: &Dose<'_>| match rows.row(&Key::Issued(dose.event.key)) {
        Known::Present(Row::Issued(issued)) => issued.last(Form::Domestic).map(Key::Certificate),
        _ => None,
    };
    let certificates: Vec<_> = doses.iter().map(last).collect();
    rows.fetch(check.engine, certificates.iter().copied().flatten().collect()).await?;
    for (dose, certificate) in doses.iter().zip(certificates) {
        let event = dose.event;
        if event.is_own() && !is_as_committed(dose, &rows) {
            check.report(Violation::CommitmentDiffers(event.key));
        }
        let certificate = certificate.map(|key| rows.row(&key));
        let certificate = match certificate {
            Some(Known::Present(Row::Certificate(certificate))) => Some(&**certificate),
            _ => None,
        };
        if event.is_own() && !is_certified(dose, certificate, &rows) {
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

/// Whether it waits if and only if it is to be certified.
fn is_certified(dose: &Dose<'_>, certificate: Option<&Certificate>, rows: &Fetched) -> bool {
    let of_it = |job: &CertificateJob| {
        (job.event, job.person, job.form) == (dose.event.key, dose.event.person, Form::Domestic)
    };
    let waits = match rows.row(&job(dose.event)) {
        Known::Present(Row::CertificateJob(job)) if of_it(job) => true,
        Known::Absent => false,
        // It waits for something else than its certificate.
        _ => return false,
    };
    let done = certificate.is_some_and(|known| known.is_valid() || known.is_final());
    let wanting = dose.holds && dose.known && !done;
    match dose.event.commitment {
        Some(_) => waits == wanting,
        None => wanting || !waits,
    }
}

fn job(event: &Event) -> Key {
    let id = CertificateJob::id(event.key.id, event.at, Form::Domestic);
    Key::Outbox(Queue::Certificates, id)
}
