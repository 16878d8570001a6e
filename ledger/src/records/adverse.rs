//! Reports of adverse events, and the jobs that hand them over.

use super::person::reference;
use super::stock::read_batch;
use super::wire::{Fields, Malformed, Value, Writer};
use crate::audit::Who;
use opencowin_model::adverse::{Investigation, Recovery, Severity, Symptom};
use opencowin_model::{Batch, BeneficiaryRef, CentreId, Date, DistrictId, Timestamp, VaccineId};
use uuid::Uuid;

/// A report of an adverse event after a vaccination (AEFI), as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aefi {
    /// Who was vaccinated.
    pub person: BeneficiaryRef,
    /// On which day.
    pub given: Date,
    /// Where.
    pub centre: CentreId,
    /// In which district that is; its figures count the report.
    pub district: DistrictId,
    /// With what.
    pub vaccine: VaccineId,
    /// Of which batch.
    pub batch: Batch,
    /// How serious it is.
    pub severity: Severity,
    /// What was observed; never empty.
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
        writer.date(2, self.given);
        writer.number(3, self.centre.0);
        writer.number(4, self.district.0);
        writer.number(5, self.vaccine.0);
        writer.bytes(6, self.batch.as_str().as_bytes());
        writer.number(7, self.severity as u64);
        for symptom in &self.symptoms {
            writer.number(8, symptom.number());
        }
        writer.date(9, self.onset);
        writer.number(10, self.recovery as u64);
        writer.number(11, self.investigation as u64);
        for follow_up in &self.follow_ups {
            writer.nested(12, |inner| follow_up.write(inner));
        }
        writer.nested(13, |inner| self.by.write(inner));
        writer.signed(14, self.at.0);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut person, mut given, mut centre, mut district) = (None, None, None, None);
        let (mut vaccine, mut batch, mut onset) = (None, None, None);
        let (mut severity, mut recovery, mut investigation) = (None, None, None);
        let (mut by, mut at) = (None, None);
        let (mut symptoms, mut follow_ups) = (Vec::new(), Vec::new());
        for field in fields {
            match field? {
                (1, value) => person = Some(reference(value)?),
                (2, value) => given = Some(value.date()?),
                (3, value) => centre = Some(CentreId(value.number()?)),
                (4, value) => district = Some(DistrictId(value.number()?)),
                (5, value) => vaccine = Some(VaccineId(value.number()?)),
                (6, value) => batch = Some(read_batch(value)?),
                (7, value) => severity = Severity::from_number(value.number()?),
                (8, value) => {
                    symptoms.push(Symptom::from_number(value.number()?).ok_or(Malformed)?);
                }
                (9, value) => onset = Some(value.date()?),
                (10, value) => recovery = Recovery::from_number(value.number()?),
                (11, value) => investigation = Investigation::from_number(value.number()?),
                (12, value) => follow_ups.push(FollowUp::read(value)?),
                (13, value) => by = Some(Who::read(value.fields()?)?),
                (14, value) => at = Some(Timestamp(value.signed()?)),
                _ => {}
            }
        }
        Ok(Self {
            person: person.ok_or(Malformed)?,
            given: given.ok_or(Malformed)?,
            centre: centre.ok_or(Malformed)?,
            district: district.ok_or(Malformed)?,
            vaccine: vaccine.ok_or(Malformed)?,
            batch: batch.ok_or(Malformed)?,
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
        writer.number(3, self.severity as u64);
        writer.number(4, self.recovery as u64);
        writer.number(5, self.investigation as u64);
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
    /// The vaccination that the report is about.
    pub event: Uuid,
    /// The report.
    pub report: Uuid,
    /// How many follow-ups it has to be told with.
    pub follow_ups: u32,
}

impl Job {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.signed(1, self.since.0);
        writer.bytes(2, self.event.as_bytes());
        writer.bytes(3, self.report.as_bytes());
        writer.number_unless_zero(4, self.follow_ups);
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut since, mut event, mut report, mut follow_ups) = (None, None, None, 0);
        for field in fields {
            match field? {
                (1, value) => since = Some(Timestamp(value.signed()?)),
                (2, value) => event = Some(Uuid::from_bytes(value.array()?)),
                (3, value) => report = Some(Uuid::from_bytes(value.array()?)),
                (4, value) => follow_ups = value.number()?,
                _ => {}
            }
        }
        Ok(Self {
            since: since.ok_or(Malformed)?,
            event: event.ok_or(Malformed)?,
            report: report.ok_or(Malformed)?,
            follow_ups,
        })
    }
}
