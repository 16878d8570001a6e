//! What centres have of each batch, and what came and went.

use super::Reader;
use crate::keys::Key;
use crate::records::{Movement, Row, Stock};
use crate::request::Failure;
use opencowin_model::{Batch, CentreId, Timestamp, VaccineId};
use std::ops::Range;
use uuid::Uuid;

/// What a centre has, by vaccine and batch.
pub type Stocks = Vec<(VaccineId, Batch, Stock)>;

/// Movements with their moment and id, in order.
pub type Movements = Vec<(Timestamp, Uuid, Movement)>;

impl Reader {
    /// What a centre has of each batch that it ever received.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn stock(&self, centre: CentreId) -> Result<Stocks, Failure> {
        let rows = self.rows(self.layout().stock_of(centre)).await?;
        let stock = |(key, row)| match (key, row) {
            (Key::Stock(_, vaccine, batch), Row::Stock(stock)) => Some((vaccine, batch, stock)),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(stock).collect())
    }

    /// What came to a centre's stock, or left it but into people, from one moment up to but not including another.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn movements(
        &self,
        centre: CentreId,
        moments: Range<Timestamp>,
    ) -> Result<Movements, Failure> {
        let rows = self.rows(self.layout().movements_of(centre, moments)).await?;
        let movement = |(key, row)| match (key, row) {
            (Key::Movement(_, at, id), Row::Movement(movement)) => Some((at, id, movement)),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(movement).collect())
    }
}
