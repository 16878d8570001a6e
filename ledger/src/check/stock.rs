//! Stock: what a centre has of a batch is what came and went, and is never below zero. What was given out of it is held
//! against the events when [figures](super::figures) are recounted.

use super::Violation;
use super::snapshot::{Check, Chunk, Rows};
use crate::keys::{Key, Kind};
use crate::records::{Moved, Movement, Row, Stock};
use crate::store::ReadError;
use opencowin_model::{Batch, CentreId, VaccineId};
use std::collections::BTreeMap;

/// Centres whose stock is verified at once, with all movements.
const CHUNK: usize = 64;

/// A centre's stock of a batch.
type Place = (CentreId, VaccineId, Batch);

/// Doses that moved: received, wasted, sent.
type Sums = [u64; 3];

pub(super) async fn verify(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut after = None;
    loop {
        check.refresh().await?;
        let range = check.layout().by_centre(Kind::Centre, after, None);
        let Chunk { rest, last, .. } = check.chunk(range, CHUNK).await?;
        // Where no more centres follow, nothing else may either.
        let last = rest.and(last).and_then(|key| match key {
            Key::Centre(id) => Some(id),
            _ => None,
        });
        let stock = check.all(check.layout().by_centre(Kind::Stock, after, last)).await?;
        let movements = check.all(check.layout().by_centre(Kind::Movement, after, last)).await?;
        verify_stock(check, &stock, &sums(&movements));
        match last {
            Some(_) => after = last,
            None => return Ok(()),
        }
    }
}

fn sums(movements: &Rows) -> BTreeMap<Place, Sums> {
    let mut sums: BTreeMap<Place, Sums> = BTreeMap::new();
    for row in movements {
        let (Key::Movement(centre, ..), Row::Movement(movement)) = row else { continue };
        let Movement { what, doses, vaccine, batch, .. } = *movement;
        let sum = sums.entry((*centre, vaccine, batch)).or_default();
        match what {
            Moved::Received | Moved::CameFrom(_) => sum[0] += u64::from(doses),
            Moved::Wasted(_) => sum[1] += u64::from(doses),
            Moved::SentTo(_) => sum[2] += u64::from(doses),
        }
    }
    sums
}

fn verify_stock(check: &mut Check<'_>, rows: &Rows, sums: &BTreeMap<Place, Sums>) {
    let stock = |(key, row): &(Key, Row)| match (key, row) {
        (Key::Stock(centre, vaccine, batch), Row::Stock(stock)) => {
            Some(((*centre, *vaccine, *batch), *stock))
        }
        _ => None,
    };
    let stock: BTreeMap<Place, Stock> = rows.iter().filter_map(stock).collect();
    for (place @ (centre, vaccine, batch), stock) in &stock {
        if stock.balance() < 0 {
            let (centre, vaccine, batch) = (*centre, *vaccine, *batch);
            check.report(Violation::StockBelowZero { centre, vaccine, batch });
        }
        compare(check, *place, stock, sums.get(place).copied().unwrap_or_default());
    }
    for (place, sums) in sums.iter().filter(|(place, _)| !stock.contains_key(*place)) {
        compare(check, *place, &Stock::empty(opencowin_model::Date::ZERO), *sums);
    }
}

fn compare(check: &mut Check<'_>, (centre, vaccine, batch): Place, stock: &Stock, sums: Sums) {
    let counts = [("received", stock.received), ("wasted", stock.wasted), ("sent", stock.sent)];
    for ((what, counted), moved) in counts.into_iter().zip(sums) {
        if u64::from(counted) != moved {
            let place = Violation::StockDiffers { centre, vaccine, batch, what, counted, moved };
            check.report(place);
        }
    }
}
