//! What was counted, of all members together.

use super::Reader;
use crate::keys::{Key, Kind};
use crate::records::{Figures, Row, Signals, Sites};
use crate::request::Failure;
use opencowin_model::{Batch, Date, DistrictId, VaccineId};
use std::collections::BTreeMap;

impl Reader {
    /// What was counted on the days from one to another, both included, by day and district.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn figures(
        &self,
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<(Date, DistrictId), Figures>, Failure> {
        let mut sums: BTreeMap<_, Figures> = BTreeMap::new();
        for row in self.rows(self.layout().by_day(Kind::Figures, from, to)).await? {
            if let (Key::Figures(day, district, _), Row::Figures(figures)) = row {
                sums.entry((day, district)).or_default().add(&figures);
            }
        }
        Ok(sums)
    }

    /// What was counted on all days together, by district.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn all_figures(&self) -> Result<BTreeMap<DistrictId, Figures>, Failure> {
        let mut sums: BTreeMap<_, Figures> = BTreeMap::new();
        for row in self.rows(self.layout().all(Kind::AllFigures)).await? {
            if let (Key::AllFigures(district, _), Row::Figures(figures)) = row {
                sums.entry(district).or_default().add(&figures);
            }
        }
        Ok(sums)
    }

    /// Which centres hold sessions on a day, by district.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn sites(&self, day: Date) -> Result<BTreeMap<DistrictId, Sites>, Failure> {
        let mut sums: BTreeMap<_, Sites> = BTreeMap::new();
        for row in self.rows(self.layout().by_day(Kind::Sites, day, day)).await? {
            if let (Key::Sites(_, district, _), Row::Sites(sites)) = row {
                sums.entry(district).or_default().add(&sites);
            }
        }
        Ok(sums)
    }

    /// What was counted of a batch, everywhere.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn signals(&self, vaccine: VaccineId, batch: Batch) -> Result<Signals, Failure> {
        let mut sum = Signals::default();
        for row in self.rows(self.layout().signals_of(vaccine, batch)).await? {
            if let (Key::Signals(..), Row::Signals(signals)) = row {
                sum.add(&signals);
            }
        }
        Ok(sum)
    }
}
