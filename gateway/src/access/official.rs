//! Officials of the programme and the staff of facilities.

use super::record::Record;
use opencowin_ledger::audit::Word;
use opencowin_ledger::keys::Shelf;
use opencowin_ledger::vault::AccountId;
use opencowin_model::{CentreId, DistrictId, Mobile, StateId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What somebody is appointed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Gives doses and records them.
    Vaccinator,
    /// Verifies who came.
    Verifier,
    /// Looks after a facility and its staff.
    FacilityManager,
    /// Looks after the facilities of a district.
    DistrictOfficer,
    /// Looks after the districts of a state.
    StateOfficer,
    /// Runs the programme: partners, keys, limits, blocks, officials.
    Ministry,
    /// Reads what was done by whom, and changes nothing.
    Auditor,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 7] = [
        Self::Vaccinator,
        Self::Verifier,
        Self::FacilityManager,
        Self::DistrictOfficer,
        Self::StateOfficer,
        Self::Ministry,
        Self::Auditor,
    ];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vaccinator => "vaccinator",
            Self::Verifier => "verifier",
            Self::FacilityManager => "facility-manager",
            Self::DistrictOfficer => "district-officer",
            Self::StateOfficer => "state-officer",
            Self::Ministry => "ministry",
            Self::Auditor => "auditor",
        }
    }

    /// Its name in the audit trail.
    pub fn word(self) -> Word {
        Word::new(self.name())
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether an official of this role can have this scope.
    pub fn fits(self, scope: Scope) -> bool {
        match self {
            Self::Vaccinator | Self::Verifier | Self::FacilityManager => {
                matches!(scope, Scope::Facility(_))
            }
            Self::DistrictOfficer => matches!(scope, Scope::District(_)),
            Self::StateOfficer => matches!(scope, Scope::State(_)),
            Self::Ministry | Self::Auditor => scope == Scope::Country,
        }
    }
}

/// Where somebody is appointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// At one facility.
    Facility(CentreId),
    /// In one district.
    District(DistrictId),
    /// In one state.
    State(StateId),
    /// Everywhere.
    Country,
}

impl Scope {
    /// The facility, where it is one.
    pub fn facility(&self) -> &[CentreId] {
        match self {
            Self::Facility(id) => std::slice::from_ref(id),
            _ => &[],
        }
    }
}

/// Somebody who is appointed to something. Known by the account of their mobile number, which they prove to log in; the
/// number itself is not kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Official {
    /// The account of their number.
    pub account: Uuid,
    /// Their name.
    pub name: String,
    /// The last four digits of their number, by which those who appoint tell people of one name apart.
    pub mobile_last4: u16,
    /// What they do.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// When they were appointed.
    pub since: Timestamp,
    /// By whom: an official's account, or nobody for the first.
    pub by: Option<Uuid>,
    /// When and why they were dismissed, if they were.
    pub dismissed: Option<Dismissal>,
}

/// Why somebody does not do it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// Since when.
    pub at: Timestamp,
    /// By whom: an official's account.
    #[serde(default)]
    pub by: Option<Uuid>,
    /// In words.
    pub reason: String,
}

impl Official {
    /// The first official of all, whom nobody has appointed: the ministry's.
    pub fn first(account: AccountId, mobile: Mobile, name: String, now: Timestamp) -> Self {
        Self {
            account: Self::id_of(account),
            name,
            mobile_last4: mobile.last4(),
            role: Role::Ministry,
            scope: Scope::Country,
            since: now,
            by: None,
            dismissed: None,
        }
    }

    /// The id of the official with this account.
    pub fn id_of(account: AccountId) -> Uuid {
        Uuid::from_bytes(*account.as_bytes())
    }

    /// Whether they may still do it.
    pub fn is_in_office(&self) -> bool {
        self.dismissed.is_none()
    }
}

/// Hides who it is.
impl std::fmt::Debug for Official {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Official({} of {:?})", self.role.name(), self.scope)
    }
}

impl Record for Official {
    const SHELF: Shelf = Shelf::Officials;

    fn id(&self) -> Uuid {
        self.account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_of_a_facility_is_appointed_beyond_it() {
        let scopes = [
            Scope::Facility(CentreId(1)),
            Scope::District(DistrictId(1)),
            Scope::State(StateId(1)),
            Scope::Country,
        ];
        for role in Role::ALL {
            assert_eq!(scopes.into_iter().filter(|scope| role.fits(*scope)).count(), 1, "{role:?}");
        }
        assert!(!Role::Vaccinator.fits(Scope::Country));
    }

    #[test]
    fn a_role_has_one_name() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!((role.word().as_str(), Role::parse(role.name())), (role.name(), Some(role)));
        }
    }
}
