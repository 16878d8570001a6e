//! Links by which people show others whether they are vaccinated.

use super::{Effects, Outcome, Refusal, Write};
use crate::keys::Key;
use crate::records::{Row, Share};
use crate::rules::Context;
use crate::vault::{AccountId, ShareHash};
use crate::view::{Stop, View};
use opencowin_model::{BeneficiaryRef, Timestamp};

/// Most links of one person that work at once.
pub const MOST_SHARES: u8 = 10;

/// Lets a link show whether somebody is vaccinated. The same again is answered the same.
#[derive(Clone, Debug)]
pub struct ShareStatus {
    /// Who.
    pub person: BeneficiaryRef,
    /// The account that they belong to, which asks.
    pub account: AccountId,
    /// The link's token.
    pub share: ShareHash,
    /// Until when it works, if not until they end it.
    pub until: Option<Timestamp>,
}

impl ShareStatus {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let who = self.person;
        view.require([Key::Person(who), Key::Shares(who), Key::Share(self.share)])?;
        of_account(who, self.account, view)?;
        if view.share(self.share)?.is_some() {
            return Ok(Effects { writes: Vec::new(), outcome: Outcome::Passed });
        }
        let (mut shares, mut writes) = (Vec::new(), Vec::new());
        for known in view.shares(who)?.into_iter().flatten() {
            match view.share(*known)? {
                Some(share) if !share.is_over(context.now) => shares.push(*known),
                Some(_) => writes.push((Key::Share(*known), None)),
                None => {}
            }
        }
        if shares.len() >= usize::from(MOST_SHARES) {
            return Err(Refusal::TooManyShares { most: MOST_SHARES }.into());
        }
        shares.push(self.share);
        let share = Share { person: who, since: context.now, until: self.until };
        writes.push((Key::Share(self.share), Some(Row::Share(share))));
        writes.push((Key::Shares(who), Some(Row::Shares(shares))));
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}

/// Ends a link of somebody, or all of them. What has ended has ended.
#[derive(Clone, Debug)]
pub struct Unshare {
    /// Who.
    pub person: BeneficiaryRef,
    /// The account that they belong to, which asks.
    pub account: AccountId,
    /// The link's token; all links of the person if there is none.
    pub share: Option<ShareHash>,
}

impl Unshare {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let who = self.person;
        view.require([Key::Person(who), Key::Shares(who)])?;
        of_account(who, self.account, view)?;
        let shares = view.shares(who)?.map_or(&[][..], |shares| shares);
        let ends = |share: &ShareHash| self.share.is_none_or(|ended| ended == *share);
        let (ended, left): (Vec<_>, Vec<_>) = shares.iter().copied().partition(ends);
        let mut writes: Vec<Write> = ended.iter().map(|share| (Key::Share(*share), None)).collect();
        if !ended.is_empty() {
            let left = (!left.is_empty()).then_some(Row::Shares(left));
            writes.push((Key::Shares(who), left));
        }
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}

/// That no link of somebody works any more.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn forget(who: BeneficiaryRef, view: &mut View<'_>) -> Result<Vec<Write>, Stop> {
    let Some(shares) = view.shares(who)? else { return Ok(Vec::new()) };
    let links = shares.iter().map(|share| (Key::Share(*share), None));
    Ok(links.chain([(Key::Shares(who), None)]).collect())
}

/// The links of two references as those of the one that is kept.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn merge(
    keep: BeneficiaryRef,
    other: BeneficiaryRef,
    view: &mut View<'_>,
) -> Result<Vec<Write>, Stop> {
    view.require([keep, other].map(Key::Shares))?;
    let Some(others) = view.shares(other)? else { return Ok(Vec::new()) };
    let own = view.shares(keep)?.map_or(&[][..], |shares| shares);
    let all = [own, others].concat();
    Ok(vec![(Key::Shares(keep), Some(Row::Shares(all))), (Key::Shares(other), None)])
}

fn of_account(who: BeneficiaryRef, account: AccountId, view: &mut View<'_>) -> Result<(), Stop> {
    let person = view.person(who)?.filter(|person| person.account == Some(account));
    person.map(drop).ok_or(Refusal::NoSuchPerson(who).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command, Erase, Reason};
    use crate::fixture::*;
    use crate::view::{Known, Rows};

    const ME: u64 = 9_000_000_001;

    fn hash(number: u8) -> ShareHash {
        ShareHash::from_bytes([number; 16])
    }

    fn share(story: &mut Story, person: BeneficiaryRef, number: u8, hours: Option<i64>) -> Answer {
        let until = hours.map(|hours| story.now.plus_ms(hours * 3_600_000));
        let (account, share) = (story.account(ME), hash(number));
        story.run(Command::ShareStatus(ShareStatus { person, account, share, until }))
    }

    fn unshare(story: &mut Story, person: BeneficiaryRef, share: Option<u8>) -> Answer {
        let (account, share) = (story.account(ME), share.map(hash));
        story.run(Command::Unshare(Unshare { person, account, share }))
    }

    fn works(story: &Story, number: u8) -> bool {
        matches!(story.row(&Key::Share(hash(number))), Known::Present(_))
    }

    #[test]
    fn a_link_works_until_its_person_ends_it() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        for number in [1, 2, 3] {
            assert_eq!(share(&mut story, who, number, None), Ok(Outcome::Passed));
        }
        let rows = story.rows.clone();
        share(&mut story, who, 1, Some(1)).unwrap();
        assert_eq!(story.rows, rows, "the same again");
        unshare(&mut story, who, Some(2)).unwrap();
        assert!(works(&story, 1) && !works(&story, 2) && works(&story, 3));
        unshare(&mut story, who, None).unwrap();
        assert!(!works(&story, 1) && !works(&story, 3));
        assert!(matches!(story.row(&Key::Shares(who)), Known::Absent));
        assert_eq!(unshare(&mut story, who, None), Ok(Outcome::Passed));
    }

    #[test]
    fn somebody_has_so_many_links_and_those_that_are_over_do_not_count() {
        let mut story = Story::new();
        let who = story.register(ME, 1);
        for number in 0..MOST_SHARES {
            share(&mut story, who, number, Some(i64::from(number) + 1)).unwrap();
        }
        let full = Refusal::TooManyShares { most: MOST_SHARES };
        assert_eq!(refused(share(&mut story, who, 50, None)), full);
        story.now = story.now.plus_ms(3_600_000);
        share(&mut story, who, 50, None).unwrap();
        assert!(!works(&story, 0) && works(&story, 1));
    }

    #[test]
    fn nobody_shares_for_others_and_links_go_with_their_person() {
        let mut story = Story::new();
        let (who, stranger) = (story.register(ME, 1), story.register(ME + 1, 1));
        let unknown = Refusal::NoSuchPerson(stranger);
        assert_eq!(refused(share(&mut story, stranger, 1, None)), unknown);
        assert_eq!(refused(unshare(&mut story, stranger, None)), unknown);
        share(&mut story, who, 1, None).unwrap();
        story.run(Command::Erase(Erase { person: who, reason: Reason::Ordered })).unwrap();
        assert!(!works(&story, 1));
        assert!(matches!(story.row(&Key::Shares(who)), Known::Absent));
    }
}
