//! Vaccination events: the record of each dose, written once and never changed.

use super::person::reference;
use super::wire::{Fields, Malformed, Value, Writer};
use super::{read_session_key, write_session_key};
use crate::audit::{Who, Word};
use opencowin_model::{
    AppointmentId, Batch, BeneficiaryRef, CentreId, Channel, Date, Dose, EventId, Evidence,
    IdTypeId, OverrideReason, SessionKey, Timestamp, VaccineId,
};
use uuid::Uuid;

/// Where an event lies: by the day on which the dose was given, then by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    /// The day on which the dose was given, as this event says.
    pub date: Date,
    /// Its id.
    pub id: EventId,
}

/// One dose that was given, or the correction of what an earlier event says of one. Whoever knows a person's doses knows
/// the event that holds for each; those that it corrects are found from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where it lies.
    pub key: EventKey,
    /// Who was given the dose, by the reference under which it was recorded.
    pub person: BeneficiaryRef,
    /// Which dose.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// Out of which batch; unknown of some doses that were given elsewhere.
    pub batch: Option<Batch>,
    /// Where it was given; of a dose that was given elsewhere, where that was recorded.
    pub centre: CentreId,
    /// The appointment at which it was given; none of a dose that was given elsewhere.
    pub visit: Option<Visited>,
    /// When it was first recorded. Corrections keep it.
    pub recorded: Timestamp,
    /// When this event was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: Who,
    /// The name of whoever gave the dose, as the certificate shows it.
    pub vaccinator: String,
    /// The kind of identity document by which the person was verified.
    pub verified: Option<IdTypeId>,
    /// By whose decision the dose was given before its interval was over.
    pub overridden: Option<Override>,
    /// The event in whose place it stands.
    pub corrects: Option<EventKey>,
    /// What shows that the dose was given, if it was given elsewhere.
    pub evidence: Option<Evidence>,
    /// What it means by the person, to whoever has their key: see [`Holder`](super::Holder). None of doses that were given
    /// elsewhere, nor of those that were recorded before schema 5.
    pub commitment: Option<[u8; 32]>,
}

/// An appointment at which a dose was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Its session.
    pub session: SessionKey,
    /// The appointment.
    pub appointment: AppointmentId,
    /// Out of whose seats it was booked.
    pub channel: Channel,
}

/// A decision to give a dose before its interval is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Why.
    pub reason: OverrideReason,
    /// The role of whoever decided it.
    pub role: Word,
}

impl Event {
    /// Whether the dose was given in the programme, out of its stock.
    pub fn is_own(&self) -> bool {
        self.evidence.is_none()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.person.get());
        writer.number(2, self.dose.number());
        writer.number(3, self.vaccine.0);
        if let Some(batch) = self.batch {
            writer.bytes(4, batch.as_str().as_bytes());
        }
        writer.number(5, self.centre.0);
        if let Some(visit) = self.visit {
            writer.nested(6, |inner| visit.write(inner));
        }
        writer.signed(7, self.recorded.0);
        writer.signed(8, self.at.0);
        writer.nested(9, |inner| self.by.write(inner));
        writer.bytes(10, self.vaccinator.as_bytes());
        if let Some(id_type) = self.verified {
            writer.number(11, id_type.0);
        }
        if let Some(overridden) = &self.overridden {
            writer.nested(12, |inner| overridden.write(inner));
        }
        if let Some(corrected) = self.corrects {
            writer.nested(13, |inner| write_event_key(corrected, inner));
        }
        if let Some(evidence) = self.evidence {
            writer.number(14, evidence.number());
        }
        if let Some(commitment) = &self.commitment {
            writer.bytes(15, commitment);
        }
    }

    pub(super) fn read(key: EventKey, fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut person, mut dose, mut vaccine, mut batch) = (None, None, None, None);
        let (mut centre, mut visit, mut recorded, mut at) = (None, None, None, None);
        let (mut by, mut vaccinator, mut verified, mut overridden) = (None, None, None, None);
        let (mut corrects, mut evidence, mut commitment) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => person = Some(reference(value)?),
                (2, value) => dose = Some(value.dose()?),
                (3, value) => vaccine = Some(VaccineId(value.number()?)),
                (4, value) => batch = Some(Batch::parse(&value.text()?).ok_or(Malformed)?),
                (5, value) => centre = Some(CentreId(value.number()?)),
                (6, value) => visit = Some(Visited::read(value.fields()?)?),
                (7, value) => recorded = Some(Timestamp(value.signed()?)),
                (8, value) => at = Some(Timestamp(value.signed()?)),
                (9, value) => by = Some(Who::read(value.fields()?)?),
                (10, value) => vaccinator = Some(value.text()?),
                (11, value) => verified = Some(IdTypeId(value.number()?)),
                (12, value) => overridden = Some(Override::read(value.fields()?)?),
                (13, value) => corrects = Some(read_event_key(value)?),
                (14, value) => {
                    evidence = Some(Evidence::from_number(value.number()?).ok_or(Malformed)?);
                }
                (15, value) => commitment = Some(value.array()?),
                _ => {}
            }
        }
        Ok(Self {
            key,
            person: person.ok_or(Malformed)?,
            dose: dose.ok_or(Malformed)?,
            vaccine: vaccine.ok_or(Malformed)?,
            batch,
            centre: centre.ok_or(Malformed)?,
            visit,
            recorded: recorded.ok_or(Malformed)?,
            at: at.ok_or(Malformed)?,
            by: by.ok_or(Malformed)?,
            vaccinator: vaccinator.ok_or(Malformed)?,
            verified,
            overridden,
            corrects,
            evidence,
            commitment,
        })
    }
}

impl Visited {
    fn write(self, writer: &mut Writer) {
        writer.nested(1, |inner| write_session_key(self.session, inner));
        writer.bytes(2, self.appointment.0.as_bytes());
        writer.number(3, self.channel.index() as u64 + 1);
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut session, mut appointment, mut channel) = (None, None, None);
        for field in fields {
            match field? {
                (1, value) => session = Some(read_session_key(value)?),
                (2, value) => appointment = Some(AppointmentId(Uuid::from_bytes(value.array()?))),
                (3, value) => channel = Some(super::appointment::read_channel(value)?),
                _ => {}
            }
        }
        Ok(Self {
            session: session.ok_or(Malformed)?,
            appointment: appointment.ok_or(Malformed)?,
            channel: channel.ok_or(Malformed)?,
        })
    }
}

impl Override {
    fn write(&self, writer: &mut Writer) {
        writer.number(1, self.reason.number());
        writer.bytes(2, self.role.as_str().as_bytes());
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut reason, mut role) = (None, None);
        for field in fields {
            match field? {
                (1, value) => reason = OverrideReason::from_number(value.number()?),
                (2, value) => role = Some(Word::read(value.text()?)?),
                _ => {}
            }
        }
        let (reason, role) = reason.zip(role).ok_or(Malformed)?;
        Ok(Self { reason, role })
    }
}

pub(super) fn write_event_key(key: EventKey, writer: &mut Writer) {
    writer.date(1, key.date);
    writer.bytes(2, key.id.0.as_bytes());
}

pub(super) fn read_event_key(value: Value<'_>) -> Result<EventKey, Malformed> {
    let (mut date, mut id) = (None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => date = Some(value.date()?),
            (2, value) => id = Some(EventId(Uuid::from_bytes(value.array()?))),
            _ => {}
        }
    }
    let (date, id) = date.zip(id).ok_or(Malformed)?;
    Ok(EventKey { date, id })
}
