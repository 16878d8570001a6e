//! What doses come out of: a centre's stock of a batch, which is never below zero.

use super::Refusal;
use super::Write;
use super::figures::Counting;
use crate::keys::Key;
use crate::records::{Row, Signals, Stock};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Batch, CentreId, Date, VaccineId};

/// The rows with a dose of a batch given to somebody on a day: the centre's stock, and what is counted of the batch.
///
/// # Errors
/// [`Refusal::NoSuchBatch`] if the centre never received it, [`Refusal::BatchExpired`], [`Refusal::BatchEmpty`]; or rows
/// are missing or damaged.
pub fn use_dose(
    centre: CentreId,
    vaccine: VaccineId,
    batch: &Batch,
    day: Date,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let stock = *view.stock(centre, vaccine, *batch)?.ok_or(Refusal::NoSuchBatch)?;
    if day > stock.expiry {
        return Err(Refusal::BatchExpired { expiry: stock.expiry }.into());
    }
    if stock.left() == 0 {
        return Err(Refusal::BatchEmpty.into());
    }
    given(1, centre, vaccine, *batch, Stock { used: stock.used + 1, ..stock }, view, context)
}

/// The rows with a dose back in stock that was recorded wrongly: it came out of another batch, or of none.
///
/// # Errors
/// Rows are missing or damaged; they are too if nothing of the batch was ever used here.
pub fn give_dose_back(
    centre: CentreId,
    vaccine: VaccineId,
    batch: &Batch,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let damaged = Stop::Damaged(Key::Stock(centre, vaccine, *batch));
    let stock = *view.stock(centre, vaccine, *batch)?.ok_or(damaged)?;
    let used = stock.used.checked_sub(1).ok_or(damaged)?;
    given(-1, centre, vaccine, *batch, Stock { used, ..stock }, view, context)
}

fn given(
    by: i64,
    centre: CentreId,
    vaccine: VaccineId,
    batch: Batch,
    stock: Stock,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let mut counting = Counting::default();
    counting.batch(vaccine, batch, &Signals { given: by, ..Signals::default() });
    let mut rows = counting.rows(view, context)?;
    rows.push((Key::Stock(centre, vaccine, batch), Some(Row::Stock(stock))));
    Ok(rows)
}
