//! Whether a provider is worth trying.
//!
//! ```text
//! closed --3 failures in a row--> open --its time is over--> half open --accepted--> closed
//!                                  ^                             |
//!                                  +------- twice the time ------+ failed
//! ```
//! While it is open nothing is sent, so that a dead provider costs nobody its timeout; half open, one message finds out.

use std::time::{Duration, Instant};

/// Failures in a row that open it.
const FAILURES: u32 = 3;

/// How long it is open the first time.
const FIRST: Duration = Duration::from_secs(2);

/// How long it is open at most.
const LONGEST: Duration = Duration::from_secs(30);

/// The circuit of one provider.
#[derive(Debug)]
pub struct Circuit {
    state: State,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, pause: Duration },
    HalfOpen { pause: Duration },
}

impl Default for Circuit {
    fn default() -> Self {
        Self { state: State::Closed { failures: 0 } }
    }
}

impl Circuit {
    /// Whether a message may be tried; if so, what became of it must be told.
    pub fn admits(&mut self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { until, pause } if until <= now => {
                self.state = State::HalfOpen { pause };
                true
            }
            State::Open { .. } | State::HalfOpen { .. } => false,
        }
    }

    /// The provider answered. Whether it had been given up.
    pub fn succeeded(&mut self) -> bool {
        let was = std::mem::take(self);
        !matches!(was.state, State::Closed { .. })
    }

    /// The provider failed. Whether it is given up by this.
    pub fn failed(&mut self, now: Instant) -> bool {
        let pause = match &mut self.state {
            State::Closed { failures } if *failures + 1 < FAILURES => {
                *failures += 1;
                return false;
            }
            State::Closed { .. } => FIRST,
            State::HalfOpen { pause } => (*pause * 2).min(LONGEST),
            // Messages that were under way when it opened.
            State::Open { .. } => return false,
        };
        self.state = State::Open { until: now + pause, pause };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Circuit {
        let mut circuit = Circuit::default();
        assert_eq!([0; 3].map(|_| circuit.failed(now)), [false, false, true]);
        circuit
    }

    #[test]
    fn a_single_failure_between_answers_changes_nothing() {
        let (mut circuit, now) = (Circuit::default(), Instant::now());
        for _ in 0..10 {
            circuit.failed(now);
            circuit.failed(now);
            assert!(circuit.admits(now) && !circuit.succeeded());
        }
    }

    #[test]
    fn three_failures_close_the_way_and_one_message_opens_it_again() {
        let now = Instant::now();
        let mut circuit = opened(now);
        assert!(!circuit.admits(now));
        assert!(circuit.admits(now + FIRST), "the probe");
        assert!(!circuit.admits(now + FIRST), "one at a time");
        assert!(circuit.succeeded() && circuit.admits(now + FIRST));
    }

    #[test]
    fn a_provider_that_stays_dead_is_tried_less_and_less() {
        let mut now = Instant::now();
        let mut circuit = opened(now);
        for pause in [2, 4, 8, 16, 30, 30].map(Duration::from_secs) {
            assert!(!circuit.admits(now + pause - Duration::from_millis(1)));
            now += pause;
            assert!(circuit.admits(now));
            circuit.failed(now);
        }
    }

    #[test]
    fn failures_of_messages_that_were_under_way_do_not_lengthen_the_pause() {
        let now = Instant::now();
        let mut circuit = opened(now);
        assert!(!circuit.failed(now + FIRST / 2));
        assert!(circuit.admits(now + FIRST));
    }
}
