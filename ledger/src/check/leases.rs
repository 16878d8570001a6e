//! Leases: what members hold of a session is what its counters say.
//!
//! Leases lie by holder, of whom there are few, so that those of some sessions are found by asking for each holder's.

use super::Violation;
use super::snapshot::{Check, Chunk};
use crate::keys::{Key, Kind};
use crate::records::{Counters, Lease, Row, cells};
use crate::store::ReadError;
use crate::view::{Known, Rows as _};
use opencowin_model::SessionKey;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The leases of sessions.
pub(super) type Leased = HashMap<SessionKey, Vec<Lease>>;

/// The leases of those of the sessions whose counters know of any, as of the same version; they add up to what is counted.
pub(super) async fn verify(
    check: &mut Check<'_>,
    counters: &HashMap<SessionKey, Counters>,
) -> Result<Leased, ReadError> {
    let with_leases = || counters.iter().filter(|(_, counters)| counters.is_leased());
    if with_leases().next().is_none() {
        return Ok(Leased::new());
    }
    let holders = holders(check).await?;
    let keys = |session: SessionKey| holders.iter().map(move |holder| Key::Lease(*holder, session));
    let rows = check.get(with_leases().flat_map(|(session, _)| keys(*session)).collect()).await?;
    let mut leased = Leased::new();
    for (session, counters) in with_leases() {
        let of_session = keys(*session).filter_map(|key| match rows.row(&key) {
            Known::Present(Row::Lease(lease)) => Some(*lease),
            _ => None,
        });
        let leases: Vec<_> = of_session.collect();
        verify_session(check, *session, counters, &leases);
        leased.insert(*session, leases);
    }
    Ok(leased)
}

/// Whoever has a lease has it of a session that counts it.
pub(super) async fn verify_sessions(check: &mut Check<'_>) -> Result<(), ReadError> {
    let mut rest = Some(check.layout().all(Kind::Lease));
    while let Some(range) = rest {
        check.refresh().await?;
        let Chunk { rows, rest: next, .. } = check.chunk(range, super::snapshot::CHUNK).await?;
        let counters = |key: &Key| match key {
            Key::Lease(_, session) => Some(Key::Counters(*session)),
            _ => None,
        };
        let found = check.get(rows.iter().filter_map(|(key, _)| counters(key)).collect()).await?;
        for (key, _) in &rows {
            let known = counters(key).map(|counters| found.row(&counters));
            let counted = matches!(known, Some(Known::Present(Row::Counters(c))) if c.is_leased());
            if !counted {
                check.report(Violation::NoLease(*key));
            }
        }
        rest = next;
    }
    Ok(())
}

fn verify_session(
    check: &mut Check<'_>,
    session: SessionKey,
    counters: &Counters,
    leases: &[Lease],
) {
    for (channel, dose) in cells() {
        let counted = counters.tally(channel, dose).leased;
        let granted = leases.iter().map(|lease| u32::from(lease.part(channel, dose).granted)).sum();
        if u32::from(counted) != granted {
            let session = session.id;
            check.report(Violation::LeasedDiffers { session, channel, dose, counted, granted });
        }
    }
}

/// Whoever has a lease, as of the version of the check.
async fn holders(check: &mut Check<'_>) -> Result<BTreeSet<Uuid>, ReadError> {
    let leases = check.all(check.layout().all(Kind::Lease)).await?;
    let holder = |(key, _)| if let Key::Lease(holder, _) = key { Some(holder) } else { None };
    Ok(leases.into_iter().filter_map(holder).collect())
}
