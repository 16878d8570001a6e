//! What this server says of partners and signs: the mark "approved" (guidelines, annexure 2, 14), which anybody can verify,
//! and the report of an integration test, which the production server believes of its sandbox.
//!
//! A mark expires after a week, so that a partner shows a fresh one, and one whose approval was taken away has none soon.
//! Whoever wants to know it now asks the server.

use super::Partner;
use super::application::Organisation;
use super::integration::Progress;
use super::statement::{Kind, PublicKey, Signer};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a mark is valid, in seconds.
pub const LIFE_S: i64 = 7 * 86_400;

/// What the signing key is derived by.
pub const KEY_LABEL: &str = "partners/badge";

/// What a mark says. The names are those of RFC 7519 where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    /// Who says it.
    pub iss: String,
    /// The partner's id.
    pub sub: Uuid,
    /// The partner's name.
    pub name: String,
    /// Since when it is approved.
    pub approved_since: Timestamp,
    /// When this was said, in seconds since 1970.
    pub iat: i64,
    /// Until when it holds, in seconds since 1970.
    pub exp: i64,
}

/// What an application did in the sandbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Who says it.
    pub iss: String,
    /// The partner's id there.
    pub sub: Uuid,
    /// The partner.
    pub organisation: Organisation,
    /// When each call of the test was first made.
    pub calls: Progress,
    /// When this was said, in seconds since 1970.
    pub iat: i64,
}

/// Makes and verifies them.
pub struct Badges {
    signer: Signer,
    issuer: String,
}

impl Badges {
    /// With the secret key of [`KEY_LABEL`], for the server that is reached at `issuer`.
    pub fn new(secret: &[u8; 32], issuer: String) -> Self {
        Self { signer: Signer::new(secret), issuer }
    }

    /// The key that verifies them.
    pub fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    /// The mark of a partner; `None` unless it is approved.
    pub fn issue(&self, partner: &Partner, now: Timestamp) -> Option<String> {
        let approved_since = partner.approved.filter(|_| partner.is_approved(now))?;
        let claims = Badge {
            iss: self.issuer.clone(),
            sub: partner.id,
            name: partner.application.organisation.name.clone(),
            approved_since,
            iat: now.seconds(),
            exp: now.seconds() + LIFE_S,
        };
        Some(self.signer.sign(Kind::Approval, &claims))
    }

    /// What a mark says; `None` if it is not one of ours or does not hold at `now`.
    pub fn verify(&self, badge: &str, now: Timestamp) -> Option<Badge> {
        let badge: Badge = self.public_key().verify(Kind::Approval, badge)?;
        (badge.iat..badge.exp).contains(&now.seconds()).then_some(badge)
    }

    /// The report of a partner's test.
    pub fn report(&self, partner: &Partner, now: Timestamp) -> String {
        let claims = Report {
            iss: self.issuer.clone(),
            sub: partner.id,
            organisation: partner.application.organisation.clone(),
            calls: partner.progress.clone(),
            iat: now.seconds(),
        };
        self.signer.sign(Kind::Test, &claims)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Story;
    use super::super::life::Standing;
    use super::*;
    use opencowin_admission::Api;

    fn badges(secret: u8) -> Badges {
        Badges::new(&[secret; 32], "https://cowin.example".to_owned())
    }

    #[test]
    fn a_mark_says_who_is_approved_since_when_for_a_week() {
        let story = Story::at(Standing::Live);
        let badge = badges(1).issue(&story.partner, story.now).unwrap();
        let said = badges(1).verify(&badge, story.now).unwrap();
        assert_eq!((said.sub, said.approved_since), (story.partner.id, story.now));
        assert_eq!(said.name, story.partner.application.organisation.name);
        let last = story.now.plus_ms(LIFE_S * 1000 - 1);
        assert!(badges(1).verify(&badge, last).is_some());
        assert!(badges(1).verify(&badge, last.plus_ms(1)).is_none());
        assert!(badges(2).verify(&badge, story.now).is_none(), "another server's");
    }

    #[test]
    fn nobody_has_a_mark_who_is_not_live() {
        for standing in Standing::ALL {
            let story = Story::at(standing);
            let badge = badges(1).issue(&story.partner, story.now);
            assert_eq!(badge.is_some(), standing == Standing::Live, "{standing:?}");
        }
    }

    #[test]
    fn a_report_says_what_was_seen_and_is_no_mark() {
        let mut story = Story::protected();
        story.tests(Api::Search);
        let report = badges(1).report(&story.partner, story.now);
        let said: Report = badges(1).public_key().verify(Kind::Test, &report).unwrap();
        assert_eq!(said.calls, story.partner.progress);
        assert_eq!(said.organisation, story.partner.application.organisation);
        assert!(badges(1).verify(&report, story.now).is_none());
    }
}
