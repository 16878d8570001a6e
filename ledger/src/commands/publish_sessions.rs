//! Making sessions known, changing and cancelling them.

use super::figures::{Change, Counting};
use super::{Effects, Outcome, Refusal, Write};
use crate::keys::{Key, Meta};
use crate::records::{Counters, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Centre, Date, Session, SessionState};
use std::collections::BTreeSet;

/// Writes sessions: new ones, and known ones in a later version; a version that is there already is left alone, so that
/// a publication can be repeated. All are written or none.
///
/// A session is cancelled by a version whose state says so: one write, from which on its appointments are not live. Of a
/// session with bookings, centre and vaccine cannot change, nor can its capacity fall below the seats taken. What was
/// cancelled stays so: its people may have booked elsewhere meanwhile.
#[derive(Clone, Debug)]
pub struct PublishSessions {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// The programme is published through this day, once these are in.
    pub through: Option<Date>,
}

impl PublishSessions {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        self.require(view)?;
        let mut writes = Vec::with_capacity(self.sessions.len() + 1);
        let (mut written, mut counting) = (0, Counting::default());
        for session in &self.sessions {
            if let Some(known) = publish(session, view, &mut writes)? {
                written += 1;
                count(known, session, view, &mut counting, context)?;
            }
        }
        writes.extend(counting.rows(view, context)?);
        if let Some(through) = self.later_day(view)? {
            let key = Key::Meta(Meta::PublishedThrough);
            writes.push((key, Some(Row::PublishedThrough(through))));
        }
        Ok(Effects { writes, outcome: Outcome::SessionsPublished { written } })
    }

    fn require(&self, view: &mut View<'_>) -> Result<(), Stop> {
        let centres: BTreeSet<_> = self.sessions.iter().map(|session| session.centre).collect();
        let centres = centres.into_iter().map(Key::Centre);
        let sessions = self.sessions.iter().map(|session| Key::Session(session.key()));
        let day = self.through.map(|_| Key::Meta(Meta::PublishedThrough));
        view.require(centres.chain(sessions).chain(day))
    }

    /// The day through which the programme is published, where that is news.
    fn later_day(&self, view: &mut View<'_>) -> Result<Option<Date>, Stop> {
        let Some(through) = self.through else { return Ok(None) };
        let known = view.published_through()?;
        Ok(known.is_none_or(|known| *known < through).then_some(through))
    }
}

/// Stages one session. Answers what was known of it before; nothing if nothing is to be written.
fn publish<'v>(
    session: &Session,
    view: &mut View<'v>,
    writes: &mut Vec<Write>,
) -> Result<Option<Option<&'v Session>>, Stop> {
    let key = session.key();
    let known = view.session(key)?;
    if known.is_some_and(|known| known.version >= session.version) {
        return Ok(None);
    }
    let revived = session.state == SessionState::Published;
    if revived && known.is_some_and(|known| known.state == SessionState::Cancelled) {
        return Err(Refusal::SessionCancelled.into());
    }
    centre_of(session, view)?;
    if let Some(known) = known
        && let Some(counters) = changed_counters(known, session, view)?
    {
        writes.push((Key::Counters(key), Some(Row::Counters(counters))));
    }
    writes.push((Key::Session(key), Some(Row::Session(Box::new(session.clone())))));
    Ok(Some(known))
}

/// Counts a session as it is now and not as it was.
fn count(
    known: Option<&Session>,
    session: &Session,
    view: &mut View<'_>,
    counting: &mut Counting,
    context: &Context<'_>,
) -> Result<(), Stop> {
    if let Some(known) = known {
        counting.session(known, centre_of(known, view)?, Change::less, context);
    }
    counting.session(session, centre_of(session, view)?, Change::more, context);
    Ok(())
}

fn centre_of<'v>(session: &Session, view: &mut View<'v>) -> Result<&'v Centre, Stop> {
    view.centre(session.centre)?.ok_or(Refusal::NoSuchCentre(session.centre).into())
}

/// The counters that a known session has after the change, if it has any.
fn changed_counters(
    known: &Session,
    session: &Session,
    view: &mut View<'_>,
) -> Result<Option<Counters>, Stop> {
    let Some(counters) = view.counters(session.key())? else { return Ok(None) };
    let another = (known.centre, known.vaccine) != (session.centre, session.vaccine);
    // Only once all leases have come back is it known what is free and what is booked.
    let refuse =
        |why| if counters.is_leased() { Refusal::SeatsElsewhere(session.key()) } else { why };
    if another && !counters.is_untouched() {
        return Err(refuse(Refusal::SessionInUse(session.id)).into());
    }
    let resized = counters.resized(&known.capacity, &session.capacity);
    resized.map(Some).ok_or(refuse(Refusal::CapacityTaken(session.id)).into())
}
