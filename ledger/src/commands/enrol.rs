//! Enrolling a person at a facility: walk-ins and invited cohorts.

use super::{Book, Booker, Effects, Outcome, Register, SeatCount, seats};
use crate::keys::Key;
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, CentreId, Channel, Dose, SessionKey};

/// Registers a person whom the staff of a facility has before them, with the account of a mobile number that nobody has
/// proven, and books them into a session there if one is named: both or neither. From then on the facility sees them.
#[derive(Clone, Debug)]
pub struct Enrol {
    /// Who.
    pub register: Register,
    /// Where.
    pub at: CentreId,
    /// What they are booked into.
    pub place: Option<Place>,
}

/// A place in a session of the facility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The session.
    pub session: SessionKey,
    /// The label of the slot.
    pub slot: Box<str>,
    /// Out of whose seats.
    pub channel: Channel,
    /// For which dose.
    pub dose: Dose,
}

impl Place {
    /// The seat that it takes.
    pub fn seat(&self) -> SeatCount {
        let Self { session, channel, dose, .. } = *self;
        SeatCount { session, channel, dose, seats: 1 }
    }

    /// Books people of whatever account into it, as staff of a facility do.
    pub fn for_people(&self, at: CentreId, people: Vec<BeneficiaryRef>) -> Book {
        let Self { session, slot, channel, dose } = self.clone();
        Book { by: Booker::Facility(at), session, slot, channel, dose, people }
    }
}

impl Enrol {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let registered = self.register.registered_at(Some(self.at), view, context);
        let Some(place) = &self.place else { return registered.map(|(effects, _)| effects) };
        if registered == Err(Stop::Need) {
            // Fetched together with what the registration needs.
            let session = Key::Session(place.session);
            view.require(seats::rows(place.session, context).chain([session]))?;
        }
        let (registered, person) = registered?;
        let book = place.for_people(self.at, vec![person]);
        let context = Context { draw: context.hasher.redraw(context.draw), ..*context };
        let booked = view.over(&registered.writes, |view| book.decide(view, &context))?;
        let Outcome::Booked { appointment, taken } = booked.outcome else {
            return Err(Stop::Damaged(Key::Session(place.session)));
        };
        let is_superseded = |key: &Key| booked.writes.iter().any(|(written, _)| written == key);
        let mut writes = registered.writes;
        writes.retain(|(key, _)| !is_superseded(key));
        writes.extend(booked.writes);
        Ok(Effects { writes, outcome: Outcome::Enrolled { person, appointment, taken } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command, Refusal};
    use crate::fixture::*;
    use crate::records::Row;

    const ME: u64 = 9_000_000_001;

    fn enrol(number: u32, place: Option<Place>) -> Command {
        let register = registration(ME, number);
        Command::Enrol(Box::new(Enrol { register, at: CENTRE, place }))
    }

    fn place(session: SessionKey) -> Place {
        Place { session, slot: SLOT.into(), channel: Channel::OnSpot, dose: Dose::First }
    }

    fn enrolled(answer: Answer) -> BeneficiaryRef {
        match answer {
            Ok(Outcome::Registered(person) | Outcome::Enrolled { person, .. }) => person,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whoever_is_enrolled_is_of_the_account_and_of_the_facility() {
        let mut story = Story::new();
        let person = enrolled(story.run(enrol(1, None)));
        let row = story.person(person);
        assert_eq!((row.account, row.registered_at), (Some(story.account(ME)), Some(CENTRE)));
        assert!(row.appointments.is_empty());
    }

    #[test]
    fn a_person_is_enrolled_with_their_seat_or_not_at_all() {
        let mut story = Story::new();
        let person = enrolled(story.run(enrol(1, Some(place(Story::today())))));
        let listed = story.person(person).listed(Dose::First).copied().unwrap();
        let row = story.rows[&Key::Appointment(listed.session, listed.appointment)].clone();
        let Row::Appointment(appointment) = row else { panic!("{row:?}") };
        assert_eq!(appointment.booked().collect::<Vec<_>>(), [person]);
        assert_eq!(
            (appointment.channel, appointment.account),
            (Channel::OnSpot, story.account(ME))
        );

        let before = story.rows.clone();
        let sold_out = story.run(enrol(2, Some(place(Story::today()))));
        assert_eq!(refused(sold_out), Refusal::SoldOut);
        let elsewhere = Enrol {
            register: registration(ME, 2),
            at: CentreId(8),
            place: Some(place(Story::tomorrow())),
        };
        let elsewhere = story.run(Command::Enrol(Box::new(elsewhere)));
        assert_eq!(refused(elsewhere), Refusal::NoSuchSession);
        let taken = story.run(enrol(1, Some(place(Story::tomorrow()))));
        assert_eq!(refused(taken), Refusal::IdDocumentTaken);
        assert_eq!(story.rows, before);
    }

    #[test]
    fn a_reference_is_not_told_by_the_appointment() {
        let mut story = Story::new();
        let person = enrolled(story.run(enrol(1, Some(place(Story::today())))));
        let id = story.person(person).appointments[0].appointment.0.as_u128();
        let range = BeneficiaryRef::RANGE;
        let offset = id % u128::from(range.end() - range.start() + 1);
        assert_ne!(u128::from(person.get() - range.start()) >> 8, offset >> 8);
    }
}
