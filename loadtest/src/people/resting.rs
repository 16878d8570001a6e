//! Apps that were told to wait, and until when.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Apps that were told to wait, by the number of their person. An app that may ask again is forgotten.
#[derive(Debug, Default)]
pub struct Resting(HashMap<u64, Instant>);

impl Resting {
    /// One was told to wait for so long.
    pub fn told(&mut self, person: u64, now: Instant, wait: Duration) {
        self.0.insert(person, now + wait);
    }

    /// Whether one still has to wait.
    pub fn has(&mut self, person: u64, now: Instant) -> bool {
        let Some(until) = self.0.get(&person) else { return false };
        let rests = now < *until;
        if !rests {
            self.0.remove(&person);
        }
        rests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_rests_as_long_as_it_was_told_and_no_other_does() {
        let (mut resting, now) = (Resting::default(), Instant::now());
        let at = |seconds| now + Duration::from_secs(seconds);
        resting.told(7, now, Duration::from_secs(17));
        assert!(resting.has(7, at(16)) && !resting.has(8, at(16)));
        assert!(!resting.has(7, at(17)) && resting.0.is_empty());
    }
}
