//! Notices when a target stops answering for a moment.

use std::time::{Duration, Instant};

/// Times during which nothing was answered although something was asked, as one thread sees them.
#[derive(Debug, Default)]
pub struct Stalls {
    asked: usize,
    last: Option<Instant>,
    /// The usual time between two answers, in seconds, smoothed over a few hundred.
    usual_s: f64,
    found: Vec<(Instant, Duration)>,
}

/// Shorter pauses are not told apart from those of a scheduler.
const LEAST: Duration = Duration::from_millis(50);

/// A stall is a time in which so many answers were to be expected.
const EXPECTED: f64 = 10.0;

/// The most that are remembered.
const MOST: usize = 10_000;

impl Stalls {
    /// A request was sent.
    pub fn asked(&mut self, now: Instant) {
        self.asked += 1;
        if self.asked == 1 {
            self.last = Some(now);
        }
    }

    /// An answer came, or will not come any more. `awake_since` is the last moment before at which this thread is known to
    /// have looked: a pause of its own is no fault of the target.
    pub fn answered(&mut self, now: Instant, awake_since: Instant) {
        self.asked = self.asked.saturating_sub(1);
        let Some(last) = self.last.replace(now) else { return };
        let gap = now.saturating_duration_since(last);
        let asleep = now.saturating_duration_since(awake_since);
        if gap >= LEAST
            && asleep < LEAST / 2
            && self.usual_s > 0.0
            && gap.as_secs_f64() / self.usual_s >= EXPECTED
        {
            if self.found.len() < MOST {
                self.found.push((last, gap));
            }
            return;
        }
        let weight = if self.usual_s == 0.0 { 1.0 } else { 0.01 };
        self.usual_s += weight * (gap.as_secs_f64().max(1e-7) - self.usual_s);
    }

    /// What was found: when each began, and how long it lasted.
    pub fn into_found(self) -> Vec<(Instant, Duration)> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers at these milliseconds, each asked for at the first.
    fn found(answers: &[u64]) -> Vec<u128> {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut stalls = Stalls::default();
        answers.iter().for_each(|_| stalls.asked(at(0)));
        answers.iter().for_each(|ms| stalls.answered(at(*ms), at(*ms)));
        stalls.into_found().iter().map(|(_, gap)| gap.as_millis()).collect()
    }

    #[test]
    fn a_pause_among_quick_answers_is_a_stall_and_a_slow_target_is_not() {
        let quick: Vec<u64> = (1..500).chain(600..900).collect();
        assert_eq!(found(&quick), [101]);
        let slow: Vec<u64> = (1..50).map(|number| number * 100).collect();
        assert!(found(&slow).is_empty());
    }

    #[test]
    fn a_pause_of_the_generator_is_none_of_the_target() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut stalls = Stalls::default();
        (0..400).for_each(|_| stalls.asked(at(0)));
        (1..300).for_each(|ms| stalls.answered(at(ms), at(ms)));
        stalls.answered(at(400), at(300));
        assert!(stalls.into_found().is_empty());
    }

    #[test]
    fn a_time_in_which_nothing_was_asked_is_no_stall() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut stalls = Stalls::default();
        for second in 0..5 {
            stalls.asked(at(second * 1000));
            stalls.answered(at(second * 1000 + 1), at(second * 1000 + 1));
        }
        assert!(stalls.into_found().is_empty());
    }
}
