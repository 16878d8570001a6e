//! API keys.

use super::Environment;
use super::record::Record;
use opencowin_admission::{Api, Apis, KeyQuotas, Limits, Network, Plan, Quota};
use opencowin_ledger::keys::Shelf;
use opencowin_model::{CentreId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// An API key of a partner. Its text is not kept: half of its keyed hash is its id, the other half proves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// By what it is found.
    pub id: Uuid,
    /// The other half of the keyed hash.
    pub proof: Uuid,
    /// Whose it is.
    pub partner: Uuid,
    /// Where it opens anything.
    pub environment: Environment,
    /// What its owner calls it.
    pub label: String,
    /// What it is subscribed to.
    pub apis: Apis,
    /// The plan that its quotas come from.
    pub plan: String,
    /// Quotas of its own.
    #[serde(default)]
    pub exceptions: Vec<QuotaException>,
    /// Facilities for which it does what staff does there.
    #[serde(default)]
    pub facilities: Vec<CentreId>,
    /// What of a person it is shown.
    #[serde(default)]
    pub elements: Elements,
    /// Whether it may look people up by number or document (R28); off unless granted.
    #[serde(default)]
    pub lookup: Option<LookupGrant>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// When and why it was ended, if it was.
    #[serde(default)]
    pub ended: Option<End>,
}

/// A quota that one key has instead of its plan's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuotaException {
    /// For calls of this API.
    pub api: Api,
    /// The quota.
    pub quota: Quota,
    /// The written consent that it rests on (guidelines, annexure 2, 5).
    pub consent: String,
}

/// What of a person an application is shown besides what it needs to name them. What it is not entitled to is absent
/// from its answers (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements {
    /// The year of birth.
    pub birth_year: bool,
    /// The gender.
    pub gender: bool,
    /// The kind and last four characters of the identity document.
    pub photo_id: bool,
    /// Doses, their dates and vaccine.
    pub vaccination: bool,
    /// The declared comorbidity.
    pub comorbidity: bool,
}

/// Everything but what is told about health.
impl Default for Elements {
    fn default() -> Self {
        let comorbidity = false;
        Self { birth_year: true, gender: true, photo_id: true, vaccination: true, comorbidity }
    }
}

impl Elements {
    /// All that there is.
    pub const ALL: Self = Self {
        birth_year: true,
        gender: true,
        photo_id: true,
        vaccination: true,
        comorbidity: true,
    };
}

/// The trusted look-up, as granted to one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookupGrant {
    /// From where it may be called; of an IPv6 address the first 64 bits are looked at.
    pub networks: Vec<Network>,
    /// The paper that allows it.
    pub reference: String,
}

/// Why a key is no longer in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Since when.
    pub at: Timestamp,
    /// For what kind of reason.
    pub why: Ending,
    /// In words.
    #[serde(default)]
    pub reason: String,
}

/// How keys end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Its owner has another one now.
    Rotated,
    /// Somebody else knows it.
    Compromised,
    /// The ministry took it away.
    Revoked,
}

/// The two halves of the keyed hash of a key's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHash {
    /// The key's id.
    pub id: Uuid,
    /// What else a key with this id has to have.
    pub proof: Uuid,
}

static NO_PLAN: Plan =
    Plan { default: Quota { per_second: 1, burst: 1, per_day: 1_000 }, apis: BTreeMap::new() };

impl KeyHash {
    /// Of a keyed hash of 32 bytes.
    pub fn new(hash: [u8; 32]) -> Self {
        let (mut id, mut proof) = ([0; 16], [0; 16]);
        id.copy_from_slice(&hash[..16]);
        proof.copy_from_slice(&hash[16..]);
        Self { id: Uuid::from_bytes(id), proof: Uuid::from_bytes(proof) }
    }
}

/// Whether some APIs open one. Passwords come with any API that needs people to log in.
pub fn opens(apis: Apis, api: Api) -> bool {
    let needs_people = |api| !matches!(api, Api::Search | Api::Status | Api::Lookup);
    apis.contains(api) || (api == Api::Authentication && apis.iter().any(needs_people))
}

impl ApiKey {
    /// Whether it is subscribed to an API.
    pub fn opens(&self, api: Api) -> bool {
        opens(self.apis, api)
    }

    /// How often it may call an API.
    pub fn quota(&self, api: Api, limits: &Limits) -> Quota {
        let own = self.exceptions.iter().find(|exception| exception.api == api);
        own.map_or_else(|| self.plan_in(limits).quota(api), |exception| exception.quota)
    }

    /// The quotas of this key, nothing used.
    pub fn quotas(&self, limits: &Limits) -> KeyQuotas {
        KeyQuotas::new(self.plan_in(limits), &self.exceptions())
    }

    /// Gives quotas in use what the key has now.
    pub fn renew(&self, quotas: &KeyQuotas, limits: &Limits) {
        quotas.set(self.plan_in(limits), &self.exceptions());
    }

    /// A plan that was taken away leaves next to nothing.
    fn plan_in<'a>(&self, limits: &'a Limits) -> &'a Plan {
        limits.plans.get(&self.plan).unwrap_or(&NO_PLAN)
    }

    fn exceptions(&self) -> BTreeMap<Api, Quota> {
        self.exceptions.iter().map(|exception| (exception.api, exception.quota)).collect()
    }

    /// The key that opens a sandbox to everybody.
    pub fn common(hash: KeyHash, created: Timestamp) -> Self {
        Self {
            id: hash.id,
            proof: hash.proof,
            partner: Uuid::nil(),
            environment: Environment::Sandbox,
            label: "everybody's".to_owned(),
            apis: Apis::all().without(Api::Lookup),
            plan: "high".to_owned(),
            exceptions: Vec::new(),
            facilities: Vec::new(),
            elements: Elements::ALL,
            lookup: None,
            created,
            expires: None,
            ended: None,
        }
    }

    /// Whether a text with this hash is this key, in a time that does not depend on how much of it is.
    pub fn is_proven_by(&self, hash: KeyHash) -> bool {
        self.id == hash.id && self.proof.as_bytes().ct_eq(hash.proof.as_bytes()).into()
    }

    /// Whether it has neither ended nor expired.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let over = |end: Timestamp| end <= now;
        !self.expires.is_some_and(over) && !self.ended.as_ref().is_some_and(|end| over(end.at))
    }
}

impl Record for ApiKey {
    const SHELF: Shelf = Shelf::Keys;

    fn id(&self) -> Uuid {
        self.id
    }
}
