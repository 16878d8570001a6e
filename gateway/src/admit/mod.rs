//! Letting a request in, or saying why not: who it comes from, whether they are shut out, what they may do, and whether
//! they have done it too often.
//!
//! Everything here is in memory and waits for nobody. The cheapest question comes first: the address, then the key or the
//! token, then what it counts for.

mod admission;
mod challenges;
mod charge;
mod gate;
mod visitor;

pub use admission::Admission;
pub use challenges::Challenges;
pub use gate::Gate;
pub use visitor::{Visitor, Who};

use crate::access::decision::{self, Act, Reach};
use crate::access::key::KeyHash;
use crate::access::key_text::{self, SANDBOX_KEY};
use crate::access::partner::Partner;
use crate::access::registry::LiveKey;
use crate::app::App;
use crate::config::{Mode, Portal};
use crate::http::catalogue as error;
use crate::http::headers;
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::identity::Door;
use crate::identity::digest::digest;
use crate::identity::token::{Caller, device_hash};
use crate::routes::{Access, Priority, Route};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use opencowin_admission::{Address, Api};
use opencowin_model::Timestamp;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How many people at a counter can show who they are in one request.
const ATTENDING: usize = 2;

/// Lets a request in.
///
/// # Errors
/// Why not, in the words of the wire contract.
pub fn admit(
    app: &App,
    gate: &Gate,
    route: &Route,
    peer: &Peer,
    parts: &Parts,
) -> Result<Visitor, Problem> {
    let admission = app.admission();
    let request = Asked {
        app,
        admission,
        gate,
        priority: route.priority,
        headers: &parts.headers,
        client: admission.client(peer, &parts.headers),
        now: app.clock().now(),
    };
    if route.access == Access::Free {
        return Ok(Visitor::of(request.client, Who::Anyone));
    }
    if admission.registry.shut_out().address(request.client, request.now).is_some() {
        return Err(Problem::Denied);
    }
    request.admit(route.access)
}

/// A request at the door.
struct Asked<'a> {
    app: &'a App,
    admission: &'a Admission,
    gate: &'a Gate,
    priority: Priority,
    headers: &'a HeaderMap,
    client: Address,
    now: Timestamp,
}

impl Asked<'_> {
    fn admit(&self, access: Access) -> Result<Visitor, Problem> {
        if !matches!(access, Access::Open(_) | Access::Portal) {
            self.pass(false)?;
        }
        match access {
            Access::Free => Ok(Visitor::of(self.client, Who::Anyone)),
            Access::Open(api) => self.anyone(api),
            Access::Portal if self.app.config().portal == Portal::Off => {
                Err(error::ROUTE_UNKNOWN.into())
            }
            Access::Portal => self.anyone(Api::Authentication),
            Access::Application(api) => {
                let key = self.subscribed(self.key()?, &[api])?;
                Ok(Visitor::of(self.client, Who::Application).with(key))
            }
            Access::Person(apis) => self.person(apis),
            Access::Proven(api) => self.proven(api),
            Access::Inquirer => self.inquirer(),
            Access::Counter(api, act) => self.counter(api, act),
            Access::Official(act) => self.official(Some(act)),
            Access::AnyOfficial => self.official(None),
            Access::Administrator if !self.admission.has_partners() => {
                Err(error::ROUTE_UNKNOWN.into())
            }
            Access::Administrator => self.administrator(),
            Access::Trusted => self.trusted(),
            Access::Operator => self.operator(),
            Access::Sandbox if self.app.config().mode == Mode::Sandbox => {
                let visitor = Visitor::of(self.client, Who::Anyone);
                let key = self.presented().map(|text| self.find(text).ok_or(Problem::Forbidden));
                key.transpose().map(|key| Visitor { key, ..visitor })
            }
            Access::Sandbox => Err(error::ROUTE_UNKNOWN.into()),
        }
    }

    /// Turns away what matters least while there is more to do than can be done. Nothing is charged before.
    fn pass(&self, keyed: bool) -> Result<(), Problem> {
        let admission = self.admission;
        let busy = admission.keeps_limits
            && !self.gate.admits(self.priority, keyed, &admission.registry.limits());
        if busy { Err(error::OVERLOADED.into()) } else { Ok(()) }
    }

    /// A key that was never ours is none, as it was for the real service; one that was and is not in force is told.
    fn anyone(&self, api: Api) -> Result<Visitor, Problem> {
        let visitor = Visitor::of(self.client, Who::Anyone);
        let key = self.presented().and_then(|text| self.find(text));
        self.pass(key.is_some())?;
        if let Some(key) = key {
            return Ok(visitor.with(self.subscribed(key, &[api])?));
        }
        self.charge_address(api)?;
        Ok(visitor)
    }

    fn person(&self, apis: &[Api]) -> Result<Visitor, Problem> {
        let caller = self.caller(Door::opens_appointments)?;
        let visitor = Visitor::of(self.client, Who::Person(caller));
        let visitor = match caller.key {
            Some(id) => {
                let key = self.admission.partners.live_key(id).ok_or(Problem::Forbidden)?;
                visitor.with(self.subscribed(key, apis)?)
            }
            None => visitor,
        };
        if apis == [Api::Search] {
            self.charge_search(&caller)?;
        }
        Ok(visitor)
    }

    /// Who was asked through an application comes through it still: the call counts for its key. Any other counts for the
    /// address.
    fn inquirer(&self) -> Result<Visitor, Problem> {
        let token = headers::bearer(self.headers).ok_or(Problem::Unauthenticated)?;
        let proven = self.app.inquiries().open_token(token, self.now);
        let proven = Arc::new(proven.ok_or(Problem::Unauthenticated)?);
        let account = self.app.account_of(proven.mobile());
        if self.admission.registry.shut_out().account(*account.as_bytes(), self.now).is_some() {
            return Err(Problem::Denied);
        }
        let visitor = Visitor::of(self.client, Who::Inquirer(proven.clone()));
        let Some(id) = proven.key else {
            self.charge_address(Api::Status)?;
            return Ok(visitor);
        };
        let key = self.admission.partners.live_key(id).ok_or(Problem::Forbidden)?;
        Ok(visitor.with(self.subscribed(key, &[Api::Status])?))
    }

    /// Whoever has proven a number, at whichever door.
    fn proven(&self, api: Api) -> Result<Visitor, Problem> {
        let caller = self.caller(|door| Door::OF_PEOPLE.contains(&door))?;
        let visitor = Visitor::of(self.client, Who::Person(caller));
        let Some(id) = caller.key else {
            self.charge_address(api)?;
            return Ok(visitor);
        };
        let key = self.admission.partners.live_key(id).ok_or(Problem::Forbidden)?;
        Ok(visitor.with(self.subscribed(key, &[api])?))
    }

    /// At a counter it is either a person of the staff, with an application of whoever, or an application that the
    /// facility has tied to itself.
    fn counter(&self, api: Api, act: Act) -> Result<Visitor, Problem> {
        let key = self.subscribed(self.key()?, &[api])?;
        let bound = headers::bearer(self.headers).is_none() && !key.record.facilities.is_empty();
        let visitor = if bound {
            Visitor::of(self.client, Who::Application)
        } else {
            self.official(Some(act))?
        };
        Ok(Visitor { attending: self.attending()?, ..visitor.with(key) })
    }

    /// Whoever stands at the counter can show who they are by a token of their own. Where two numbers have to agree, the
    /// header comes twice.
    fn attending(&self) -> Result<Vec<Caller>, Problem> {
        let tokens = self.headers.get_all("x-beneficiary-token").into_iter();
        tokens.take(ATTENDING).map(|token| self.attendant(token)).collect()
    }

    fn attendant(&self, token: &HeaderValue) -> Result<Caller, Problem> {
        let token = token.to_str().map_err(|_| error::OTP_INVALID)?;
        let caller = self.owner(token.trim(), |door| Door::OF_PEOPLE.contains(&door));
        caller.map_err(|_| error::OTP_INVALID.into())
    }

    fn official(&self, act: Option<Act>) -> Result<Visitor, Problem> {
        let caller = self.caller(|door| door == Door::Staff)?;
        let official = self.admission.registry.official(caller.account);
        // A token is for the office that its owner was in when it was given.
        let official = official.filter(|official| official.since.seconds() <= caller.issued_s);
        let official = official.ok_or(Problem::Unauthenticated)?;
        let may = |act| decision::reach(official.role, act) != Reach::Never;
        if act.is_some_and(|act| !may(act)) {
            return Err(error::NOT_YOURS.into());
        }
        Ok(Visitor::of(self.client, Who::Official(caller, official)))
    }

    fn administrator(&self) -> Result<Visitor, Problem> {
        let caller = self.caller(|door| door == Door::Partner)?;
        Ok(Visitor::of(self.client, Who::Administrator(caller)))
    }

    /// Whoever tries is looked at, let in or not.
    fn trusted(&self) -> Result<Visitor, Problem> {
        self.granted().inspect_err(|_| self.app.metrics().alarm("lookup-refused"))
    }

    fn granted(&self) -> Result<Visitor, Problem> {
        let key = self.key()?;
        let granted = key.record.lookup.as_ref().is_some_and(|grant| {
            grant.networks.iter().any(|network| network.contains(self.client_ip()))
        });
        if !granted {
            return Err(Problem::Forbidden);
        }
        let key = self.subscribed(key, &[Api::Lookup])?;
        Ok(Visitor::of(self.client, Who::Application).with(key))
    }

    fn operator(&self) -> Result<Visitor, Problem> {
        let digest = digest(self.presented().unwrap_or_default());
        let operator = self.app.config().operator_key;
        let is_operator = operator.is_some_and(|operator| operator.ct_eq(&digest).into());
        if is_operator {
            Ok(Visitor::of(self.client, Who::Operator))
        } else {
            Err(Problem::Forbidden)
        }
    }

    /// The token's owner, if it is in force and of the right door.
    fn caller(&self, door: impl Fn(Door) -> bool) -> Result<Caller, Problem> {
        let token = headers::bearer(self.headers).ok_or(Problem::Unauthenticated)?;
        let caller = self.owner(token, door)?;
        self.check_device(&caller)?;
        Ok(caller)
    }

    fn owner(&self, token: &str, door: impl Fn(Door) -> bool) -> Result<Caller, Problem> {
        let caller = self.app.tokens().verify(token, self.now);
        let caller = caller.filter(|caller| door(caller.door)).ok_or(Problem::Unauthenticated)?;
        let account = *caller.account.as_bytes();
        if self.admission.registry.shut_out().account(account, self.now).is_some() {
            return Err(Problem::Denied);
        }
        let issued = Timestamp(caller.issued_s * 1000);
        if self.admission.users.is_revoked(account, issued) {
            return Err(Problem::Unauthenticated);
        }
        Ok(caller)
    }

    /// A token that was given to a device is good on that device.
    fn check_device(&self, caller: &Caller) -> Result<(), Problem> {
        let Some(bound) = caller.device else { return Ok(()) };
        let device = self.headers.get("x-device-id").map_or(&b""[..], |device| device.as_bytes());
        let same: bool = device_hash(device).ct_eq(&bound).into();
        if same { Ok(()) } else { Err(Problem::Unauthenticated) }
    }

    /// The key that was sent, if it is one of ours, in force or not.
    fn key(&self) -> Result<Arc<LiveKey>, Problem> {
        self.presented().and_then(|text| self.find(text)).ok_or(Problem::Forbidden)
    }

    fn presented(&self) -> Option<&[u8]> {
        self.headers.get("x-api-key").map(|key| key.as_bytes())
    }

    fn find(&self, text: &[u8]) -> Option<Arc<LiveKey>> {
        let ours = key_text::environment_of(text).is_some() || text == SANDBOX_KEY.as_bytes();
        if !ours {
            return None;
        }
        let registry = &self.admission.partners;
        registry.key(KeyHash::new(registry.hash(text)))
    }

    /// The key, charged for one call of the first of these APIs that it is subscribed to.
    fn subscribed(&self, key: Arc<LiveKey>, apis: &[Api]) -> Result<Arc<LiveKey>, Problem> {
        let record = &key.record;
        let (shut_out, now) = (self.admission.partners.shut_out(), self.partners_now());
        let is_blocked = shut_out.key(record.id, now).is_some()
            || shut_out.partner(record.partner, now).is_some();
        if is_blocked {
            return Err(Problem::Denied);
        }
        let in_force = record.environment == self.admission.environment && record.is_in_force(now);
        let opened =
            |api: &Api| record.opens(*api) && self.partner_opens(record.partner, *api, now);
        let api = apis.iter().copied().find(opened).filter(|_| in_force);
        self.charge_key(&key, api.ok_or(Problem::Forbidden)?)?;
        Ok(key)
    }

    /// The key that opens a sandbox to everybody is nobody's.
    fn partner_opens(&self, partner: Uuid, api: Api, now: Timestamp) -> bool {
        let found = || self.admission.partners.get::<Partner>(partner);
        let opens = |partner: Arc<Partner>| partner.opens(api, self.admission.environment, now);
        partner.is_nil() || found().is_some_and(opens)
    }

    /// The moment that counts for partners and their keys, which in a sandbox beside production is not its own: anybody
    /// can move that.
    fn partners_now(&self) -> Timestamp {
        if self.admission.has_partners() { self.now } else { self.admission.partners.now() }
    }

    fn client_ip(&self) -> IpAddr {
        match self.client {
            Address::V4(bits) => Ipv4Addr::from_bits(bits).into(),
            Address::V6(bits) => Ipv6Addr::from_bits(u128::from(bits) << 64).into(),
        }
    }
}
