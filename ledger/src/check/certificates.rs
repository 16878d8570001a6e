//! Certificates: each is among those of its event, its bit is set if and only if it does not hold, and its text is there as
//! long as its person has a key. Of an event at most one of each form holds. What is certified, revoked or replaced is in the
//! log, as [`log`] checks.

use super::snapshot::{CHUNK, Check, Chunk};
use super::{Violation, log};
use crate::engine::Fetched;
use crate::keys::{Key, Kind};
use crate::records::{Certificate, Event, EventKey, Form, Issued, LogKind, Row};
use crate::store::ReadError;
use crate::vault::{PersonKey, Slot};
use crate::view::{Known, Rows as _};
use log::Sums;
use opencowin_model::CertificateId;

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    let before = log::read(check).await?;
    let mut known = Sums::default();
    let mut rest = Some(check.layout().certificates(None));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let certificates = rows.into_iter().filter_map(|(key, row)| match (key, row) {
            (Key::Certificate(id), Row::Certificate(certificate)) => Some((id, *certificate)),
            _ => None,
        });
        let certificates: Vec<_> = certificates.collect();
        verify_certificates(check, &certificates).await?;
        for (id, certificate) in &certificates {
            known.add(LogKind::Issued, *id);
            if !certificate.is_valid() {
                known.add(LogKind::Revoked, *id);
            }
        }
        check.report.certificates += certificates.len() as u64;
        rest = next;
    }
    log::verify(check, before, &known).await?;
    verify_issued(check).await
}

async fn verify_certificates(
    check: &mut Check<'_>,
    certificates: &[(CertificateId, Certificate)],
) -> Result<(), ReadError> {
    let keys = certificates.iter().flat_map(|(id, certificate)| {
        let Certificate { event, form, person, .. } = *certificate;
        let others = [Key::Event(event), Key::Issued(event, form), Key::PersonKey(person)];
        others.into_iter().chain([Key::Signed(*id), bits_of(certificate)])
    });
    let rows = check.get(keys.collect()).await?;
    for (id, certificate) in certificates {
        if !is_its_events(*id, certificate, &rows) {
            check.report(Violation::CertificateAstray(*id));
        }
        if is_set(certificate, &rows) == certificate.is_valid() {
            check.report(Violation::StatusDiffers(*id));
        }
        if !is_kept(*id, certificate, &rows) {
            check.report(Violation::TextDiffers(*id));
        }
    }
    Ok(())
}

/// Whether its event knows it, and knows of none that was stored later if it holds.
fn is_its_events(id: CertificateId, certificate: &Certificate, rows: &Fetched) -> bool {
    let event = rows.row(&Key::Event(certificate.event));
    let theirs = |event: &Event| event.person == certificate.person;
    let known = |issued: &Issued| {
        let last = issued.last() == Some(id);
        last || (!certificate.is_valid() && issued.0.contains(&id))
    };
    matches!(event, Known::Present(Row::Event(event)) if theirs(event))
        && matches!(rows.row(&Key::Issued(certificate.event, certificate.form)), Known::Present(Row::Issued(issued)) if known(issued))
}

fn is_set(certificate: &Certificate, rows: &Fetched) -> bool {
    match rows.row(&bits_of(certificate)) {
        Known::Present(Row::StatusBits(bits)) => certificate.status.is_set(bits),
        _ => false,
    }
}

/// Whether its text opens under the key of its person, or both are gone.
fn is_kept(id: CertificateId, certificate: &Certificate, rows: &Fetched) -> bool {
    let opens = |key: &PersonKey, text: &[u8]| key.open(Slot::Certificate(id), text).is_ok();
    match (rows.row(&Key::PersonKey(certificate.person)), rows.row(&Key::Signed(id))) {
        (Known::Present(Row::PersonKey(key)), Known::Present(Row::Signed(text))) => {
            opens(key, text)
        }
        (Known::Absent, Known::Absent) => true,
        _ => false,
    }
}

fn bits_of(certificate: &Certificate) -> Key {
    Key::StatusBits(certificate.status.list(), certificate.status.chunk())
}

/// Whatever an event knows is a certificate of it.
async fn verify_issued(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Issued));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, CHUNK).await?;
        let events = rows.into_iter().filter_map(|(key, row)| match (key, row) {
            (Key::Issued(event, form), Row::Issued(issued)) => Some((event, form, issued)),
            _ => None,
        });
        let events: Vec<(EventKey, Form, Issued)> = events.collect();
        let ids = events.iter().flat_map(|(_, _, issued)| &issued.0);
        let certificates = check.get(ids.map(|id| Key::Certificate(*id)).collect()).await?;
        for (event, form, issued) in &events {
            let is_theirs = |id: &CertificateId| {
                matches!(certificates.row(&Key::Certificate(*id)), Known::Present(Row::Certificate(known))
                    if (known.event, known.form) == (*event, *form))
            };
            if !issued.0.iter().all(is_theirs) {
                check.report(Violation::IssuedDiffers(*event));
            }
        }
        rest = next;
    }
    Ok(())
}
