//! Correcting what is recorded of a dose.

use super::certificates::{self, Fates};
use super::figures;
use super::find::led_to;
use super::{Effects, Outcome, Refusal, Write, events, stock};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Event, EventKey, Person};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Batch, BeneficiaryRef, CentreId, Date, DistrictId, Dose, EventId};

/// For how many days a facility may correct what it recorded, in milliseconds; the district may at any time.
const FACILITY_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Says of a dose that it came out of another batch, or was given on another day. Events never change: the correction is
/// a new event, which points to the one in whose place it stands. Stock, figures and certificates follow.
///
/// Checked in this order: the dose is recorded at the facility, or at one of the district; something changes; the time to
/// correct it is not over; the dose can have been given on that day; the batch is in date then, and in stock if it is
/// another one. The same correction again is answered the same.
#[derive(Clone, Debug)]
pub struct Correct {
    /// As what it is corrected.
    pub authority: Authority,
    /// Who was given the dose.
    pub person: BeneficiaryRef,
    /// Which dose.
    pub dose: Dose,
    /// The batch that it came out of, if another is recorded.
    pub batch: Option<Batch>,
    /// The day on which it was given, if another is recorded.
    pub date: Option<Date>,
    /// Who corrects it.
    pub by: Who,
}

/// As what somebody corrects what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// As staff of the facility that recorded it.
    Facility(CentreId),
    /// As an officer of the district in which that lies.
    District(DistrictId),
}

impl Correct {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let (who, person) = led_to(self.person, view)?;
        let event = self.recorded(person, view)?;
        let next = self.corrected(event, context);
        if (event.batch, event.key.date) == (next.batch, next.key.date) {
            return unchanged(event);
        }
        self.in_time(event, context)?;
        events::possible_day(next.key.date, self.dose, person, context)?;
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        let mut fates = Fates::default();
        let holder = certificates::holder_of(event, personal, view, context)?;
        let (next, certifying) =
            certificates::succeed(event, next, &holder, &mut fates, view, context)?;
        let mut writes = events::replaced(event, &next, personal, view, context)?;
        writes.extend(certifying);
        writes.extend(fates.into_writes());
        writes.extend(drawn(event, &next, view, context)?);
        writes.push(events::person_with(who, person.clone(), &next));
        Ok(Effects { writes, outcome: Outcome::DoseRecorded(next.key) })
    }

    /// The event that holds for the dose, if it is theirs to correct.
    fn recorded<'v>(&self, person: &Person, view: &mut View<'v>) -> Result<&'v Event, Stop> {
        let elsewhere = Refusal::NoDoseHere { person: self.person, dose: self.dose };
        let key = person.taken(self.dose).ok_or(elsewhere)?.event_key();
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        let theirs = match self.authority {
            Authority::Facility(centre) => event.centre == centre,
            Authority::District(district) => {
                figures::district_of(Some(event.centre), view)? == district
            }
        };
        if theirs { Ok(event) } else { Err(elsewhere.into()) }
    }

    fn corrected(&self, event: &Event, context: &Context<'_>) -> Event {
        let id = EventId::from_random(context.draw.to_be_bytes());
        Event {
            key: EventKey { date: self.date.unwrap_or(event.key.date), id },
            batch: self.batch.or(event.batch),
            at: context.now,
            by: self.by,
            corrects: Some(event.key),
            ..event.clone()
        }
    }

    fn in_time(&self, event: &Event, context: &Context<'_>) -> Result<(), Refusal> {
        let over = context.now > event.recorded.plus_ms(FACILITY_MS);
        match self.authority {
            Authority::Facility(_) if over => Err(Refusal::CorrectionLate),
            Authority::Facility(_) | Authority::District(_) => Ok(()),
        }
    }
}

/// What is answered where the event says already what the correction says.
fn unchanged(event: &Event) -> Result<Effects, Stop> {
    match event.corrects {
        Some(_) => Ok(Effects { writes: Vec::new(), outcome: Outcome::DoseRecorded(event.key) }),
        None => Err(Refusal::NothingToCorrect.into()),
    }
}

/// The stock with a dose out of the batch of one event in place of that of another.
fn drawn(
    event: &Event,
    next: &Event,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let (centre, vaccine, day) = (event.centre, event.vaccine, next.key.date);
    let Some((before, batch)) = event.batch.zip(next.batch).filter(|_| event.is_own()) else {
        return Ok(Vec::new());
    };
    if before == batch {
        let stock = view.stock(centre, vaccine, batch)?.ok_or(Refusal::NoSuchBatch)?;
        let expired = Refusal::BatchExpired { expiry: stock.expiry };
        return if day > stock.expiry { Err(expired.into()) } else { Ok(Vec::new()) };
    }
    view.require([before, batch].map(|batch| Key::Stock(centre, vaccine, batch)))?;
    let mut rows = stock::give_dose_back(centre, vaccine, &before, view, context)?;
    rows.extend(stock::use_dose(centre, vaccine, &batch, day, view, context)?);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command};
    use crate::fixture::counter::{BATCH, LAST, STAFF, batch};
    use crate::fixture::*;
    use crate::view::{Known, Rows};
    use jiff::civil::date;

    const ME: u64 = 9_000_000_001;

    fn to_last(person: BeneficiaryRef) -> Correct {
        Correct {
            authority: Authority::Facility(CENTRE),
            person,
            dose: Dose::First,
            batch: Some(batch(LAST)),
            date: None,
            by: STAFF,
        }
    }

    fn correct(story: &mut Story, correct: Correct) -> Answer {
        story.run(Command::Correct(correct))
    }

    /// Somebody who was given the first dose today.
    fn vaccinated() -> (Story, BeneficiaryRef, EventKey) {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        let event = story.first_dose(who);
        (story, who, event)
    }

    fn is_there(story: &Story, key: Key) -> bool {
        matches!(story.row(&key), Known::Present(_))
    }

    #[test]
    fn a_wrong_batch_is_corrected_by_a_new_event_and_stock_follows() {
        let (mut story, who, first) = vaccinated();
        let Ok(Outcome::DoseRecorded(next)) = correct(&mut story, to_last(who)) else { panic!() };
        let event = story.event(next);
        assert_eq!((event.corrects, event.batch), (Some(first), Some(batch(LAST))));
        assert_eq!(story.event(first).batch, Some(batch(BATCH)), "what was said stays");
        assert_eq!(story.person(who).taken(Dose::First).unwrap().event_key(), next);
        assert_eq!((story.used(BATCH), story.used(LAST)), ((0, 100), (1, 0)));
        assert!(!is_there(&story, Key::Recipient(TWO_DOSES, batch(BATCH), first)));
        assert!(is_there(&story, Key::Recipient(TWO_DOSES, batch(LAST), next)));
        assert_eq!(story.doses_counted(TODAY), 1);
    }

    #[test]
    fn a_wrong_day_is_corrected_and_the_figures_of_both_days_follow() {
        let (mut story, who, _) = vaccinated();
        let yesterday = TODAY.yesterday().unwrap();
        let day = Correct { batch: None, date: Some(yesterday), ..to_last(who) };
        let Ok(Outcome::DoseRecorded(next)) = correct(&mut story, day) else { panic!() };
        assert_eq!(next.date, yesterday);
        assert_eq!((story.doses_counted(yesterday), story.doses_counted(TODAY)), (1, 0));
        assert_eq!(story.used(BATCH), (1, 99));
        assert!(is_there(&story, Key::Recipient(TWO_DOSES, batch(BATCH), next)));
    }

    #[test]
    fn the_same_correction_again_is_the_same_and_one_that_changes_nothing_is_refused() {
        let (mut story, who, _) = vaccinated();
        let nothing = Correct { batch: Some(batch(BATCH)), ..to_last(who) };
        assert_eq!(refused(correct(&mut story, nothing)), Refusal::NothingToCorrect);
        let first = correct(&mut story, to_last(who));
        let rows = story.rows.clone();
        assert_eq!(correct(&mut story, to_last(who)), first);
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn a_facility_has_seven_days_and_its_district_any_time() {
        let (mut story, who, _) = vaccinated();
        story.now = story.now.plus_ms(FACILITY_MS + 1);
        assert_eq!(refused(correct(&mut story, to_last(who))), Refusal::CorrectionLate);
        let of_district = |district| Correct {
            authority: Authority::District(DistrictId(district)),
            ..to_last(who)
        };
        let none = Refusal::NoDoseHere { person: who, dose: Dose::First };
        assert_eq!(refused(correct(&mut story, of_district(4))), none);
        assert!(correct(&mut story, of_district(3)).is_ok());
        let other = Correct { authority: Authority::Facility(CentreId(8)), ..to_last(who) };
        assert_eq!(refused(correct(&mut story, other)), none);
        let second = Correct { dose: Dose::Second, ..to_last(who) };
        let none = Refusal::NoDoseHere { person: who, dose: Dose::Second };
        assert_eq!(refused(correct(&mut story, second)), none);
    }

    #[test]
    fn nothing_impossible_is_said_of_a_dose() {
        let (mut story, who, _) = vaccinated();
        let on = |date| Correct { batch: None, date: Some(date), ..to_last(who) };
        let tomorrow = on(TODAY.tomorrow().unwrap());
        assert_eq!(refused(correct(&mut story, tomorrow)), Refusal::ImpossibleDay);
        let unknown = Correct { batch: Some(batch("X")), ..to_last(who) };
        assert_eq!(refused(correct(&mut story, unknown)), Refusal::NoSuchBatch);
        let (next, _) = story.arrived(ME, 2);
        story
            .vaccinate(crate::commands::Vaccinate {
                batch: batch(LAST),
                ..crate::fixture::counter::dose(next)
            })
            .unwrap();
        assert_eq!(refused(correct(&mut story, to_last(who))), Refusal::BatchEmpty);
        assert_eq!((story.used(BATCH), story.used(LAST)), ((1, 99), (1, 0)));
    }

    #[test]
    fn a_batch_that_had_expired_by_the_right_day_is_not_that_of_the_dose() {
        let (mut story, who, _) = vaccinated();
        story.now = morning(date(2022, 1, 2));
        let authority = Authority::District(DistrictId(3));
        let later =
            Correct { authority, batch: None, date: Some(date(2022, 1, 1)), ..to_last(who) };
        let expiry = date(2021, 12, 31);
        assert_eq!(refused(correct(&mut story, later)), Refusal::BatchExpired { expiry });
    }
}
