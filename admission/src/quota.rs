//! What one API key may do, per API: calls per second, calls per day, and how many it made.
//!
//! Everything about one key and API is one cache line of atomics. A call looks at the day's count, takes the rate (GCRA), and
//! adds to the day. Neither limit counts what the other refuses, but for one case: threads that race for the last call of a day
//! may use up a second's worth of the rate in vain. The day's limit is exact.

use crate::api::Api;
use crate::day::Day;
use crate::gcra::{Gcra, Rate};
use crate::limits::Plan;
use crate::sync::{AtomicU64, Ordering};
use crate::tally::Tally;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a key may call an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Calls per second, steadily.
    pub per_second: u32,
    /// Calls at once after a pause.
    pub burst: u32,
    /// Calls per civil day.
    pub per_day: u64,
}

/// Calls of a key to an API, for metering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Admitted.
    pub used: u64,
    /// Refused for being too many.
    pub refused: u64,
}

/// The call was admitted and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// How many more would be admitted at this moment.
    pub burst_left: u64,
    /// How many more the day has.
    pub day_left: u64,
}

/// Which limit refused a call, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverQuota {
    /// Too many per second.
    #[error("too many calls per second; the next is admitted in {retry_after:?}")]
    Rate {
        /// How long until the next is admitted.
        retry_after: Duration,
    },
    /// Too many today.
    #[error("the calls of this day are used up; the next day begins in {retry_after:?}")]
    Day {
        /// How long until midnight.
        retry_after: Duration,
    },
}

/// The quota of one key and API, and its use.
#[derive(Debug)]
#[repr(align(64))]
pub struct KeyQuota {
    interval_ns: AtomicU64,
    tolerance_ns: AtomicU64,
    per_day: AtomicU64,
    rate: Gcra,
    today: Tally,
    /// Calls of today that other gateways, or this one before it was started anew, have admitted.
    elsewhere: Tally,
    used: AtomicU64,
    refused: AtomicU64,
}

impl KeyQuota {
    /// Unused.
    pub fn new(quota: Quota) -> Self {
        let made = Self {
            interval_ns: AtomicU64::new(0),
            tolerance_ns: AtomicU64::new(0),
            per_day: AtomicU64::new(0),
            rate: Gcra::default(),
            today: Tally::default(),
            elsewhere: Tally::default(),
            used: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        };
        made.set(quota);
        made
    }

    /// Gives it another quota. What was used today, and just now, stays used.
    pub fn set(&self, quota: Quota) {
        let rate = Rate::new(quota.per_second, quota.burst);
        // A call that reads half of the change is judged by a quota between the two.
        self.interval_ns.store(rate.interval_ns, Ordering::Relaxed);
        self.tolerance_ns.store(rate.tolerance_ns, Ordering::Relaxed);
        self.per_day.store(quota.per_day, Ordering::Relaxed);
    }

    /// Asks for one call at `now_ns`, in nanoseconds on a clock that does not go back, which is in `today`; counts it as
    /// used or as refused.
    ///
    /// # Errors
    /// If the rate or the day is used up.
    pub fn admit(&self, now_ns: u64, today: Day) -> Result<Spent, OverQuota> {
        let asked = self.ask(now_ns, today);
        let counter = if asked.is_ok() { &self.used } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
        asked
    }

    fn ask(&self, now_ns: u64, today: Day) -> Result<Spent, OverQuota> {
        let per_day = self.per_day.load(Ordering::Relaxed);
        let per_day = per_day.saturating_sub(self.elsewhere.count(today.number));
        let day_used_up = OverQuota::Day { retry_after: today.left };
        if self.today.count(today.number) >= per_day {
            return Err(day_used_up);
        }
        let rate = Rate {
            interval_ns: self.interval_ns.load(Ordering::Relaxed),
            tolerance_ns: self.tolerance_ns.load(Ordering::Relaxed),
        };
        let admitted = self
            .rate
            .admit(rate, now_ns)
            .map_err(|refused| OverQuota::Rate { retry_after: refused.retry_after })?;
        let count = self.today.add(today.number, per_day).ok_or(day_used_up)?;
        Ok(Spent { burst_left: admitted.remaining, day_left: per_day - count })
    }

    /// How many calls were admitted today, here and elsewhere.
    pub fn used_today(&self, today: Day) -> u64 {
        self.today.count(today.number) + self.elsewhere.count(today.number)
    }

    /// Takes note of how many calls of today others have admitted: they count for the day as well.
    pub fn used_elsewhere(&self, today: Day, calls: u64) {
        self.elsewhere.set(today.number, calls);
    }

    /// All calls since it was made.
    pub fn usage(&self) -> Usage {
        Usage {
            used: self.used.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// The quotas of one key, for each API.
#[derive(Debug)]
pub struct KeyQuotas {
    of: [KeyQuota; Api::ALL.len()],
}

impl KeyQuotas {
    /// As `plan` says, but for what `exceptions` say.
    pub fn new(plan: &Plan, exceptions: &BTreeMap<Api, Quota>) -> Self {
        Self { of: Api::ALL.map(|api| KeyQuota::new(agreed(plan, exceptions, api))) }
    }

    /// Gives the key another plan or other exceptions. What was used stays used.
    pub fn set(&self, plan: &Plan, exceptions: &BTreeMap<Api, Quota>) {
        for api in Api::ALL {
            self.of(api).set(agreed(plan, exceptions, api));
        }
    }

    /// The quota for one API.
    pub fn of(&self, api: Api) -> &KeyQuota {
        &self.of[api.index()]
    }
}

fn agreed(plan: &Plan, exceptions: &BTreeMap<Api, Quota>, api: Api) -> Quota {
    exceptions.get(&api).copied().unwrap_or_else(|| plan.quota(api))
}

/// Tells how much was used since it last told: what a meter writes down now and then.
#[derive(Debug, Default)]
pub struct Meter {
    told: [Usage; Api::ALL.len()],
}

impl Meter {
    /// The use of each API since the last time, leaving out those without any.
    pub fn drain(&mut self, quotas: &KeyQuotas) -> Vec<(Api, Usage)> {
        let since = Api::ALL.map(|api| (api, self.since(api, quotas.of(api).usage())));
        since.into_iter().filter(|(_, usage)| *usage != Usage::default()).collect()
    }

    fn since(&mut self, api: Api, total: Usage) -> Usage {
        let told = std::mem::replace(&mut self.told[api.index()], total);
        Usage {
            used: total.used.saturating_sub(told.used),
            refused: total.refused.saturating_sub(told.refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use opencowin_model::Timestamp;

    const QUOTA: Quota = Quota { per_second: 10, burst: 3, per_day: 5 };
    const SECOND_NS: u64 = 1_000_000_000;

    fn day(number: i64) -> Day {
        Day::at(Timestamp(number * 86_400_000), 0)
    }

    #[test]
    fn the_rate_and_the_day_both_count_and_the_day_starts_anew() {
        let quota = KeyQuota::new(QUOTA);
        assert_eq!(quota.admit(0, day(1)), Ok(Spent { burst_left: 2, day_left: 4 }));
        quota.admit(0, day(1)).unwrap();
        quota.admit(0, day(1)).unwrap();
        let rate = OverQuota::Rate { retry_after: Duration::from_millis(100) };
        assert_eq!(quota.admit(0, day(1)), Err(rate));
        quota.admit(SECOND_NS, day(1)).unwrap();
        quota.admit(SECOND_NS, day(1)).unwrap();
        let over = OverQuota::Day { retry_after: Duration::from_secs(86_400) };
        assert_eq!(quota.admit(2 * SECOND_NS, day(1)), Err(over));
        assert_eq!(quota.used_today(day(1)), 5);
        assert!(quota.admit(2 * SECOND_NS, day(2)).is_ok());
        assert_eq!(quota.usage(), Usage { used: 6, refused: 2 });
    }

    #[test]
    fn what_others_have_admitted_counts_for_the_day_and_for_that_day_alone() {
        let quota = KeyQuota::new(QUOTA);
        quota.used_elsewhere(day(1), 4);
        assert_eq!(quota.admit(0, day(1)).unwrap().day_left, 0);
        assert!(quota.admit(SECOND_NS, day(1)).is_err());
        assert_eq!(quota.used_today(day(1)), 5);
        assert_eq!(quota.admit(SECOND_NS, day(2)).unwrap().day_left, 4);
    }

    #[test]
    fn refused_calls_use_up_neither_limit() {
        let quota = KeyQuota::new(QUOTA);
        for _ in 0..1_000 {
            let _ = quota.admit(0, day(1));
        }
        assert_eq!(quota.used_today(day(1)), 3);
        assert!(quota.admit(SECOND_NS, day(1)).is_ok());
    }

    #[test]
    fn another_quota_does_not_forget_what_was_used_today() {
        let quota = KeyQuota::new(QUOTA);
        for second in 0..5 {
            quota.admit(second * SECOND_NS, day(1)).unwrap();
        }
        quota.set(Quota { per_day: 7, ..QUOTA });
        assert_eq!(quota.admit(9 * SECOND_NS, day(1)).unwrap().day_left, 1);
        quota.set(Quota { per_day: 2, ..QUOTA });
        assert!(quota.admit(10 * SECOND_NS, day(1)).is_err());
    }

    #[test]
    fn endpoints_of_one_api_share_a_quota_and_two_apis_do_not() {
        let exception = BTreeMap::from([(Api::Aefi, QUOTA)]);
        let quotas = KeyQuotas::new(&Limits::default().plans["standard"], &exception);
        for _ in 0..3 {
            quotas.of(Api::Aefi).admit(0, day(1)).unwrap();
        }
        assert!(quotas.of(Api::Aefi).admit(0, day(1)).is_err());
        assert!(quotas.of(Api::Search).admit(0, day(1)).is_ok());
    }

    #[test]
    fn a_meter_tells_each_call_once() {
        let quotas = KeyQuotas::new(&Limits::default().plans["public"], &BTreeMap::new());
        let mut meter = Meter::default();
        quotas.of(Api::Search).admit(0, day(1)).unwrap();
        assert_eq!(meter.drain(&quotas), [(Api::Search, Usage { used: 1, refused: 0 })]);
        assert_eq!(meter.drain(&quotas), []);
    }

    #[test]
    fn threads_share_a_day_exactly() {
        let quota =
            KeyQuota::new(Quota { per_second: 1_000_000, burst: 1_000_000, per_day: 1_000 });
        let admitted = || (0..10_000).filter(|_| quota.admit(0, day(1)).is_ok()).count();
        let total: usize = std::thread::scope(|scope| {
            let threads = [scope.spawn(admitted), scope.spawn(admitted), scope.spawn(admitted)];
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(total, 1_000);
        assert_eq!(quota.usage(), Usage { used: 1_000, refused: 29_000 });
    }
}
