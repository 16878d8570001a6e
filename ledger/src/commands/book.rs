//! Taking seats.

use super::{Effects, Outcome, Refusal, SeatCount, eligibility, live_appointment, seats};
use crate::keys::Key;
use crate::records::{Appointment, Listed, Person, Row, Standing};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{
    AppointmentId, BeneficiaryRef, CentreId, Channel, Dose, Hours, Session, SessionKey,
    SessionState,
};

/// Books one to four people into a session: all of them or none.
///
/// Checked in this order: one to four different people; the session is there, is not cancelled and not over; it has the
/// slot; it is held where the booker may book; then person by person in the order given: they are the booker's to book,
/// [`eligibility()`], no live appointment for the dose; at last, enough seats are free.
#[derive(Clone, Debug)]
pub struct Book {
    /// Who books.
    pub by: Booker,
    /// Where they are to go.
    pub session: SessionKey,
    /// The label of the slot.
    pub slot: Box<str>,
    /// Out of whose seats.
    pub channel: Channel,
    /// For which dose.
    pub dose: Dose,
    /// Who.
    pub people: Vec<BeneficiaryRef>,
}

/// Who books for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booker {
    /// An account for its own people, into any session.
    Account(AccountId),
    /// The staff of a facility for whoever stands there, of whatever account, into sessions held there.
    Facility(CentreId),
}

impl Booker {
    fn may_book(self, person: &Person) -> bool {
        match self {
            Self::Account(account) => person.account == Some(account),
            Self::Facility(_) => person.account.is_some(),
        }
    }

    fn may_book_into(self, session: &Session) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Facility(own) => session.centre == own,
        }
    }
}

impl Book {
    /// Everything but the seats: what can be checked on a current read before a seat is reserved.
    ///
    /// # Errors
    /// [`Stop`]: rows are missing or damaged, or a rule forbids it.
    pub fn check(&self, view: &mut View<'_>, context: &Context<'_>) -> Result<(), Stop> {
        self.admitted(view, context).map(drop)
    }

    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        // Fetched together with what the checks need.
        view.require(self.rows().chain(seats::rows(self.session, context)))?;
        let (session, slot, people) = self.admitted(view, context)?;
        let taken = self.seats();
        let seats = seats::take(&taken, &session.capacity, view, context)?;
        let id = AppointmentId::from_random(context.draw.to_be_bytes());
        let listed = Listed { appointment: id, session: self.session, dose: self.dose };
        let account = people[0].account.ok_or(Stop::Damaged(Key::Person(self.people[0])))?;
        let rows = self.people.iter().zip(people).map(|(who, person)| {
            (Key::Person(*who), Some(Row::Person(person.clone().with_appointment(listed))))
        });
        let mut writes: Vec<_> = rows.collect();
        let appointment = self.appointment(id, account, session, slot, context);
        writes.push((Key::Appointment(self.session, id), Some(Row::Appointment(appointment))));
        writes.extend(seats);
        Ok(Effects { writes, outcome: Outcome::Booked { appointment: id, taken } })
    }

    /// The rows that the checks need.
    fn rows(&self) -> impl Iterator<Item = Key> {
        self.people.iter().map(|person| Key::Person(*person)).chain([Key::Session(self.session)])
    }

    /// The session, the slot and the people's rows, if all rules but that of the seats let them in.
    fn admitted<'v>(
        &self,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<(&'v Session, Hours, Vec<&'v Person>), Stop> {
        one_to_four(&self.people)?;
        view.require(self.rows())?;
        let (session, slot) = open_session(self.session, &self.slot, view, context)?;
        if !self.by.may_book_into(session) {
            return Err(Refusal::NoSuchSession.into());
        }
        let admit = |who: &BeneficiaryRef| self.admit(*who, session, view, context);
        let people = self.people.iter().map(admit).collect::<Result<_, _>>()?;
        Ok((session, slot, people))
    }

    fn admit<'v>(
        &self,
        who: BeneficiaryRef,
        session: &Session,
        view: &mut View<'v>,
        context: &Context<'_>,
    ) -> Result<&'v Person, Stop> {
        let person = view.person(who)?.filter(|person| self.by.may_book(person));
        let person = person.ok_or(Refusal::NoSuchPerson(who))?;
        eligibility(who, person, session, self.dose, context.today(), context.rules)?;
        match live_appointment(person, self.dose, view, context)? {
            Some(listed) => {
                Err(Refusal::AlreadyBooked { person: who, appointment: listed.appointment }.into())
            }
            None => Ok(person),
        }
    }

    fn appointment(
        &self,
        id: AppointmentId,
        account: AccountId,
        session: &Session,
        slot: Hours,
        context: &Context<'_>,
    ) -> Appointment {
        let drawn = || context.hasher.security_code(&context.draw.to_be_bytes());
        Appointment {
            id,
            session: self.session,
            account,
            centre: session.centre,
            channel: self.channel,
            dose: self.dose,
            slot,
            people: self.people.iter().map(|person| (*person, Standing::Booked)).collect(),
            // Older programs would lose it.
            code: context.writes_schema_4().then(drawn),
            wrong_proofs: Vec::new(),
            created: context.now,
            changed: context.now,
        }
    }

    /// The seats that it takes.
    pub fn seats(&self) -> SeatCount {
        let seats = self.people.len() as u16;
        SeatCount { session: self.session, channel: self.channel, dose: self.dose, seats }
    }
}

/// The session and slot, if it can be booked.
pub(super) fn open_session<'v>(
    key: SessionKey,
    slot: &str,
    view: &mut View<'v>,
    context: &Context<'_>,
) -> Result<(&'v Session, Hours), Stop> {
    let session = view.session(key)?.ok_or(Refusal::NoSuchSession)?;
    if session.state == SessionState::Cancelled {
        return Err(Refusal::SessionCancelled.into());
    }
    if context.is_over(session) {
        return Err(Refusal::SessionOver.into());
    }
    let slot = session.slot(slot).ok_or(Refusal::NoSuchSlot)?;
    Ok((session, session.slots[usize::from(slot)]))
}

fn one_to_four(people: &[BeneficiaryRef]) -> Result<(), Refusal> {
    if !(1..=4).contains(&people.len()) {
        return Err(Refusal::NotOneToFour);
    }
    named_once(people)
}

/// Refuses a name that stands twice.
pub(super) fn named_once(people: &[BeneficiaryRef]) -> Result<(), Refusal> {
    let twice = (1..people.len()).find(|&at| people[..at].contains(&people[at]));
    twice.map_or(Ok(()), |at| Err(Refusal::NamedTwice(people[at])))
}
