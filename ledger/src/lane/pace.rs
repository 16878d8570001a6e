//! How fast a lane commits: how many groups are under way, and how long a group waits to grow.

use std::time::{Duration, Instant};

/// The knobs of a lane. The defaults are measured; see `examples/booking_rate.rs`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Groups under way at once, at least 1. More only helps on an engine that tells their places before they are
    /// durable.
    pub depth: usize,
    /// How long a group may wait for more commands, as a fraction of the time that the last commit took. It never waits
    /// once it is as large as the last one: those who wait for an answer cannot send more.
    pub gather: f64,
    /// Most commands in a group.
    pub group: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { depth: 2, gather: 0.1, group: 1024 }
    }
}

/// Decides when a group is large enough.
#[derive(Debug)]
pub(super) struct Gathering {
    gather: f64,
    last_size: usize,
    last_commit: Duration,
    since: Option<Instant>,
}

impl Gathering {
    pub(super) fn new(pace: &Pace) -> Self {
        Self { gather: pace.gather, last_size: 1, last_commit: Duration::ZERO, since: None }
    }

    /// Until when a group that has so many commands now should wait for more; `None` if it should not.
    pub(super) fn wait_until(&mut self, commands: usize, now: Instant) -> Option<Instant> {
        if commands >= self.last_size {
            return None;
        }
        let until = *self.since.get_or_insert(now) + self.last_commit.mul_f64(self.gather);
        (now < until).then_some(until)
    }

    /// A group of this size set off.
    pub(super) fn launched(&mut self) {
        self.since = None;
    }

    /// A group of this size was committed after this time.
    pub(super) fn landed(&mut self, commands: usize, took: Duration) {
        self.last_size = commands.max(1);
        self.last_commit = took;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_waits_a_fraction_of_a_commit_for_those_just_answered() {
        let pace = Pace { gather: 0.25, ..Pace::default() };
        let (mut gathering, start) = (Gathering::new(&pace), Instant::now());
        assert_eq!(gathering.wait_until(1, start), None, "a single client is never held up");
        gathering.launched();
        gathering.landed(10, Duration::from_millis(4));
        let until = gathering.wait_until(3, start);
        assert_eq!(until, Some(start + Duration::from_millis(1)));
        let later = start + Duration::from_micros(999);
        assert_eq!(gathering.wait_until(4, later), until, "the wait does not start again");
        assert_eq!(gathering.wait_until(10, later), None, "all are there");
        assert_eq!(gathering.wait_until(4, start + Duration::from_millis(1)), None);
    }
}
