//! Those who did not come, once the day of their session is over.

use super::{Effects, Outcome, Refusal, SeatCount, cancel, seats};
use crate::keys::Key;
use crate::records::{Appointment, Person, Row, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{AppointmentId, BeneficiaryRef, SessionKey, SessionState};
use std::collections::BTreeMap;

/// How many appointments one command sees to.
pub const NO_SHOWS_AT_ONCE: usize = 50;

/// Marks everybody of some appointments who is still expected as somebody who did not come. It can be repeated, by
/// whomever: all others are left as they stand, so that nobody need remember how far a sweep had come.
#[derive(Clone, Debug)]
pub struct MarkNoShows {
    /// The session, whose day is over.
    pub session: SessionKey,
    /// Its appointments; up to [`NO_SHOWS_AT_ONCE`].
    pub appointments: Vec<AppointmentId>,
}

impl MarkNoShows {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        if self.session.date >= context.today() {
            return Err(Refusal::SessionNotOver.into());
        }
        let mut marked = Marked::default();
        for appointment in self.expected(view)? {
            marked.mark(appointment, view, context)?;
        }
        let outcome = Outcome::NoShowsMarked { people: marked.people() };
        Ok(Effects { writes: marked.into_writes(self.session, view, context)?, outcome })
    }

    /// Those of the appointments that somebody was expected with; none of a session that was not held.
    fn expected<'v>(&self, view: &mut View<'v>) -> Result<Vec<&'v Appointment>, Stop> {
        let session = self.session;
        let rows = self.appointments.iter().map(|id| Key::Appointment(session, *id));
        view.require(rows.chain([Key::Session(session)]))?;
        let held = view.session(session)?.ok_or(Refusal::NoSuchSession)?;
        let mut expected = Vec::new();
        if held.state != SessionState::Cancelled {
            for id in &self.appointments {
                expected.extend(view.appointment(session, *id)?);
            }
        }
        expected.retain(|appointment| appointment.booked().next().is_some());
        let people = expected.iter().flat_map(|appointment| appointment.booked());
        view.require(people.map(Key::Person))?;
        Ok(expected)
    }
}

/// What is written of those who did not come.
#[derive(Default)]
struct Marked {
    appointments: Vec<Appointment>,
    people: BTreeMap<BeneficiaryRef, Person>,
    freed: Vec<SeatCount>,
}

impl Marked {
    fn mark(
        &mut self,
        appointment: &Appointment,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<(), Stop> {
        let mut changed = appointment.clone();
        for who in appointment.booked() {
            changed = changed.with_standing(who, Standing::NoShow, context.now);
            let person = match self.people.remove(&who) {
                Some(person) => person,
                None => view.person(who)?.ok_or(Stop::Damaged(Key::Person(who)))?.clone(),
            };
            self.people.insert(who, person.without_appointment(appointment.id));
        }
        self.freed.push(cancel::seats_of(appointment, appointment.booked().count()));
        self.appointments.push(changed);
        Ok(())
    }

    fn people(&self) -> u16 {
        self.freed.iter().map(|freed| freed.seats).sum()
    }

    fn into_writes(
        self,
        session: SessionKey,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<super::Write>, Stop> {
        if self.freed.is_empty() {
            return Ok(Vec::new());
        }
        view.require(seats::rows(session, context))?;
        let mut writes = seats::give_back_all(session, &self.freed, view, context)?;
        let people = self.people.into_iter();
        writes.extend(people.map(|(who, person)| (Key::Person(who), Some(Row::Person(person)))));
        writes.extend(self.appointments.into_iter().map(|appointment| {
            (Key::Appointment(session, appointment.id), Some(Row::Appointment(appointment)))
        }));
        Ok(writes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::*;
    use opencowin_model::Session;

    const ME: u64 = 9_000_000_001;

    fn mark(appointments: &[AppointmentId]) -> Command {
        let appointments = appointments.to_vec();
        Command::MarkNoShows(MarkNoShows { session: Story::today(), appointments })
    }

    #[test]
    fn who_is_still_expected_once_the_day_is_over_did_not_come_and_all_others_are_left() {
        let mut story = Story::stocked();
        let [booked, cancelled, given] = [1, 2, 3].map(|number| story.register(ME, number));
        let today = Story::today();
        let appointment = story.booked(ME, today, &[booked, cancelled, given]);
        story.cancel(ME, appointment, &[cancelled]).unwrap();
        story.check_in((ME, 3), given, appointment).unwrap();
        story.first_dose(given);
        let (waited, other) = story.arrived(ME + 1, 1);
        assert_eq!(refused(story.run(mark(&[appointment]))), Refusal::SessionNotOver);
        story.now = morning(TODAY.tomorrow().unwrap());
        let all = mark(&[appointment, other]);
        assert_eq!(story.run(all.clone()), Ok(Outcome::NoShowsMarked { people: 1 }));
        let standings = story.appointment(today, appointment).people;
        assert_eq!(standings[0].1, Standing::NoShow);
        assert_eq!(standings[1].1, Standing::Cancelled);
        assert!(matches!(standings[2].1, Standing::Done(_)));
        assert!(matches!(story.standing(today, other, waited), Standing::CheckedIn(_)));
        assert_eq!(story.person(booked).appointments, []);
        assert_eq!(story.first_doses(today), (8, 1, 1));
        let rows = story.rows.clone();
        assert_eq!(story.run(all), Ok(Outcome::NoShowsMarked { people: 0 }));
        assert_eq!(story.rows, rows, "the same again changes nothing");
    }

    #[test]
    fn nobody_stayed_away_from_a_session_that_was_not_held() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let appointment = story.booked(ME, Story::today(), &[who]);
        story.publish(Session { state: SessionState::Cancelled, ..session(1, TODAY, 10) });
        story.now = morning(TODAY.tomorrow().unwrap());
        let answer = story.run(mark(&[appointment]));
        assert_eq!(answer, Ok(Outcome::NoShowsMarked { people: 0 }));
        assert_eq!(story.standing(Story::today(), appointment, who), Standing::Booked);
    }
}
