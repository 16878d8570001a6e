//! Somebody who goes to another mobile number.

use super::{Effects, Outcome, Refusal, delete, merge};
use crate::keys::Key;
use crate::records::{Person, Personal, Row};
use crate::rules::Context;
use crate::vault::AccountId;
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, Mobile};

/// Moves somebody without a live appointment to the account of another mobile number, which has room for them. Both
/// agree. The same again is answered the same.
#[derive(Clone, Debug)]
pub struct MoveMember {
    /// Who.
    pub person: BeneficiaryRef,
    /// The account that they are of, which agrees.
    pub from: AccountId,
    /// The number that they go to, proven by OTP.
    pub to: Mobile,
}

impl MoveMember {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let (who, to) = (self.person, context.hasher.account(self.to));
        view.require([Key::Person(who), Key::Personal(who), Key::Account(to)])?;
        let unknown = Refusal::NoSuchPerson(who);
        let person = view.person(who)?.ok_or(unknown)?;
        let outcome = Outcome::MemberMoved;
        match person.account {
            Some(account) if account == to => return Ok(Effects { writes: Vec::new(), outcome }),
            Some(account) if account == self.from => {}
            _ => return Err(unknown.into()),
        }
        merge::unbooked(who, person, view, context)?;
        let mut account = view.account(to)?.cloned().unwrap_or_default();
        let limit = context.rules.people_per_account;
        if account.people.len() >= usize::from(limit) {
            return Err(Refusal::AccountFull { limit }.into());
        }
        account.people.push(who);
        let personal = view.personal(who)?.ok_or(Stop::Damaged(Key::Personal(who)))?;
        let personal = Personal { mobile: self.to, ..personal.clone() };
        // What is listed is over, and leads to those of the account that booked it.
        let moved = Person { account: Some(to), appointments: Vec::new(), ..person.clone() };
        let writes = vec![
            (Key::Account(to), Some(Row::Account(account))),
            (Key::Account(self.from), delete::remaining(who, self.from, view)?),
            (Key::Personal(who), Some(Row::Personal(Box::new(personal)))),
            (Key::Person(who), Some(Row::Person(moved))),
        ];
        Ok(Effects { writes, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command};
    use crate::fixture::*;
    use crate::view::{Known, Rows};

    const ME: u64 = 9_000_000_001;
    const CHILD: u64 = 9_000_000_002;

    fn go(story: &mut Story, person: BeneficiaryRef) -> Answer {
        let from = story.account(ME);
        story.run(Command::MoveMember(MoveMember { person, from, to: Mobile(CHILD) }))
    }

    fn people(story: &Story, mobile: u64) -> Vec<BeneficiaryRef> {
        match story.row(&Key::Account(story.account(mobile))) {
            Known::Present(Row::Account(account)) => account.people.clone(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn somebody_goes_to_another_number_and_is_seen_there_alone() {
        let mut story = Story::new();
        let [parent, child] = [1, 2].map(|number| story.register(ME, number));
        assert_eq!(go(&mut story, child), Ok(Outcome::MemberMoved));
        assert_eq!((people(&story, ME), people(&story, CHILD)), (vec![parent], vec![child]));
        let personal = story.row(&Key::Personal(child));
        assert!(matches!(personal, Known::Present(Row::Personal(p)) if p.mobile.0 == CHILD));
        let rows = story.rows.clone();
        assert_eq!(go(&mut story, child), Ok(Outcome::MemberMoved), "the same again");
        assert_eq!(story.rows, rows);
        story.booked(CHILD, Story::tomorrow(), &[child]);
        go(&mut story, parent).unwrap();
        assert!(matches!(story.row(&Key::Account(story.account(ME))), Known::Absent));
    }

    #[test]
    fn an_account_has_room_for_four_whoever_they_were_with_before() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        for number in 0..4 {
            story.register(CHILD, number);
        }
        assert_eq!(refused(go(&mut story, who)), Refusal::AccountFull { limit: 4 });
    }

    #[test]
    fn who_is_booked_stays_with_the_account_that_can_cancel_it() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        let appointment = story.booked(ME, Story::today(), &[who]);
        assert_eq!(refused(go(&mut story, who)), Refusal::HasAppointment(who));
        story.now = morning(TODAY.tomorrow().unwrap());
        go(&mut story, who).unwrap();
        let answer = refused(story.cancel(CHILD, appointment, &[]));
        assert_eq!(answer, Refusal::NoSuchAppointment);
    }

    #[test]
    fn nobody_is_moved_out_of_an_account_that_is_not_asked() {
        let mut story = Story::new();
        let who = story.register(ME + 5, 1);
        assert_eq!(refused(go(&mut story, who)), Refusal::NoSuchPerson(who));
    }
}
