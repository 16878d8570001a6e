//! What is suspicious, and what a suspicion turns on: a challenge, for a time.
//!
//! People who share a line or change networks look a little like bots, so nobody is shut out here. Whoever passes a threshold has
//! to solve a [challenge](crate::challenge) before the next password or booking; a household pays a second of its telephone's
//! time, a farm of scripts pays it for each number and each seat.
//!
//! Counts are kept for a period (an hour) and start anew with the next: 24 bytes for each account and each address.

use crate::distinct::Distinct;
use crate::limits::AnomalyLimits;
use crate::sync::{AtomicU64, Ordering};
use crate::tally::{self, Tally};
use opencowin_model::Timestamp;

/// Which rule made somebody suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suspicion {
    /// One address asks for passwords to many different numbers: it tries numbers out, or farms accounts.
    ManyNumbers = 1,
    /// One account is used from many different addresses: it is shared among bots, or passed on.
    ManyAddresses = 2,
    /// Many searches and no booking: it watches for others.
    ManySearches = 3,
}

impl Suspicion {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ManyNumbers, Self::ManyAddresses, Self::ManySearches];

    /// Its name in metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ManyNumbers => "many-numbers",
            Self::ManyAddresses => "many-addresses",
            Self::ManySearches => "many-searches",
        }
    }
}

/// What is remembered of one account or address to judge it by.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Numbers that an address asked for; addresses that an account came from.
    others: Distinct,
    searches: Tally,
    /// Until when a challenge is asked for, in seconds since 1970, above two bits that say why.
    challenged: AtomicU64,
}

impl Default for Watch {
    fn default() -> Self {
        let challenged = AtomicU64::new(0);
        Self { others: Distinct::default(), searches: Tally::default(), challenged }
    }
}

impl Watch {
    /// Sees another number or address, by its keyed hash. The suspicion that this raises, if it does.
    pub(crate) fn see(
        &self,
        suspicion: Suspicion,
        hash: u64,
        threshold: u32,
        limits: &AnomalyLimits,
        now: Timestamp,
    ) -> Option<Suspicion> {
        if threshold == 0 {
            return None;
        }
        let count = self.others.see(hash, period(limits, now) as u16)?;
        self.raise(suspicion, count >= threshold, limits, now)
    }

    /// Sees a search. The suspicion that this raises, if it does.
    pub(crate) fn search(
        &self,
        threshold: u32,
        limits: &AnomalyLimits,
        now: Timestamp,
    ) -> Option<Suspicion> {
        if threshold == 0 {
            return None;
        }
        let count = self.searches.add(period(limits, now), tally::MOST)?;
        self.raise(Suspicion::ManySearches, count > u64::from(threshold), limits, now)
    }

    /// Sees a booking, which explains the searches.
    pub(crate) fn booked(&self) {
        self.searches.clear();
    }

    /// Sees a challenge solved: the slate is clean.
    pub(crate) fn solved(&self) {
        self.others.clear();
        self.searches.clear();
        self.challenged.store(0, Ordering::Relaxed);
    }

    /// Why a challenge is asked for at `now`, if one is.
    pub(crate) fn challenged(&self, now: Timestamp) -> Option<Suspicion> {
        let word = self.challenged.load(Ordering::Relaxed);
        let holds = word != 0 && now.seconds() < (word >> 2) as i64;
        let named = |suspicion: &Suspicion| *suspicion as u64 == word & 3;
        if holds { Suspicion::ALL.into_iter().find(named) } else { None }
    }

    /// Turns the challenge on, unless it is on.
    fn raise(
        &self,
        suspicion: Suspicion,
        over: bool,
        limits: &AnomalyLimits,
        now: Timestamp,
    ) -> Option<Suspicion> {
        if !over || self.challenged(now).is_some() {
            return None;
        }
        let until_s = now.seconds().max(0).unsigned_abs() + u64::from(limits.challenge_s);
        self.challenged.store(until_s << 2 | suspicion as u64, Ordering::Relaxed);
        Some(suspicion)
    }
}

/// The number of the period that `now` is in.
fn period(limits: &AnomalyLimits, now: Timestamp) -> u32 {
    (now.seconds().max(0) / i64::from(limits.period_s.max(1))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    const NOW: Timestamp = Timestamp(1_600_000_000_000);

    fn limits() -> AnomalyLimits {
        Limits::default().anomaly
    }

    fn see(watch: &Watch, hash: u64, now: Timestamp) -> Option<Suspicion> {
        watch.see(Suspicion::ManyNumbers, hash, 8, &limits(), now)
    }

    #[test]
    fn many_different_numbers_are_suspicious_and_one_number_often_is_not() {
        let watch = Watch::default();
        assert!((0..1_000).all(|_| see(&watch, 5, NOW).is_none()));
        let raised: Vec<_> = (0..20).filter_map(|hash| see(&watch, hash, NOW)).collect();
        assert_eq!(raised, [Suspicion::ManyNumbers], "told once");
        assert_eq!(watch.challenged(NOW), Some(Suspicion::ManyNumbers));
    }

    #[test]
    fn a_challenge_ends_by_itself_or_when_solved() {
        let watch = Watch::default();
        (0..20).for_each(|hash| {
            let _ = see(&watch, hash, NOW);
        });
        assert_eq!(watch.challenged(NOW.plus_ms(3_600_000)), None);
        assert!(watch.challenged(NOW.plus_ms(3_599_000)).is_some());
        watch.solved();
        assert_eq!(watch.challenged(NOW), None);
        assert_eq!(see(&watch, 1, NOW), None, "counted anew");
    }

    #[test]
    fn a_booking_explains_the_searches_before_it() {
        let watch = Watch::default();
        let search =
            |times: usize| (0..times).filter_map(|_| watch.search(200, &limits(), NOW)).count();
        assert_eq!(search(200), 0);
        watch.booked();
        assert_eq!(search(200), 0);
        assert_eq!(search(1), 1);
        assert_eq!(watch.challenged(NOW), Some(Suspicion::ManySearches));
    }

    #[test]
    fn a_threshold_of_zero_turns_a_rule_off() {
        let watch = Watch::default();
        assert!((0..10_000).all(|_| watch.search(0, &limits(), NOW).is_none()));
        let see = |hash| watch.see(Suspicion::ManyAddresses, hash, 0, &limits(), NOW);
        assert!((0..48).all(|hash| see(hash).is_none()));
    }

    #[test]
    fn names_in_metrics_differ() {
        let names = Suspicion::ALL.map(Suspicion::name);
        assert_eq!(names, ["many-numbers", "many-addresses", "many-searches"]);
    }
}
