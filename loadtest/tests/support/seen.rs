//! What the stand-in noticed about those who asked.

use super::wire::Request;
use std::collections::{BTreeMap, BTreeSet};

/// Requests and headers of interest.
#[derive(Default)]
pub struct Seen {
    pub paths: BTreeMap<String, u64>,
    pub agents: BTreeSet<String>,
    /// X-Forwarded-For of the requests of each mobile number.
    pub addresses: BTreeMap<String, BTreeSet<String>>,
    /// X-Forwarded-For of requests by nobody in particular.
    pub open_addresses: BTreeSet<String>,
    /// Bookings with and without an Idempotency-Key.
    pub keyed: (u64, u64),
    /// Requests without a Host header.
    pub without_host: u64,
    /// Requests for an answer that nobody has kept.
    pub exact: u64,
    /// Names of query parameters.
    pub parameters: BTreeSet<String>,
}

impl Seen {
    pub fn note(&mut self, request: &Request, mobile: Option<&str>) {
        *self.paths.entry(request.path.clone()).or_default() += 1;
        self.parameters.extend(request.query.keys().cloned());
        if let Some(agent) = request.header("user-agent") {
            self.agents.insert(agent.to_owned());
        }
        if let Some(address) = request.header("x-forwarded-for") {
            let addresses = match mobile {
                Some(mobile) => self.addresses.entry(mobile.to_owned()).or_default(),
                None => &mut self.open_addresses,
            };
            addresses.insert(address.to_owned());
        }
        if request.path.ends_with("/schedule") {
            let keyed = request.header("idempotency-key").is_some();
            *(if keyed { &mut self.keyed.0 } else { &mut self.keyed.1 }) += 1;
        }
        self.exact += u64::from(request.header("cache-control") == Some("no-cache"));
        self.without_host += u64::from(request.header("host").is_none());
    }
}
