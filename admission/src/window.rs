//! Calls per window: a sliding count on one word.
//!
//! Time is cut into periods of the window's length. The word holds the calls admitted in the current period and in the one
//! before; the count is the current one's, plus the share of the one before that the window still overlaps, rounded up:
//!
//! ```text
//!  63 … 48           47 … 24            23 … 0
//!  period mod 2¹⁶    in the one before  in this period        count = this + ⌈before × (1 − elapsed ÷ window)⌉
//! ```
//!
//! # How exact that is
//!
//! A log of every call would cost memory per call. This takes 8 bytes, and pays with knowing only *how many* calls the period
//! before had, not when. With an allowance of `L` calls in `W`:
//!
//! - no period of the clock has more than `L` calls, and no span of `x ≤ W` more than `L × (1 + x ÷ W)`: nobody gets a double
//!   burst at the border of two windows, as fixed windows allow, but a client that burst at the end of one period and
//!   is patient after it can have up to `2 L` within a `W`;
//! - it never refuses who made fewer than `L` calls in the last `2 W`, so who waits recovers wholly after `2 W`, and
//!   begins to after `W`;
//! - it is off by at most the calls of the period before. Calls spread evenly are counted to within one.
//!
//! Refused calls are not counted. A period's number is kept modulo 2¹⁶: who comes back after exactly that many windows (227 days of
//! five minutes) may find an old count.

use crate::sync::{AtomicU64, Ordering, change};
use crate::verdict::{Admitted, Refused, Verdict};
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The most calls that an allowance can have: 16,777,215.
pub const MOST_CALLS: u32 = (1 << 24) - 1;

/// The longest window, in seconds: 31 days.
pub const LONGEST_S: u32 = 31 * 86_400;

/// So many calls in any window of so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// How many calls; at most [`MOST_CALLS`].
    pub calls: u32,
    /// The window's length in seconds; at most [`LONGEST_S`].
    pub window_s: u32,
}

impl Allowance {
    fn window_ms(self) -> u64 {
        u64::from(self.window_s.clamp(1, LONGEST_S)) * 1000
    }
}

/// One client's use of one allowance: 8 bytes, unused when made. Giving an allowance another length starts the count anew.
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
        change(&self.word, |word| {
            let seen = Seen::new(word, allowance, now);
            seen.verdict(allowance).map(|admitted| (seen.word() + 1, admitted))
        })
    }

    /// What [`admit`](Self::admit) would answer, without asking.
    pub fn peek(&self, allowance: Allowance, now: Timestamp) -> Verdict {
        Seen::new(self.word.load(Ordering::Relaxed), allowance, now).verdict(allowance)
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        self.word.store(0, Ordering::Relaxed);
    }
}

/// The counts as they are at one moment.
struct Seen {
    period: u16,
    before: u64,
    current: u64,
    elapsed_ms: u64,
    window_ms: u64,
}

impl Seen {
    fn new(word: u64, allowance: Allowance, now: Timestamp) -> Self {
        let window_ms = allowance.window_ms();
        let now_ms = u64::try_from(now.0).unwrap_or(0);
        let (period, elapsed_ms) = ((now_ms / window_ms) as u16, now_ms % window_ms);
        let (kept, counts) = ((word >> 48) as u16, [word >> 24 & MASK, word & MASK]);
        let [before, current] = counts;
        let seen = |period, before, current, elapsed_ms| Self {
            period,
            before,
            current,
            elapsed_ms,
            window_ms,
        };
        match period.wrapping_sub(kept) {
            0 => seen(period, before, current, elapsed_ms),
            1 => seen(period, current, 0, elapsed_ms),
            // Another thread read the clock a little later than this one and has begun the next period.
            u16::MAX => seen(kept, before, current, 0),
            _ => seen(period, 0, 0, elapsed_ms),
        }
    }

    /// These counts, as they are kept.
    fn word(&self) -> u64 {
        u64::from(self.period) << 48 | self.before << 24 | self.current
    }

    fn count(&self) -> u64 {
        if self.before == 0 {
            return self.current;
        }
        let overlap_ms = self.window_ms - self.elapsed_ms;
        self.current + (self.before * overlap_ms).div_ceil(self.window_ms)
    }

    fn verdict(&self, allowance: Allowance) -> Verdict {
        let most = u64::from(allowance.calls.min(MOST_CALLS));
        match most.checked_sub(self.count() + 1) {
            Some(remaining) => Ok(Admitted { remaining }),
            None => Err(Refused { retry_after: Duration::from_millis(self.wait_ms(most)) }),
        }
    }

    /// How long until one more call fits under `most`.
    fn wait_ms(&self, most: u64) -> u64 {
        let until = |before: u64, room: u64| {
            let tolerated_ms = (room * self.window_ms).checked_div(before);
            self.window_ms.saturating_sub(tolerated_ms.unwrap_or(self.window_ms))
        };
        match most.checked_sub(self.current + 1) {
            Some(room) => until(self.before, room).saturating_sub(self.elapsed_ms),
            None => {
                let next = self.window_ms - self.elapsed_ms;
                next + until(self.current, most.saturating_sub(1))
            }
        }
    }
}

const MASK: u64 = MOST_CALLS as u64;

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
        assert_eq!(take(&window, ALLOWANCE, 0, 500), 100);
        assert_eq!(take(&window, ALLOWANCE, 299_999, 500), 0);
        assert_eq!(take(&window, ALLOWANCE, 600_000, 500), 100, "all forgotten after two windows");
    }

    #[test]
    fn the_border_of_two_windows_gives_no_second_burst() {
        let window = Window::default();
        assert_eq!(take(&window, ALLOWANCE, 299_999, 500), 100);
        assert_eq!(take(&window, ALLOWANCE, 300_000, 500), 0);
        assert_eq!(
            take(&window, ALLOWANCE, 330_000, 500),
            10,
            "a tenth of a window later, a tenth"
        );
    }

    #[test]
    fn refused_calls_do_not_push_the_window() {
        let hammered = Window::default();
        let admitted: usize = (0..2_000).map(|s| take(&hammered, ALLOWANCE, s * 1000, 3)).sum();
        let polite = Window::default();
        let waited: usize = (0..2_000).map(|s| take(&polite, ALLOWANCE, s * 1000, 1)).sum();
        assert!(admitted >= 600 && admitted >= waited, "{admitted} of a client that hammers");
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
        for calls in [0, 1, MOST_CALLS, u32::MAX] {
            for window_s in [0, 1, u32::MAX] {
                for at in [i64::MIN, -1, 0, i64::MAX] {
                    let window = Window { word: AtomicU64::new(u64::MAX) };
                    let _ = window.admit(Allowance { calls, window_s }, Timestamp(at));
                }
            }
        }
    }

    /// Gaps between calls in milliseconds: mostly bursts, sometimes pauses of up to two windows of ten seconds.
    fn gaps() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(prop_oneof![4 => 0i64..400, 1 => 0i64..20_000], 1..400)
    }

    proptest! {
        /// Against an exact log of calls, with the bounds that the module states.
        #[test]
        fn it_stays_within_its_bounds_of_an_exact_log(calls in 1u32..30, gaps in gaps()) {
            let allowance = Allowance { calls, window_s: 10 };
            let (window, mut log, mut now) = (Window::default(), Vec::<i64>::new(), 0);
            for gap in gaps {
                now += gap;
                let within = |span: i64| log.iter().filter(|at| now - **at < span).count() as u32;
                let admitted = window.admit(allowance, Timestamp(now)).is_ok();
                prop_assert!(admitted || within(20_000) >= calls, "refused who was quiet");
                if admitted {
                    log.push(now);
                }
            }
            for (i, from) in log.iter().enumerate() {
                for (n, to) in log[i..].iter().enumerate().take_while(|(_, to)| *to - from < 10_000) {
                    let most = f64::from(calls) * (1.0 + (to - from) as f64 / 10_000.0);
                    prop_assert!((n + 1) as f64 <= most + 1e-6, "{} in {} ms", n + 1, to - from);
                    prop_assert!(to / 10_000 != from / 10_000 || n < calls as usize);
                }
            }
        }

        #[test]
        fn who_waits_as_told_is_admitted_and_not_a_millisecond_before(
            calls in 1u32..30, gaps in gaps(),
        ) {
            let allowance = Allowance { calls, window_s: 10 };
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
        fn what_remains_is_what_is_admitted_at_once(calls in 1u32..30, gaps in gaps()) {
            let allowance = Allowance { calls, window_s: 10 };
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
