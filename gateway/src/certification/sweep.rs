//! Where a look at a queue begins.
//!
//! A row that was taken out of a queue costs time to pass over until the store has forgotten it, which is a while: whoever looked
//! at a busy queue from its first row twenty times a second would do little else. So a look begins at what was written since
//! the last one, and a little before; now and then, and after one that failed, it begins at the first row, for what was written
//! late or lies where it was put again.

use opencowin_ledger::records::waiting_since;
use opencowin_model::Timestamp;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How much longer than to its commit a row may take, in milliseconds, and still be seen by the next look.
const SLACK_MS: i64 = 2_000;

/// How often a look begins at the first row.
const WHOLE: Duration = Duration::from_secs(10);

/// Looks at one queue.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// When the last look began, if all went well with it.
    since: Option<Timestamp>,
    whole: Option<Instant>,
}

/// A look that has begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Behind which row it begins; at the first, if behind none.
    pub(super) after: Option<Uuid>,
    clock: Timestamp,
}

impl Sweep {
    /// Begins a look, by the ledger's clock.
    pub(super) fn begin(&mut self, now: Instant, clock: Timestamp) -> Look {
        let is_due = self.whole.is_none_or(|whole| now.saturating_duration_since(whole) >= WHOLE);
        let since = self.since.filter(|_| !is_due);
        if since.is_none() {
            self.whole = Some(now);
        }
        Look { after: since.map(|since| waiting_since(since.plus_ms(-SLACK_MS))), clock }
    }

    /// Ends it. What did not go well is looked at again.
    pub(super) fn end(&mut self, look: Look, went_well: bool) {
        self.since = went_well.then_some(look.clock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: Timestamp = Timestamp(1_619_605_800_000);

    #[test]
    fn a_look_begins_a_little_before_the_last_one_did() {
        let (mut sweep, now) = (Sweep::default(), Instant::now());
        let first = sweep.begin(now, CLOCK);
        assert_eq!(first.after, None);
        sweep.end(first, true);
        let second = sweep.begin(now + Duration::from_millis(50), CLOCK.plus_ms(50));
        assert_eq!(second.after, Some(waiting_since(CLOCK.plus_ms(-SLACK_MS))));
        sweep.end(second, true);
        let third = sweep.begin(now + Duration::from_millis(100), CLOCK.plus_ms(100));
        assert_eq!(third.after, Some(waiting_since(CLOCK.plus_ms(50 - SLACK_MS))));
    }

    #[test]
    fn all_is_looked_at_now_and_then_and_after_a_failure() {
        let (mut sweep, now) = (Sweep::default(), Instant::now());
        let first = sweep.begin(now, CLOCK);
        sweep.end(first, false);
        let second = sweep.begin(now + Duration::from_secs(1), CLOCK);
        assert_eq!(second.after, None, "the first failed");
        sweep.end(second, true);
        assert!(sweep.begin(now + Duration::from_secs(2), CLOCK).after.is_some());
        assert_eq!(sweep.begin(now + Duration::from_secs(11), CLOCK).after, None);
    }
}
