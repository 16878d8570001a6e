//! The rows that certificates begin with, and those that end them.
//!
//! An own dose is recorded along with what its certificate will say of the person, sealed under their key, and a job for
//! whoever signs. Whatever takes the place of an event ends its certificates in the same commit: their bits are set, the log
//! is told, and the jobs are those of the new event.

use super::Write;
use crate::keys::{Key, Queue};
use crate::records::{
    Certificate, CertificateJob, DoseTaken, Event, EventKey, Form, Holder, Issued, LogKind, Logged,
    Person, Personal, Row, State, StatusChunk, Unplaced,
};
use crate::rules::Context;
use crate::vault::PersonKey;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CertificateId};
use std::collections::BTreeMap;
use std::iter;

/// An event that is to be certified, committed to what its certificate will say of the person, and its rows but for the
/// event's own. Nothing is added to a dose that was given elsewhere: the programme certifies what it gave.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn begin(
    event: Event,
    holder: &Holder,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(Event, Vec<Write>), Stop> {
    if !context.certifies || !event.is_own() {
        return Ok((event, Vec::new()));
    }
    let (key, mut writes) = key_of(event.person, view, context)?;
    let commitment = Some(holder.commitment(&key.salt(event.key.id)));
    writes.push((Key::Holder(event.key), Some(Row::Holder(holder.seal(event.key.id, &key)))));
    let event = Event { commitment, ..event };
    writes.push(job(&event, Form::Domestic, None, context));
    Ok((event, writes))
}

/// The same for an event in place of one that is certified, or about to be.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn succeed(
    before: &Event,
    event: Event,
    holder: &Holder,
    fates: &mut Fates,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(Event, Vec<Write>), Stop> {
    let (event, mut writes) = begin(event, holder, view, context)?;
    if event.commitment.is_none() {
        return Ok((event, writes));
    }
    for form in Form::ALL {
        let waits = take_job(before, form, view)?;
        let state = State::Superseded { by: event.key, at: context.now };
        let ended = match valid(before.key, form, view)? {
            Some((id, certificate)) => {
                fates.end(id, certificate, state, view, context)?;
                true
            }
            None => false,
        };
        if form == Form::International && (ended || waits.is_some()) {
            writes.push(job(&event, form, None, context));
        }
        writes.extend(waits);
    }
    Ok((event, writes))
}

/// What the certificates of an event say of the person: what they were made from, or what is known today if none was made.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn holder_of(
    event: &Event,
    personal: &Personal,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Holder, Stop> {
    view.require([Key::Holder(event.key), Key::PersonKey(event.person)])?;
    let sealed = view.holder(event.key)?.zip(view.person_key(event.person)?);
    let Some((sealed, key)) = sealed else {
        return Ok(Holder::of(personal, event.verified, &context.rules.words));
    };
    Holder::open(event.key.id, sealed, key).map_err(|_| Stop::Damaged(Key::Holder(event.key)))
}

/// The job of an event, and its row if it waits in the queue.
pub(super) fn take_job(
    event: &Event,
    form: Form,
    view: &mut View<'_>,
) -> Result<Option<Write>, Stop> {
    let id = CertificateJob::id(event.key.id, event.at, form);
    let waits = view.certificate_job(id)?.is_some();
    Ok(waits.then_some((job_key(event, form), None)))
}

/// Where the job of an event waits, if it does.
fn job_key(event: &Event, form: Form) -> Key {
    Key::Outbox(Queue::Certificates, CertificateJob::id(event.key.id, event.at, form))
}

/// An event is to be certified: for the first time, or again after this certificate, its last in this form.
pub(super) fn job(
    event: &Event,
    form: Form,
    last: Option<CertificateId>,
    context: &Context<'_>,
) -> Write {
    let Event { key, person, .. } = *event;
    let job = CertificateJob { event: key, person, form, since: context.now, last };
    (job_key(event, form), Some(Row::CertificateJob(job)))
}

/// The certificate of an event that holds, in one form.
pub(super) fn valid<'v>(
    event: EventKey,
    form: Form,
    view: &mut View<'v>,
) -> Result<Option<(CertificateId, &'v Certificate)>, Stop> {
    match view.issued(event, form)? {
        Some(issued) => holding(issued, view),
        None => Ok(None),
    }
}

/// The certificate among these that holds.
pub(super) fn holding<'v>(
    issued: &Issued,
    view: &mut View<'v>,
) -> Result<Option<(CertificateId, &'v Certificate)>, Stop> {
    let last = last_of(issued, view)?;
    Ok(last.filter(|(_, certificate)| certificate.is_valid()))
}

/// The last certificate of an event in one form, whether or not it holds.
pub(super) fn last<'v>(
    event: EventKey,
    form: Form,
    view: &mut View<'v>,
) -> Result<Option<(CertificateId, &'v Certificate)>, Stop> {
    match view.issued(event, form)? {
        Some(issued) => last_of(issued, view),
        None => Ok(None),
    }
}

fn last_of<'v>(
    issued: &Issued,
    view: &mut View<'v>,
) -> Result<Option<(CertificateId, &'v Certificate)>, Stop> {
    let Some(id) = issued.last() else { return Ok(None) };
    let certificate = view.certificate(id)?.ok_or(Stop::Damaged(Key::Certificate(id)))?;
    Ok(Some((id, certificate)))
}

/// Whoever's key it is, made if they have none.
pub(super) fn key_of(
    person: BeneficiaryRef,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<(PersonKey, Vec<Write>), Stop> {
    if let Some(key) = view.person_key(person)? {
        return Ok((key.clone(), Vec::new()));
    }
    let key = PersonKey::derive(&context.secret, person);
    let row = (Key::PersonKey(person), Some(Row::PersonKey(key.clone())));
    Ok((key, vec![row]))
}

/// That nothing can be read any more of what the certificates of somebody's doses say of them. The certificates themselves
/// stay, as does their status: whoever was given one can show it.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn forget(person: &Person, view: &mut View<'_>) -> Result<Vec<Write>, Stop> {
    let mut writes = Vec::new();
    let mut next: Vec<_> = person.doses.iter().map(DoseTaken::event_key).collect();
    while !next.is_empty() {
        let issued = |key| Form::ALL.map(|form| Key::Issued(key, form));
        view.require(next.iter().flat_map(|key| iter::once(Key::Event(*key)).chain(issued(*key))))?;
        let mut corrected = Vec::new();
        for key in next {
            let Some(event) = view.event(key)? else { continue };
            writes.extend([(Key::PersonKey(event.person), None), (Key::Holder(key), None)]);
            for form in Form::ALL {
                writes.extend(take_job(event, form, view)?);
                let issued = view.issued(key, form)?.map_or(&[][..], |issued| &issued.0);
                writes.extend(issued.iter().map(|id| (Key::Signed(*id), None)));
            }
            corrected.extend(event.corrects);
        }
        next = corrected;
    }
    Ok(writes)
}

/// What becomes of certificates by a command, gathered, so that it writes each part of a status list once, and one row of
/// lines for the log.
#[derive(Default)]
pub(super) struct Fates {
    parts: BTreeMap<(u32, u16), StatusChunk>,
    lines: Unplaced,
    writes: Vec<Write>,
}

impl Fates {
    /// A certificate was issued.
    pub(super) fn issue(&mut self, id: CertificateId, context: &Context<'_>) {
        self.lines.0.push(Logged::new(LogKind::Issued, id, context.now));
    }

    /// Ends a certificate that holds.
    ///
    /// # Errors
    /// Rows are missing or damaged.
    pub(super) fn end(
        &mut self,
        id: CertificateId,
        certificate: &Certificate,
        state: State,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<(), Stop> {
        let status = certificate.status;
        let place = (status.list(), status.chunk());
        let stored = view.status_bits(place.0, place.1)?;
        let part = self.parts.entry(place).or_insert_with(|| stored.copied().unwrap_or([0; 128]));
        status.set(part);
        let ended = Certificate { state, ..certificate.clone() };
        self.writes.push((Key::Certificate(id), Some(Row::Certificate(Box::new(ended)))));
        self.lines.0.push(Logged::new(LogKind::Revoked, id, context.now));
        Ok(())
    }

    /// Their rows.
    pub(super) fn into_writes(self) -> impl Iterator<Item = Write> {
        let parts = self.parts.into_iter();
        let part =
            |((list, part), bits)| (Key::StatusBits(list, part), Some(Row::StatusBits(bits)));
        let lines =
            self.lines.id().map(|id| (Key::LogPending(id), Some(Row::Unplaced(self.lines))));
        self.writes.into_iter().chain(parts.map(part)).chain(lines)
    }
}
