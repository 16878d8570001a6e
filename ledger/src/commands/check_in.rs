//! Checking people in at a facility.

use super::visit::{Proof, Shown, Visit};
use super::{Effects, Outcome, Refusal};
use crate::records::{Arrival, Standing};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId};

/// Checks somebody in who has come to their appointment and shows that it is theirs: their identity document, and the
/// code of the slip. The same again is answered the same.
#[derive(Clone, Debug)]
pub struct CheckIn {
    /// The facility.
    pub centre: CentreId,
    /// Who has come.
    pub person: BeneficiaryRef,
    /// What they show.
    pub proof: Proof,
}

/// Lets it be tried again what was tried too often: whoever stands there has shown by other means who they are.
#[derive(Clone, Debug)]
pub struct ResetProofs {
    /// The facility.
    pub centre: CentreId,
    /// Whose.
    pub person: BeneficiaryRef,
}

impl CheckIn {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let visit = Visit::of(self.person, None, self.centre, view, context)?;
        let (appointment, dose) = (visit.appointment.id, visit.appointment.dose);
        let outcome = Outcome::CheckedIn { appointment, dose };
        match visit.standing {
            Standing::Booked => {}
            Standing::CheckedIn(_) => return Ok(Effects { writes: Vec::new(), outcome }),
            _ => return Err(Refusal::NoAppointmentHere(self.person).into()),
        }
        if let Shown::Wrong(effects) = visit.prove(&self.proof, context)? {
            return Ok(effects);
        }
        let arrival = Arrival { at: context.now, id_type: self.proof.id_type };
        let writes = vec![visit.stands(Standing::CheckedIn(arrival), context)];
        Ok(Effects { writes, outcome })
    }
}

impl ResetProofs {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let visit = Visit::of(self.person, None, self.centre, view, context)?;
        let writes = vec![visit.stands(visit.standing, context)];
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, PROOF_TRIES};
    use crate::fixture::counter::proof;
    use crate::fixture::*;
    use crate::keys::Key;
    use crate::records::Row;
    use crate::vault::IdNumber;
    use opencowin_model::{AppointmentId, IdTypeId, SecurityCode, Session, SessionState};

    const ME: u64 = 9_000_000_001;

    /// Two people of one account, booked together for today.
    fn booked() -> (Story, [BeneficiaryRef; 2], AppointmentId) {
        let mut story = Story::stocked();
        let people = [1, 2].map(|number| story.register(ME, number));
        let appointment = story.booked(ME, Story::today(), &people);
        (story, people, appointment)
    }

    fn check_in(person: BeneficiaryRef, proof: Proof) -> Command {
        Command::CheckIn(Box::new(CheckIn { centre: CENTRE, person, proof }))
    }

    fn other(code: SecurityCode) -> SecurityCode {
        SecurityCode::from_random(u128::from(code.number()) + 1)
    }

    #[test]
    fn who_shows_document_and_code_is_checked_in_and_the_same_again_is_the_same() {
        let (mut story, [who, _], appointment) = booked();
        let arrived = Ok(Outcome::CheckedIn { appointment, dose: opencowin_model::Dose::First });
        assert_eq!(story.check_in((ME, 1), who, appointment), arrived);
        let standing = story.standing(Story::today(), appointment, who);
        let arrival = Arrival { at: story.now, id_type: registration(ME, 1).id_type };
        assert_eq!(standing, Standing::CheckedIn(arrival));
        let rows = story.rows.clone();
        story.now = at(TODAY.at(10, 0, 0, 0));
        assert_eq!(story.check_in((ME, 1), who, appointment), arrived);
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn the_last_four_of_the_document_do_and_less_or_others_do_not() {
        let (mut story, [who, _], appointment) = booked();
        let right = proof(&registration(ME, 1), story.code(appointment));
        let number = |text: &str| IdNumber::parse(text).unwrap();
        let last4 = right.id_number.last4();
        let wrong = [
            Proof { id_number: number(&last4[1..]), ..right.clone() },
            Proof { id_number: number(&format!("1{last4}")), ..right.clone() },
            Proof { id_type: IdTypeId(9), ..right.clone() },
        ];
        for (left, proof) in (2..5).rev().zip(wrong) {
            assert_eq!(story.run(check_in(who, proof)), Ok(Outcome::ProofWrong { left }));
        }
        let four = Proof { id_number: number(&last4), ..right };
        assert!(matches!(story.run(check_in(who, four)), Ok(Outcome::CheckedIn { .. })));
    }

    #[test]
    fn five_wrong_tries_shut_one_person_out_until_the_district_lets_them_try_again() {
        let (mut story, [who, companion], appointment) = booked();
        let right = proof(&registration(ME, 1), story.code(appointment));
        let wrong = Proof { code: other(right.code), ..right.clone() };
        for left in (0..PROOF_TRIES).rev() {
            let answer = story.run(check_in(who, wrong.clone()));
            assert_eq!(answer, Ok(Outcome::ProofWrong { left }));
        }
        assert_eq!(refused(story.run(check_in(who, right.clone()))), Refusal::ProofVoid(who));
        assert!(story.check_in((ME, 2), companion, appointment).is_ok(), "others of it may try");
        let reset = Command::ResetProofs(ResetProofs { centre: CENTRE, person: who });
        assert_eq!(story.run(reset), Ok(Outcome::Passed));
        assert!(story.run(check_in(who, right)).is_ok());
    }

    #[test]
    fn nobody_is_checked_in_elsewhere_on_another_day_or_at_a_cancelled_session() {
        let (mut story, [who, _], appointment) = booked();
        let right = proof(&registration(ME, 1), story.code(appointment));
        let elsewhere =
            CheckIn { centre: CentreId(CENTRE.0 + 1), person: who, proof: right.clone() };
        let not_here = Refusal::NoAppointmentHere(who);
        assert_eq!(refused(story.run(Command::CheckIn(Box::new(elsewhere)))), not_here);
        let late = story.register(ME, 3);
        story.booked(ME, Story::tomorrow(), &[late]);
        let not_today = story.run(check_in(late, right.clone()));
        assert_eq!(refused(not_today), Refusal::NoAppointmentHere(late));
        let cancelled = Session { state: SessionState::Cancelled, ..session(1, TODAY, 10) };
        story.publish(cancelled);
        assert_eq!(refused(story.run(check_in(who, right))), not_here);
    }

    #[test]
    fn who_is_checked_in_can_neither_be_cancelled_nor_moved_and_the_others_can() {
        let (mut story, [who, companion], appointment) = booked();
        story.check_in((ME, 1), who, appointment).unwrap();
        let there = Refusal::IsCheckedIn(who);
        assert_eq!(refused(story.cancel(ME, appointment, &[who])), there);
        let (today, tomorrow) = (Story::today(), Story::tomorrow());
        assert_eq!(refused(story.reschedule(ME, appointment, today, tomorrow, SLOT)), there);
        let again = refused(story.book(ME, tomorrow, &[who]));
        assert_eq!(again, Refusal::AlreadyBooked { person: who, appointment }, "it stays live");
        story.cancel(ME, appointment, &[]).unwrap();
        assert_eq!(story.standing(today, appointment, companion), Standing::Cancelled);
        assert_eq!(refused(story.cancel(ME, appointment, &[])), there);
        assert_eq!(story.first_doses(today), (9, 1, 0));
    }

    #[test]
    fn codes_are_drawn_for_each_appointment_kept_when_it_is_moved_and_made_for_old_ones() {
        let (mut story, [who, _], appointment) = booked();
        let drawn = story.appointment(Story::today(), appointment).code;
        assert!(drawn.is_some());
        story.reschedule(ME, appointment, Story::today(), Story::tomorrow(), SLOT).unwrap();
        let mut moved = story.appointment(Story::tomorrow(), appointment);
        assert_eq!(moved.code, drawn);
        moved.code = None;
        let made = moved.security_code(story.vault.hasher());
        assert_eq!(made, moved.security_code(story.vault.hasher()));
        assert_ne!(u64::from(made.number()), who.get() % 10_000);
        story.put(Key::Appointment(moved.session, appointment), Row::Appointment(moved));
        story.now = morning(TODAY.tomorrow().unwrap());
        let right = proof(&registration(ME, 1), made);
        assert!(matches!(story.run(check_in(who, right)), Ok(Outcome::CheckedIn { .. })));
    }
}
