//! Addresses: how often each calls the public APIs, and what makes one suspicious.
//!
//! Memory is fixed when it is made ([`Callers::bytes`], 48 bytes an address). With more addresses than fit, those that have been
//! quiet the longest are forgotten, which forgives them what they had used. Each gateway counts for itself.

use crate::address::Address;
use crate::anomaly::{Suspicion, Watch};
use crate::limits::Limits;
use crate::table::{Entry, Table};
use crate::verdict::{Admitted, Verdict};
use crate::window::Window;
use opencowin_model::{Mobile, Timestamp};

/// The addresses that call.
#[derive(Debug)]
pub struct Callers {
    table: Table<Caller>,
}

/// What is remembered of one address.
#[derive(Debug, Default)]
struct Caller {
    calls: Window,
    watch: Watch,
}

impl Entry for Caller {
    fn clear(&self) {
        self.calls.clear();
        self.watch.solved();
    }
}

impl Callers {
    /// With room for `addresses`.
    pub fn new(addresses: usize) -> Self {
        Self { table: Table::new(addresses) }
    }

    /// Asks for one call of `address` to a public API.
    ///
    /// # Errors
    /// If the address has used up its allowance; the call is not counted then.
    pub fn call(&self, address: Address, limits: &Limits, now: Timestamp) -> Verdict {
        match self.entry(address, now) {
            Some(caller) => caller.calls.admit(limits.address, now),
            None => Ok(UNCOUNTED),
        }
    }

    /// Asks for one search of `address`, which is a call that also counts as a search without a booking.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn search(&self, address: Address, limits: &Limits, now: Timestamp) -> Verdict {
        let Some(caller) = self.entry(address, now) else { return Ok(UNCOUNTED) };
        let admitted = caller.calls.admit(limits.address, now)?;
        let threshold = limits.anomaly.searches_per_address;
        caller.watch.search(threshold, &limits.anomaly, now);
        Ok(admitted)
    }

    /// A password for `mobile` was asked for from `address`. The suspicion that this raises, if it does.
    pub fn asked_for(
        &self,
        address: Address,
        mobile: Mobile,
        limits: &Limits,
        now: Timestamp,
    ) -> Option<Suspicion> {
        // The address goes into the hash so that no set of numbers is safe to try from everywhere.
        let hash = self.table.keyed((address, mobile));
        let (rule, threshold) = (Suspicion::ManyNumbers, limits.anomaly.numbers_per_address);
        self.entry(address, now)?.watch.see(rule, hash, threshold, &limits.anomaly, now)
    }

    /// A booking was made from `address`: its searches were not for nothing.
    pub fn booked(&self, address: Address) {
        if let Some(caller) = self.table.find(address) {
            caller.watch.booked();
        }
    }

    /// Why `address` has to solve a challenge at `now`, if it has to.
    pub fn challenged(&self, address: Address, now: Timestamp) -> Option<Suspicion> {
        self.table.find(address)?.watch.challenged(now)
    }

    /// `address` has solved a challenge.
    pub fn solved(&self, address: Address) {
        if let Some(caller) = self.table.find(address) {
            caller.watch.solved();
        }
    }

    /// How many addresses are remembered; it walks the whole table.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many can be remembered.
    pub fn capacity(&self) -> usize {
        self.table.capacity()
    }

    /// The memory it takes, now and for ever.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    fn entry(&self, address: Address, now: Timestamp) -> Option<&Caller> {
        self.table.entry(address, now.seconds().max(0) as u32)
    }
}

/// A call that found no entry free in the very moment of asking: it is let through rather than held up.
const UNCOUNTED: Admitted = Admitted { remaining: 0 };

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_600_000_200_000);
    const ADDRESS: Address = Address::V4(0xC000_0201);

    #[test]
    fn each_address_has_its_own_hundred_calls() {
        let (callers, limits) = (Callers::new(1_000), Limits::default());
        let admitted =
            |address| (0..150).filter(|_| callers.call(address, &limits, NOW).is_ok()).count();
        assert_eq!(admitted(ADDRESS), 100);
        assert_eq!(admitted(Address::V6(1)), 100);
        assert_eq!(callers.len(), 2);
    }

    #[test]
    fn a_limit_changed_while_running_holds_for_the_next_call() {
        let (callers, mut limits) = (Callers::new(1_000), Limits::default());
        (0..100).for_each(|_| {
            let _ = callers.search(ADDRESS, &limits, NOW);
        });
        assert!(callers.search(ADDRESS, &limits, NOW).is_err());
        limits.address.calls = 120;
        assert_eq!(callers.search(ADDRESS, &limits, NOW).unwrap().remaining, 19);
    }

    #[test]
    fn asking_for_many_numbers_has_to_be_paid_for() {
        let (callers, limits) = (Callers::new(1_000), Limits::default());
        let ask = |number| callers.asked_for(ADDRESS, Mobile(number), &limits, NOW);
        assert!((0..1_000).all(|_| ask(9_876_543_210).is_none()));
        let raised = (6_000_000_000..6_000_000_100).filter_map(ask).count();
        assert_eq!(raised, 1);
        assert_eq!(callers.challenged(ADDRESS, NOW), Some(Suspicion::ManyNumbers));
        assert_eq!(callers.challenged(Address::V6(1), NOW), None);
        callers.solved(ADDRESS);
        assert_eq!(callers.challenged(ADDRESS, NOW), None);
    }

    #[test]
    fn searching_without_ever_booking_has_to_be_paid_for() {
        let (callers, mut limits) = (Callers::new(1_000), Limits::default());
        limits.address.calls = 10_000;
        let search = |times| {
            (0..times).for_each(|_| {
                let _ = callers.search(ADDRESS, &limits, NOW);
            });
        };
        search(1_000);
        callers.booked(ADDRESS);
        search(1_000);
        assert_eq!(callers.challenged(ADDRESS, NOW), None);
        search(1);
        assert_eq!(callers.challenged(ADDRESS, NOW), Some(Suspicion::ManySearches));
    }

    #[test]
    fn an_address_costs_what_the_documentation_says() {
        assert_eq!(Callers::new(1 << 16).bytes(), 48 << 16);
    }
}
