//! What the ministry decides about a partner, each time with a reason.

use super::life::{By, Entry, Refused, Step};
use super::origins::Origin;
use super::{Deletion, PUBLIC, Partner, SignOff, Stage};
use crate::access::official::Official;
use opencowin_admission::{Api, Apis};
use opencowin_model::Timestamp;

/// Something that an official decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// It may use these APIs, in the sandbox for now.
    Approve(Apis),
    /// It is not wanted.
    Decline,
    /// Its tests of these APIs were seen and are good.
    SignOff(Apis),
    /// Its test is to be seen, though nothing it uses would need one.
    DemandTest,
    /// It may use nothing for now.
    Suspend,
    /// It may use again what it did.
    Resume,
    /// It may use nothing any more.
    Terminate,
    /// It has to delete what data it got.
    RequestDeletion,
}

impl Ruling {
    fn step(self) -> Step {
        match self {
            Self::Approve(_) => Step::Approved,
            Self::Decline => Step::Declined,
            Self::SignOff(_) => Step::SignedOff,
            Self::DemandTest => Step::TestDemanded,
            Self::Suspend => Step::Suspended,
            Self::Resume => Step::Resumed,
            Self::Terminate => Step::Terminated,
            Self::RequestDeletion => Step::DeletionRequested,
        }
    }

    fn apis(self) -> Apis {
        match self {
            Self::Approve(apis) | Self::SignOff(apis) => apis,
            _ => Apis::NONE,
        }
    }
}

impl Partner {
    /// The partner after an official decided something, for a reason.
    ///
    /// # Errors
    /// [`Refused`] says why it cannot be done.
    pub fn ruled(
        &self,
        ruling: Ruling,
        official: &Official,
        reason: &str,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        self.require(ruling.step(), now)?;
        let mut next = self.clone();
        match ruling {
            Ruling::Approve(apis) => next.approve(apis, now),
            Ruling::Decline => next.stage = Stage::Declined,
            Ruling::SignOff(apis) => next.sign_off(apis, official, now)?,
            Ruling::DemandTest => next.demand_test(),
            Ruling::Suspend => next.suspended = true,
            Ruling::Resume => next.suspended = false,
            Ruling::Terminate => next.stage = Stage::Terminated,
            Ruling::RequestDeletion => {
                next.deletion = Some(Deletion { requested: now, confirmed: None });
            }
        }
        next.record(Entry {
            at: now,
            by: By::Official(official.account),
            step: ruling.step(),
            apis: ruling.apis(),
            reason: reason.to_owned(),
        });
        Ok(next)
    }

    /// The partner after an official set the origins in which it embeds the status page, for a reason.
    ///
    /// # Errors
    /// As [`ruled`](Self::ruled); [`Refused::Full`] if there are too many.
    pub fn embedding(
        &self,
        origins: Vec<Origin>,
        official: &Official,
        reason: &str,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let step = Step::OriginsSet;
        self.require(step, now)?;
        let mut next = self.clone();
        next.embed(origins)?;
        let (by, reason) = (By::Official(official.account), reason.to_owned());
        next.record(Entry { at: now, by, step, apis: Apis::NONE, reason });
        Ok(next)
    }

    /// What everybody may use comes with it.
    fn approve(&mut self, apis: Apis, now: Timestamp) {
        self.granted = PUBLIC.iter().chain(self.granted.iter()).chain(apis.iter()).collect();
        if self.stage == Stage::Proven {
            (self.stage, self.approved) = (Stage::Approved, Some(now));
        }
    }

    fn sign_off(&mut self, apis: Apis, official: &Official, now: Timestamp) -> Result<(), Refused> {
        apis.iter().try_for_each(|api| self.ready(api))?;
        let signed = SignOff { at: now, by: Some(official.account), name: official.name.clone() };
        self.signed_off.extend(apis.iter().map(|api| (api, signed.clone())));
        (self.stage, self.demanded) = (Stage::Live, false);
        Ok(())
    }

    /// Whether its test of an API can be signed off.
    ///
    /// # Errors
    /// [`Refused`] says what is missing.
    pub fn ready(&self, api: Api) -> Result<(), Refused> {
        if !self.granted.contains(api) {
            return Err(Refused::NotGranted(api));
        }
        let is_public = PUBLIC.contains(api);
        if (!is_public || self.demanded) && !self.progress.is_complete(api) {
            return Err(Refused::Untested(api));
        }
        if !is_public && self.evidence.is_empty() {
            return Err(Refused::NoEvidence);
        }
        Ok(())
    }

    /// Production rests until a test that is made from now on is signed off.
    fn demand_test(&mut self) {
        (self.stage, self.demanded) = (Stage::Approved, true);
        self.signed_off.clear();
        self.progress.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::deeds::Deed;
    use super::super::fixture::{self, Story};
    use super::super::life::Standing;
    use super::*;
    use crate::access::Environment;

    const APPOINTMENTS: Apis = Apis::NONE.with(Api::Appointments);

    #[test]
    fn a_test_is_signed_off_when_it_is_complete_and_evidence_was_given() {
        let mut story = Story::protected();
        story.approved();
        let sign_off = Ruling::SignOff(APPOINTMENTS);
        assert_eq!(story.rules(sign_off), Err(Refused::Untested(Api::Appointments)));
        story.tests(Api::Appointments);
        assert_eq!(story.rules(sign_off), Err(Refused::NoEvidence));
        story.gives_evidence();
        story.rules(sign_off).unwrap();
        assert_eq!(story.standing(), Standing::Live);
        assert_eq!(story.partner.apis(Environment::Production, story.now), APPOINTMENTS);
        let signed = &story.partner.signed_off[&Api::Appointments];
        assert_eq!((signed.name.as_str(), signed.at), (fixture::OFFICIAL, story.now));
    }

    #[test]
    fn what_was_not_granted_is_not_signed_off_and_can_be_granted_later() {
        let mut story = Story::protected();
        story.partner = story.live();
        let aefi = Apis::NONE.with(Api::Aefi);
        assert_eq!(story.rules(Ruling::SignOff(aefi)), Err(Refused::NotGranted(Api::Aefi)));
        story.rules(Ruling::Approve(aefi)).unwrap();
        assert_eq!(story.standing(), Standing::Live, "what is signed off goes on");
        assert!(story.partner.apis(Environment::Sandbox, story.now).contains(Api::Aefi));
        assert!(!story.partner.apis(Environment::Production, story.now).contains(Api::Aefi));
    }

    #[test]
    fn a_demanded_test_stops_production_until_it_was_made_anew_and_signed_off() {
        let mut story = Story::public_only();
        story.prove();
        story.tests(Api::Search);
        story.rules(Ruling::DemandTest).unwrap();
        assert_eq!(story.standing(), Standing::Approved);
        assert!(!story.partner.may_call(Environment::Production, story.now));
        assert!(story.partner.may_call(Environment::Sandbox, story.now));
        let sign_off = Ruling::SignOff(PUBLIC);
        assert_eq!(story.rules(sign_off), Err(Refused::Untested(Api::Search)));
        story.tests(Api::Search);
        story.rules(sign_off).unwrap();
        assert_eq!(story.partner.apis(Environment::Production, story.now), PUBLIC);
    }

    #[test]
    fn what_everybody_may_read_needs_neither_test_nor_evidence() {
        let mut story = Story::protected();
        story.approved();
        story.rules(Ruling::SignOff(PUBLIC)).unwrap();
        assert_eq!(story.partner.apis(Environment::Production, story.now), PUBLIC);
    }

    #[test]
    fn a_suspended_partner_comes_back_to_where_it_was() {
        for before in [Standing::Approved, Standing::Live] {
            let mut story = Story::at(before);
            story.rules(Ruling::Suspend).unwrap();
            assert_eq!(story.standing(), Standing::Suspended);
            assert!(!story.partner.may_call(Environment::Sandbox, story.now));
            story.rules(Ruling::Resume).unwrap();
            assert_eq!(story.standing(), before);
        }
    }

    #[test]
    fn a_terminated_partner_can_call_nothing_and_never_again() {
        let mut story = Story::at(Standing::Live);
        story.rules(Ruling::Terminate).unwrap();
        assert!(Environment::ALL.iter().all(|e| !story.partner.may_call(*e, story.now)));
        let refused = Err(Refused::Standing(Standing::Terminated));
        assert_eq!(story.rules(Ruling::Resume), refused);
        story.rules(Ruling::RequestDeletion).unwrap();
        assert_eq!(story.partner.deletion.as_ref().unwrap().requested, story.now);
    }

    #[test]
    fn an_official_can_take_origins_away_and_it_is_kept_who_did_and_why() {
        let mut story = Story::at(Standing::Live);
        let origins = vec![Origin::parse("https://a.example.in").unwrap()];
        story.does(Deed::Embed(origins)).unwrap();
        let official = fixture::official();
        let after = story.partner.embedding(Vec::new(), &official, fixture::REASON, story.now);
        let after = after.unwrap();
        assert!(after.origins.is_empty());
        let last = after.history.last().unwrap();
        assert_eq!(
            (last.by, last.reason.as_str()),
            (By::Official(official.account), fixture::REASON)
        );
    }

    #[test]
    fn a_decision_is_kept_with_its_reason_and_who_made_it() {
        let mut story = Story::at(Standing::Proven);
        story.rules(Ruling::Decline).unwrap();
        let last = story.partner.history.last().unwrap();
        assert_eq!(last.by, By::Official(fixture::official().account));
        assert_eq!((last.step, last.reason.as_str()), (Step::Declined, fixture::REASON));
        assert_eq!(
            story.rules(Ruling::Approve(PUBLIC)),
            Err(Refused::Standing(Standing::Declined))
        );
    }
}
