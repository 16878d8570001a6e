//! Erasing what is known of a person, because they ask or because the period is over that they consented to (R18).

use super::{Effects, Outcome, Refusal, certificates, delete};
use crate::keys::Key;
use crate::records::{Person, Personal};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::BeneficiaryRef;

/// Erases a person who has no live appointment: what they told, their identity document, and that they belong to an
/// account. If they were given doses, these stay under their reference, which leads to nobody any more, so that events
/// and certificates can be verified; the key is destroyed under which lies what these say of the person. Otherwise nothing is
/// left.
#[derive(Clone, Debug)]
pub struct Erase {
    /// Who.
    pub person: BeneficiaryRef,
    /// Why.
    pub reason: Reason,
}

/// Why somebody is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The account asks that they belong to.
    Asked(AccountId),
    /// Those ask who run the programme and were asked by the person.
    Ordered,
    /// The period is over for which their data may be kept.
    Expired,
}

impl Erase {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let who = self.person;
        view.require([Key::Person(who), Key::Personal(who)])?;
        let person = view.person(who)?.ok_or(Refusal::NoSuchPerson(who))?;
        let account = person.account.ok_or(Refusal::NoSuchPerson(who))?;
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        self.is_due(account, personal, context)?;
        let left = (!person.doses.is_empty()).then(|| Person {
            account: None,
            appointments: Vec::new(),
            registered_at: None,
            ..person.clone()
        });
        let mut writes = delete::forget(who, account, person, left, view, context)?;
        writes.extend(certificates::forget(person, view)?);
        Ok(Effects { writes, outcome: Outcome::Erased })
    }

    fn is_due(
        &self,
        account: AccountId,
        personal: &Personal,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        match self.reason {
            Reason::Asked(by) if by != account => Err(Refusal::NoSuchPerson(self.person)),
            Reason::Expired if !personal.has_expired(context.today()) => {
                Err(Refusal::StillKept(self.person))
            }
            Reason::Asked(_) | Reason::Ordered | Reason::Expired => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Command, Register};
    use crate::fixture::*;
    use crate::records::Row;
    use crate::view::{Known, Rows};
    use opencowin_model::Dose;

    const ME: u64 = 9_000_000_001;

    fn asked(story: &Story, person: BeneficiaryRef) -> Command {
        Command::Erase(Erase { person, reason: Reason::Asked(story.account(ME)) })
    }

    fn person(story: &Story, who: BeneficiaryRef) -> Option<Person> {
        match story.row(&Key::Person(who)) {
            Known::Present(Row::Person(person)) => Some(person.clone()),
            _ => None,
        }
    }

    #[test]
    fn nothing_is_left_of_a_person_without_doses() {
        let mut story = Story::new();
        let before = story.rows.clone();
        let who = story.register(ME, 1);
        assert_eq!(story.run(asked(&story, who)), Ok(Outcome::Erased));
        assert_eq!(story.uncounted(), before);
        assert_eq!(refused(story.run(asked(&story, who))), Refusal::NoSuchPerson(who));
        story.register(ME, 1);
    }

    #[test]
    fn doses_stay_and_lead_to_nobody() {
        let mut story = Story::new();
        let (who, other) = (story.register(ME, 1), story.register(ME, 2));
        story.vaccinated(who, Dose::First, TWO_DOSES, TODAY);
        assert_eq!(story.run(asked(&story, who)), Ok(Outcome::Erased));
        let erased = person(&story, who).unwrap();
        assert_eq!((erased.account, erased.doses.len()), (None, 1));
        assert!(matches!(story.row(&Key::Personal(who)), Known::Absent));
        let account = story.row(&Key::Account(story.account(ME)));
        assert!(matches!(account, Known::Present(Row::Account(a)) if a.people == [other]));
        let session = Story::tomorrow();
        assert_eq!(refused(story.book(ME, session, &[who])), Refusal::NoSuchPerson(who));
        assert_eq!(refused(story.run(asked(&story, who))), Refusal::NoSuchPerson(who));
    }

    #[test]
    fn who_has_an_appointment_is_erased_once_it_is_over_or_cancelled() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        let appointment = story.booked(ME, Story::tomorrow(), &[who]);
        assert_eq!(refused(story.run(asked(&story, who))), Refusal::HasAppointment(who));
        story.cancel(ME, appointment, &[]).unwrap();
        assert_eq!(story.run(asked(&story, who)), Ok(Outcome::Erased));
    }

    #[test]
    fn another_account_erases_nobody() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        let reason = Reason::Asked(story.account(ME + 1));
        let answer = story.run(Command::Erase(Erase { person: who, reason }));
        assert_eq!(refused(answer), Refusal::NoSuchPerson(who));
    }

    #[test]
    fn nobody_expires_before_their_period_is_over_or_without_one() {
        let mut story = Story::new();
        let forever = story.register(ME, 1);
        let kept = Register { kept_until: Some(TODAY), ..registration(ME, 2) };
        let Ok(Outcome::Registered(until_today)) = story.run(Command::Register(Box::new(kept)))
        else {
            panic!()
        };
        let expire = |person| Command::Erase(Erase { person, reason: Reason::Expired });
        assert_eq!(refused(story.run(expire(until_today))), Refusal::StillKept(until_today));
        story.now = morning(TODAY.tomorrow().unwrap());
        assert_eq!(story.run(expire(until_today)), Ok(Outcome::Erased));
        assert_eq!(refused(story.run(expire(forever))), Refusal::StillKept(forever));
    }
}
