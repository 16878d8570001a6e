//! Letting days pass in a sandbox.

use super::{Effects, Outcome};
use crate::keys::{Key, Meta};
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};

/// Moves the clock forward, for good: it is as far ahead after a restart. Once committed, the ledger moves its
/// [`Clock`](opencowin_model::Clock).
#[derive(Clone, Copy, Debug)]
pub struct AdvanceClock {
    /// By how many seconds.
    pub by_seconds: u32,
}

impl AdvanceClock {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let before = view.clock_ahead()?.copied().unwrap_or(0);
        let ahead_ms = before.saturating_add(i64::from(self.by_seconds) * 1000);
        let writes = vec![(Key::Meta(Meta::ClockAhead), Some(Row::ClockAhead(ahead_ms)))];
        Ok(Effects { writes, outcome: Outcome::ClockAdvanced { ahead_ms } })
    }
}
