//! Storing certificates that were signed, and asking for one.

use super::certificates::{self, Fates};
use super::find::led_to;
use super::{Effects, Outcome, Refusal, Write};
use crate::keys::{Key, Queue};
use crate::records::{
    Certificate, CertificateJob, Event, EventKey, Form, Issued, KeyId, Row, State, StatusEntry,
};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CertificateId, Timestamp};
use std::collections::BTreeSet;

/// Most certificates that are stored by one command.
pub const CERTIFIED_AT_ONCE: usize = 64;

/// Stores certificates, each for an event that waits for one, and takes the job out of the queue. One for travel needs no
/// job: whoever asks for it tells what it is made of.
///
/// It is not stored if there is nothing to certify any more, or nothing yet: the event was corrected, the person erased, or
/// somebody else was first. The same again is answered the same. Of one event only the first is stored.
#[derive(Clone, Debug)]
pub struct Certify {
    /// At most [`CERTIFIED_AT_ONCE`].
    pub certificates: Vec<Fresh>,
}

/// A certificate that was just signed.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its id, drawn by whoever signed it.
    pub id: CertificateId,
    /// The event that it certifies.
    pub event: EventKey,
    /// When that was [written](Event::at), by which its job is found without reading it.
    pub written: Timestamp,
    /// Which version of the dose's record that is.
    pub version: u32,
    /// For whom it is.
    pub form: Form,
    /// The one in whose place it stands. If that still holds, it does not from now on; any other that holds is in the way.
    pub previous: Option<CertificateId>,
    /// Its status entry, out of those that were [taken](super::TakeStatus).
    pub status: StatusEntry,
    /// The key that signed it.
    pub key: KeyId,
    /// Its text, sealed under the key of the event's person for [its slot](crate::vault::Slot::Certificate).
    pub sealed: Vec<u8>,
}

impl Certify {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        self.require(view)?;
        let (mut writes, mut fates, mut stored) = (Vec::new(), Fates::default(), 0);
        let mut events = BTreeSet::new();
        for (at, fresh) in self.certificates.iter().enumerate() {
            let first = events.insert(fresh.event);
            if first && let Some(rows) = fresh.stored(&mut fates, view, context)? {
                stored |= 1 << at;
                writes.extend(rows);
            }
        }
        writes.extend(fates.into_writes());
        Ok(Effects { writes, outcome: Outcome::Certified { stored } })
    }

    /// Asks for the rows of all certificates together.
    fn require(&self, view: &mut View<'_>) -> Result<(), Stop> {
        view.require(self.certificates.iter().map(Fresh::job_key))?;
        let (mut not_first, mut rows) = (Vec::new(), Vec::new());
        for fresh in &self.certificates {
            let job = fresh.job(view)?;
            if is_first(job) {
                continue;
            }
            not_first.push((fresh, job));
            rows.push(Key::Issued(fresh.event, fresh.form));
            if fresh.needs_event(job) {
                rows.push(Key::Event(fresh.event));
            }
        }
        view.require(rows)?;
        let mut last = Vec::new();
        for (fresh, job) in not_first {
            last.extend(fresh.issued(job, view)?.last().map(Key::Certificate));
        }
        view.require(last)
    }
}

impl Fresh {
    /// The rows with it; none if it is there already. `None` if it is not to be stored.
    fn stored(
        &self,
        fates: &mut Fates,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Option<Vec<Write>>, Stop> {
        let job = self.job(view)?;
        let mut issued = self.issued(job, view)?;
        if issued.0.contains(&self.id) {
            return Ok(Some(Vec::new()));
        }
        let Some(person) = self.person(job, view)? else { return Ok(None) };
        if let Some((id, holding)) = certificates::holding(&issued, view)? {
            if self.previous != Some(id) {
                return Ok(None);
            }
            let state = State::Superseded { by: self.event, at: context.now };
            fates.end(id, holding, state, view, context)?;
        }
        issued.0.push(self.id);
        fates.issue(self.id, context);
        let mut writes = self.rows(person, issued, context);
        if job.is_some() {
            writes.push((self.job_key(), None));
        }
        Ok(Some(writes))
    }

    fn job_key(&self) -> Key {
        let id = CertificateJob::id(self.event.id, self.written, self.form);
        Key::Outbox(Queue::Certificates, id)
    }

    /// The job, if it waits in the queue. Then the event is there and holds: whatever ends an event takes its job.
    fn job<'v>(&self, view: &mut View<'v>) -> Result<Option<&'v CertificateJob>, Stop> {
        let job =
            view.certificate_job(CertificateJob::id(self.event.id, self.written, self.form))?;
        Ok(job.filter(|job| (job.event, job.form) == (self.event, self.form)))
    }

    /// Those that the event has had in this form. They are not looked for if its job tells that there were none.
    fn issued(&self, job: Option<&CertificateJob>, view: &mut View<'_>) -> Result<Issued, Stop> {
        if is_first(job) {
            return Ok(Issued::default());
        }
        Ok(view.issued(self.event, self.form)?.cloned().unwrap_or_default())
    }

    fn needs_event(&self, job: Option<&CertificateJob>) -> bool {
        self.form == Form::International && job.is_none()
    }

    /// Whose dose is to be certified; `None` if it is not.
    fn person(
        &self,
        job: Option<&CertificateJob>,
        view: &mut View<'_>,
    ) -> Result<Option<BeneficiaryRef>, Stop> {
        if !self.needs_event(job) {
            return Ok(job.map(|job| job.person));
        }
        let Some(event) = view.event(self.event)? else { return Ok(None) };
        Ok(is_certifiable(event, view)?.then_some(event.person))
    }

    fn rows(&self, person: BeneficiaryRef, issued: Issued, context: &Context<'_>) -> Vec<Write> {
        let certificate = Certificate {
            event: self.event,
            person,
            version: self.version,
            form: self.form,
            previous: self.previous,
            status: self.status,
            key: self.key,
            issued: context.now,
            state: State::Valid,
        };
        vec![
            (Key::Certificate(self.id), Some(Row::Certificate(Box::new(certificate)))),
            (Key::Signed(self.id), Some(Row::Signed(self.sealed.clone()))),
            (Key::Issued(self.event, self.form), Some(Row::Issued(issued))),
        ]
    }
}

/// Whether the job of an event tells that it has had no certificate in its form.
fn is_first(job: Option<&CertificateJob>) -> bool {
    job.is_some_and(|job| job.last.is_none())
}

/// Asks for the certificate of a dose for use at home, if there is none and none is on its way: of a dose that was recorded
/// before there were certificates.
#[derive(Clone, Copy, Debug)]
pub struct RequestCertificate {
    /// The event that holds for the dose.
    pub event: EventKey,
}

impl RequestCertificate {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let unknown = Refusal::NotCertifiable(self.event.id);
        let event = view.event(self.event)?.ok_or(unknown)?;
        if !is_certifiable(event, view)? {
            return Err(unknown.into());
        }
        let passed = |writes| Ok(Effects { writes, outcome: Outcome::Passed });
        let last = certificates::last(self.event, Form::Domestic, view)?;
        match last.map(|(_, certificate)| certificate) {
            Some(certificate) if certificate.is_final() => return Err(unknown.into()),
            Some(certificate) if certificate.is_valid() => return passed(Vec::new()),
            _ => {}
        }
        if certificates::take_job(event, Form::Domestic, view)?.is_some() {
            return passed(Vec::new());
        }
        let mut writes = prepared(event, view, context)?;
        let last = last.map(|(id, _)| id);
        writes.push(certificates::job(event, Form::Domestic, last, context));
        passed(writes)
    }
}

/// What a certificate is made from, of an event that was recorded without it.
fn prepared(event: &Event, view: &mut View<'_>, context: &Context<'_>) -> Result<Vec<Write>, Stop> {
    if view.holder(event.key)?.is_some() {
        return Ok(Vec::new());
    }
    let (who, _) = led_to(event.person, view)?;
    let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
    let holder = certificates::holder_of(event, personal, view, context)?;
    let (key, mut writes) = certificates::key_of(event.person, view, context)?;
    writes.push((Key::Holder(event.key), Some(Row::Holder(holder.seal(event.key.id, &key)))));
    Ok(writes)
}

/// Whether it is the programme's own dose, and the event that holds for it, of somebody who was not erased.
fn is_certifiable(event: &Event, view: &mut View<'_>) -> Result<bool, Stop> {
    match led_to(event.person, view) {
        Ok((_, person)) => {
            let holds = person.taken(event.dose).is_some_and(|dose| dose.event_key() == event.key);
            Ok(holds && event.is_own())
        }
        Err(Stop::Refused(_)) => Ok(false),
        Err(stop) => Err(stop),
    }
}

#[cfg(test)]
mod tests;
