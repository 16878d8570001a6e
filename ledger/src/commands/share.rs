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
