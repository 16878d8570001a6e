//! Reports of adverse events, and the jobs that hand them over.

use super::event::EventKey;
use super::person::reference;
use super::stock::read_batch;
use super::wire::{Fields, Malformed, Value, Writer};
use crate::audit::Who;
use opencowin_model::{
    AefiId, Batch, BeneficiaryRef, CentreId, Date, DistrictId, Dose, EventId, Investigation,
    Recovery, Severity, Symptom, Timestamp, VaccineId,
};
use uuid::Uuid;

/// Where a report lies: with the vaccination that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AefiKey {
    /// Where the dose was given.
    pub centre: CentreId,
    /// The event that told of the dose when the report was made.
    pub event: EventKey,
    /// The report's id.
    pub id: AefiId,
}

/// A report of an adverse event after a vaccination (AEFI), as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aefi {
    /// Where it lies.
    pub key: AefiKey,
    /// Who was vaccinated.
    pub person: BeneficiaryRef,
    /// Which dose it was.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// Of which batch, if that is known.
    pub batch: Option<Batch>,
    /// The district whose figures count the report.
    pub district: DistrictId,
    /// How serious it is.
    pub severity: Severity,
    /// What was observed.
    pub symptoms: Vec<Symptom>,
    /// On which day it began.
    pub onset: Date,
    /// How the person is now.
    pub recovery: Recovery,
    /// How far its investigation has come.
    pub investigation: Investigation,
    /// What was learnt later, in order.
    pub follow_ups: Vec<FollowUp>,
    /// Who reported it.
    pub by: Who,
    /// When.
    pub at: Timestamp,
}

/// What was learnt of an adverse event after it was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// When.
    pub at: Timestamp,
    /// Who says so.
    pub by: Who,
    /// How serious it is by now.
    pub severity: Severity,
    /// How the person is now.
    pub recovery: Recovery,
    /// How far the investigation has come.
    pub investigation: Investigation,
}

impl Aefi {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(1, self.person.get());
        writer.number(2, self.dose.number());
        writer.number(3, self.vaccine.0);
        if let Some(batch) = self.batch {
            writer.bytes(4, batch.as_str().as_bytes());
        }
        writer.number(5, self.district.0);
        writer.number(6, self.severity.number());
        for symptom in &self.symptoms {
            writer.number(7, symptom.number());
        }
        writer.date(8, self.onset);
        writer.number(9, self.recovery.number());
        writer.number(10, self.investigation.number());
        for follow_up in &self.follow_ups {
            writer.nested(11, |inner| follow_up.write(inner));
        }
        writer.nested(12, |inner| self.by.write(inner));
        writer.signed(13, self.at.0);
    }

    pub(super) fn read(key: AefiKey, fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut person, mut dose, mut vaccine, mut batch) = (None, None, None, None);
        let (mut district, mut onset, mut by, mut at) = (None, None, None, None);
        let (mut severity, mut recovery, mut investigation) = (None, None, None);
        let (mut symptoms, mut follow_ups) = (Vec::new(), Vec::new());
        for field in fields {
            match field? {
                (1, value) => person = Some(reference(value)?),
                (2, value) => dose = Some(value.dose()?),
                (3, value) => vaccine = Some(VaccineId(value.number()?)),
                (4, value) => batch = Some(read_batch(value)?),
                (5, value) => district = Some(DistrictId(value.number()?)),
                (6, value) => severity = Severity::from_number(value.number()?),
                (7, value) => {
                    symptoms.push(Symptom::from_number(value.number()?).ok_or(Malformed)?);
                }
                (8, value) => onset = Some(value.date()?),
                (9, value) => recovery = Recovery::from_number(value.number()?),
                (10, value) => investigation = Investigation::from_number(value.number()?),
                (11, value) => follow_ups.push(FollowUp::read(value)?),
                (12, value) => by = Some(Who::read(value.fields()?)?),
                (13, value) => at = Some(Timestamp(value.signed()?)),
                _ => {}
            }
        }
        Ok(Self {
            key,
            person: person.ok_or(Malformed)?,
            dose: dose.ok_or(Malformed)?,
            vaccine: vaccine.ok_or(Malformed)?,
            batch,
            district: district.ok_or(Malformed)?,
            severity: severity.ok_or(Malformed)?,
            symptoms,
            onset: onset.ok_or(Malformed)?,
            recovery: recovery.ok_or(Malformed)?,
            investigation: investigation.ok_or(Malformed)?,
            follow_ups,
            by: by.ok_or(Malformed)?,
            at: at.ok_or(Malformed)?,
        })
    }
}

impl FollowUp {
    fn write(&self, writer: &mut Writer) {
        writer.signed(1, self.at.0);
        writer.nested(2, |inner| self.by.write(inner));
        writer.number(3, self.severity.number());
        writer.number(4, self.recovery.number());
        writer.number(5, self.investigation.number());
    }

    fn read(value: Value<'_>) -> Result<Self, Malformed> {
        let (mut at, mut by) = (None, None);
        let (mut severity, mut recovery, mut investigation) = (None, None, None);
        for field in value.fields()? {
            match field? {
                (1, value) => at = Some(Timestamp(value.signed()?)),
                (2, value) => by = Some(Who::read(value.fields()?)?),
                (3, value) => severity = Severity::from_number(value.number()?),
                (4, value) => recovery = Recovery::from_number(value.number()?),
                (5, value) => investigation = Investigation::from_number(value.number()?),
                _ => {}
            }
        }
        Ok(Self {
            at: at.ok_or(Malformed)?,
            by: by.ok_or(Malformed)?,
            severity: severity.ok_or(Malformed)?,
            recovery: recovery.ok_or(Malformed)?,
            investigation: investigation.ok_or(Malformed)?,
        })
    }
}

/// A job for the safety system: to be told of a report, or of what was learnt later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// Since when it waits.
    pub since: Timestamp,
    /// The report.
    pub about: AefiKey,
    /// With how many of its follow-ups it is to be told.
    pub follow_ups: u32,
}

impl Job {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.signed(1, self.since.0);
        writer.number(2, self.about.centre.0);
        writer.date(3, self.about.event.date);
        writer.bytes(4, self.about.event.id.0.as_bytes());
        writer.bytes(5, self.about.id.0.as_bytes());
        writer.number_unless_zero(6, self.follow_ups);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut since, mut centre, mut date) = (None, None, None);
        let (mut event, mut report, mut follow_ups) = (None, None, 0);
        for field in fields {
            match field? {
                (1, value) => since = Some(Timestamp(value.signed()?)),
                (2, value) => centre = Some(CentreId(value.number()?)),
                (3, value) => date = Some(value.date()?),
                (4, value) => event = Some(EventId(Uuid::from_bytes(value.array()?))),
                (5, value) => report = Some(AefiId(Uuid::from_bytes(value.array()?))),
                (6, value) => follow_ups = value.number()?,
                _ => {}
            }
        }
        let event = EventKey { date: date.ok_or(Malformed)?, id: event.ok_or(Malformed)? };
        let (centre, id) = (centre.ok_or(Malformed)?, report.ok_or(Malformed)?);
        let about = AefiKey { centre, event, id };
        Ok(Self { since: since.ok_or(Malformed)?, about, follow_ups })
    }
}
