//! Whoever was let in.

use crate::access::key::Elements;
use crate::access::official::Official;
use crate::access::registry::LiveKey;
use crate::http::problem::Problem;
use crate::identity::inquiry::ProvenInquiry;
use crate::identity::token::Caller;
use opencowin_admission::Address;
use opencowin_ledger::vault::AccountId;
use opencowin_model::CentreId;
use std::sync::Arc;
use uuid::Uuid;

/// Somebody who was let in, as far as they have shown who they are.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where they come from.
    pub address: Address,
    /// The application that they use, if it has shown a key of ours.
    pub key: Option<Arc<LiveKey>>,
    /// Who they are.
    pub who: Who,
    /// Those who stand at the counter and have proven their numbers with tokens of their own.
    pub attending: Vec<Caller>,
}

/// Who somebody is.
#[derive(Clone, Debug)]
pub enum Who {
    /// Nobody has asked.
    Anyone,
    /// An application, for itself.
    Application,
    /// Somebody who comes for themselves and their people.
    Person(Caller),
    /// Somebody who lets their vaccination status be told, to nobody but who asked.
    Inquirer(Arc<ProvenInquiry>),
    /// Somebody who is appointed to it.
    Official(Caller, Arc<Official>),
    /// Somebody whom a partner has named.
    Administrator(Caller),
    /// Whoever runs the server.
    Operator,
}

impl Visitor {
    pub(super) fn of(address: Address, who: Who) -> Self {
        Self { address, key: None, who, attending: Vec::new() }
    }

    pub(super) fn with(mut self, key: Arc<LiveKey>) -> Self {
        self.key = Some(key);
        self
    }

    /// The id of the application's key.
    pub fn key_id(&self) -> Option<Uuid> {
        self.key.as_ref().map(|key| key.record.id)
    }

    /// What of a person they are shown: what the application is entitled to, and everything without one.
    pub fn elements(&self) -> Elements {
        self.key.as_ref().map_or(Elements::ALL, |key| key.record.elements)
    }

    /// Whether somebody of this account stands at the counter, and has proven their number.
    pub fn is_attended_by(&self, account: Option<AccountId>) -> bool {
        account.is_some_and(|account| self.attending.iter().any(|one| one.account == account))
    }

    /// The facilities at whose counter they stand.
    pub fn facilities(&self) -> &[CentreId] {
        match (&self.who, &self.key) {
            (Who::Official(_, official), _) => official.scope.facility(),
            (Who::Application, Some(key)) => &key.record.facilities,
            _ => &[],
        }
    }

    /// Whoever is logged in, through whichever door.
    ///
    /// # Errors
    /// 401 if nobody is, which the route's access rules out.
    pub fn caller(&self) -> Result<Caller, Problem> {
        match &self.who {
            Who::Person(caller) | Who::Official(caller, _) | Who::Administrator(caller) => {
                Ok(*caller)
            }
            Who::Anyone | Who::Application | Who::Inquirer(_) | Who::Operator => {
                Err(Problem::Unauthenticated)
            }
        }
    }

    /// Under which account it is remembered what they asked for: that of whoever is logged in, or the application's own.
    ///
    /// # Errors
    /// 401 if it is neither, which the route's access rules out.
    pub fn acting(&self) -> Result<AccountId, Problem> {
        match (&self.who, self.key_id()) {
            (Who::Application, Some(key)) => Ok(AccountId::from_bytes(key.into_bytes())),
            _ => self.caller().map(|caller| caller.account),
        }
    }

    /// Whoever comes for themselves.
    ///
    /// # Errors
    /// 401 if it is somebody else, which the route's access rules out.
    pub fn person(&self) -> Result<Caller, Problem> {
        match self.who {
            Who::Person(caller) => Ok(caller),
            _ => Err(Problem::Unauthenticated),
        }
    }

    /// Whoever lets their status be told.
    ///
    /// # Errors
    /// 401 if it is somebody else, which the route's access rules out.
    pub fn inquirer(&self) -> Result<&Arc<ProvenInquiry>, Problem> {
        match &self.who {
            Who::Inquirer(proven) => Ok(proven),
            _ => Err(Problem::Unauthenticated),
        }
    }

    /// Whoever is appointed to it.
    ///
    /// # Errors
    /// 401 if it is somebody else, which the route's access rules out.
    pub fn official(&self) -> Result<&Arc<Official>, Problem> {
        match &self.who {
            Who::Official(_, official) => Ok(official),
            _ => Err(Problem::Unauthenticated),
        }
    }

    /// Whoever looks after a partner.
    ///
    /// # Errors
    /// 401 if it is somebody else, which the route's access rules out.
    pub fn administrator(&self) -> Result<Caller, Problem> {
        match self.who {
            Who::Administrator(caller) => Ok(caller),
            _ => Err(Problem::Unauthenticated),
        }
    }
}
