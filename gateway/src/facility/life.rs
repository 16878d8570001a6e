//! The life of a facility: who may do what to it when.
//!
//! ```text
//!                district approves                 district suspends
//!   Applied ─────────────────────────▶ Approved ◀────────────────────▶ Suspended
//!      └──▶ Refused                                  and resumes
//! ```
//!
//! An approved one changes at once what concerns nobody but its visitors. Name and place are a wish until the district
//! has agreed.

use super::{Facility, Fate, Offer, Site, Standing};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_model::{CentreId, Hours, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Entries of the history that are kept.
const HISTORY: usize = 50;

/// Something that was done to a facility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whose account.
    pub by: Uuid,
    /// What.
    pub step: Step,
    /// Why, where somebody had to say why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What is done to a facility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It applies.
    Apply,
    /// The district wants it.
    Approve,
    /// The district does not.
    Refuse,
    /// It changes what it can change by itself.
    Change,
    /// It wants another name or place.
    Wish,
    /// The district agrees to that.
    Grant,
    /// The district does not.
    Deny,
    /// It may not publish for now.
    Suspend,
    /// It may again.
    Resume,
}

/// Who does something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    /// By whose account.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
}

/// What a facility changes by itself.
#[derive(Clone, Debug)]
pub struct Service {
    /// When it is open.
    pub hours: Hours,
    /// The youngest whom it vaccinates.
    pub minimum_age: u8,
    /// What it gives.
    pub offers: Vec<Offer>,
    /// Whether it can keep vaccines cold.
    pub cold_chain: bool,
}

impl Facility {
    /// The facility with what its district decides about its application, or else about its wish.
    ///
    /// # Errors
    /// FACILT0001 if there is nothing to decide.
    pub fn decided(
        &self,
        agrees: Option<CentreId>,
        reason: String,
        hand: Hand,
    ) -> Result<Self, Problem> {
        let wish = self.wish.clone().filter(|_| self.centre.is_some());
        let (step, changed) = match (&self.standing, wish, agrees) {
            (Standing::Applied, _, Some(centre)) => {
                let standing = Standing::Approved;
                (Step::Approve, Self { centre: Some(centre), standing, ..self.clone() })
            }
            (Standing::Applied, _, None) => {
                let standing = Standing::Refused { reason: reason.clone() };
                (Step::Refuse, Self { standing, ..self.clone() })
            }
            (_, Some(site), Some(_)) => (Step::Grant, Self { site, wish: None, ..self.clone() }),
            (_, Some(_), None) => (Step::Deny, Self { wish: None, ..self.clone() }),
            (_, None, _) => return Err(self.cannot("there is nothing to decide")),
        };
        Ok(changed.with(step, Some(reason).filter(|reason| !reason.is_empty()), hand))
    }

    /// The facility with other hours, ages, vaccines or prices.
    ///
    /// # Errors
    /// FACILT0001 if it was not approved.
    pub fn serving(&self, service: Service, hand: Hand) -> Result<Self, Problem> {
        self.has_centre()?;
        let Service { hours, minimum_age, offers, cold_chain } = service;
        let changed = Self { hours, minimum_age, offers, cold_chain, ..self.clone() };
        Ok(if changed == *self { changed } else { changed.with(Step::Change, None, hand) })
    }

    /// The facility with a wish for another name or place; none if it is what it was.
    ///
    /// # Errors
    /// FACILT0001 if it was not approved, or the place is another district's, which has to approve it anew.
    pub fn wishing(&self, site: Site, hand: Hand) -> Result<Self, Problem> {
        self.has_centre()?;
        if site.district != self.site.district {
            return Err(self.cannot("it would lie in another district, where it has to apply"));
        }
        let wish = Some(site).filter(|site| *site != self.site);
        let changed = Self { wish, ..self.clone() };
        Ok(if changed == *self { changed } else { changed.with(Step::Wish, None, hand) })
    }

    /// The facility, suspended; one that is can be suspended with another fate of its sessions.
    ///
    /// # Errors
    /// FACILT0001 if it was not approved.
    pub fn suspended(&self, reason: String, sessions: Fate, hand: Hand) -> Result<Self, Problem> {
        self.has_centre()?;
        let standing = Standing::Suspended { reason: reason.clone(), sessions };
        Ok(Self { standing, ..self.clone() }.with(Step::Suspend, Some(reason), hand))
    }

    /// The facility, no longer suspended.
    ///
    /// # Errors
    /// FACILT0001 if it is not.
    pub fn resumed(&self, reason: String, hand: Hand) -> Result<Self, Problem> {
        if !matches!(self.standing, Standing::Suspended { .. }) {
            return Err(self.cannot("it is not suspended"));
        }
        let standing = Standing::Approved;
        Ok(Self { standing, ..self.clone() }.with(Step::Resume, Some(reason), hand))
    }

    /// The facility with something more in its history.
    pub fn with(mut self, step: Step, reason: Option<String>, hand: Hand) -> Self {
        self.history.push(Entry { at: hand.at, by: hand.by, step, reason });
        let over = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..over);
        self
    }

    fn has_centre(&self) -> Result<(), Problem> {
        match self.centre {
            Some(_) => Ok(()),
            None => Err(self.cannot("it was not approved")),
        }
    }

    fn cannot(&self, why: &str) -> Problem {
        let entry = error::FACILITY_STANDING;
        Problem::with_text(entry, format!("{}: {why}", entry.text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Contact, Ownership};
    use super::*;
    use opencowin_model::{Pack, TimeOfDay};

    const HAND: Hand = Hand { by: Uuid::nil(), at: Timestamp(1) };

    fn applied() -> Facility {
        let pack = Pack::india().unwrap();
        let area = &pack.postal_areas()[0];
        let hour = |hour| TimeOfDay::new(hour, 0).unwrap();
        let facility = Facility {
            id: Uuid::from_u128(9),
            centre: None,
            site: Site {
                name: "Clinic".to_owned(),
                address: "1 Station Road".to_owned(),
                block: "Not Applicable".to_owned(),
                district: area.district,
                pincode: area.pincode,
                position: area.position,
            },
            wish: None,
            ownership: Ownership::Private,
            licence: Some("KA-17".to_owned()),
            contact: Some(Contact {
                name: "Asha Rao".to_owned(),
                mobile: 9_000_000_001,
                account: Uuid::nil(),
            }),
            hours: Hours::new(hour(9), hour(17)).unwrap(),
            minimum_age: 18,
            offers: Vec::new(),
            cold_chain: true,
            standing: Standing::Applied,
            history: Vec::new(),
        };
        facility.with(Step::Apply, None, HAND)
    }

    fn approved() -> Facility {
        applied().decided(Some(CentreId(7)), String::new(), HAND).unwrap()
    }

    #[test]
    fn an_application_is_decided_once() {
        let approved = approved();
        assert!(approved.may_publish() && approved.as_centre().is_some());
        assert!(approved.decided(None, "late".to_owned(), HAND).is_err());
        let refused = applied().decided(None, "no licence".to_owned(), HAND).unwrap();
        assert_eq!((refused.standing.reason(), refused.as_centre()), (Some("no licence"), None));
        assert!(refused.decided(Some(CentreId(8)), String::new(), HAND).is_err());
        assert!(refused.suspended("x".to_owned(), Fate::Keep, HAND).is_err());
    }

    #[test]
    fn another_name_is_a_wish_until_the_district_agrees() {
        let site = Site { name: "Hospital".to_owned(), ..applied().site };
        let wishing = approved().wishing(site.clone(), HAND).unwrap();
        assert_eq!(wishing.as_centre().unwrap().name, "Clinic");
        let granted = wishing.decided(Some(CentreId(7)), String::new(), HAND).unwrap();
        assert_eq!(granted.as_centre().unwrap().name, "Hospital");
        let denied = wishing.decided(None, "misleading".to_owned(), HAND).unwrap();
        assert_eq!((denied.wish, denied.site), (None, approved().site));
        assert_eq!(granted.wishing(site, HAND).unwrap(), granted, "nothing is wished for");
    }

    #[test]
    fn whoever_is_suspended_may_publish_once_it_is_resumed() {
        let suspended = approved().suspended("no fridge".to_owned(), Fate::Close, HAND).unwrap();
        assert!(!suspended.may_publish());
        let resumed = suspended.resumed("repaired".to_owned(), HAND).unwrap();
        assert!(resumed.may_publish() && resumed.resumed("again".to_owned(), HAND).is_err());
        let steps: Vec<_> = resumed.history.iter().map(|entry| entry.step).collect();
        assert_eq!(steps, [Step::Apply, Step::Approve, Step::Suspend, Step::Resume]);
    }

    #[test]
    fn a_history_does_not_grow_for_ever() {
        let many = (0..200).fold(approved(), |facility, _| facility.with(Step::Change, None, HAND));
        assert_eq!(many.history.len(), HISTORY);
    }
}
