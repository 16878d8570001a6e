//! Changing a session that is on sale.

use super::{Effects, Outcome, Refusal};
use crate::keys::Key;
use crate::records::{Counters, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Capacity, Date, Hours, Session, SessionKey, SessionState};

/// The first schema in which sessions are closed and moved.
const SINCE: u32 = 4;

/// Changes a session on sale, if it is still as whoever wants it has seen it.
///
/// What concerns those who have booked leaves the session [unsettled](Session::unsettled) until each of them was seen to
/// ([`SettleSession`](super::SettleSession)). From this commit on the session is what it is to be for everybody: a cancelled
/// session has no live appointments, and those of a moved one count for the new day.
#[derive(Clone, Debug)]
pub struct ChangeSession {
    /// Which.
    pub session: SessionKey,
    /// The version that was seen.
    pub seen: u32,
    /// What is to become of it.
    pub change: Change,
}

/// What can become of a session on sale.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It has so many seats, which are not fewer than are taken.
    Resize(Capacity),
    /// Nothing more of it is sold; appointments stand.
    Close,
    /// It is sold again after it was closed.
    Reopen,
    /// It is not held.
    Cancel,
    /// It is held on another day, or at other hours.
    Move {
        /// The day.
        date: Date,
        /// From when to when.
        hours: Hours,
        /// The slots that people are told.
        slots: Vec<Hours>,
    },
}

impl ChangeSession {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        context.known_since(SINCE)?;
        view.require(self.rows())?;
        let known = view.session(self.session)?.ok_or(Refusal::NoSuchSession)?;
        self.check(known, context)?;
        let version = known.version + 1;
        let next = Session { version, ..known.clone() };
        let writes = match &self.change {
            Change::Resize(capacity) => self.resized(next, *capacity, view)?,
            Change::Close => vec![written(Session { state: SessionState::Closed, ..next })],
            Change::Reopen => vec![written(Session { state: SessionState::Published, ..next })],
            Change::Cancel => {
                let unsettled = known.unsettled.or(Some(known.date));
                vec![written(Session { state: SessionState::Cancelled, unsettled, ..next })]
            }
            Change::Move { date, hours, slots } => {
                let unsettled = Some(known.date);
                let walk_in_from =
                    next.walk_in_from.filter(|from| hours.from <= *from && *from < hours.to);
                let (hours, slots) = (*hours, slots.clone());
                let moved =
                    Session { date: *date, hours, slots, walk_in_from, unsettled, ..next.clone() };
                self.moved(next, moved, view, context)?
            }
        };
        Ok(Effects { writes, outcome: Outcome::SessionChanged { version } })
    }

    fn rows(&self) -> impl Iterator<Item = Key> {
        let other_day = match self.change {
            Change::Move { date, .. } => Some(Key::Session(SessionKey { date, ..self.session })),
            _ => None,
        };
        [Key::Session(self.session), Key::Counters(self.session)].into_iter().chain(other_day)
    }

    fn check(&self, known: &Session, context: &Context<'_>) -> Result<(), Refusal> {
        match known.state {
            SessionState::Moved { .. } => return Err(Refusal::SessionMoved),
            SessionState::Cancelled => return Err(Refusal::SessionCancelled),
            SessionState::Published | SessionState::Closed => {}
        }
        if context.is_over(known) {
            return Err(Refusal::SessionOver);
        }
        if known.version == self.seen { Ok(()) } else { Err(Refusal::Amended) }
    }

    /// Only once all leases have come back is it known whether so many seats can be taken away.
    fn resized(
        &self,
        session: Session,
        capacity: Capacity,
        view: &mut View<'_>,
    ) -> Result<Vec<super::seats::Write>, Stop> {
        let counters = view.counters(self.session)?.copied();
        let counters = counters.unwrap_or_else(|| Counters::unsold(&session.capacity));
        let taken = if counters.is_leased() {
            Refusal::SeatsElsewhere(self.session)
        } else {
            Refusal::CapacityTaken(session.id)
        };
        let resized = counters.resized(&session.capacity, &capacity).ok_or(taken)?;
        let counters = (Key::Counters(self.session), Some(Row::Counters(resized)));
        Ok(vec![written(Session { capacity, ..session }), counters])
    }

    /// The session under its new day with its counters; where it was stands where it went.
    fn moved(
        &self,
        left: Session,
        moved: Session,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<super::seats::Write>, Stop> {
        if left.unsettled.is_some() {
            return Err(Refusal::Unsettled.into());
        }
        if context.is_over(&moved) {
            return Err(Refusal::SessionOver.into());
        }
        let (from, to) = (self.session, moved.key());
        if from == to {
            return Ok(vec![written(moved)]);
        }
        let was_there = |session: &Session| matches!(session.state, SessionState::Moved { .. });
        if !view.session(to)?.is_none_or(was_there) {
            return Err(Refusal::SessionInUse(to.id).into());
        }
        let counters = view.counters(from)?.copied();
        if counters.is_some_and(|counters| counters.is_leased()) {
            return Err(Refusal::SeatsElsewhere(from).into());
        }
        let left = Session { state: SessionState::Moved { to: to.date }, ..left };
        let mut writes = vec![written(left), written(moved)];
        if let Some(counters) = counters {
            writes.push((Key::Counters(from), None));
            writes.push((Key::Counters(to), Some(Row::Counters(counters))));
        }
        Ok(writes)
    }
}

fn written(session: Session) -> super::seats::Write {
    (Key::Session(session.key()), Some(Row::Session(Box::new(session))))
}

#[cfg(test)]
mod tests;
