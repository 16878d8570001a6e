//! Publishing drafts and changing sessions on sale: first in the ledger, then in memory, so that every search that begins
//! after the answer shows it; other gateways hear of it as of all else.

use super::draft::Draft;
use crate::access::record;
use crate::access::registry::{Registry, WriteError};
use crate::delivery::Messenger;
use crate::facility::Facility;
use crate::facility::roll::Roll;
use crate::handlers::seats;
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use crate::patience;
use crate::publisher::Publisher;
use jiff::ToSpan;
use opencowin_inventory::{Inventory, Refused, Reservation, SessionOnSale};
use opencowin_ledger::commands::{
    Amend, Amendment, Change, ChangeSession, Command, Establish, Refusal, SeatCount,
};
use opencowin_ledger::keys::Shelf;
use opencowin_ledger::{Failure, Ledger, Request, Settled};
use opencowin_model::{Capacity, Channel, Date, Dose, Pack, Session, SessionId};
use std::sync::Arc;
use uuid::Uuid;

/// How often something is tried that others got in the way of.
const TRIES: usize = 8;

/// What sessions are made with.
#[derive(Clone)]
pub struct Desk {
    /// The truth.
    pub ledger: Arc<Ledger>,
    /// Where drafts stand.
    pub registry: Arc<Registry>,
    /// Facilities.
    pub roll: Roll,
    /// What is on sale, in memory.
    pub inventory: Arc<Inventory>,
    /// What puts it there.
    pub publisher: Arc<Publisher>,
    /// What carries messages to those who have booked.
    pub messenger: Arc<dyn Messenger>,
    /// The country pack.
    pub pack: Arc<Pack>,
    /// Whether other gateways sell the same sessions, so that memory follows the ledger's rows.
    pub is_shared: bool,
}

/// So many seats of one channel and dose.
type Cell = (Channel, Dose, u16);

impl Desk {
    /// The day that it is where the programme is run.
    pub fn today(&self) -> Date {
        self.publisher.today()
    }

    /// Writes a draft that follows the version that was read, 0 for a new one, with others that are new.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn write(
        &self,
        draft: &Draft,
        replaces: u64,
        others: &[Draft],
    ) -> Result<(), WriteError> {
        let others = others.iter().map(|other| record::written(other, 0));
        let changes = others.chain([record::written(draft, replaces)]).collect();
        self.registry.establish(Establish::of(Amend { changes }), Vec::new()).await
    }

    /// Throws a draft away, if it still is there.
    ///
    /// # Errors
    /// [`WriteError`].
    pub async fn discard(&self, id: Uuid) -> Result<(), WriteError> {
        let Some(found) = self.registry.found::<Draft>(id) else { return Ok(()) };
        let amend = Amend { changes: vec![gone(id, found.version)] };
        self.registry.establish(Establish::of(amend), Vec::new()).await
    }

    /// What keeps a draft from being published, or else the session that it becomes.
    ///
    /// # Errors
    /// FACILT0001 if the facility may hold no sessions, SESSIO0003 if it offers no such, SESSIO0001 if its time is over.
    pub fn drawn_up(&self, draft: &Draft, facility: &Facility) -> Result<Session, Problem> {
        if !facility.may_publish() {
            return Err(error::FACILITY_STANDING.into());
        }
        let date = draft.date().ok_or_else(|| Problem::invalid("draft_id"))?;
        let session = draft.plan.on(date, draft.session_id(), facility)?;
        let minutes = i64::from(session.hours.to.minutes());
        let closes = session.date.at(0, 0, 0, 0).saturating_add(minutes.minutes());
        let now = self.ledger.clock().now().civil(self.pack.zone());
        if closes <= now { Err(error::SESSION_STANDING.into()) } else { Ok(session) }
    }

    /// Publishes a draft: it becomes a session on sale and is a draft no more, however often this is asked and whoever else
    /// asks it.
    ///
    /// # Errors
    /// Those of [`drawn_up`](Self::drawn_up), USRRES0012 if there is neither draft nor session, 503 if the ledger cannot be
    /// reached.
    pub async fn publish(&self, id: Uuid) -> Result<Session, Problem> {
        for _ in 0..TRIES {
            let Some(draft) = self.registry.found::<Draft>(id) else {
                let published = self.inventory.session(SessionId(id)).ok_or(error::NOT_FOUND)?;
                return Ok(published.definition().clone());
            };
            let facility = self.roll.of_centre(draft.record.centre).ok_or(error::NOT_FOUND)?;
            let session = self.drawn_up(&draft.record, &facility.record)?;
            let establish = Establish {
                given: vec![Roll::condition(&facility)],
                sessions: vec![session.clone()],
                ..Establish::of(Amend { changes: vec![gone(id, draft.version)] })
            };
            match self.registry.establish(establish, Vec::new()).await {
                Ok(()) => {
                    self.publisher.show_sessions(vec![session.clone()])?;
                    return Ok(session);
                }
                Err(WriteError::Amended) => {
                    self.registry.refresh::<Draft>(id).await?;
                    self.registry.refresh::<Facility>(facility.record.id).await?;
                    self.ledger.caught_up().await;
                }
                Err(WriteError::Unavailable) => break,
            }
        }
        Err(error::TRY_AGAIN.into())
    }

    /// Changes a session on sale. `change` is given what is there, perhaps several times, and says what is to become of it;
    /// nothing, if it is so already. Waits until seats are back that other gateways have leased.
    ///
    /// # Errors
    /// That of `change`, USRRES0012 if it is not on sale, SESSIO0001 or 0002 if its standing or its seats forbid it, 503 if
    /// the ledger cannot be reached or others keep changing it.
    pub async fn change(
        &self,
        id: SessionId,
        change: impl Fn(&Session) -> Result<Option<Change>, Problem>,
    ) -> Result<Session, Problem> {
        for _ in 0..TRIES {
            let on_sale = self.inventory.session(id).ok_or(error::NOT_FOUND)?;
            let known = on_sale.definition().clone();
            let Some(change) = change(&known)? else { return Ok(known) };
            let attempt = || self.change_once(&on_sale, change.clone());
            match patience::for_seats(attempt).await {
                Ok(changed) => return Ok(changed),
                Err(Failure::Refused(Refusal::Amended | Refusal::SessionMoved)) => {
                    // Whoever changed it is about to show it, here or elsewhere.
                    patience::pause().await;
                    self.ledger.caught_up().await;
                }
                Err(failure) => return Err(problem(failure)),
            }
        }
        Err(error::TRY_AGAIN.into())
    }

    /// Changes a session as it is in memory.
    ///
    /// # Errors
    /// As the ledger answers.
    pub async fn change_once(
        &self,
        on_sale: &SessionOnSale,
        change: Change,
    ) -> Result<Session, Failure> {
        let known = on_sale.definition();
        let command = ChangeSession { session: known.key(), seen: known.version, change };
        let changed = command.after(known);
        let (more, fewer) = difference(&known.capacity, &changed.capacity);
        let request = Request::of(Command::ChangeSession(command));
        let request = if self.is_shared {
            request
        } else {
            let taken = self.take(on_sale, fewer).await?;
            Request { settle: Some(settle(on_sale.clone(), taken, more)), ..request }
        };
        self.ledger.submit(request).await?;
        self.show(changed.clone());
        Ok(changed)
    }

    /// Shows a session as it was committed.
    pub(super) fn show(&self, session: Session) {
        if let Err(error) = self.publisher.show_sessions(vec![session]) {
            tracing::error!(%error, "a session cannot be shown as it is");
        }
    }

    /// Takes seats that are to be no more out of memory, as bookings do, so that nobody is promised them meanwhile.
    async fn take(
        &self,
        on_sale: &SessionOnSale,
        fewer: Vec<Cell>,
    ) -> Result<Vec<Reservation>, Failure> {
        let session = on_sale.definition().key();
        let mut taken: Vec<Reservation> = Vec::new();
        for (channel, dose, seats) in fewer {
            let wanted = SeatCount { session, channel, dose, seats };
            let reserved = seats::reserve_here(&self.ledger, on_sale.seats(), &wanted).await;
            let why = match reserved {
                Ok(Ok(reservation)) => {
                    taken.push(reservation);
                    continue;
                }
                Ok(Err(Refused::SoldOut { .. })) => Refusal::CapacityTaken(session.id).into(),
                Ok(Err(Refused::Closed)) => Refusal::SessionOver.into(),
                Ok(Err(Refused::PendingFull)) => Failure::Unavailable,
                Err(failure) => failure,
            };
            taken.into_iter().for_each(Reservation::release);
            return Err(why);
        }
        Ok(taken)
    }
}

/// Lets memory follow a change of the capacity, where nobody else sells.
fn settle(
    on_sale: SessionOnSale,
    taken: Vec<Reservation>,
    more: Vec<Cell>,
) -> opencowin_ledger::Settle {
    Box::new(move |settled| {
        if !matches!(settled, Settled::Effective(_)) {
            return taken.into_iter().for_each(Reservation::release);
        }
        taken.into_iter().for_each(Reservation::confirm);
        for (channel, dose, seats) in more {
            if let Err(error) = on_sale.seats().credit(channel, dose, seats) {
                let session = on_sale.definition().id;
                tracing::error!(%session, %error, "seats that were added do not fit their counter");
            }
        }
    })
}

/// The seats that are more, and those that are fewer.
fn difference(from: &Capacity, to: &Capacity) -> (Vec<Cell>, Vec<Cell>) {
    let (mut more, mut fewer) = (Vec::new(), Vec::new());
    for channel in Channel::ALL {
        for dose in Dose::ALL {
            let (before, after) = (from.seats(channel, dose), to.seats(channel, dose));
            match after.checked_sub(before) {
                Some(0) => {}
                Some(added) => more.push((channel, dose, added)),
                None => fewer.push((channel, dose, before - after)),
            }
        }
    }
    (more, fewer)
}

/// What removes a draft of this version.
fn gone(id: Uuid, replaces: u64) -> Amendment {
    Amendment { shelf: Shelf::Drafts, id, replaces, body: None }
}

/// The ledger's refusals in words for those who hold sessions.
pub fn problem(failure: Failure) -> Problem {
    let Failure::Refused(refusal) = failure else { return error::TRY_AGAIN.into() };
    match refusal {
        Refusal::NoSuchSession => error::NOT_FOUND.into(),
        Refusal::CapacityTaken(_) => error::CAPACITY_TAKEN.into(),
        Refusal::SessionCancelled | Refusal::SessionOver | Refusal::SessionBegun => {
            let entry = error::SESSION_STANDING;
            Problem::with_text(entry, format!("{}: {refusal}", entry.text))
        }
        _ => error::TRY_AGAIN.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::Seats;

    #[test]
    fn a_capacity_differs_by_what_is_more_and_what_is_fewer() {
        let capacity =
            |online, on_spot| Capacity::new(Seats(online), Seats(on_spot), Seats([0; 3]));
        let (more, fewer) =
            difference(&capacity([5, 5, 5], [3, 0, 0]), &capacity([9, 5, 2], [0, 0, 1]));
        assert_eq!(
            more,
            [(Channel::Online, Dose::First, 4), (Channel::OnSpot, Dose::Precaution, 1)]
        );
        assert_eq!(
            fewer,
            [(Channel::Online, Dose::Precaution, 3), (Channel::OnSpot, Dose::First, 3)]
        );
    }
}
