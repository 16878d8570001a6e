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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::*;
    use crate::view::{Known, Rows};

    fn batch() -> Batch {
        Batch::parse("4120Z001").unwrap()
    }

    fn with_stock(doses: u32) -> Story {
        let mut story = Story::new();
        let stock = Stock { received: doses, ..Stock::empty(TODAY) };
        story.put(Key::Stock(CENTRE, TWO_DOSES, batch()), Row::Stock(stock));
        story
    }

    fn used(story: &mut Story, day: Date) -> Result<(), Stop> {
        let rows =
            use_dose(CENTRE, TWO_DOSES, &batch(), day, &mut View::new(story), &story.context())?;
        story.apply(rows);
        Ok(())
    }

    fn given(story: &Story) -> (u32, i64) {
        let stock = story.row(&Key::Stock(CENTRE, TWO_DOSES, batch()));
        let signals = story.row(&Key::Signals(TWO_DOSES, batch(), 0));
        match (stock, signals) {
            (Known::Present(Row::Stock(stock)), Known::Present(Row::Signals(signals))) => {
                (stock.used, signals.given)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn no_more_doses_are_used_than_there_are() {
        let mut story = with_stock(2);
        assert_eq!(used(&mut story, TODAY), Ok(()));
        assert_eq!(used(&mut story, TODAY), Ok(()));
        assert_eq!(used(&mut story, TODAY), Err(Refusal::BatchEmpty.into()));
        assert_eq!(given(&story), (2, 2));
        let context = story.context();
        let back = give_dose_back(CENTRE, TWO_DOSES, &batch(), &mut View::new(&story), &context);
        let rows = back.unwrap();
        story.apply(rows);
        assert_eq!(given(&story), (1, 1));
        assert_eq!(used(&mut story, TODAY), Ok(()));
    }

    #[test]
    fn a_batch_is_used_on_its_last_day_and_not_after_it() {
        let mut story = with_stock(2);
        assert_eq!(used(&mut story, TODAY), Ok(()));
        let refusal = Refusal::BatchExpired { expiry: TODAY };
        assert_eq!(used(&mut story, TODAY.tomorrow().unwrap()), Err(refusal.into()));
    }

    #[test]
    fn what_a_centre_never_received_it_cannot_use() {
        let refusal = Refusal::NoSuchBatch;
        assert_eq!(used(&mut Story::new(), TODAY), Err(refusal.into()));
    }
}
