//! What admission remembers, for all threads.

use super::Challenges;
use crate::access::Environment;
use crate::access::registry::Registry;
use crate::config::{Config, Switch};
use crate::http::peer::Peer;
use crate::metrics::Gauges;
use http::HeaderMap;
use opencowin_admission::{Address, Callers, Day, Proxies, Users};
use opencowin_ledger::vault::Vault;
use opencowin_model::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// What admission remembers.
pub struct Admission {
    pub(super) registry: Arc<Registry>,
    /// Where partners and their keys stand: for a sandbox beside production, there.
    pub(super) partners: Arc<Registry>,
    pub(super) environment: Environment,
    proxies: Proxies,
    pub(super) callers: Callers,
    pub(super) users: Users,
    pub(super) challenges: Challenges,
    /// Whether quotas and limits are kept.
    pub(super) keeps_limits: bool,
    /// Where clocks are so many milliseconds ahead of UTC, by which days of quotas are told.
    offset_ms: AtomicI64,
    started: Instant,
}

impl Admission {
    /// Nobody has called yet.
    pub fn new(
        config: &Config,
        registry: Arc<Registry>,
        partners: Option<Arc<Registry>>,
        vault: &Vault,
    ) -> Self {
        Self {
            partners: partners.unwrap_or_else(|| registry.clone()),
            registry,
            environment: config.mode.into(),
            proxies: Proxies::new(config.trusted_proxies.clone()),
            callers: Callers::new(config.remembered),
            users: Users::new(config.remembered),
            challenges: Challenges::new(vault, config.remembered / 4),
            keeps_limits: config.limits == Switch::On,
            offset_ms: AtomicI64::new(0),
            started: Instant::now(),
        }
    }

    /// Records about callers.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Records about partners and their keys, which may be those of another world.
    pub fn partners(&self) -> &Arc<Registry> {
        &self.partners
    }

    /// Whether partners and their keys stand in this world, where they are looked after.
    pub fn has_partners(&self) -> bool {
        Arc::ptr_eq(&self.partners, &self.registry)
    }

    /// Which world this is.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The addresses that call.
    pub fn callers(&self) -> &Callers {
        &self.callers
    }

    /// The accounts that are used.
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// What suspicious callers have to solve.
    pub fn challenges(&self) -> &Challenges {
        &self.challenges
    }

    /// Whether quotas and limits are kept.
    pub fn keeps_limits(&self) -> bool {
        self.keeps_limits
    }

    /// Clocks of the programme are so far ahead of UTC now.
    pub fn set_offset(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::Relaxed);
    }

    /// The day of quotas.
    pub fn day(&self, now: Timestamp) -> Day {
        Day::at(now, self.offset_ms.load(Ordering::Relaxed))
    }

    /// Figures of the moment, every limit among them.
    pub fn show(&self, gauges: &mut Gauges<'_, '_>) {
        let kept = u64::from(self.keeps_limits);
        gauges.set("limits_kept", "1 while quotas and limits are kept", kept);
        let (keys, blocks) = (self.partners.live_keys().len(), self.registry.shut_out().len());
        gauges.set("api_keys", "API keys known, in force or not", keys as u64);
        gauges.set(
            "blocks",
            "Keys, partners, networks and numbers in the block list",
            blocks as u64,
        );
        gauges.set("callers", "Addresses that are remembered", self.callers.len() as u64);
        gauges.set("users", "Accounts that are remembered", self.users.len() as u64);
        for (name, value) in self.registry.limits().figures() {
            let name = format!("limit_{}", name.replace(['.', '-'], "_"));
            gauges.set(&name, "A limit, as it is in force", value);
        }
    }

    /// Nanoseconds since the server was started.
    pub(super) fn elapsed_ns(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Where a request comes from, as far as proxies are to be believed.
    pub(super) fn client(&self, peer: &Peer, headers: &HeaderMap) -> Address {
        if !self.proxies.trusts(peer.address) {
            return peer.address.into();
        }
        let mut lines = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let first = lines.next();
        match lines.next() {
            None => self.proxies.client(peer.address, first),
            Some(second) => {
                let joined = format!("{},{second}", first.unwrap_or_default());
                let joined = lines.fold(joined, |all, line| all + "," + line);
                self.proxies.client(peer.address, Some(&joined))
            }
        }
    }
}
