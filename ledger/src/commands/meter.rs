//! Writing down what keys were used for.

use super::{Effects, Outcome};
use crate::keys::Key;
use crate::records::{Row, Usage};
use crate::view::Stop;
use opencowin_model::Date;
use uuid::Uuid;

/// Writes down what keys were used for on a day, as one gateway has counted it. The counts are the day's whole, and no
/// other process writes the same rows, so that repeating it does no harm and losing it costs what was counted since.
#[derive(Clone, Debug)]
pub struct Meter {
    /// The gateway: an id made at each start.
    pub gateway: Uuid,
    /// The day, in the programme's time zone.
    pub day: Date,
    /// Keys by their id, with their use since the day or the process began.
    pub usage: Vec<(Uuid, Usage)>,
}

impl Meter {
    pub(super) fn decide(&self) -> Result<Effects, Stop> {
        let row = |(key, usage): &(Uuid, Usage)| {
            (Key::Usage(self.day, *key, self.gateway), Some(Row::Usage(usage.clone())))
        };
        Ok(Effects { writes: self.usage.iter().map(row).collect(), outcome: Outcome::Passed })
    }
}
