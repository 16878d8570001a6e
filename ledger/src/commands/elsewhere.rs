//! Doses that were given where nobody recorded them: abroad, or on paper.

use super::eligibility::dose_before;
use super::find::led_to;
use super::{Effects, Outcome, Refusal, events, live_appointment};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Event, EventKey, Person};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Batch, BeneficiaryRef, CentreId, Date, Dose, EventId, Evidence, VaccineId};

/// Records a dose that somebody was given elsewhere, as a facility has seen it proven. It draws nothing from stock, and
/// is counted like others on the day on which it was given. There is no certificate of it: the programme certifies what it
/// gave.
///
/// Checked in this order: it is not recorded yet; they have no live appointment for it, which they are to give back
/// first; the vaccine's schedule has it; the dose before is recorded, and of the same vaccine if this is the second; it can
/// have been given on that day. Intervals are not asked for: the dose was given. The same again is answered with the event
/// that is there.
#[derive(Clone, Debug)]
pub struct RecordElsewhere {
    /// The facility that records it.
    pub centre: CentreId,
    /// Who was given the dose.
    pub person: BeneficiaryRef,
    /// Which dose.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// Out of which batch, if that is known.
    pub batch: Option<Batch>,
    /// On which day.
    pub date: Date,
    /// What shows it.
    pub evidence: Evidence,
    /// Who records it.
    pub by: Who,
    /// The name of whoever gave it; empty if it is not known.
    pub vaccinator: String,
}

impl RecordElsewhere {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        view.require([Key::Person(self.person), Key::Centre(self.centre)])?;
        let (who, person) = led_to(self.person, view)?;
        if let Some(first) = self.recorded(person, view)? {
            return Ok(Effects { writes: Vec::new(), outcome: Outcome::DoseRecorded(first) });
        }
        if let Some(listed) = live_appointment(person, self.dose, view, context)? {
            let appointment = listed.appointment;
            return Err(Refusal::AlreadyBooked { person: self.person, appointment }.into());
        }
        self.fits(person, context)?;
        let event = self.event(who, context);
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        let mut writes = events::given(&event, personal, view, context)?;
        writes.push(events::person_with(who, person.clone(), &event));
        Ok(Effects { writes, outcome: Outcome::DoseRecorded(event.key) })
    }

    /// The event that is there already, if it is this one.
    fn recorded(&self, person: &Person, view: &mut View<'_>) -> Result<Option<EventKey>, Stop> {
        let Some(taken) = person.taken(self.dose) else { return Ok(None) };
        let key = taken.event_key();
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        let said = (event.centre, key.date, event.vaccine, event.batch, event.evidence);
        if said == (self.centre, self.date, self.vaccine, self.batch, Some(self.evidence)) {
            return Ok(Some(key));
        }
        Err(Refusal::DoseGiven { person: self.person, dose: self.dose }.into())
    }

    fn fits(&self, person: &Person, context: &Context<'_>) -> Result<(), Refusal> {
        let vaccine = context.rules.vaccine(self.vaccine).ok_or(Refusal::NotInSchedule)?;
        vaccine.days_before(self.dose).ok_or(Refusal::NotInSchedule)?;
        if self.dose != Dose::First {
            let before = dose_before(person, self.dose, context.rules);
            let before = before.ok_or(Refusal::DoseBeforeMissing { person: self.person })?;
            if self.dose == Dose::Second && before.vaccine != self.vaccine {
                return Err(Refusal::OtherVaccine { person: self.person, given: before.vaccine });
            }
        }
        events::possible_day(self.date, self.dose, person, context)
    }

    fn event(&self, who: BeneficiaryRef, context: &Context<'_>) -> Event {
        let id = EventId::from_random(context.draw.to_be_bytes());
        Event {
            key: EventKey { date: self.date, id },
            person: who,
            dose: self.dose,
            vaccine: self.vaccine,
            batch: self.batch,
            centre: self.centre,
            visit: None,
            recorded: context.now,
            at: context.now,
            by: self.by,
            vaccinator: self.vaccinator.clone(),
            verified: None,
            overridden: None,
            corrects: None,
            evidence: Some(self.evidence),
            commitment: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command, Decline, Declined};
    use crate::fixture::counter::{BATCH, batch, dose, first_abroad};
    use crate::fixture::*;
    use crate::view::{Known, Rows};
    use opencowin_model::DeclineReason;

    const ME: u64 = 9_000_000_001;

    fn ago(days: i64) -> Date {
        TODAY.saturating_sub(jiff::ToSpan::days(days))
    }

    fn record(story: &mut Story, record: RecordElsewhere) -> Answer {
        story.run(Command::RecordElsewhere(Box::new(record)))
    }

    #[test]
    fn who_was_given_the_first_dose_abroad_can_be_booked_for_the_second() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let Ok(Outcome::DoseRecorded(key)) = record(&mut story, first_abroad(who)) else {
            panic!()
        };
        assert_eq!(story.event(key).evidence, Some(Evidence::ForeignCertificate));
        assert_eq!(key.date, ago(40));
        assert_eq!(story.doses_counted(ago(40)), 1);
        let book = crate::commands::Book {
            dose: Dose::Second,
            ..booking(story.account(ME), Story::today(), &[who])
        };
        let Ok(Outcome::Booked { appointment, .. }) = story.run(Command::Book(book)) else {
            panic!()
        };
        story.check_in((ME, 1), who, appointment).unwrap();
        let second = crate::commands::Vaccinate { dose: Dose::Second, ..dose(who) };
        assert!(matches!(story.vaccinate(second), Ok(Outcome::DoseRecorded(_))));
    }

    #[test]
    fn a_dose_given_elsewhere_draws_nothing_from_stock_and_a_recall_finds_it_all_the_same() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let Ok(Outcome::DoseRecorded(key)) = record(&mut story, first_abroad(who)) else {
            panic!()
        };
        assert_eq!(story.used(BATCH), (0, 100));
        let recipient = story.row(&Key::Recipient(TWO_DOSES, batch(BATCH), key));
        assert!(matches!(recipient, Known::Present(_)));
    }

    #[test]
    fn the_same_again_is_the_same_and_anything_else_is_refused() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let first = record(&mut story, first_abroad(who));
        let rows = story.rows.clone();
        assert_eq!(record(&mut story, first_abroad(who)), first);
        let other = RecordElsewhere { date: ago(41), ..first_abroad(who) };
        let given = Refusal::DoseGiven { person: who, dose: Dose::First };
        assert_eq!(refused(record(&mut story, other)), given);
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn an_appointment_for_the_dose_is_given_back_before_it_is_recorded_as_given_elsewhere() {
        let mut story = Story::stocked();
        let (who, appointment) = story.arrived(ME, 1);
        let booked = Refusal::AlreadyBooked { person: who, appointment };
        assert_eq!(refused(record(&mut story, first_abroad(who))), booked);
        let why = Declined::Refused(DeclineReason::AlreadyVaccinated);
        story.run(Command::Decline(Decline { centre: CENTRE, person: who, why })).unwrap();
        assert!(record(&mut story, first_abroad(who)).is_ok());
    }

    #[test]
    fn what_cannot_have_happened_is_not_recorded() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let first = first_abroad(who);
        let second = RecordElsewhere { dose: Dose::Second, ..first.clone() };
        let missing = Refusal::DoseBeforeMissing { person: who };
        assert_eq!(refused(record(&mut story, second.clone())), missing);
        let none = RecordElsewhere { vaccine: VaccineId(9), ..first.clone() };
        assert_eq!(refused(record(&mut story, none)), Refusal::NotInSchedule);
        let to_come = RecordElsewhere { date: TODAY.tomorrow().unwrap(), ..first.clone() };
        assert_eq!(refused(record(&mut story, to_come)), Refusal::ImpossibleDay);
        let unborn = RecordElsewhere { date: Date::constant(1979, 5, 1), ..first.clone() };
        assert_eq!(refused(record(&mut story, unborn)), Refusal::ImpossibleDay);
        record(&mut story, first).unwrap();
        assert_eq!(refused(record(&mut story, second.clone())), Refusal::ImpossibleDay, "same day");
        let other = RecordElsewhere { vaccine: ONE_DOSE, date: ago(1), ..second.clone() };
        assert_eq!(refused(record(&mut story, other)), Refusal::NotInSchedule);
        assert!(record(&mut story, RecordElsewhere { date: ago(1), ..second }).is_ok());
    }
}
