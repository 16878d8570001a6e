//! The end of the observation after a dose.

use super::find::led_to;
use super::{Effects, Outcome, Refusal};
use crate::keys::Key;
use crate::records::{Appointment, Event, Given, Observed, Row, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, Dose, EarlyEnd, Timestamp};

/// How long people are watched after a dose, in milliseconds (source: COVID-19 vaccines operational guidelines of the
/// ministry, 28 December 2020: 30 minutes).
const OBSERVATION_MS: i64 = 30 * 60 * 1000;

/// Ends the observation of somebody who was given a dose. It began with the dose. The same again is answered the same.
#[derive(Clone, Debug)]
pub struct Observe {
    /// The facility, which gave the dose.
    pub centre: CentreId,
    /// Who was watched.
    pub person: BeneficiaryRef,
    /// After which dose.
    pub dose: Dose,
    /// Whether there was a reaction.
    pub reaction: bool,
    /// Why they are not watched any longer, if it is before the time.
    pub early: Option<EarlyEnd>,
}

impl Observe {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let (event, appointment) = self.given_here(view)?;
        let key = Key::Appointment(appointment.session, appointment.id);
        let Some(Standing::Done(given)) = appointment.standing(event.person) else {
            return Err(Stop::Damaged(key));
        };
        let outcome = Outcome::Observed;
        match given.observed {
            Some(before) if self.ending(given, before.at) == Ok(before) => {
                Ok(Effects { writes: Vec::new(), outcome })
            }
            Some(_) => Err(Refusal::ObservationEnded.into()),
            None => {
                let observed = Some(self.ending(given, context.now)?);
                let standing = Standing::Done(Given { observed, ..given });
                let changed =
                    appointment.clone().with_standing(event.person, standing, context.now);
                Ok(Effects { writes: vec![(key, Some(Row::Appointment(changed)))], outcome })
            }
        }
    }

    /// The event of the dose, and the appointment at which it was given here.
    fn given_here<'v>(&self, view: &mut View<'v>) -> Result<(&'v Event, &'v Appointment), Stop> {
        let elsewhere = Refusal::NoDoseHere { person: self.person, dose: self.dose };
        let (_, person) = led_to(self.person, view)?;
        let key = person.taken(self.dose).ok_or(elsewhere)?.event_key();
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        let visit = event.visit.filter(|_| event.centre == self.centre).ok_or(elsewhere)?;
        let appointment = view.appointment(visit.session, visit.appointment)?;
        let lost = Stop::Damaged(Key::Appointment(visit.session, visit.appointment));
        Ok((event, appointment.ok_or(lost)?))
    }

    /// How the observation ends at a moment. A reason counts only before the time is over.
    fn ending(&self, given: Given, at: Timestamp) -> Result<Observed, Refusal> {
        let until = given.at.plus_ms(OBSERVATION_MS);
        let early = self.early.filter(|_| at < until);
        if at < until && early.is_none() {
            return Err(Refusal::ObservationUnderWay { until });
        }
        Ok(Observed { at, reaction: self.reaction, early })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command};
    use crate::fixture::*;

    const ME: u64 = 9_000_000_001;

    fn well(person: BeneficiaryRef) -> Observe {
        Observe { centre: CENTRE, person, dose: Dose::First, reaction: false, early: None }
    }

    fn observe(story: &mut Story, observe: Observe) -> Answer {
        story.run(Command::Observe(observe))
    }

    fn minutes_later(story: &mut Story, minutes: i64) {
        story.now = story.now.plus_ms(minutes * 60_000);
    }

    #[test]
    fn who_was_given_a_dose_is_watched_for_half_an_hour_and_it_ends_once() {
        let mut story = Story::stocked();
        let (who, appointment) = story.arrived(ME, 1);
        story.first_dose(who);
        let until = story.now.plus_ms(OBSERVATION_MS);
        minutes_later(&mut story, 29);
        let early = refused(observe(&mut story, well(who)));
        assert_eq!(early, Refusal::ObservationUnderWay { until });
        minutes_later(&mut story, 1);
        assert_eq!(observe(&mut story, well(who)), Ok(Outcome::Observed));
        let standing = story.standing(Story::today(), appointment, who);
        let ended = Observed { at: story.now, reaction: false, early: None };
        assert!(matches!(standing, Standing::Done(given) if given.observed == Some(ended)));
        minutes_later(&mut story, 5);
        assert_eq!(observe(&mut story, well(who)), Ok(Outcome::Observed), "the same again");
        let other = Observe { reaction: true, ..well(who) };
        assert_eq!(refused(observe(&mut story, other)), Refusal::ObservationEnded);
    }

    #[test]
    fn an_early_end_says_why_and_a_reason_that_is_not_needed_is_not_kept() {
        let mut story = Story::stocked();
        let [one, two] = [1, 2].map(|number| story.arrived(ME, number));
        for (who, _) in [one, two] {
            story.first_dose(who);
        }
        let to_hospital =
            |who| Observe { reaction: true, early: Some(EarlyEnd::Hospital), ..well(who) };
        minutes_later(&mut story, 10);
        assert_eq!(observe(&mut story, to_hospital(one.0)), Ok(Outcome::Observed));
        minutes_later(&mut story, 30);
        assert_eq!(observe(&mut story, to_hospital(one.0)), Ok(Outcome::Observed));
        assert_eq!(observe(&mut story, to_hospital(two.0)), Ok(Outcome::Observed));
        let early = [one, two].map(|(who, appointment)| {
            match story.standing(Story::today(), appointment, who) {
                Standing::Done(Given { observed: Some(observed), .. }) => observed.early,
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(early, [Some(EarlyEnd::Hospital), None]);
    }

    #[test]
    fn a_facility_watches_those_whom_it_gave_a_dose() {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        let none = Refusal::NoDoseHere { person: who, dose: Dose::First };
        assert_eq!(refused(observe(&mut story, well(who))), none);
        story.first_dose(who);
        minutes_later(&mut story, 40);
        let elsewhere = Observe { centre: CentreId(8), ..well(who) };
        assert_eq!(refused(observe(&mut story, elsewhere)), none);
    }
}
