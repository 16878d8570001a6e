//! Changing a session that is on sale.

use super::figures::{self, Counting};
use super::{Effects, Outcome, Refusal, Write};
use crate::keys::Key;
use crate::records::{Counters, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Capacity, Date, Hours, Session, SessionKey, SessionState, TimeOfDay};

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
        context.requires_schema_4()?;
        view.require(self.rows())?;
        let known = view.session(self.session)?.ok_or(Refusal::NoSuchSession)?;
        self.check(known, context)?;
        let next = self.after(known);
        let version = next.version;
        let mut writes = counted(known, &next, view, context)?;
        writes.extend(match &self.change {
            Change::Resize(_) => self.resized(&known.capacity, next, view)?,
            Change::Move { .. } => self.moved(known, next, view, context)?,
            Change::Close | Change::Reopen | Change::Cancel => vec![written(next)],
        });
        Ok(Effects { writes, outcome: Outcome::SessionChanged { version } })
    }

    /// The session as the change leaves it, where `known` is as it was seen.
    pub fn after(&self, known: &Session) -> Session {
        let next = Session { version: known.version + 1, ..known.clone() };
        match &self.change {
            Change::Resize(capacity) => Session { capacity: *capacity, ..next },
            Change::Close => Session { state: SessionState::Closed, ..next },
            Change::Reopen => Session { state: SessionState::Published, ..next },
            Change::Cancel => {
                let unsettled = known.unsettled.or(Some(known.date));
                Session { state: SessionState::Cancelled, unsettled, ..next }
            }
            Change::Move { date, hours, slots } => {
                let within = |from: &TimeOfDay| hours.from <= *from && *from < hours.to;
                Session {
                    date: *date,
                    hours: *hours,
                    slots: slots.clone(),
                    walk_in_from: known.walk_in_from.filter(within),
                    unsettled: Some(known.date),
                    ..next
                }
            }
        }
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
        before: &Capacity,
        session: Session,
        view: &mut View<'_>,
    ) -> Result<Vec<Write>, Stop> {
        let counters = view.counters(self.session)?.copied();
        let counters = counters.unwrap_or_else(|| Counters::unsold(before));
        let taken = if counters.is_leased() {
            Refusal::SeatsElsewhere(self.session)
        } else {
            Refusal::CapacityTaken(session.id)
        };
        let resized = counters.resized(before, &session.capacity).ok_or(taken)?;
        let counters = (Key::Counters(self.session), Some(Row::Counters(resized)));
        Ok(vec![written(session), counters])
    }

    /// The session under its new day with its counters; where it was stands where it went.
    fn moved(
        &self,
        known: &Session,
        moved: Session,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Vec<Write>, Stop> {
        if known.unsettled.is_some() {
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
        if counters.is_some_and(|counters| counters.is_begun()) {
            return Err(Refusal::SessionBegun.into());
        }
        let state = SessionState::Moved { to: to.date };
        let left = Session { state, version: moved.version, ..known.clone() };
        let mut writes = vec![written(left), written(moved)];
        if let Some(counters) = counters {
            writes.push((Key::Counters(from), None));
            writes.push((Key::Counters(to), Some(Row::Counters(counters))));
        }
        Ok(writes)
    }
}

/// The rows with a session counted as it is now and not as it was.
fn counted(
    known: &Session,
    next: &Session,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let centre = view.centre(known.centre)?.ok_or(Refusal::NoSuchCentre(known.centre))?;
    let mut counting = Counting::default();
    counting.session(known, centre, figures::Change::less, context);
    counting.session(next, centre, figures::Change::more, context);
    counting.rows(view, context)
}

fn written(session: Session) -> Write {
    (Key::Session(session.key()), Some(Row::Session(Box::new(session))))
}

#[cfg(test)]
mod tests;
