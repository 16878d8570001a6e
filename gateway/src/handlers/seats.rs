//! Reserving seats before the ledger is asked for them.

use crate::app::App;
use crate::patience;
use opencowin_inventory::{Inventory, Refused, Reservation, SessionSeats};
use opencowin_ledger::commands::{Command, Outcome, Refusal, SeatCount};
use opencowin_ledger::{Failure, Settle, Settled};
use opencowin_model::SessionId;

/// How often to wait for others' undecided seats before a session counts as sold out. Each wait lasts until everything
/// that the ledger had accepted by then is decided.
const WAITS: u32 = 2;

/// Takes seats, if there are any. Sold out is final only when nothing is free and nothing undecided: otherwise those who
/// hold the last seats may still be refused, and this waits for their outcomes. Where other gateways sell too, the
/// ledger has the last word: if it knows of seats, there is nothing to reserve here and the command finds them itself.
///
/// # Errors
/// [`Failure::Refused`] if there are none, [`Failure::Unavailable`] if the ledger is too far behind to tell.
pub(super) async fn reserve(app: &App, wanted: SeatCount) -> Result<Option<Reservation>, Failure> {
    let session = app.inventory().session(wanted.session.id).ok_or(Refusal::NoSuchSession)?;
    let reserved = reserve_here(app, session.seats(), &wanted).await?;
    match reserved {
        Err(Refused::SoldOut { .. }) if app.seats_elsewhere(wanted).await? => Ok(None),
        decided => decided.map(Some).map_err(failure),
    }
}

async fn reserve_here(
    app: &App,
    seats: &SessionSeats,
    wanted: &SeatCount,
) -> Result<Result<Reservation, Refused>, Failure> {
    let reserve = || seats.reserve(wanted.channel, wanted.dose, wanted.seats);
    for _ in 0..WAITS {
        match reserve() {
            Err(Refused::SoldOut { pending: true }) => {
                patience::for_commit(app.ledger().run(Command::Barrier)).await?;
            }
            decided => return Ok(decided),
        }
    }
    Ok(reserve())
}

fn failure(refused: Refused) -> Failure {
    match refused {
        Refused::SoldOut { .. } => Refusal::SoldOut.into(),
        Refused::Closed => Refusal::SessionOver.into(),
        Refused::PendingFull => Failure::Unavailable,
    }
}

/// Lets memory follow the ledger: a reservation is consumed by the definite fate of its command, and seats that the
/// command gave back are for sale again. Called on the ledger's side, so that it happens even if nobody waits any more.
pub(super) fn settle(
    app: &App,
    session: Option<SessionId>,
    reservation: Option<Reservation>,
) -> Settle {
    let (inventory, projection) = (app.inventory().clone(), app.projection().cloned());
    Box::new(move |settled| {
        let (taken, freed) = moved(settled);
        if let Some(reservation) = reservation {
            if taken { reservation.confirm() } else { reservation.release() }
        }
        match projection {
            // It takes what was given back from the rows.
            Some(projection) => session.into_iter().for_each(|id| projection.settled(id)),
            None => freed.into_iter().for_each(|freed| credit(&inventory, freed)),
        }
    })
}

/// Whether the command took seats, and which it gave back.
fn moved(settled: &Settled) -> (bool, Option<SeatCount>) {
    match settled {
        Settled::Effective(Outcome::Booked { .. } | Outcome::Enrolled { .. }) => (true, None),
        Settled::Effective(Outcome::Rescheduled { taken, freed }) => (taken.is_some(), *freed),
        Settled::Effective(Outcome::Cancelled { freed } | Outcome::Declined { freed }) => {
            (false, Some(*freed))
        }
        _ => (false, None),
    }
}

fn credit(inventory: &Inventory, freed: SeatCount) {
    // A session that is no longer in the catalogue has nothing on sale, so there is nothing to put back.
    let Some(session) = inventory.session(freed.session.id) else { return };
    if let Err(error) = session.seats().credit(freed.channel, freed.dose, freed.seats) {
        tracing::error!(session = %freed.session.id, %error, "seats given back do not fit their counter");
    }
}
