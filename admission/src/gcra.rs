//! Calls per second: the generic cell rate algorithm (GCRA) on one word.
//!
//! The word is the *theoretical arrival time* (TAT): the moment until which calls admitted so far have used up the rate. A call
//! is admitted if the time that it adds still ends within `burst` calls' worth of now. So, in any span of `t` seconds, at most
//! `burst + rate × t` calls are admitted; and since a refusal writes nothing, a client that keeps knocking is admitted at
//! its rate and one that waits gets its burst back. (Counting refusals, as some gateways do, locks a busy client out for good.)
//!
//! A TAT later than now plus the burst is possible only if the clock was set back or the quota lowered. It is then taken as the
//! burst being used up, so that neither locks anybody out for longer than a burst takes to refill.

use crate::sync::{AtomicU64, Ordering, change};
use crate::verdict::{Admitted, Refused, Verdict};
use std::time::Duration;

/// Nanoseconds of a second.
const SECOND_NS: u64 = 1_000_000_000;

/// A steady rate and how far ahead of it a client may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The time that one call takes of the rate, in nanoseconds.
    pub(crate) interval_ns: u64,
    /// The time that a whole burst takes, in nanoseconds.
    pub(crate) tolerance_ns: u64,
}

impl Rate {
    /// `per_second` calls steadily, `burst` at once after a pause. Zero is taken as one; an interval that is not a whole number
    /// of nanoseconds is rounded up, so that the rate is never passed.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let interval_ns = SECOND_NS.div_ceil(u64::from(per_second.max(1)));
        Self { interval_ns, tolerance_ns: interval_ns * u64::from(burst.max(1)) }
    }
}

/// One client's use of one rate: 8 bytes, unused when made.
#[derive(Debug)]
pub struct Gcra {
    tat_ns: AtomicU64,
}

impl Default for Gcra {
    fn default() -> Self {
        Self { tat_ns: AtomicU64::new(0) }
    }
}

impl Gcra {
    /// Asks for one call at `now_ns`, in nanoseconds on a clock that does not go back.
    ///
    /// # Errors
    /// If the burst is used up; nothing is written then.
    pub fn admit(&self, rate: Rate, now_ns: u64) -> Verdict {
        change(&self.tat_ns, |tat| step(tat, rate, now_ns))
    }

    /// What [`admit`](Self::admit) would answer, without asking.
    pub fn peek(&self, rate: Rate, now_ns: u64) -> Verdict {
        step(self.tat_ns.load(Ordering::Relaxed), rate, now_ns).map(|(_, admitted)| admitted)
    }
}

/// The TAT after one more call.
fn step(tat_ns: u64, rate: Rate, now_ns: u64) -> Result<(u64, Admitted), Refused> {
    let latest = now_ns.saturating_add(rate.tolerance_ns);
    let next = tat_ns.clamp(now_ns, latest).saturating_add(rate.interval_ns);
    match latest.checked_sub(next) {
        Some(left) => Ok((next, Admitted { remaining: left / rate.interval_ns })),
        None => Err(Refused { retry_after: Duration::from_nanos(next - latest) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The moments at which calls were admitted, of those in `gaps` nanoseconds one after another.
    fn admitted(cell: &Gcra, rate: Rate, gaps: &[u64]) -> Vec<u64> {
        let mut now = 0;
        let mut moments = Vec::new();
        for gap in gaps {
            now += gap;
            if cell.admit(rate, now).is_ok() {
                moments.push(now);
            }
        }
        moments
    }

    #[test]
    fn a_burst_passes_at_once_and_the_rate_for_ever() {
        let (cell, rate) = (Gcra::default(), Rate::new(10, 3));
        let left: Vec<_> = (0..3).map(|_| cell.admit(rate, 0).unwrap().remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = cell.admit(rate, 0).unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_millis(100));
        assert!(cell.admit(rate, 99_999_999).is_err());
        assert_eq!(cell.admit(rate, 100_000_000).unwrap().remaining, 0);
    }

    #[test]
    fn a_client_that_hammers_is_admitted_at_its_rate() {
        let gaps = vec![1_000_000; 10_000];
        let count = admitted(&Gcra::default(), Rate::new(10, 5), &gaps).len();
        assert_eq!(
            count,
            5 + 99,
            "refused calls cost nothing in ten seconds of a thousand a second"
        );
    }

    #[test]
    fn neither_a_clock_set_back_nor_a_lowered_quota_locks_anybody_out() {
        let cell = Gcra::default();
        let generous = Rate::new(1, 3_600);
        while cell.admit(generous, 9 * SECOND_NS).is_ok() {}
        let refused = cell.admit(Rate::new(10, 5), SECOND_NS).unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_millis(100));
        assert!(cell.admit(Rate::new(10, 5), 2 * SECOND_NS).is_err(), "nothing was written");
    }

    #[test]
    fn extreme_moments_and_rates_are_answered() {
        for now in [0, 1, u64::MAX - 1, u64::MAX] {
            for rate in [Rate::new(0, 0), Rate::new(u32::MAX, u32::MAX), Rate::new(1, u32::MAX)] {
                let _ = Gcra::default().admit(rate, now);
            }
        }
    }

    proptest! {
        #[test]
        fn no_span_admits_more_than_burst_and_rate(
            per_second in 1u32..2_000, burst in 1u32..20,
            gaps in prop::collection::vec(0u64..20_000_000, 1..300),
        ) {
            let rate = Rate::new(per_second, burst);
            let moments = admitted(&Gcra::default(), rate, &gaps);
            for (i, from) in moments.iter().enumerate() {
                for (n, to) in moments[i..].iter().enumerate() {
                    let most = u64::from(burst) + (to - from) / rate.interval_ns;
                    prop_assert!((n as u64) < most, "{} in {} ns", n + 1, to - from);
                }
            }
        }

        #[test]
        fn it_agrees_with_a_bucket_that_is_filled_drop_by_drop(
            per_second in 1u32..2_000, burst in 1u32..20,
            gaps in prop::collection::vec(0u64..20_000_000, 1..300),
        ) {
            let rate = Rate::new(per_second, burst);
            let (cell, mut now, mut level, mut then) = (Gcra::default(), 0, rate.tolerance_ns, 0);
            for gap in gaps {
                now += gap;
                level = (level + now - then).min(rate.tolerance_ns);
                then = now;
                let room = level >= rate.interval_ns;
                prop_assert_eq!(cell.admit(rate, now).is_ok(), room);
                level -= if room { rate.interval_ns } else { 0 };
            }
        }

        #[test]
        fn who_waits_as_told_is_admitted_however_often_they_asked(
            per_second in 1u32..2_000, burst in 1u32..20, calls in 1usize..100,
        ) {
            let (cell, rate) = (Gcra::default(), Rate::new(per_second, burst));
            let refused = (0..calls).filter_map(|_| cell.admit(rate, 7).err()).last();
            if let Some(refused) = refused {
                let wait = refused.retry_after.as_nanos() as u64;
                prop_assert!(cell.peek(rate, 7 + wait - 1).is_err());
                prop_assert!(cell.admit(rate, 7 + wait).is_ok());
            }
        }
    }
}
