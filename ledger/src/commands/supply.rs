//! What comes to a centre's stock, and what leaves it but into people.
//!
//! Each command writes what moved (a movement) beside what is there (the stock), so that the one can be held against the
//! other. Nothing of a batch leaves that is not there, and nothing of it moves on that has expired.

use super::{Effects, Outcome, Refusal, Write};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Moved, Movement, Row, Stock};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Batch, CentreId, Date, Doses, VaccineId, WasteReason};
use uuid::Uuid;

/// What moves, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The vaccine.
    pub vaccine: VaccineId,
    /// The batch.
    pub batch: Batch,
    /// How many doses.
    pub doses: Doses,
    /// Who says so.
    pub by: Who,
}

/// Takes doses into a centre's stock that came from the programme's stores. More of a batch that is there adds to it.
#[derive(Clone, Debug)]
pub struct Receive {
    /// The centre.
    pub centre: CentreId,
    /// What came.
    pub parcel: Parcel,
    /// The last day on which it may be used, as printed on the vial.
    pub expiry: Date,
}

/// Takes doses out of a centre's stock that were lost.
#[derive(Clone, Debug)]
pub struct Waste {
    /// The centre.
    pub centre: CentreId,
    /// What was lost.
    pub parcel: Parcel,
    /// How.
    pub reason: WasteReason,
}

/// Moves doses from the stock of one centre to that of another, in both or in neither.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Where they leave.
    pub from: CentreId,
    /// Where they arrive.
    pub to: CentreId,
    /// What moves.
    pub parcel: Parcel,
}

impl Receive {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let Self { centre, parcel, expiry } = *self;
        view.require([Key::Centre(centre), parcel.key(centre)])?;
        if expiry < context.today() {
            return Err(Refusal::BatchExpired { expiry }.into());
        }
        let stock = parcel.added_to_stock(centre, expiry, view)?;
        Ok(moved(parcel.rows(centre, stock, Moved::Received, context), &stock, context))
    }
}

impl Waste {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let Self { centre, parcel, reason } = *self;
        let stock = parcel.there(centre, view)?;
        let stock = Stock { wasted: stock.wasted + parcel.doses.get(), ..stock };
        Ok(moved(parcel.rows(centre, stock, Moved::Wasted(reason), context), &stock, context))
    }
}

impl Transfer {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let Self { from, to, parcel } = *self;
        if from == to {
            return Err(Refusal::SameCentre.into());
        }
        view.require([parcel.key(from), parcel.key(to), Key::Centre(to)])?;
        let left = parcel.there(from, view)?;
        if left.expiry < context.today() {
            return Err(Refusal::BatchExpired { expiry: left.expiry }.into());
        }
        let arrived = parcel.added_to_stock(to, left.expiry, view)?;
        let left = Stock { sent: left.sent + parcel.doses.get(), ..left };
        let mut writes = parcel.rows(from, left, Moved::SentTo(to), context);
        writes.extend(parcel.rows(to, arrived, Moved::CameFrom(from), context));
        Ok(moved(writes, &left, context))
    }
}

impl Parcel {
    fn key(&self, centre: CentreId) -> Key {
        Key::Stock(centre, self.vaccine, self.batch)
    }

    /// The stock of a centre out of which it can be taken.
    fn there(&self, centre: CentreId, view: &mut View<'_>) -> Result<Stock, Stop> {
        let stock = *view.stock(centre, self.vaccine, self.batch)?.ok_or(Refusal::NoSuchBatch)?;
        let left = stock.left();
        if left < self.doses.get() {
            return Err(Refusal::StockTooLow { left }.into());
        }
        Ok(stock)
    }

    /// The stock of a centre with it.
    fn added_to_stock(
        &self,
        centre: CentreId,
        expiry: Date,
        view: &mut View<'_>,
    ) -> Result<Stock, Stop> {
        view.centre(centre)?.ok_or(Refusal::NoSuchCentre(centre))?;
        let stock = view.stock(centre, self.vaccine, self.batch)?.copied();
        let stock = stock.unwrap_or_else(|| Stock::empty(expiry));
        if stock.expiry != expiry {
            return Err(Refusal::OtherExpiry { expiry: stock.expiry }.into());
        }
        let received = stock.received.checked_add(self.doses.get()).ok_or(Refusal::TooLarge)?;
        Ok(Stock { received, ..stock })
    }

    /// The stock as it is now, and the movement that made it so.
    fn rows(
        &self,
        centre: CentreId,
        stock: Stock,
        what: Moved,
        context: &Context<'_>,
    ) -> Vec<Write> {
        let Self { vaccine, batch, doses, by } = *self;
        let movement = Movement { what, doses: doses.get(), vaccine, batch, by };
        let key = Key::Movement(centre, context.now, id(context));
        vec![(self.key(centre), Some(Row::Stock(stock))), (key, Some(Row::Movement(movement)))]
    }
}

/// The id of the movement that a command makes. Of a transfer both centres know it by this.
fn id(context: &Context<'_>) -> Uuid {
    uuid::Builder::from_random_bytes(context.draw.to_be_bytes()).into_uuid()
}

fn moved(writes: Vec<Write>, stock: &Stock, context: &Context<'_>) -> Effects {
    let outcome = Outcome::StockMoved { movement: id(context), left: stock.left() };
    Effects { writes, outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Answer, Command};
    use crate::fixture::counter::{BATCH, STAFF, batch};
    use crate::fixture::*;
    use opencowin_model::Centre;

    const ELSEWHERE: CentreId = CentreId(8);
    const EXPIRY: Date = Date::constant(2021, 12, 31);

    fn parcel(doses: u64) -> Parcel {
        let doses = Doses::new(doses).unwrap();
        Parcel { vaccine: TWO_DOSES, batch: batch(BATCH), doses, by: STAFF }
    }

    fn receive(story: &mut Story, doses: u64, expiry: Date) -> Answer {
        let parcel = parcel(doses);
        story.run(Command::Receive(Receive { centre: CENTRE, parcel, expiry }))
    }

    fn waste(story: &mut Story, doses: u64) -> Answer {
        let reason = WasteReason::OpenVial;
        story.run(Command::Waste(Waste { centre: CENTRE, parcel: parcel(doses), reason }))
    }

    fn transfer(story: &mut Story, doses: u64, to: CentreId) -> Answer {
        story.run(Command::Transfer(Transfer { from: CENTRE, to, parcel: parcel(doses) }))
    }

    fn left(answer: Answer) -> u32 {
        match answer {
            Ok(Outcome::StockMoved { left, .. }) => left,
            other => panic!("{other:?}"),
        }
    }

    fn stock(story: &Story, centre: CentreId) -> Option<Stock> {
        match story.rows.get(&Key::Stock(centre, TWO_DOSES, batch(BATCH))) {
            Some(Row::Stock(stock)) => Some(*stock),
            _ => None,
        }
    }

    fn movements(story: &Story) -> usize {
        story.rows.keys().filter(|key| matches!(key, Key::Movement(..))).count()
    }

    #[test]
    fn more_of_a_batch_adds_to_it_and_another_expiry_is_another_batch() {
        let mut story = Story::new();
        assert_eq!(left(receive(&mut story, 100, EXPIRY)), 100);
        assert_eq!(left(receive(&mut story, 20, EXPIRY)), 120);
        let other = receive(&mut story, 20, EXPIRY.tomorrow().unwrap());
        assert_eq!(refused(other), Refusal::OtherExpiry { expiry: EXPIRY });
        let yesterday = TODAY.yesterday().unwrap();
        let expired = receive(&mut story, 20, yesterday);
        assert_eq!(refused(expired), Refusal::BatchExpired { expiry: yesterday });
        let nowhere = Receive { centre: CentreId(99), parcel: parcel(1), expiry: EXPIRY };
        let nowhere = story.run(Command::Receive(nowhere));
        assert_eq!(refused(nowhere), Refusal::NoSuchCentre(CentreId(99)));
        assert_eq!(movements(&story), 2, "what is refused did not move");
    }

    #[test]
    fn no_more_is_lost_or_sent_than_is_there() {
        let mut story = Story::new();
        story.put(
            Key::Centre(ELSEWHERE),
            Row::Centre(Box::new(Centre { id: ELSEWHERE, ..centre() })),
        );
        assert_eq!(refused(waste(&mut story, 1)), Refusal::NoSuchBatch);
        receive(&mut story, 10, EXPIRY).unwrap();
        assert_eq!(left(waste(&mut story, 4)), 6);
        assert_eq!(refused(waste(&mut story, 7)), Refusal::StockTooLow { left: 6 });
        assert_eq!(left(transfer(&mut story, 5, ELSEWHERE)), 1);
        let too_many = transfer(&mut story, 2, ELSEWHERE);
        assert_eq!(refused(too_many), Refusal::StockTooLow { left: 1 });
        assert_eq!(
            (stock(&story, CENTRE), stock(&story, ELSEWHERE)),
            (
                Some(Stock { received: 10, wasted: 4, sent: 5, ..Stock::empty(EXPIRY) }),
                Some(Stock { received: 5, ..Stock::empty(EXPIRY) })
            )
        );
        assert_eq!(movements(&story), 4, "a transfer is one at each centre");
    }

    #[test]
    fn doses_move_only_to_another_centre_and_only_while_they_can_be_used() {
        let mut story = Story::new();
        receive(&mut story, 10, TODAY).unwrap();
        assert_eq!(refused(transfer(&mut story, 1, CENTRE)), Refusal::SameCentre);
        let nowhere = transfer(&mut story, 1, ELSEWHERE);
        assert_eq!(refused(nowhere), Refusal::NoSuchCentre(ELSEWHERE));
        story.now = morning(TODAY.tomorrow().unwrap());
        let expired = transfer(&mut story, 1, ELSEWHERE);
        assert_eq!(refused(expired), Refusal::BatchExpired { expiry: TODAY });
        assert_eq!(left(waste(&mut story, 10)), 0, "what has expired can be thrown away");
    }
}
