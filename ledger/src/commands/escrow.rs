//! What members do with leases besides selling: ask for them, give them up, and take those of the dead.

use super::{Effects, Outcome, Refusal};
use crate::keys::Key;
use crate::records::Row;
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::SessionKey;
use uuid::Uuid;

/// Asks all who have a lease of a session to give it up. Does nothing if that was asked already or nobody has one.
#[derive(Clone, Copy, Debug)]
pub struct Recall {
    /// Which.
    pub session: SessionKey,
}

/// Ends a lease: what it has left is free for everybody, what was sold out of it counts as booked.
///
/// Members end their own; that of another is only ended once it does not take part any more, since it may still be
/// selling out of it. Does nothing if there is no such lease.
#[derive(Clone, Copy, Debug)]
pub struct EndLease {
    /// Whose.
    pub holder: Uuid,
    /// Of which session.
    pub session: SessionKey,
}

impl Recall {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let counters = view.counters(self.session)?.copied();
        let due = counters.filter(|counters| counters.is_leased() && !counters.is_recalled());
        let row = due.map(|due| (Key::Counters(self.session), Some(Row::Counters(due.recall()))));
        Ok(Effects { writes: row.into_iter().collect(), outcome: Outcome::Passed })
    }
}

impl EndLease {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        let lease = Key::Lease(self.holder, self.session);
        view.require([lease, Key::Counters(self.session), Key::Member(self.holder)])?;
        let mine = context.escrow.is_some_and(|escrow| escrow.me == self.holder);
        if !mine && view.member(self.holder)?.is_some() {
            return Err(Refusal::StillMember.into());
        }
        let Some(ended) = view.lease(self.holder, self.session)? else {
            return Ok(Effects { writes: Vec::new(), outcome: Outcome::Passed });
        };
        let counters = view.counters(self.session)?.and_then(|counters| counters.settle(ended));
        let counters = counters.ok_or(Stop::Damaged(Key::Counters(self.session)))?;
        let writes =
            vec![(Key::Counters(self.session), Some(Row::Counters(counters))), (lease, None)];
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}
