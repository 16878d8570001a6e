//! Says that a member is alive, whatever else keeps the process busy.

use super::body::Limb;
use super::{Common, joining};
use crate::commands::Command;
use crate::engine::Engine;
use crate::store::ReadError;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Heartbeats in a term.
const BEATS: u32 = 6;

/// Everything that the heart's thread owns.
pub(crate) struct Heart<L> {
    engine: Arc<Engine>,
    common: Arc<Common>,
    limb: L,
    random: StdRng,
    beat_every: Duration,
    beats: u64,
    last_beat: Option<Instant>,
}

impl<L: Limb> Heart<L> {
    pub(crate) fn new(
        engine: Arc<Engine>,
        common: Arc<Common>,
        limb: L,
        random: StdRng,
        term: Duration,
    ) -> Self {
        let beat_every = term / BEATS;
        Self { engine, common, limb, random, beat_every, beats: 0, last_beat: None }
    }

    /// How often it is to be asked to live.
    pub(crate) fn every(&self) -> Duration {
        self.beat_every
    }

    /// Says that we live, if it is time to.
    pub(crate) fn live(&mut self, now: Instant) -> Result<(), ReadError> {
        if self.last_beat.is_some_and(|last| now - last < self.beat_every) {
            return Ok(());
        }
        self.last_beat = Some(now);
        self.beats += 1;
        if !joining::beat(&self.engine, self.common.me(), self.beats, &mut self.random)? {
            // Whatever the lane does next, it finds out.
            self.limb.order(Command::Barrier);
        }
        Ok(())
    }
}
