//! Recording a dose that is given at a facility.

use super::visit::{Proof, Shown, Visit};
use super::{Effects, Outcome, Refusal, Write, certificates, eligibility, events, seats};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Event, EventKey, Given, Holder, Override, Person, Standing, Visited};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Batch, BeneficiaryRef, CentreId, Dose, EventId, IdTypeId, VaccineId};

/// Records a dose that is given now to somebody who has come to their appointment.
///
/// Checked in this order: it is not recorded yet; they have an appointment for it here today; they are checked in, or
/// show the proof along with it; the vaccine is the session's; [`eligibility()`], of which the interval alone can be
/// overridden; the batch is in stock and in date.
///
/// A dose is recorded exactly once: the same dose of the same person out of the same batch at the same facility on the
/// same day is answered with the event that is there.
#[derive(Clone, Debug)]
pub struct Vaccinate {
    /// The facility.
    pub centre: CentreId,
    /// Who is given the dose.
    pub person: BeneficiaryRef,
    /// Which dose.
    pub dose: Dose,
    /// Of what.
    pub vaccine: VaccineId,
    /// Out of which batch.
    pub batch: Batch,
    /// Who records it.
    pub by: Who,
    /// The name of whoever gives it.
    pub vaccinator: String,
    /// What they show, if they are not checked in yet.
    pub proof: Option<Proof>,
    /// By whose decision the dose is given before its interval is over, if it is.
    pub overriding: Option<Override>,
}

impl Vaccinate {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let key = Key::PersonKey(self.person);
        view.require([Key::Person(self.person), Key::Centre(self.centre), key])?;
        if let Some(first) = self.recorded(view, context)? {
            return Ok(Effects { writes: Vec::new(), outcome: Outcome::DoseRecorded(first) });
        }
        let visit = Visit::of(self.person, Some(self.dose), self.centre, view, context)?;
        let verified = match self.verified(&visit, context)? {
            Ok(id_type) => id_type,
            Err(wrong) => return Ok(wrong),
        };
        let overridden = self.permitted(&visit, context)?;
        let event = self.event(&visit, verified, overridden, context);
        let holder = Holder::of(visit.personal, event.verified, &context.rules.words);
        let (event, certifying) = certificates::begin(event, &holder, view, context)?;
        let mut writes = self.standings(&visit, &event, context).to_vec();
        writes.push(seats::use_one(visit.appointment, view)?);
        writes.extend(events::given(&event, visit.personal, view, context)?);
        writes.extend(certifying);
        Ok(Effects { writes, outcome: Outcome::DoseRecorded(event.key) })
    }

    /// The event that is there already, if it is this one.
    fn recorded(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Option<EventKey>, Stop> {
        let (_, person) = super::find::led_to(self.person, view)?;
        let Some(taken) = person.taken(self.dose) else { return Ok(None) };
        let key = taken.event_key();
        let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
        let given = (event.centre, key.date, event.vaccine, event.batch);
        let same = given == (self.centre, context.today(), self.vaccine, Some(self.batch));
        if same && event.is_own() {
            return Ok(Some(key));
        }
        Err(Refusal::DoseGiven { person: self.person, dose: self.dose }.into())
    }

    /// The kind of document by which they were verified, or what came of a wrong proof.
    fn verified(
        &self,
        visit: &Visit<'_>,
        context: &Context<'_>,
    ) -> Result<Result<IdTypeId, Effects>, Refusal> {
        match (visit.standing, &self.proof) {
            (Standing::CheckedIn(arrival), _) => Ok(Ok(arrival.id_type)),
            (Standing::Booked, None) => Err(Refusal::NotCheckedIn(self.person)),
            (Standing::Booked, Some(proof)) => Ok(match visit.prove(proof, context)? {
                Shown::Right => Ok(proof.id_type),
                Shown::Wrong(effects) => Err(effects),
            }),
            _ => Err(Refusal::NoAppointmentHere(self.person)),
        }
    }

    /// The decision by which the interval is overridden, where one was needed.
    fn permitted(
        &self,
        visit: &Visit<'_>,
        context: &Context<'_>,
    ) -> Result<Option<Override>, Refusal> {
        let session = visit.session;
        if session.vaccine != self.vaccine {
            return Err(Refusal::NotTheSessionsVaccine { session: session.vaccine });
        }
        let (person, today) = (visit.person, context.today());
        match eligibility(visit.who, person, session, self.dose, today, context.rules) {
            Err(Refusal::TooEarly { .. }) if self.overriding.is_some() => {
                Ok(self.overriding.clone())
            }
            checked => checked.map(|()| None),
        }
    }

    fn event(
        &self,
        visit: &Visit<'_>,
        verified: IdTypeId,
        overridden: Option<Override>,
        context: &Context<'_>,
    ) -> Event {
        let appointment = visit.appointment;
        Event {
            key: EventKey {
                date: context.today(),
                id: EventId::from_random(context.draw.to_be_bytes()),
            },
            person: visit.who,
            dose: self.dose,
            vaccine: self.vaccine,
            batch: Some(self.batch),
            centre: self.centre,
            visit: Some(Visited {
                session: appointment.session,
                appointment: appointment.id,
                channel: appointment.channel,
            }),
            recorded: context.now,
            at: context.now,
            by: self.by,
            vaccinator: self.vaccinator.clone(),
            verified: Some(verified),
            overridden,
            corrects: None,
            evidence: None,
            commitment: None,
        }
    }

    /// The rows of the person, who has the dose and no appointment for it any more, and of the appointment.
    fn standings(&self, visit: &Visit<'_>, event: &Event, context: &Context<'_>) -> [Write; 2] {
        let given = Given { event: event.key, at: context.now, observed: None };
        let person: Person = visit.person.clone().without_appointment(visit.appointment.id);
        [
            events::person_with(visit.who, person, event),
            visit.stands(Standing::Done(given), context),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::counter::{BATCH, LAST, STAFF, batch, dose, proof};
    use crate::fixture::*;
    use crate::records::Row;
    use crate::view::{Known, Rows};
    use opencowin_model::{OverrideReason, Session};

    const ME: u64 = 9_000_000_001;

    #[test]
    fn a_dose_completes_the_appointment_and_is_recorded_drawn_from_stock_and_counted() {
        let mut story = Story::stocked();
        let (who, appointment) = story.arrived(ME, 1);
        let key = story.first_dose(who);
        let event = story.event(key);
        assert_eq!((event.person, event.dose, event.vaccine), (who, Dose::First, TWO_DOSES));
        assert_eq!((event.batch, event.by, event.corrects), (Some(batch(BATCH)), STAFF, None));
        assert_eq!(event.verified, Some(registration(ME, 1).id_type));
        let person = story.person(who);
        assert_eq!(person.taken(Dose::First).map(|taken| taken.event_key()), Some(key));
        assert_eq!(person.appointments, []);
        let standing = story.standing(Story::today(), appointment, who);
        assert!(matches!(standing, Standing::Done(given) if given.event == key));
        assert_eq!(story.first_doses(Story::today()), (9, 0, 1));
        assert_eq!(story.used(BATCH), (1, 99));
        assert_eq!(story.doses_counted(TODAY), 1);
        let recipient = story.row(&Key::Recipient(TWO_DOSES, batch(BATCH), key));
        assert!(matches!(recipient, Known::Present(Row::Recipient(CENTRE))));
    }

    #[test]
    fn the_same_dose_again_is_answered_with_the_same_event_and_any_other_is_refused() {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        let first = story.first_dose(who);
        let rows = story.rows.clone();
        assert_eq!(story.first_dose(who), first);
        let given = Refusal::DoseGiven { person: who, dose: Dose::First };
        let of_another_batch = Vaccinate { batch: batch(LAST), ..dose(who) };
        assert_eq!(refused(story.vaccinate(of_another_batch)), given);
        let elsewhere = Vaccinate { centre: CentreId(8), ..dose(who) };
        assert_eq!(refused(story.vaccinate(elsewhere)), given);
        story.now = morning(TODAY.tomorrow().unwrap());
        assert_eq!(refused(story.vaccinate(dose(who))), given, "on another day");
        assert_eq!(story.rows, rows);
    }

    #[test]
    fn who_is_not_checked_in_shows_the_proof_with_the_dose_or_is_given_none() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let appointment = story.booked(ME, Story::today(), &[who]);
        assert_eq!(refused(story.vaccinate(dose(who))), Refusal::NotCheckedIn(who));
        let right = proof(&registration(ME, 1), story.code(appointment));
        let wrong = proof(&registration(ME, 2), right.code);
        let with = |proof| Vaccinate { proof: Some(proof), ..dose(who) };
        assert_eq!(story.vaccinate(with(wrong)), Ok(Outcome::ProofWrong { left: 4 }));
        assert!(matches!(story.vaccinate(with(right)), Ok(Outcome::DoseRecorded(_))));
    }

    #[test]
    fn a_facility_gives_no_dose_to_somebody_who_is_booked_elsewhere_or_not_at_all() {
        let mut story = Story::stocked();
        let (booked, stranger) = (story.register(ME, 1), story.register(ME, 2));
        story.booked(ME, Story::tomorrow(), &[booked]);
        for who in [booked, stranger] {
            assert_eq!(refused(story.vaccinate(dose(who))), Refusal::NoAppointmentHere(who));
        }
        let (here, _) = story.arrived(ME, 3);
        let elsewhere = Vaccinate { centre: CentreId(8), ..dose(here) };
        assert_eq!(refused(story.vaccinate(elsewhere)), Refusal::NoAppointmentHere(here));
    }

    #[test]
    fn nothing_is_given_but_the_sessions_vaccine_out_of_a_batch_in_stock_and_in_date() {
        let mut story = Story::stocked();
        let [one, two] = [1, 2].map(|number| story.arrived(ME, number).0);
        let other = Vaccinate { vaccine: ONE_DOSE, ..dose(one) };
        let of_session = Refusal::NotTheSessionsVaccine { session: TWO_DOSES };
        assert_eq!(refused(story.vaccinate(other)), of_session);
        let unknown = Vaccinate { batch: batch("X"), ..dose(one) };
        assert_eq!(refused(story.vaccinate(unknown)), Refusal::NoSuchBatch);
        let last = |who| Vaccinate { batch: batch(LAST), ..dose(who) };
        story.vaccinate(last(one)).unwrap();
        assert_eq!(refused(story.vaccinate(last(two))), Refusal::BatchEmpty);
        let expiry = TODAY.yesterday().unwrap();
        let expired = crate::records::Stock { received: 5, ..crate::records::Stock::empty(expiry) };
        story.put(Key::Stock(CENTRE, TWO_DOSES, batch(BATCH)), Row::Stock(expired));
        assert_eq!(refused(story.vaccinate(dose(two))), Refusal::BatchExpired { expiry });
    }

    #[test]
    fn a_second_dose_keeps_its_interval_or_says_by_whose_decision_it_does_not() {
        let mut story = Story::stocked();
        let who = story.register(ME, 1);
        let ago = |days: i64| TODAY.saturating_sub(jiff::ToSpan::days(days));
        story.vaccinated(who, Dose::First, TWO_DOSES, ago(28));
        let book = crate::commands::Book {
            dose: Dose::Second,
            ..booking(story.account(ME), Story::today(), &[who])
        };
        let Ok(Outcome::Booked { appointment, .. }) = story.run(Command::Book(book)) else {
            panic!()
        };
        story.check_in((ME, 1), who, appointment).unwrap();
        story.vaccinated(who, Dose::First, TWO_DOSES, ago(20));
        let second = Vaccinate { dose: Dose::Second, ..dose(who) };
        assert!(matches!(refused(story.vaccinate(second.clone())), Refusal::TooEarly { .. }));
        let decision =
            Override { reason: OverrideReason::Travel, role: crate::audit::Word::new("manager") };
        let decided = Vaccinate { overriding: Some(decision.clone()), ..second };
        let Ok(Outcome::DoseRecorded(event)) = story.vaccinate(decided) else { panic!() };
        assert_eq!(story.event(event).overridden, Some(decision));
    }

    #[test]
    fn a_decision_that_was_not_needed_is_not_recorded_and_overrides_nothing_else() {
        let mut story = Story::stocked();
        let (who, _) = story.arrived(ME, 1);
        let role = crate::audit::Word::new("manager");
        let overriding = Some(Override { reason: OverrideReason::Medical, role });
        let decided = Vaccinate { overriding, ..dose(who) };
        let too_old = Session {
            age: opencowin_model::AgeBand { min: 18, max: Some(30) },
            ..session(1, TODAY, 10)
        };
        story.publish(too_old);
        let refusal = refused(story.vaccinate(decided.clone()));
        assert!(matches!(refusal, Refusal::WrongAge { .. }), "{refusal}");
        story.publish(session(1, TODAY, 10));
        let Ok(Outcome::DoseRecorded(event)) = story.vaccinate(decided) else { panic!() };
        assert_eq!(story.event(event).overridden, None);
    }

    #[test]
    fn a_dose_ends_the_appointment_for_one_and_not_for_those_who_came_along() {
        let mut story = Story::stocked();
        let [who, companion] = [1, 2].map(|number| story.register(ME, number));
        let appointment = story.booked(ME, Story::today(), &[who, companion]);
        story.check_in((ME, 1), who, appointment).unwrap();
        story.first_dose(who);
        let given = Refusal::DoseGiven { person: who, dose: Dose::First };
        assert_eq!(refused(story.cancel(ME, appointment, &[who])), given);
        let (today, tomorrow) = (Story::today(), Story::tomorrow());
        assert_eq!(refused(story.reschedule(ME, appointment, today, tomorrow, SLOT)), given);
        story.cancel(ME, appointment, &[companion]).unwrap();
        assert_eq!(story.first_doses(today), (9, 0, 1));
    }
}
