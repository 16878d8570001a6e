//! Certificates of doses: what is known of each, and what waits to be certified.

use super::event::{EventKey, read_event_key, write_event_key};
use super::person::reference;
use super::waiting;
use super::wire::{Fields, Malformed, Value, Writer};
use crate::audit::Who;
use opencowin_model::{BeneficiaryRef, CertificateId, EventId, RevocationReason, Timestamp};
use uuid::Uuid;

/// What is known of a certificate, whoever it is of. Its text lies in a row of its own, which goes when the person is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The event that it certifies.
    pub event: EventKey,
    /// Who was given the dose, by the reference under which it was recorded; the key of this reference seals the text.
    pub person: BeneficiaryRef,
    /// Which version of the dose's record it certifies; corrections count up from 1.
    pub version: u32,
    /// For whom it is.
    pub form: Form,
    /// The one in whose place it stands.
    pub previous: Option<CertificateId>,
    /// Where its status can be looked up.
    pub status: StatusEntry,
    /// The key that signed it.
    pub key: KeyId,
    /// When it was stored.
    pub issued: Timestamp,
    /// Whether it holds.
    pub state: State,
}

/// For whom a certificate is. Of each event there is at most one of each form that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// For use at home.
    Domestic = 1,
    /// For travel: with the full date of birth and the passport's number, which it alone holds.
    International = 2,
}

/// A place in a status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusEntry {
    list: u32,
    index: u32,
}

/// Bits of a status list.
pub const STATUS_ENTRIES: u32 = 1 << 20;

/// Bits of a list that lie in one row.
const CHUNK_BITS: u32 = 1024;

/// Those bits.
pub(crate) type StatusChunk = [u8; CHUNK_BITS as usize / 8];

/// The first bytes of a signing key's thumbprint (RFC 7638).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

/// Whether a certificate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does, as far as the ledger knows; after erasure nobody has the text but whoever was given it.
    Valid,
    /// Another stands in its place, or will.
    Superseded {
        /// The event that the other one certifies: a later version of this one's, or this one's own.
        by: EventKey,
        /// Since when.
        at: Timestamp,
    },
    /// It does not hold any more.
    Revoked {
        /// Why.
        reason: RevocationReason,
        /// Who said so.
        by: Who,
        /// Since when.
        at: Timestamp,
    },
}

impl Certificate {
    /// Whether it holds.
    pub fn is_valid(&self) -> bool {
        self.state == State::Valid
    }

    /// Whether it was revoked for good: its dose is not certified again without another version.
    pub fn is_final(&self) -> bool {
        match &self.state {
            State::Revoked { reason, .. } => *reason != RevocationReason::KeyCompromised,
            State::Valid | State::Superseded { .. } => false,
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.nested(1, |inner| write_event_key(self.event, inner));
        writer.number(2, self.person.get());
        writer.number(3, self.version);
        writer.number(4, self.form.number());
        if let Some(previous) = self.previous {
            writer.bytes(5, previous.0.as_bytes());
        }
        writer.number(6, self.status.list);
        writer.number(7, self.status.index);
        writer.bytes(8, &self.key.0);
        writer.signed(9, self.issued.0);
        match &self.state {
            State::Valid => {}
            State::Superseded { by, at } => {
                writer.signed(10, at.0);
                writer.nested(11, |inner| write_event_key(*by, inner));
            }
            State::Revoked { reason, by, at } => {
                writer.signed(10, at.0);
                writer.number(12, reason.number());
                writer.nested(13, |inner| by.write(inner));
            }
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut event, mut person, mut version, mut form) = (None, None, None, None);
        let (mut previous, mut list, mut index, mut key) = (None, None, None, None);
        let (mut issued, mut at, mut by) = (None, None, None);
        let (mut reason, mut revoked_by) = (None, None);
        for field in fields {
            match field? {
                (1, value) => event = Some(read_event_key(value)?),
                (2, value) => person = Some(reference(value)?),
                (3, value) => version = Some(value.number()?),
                (4, value) => form = Some(Form::read(value)?),
                (5, value) => previous = Some(certificate_id(value)?),
                (6, value) => list = Some(value.number()?),
                (7, value) => index = Some(value.number()?),
                (8, value) => key = Some(KeyId(value.array()?)),
                (9, value) => issued = Some(Timestamp(value.signed()?)),
                (10, value) => at = Some(Timestamp(value.signed()?)),
                (11, value) => by = Some(read_event_key(value)?),
                (12, value) => {
                    let known = RevocationReason::from_number(value.number()?);
                    reason = Some(known.ok_or(Malformed)?);
                }
                (13, value) => revoked_by = Some(Who::read(value.fields()?)?),
                _ => {}
            }
        }
        let state = match (at, by, reason.zip(revoked_by)) {
            (None, None, None) => State::Valid,
            (Some(at), Some(by), None) => State::Superseded { by, at },
            (Some(at), None, Some((reason, by))) => State::Revoked { reason, by, at },
            _ => return Err(Malformed),
        };
        let status = list.zip(index).and_then(|(list, index)| StatusEntry::new(list, index));
        Ok(Self {
            event: event.ok_or(Malformed)?,
            person: person.ok_or(Malformed)?,
            version: version.ok_or(Malformed)?,
            form: form.ok_or(Malformed)?,
            previous,
            status: status.ok_or(Malformed)?,
            key: key.ok_or(Malformed)?,
            issued: issued.ok_or(Malformed)?,
            state,
        })
    }
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Domestic, Self::International];

    /// Its number, in records and keys.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// The form with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|form| *form as i64 == number)
    }

    fn read(value: Value<'_>) -> Result<Self, Malformed> {
        let number: u8 = value.number()?;
        Self::from_number(number.into()).ok_or(Malformed)
    }
}

impl StatusEntry {
    /// A bit of a list; `None` if it does not have so many.
    pub fn new(list: u32, index: u32) -> Option<Self> {
        (index < STATUS_ENTRIES).then_some(Self { list, index })
    }

    /// Which list.
    pub fn list(self) -> u32 {
        self.list
    }

    /// Which of its bits.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The row of its list in which its bit lies.
    pub(crate) fn chunk(self) -> u16 {
        (self.index / CHUNK_BITS) as u16
    }

    /// The byte of that row, and the bit in it. The first bit of a list is the left-most of its first byte.
    fn bit(self) -> (usize, u8) {
        let within = self.index % CHUNK_BITS;
        (within as usize / 8, 0x80 >> (within % 8))
    }

    /// Whether its bit is set in its row.
    pub(crate) fn is_set(self, chunk: &StatusChunk) -> bool {
        let (byte, bit) = self.bit();
        chunk[byte] & bit != 0
    }

    /// Sets its bit in its row.
    pub(crate) fn set(self, chunk: &mut StatusChunk) {
        let (byte, bit) = self.bit();
        chunk[byte] |= bit;
    }
}

/// The certificates of an event in one form, in the order in which they were stored. Only the last can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issued(pub Vec<CertificateId>);

impl Issued {
    /// The last one.
    pub fn last(&self) -> Option<CertificateId> {
        self.0.last().copied()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.0.iter().for_each(|id| writer.bytes(1, id.0.as_bytes()));
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut issued = Self::default();
        for field in fields {
            if let (1, value) = field? {
                issued.0.push(certificate_id(value)?);
            }
        }
        Ok(issued)
    }
}

/// An event that waits to be certified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateJob {
    /// Which.
    pub event: EventKey,
    /// Whose dose it is. Whoever stores the certificate needs nothing else of the event, which is then not read.
    pub person: BeneficiaryRef,
    /// In which form.
    pub form: Form,
    /// Since when it waits.
    pub since: Timestamp,
    /// The last certificate of the event in this form, which does not hold any more. While the job waits there is no other.
    /// Nearly always there was none, and whoever stores the first need not look for one.
    pub last: Option<CertificateId>,
}

impl CertificateJob {
    /// The job of an event that was written at a moment, of which there is one for each form. It rises with the moment.
    pub fn id(event: EventId, written: Timestamp, form: Form) -> Uuid {
        let mut random = [form.number(); 10];
        // The last bytes, in which ids differ that one command makes.
        random[1..].copy_from_slice(&event.0.as_bytes()[7..]);
        waiting::id(written, &random)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.nested(1, |inner| write_event_key(self.event, inner));
        writer.number(2, self.form.number());
        writer.signed(3, self.since.0);
        writer.number(4, self.person.get());
        if let Some(last) = self.last {
            writer.bytes(5, last.0.as_bytes());
        }
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut event, mut person, mut form, mut since) = (None, None, None, None);
        let mut last = None;
        for field in fields {
            match field? {
                (1, value) => event = Some(read_event_key(value)?),
                (2, value) => form = Some(Form::read(value)?),
                (3, value) => since = Some(Timestamp(value.signed()?)),
                (4, value) => person = Some(reference(value)?),
                (5, value) => last = Some(certificate_id(value)?),
                _ => {}
            }
        }
        Ok(Self {
            event: event.ok_or(Malformed)?,
            person: person.ok_or(Malformed)?,
            form: form.ok_or(Malformed)?,
            since: since.ok_or(Malformed)?,
            last,
        })
    }
}

fn certificate_id(value: Value<'_>) -> Result<CertificateId, Malformed> {
    Ok(CertificateId(Uuid::from_bytes(value.array()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_of_a_list_is_the_left_most_of_its_first_row() {
        let mut chunk = [0; 128];
        StatusEntry { list: 0, index: 0 }.set(&mut chunk);
        StatusEntry { list: 0, index: 15 }.set(&mut chunk);
        assert_eq!(chunk[..3], [0x80, 1, 0]);
        assert!(StatusEntry { list: 0, index: 15 }.is_set(&chunk));
        assert!(!StatusEntry { list: 0, index: 14 }.is_set(&chunk));
        let last = StatusEntry { list: 0, index: STATUS_ENTRIES - 1 };
        last.set(&mut chunk);
        assert_eq!((last.chunk(), chunk[127]), (1023, 1));
    }

    #[test]
    fn an_event_has_one_job_of_each_form_and_jobs_rise_with_time() {
        let id = |event, at, form| {
            CertificateJob::id(EventId(Uuid::from_u128(event)), Timestamp(at), form)
        };
        let one = id(u128::MAX, 1000, Form::Domestic);
        assert_eq!(one, id(u128::MAX, 1000, Form::Domestic));
        assert_ne!(one, id(u128::MAX, 1000, Form::International));
        assert_ne!(one, id(u128::MAX - 1, 1000, Form::Domestic));
        assert!(one < id(0, 1001, Form::Domestic));
    }
}
