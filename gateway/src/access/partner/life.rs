//! The life of a partner: one table of who may do what when.
//!
//! ```text
//!                      administrator proven               approved            signed off
//!   Applied ───────────────────────────────────▶ Proven ──────────▶ Approved ───────────▶ Live
//!      │                                            └────▶ Declined     ▲                  │
//!      └─ nothing but public APIs ─────────────────────────────────────────────────▶ Live  │
//!                                                                       └── test demanded ─┘
//!   Approved, Live ──▶ Suspended ──▶ what it was        everything but Declined ──▶ Terminated
//! ```
//!
//! Approval opens the sandbox, and there the server records which calls an application makes ([`integration`]). Signing
//! off takes a complete test of each API and, where people's data are concerned, evidence of security; it opens
//! production, for keys that are subscribed. A notice leaves everything as it is for [`NOTICE_DAYS`], and ends it then
//! by itself.
//!
//! [`integration`]: super::integration

use super::{Partner, Stage};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_admission::{Api, Apis};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Days between a partner's notice and the end of its access (guidelines, annexure 2, 3).
pub const NOTICE_DAYS: i64 = 30;

/// Entries of the history that are kept.
const HISTORY: usize = 50;

/// Where a partner stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It has applied; no administrator has proven a number yet.
    Applied,
    /// It waits for the ministry.
    Proven,
    /// It was not wanted.
    Declined,
    /// It may use the sandbox.
    Approved,
    /// It may use production.
    Live,
    /// It may use nothing for now.
    Suspended,
    /// It may use nothing any more.
    Terminated,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Applied,
        Self::Proven,
        Self::Declined,
        Self::Approved,
        Self::Live,
        Self::Suspended,
        Self::Terminated,
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Proven => "proven",
            Self::Declined => "declined",
            Self::Approved => "approved",
            Self::Live => "live",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }
}

/// What is done to or by a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The application came.
    Applied,
    /// An administrator proved their number.
    AdministratorProven,
    /// An administrator was nominated.
    AdministratorNominated,
    /// An administrator was dismissed.
    AdministratorDismissed,
    /// Evidence of security was handed in.
    EvidenceGiven,
    /// A facility was named.
    FacilityNamed,
    /// A facility is served no longer.
    FacilityDropped,
    /// The origins were set in which the status page is embedded.
    OriginsSet,
    /// Notice was given.
    NoticeGiven,
    /// Data were declared to be deleted.
    DeletionConfirmed,
    /// The ministry approved it, or let it use more.
    Approved,
    /// The ministry declined.
    Declined,
    /// An official signed the test off.
    SignedOff,
    /// The ministry wants to see a test.
    TestDemanded,
    /// Suspended.
    Suspended,
    /// Resumed.
    Resumed,
    /// Terminated.
    Terminated,
    /// The ministry wants data deleted.
    DeletionRequested,
}

use Standing::{Applied, Approved, Live, Proven, Suspended, Terminated};

/// What can be done in which standing. What is not in the table cannot be done at all.
#[rustfmt::skip]
const TABLE: [(Step, &[Standing]); 17] = [
    // By administrators.
    (Step::AdministratorProven,    &[Applied, Proven, Approved, Live, Suspended, Terminated]),
    (Step::AdministratorNominated, &[Proven, Approved, Live, Suspended]),
    (Step::AdministratorDismissed, &[Proven, Approved, Live, Suspended]),
    (Step::EvidenceGiven,          &[Approved, Live]),
    (Step::FacilityNamed,          &[Approved, Live]),
    (Step::FacilityDropped,        &[Approved, Live, Suspended]),
    (Step::NoticeGiven,            &[Proven, Approved, Live, Suspended]),
    (Step::DeletionConfirmed,      &[Terminated]),
    // By administrators or by the ministry.
    (Step::OriginsSet,             &[Approved, Live, Suspended]),
    // By the ministry. Approving once more lets a partner use more.
    (Step::Approved,               &[Proven, Approved, Live]),
    (Step::Declined,               &[Applied, Proven]),
    (Step::SignedOff,              &[Approved, Live]),
    (Step::TestDemanded,           &[Live]),
    (Step::Suspended,              &[Approved, Live]),
    (Step::Resumed,                &[Suspended]),
    (Step::Terminated,             &[Applied, Proven, Approved, Live, Suspended]),
    (Step::DeletionRequested,      &[Terminated]),
];

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Whoever applied.
    Applicant,
    /// An administrator of the partner, by their account.
    Administrator(Uuid),
    /// An official, by their account.
    Official(Uuid),
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// What.
    pub step: Step,
    /// Which APIs it was about, if any.
    #[serde(default)]
    pub apis: Apis,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
}

impl Entry {
    pub(super) fn applied(at: Timestamp) -> Self {
        Self { at, by: By::Applicant, step: Step::Applied, apis: Apis::NONE, reason: String::new() }
    }
}

/// Why something cannot be done to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not where it stands.
    #[error("this cannot be done while the partner is {}", .0.name())]
    Standing(Standing),
    /// The API was not applied for, or there is none to decide on.
    #[error("{0} was not granted to this partner")]
    NotGranted(Api),
    /// Calls of the test are still to be made.
    #[error("the integration test of {0} is not complete")]
    Untested(Api),
    /// Nothing shows that the partner's systems are secure.
    #[error("no evidence of security has been handed in")]
    NoEvidence,
    /// A private centre has not declared that it abides by the terms.
    #[error("a private centre has to declare that it abides by the terms")]
    NoDeclaration,
    /// Nobody would be left who can administer its access.
    #[error("the last administrator who has proven a number cannot be dismissed")]
    LastAdministrator,
    /// There is no such administrator, or no such facility.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// It is there already.
    #[error("this {0} is there already")]
    Already(&'static str),
    /// There are as many as can be.
    #[error("no more can be recorded for this partner")]
    Full,
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let entry = match refused {
            Refused::Standing(_) => error::PARTNER_STANDING,
            Refused::NotGranted(_)
            | Refused::Untested(_)
            | Refused::NoEvidence
            | Refused::NoDeclaration => error::PARTNER_NOT_READY,
            Refused::Already(_) | Refused::LastAdministrator | Refused::Full => {
                error::PARTNER_REFUSED
            }
            Refused::Unknown(_) => error::NOT_FOUND,
        };
        Self::with_text(entry, sentence(refused))
    }
}

fn sentence(refused: Refused) -> String {
    let text = refused.to_string();
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

impl Partner {
    /// Where it stands at a moment.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let ended = self.ends.is_some_and(|ends| ends <= now);
        match self.stage {
            Stage::Declined => Standing::Declined,
            Stage::Terminated => Terminated,
            _ if ended => Terminated,
            _ if self.suspended => Suspended,
            Stage::Applied => Applied,
            Stage::Proven => Proven,
            Stage::Approved => Approved,
            Stage::Live => Live,
        }
    }

    pub(super) fn require(&self, step: Step, now: Timestamp) -> Result<(), Refused> {
        let standing = self.standing(now);
        let row = TABLE.iter().find(|(listed, _)| *listed == step);
        let may = row.is_some_and(|(_, standings)| standings.contains(&standing));
        if may { Ok(()) } else { Err(Refused::Standing(standing)) }
    }

    /// What officials decided is forgotten last.
    pub(super) fn record(&mut self, entry: Entry) {
        if self.history.len() >= HISTORY {
            let own = |entry: &Entry| !matches!(entry.by, By::Official(_));
            let oldest = self.history.iter().position(own).unwrap_or_default();
            self.history.remove(oldest);
        }
        self.history.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Story;
    use super::*;

    /// Written down a second time on purpose: who may do what when is changed in two places or not at all.
    #[rustfmt::skip]
    const EXPECTED: [(Step, &str); 18] = [
        //                              APDALST
        (Step::Applied,                "......."),
        (Step::AdministratorProven,    "AP.ALST"),
        (Step::AdministratorNominated, ".P.ALS."),
        (Step::AdministratorDismissed, ".P.ALS."),
        (Step::EvidenceGiven,          "...AL.."),
        (Step::FacilityNamed,          "...AL.."),
        (Step::FacilityDropped,        "...ALS."),
        (Step::OriginsSet,             "...ALS."),
        (Step::NoticeGiven,            ".P.ALS."),
        (Step::DeletionConfirmed,      "......T"),
        (Step::Approved,               ".P.AL.."),
        (Step::Declined,               "AP....."),
        (Step::SignedOff,              "...AL.."),
        (Step::TestDemanded,           "....L.."),
        (Step::Suspended,              "...AL.."),
        (Step::Resumed,                ".....S."),
        (Step::Terminated,             "AP.ALS."),
        (Step::DeletionRequested,      "......T"),
    ];

    #[test]
    fn each_step_is_possible_where_the_table_says_and_nowhere_else() {
        for (step, expected) in EXPECTED {
            for (at, standing) in Standing::ALL.into_iter().enumerate() {
                let story = Story::at(standing);
                assert_eq!(story.partner.standing(story.now), standing);
                let refused = story.partner.require(step, story.now);
                let may = expected.as_bytes()[at] != b'.';
                assert_eq!(refused.is_ok(), may, "{step:?} while {standing:?}");
            }
        }
    }

    #[test]
    fn a_standing_has_one_name() {
        for standing in Standing::ALL {
            assert_eq!(serde_json::to_value(standing).unwrap(), standing.name());
        }
    }

    #[test]
    fn a_long_history_forgets_the_oldest_deeds_and_keeps_what_was_decided() {
        let mut partner = Story::at(Standing::Approved).partner;
        let entry = |n: i64| Entry::applied(Timestamp(n));
        (1..=60).for_each(|n| partner.record(entry(n)));
        assert_eq!(partner.history.len(), HISTORY);
        assert_eq!(partner.history.last().unwrap().at, Timestamp(60));
        assert_eq!(partner.history[0].step, Step::Approved);
    }
}
