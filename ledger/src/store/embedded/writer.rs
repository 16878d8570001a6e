//! The threads that write the logs: take a group, write it, sync, say so.

use super::log::Log;
use super::sequencer::{Group, Sequencer};
use super::upkeep::Upkeep;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The share of the last sync that a gathering writer waits for more commits.
const GATHERING: f64 = 0.25;

/// One log's thread; see the [module](self).
pub(super) struct Writer {
    pub(super) log: Log,
    pub(super) sequencer: Arc<Sequencer>,
    pub(super) upkeep: Arc<Upkeep>,
    pub(super) gather: bool,
}

impl Writer {
    /// Works until the sequencer has no more, or the disk fails.
    pub(super) fn run(mut self) {
        let mut patience = Duration::ZERO;
        while let Some(group) = self.sequencer.take(patience) {
            match self.persist(&group) {
                Ok(sync) if self.gather => patience = sync.mul_f64(GATHERING),
                Ok(_) => {}
                Err(error) => return self.sequencer.fail(format!("writing the log: {error}")),
            }
        }
    }

    /// Brings `group` to disk; returns how long the sync took.
    fn persist(&mut self, group: &Group) -> io::Result<Duration> {
        let rolled = self.log.write(&group.commits, self.sequencer.durable())?;
        let start = Instant::now();
        self.log.sync()?;
        let sync = start.elapsed();
        self.sequencer.finish(group);
        if rolled {
            self.upkeep.wake();
        }
        Ok(sync)
    }
}
