//! Reports of adverse events after a vaccination (AEFI), and what is learnt of them later (R8).
//!
//! A report lies with the vaccination event that told of the dose when it was made. With each change of it a job for the
//! safety system is written, so that none is ever handed over that is not in the ledger, nor forgotten that is.

use super::figures::{self, Change, Counting, What};
use super::find::led_to;
use super::{Effects, Outcome, Refusal, Write};
use crate::audit::Who;
use crate::keys::{Key, Queue};
use crate::records::{Aefi, AefiKey, Event, EventKey, FollowUp, Job, Row, Signals, waiting};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{
    AefiId, BeneficiaryRef, CentreId, Date, Dose, Investigation, Recovery, Severity, Symptom,
};
use uuid::Uuid;

/// Most follow-ups of one report.
pub const MOST_FOLLOW_UPS: u8 = 50;

/// On whose behalf something is told of an adverse event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// The facility's where the dose was given.
    Facility(CentreId),
    /// Their own: the account that they belong to.
    Account(AccountId),
}

/// Which dose an adverse event followed, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspected {
    /// Who was vaccinated.
    pub person: BeneficiaryRef,
    /// With which dose.
    pub dose: Dose,
    /// On whose behalf it is told.
    pub reporter: Reporter,
    /// Who says so.
    pub by: Who,
}

/// Reports an adverse event. The same once more from the same side is answered with the report that is there; something
/// else about the same onset is a follow-up of that report.
#[derive(Clone, Debug)]
pub struct ReportAdverseEvent {
    /// After which dose.
    pub after: Suspected,
    /// How serious it is.
    pub severity: Severity,
    /// What was observed.
    pub symptoms: Vec<Symptom>,
    /// On which day it began.
    pub onset: Date,
    /// How the person is now.
    pub recovery: Recovery,
}

/// Adds what was learnt later to a report on a dose.
#[derive(Clone, Debug)]
pub struct FollowUpAdverseEvent {
    /// After which dose.
    pub after: Suspected,
    /// The report.
    pub report: AefiId,
    /// How serious it is by now.
    pub severity: Severity,
    /// How the person is now.
    pub recovery: Recovery,
    /// How far the investigation has come.
    pub investigation: Investigation,
}

impl ReportAdverseEvent {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let event = self.after.event(view)?;
        let report = self.report(event, view, context)?;
        if let Some(known) = view.aefi(report.key)? {
            return if repeats(&report, known) {
                let outcome = Outcome::AefiReported(known.key.id);
                Ok(Effects { writes: Vec::new(), outcome })
            } else {
                Err(Refusal::ReportedAlready(known.key.id).into())
            };
        }
        self.check(event, context)?;
        written(None, report, view, context)
    }

    fn check(&self, event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
        if self.onset < event.key.date || self.onset > context.today() {
            return Err(Refusal::ImpossibleOnset);
        }
        let died = self.recovery == Recovery::Died || self.symptoms.contains(&Symptom::Death);
        if died && self.severity != Severity::Serious {
            Err(Refusal::DeathIsSerious)
        } else {
            Ok(())
        }
    }

    fn report(
        &self,
        event: &Event,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Aefi, Stop> {
        let id = self.id(event, context);
        Ok(Aefi {
            key: AefiKey { centre: event.centre, event: event.key, id },
            person: event.person,
            dose: event.dose,
            vaccine: event.vaccine,
            batch: event.batch,
            district: figures::district_of(Some(event.centre), view)?,
            severity: self.severity,
            symptoms: self.symptoms.clone(),
            onset: self.onset,
            recovery: self.recovery,
            investigation: match self.severity {
                Severity::Minor => Investigation::NotNeeded,
                Severity::Severe | Severity::Serious => Investigation::Due,
            },
            follow_ups: Vec::new(),
            by: self.after.by,
            at: context.now,
        })
    }

    /// One report for each dose, side and onset.
    fn id(&self, event: &Event, context: &Context<'_>) -> AefiId {
        let side = match self.after.reporter {
            Reporter::Facility(centre) => centre.to_string(),
            Reporter::Account(_) => "own".to_owned(),
        };
        context.hasher.aefi(&format!("{}|{side}|{}", event.key.id, self.onset))
    }
}

/// Whether a report says what a known one did when it was made, as far as that can still be told.
fn repeats(report: &Aefi, known: &Aefi) -> bool {
    let first = (&report.symptoms, report.onset) == (&known.symptoms, known.onset);
    let now = (report.severity, report.recovery) == (known.severity, known.recovery);
    first && (now || !known.follow_ups.is_empty())
}

impl FollowUpAdverseEvent {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let before = self.found(view)?;
        self.check(before)?;
        let follow_up = FollowUp {
            at: context.now,
            by: self.after.by,
            severity: self.severity,
            recovery: self.recovery,
            investigation: self.investigation,
        };
        let mut report = before.clone();
        report.follow_ups.push(follow_up);
        let Self { severity, recovery, investigation, .. } = *self;
        let report = Aefi { severity, recovery, investigation, ..report };
        written(Some(before), report, view, context)
    }

    /// The report lies with the event that holds for the dose, or with one that was corrected since.
    fn found<'v>(&self, view: &mut View<'v>) -> Result<&'v Aefi, Stop> {
        let mut event = self.after.event(view)?;
        loop {
            let key = AefiKey { centre: event.centre, event: event.key, id: self.report };
            if let Some(report) = view.aefi(key)? {
                return Ok(report);
            }
            event = event_at(event.corrects.ok_or(Refusal::NoSuchReport)?, view)?;
        }
    }

    fn check(&self, before: &Aefi) -> Result<(), Refusal> {
        let serious = self.severity == Severity::Serious;
        let died = self.recovery == Recovery::Died || before.symptoms.contains(&Symptom::Death);
        if died && !serious {
            return Err(Refusal::DeathIsSerious);
        }
        if serious && self.investigation == Investigation::NotNeeded {
            return Err(Refusal::InvestigationNeeded);
        }
        if before.follow_ups.len() >= usize::from(MOST_FOLLOW_UPS) {
            return Err(Refusal::ReportFull { most: MOST_FOLLOW_UPS });
        }
        Ok(())
    }
}

impl Suspected {
    /// The event that holds for the dose, if the reporter has to do with it.
    fn event<'v>(&self, view: &mut View<'v>) -> Result<&'v Event, Stop> {
        let Self { person: who, dose, reporter, .. } = *self;
        let unknown = Refusal::NoDoseHere { person: who, dose };
        let person = match (led_to(who, view), reporter) {
            (Ok((_, person)), _) => person,
            // A facility is not told whether somebody is known whom it has given nothing.
            (Err(Stop::Refused(_)), Reporter::Facility(_)) => return Err(unknown.into()),
            (Err(stop), _) => return Err(stop),
        };
        if let Reporter::Account(account) = reporter
            && person.account != Some(account)
        {
            return Err(Refusal::NoSuchPerson(who).into());
        }
        let here = |centre| match reporter {
            Reporter::Facility(own) => own == centre,
            Reporter::Account(_) => true,
        };
        let taken = person.taken(dose).filter(|taken| here(taken.centre));
        event_at(taken.ok_or(unknown)?.event_key(), view)
    }
}

fn event_at<'v>(key: EventKey, view: &mut View<'v>) -> Result<&'v Event, Stop> {
    view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))
}

/// A report as it stands now, counted as such and not as before, with a job to tell of it.
fn written(
    before: Option<&Aefi>,
    report: Aefi,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Effects, Stop> {
    let mut counting = Counting::default();
    if let Some(before) = before {
        count(before, Change::less, -1, &mut counting, context);
    }
    count(&report, Change::more, 1, &mut counting, context);
    let mut writes = counting.rows(view, context)?;
    writes.push(job(&report, context));
    let outcome = Outcome::AefiReported(report.key.id);
    writes.push((Key::Aefi(report.key), Some(Row::Aefi(Box::new(report)))));
    Ok(Effects { writes, outcome })
}

/// Counts a report in its severity, for the day of the dose and for its batch.
fn count(
    report: &Aefi,
    change: fn(What) -> Change,
    by: i64,
    counting: &mut Counting,
    context: &Context<'_>,
) {
    let day = report.key.event.date;
    counting.add(change(What::AdverseEvent(report.severity)), report.district, day, context);
    if let Some(batch) = report.batch {
        counting.batch(report.vaccine, batch, &Signals::of(report.severity, by));
    }
}

/// A job's id rises with time.
fn job(report: &Aefi, context: &Context<'_>) -> Write {
    let mut random = [0; 10];
    random.copy_from_slice(&context.draw.to_be_bytes()[..10]);
    let id = waiting::id(context.now, &random);
    let follow_ups = u32::try_from(report.follow_ups.len()).unwrap_or(u32::MAX);
    let job = Job { since: context.now, about: report.key, follow_ups };
    (Key::Outbox(Queue::Safety, id), Some(Row::Job(job)))
}

/// Takes a job out of a queue that is done. One that is not there is done already.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// The queue.
    pub queue: Queue,
    /// The job.
    pub job: Uuid,
}

impl HandOver {
    pub(super) fn decide(&self, view: &mut View<'_>) -> Result<Effects, Stop> {
        let known = view.job(self.queue, self.job)?;
        let writes = known.map(|_| (Key::Outbox(self.queue, self.job), None));
        Ok(Effects { writes: writes.into_iter().collect(), outcome: Outcome::Passed })
    }
}

#[cfg(test)]
mod tests;
