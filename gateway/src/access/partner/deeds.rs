//! What a partner does itself, by one of its administrators.

use super::application::Nomination;
use super::life::{By, Entry, NOTICE_DAYS, Refused, Step};
use super::origins::Origin;
use super::words::Link;
use super::{
    Administrator, Declaration, Deletion, Evidence, Facility, PUBLIC, Partner, SignOff, Stage,
};
use opencowin_admission::Apis;
use opencowin_ledger::vault::AccountId;
use opencowin_model::{CentreId, Timestamp};
use uuid::Uuid;

/// The most administrators of one partner.
const ADMINISTRATORS: usize = 10;

/// The most that a partner can make the ledger keep about it besides its history, in bytes of JSON. With the longest
/// history it stays below what one row can hold (100 kB on every engine).
const LARGEST: usize = 45_000;

const DAY_MS: i64 = 86_400_000;

/// Something that an administrator does.
#[derive(Clone)]
pub enum Deed {
    /// Proving the own number.
    Prove,
    /// Nominating another administrator, who has this account.
    Nominate(Nomination, AccountId),
    /// Dismissing an administrator.
    Dismiss(Uuid),
    /// Handing in evidence of security.
    Show(Document),
    /// Naming a facility that is served, with its own declaration.
    Serve {
        /// Which.
        centre: CentreId,
        /// Whether it is a private one.
        private: bool,
        /// What it declared itself.
        declaration: Option<Declaration>,
    },
    /// Serving a facility no longer.
    Leave(CentreId),
    /// Embedding the status page in these origins and in no other.
    Embed(Vec<Origin>),
    /// Giving notice.
    GiveNotice,
    /// Declaring that data are deleted.
    ConfirmDeletion,
}

/// A document that shows something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it shows.
    pub statement: String,
    /// Where it lies.
    pub url: Link,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

impl Deed {
    fn step(&self) -> Step {
        match self {
            Self::Prove => Step::AdministratorProven,
            Self::Nominate(..) => Step::AdministratorNominated,
            Self::Dismiss(_) => Step::AdministratorDismissed,
            Self::Show(_) => Step::EvidenceGiven,
            Self::Serve { .. } => Step::FacilityNamed,
            Self::Leave(_) => Step::FacilityDropped,
            Self::Embed(_) => Step::OriginsSet,
            Self::GiveNotice => Step::NoticeGiven,
            Self::ConfirmDeletion => Step::DeletionConfirmed,
        }
    }

    /// What the history says besides.
    fn detail(&self) -> String {
        match self {
            Self::Serve { centre, .. } | Self::Leave(centre) => format!("facility {centre}"),
            Self::Embed(origins) => format!("{} origins", origins.len()),
            Self::Show(document) => document.url.as_str().to_owned(),
            _ => String::new(),
        }
    }
}

impl Partner {
    /// The partner after one of its administrators, who has the account `by`, did something.
    ///
    /// # Errors
    /// [`Refused`] says why it cannot be done.
    pub fn after(&self, deed: Deed, by: Uuid, now: Timestamp) -> Result<Self, Refused> {
        self.require(deed.step(), now)?;
        let mut next = self.clone();
        let entry = Entry {
            at: now,
            by: By::Administrator(by),
            step: deed.step(),
            apis: Apis::NONE,
            reason: deed.detail(),
        };
        match deed {
            Deed::Prove => next.prove(by, now)?,
            Deed::Nominate(nomination, account) => next.nominate((&nomination, account), now)?,
            Deed::Dismiss(account) => next.dismiss(account)?,
            Deed::Show(document) => next.show(document, by, now),
            Deed::Serve { centre, private, declaration } => {
                next.serve(centre, private, declaration, now)?;
            }
            Deed::Leave(centre) => next.leave(centre)?,
            Deed::Embed(origins) => next.embed(origins)?,
            Deed::GiveNotice => next.give_notice(now)?,
            Deed::ConfirmDeletion => next.confirm_deletion(now)?,
        }
        next.record(entry);
        if next.weight() > LARGEST && next.weight() > self.weight() {
            return Err(Refused::Full);
        }
        Ok(next)
    }

    /// An organisation that wants nothing but public APIs is live with its first administrator (guidelines, 5 iv).
    fn prove(&mut self, account: Uuid, now: Timestamp) -> Result<(), Refused> {
        let found = self.administrators.iter_mut().find(|known| known.account == account);
        let administrator = found.ok_or(Refused::Unknown("administrator"))?;
        if administrator.proven.replace(now).is_some() {
            return Err(Refused::Already("proof"));
        }
        if self.stage == Stage::Applied {
            self.stage = Stage::Proven;
            if self.application.is_public_only() {
                self.open_to_public_apis(now);
            }
        }
        Ok(())
    }

    fn open_to_public_apis(&mut self, now: Timestamp) {
        (self.stage, self.approved, self.granted) = (Stage::Live, Some(now), PUBLIC);
        let untested = SignOff { at: now, by: None, name: String::new() };
        self.signed_off = PUBLIC.iter().map(|api| (api, untested.clone())).collect();
    }

    fn nominate(
        &mut self,
        nominated: (&Nomination, AccountId),
        now: Timestamp,
    ) -> Result<(), Refused> {
        let administrator = Administrator::new(nominated, now);
        if self.administrator(administrator.account).is_some() {
            return Err(Refused::Already("administrator"));
        }
        if self.administrators.len() >= ADMINISTRATORS {
            return Err(Refused::Full);
        }
        self.administrators.push(administrator);
        Ok(())
    }

    fn dismiss(&mut self, account: Uuid) -> Result<(), Refused> {
        self.administrator(account).ok_or(Refused::Unknown("administrator"))?;
        self.administrators.retain(|administrator| administrator.account != account);
        let one_is_left = self.administrators.iter().any(|known| known.proven.is_some());
        if one_is_left { Ok(()) } else { Err(Refused::LastAdministrator) }
    }

    fn show(&mut self, document: Document, by: Uuid, now: Timestamp) {
        let Document { statement, url, sha256 } = document;
        self.evidence.push(Evidence {
            statement,
            document_url: url,
            document_sha256: sha256,
            at: now,
            by,
        });
    }

    /// A facility that is named again has made another declaration.
    fn serve(
        &mut self,
        centre: CentreId,
        private: bool,
        declaration: Option<Declaration>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        if private && declaration.is_none() {
            return Err(Refused::NoDeclaration);
        }
        self.facilities.retain(|facility| facility.centre != centre);
        self.facilities.push(Facility { centre, declaration, since: now });
        Ok(())
    }

    fn leave(&mut self, centre: CentreId) -> Result<(), Refused> {
        if !self.serves(centre) {
            return Err(Refused::Unknown("facility"));
        }
        self.facilities.retain(|facility| facility.centre != centre);
        Ok(())
    }

    fn give_notice(&mut self, now: Timestamp) -> Result<(), Refused> {
        if self.ends.is_some() {
            return Err(Refused::Already("notice"));
        }
        self.ends = Some(now.plus_ms(NOTICE_DAYS * DAY_MS));
        Ok(())
    }

    fn confirm_deletion(&mut self, now: Timestamp) -> Result<(), Refused> {
        let request: &mut Deletion =
            self.deletion.as_mut().ok_or(Refused::Unknown("request for deletion"))?;
        if request.confirmed.replace(now).is_some() {
            return Err(Refused::Already("confirmation"));
        }
        Ok(())
    }

    /// What the ledger keeps about it besides its history, in bytes of JSON.
    fn weight(&self) -> usize {
        let json = |value: Result<Vec<u8>, _>| -> usize {
            value.map_or(usize::MAX, |bytes: Vec<u8>| bytes.len())
        };
        json(serde_json::to_vec(self)).saturating_sub(json(serde_json::to_vec(&self.history)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, Story};
    use super::super::life::Standing;
    use super::*;
    use crate::access::Environment;

    fn document(n: usize) -> Document {
        Document {
            statement: format!("{n} {}", "x".repeat(1000)),
            url: Link::parse("https://example.org/report.pdf").unwrap(),
            sha256: "ab".repeat(32),
        }
    }

    #[test]
    fn whoever_wants_public_apis_alone_is_live_with_the_first_administrator() {
        let mut story = Story::public_only();
        story.prove();
        assert_eq!(story.standing(), Standing::Live);
        for environment in Environment::ALL {
            assert_eq!(story.partner.apis(environment, story.now), PUBLIC);
        }
        assert_eq!(story.partner.approved, Some(story.now));
    }

    #[test]
    fn whoever_wants_more_waits_for_the_ministry() {
        let mut story = Story::protected();
        story.prove();
        assert_eq!(story.standing(), Standing::Proven);
        assert!(!story.partner.may_call(Environment::Sandbox, story.now));
    }

    #[test]
    fn nobody_proves_a_number_who_was_not_nominated_nor_twice() {
        let mut story = Story::protected();
        let stranger = story.partner.after(Deed::Prove, Uuid::from_u128(99), story.now);
        assert_eq!(stranger, Err(Refused::Unknown("administrator")));
        story.prove();
        assert_eq!(story.does(Deed::Prove), Err(Refused::Already("proof")));
    }

    #[test]
    fn there_is_always_an_administrator_who_has_proven_a_number() {
        let mut story = Story::protected();
        story.prove();
        let (second, account) = fixture::nomination(2);
        let id = Uuid::from_bytes(*account.as_bytes());
        story.does(Deed::Nominate(second.clone(), account)).unwrap();
        let again = story.does(Deed::Nominate(second, account));
        assert_eq!(again, Err(Refused::Already("administrator")));
        let first = fixture::administrator();
        assert_eq!(story.does(Deed::Dismiss(first)), Err(Refused::LastAdministrator));
        story.partner = story.partner.after(Deed::Prove, id, story.now).unwrap();
        story.does(Deed::Dismiss(first)).unwrap();
        assert!(story.partner.administrator(first).is_none());
        assert_eq!(story.does(Deed::Dismiss(id)), Err(Refused::LastAdministrator));
        assert_eq!(story.does(Deed::Dismiss(first)), Err(Refused::Unknown("administrator")));
    }

    #[test]
    fn a_private_centre_is_served_only_with_its_own_declaration() {
        let mut story = Story::protected();
        story.approved();
        let serve =
            |private, declaration| Deed::Serve { centre: CentreId(7), private, declaration };
        assert_eq!(story.does(serve(true, None)), Err(Refused::NoDeclaration));
        assert!(!story.partner.serves(CentreId(7)));
        story.does(serve(true, Some(fixture::declaration()))).unwrap();
        story.does(serve(false, None)).unwrap();
        assert!(story.partner.serves(CentreId(7)) && !story.partner.serves(CentreId(8)));
        assert_eq!(story.partner.facilities.len(), 1, "named twice, served once");
        story.does(Deed::Leave(CentreId(7))).unwrap();
        assert!(!story.partner.serves(CentreId(7)));
        assert_eq!(story.does(Deed::Leave(CentreId(7))), Err(Refused::Unknown("facility")));
    }

    #[test]
    fn a_notice_ends_access_on_the_thirtieth_day_and_not_before() {
        let mut story = Story::protected();
        story.partner = story.live();
        story.does(Deed::GiveNotice).unwrap();
        assert_eq!(story.does(Deed::GiveNotice), Err(Refused::Already("notice")));
        story.now = story.now.plus_ms(30 * DAY_MS - 1);
        assert_eq!(story.standing(), Standing::Live);
        assert!(story.partner.may_call(Environment::Production, story.now));
        story.now = story.now.plus_ms(1);
        assert_eq!(story.standing(), Standing::Terminated);
        assert!(!story.partner.may_call(Environment::Production, story.now));
        assert!(!story.partner.may_call(Environment::Sandbox, story.now));
    }

    #[test]
    fn deletion_is_confirmed_once_and_only_where_it_was_asked_for() {
        let mut story = Story::at(Standing::Terminated);
        let unasked = story.does(Deed::ConfirmDeletion);
        assert_eq!(unasked, Err(Refused::Unknown("request for deletion")));
        story.partner.deletion = Some(Deletion { requested: story.now, confirmed: None });
        story.does(Deed::ConfirmDeletion).unwrap();
        assert_eq!(story.does(Deed::ConfirmDeletion), Err(Refused::Already("confirmation")));
    }

    #[test]
    fn a_partner_cannot_make_its_record_larger_than_a_row_but_can_always_make_it_smaller() {
        let mut story = Story::protected();
        story.approved();
        story.does(Deed::Serve { centre: CentreId(1), private: false, declaration: None }).unwrap();
        let refused = (0..100).find_map(|n| story.does(Deed::Show(document(n))).err());
        assert_eq!(refused, Some(Refused::Full));
        story.does(Deed::Leave(CentreId(1))).unwrap();
        let longest = "ऄ".repeat(super::super::words::REASON);
        story.partner.history.iter_mut().for_each(|entry| entry.reason.clone_from(&longest));
        let entry = story.partner.history[0].clone();
        (0..60).for_each(|_| story.partner.record(entry.clone()));
        assert!(serde_json::to_vec(&story.partner).unwrap().len() < 95_000);
    }

    #[test]
    fn a_history_says_who_did_what_when() {
        let mut story = Story::protected();
        story.approved();
        story.does(Deed::Serve { centre: CentreId(7), private: false, declaration: None }).unwrap();
        let last = story.partner.history.last().unwrap();
        assert_eq!(last.by, By::Administrator(fixture::administrator()));
        assert_eq!((last.at, last.step), (story.now, Step::FacilityNamed));
        assert_eq!(last.reason, "facility 7");
    }
}
