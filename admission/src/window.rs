//! Calls per window: a sliding count on one word.
//!
//! A log of every call would cost memory per call. Here time is cut into slices, and the word holds the calls admitted in this slice
//! and in those before it that the window can still touch: as many slices as fit beside one another.
//!
//! ```text
//!  63 … 50            49 … 0                      calls up to   bits   slices   longest memory
//!  slice mod 2¹⁴      oldest … this one                    31      5       10   window × 1.11
//!                                                         127      7        7   window × 1.17
//!                                                       1,023     10        5   window × 1.25
//!                                                      65,535     16        3   window × 1.5
//!                                                  33,554,431     25        2   window × 2
//! ```
//!
//! # How exact that is
//!
//! A slice is a window divided by one less than the number of slices, rounded up to a millisecond, so any window touches at most
//! the slices that are kept. With `L` calls in `W`, `n` slices and `S` for the slice:
//!
//! - no span of `W`, wherever it begins, has more than `L` calls: there is no border at which a second burst gets through;
//! - a call is refused only if `L` were admitted in the last `n × S`: what an exact log would have forgotten is remembered for up
//!   to one slice more (50 seconds for 100 calls in 5 minutes, 100 seconds for 20 in 15), and the milliseconds of rounding.
//!
//! Refused calls are not counted. A slice's number is kept modulo 2¹⁴: who was quiet for exactly that many slices (nine
//! days of a five-minute window) may find an old count, until a window later.

use crate::sync::{AtomicU64, Ordering, change};
use crate::verdict::{Admitted, Refused, Verdict};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The most calls that an allowance can have: 33,554,431.
pub const MOST_CALLS: u32 = (1 << 25) - 1;

/// The longest window, in seconds: 31 days.
pub const LONGEST_S: u32 = 31 * 86_400;

/// Where the number of the slice begins.
const SLICE_SHIFT: u32 = 50;
const SLICES_MASK: u64 = (1 << 14) - 1;

/// So many calls in any window of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// How many calls; at most [`MOST_CALLS`].
    pub calls: u32,
    /// The window's length in seconds; at most [`LONGEST_S`].
    pub window_s: u32,
}

/// One client's use of one allowance: 8 bytes, unused when made. An allowance of another length, or of so many calls that they
/// are kept in another number of slices, starts the count anew.
#[derive(Debug)]
pub struct Window {
    word: AtomicU64,
}

impl Default for Window {
    fn default() -> Self {
        Self { word: AtomicU64::new(0) }
    }
}

impl Window {
    /// Asks for one call.
    ///
    /// # Errors
    /// If the allowance is used up; nothing is written then.
    pub fn admit(&self, allowance: Allowance, now: Timestamp) -> Verdict {
        let slices = Slices::of(allowance);
        change(&self.word, |word| {
            let seen = slices.seen(word, now);
            seen.verdict(allowance).map(|admitted| (seen.word() + 1, admitted))
        })
    }

    /// What [`admit`](Self::admit) would answer, without asking.
    pub fn peek(&self, allowance: Allowance, now: Timestamp) -> Verdict {
        let word = self.word.load(Ordering::Relaxed);
        Slices::of(allowance).seen(word, now).verdict(allowance)
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        self.word.store(0, Ordering::Relaxed);
    }
}

/// How the calls of an allowance are kept.
#[derive(Clone, Copy)]
struct Slices {
    bits: u32,
    number: u32,
    length_ms: u64,
}

impl Slices {
    fn of(allowance: Allowance) -> Self {
        let (bits, number) = match allowance.calls {
            0..32 => (5, 10),
            32..128 => (7, 7),
            128..1_024 => (10, 5),
            1_024..65_536 => (16, 3),
            _ => (25, 2),
        };
        let window_ms = u64::from(allowance.window_s.clamp(1, LONGEST_S)) * 1000;
        Self { bits, number, length_ms: window_ms.div_ceil(u64::from(number) - 1) }
    }

    /// What a word says at `now`.
    fn seen(self, word: u64, now: Timestamp) -> Seen {
        let now_ms = u64::try_from(now.0).unwrap_or(0);
        let (slice, elapsed_ms) = (now_ms / self.length_ms, now_ms % self.length_ms);
        let kept = word >> SLICE_SHIFT;
        let counts = word & self.all();
        let (slice, counts, elapsed_ms) = match slice.wrapping_sub(kept) & SLICES_MASK {
            // Another thread read the clock a little later than this one and has begun the next slice.
            SLICES_MASK => (kept, counts, 0),
            age if age < u64::from(self.number) => {
                (slice, counts << (age as u32 * self.bits) & self.all(), elapsed_ms)
            }
            _ => (slice, 0, elapsed_ms),
        };
        Seen { slices: self, slice: slice & SLICES_MASK, counts, elapsed_ms }
    }

    fn all(self) -> u64 {
        (1 << (self.bits * self.number)) - 1
    }
}

/// The calls as they are at one moment.
struct Seen {
    slices: Slices,
    slice: u64,
    counts: u64,
    elapsed_ms: u64,
}

impl Seen {
    /// These calls, as they are kept.
    fn word(&self) -> u64 {
        self.slice << SLICE_SHIFT | self.counts
    }

    /// The calls in the slice that is `age` slices old.
    fn in_slice(&self, age: u32) -> u64 {
        self.counts >> (age * self.slices.bits) & ((1 << self.slices.bits) - 1)
    }

    fn verdict(&self, allowance: Allowance) -> Verdict {
        let most = u64::from(allowance.calls.min(MOST_CALLS));
        let count: u64 = (0..self.slices.number).map(|age| self.in_slice(age)).sum();
        match most.checked_sub(count + 1) {
            Some(remaining) => Ok(Admitted { remaining }),
            None => Err(self.refused(count + 1 - most)),
        }
    }

    /// How long until at least `excess` calls have been forgotten, the oldest slice first.
    fn refused(&self, excess: u64) -> Refused {
        let mut forgotten = 0;
        let mut ages = (0..self.slices.number).rev();
        let before = ages.position(|age| {
            forgotten += self.in_slice(age);
            forgotten >= excess
        });
        let slices = before.map_or(self.slices.number, |before| before as u32 + 1);
        let wait_ms = u64::from(slices) * self.slices.length_ms - self.elapsed_ms;
        Refused { retry_after: Duration::from_millis(wait_ms) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALLOWANCE: Allowance = Allowance { calls: 100, window_s: 300 };

    fn take(window: &Window, allowance: Allowance, at: i64, calls: usize) -> usize {
        (0..calls).filter(|_| window.admit(allowance, Timestamp(at)).is_ok()).count()
    }

    #[test]
    fn a_hundred_calls_in_five_minutes_and_not_one_more() {
        let window = Window::default();
        assert_eq!(take(&window, ALLOWANCE, 49_999, 500), 100);
        assert_eq!(take(&window, ALLOWANCE, 349_998, 500), 0);
        assert_eq!(take(&window, ALLOWANCE, 350_000, 500), 100, "forgotten a slice later at most");
    }

    #[test]
    fn the_border_of_two_windows_gives_no_second_burst() {
        for border in [50_000, 300_000, 600_000] {
            let window = Window::default();
            assert_eq!(take(&window, ALLOWANCE, border - 1, 500), 100);
            assert_eq!(take(&window, ALLOWANCE, border, 500), 0);
        }
    }

    /// Ten seconds in nine slices of 1,112 ms: ten of them remember 11,120 ms, which is 8 more than a window and a slice.
    #[test]
    fn a_call_is_forgotten_when_its_slice_is_and_not_before() {
        let (window, allowance) = (Window::default(), Allowance { calls: 1, window_s: 10 });
        assert_eq!(take(&window, allowance, 0, 1), 1);
        assert_eq!(take(&window, allowance, 11_119, 1), 0);
        assert_eq!(take(&window, allowance, 11_120, 1), 1);
    }

    #[test]
    fn refused_calls_do_not_push_the_window() {
        let hammered = Window::default();
        let admitted: usize = (0..3_500).map(|s| take(&hammered, ALLOWANCE, s * 1000, 30)).sum();
        assert_eq!(admitted, 1_000, "a hundred every 350 seconds, however much it hammers");
    }

    #[test]
    fn a_clock_read_a_little_earlier_by_another_thread_loses_nothing() {
        let window = Window::default();
        assert_eq!(take(&window, ALLOWANCE, 300_000, 60), 60);
        assert_eq!(take(&window, ALLOWANCE, 299_999, 60), 40);
        assert_eq!(take(&window, ALLOWANCE, 300_001, 60), 0);
    }

    #[test]
    fn a_clock_set_back_starts_anew() {
        let window = Window::default();
        take(&window, ALLOWANCE, 86_400_000, 100);
        assert_eq!(take(&window, ALLOWANCE, 0, 10), 10);
    }

    #[test]
    fn extreme_allowances_and_moments_are_answered() {
        for calls in [0, 1, 31, 127, 1_023, 65_535, MOST_CALLS, u32::MAX] {
            for window_s in [0, 1, u32::MAX] {
                for at in [i64::MIN, -1, 0, i64::MAX] {
                    for word in [0, u64::MAX] {
                        let window = Window { word: AtomicU64::new(word) };
                        let _ = window.admit(Allowance { calls, window_s }, Timestamp(at));
                    }
                }
            }
        }
    }

    /// Gaps between calls in milliseconds: mostly bursts, sometimes pauses of up to two windows of ten seconds.
    fn gaps() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(prop_oneof![4 => 0i64..400, 1 => 0i64..20_000], 1..400)
    }

    /// So many calls in ten seconds, kept in ten slices and in seven.
    fn allowances() -> impl Strategy<Value = Allowance> {
        let calls = prop_oneof![1u32..30, 32u32..50];
        calls.prop_map(|calls| Allowance { calls, window_s: 10 })
    }

    proptest! {
        /// Against an exact log of calls, with the bounds that the module states.
        #[test]
        fn it_stays_within_its_bounds_of_an_exact_log(allowance in allowances(), gaps in gaps()) {
            let slices = Slices::of(allowance);
            let longest_ms = (u64::from(slices.number) * slices.length_ms) as i64;
            let (window, mut log, mut now) = (Window::default(), Vec::<i64>::new(), 0);
            for gap in gaps {
                now += gap;
                let within = |span: i64| log.iter().filter(|at| now - **at < span).count() as u32;
                if window.admit(allowance, Timestamp(now)).is_ok() {
                    prop_assert!(within(10_000) < allowance.calls, "one too many in a window");
                    log.push(now);
                } else {
                    prop_assert!(within(longest_ms) >= allowance.calls, "refused who was quiet");
                }
            }
        }

        #[test]
        fn who_waits_as_told_is_admitted_and_not_a_millisecond_before(
            allowance in allowances(), gaps in gaps(),
        ) {
            let (window, mut now) = (Window::default(), 0);
            for gap in gaps {
                now += gap;
                if let Err(refused) = window.admit(allowance, Timestamp(now)) {
                    let wait = refused.retry_after.as_millis() as i64;
                    prop_assert!(window.peek(allowance, Timestamp(now + wait - 1)).is_err());
                    prop_assert!(window.peek(allowance, Timestamp(now + wait)).is_ok());
                }
            }
        }

        #[test]
        fn what_remains_is_what_is_admitted_at_once(allowance in allowances(), gaps in gaps()) {
            let (window, mut now) = (Window::default(), 0);
            for gap in gaps {
                now += gap;
                let _ = window.admit(allowance, Timestamp(now));
            }
            let left = window.peek(allowance, Timestamp(now)).map_or(0, |left| left.remaining + 1);
            prop_assert_eq!(take(&window, allowance, now, 100) as u64, left);
        }
    }
}
