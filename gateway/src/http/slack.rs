//! Slack: connections on which somebody is given more time than others are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether the deadlines of one connection are suspended, because a request on it keeps deadlines of its own. Whoever
/// uploads a long file and reads nothing of the answer meanwhile would otherwise count as one that has stopped reading.
#[derive(Clone, Debug, Default)]
pub struct Slack(Arc<AtomicUsize>);

impl Slack {
    /// Suspends the deadlines until what this answers is dropped.
    pub fn give(&self) -> Given {
        self.0.fetch_add(1, Ordering::Relaxed);
        Given(self.clone())
    }

    /// Whether they are suspended.
    pub fn is_given(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// Deadlines are suspended while this lives.
#[derive(Debug)]
pub struct Given(Slack);

impl Drop for Given {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_suspended_until_the_last_to_whom_slack_was_given_is_done() {
        let slack = Slack::default();
        let (first, second) = (slack.give(), slack.give());
        drop(first);
        assert!(slack.is_given());
        drop(second);
        assert!(!slack.is_given());
    }
}
