//! Calls per period: a count that starts anew with each civil day, or each hour, on one word.
//!
//! ```text
//!  63 … 40              39 … 0
//!  period mod 2²⁴       calls in it
//! ```
//!
//! A tally knows nothing of time: its user numbers the periods. A thread that still believes to be in the period before
//! counts into the one that has begun, so that no call is lost at midnight.

use crate::sync::{AtomicU64, Ordering, change};

/// The most that a tally counts: 1,099,511,627,775.
pub(crate) const MOST: u64 = (1 << PERIOD_SHIFT) - 1;
const PERIOD_SHIFT: u32 = 40;
const PERIODS: u32 = 1 << 24;

/// A count that starts anew with each period: 8 bytes, zero when made.
#[derive(Debug)]
pub(crate) struct Tally {
    word: AtomicU64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { word: AtomicU64::new(0) }
    }
}

impl Tally {
    /// Counts one more if that makes at most `limit`; the count with it.
    pub(crate) fn add(&self, period: u32, limit: u64) -> Option<u64> {
        let step = |word| {
            let (period, count) = seen(word, period);
            let next = count + 1;
            if next > limit.min(MOST) { Err(()) } else { Ok((pack(period, next), next)) }
        };
        change(&self.word, step).ok()
    }

    /// The count in this period.
    pub(crate) fn count(&self, period: u32) -> u64 {
        seen(self.word.load(Ordering::Relaxed), period).1
    }

    /// Says what the count in this period is.
    pub(crate) fn set(&self, period: u32, count: u64) {
        self.word.store(pack(period % PERIODS, count.min(MOST)), Ordering::Relaxed);
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.word.store(0, Ordering::Relaxed);
    }
}

fn pack(period: u32, count: u64) -> u64 {
    u64::from(period) << PERIOD_SHIFT | count
}

/// The period that is counted now, and its count.
fn seen(word: u64, period: u32) -> (u32, u64) {
    let (kept, count) = ((word >> PERIOD_SHIFT) as u32, word & MOST);
    let period = period % PERIODS;
    let begun_by_another = kept == (period + 1) % PERIODS;
    if kept == period || begun_by_another { (kept, count) } else { (period, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_limit_and_the_next_day_another() {
        let tally = Tally::default();
        let counts: Vec<_> = (0..4).map(|_| tally.add(7, 3)).collect();
        assert_eq!(counts, [Some(1), Some(2), Some(3), None]);
        assert_eq!(tally.count(7), 3, "what was refused is not counted");
        assert_eq!(tally.add(8, 3), Some(1));
    }

    #[test]
    fn a_thread_that_is_late_at_midnight_loses_nothing() {
        let tally = Tally::default();
        tally.add(8, 10);
        assert_eq!(tally.add(7, 10), Some(2));
        assert_eq!(tally.count(8), 2);
    }

    #[test]
    fn it_ends_where_its_bits_end() {
        let tally = Tally { word: AtomicU64::new(pack(3, MOST)) };
        assert_eq!(tally.add(3, u64::MAX), None);
        assert_eq!(tally.add(u32::MAX, 1), Some(1));
    }
}
