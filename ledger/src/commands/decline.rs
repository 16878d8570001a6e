//! Somebody who will not be given the dose at their appointment, because they stayed away or because it is refused.

use super::visit::Visit;
use super::{Effects, Outcome, Refusal, cancel, seats};
use crate::keys::Key;
use crate::records::{Row, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, DeclineReason};

/// Ends somebody's appointment at a facility today without a dose. Their seat is free again, for somebody who stands
/// there, and they can book anew.
#[derive(Clone, Debug)]
pub struct Decline {
    /// The facility.
    pub centre: CentreId,
    /// Whose appointment.
    pub person: BeneficiaryRef,
    /// Why.
    pub why: Declined,
}

/// Why somebody is not given the dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// They did not come. This can be said once the hours are over that they were told.
    NoShow,
    /// They came, checked in or not, and the dose was refused by them or by the staff.
    Refused(DeclineReason),
}

impl Decline {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let visit = Visit::of(self.person, None, self.centre, view, context)?;
        let standing = self.standing(&visit, context)?;
        let freed = cancel::seats_of(visit.appointment, 1);
        view.require(seats::rows(freed.session, context))?;
        let person = visit.person.clone().without_appointment(visit.appointment.id);
        let mut writes = vec![
            (Key::Person(visit.who), Some(Row::Person(person))),
            visit.stands(standing, context),
        ];
        writes.extend(seats::give_back(&freed, view, context)?);
        Ok(Effects { writes, outcome: Outcome::Declined { freed } })
    }

    fn standing(&self, visit: &Visit<'_>, context: &Context<'_>) -> Result<Standing, Refusal> {
        match (self.why, visit.standing) {
            (Declined::Refused(reason), standing) if standing.holds_seat() => {
                Ok(Standing::Refused(reason))
            }
            (Declined::NoShow, Standing::CheckedIn(_)) => Err(Refusal::IsCheckedIn(self.person)),
            (Declined::NoShow, Standing::Booked) if visit.slot_is_over(context) => {
                Ok(Standing::NoShow)
            }
            (Declined::NoShow, Standing::Booked) => Err(Refusal::StillExpected(self.person)),
            _ => Err(Refusal::NoAppointmentHere(self.person)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::*;
    use opencowin_model::AppointmentId;

    const ME: u64 = 9_000_000_001;
    const UNWELL: Declined = Declined::Refused(DeclineReason::Unwell);

    fn decline(person: BeneficiaryRef, why: Declined) -> Command {
        Command::Decline(Decline { centre: CENTRE, person, why })
    }

    fn booked(story: &mut Story) -> (BeneficiaryRef, AppointmentId) {
        let who = story.register(ME, 1);
        let appointment = story.booked(ME, Story::today(), &[who]);
        (who, appointment)
    }

    #[test]
    fn who_is_refused_the_dose_frees_their_seat_and_can_book_again() {
        let mut story = Story::stocked();
        let (who, appointment) = story.arrived(ME, 1);
        let answer = story.run(decline(who, UNWELL));
        assert!(matches!(answer, Ok(Outcome::Declined { freed }) if freed.seats == 1));
        let standing = story.standing(Story::today(), appointment, who);
        assert_eq!(standing, Standing::Refused(DeclineReason::Unwell));
        assert_eq!(story.first_doses(Story::today()), (10, 0, 0));
        story.booked(ME, Story::tomorrow(), &[who]);
        assert_eq!(refused(story.run(decline(who, UNWELL))), Refusal::NoAppointmentHere(who));
    }

    #[test]
    fn nobody_has_stayed_away_before_the_hours_are_over_that_they_were_told() {
        let mut story = Story::stocked();
        let (who, appointment) = booked(&mut story);
        story.now = at(TODAY.at(10, 59, 0, 0));
        let early = refused(story.run(decline(who, Declined::NoShow)));
        assert_eq!(early, Refusal::StillExpected(who));
        story.now = at(TODAY.at(11, 0, 0, 0));
        assert!(story.run(decline(who, Declined::NoShow)).is_ok());
        assert_eq!(story.standing(Story::today(), appointment, who), Standing::NoShow);
        assert_eq!(story.first_doses(Story::today()), (10, 0, 0));
    }

    #[test]
    fn who_is_checked_in_has_not_stayed_away_and_who_was_given_the_dose_is_not_refused_it() {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        story.now = at(TODAY.at(16, 0, 0, 0));
        let answer = refused(story.run(decline(who, Declined::NoShow)));
        assert_eq!(answer, Refusal::IsCheckedIn(who));
        story.first_dose(who);
        for why in [Declined::NoShow, UNWELL] {
            assert!(matches!(refused(story.run(decline(who, why))), Refusal::DoseGiven { .. }));
        }
    }

    #[test]
    fn another_facility_ends_nobodys_appointment() {
        let mut story = Story::stocked();
        let (who, _) = booked(&mut story);
        let elsewhere = Decline { centre: CentreId(8), person: who, why: UNWELL };
        let answer = refused(story.run(Command::Decline(elsewhere)));
        assert_eq!(answer, Refusal::NoAppointmentHere(who));
    }
}
