//! Certificates: what waits for one, what it is made from, and those that there are.

use super::{Page, Reader};
use crate::commands::led_to;
use crate::keys::{Key, Meta, Queue};
use crate::records::{
    Certificate, CertificateJob, DoseTaken, Event, EventKey, Form, Holder, Issued, KeyId, Row,
    STATUS_ENTRIES, Share,
};
use crate::request::Failure;
use crate::store::ReadError;
use crate::vault::{PersonKey, ShareHash, Slot};
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CertificateId};
use uuid::Uuid;

/// An event with all that its certificate is made from.
#[derive(Clone, Debug)]
pub struct Certifiable {
    /// The event.
    pub event: Event,
    /// Which version of the dose's record it is.
    pub version: u32,
    /// The certificate in whose place the next one stands: the last of this form for the dose.
    pub previous: Option<CertificateId>,
    /// What the certificate says of the person.
    pub holder: Holder,
    /// The key under which its text is to lie.
    pub key: PersonKey,
}

/// A certificate as it is kept.
#[derive(Clone, Debug)]
pub struct KeptCertificate {
    /// Its id.
    pub id: CertificateId,
    /// What is known of it.
    pub certificate: Certificate,
    /// Its text as it was signed; `None` since the person was erased.
    pub signed: Option<Vec<u8>>,
}

/// The certificates of a dose of somebody.
#[derive(Clone, Debug)]
pub struct CertificatesOfDose {
    /// The event that holds for the dose, of which [own ones](Event::is_own) alone are certified.
    pub event: Event,
    /// The certificates of this event, then of those that it corrects: of each form the last one first.
    pub certificates: Vec<(CertificateId, Certificate)>,
}

/// The bits of a status list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    /// The bits, the first one left-most.
    pub bits: Vec<u8>,
    /// How many are set. None is ever unset, so that a list has changed if and only if this has.
    pub revoked: u32,
}

impl Reader {
    /// The first so many events that wait to be certified, after one of these jobs or from the first. They lie by when the
    /// event was written ([`waiting_since`](crate::records::waiting_since)).
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn certificate_jobs(
        &self,
        after: Option<Uuid>,
        most: usize,
    ) -> Result<Vec<(Uuid, CertificateJob)>, Failure> {
        let mut range = self.layout().jobs(Queue::Certificates);
        if let Some(id) = after {
            range.start = self.layout().single(&Key::Outbox(Queue::Certificates, id)).end;
        }
        let job = |(key, row)| match (key, row) {
            (Key::Outbox(_, id), Row::CertificateJob(job)) => Some((id, job)),
            _ => None,
        };
        let rows = self.first(range, most).await.map_err(|error| self.unavailable(&error))?;
        Ok(rows.into_iter().filter_map(job).collect())
    }

    /// What the certificates of these events are made from, one for each; `None` where there is nothing to certify any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn certifiable(
        &self,
        wanted: &[(EventKey, Form)],
    ) -> Result<Vec<Option<Certifiable>>, Failure> {
        self.ask(|view, _| {
            let keys = |(event, form): &(EventKey, Form)| {
                [Key::Event(*event), Key::Holder(*event), Key::Issued(*event, *form)]
            };
            view.require(wanted.iter().flat_map(keys))?;
            let mut keys = Vec::with_capacity(wanted.len());
            for (event, _) in wanted {
                keys.extend(view.event(*event)?.map(|event| Key::PersonKey(event.person)));
            }
            view.require(keys)?;
            wanted.iter().map(|(event, form)| certifiable(*event, *form, view)).collect()
        })
        .await
    }

    /// A certificate by its id.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn certificate(&self, id: CertificateId) -> Result<Option<KeptCertificate>, Failure> {
        self.ask(|view, _| kept(id, view)).await
    }

    /// The certificates of somebody's doses, in the order of these, without their texts.
    ///
    /// # Errors
    /// [`Failure::Unavailable`], or [`NoSuchPerson`](crate::commands::Refusal::NoSuchPerson).
    pub async fn certificates_of(
        &self,
        person: BeneficiaryRef,
    ) -> Result<Vec<CertificatesOfDose>, Failure> {
        self.ask(|view, _| {
            let (_, person) = led_to(person, view)?;
            let events = person.doses.iter().map(DoseTaken::event_key);
            view.require(events.flat_map(rows_of_event))?;
            person.doses.iter().map(|taken| of_dose(taken.event_key(), view)).collect()
        })
        .await
    }

    /// The certificates of a dose, by the event that holds for it or one that it corrects; `None` if there is no such event.
    /// Whoever was given it may have been erased.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn certificates_of_event(
        &self,
        event: EventKey,
    ) -> Result<Option<CertificatesOfDose>, Failure> {
        self.ask(|view, _| match view.event(event)? {
            Some(_) => of_dose(event, view).map(Some),
            None => Ok(None),
        })
        .await
    }

    /// What the certificate of an event says of the person; `None` if nothing is known of them any more, or was ever.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn holder(&self, event: EventKey) -> Result<Option<Holder>, Failure> {
        self.ask(|view, _| {
            let Some(known) = view.event(event)? else { return Ok(None) };
            Ok(opened(known, view)?.map(|(holder, _)| holder))
        })
        .await
    }

    /// Looks at so many certificates, after one of them or from the first: those that hold and were signed with this key,
    /// and after which to go on; `None` if those were the last.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn certificates_under(
        &self,
        key: KeyId,
        after: Option<CertificateId>,
        looked_at: usize,
    ) -> Result<Page<CertificateId, CertificateId>, ReadError> {
        let rows = self.first(self.layout().certificates(after), looked_at).await?;
        let id = |key: &Key| if let Key::Certificate(id) = key { Some(*id) } else { None };
        let next = rows.last().filter(|_| rows.len() == looked_at).and_then(|(key, _)| id(key));
        let signed = |(at, row): &(Key, Row)| match row {
            Row::Certificate(known) if known.key == key && known.is_valid() => id(at),
            _ => None,
        };
        Ok(Page { found: rows.iter().filter_map(signed).collect(), next })
    }

    /// A status list as it is now.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn status(&self, list: u32) -> Result<StatusList, Failure> {
        // At most 1024 rows, which are read at one moment.
        let (rows, _) = self
            .newest(self.layout().status_list(list))
            .await
            .map_err(|error| self.unavailable(&error))?;
        let mut bits = vec![0; STATUS_ENTRIES as usize / 8];
        for row in rows {
            if let (Key::StatusBits(_, part), Row::StatusBits(chunk)) = row {
                let at = usize::from(part) * chunk.len();
                bits[at..at + chunk.len()].copy_from_slice(&chunk);
            }
        }
        let revoked = bits.iter().map(|byte| byte.count_ones()).sum();
        Ok(StatusList { bits, revoked })
    }

    /// How many entries of status lists were handed out, which tells how many lists there are.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn status_taken(&self) -> Result<u64, Failure> {
        self.ask(|view, _| Ok(view.count(Meta::StatusNext)?.copied().unwrap_or(0))).await
    }

    /// Whose vaccination a link shows, as they are known today; `None` if it shows nobody's, or does not any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn shared(&self, share: ShareHash) -> Result<Option<BeneficiaryRef>, Failure> {
        self.ask(|view, context| {
            let Some(share) = view.share(share)?.filter(|share| !share.is_over(context.now)) else {
                return Ok(None);
            };
            match led_to(share.person, view) {
                Ok((who, _)) => Ok(Some(who)),
                Err(Stop::Refused(_)) => Ok(None),
                Err(stop) => Err(stop),
            }
        })
        .await
    }

    /// The links of somebody that work.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn shares_of(
        &self,
        person: BeneficiaryRef,
    ) -> Result<Vec<(ShareHash, Share)>, Failure> {
        self.ask(|view, context| {
            let hashes = view.shares(person)?.map_or(&[][..], |shares| shares);
            view.require(hashes.iter().map(|hash| Key::Share(*hash)))?;
            let mut shares = Vec::new();
            for hash in hashes {
                let share = view.share(*hash)?.filter(|share| !share.is_over(context.now));
                shares.extend(share.map(|share| (*hash, *share)));
            }
            Ok(shares)
        })
        .await
    }
}

fn certifiable(
    key: EventKey,
    form: Form,
    view: &mut View<'_>,
) -> Result<Option<Certifiable>, Stop> {
    let Some(event) = view.event(key)? else { return Ok(None) };
    let Some((holder, key)) = opened(event, view)? else { return Ok(None) };
    let (version, previous) = version(event, form, view)?;
    Ok(Some(Certifiable { event: event.clone(), version, previous, holder, key }))
}

/// What is known of the person of an event, and their key.
fn opened(event: &Event, view: &mut View<'_>) -> Result<Option<(Holder, PersonKey)>, Stop> {
    view.require([Key::Holder(event.key), Key::PersonKey(event.person)])?;
    let sealed = view.holder(event.key)?.zip(view.person_key(event.person)?);
    let Some((sealed, key)) = sealed else { return Ok(None) };
    let damaged = |_| Stop::Damaged(Key::Holder(event.key));
    let holder = Holder::open(event.key.id, sealed, key).map_err(damaged)?;
    Ok(Some((holder, key.clone())))
}

/// How many events a dose has up to this one, and the last of their certificates in this form.
fn version(
    event: &Event,
    form: Form,
    view: &mut View<'_>,
) -> Result<(u32, Option<CertificateId>), Stop> {
    let (mut version, mut last, mut next) = (0, None, Some(event.key));
    while let Some(key) = next {
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        last = match last {
            None => view.issued(key, form)?.and_then(Issued::last),
            known => known,
        };
        version += 1;
        next = event.corrects;
    }
    Ok((version, last))
}

fn kept(id: CertificateId, view: &mut View<'_>) -> Result<Option<KeptCertificate>, Stop> {
    view.require([Key::Certificate(id), Key::Signed(id)])?;
    let Some(certificate) = view.certificate(id)?.cloned() else { return Ok(None) };
    let sealed = view.signed(id)?.zip(view.person_key(certificate.person)?);
    let open = |(sealed, key): (&Vec<u8>, &PersonKey)| key.open(Slot::Certificate(id), sealed);
    let signed = sealed.map(open).transpose().map_err(|_| Stop::Damaged(Key::Signed(id)))?;
    Ok(Some(KeptCertificate { id, certificate, signed }))
}

/// An event and what is issued of it.
fn rows_of_event(key: EventKey) -> [Key; 3] {
    let [domestic, international] = Form::ALL.map(|form| Key::Issued(key, form));
    [Key::Event(key), domestic, international]
}

fn of_dose(holding: EventKey, view: &mut View<'_>) -> Result<CertificatesOfDose, Stop> {
    let event = view.event(holding)?.ok_or(Stop::Damaged(Key::Event(holding)))?;
    let (mut certificates, mut next) = (Vec::new(), Some(holding));
    while let Some(key) = next {
        view.require(rows_of_event(key))?;
        let mut ids = Vec::new();
        for form in Form::ALL {
            let issued = view.issued(key, form)?.map_or(&[][..], |issued| &issued.0);
            ids.extend(issued.iter().rev().copied());
        }
        view.require(ids.iter().copied().map(Key::Certificate))?;
        for id in ids {
            let known = view.certificate(id)?.ok_or(Stop::Damaged(Key::Certificate(id)))?;
            certificates.push((id, known.clone()));
        }
        next = view.event(key)?.and_then(|event| event.corrects);
    }
    Ok(CertificatesOfDose { event: event.clone(), certificates })
}

#[cfg(test)]
mod tests;
