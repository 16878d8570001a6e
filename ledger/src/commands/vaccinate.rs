//! Recording a dose that is given at a facility.

use super::visit::{Proof, Shown, Visit};
use super::{Effects, Outcome, Refusal, Write, eligibility, events, seats};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Event, EventKey, Given, Override, Person, Standing, Visited};
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
        view.require([Key::Person(self.person), Key::Centre(self.centre)])?;
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
        let mut writes = self.standings(&visit, &event, context).to_vec();
        writes.push(seats::use_one(visit.appointment, view)?);
        writes.extend(events::given(&event, visit.personal, view, context)?);
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
