//! Partners: organisations whose applications call the API.
//!
//! - [`application`] is what they tell about themselves, [`words`] how texts are read.
//! - [`life`] is the table of who may do what when, [`deeds`] what a partner does itself, [`rulings`] what the ministry
//!   decides.
//! - [`integration`] is the test that a partner's application has to pass in the sandbox.
//! - [`origins`] is where it embeds the page that tells a vaccination status.
//! - [`badge`] is the mark "approved" that anybody can verify.

pub mod application;
pub mod badge;
pub mod deeds;
#[cfg(test)]
pub(crate) mod fixture;
pub mod integration;
pub mod life;
pub mod origins;
pub mod rulings;
pub mod words;

use super::record::Record;
use super::{Environment, key};
use application::{Application, Nomination};
use integration::{Calls, Progress};
use life::{Entry, Standing};
use opencowin_admission::{Api, Apis};
use opencowin_ledger::keys::Shelf;
use opencowin_ledger::vault::AccountId;
use opencowin_model::{CentreId, Timestamp};
use origins::Origin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What needs no approval, since everybody may read it without a key too. Fetching a certificate, the other public API
/// of the guidelines (annexure 1), takes its owner's password and no key.
pub const PUBLIC: Apis = Apis::NONE.with(Api::Search);

/// The version of the terms of service that is agreed to (guidelines, annexure 2, as published in May 2021).
pub const TERMS: &str = "2021-05";

/// An Application Service Provider (guidelines, section 6). Names and numbers in it are personal.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    /// Its id.
    pub id: Uuid,
    /// What it told about itself.
    pub application: Application,
    /// Its declaration to abide by the terms.
    pub declaration: Declaration,
    /// Those who administer its access.
    pub administrators: Vec<Administrator>,
    /// How far it has come.
    pub stage: Stage,
    /// When it was approved, if it was; a partner that wants nothing but what everybody may read approves itself.
    #[serde(default)]
    pub approved: Option<Timestamp>,
    /// Whether it is suspended.
    #[serde(default)]
    pub suspended: bool,
    /// When its access ends by its own notice, if it has given one.
    #[serde(default)]
    pub ends: Option<Timestamp>,
    /// What the ministry lets it use.
    #[serde(default)]
    pub granted: Apis,
    /// What its production keys can be subscribed to, with who signed the test off.
    #[serde(default)]
    pub signed_off: BTreeMap<Api, SignOff>,
    /// Whether the ministry wants to see the test of what needs none otherwise.
    #[serde(default)]
    pub demanded: bool,
    /// What its application did in the sandbox.
    #[serde(default)]
    pub progress: Progress,
    /// What it has shown of its security.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The facilities that it serves.
    #[serde(default)]
    pub facilities: Vec<Facility>,
    /// Where it embeds the page that tells a vaccination status.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// What became of the data that it had, where the ministry asked for their deletion.
    #[serde(default)]
    pub deletion: Option<Deletion>,
    /// What was done, newest last.
    pub history: Vec<Entry>,
}

/// How far a partner has come. What can happen next is in [`life`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It has applied.
    Applied,
    /// An administrator has proven their number.
    Proven,
    /// The ministry does not want it.
    Declined,
    /// It may use the sandbox.
    Approved,
    /// It may use what was signed off.
    Live,
    /// The ministry has ended its access.
    Terminated,
}

/// A declaration to abide by the terms of service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// The version of the terms.
    pub version: String,
    /// Who declared it.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody who administers a partner's access. Their number is not kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Administrator {
    /// The account of their number.
    pub account: Uuid,
    /// Their name.
    pub name: String,
    /// The last four digits of their number.
    pub mobile_last4: u16,
    /// When they were nominated.
    pub since: Timestamp,
    /// When they first proved the number.
    #[serde(default)]
    pub proven: Option<Timestamp>,
}

/// Who signed a test off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// When.
    pub at: Timestamp,
    /// The official's account; nobody where no test is asked for.
    pub by: Option<Uuid>,
    /// The official's name then.
    pub name: String,
}

/// What a partner has shown of its security (guidelines, 5 x).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What the document shows.
    pub statement: String,
    /// Where it lies.
    pub document_url: words::Link,
    /// The document's SHA-256 in hex, so that it cannot be exchanged later.
    pub document_sha256: String,
    /// When it was handed in.
    pub at: Timestamp,
    /// By which administrator.
    pub by: Uuid,
}

/// A facility that a partner serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Which.
    pub centre: CentreId,
    /// Its own declaration; a private centre must have made one (guidelines, 5 vi).
    #[serde(default)]
    pub declaration: Option<Declaration>,
    /// Since when.
    pub since: Timestamp,
}

/// That the ministry wants data deleted, and whether they were (guidelines, annexure 2, 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// When it was asked for.
    pub requested: Timestamp,
    /// When an administrator declared that it is done.
    #[serde(default)]
    pub confirmed: Option<Timestamp>,
}

impl Partner {
    /// A new one, whose first administrator has the account `account`.
    pub fn new(
        id: Uuid,
        application: Application,
        declaration: Declaration,
        administrator: (&Nomination, AccountId),
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            application,
            declaration,
            administrators: vec![Administrator::new(administrator, now)],
            stage: Stage::Applied,
            approved: None,
            suspended: false,
            ends: None,
            granted: Apis::NONE,
            signed_off: BTreeMap::new(),
            demanded: false,
            progress: Progress::default(),
            evidence: Vec::new(),
            facilities: Vec::new(),
            origins: Vec::new(),
            deletion: None,
            history: vec![Entry::applied(now)],
        }
    }

    /// Whether its keys of an environment open anything.
    pub fn may_call(&self, environment: Environment, now: Timestamp) -> bool {
        !self.apis(environment, now).is_empty()
    }

    /// Whether its keys of an environment, where they are subscribed to it, open an API.
    pub fn opens(&self, api: Api, environment: Environment, now: Timestamp) -> bool {
        key::opens(self.apis(environment, now), api)
    }

    /// What its keys of an environment can be subscribed to. In the sandbox that is what it is to be tested with.
    pub fn apis(&self, environment: Environment, now: Timestamp) -> Apis {
        match (environment, self.standing(now)) {
            (Environment::Sandbox, Standing::Approved | Standing::Live) => self.granted,
            (Environment::Production, Standing::Live) => self.signed_off.keys().copied().collect(),
            _ => Apis::NONE,
        }
    }

    /// Whether it may do for a facility what the facility's staff does there.
    pub fn serves(&self, centre: CentreId) -> bool {
        self.facilities.iter().any(|facility| facility.centre == centre)
    }

    /// The administrator with this account, proven or not.
    pub fn administrator(&self, account: Uuid) -> Option<&Administrator> {
        self.administrators.iter().find(|administrator| administrator.account == account)
    }

    /// Whether somebody with this account administers its access: nominated, and proven.
    pub fn is_administered_by(&self, account: Uuid) -> bool {
        self.administrator(account).is_some_and(|known| known.proven.is_some())
    }

    /// The partner after its application made calls of the integration test.
    pub fn having_made(&self, calls: Calls, now: Timestamp) -> Self {
        Self { progress: self.progress.clone().with(calls, now), ..self.clone() }
    }

    /// Whether it may show the mark "approved".
    pub fn is_approved(&self, now: Timestamp) -> bool {
        self.standing(now) == Standing::Live
    }
}

impl Administrator {
    fn new((nomination, account): (&Nomination, AccountId), now: Timestamp) -> Self {
        Self {
            account: Uuid::from_bytes(*account.as_bytes()),
            name: nomination.name.clone(),
            mobile_last4: nomination.mobile.last4(),
            since: now,
            proven: None,
        }
    }
}

/// Hides who they are.
impl std::fmt::Debug for Administrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Administrator(****)")
    }
}

/// Hides the people in it.
impl std::fmt::Debug for Partner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Partner({} {:?})", self.id, self.stage)
    }
}

impl Record for Partner {
    const SHELF: Shelf = Shelf::Partners;

    fn id(&self) -> Uuid {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::Story;
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written_and_shows_nobody_when_logged() {
        let partner = Story::protected().live();
        let text = serde_json::to_string(&partner).unwrap();
        assert_eq!(serde_json::from_str::<Partner>(&text).unwrap(), partner);
        assert!(!text.contains(fixture::ADMINISTRATOR_MOBILE), "an administrator's number");
        let logged = format!("{partner:?} {:?}", partner.administrators);
        assert!(!logged.contains("Ravi") && !logged.contains("Meera"), "{logged}");
    }

    #[test]
    fn keys_open_what_was_granted_in_the_sandbox_and_what_was_signed_off_in_production() {
        let mut story = Story::protected();
        let now = story.now;
        let open = |partner: &Partner| Environment::ALL.map(|e| partner.apis(e, now));
        assert_eq!(open(&story.partner), [Apis::NONE, Apis::NONE]);
        story.approved();
        let granted = story.partner.granted;
        assert!(granted.contains(Api::Appointments) && granted.contains(Api::Search));
        assert_eq!(open(&story.partner), [Apis::NONE, granted]);
        let live = story.live();
        assert_eq!(open(&live), [granted, granted]);
        assert!(live.may_call(Environment::Production, now));
    }
}
