//! Where seats come from and where they go: a session's free seats, or the lease of a member.
//!
//! Where one process alone sells, there are only free seats. Where several do, a session that all of them sell at once
//! would be one row that all of them change; so a member that was got in its way by another takes a *lease*, a part of
//! the free seats that it sells without touching that row (escrow, after O'Neil 1986). The tail of a session and all
//! that sells slowly is sold from the free seats directly.
//!
//! A sale out of a lease rests on the lease's row alone. It must therefore not read the counters: what a decision has
//! read is what its commit conflicts with.

use super::{Refusal, SeatCount, Write};
use crate::keys::Key;
use crate::records::{Appointment, Counters, Lease, Row};
use crate::rules::{Context, Escrow};
use crate::view::{Stop, View};
use opencowin_model::{Capacity, SessionKey};

/// A lease is one part in so many, per member, of what is free. Halving keeps something for those who come later.
const PARTS: usize = 2;

/// The rows that say where seats of a session come from, to be fetched together with others.
pub(super) fn rows(session: SessionKey, context: &Context<'_>) -> impl Iterator<Item = Key> {
    let lease = context.escrow.and_then(|escrow| {
        let leasing = (escrow.leases)(session);
        (leasing.held || leasing.wanted).then_some(Key::Lease(escrow.me, session))
    });
    lease.into_iter().chain([Key::Counters(session)])
}

/// The rows with these seats booked.
///
/// # Errors
/// [`Refusal::SoldOut`] if nobody has them, [`Refusal::SeatsElsewhere`] if others do; or rows are missing or damaged.
pub(super) fn take(
    wanted: &SeatCount,
    capacity: &Capacity,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let SeatCount { session, channel, dose, seats } = *wanted;
    let lease = own_lease(session, view, context)?;
    if let Some(sold) = lease.and_then(|lease| lease.take(channel, dose, seats)) {
        let escrow = context.escrow.ok_or(Stop::Damaged(Key::Counters(session)))?;
        return Ok(vec![lease_row(escrow.me, session, sold)]);
    }
    let counters = view.counters(session)?.copied();
    let counters = counters.unwrap_or_else(|| Counters::unsold(capacity));
    if let Some(escrow) = context.escrow
        && (escrow.leases)(session).wanted
        && let Some(rows) = take_a_lease(wanted, counters, lease, escrow)
    {
        return Ok(rows);
    }
    match counters.book(channel, dose, seats) {
        Some(booked) => Ok(vec![(Key::Counters(session), Some(Row::Counters(booked)))]),
        None => Err(none_here(wanted, &counters, lease, view, context)?.into()),
    }
}

/// The rows with these seats free again: in this member's lease if it has one, so that giving back disturbs nobody.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn give_back(
    freed: &SeatCount,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    give_back_all(freed.session, &[*freed], view, context)
}

/// The rows with several kinds of seats of one session free again, as in [`give_back`].
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn give_back_all(
    session: SessionKey,
    freed: &[SeatCount],
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Vec<Write>, Stop> {
    let damaged = Stop::Damaged(Key::Counters(session));
    let mut freed = freed.iter();
    if let Some(escrow) = context.escrow
        && let Some(lease) = own_lease(session, view, context)?
    {
        let credited = freed.try_fold(lease, |lease, f| lease.credit(f.channel, f.dose, f.seats));
        return Ok(vec![lease_row(escrow.me, session, credited.ok_or(damaged)?)]);
    }
    let counters = *view.counters(session)?.ok_or(damaged)?;
    let free =
        freed.try_fold(counters, |counters, f| counters.free_again(f.channel, f.dose, f.seats));
    Ok(vec![(Key::Counters(session), Some(Row::Counters(free.ok_or(damaged)?)))])
}

/// The row with one of an appointment's seats used. It need not be known whether it was sold out of a lease.
///
/// # Errors
/// Rows are missing or damaged.
pub(super) fn use_one(appointment: &Appointment, view: &mut View<'_>) -> Result<Write, Stop> {
    let Appointment { session, channel, dose, .. } = *appointment;
    let used = view.counters(session)?.and_then(|counters| counters.used(channel, dose, 1));
    let used = used.ok_or(Stop::Damaged(Key::Counters(session)))?;
    Ok((Key::Counters(session), Some(Row::Counters(used))))
}

/// How many of a session's seats of this kind anybody may still sell, and whether that is all that is known of: the
/// leases of members that are gone are not seen until they are reclaimed.
///
/// # Errors
/// Rows are missing or damaged.
pub(crate) fn left(
    wanted: &SeatCount,
    counters: &Counters,
    view: &mut View<'_>,
    members: &[uuid::Uuid],
) -> Result<(u32, bool), Stop> {
    let SeatCount { session, channel, dose, .. } = *wanted;
    let tally = counters.tally(channel, dose);
    let (mut left, mut granted) = (u32::from(tally.free), 0);
    if tally.leased > 0 {
        view.require(members.iter().map(|member| Key::Lease(*member, session)))?;
        for member in members {
            let part =
                view.lease(*member, session)?.copied().unwrap_or_default().part(channel, dose);
            left += u32::from(part.left);
            granted += u32::from(part.granted);
        }
    }
    Ok((left, granted == u32::from(tally.leased)))
}

fn own_lease(
    session: SessionKey,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Option<Lease>, Stop> {
    let Some(escrow) = context.escrow else { return Ok(None) };
    let leasing = (escrow.leases)(session);
    if !leasing.held && !leasing.wanted {
        return Ok(None);
    }
    Ok(view.lease(escrow.me, session)?.copied())
}

/// The rows with a larger lease and these seats sold out of it; `None` if too little is free to be worth it, or if
/// leases are recalled.
fn take_a_lease(
    wanted: &SeatCount,
    counters: Counters,
    lease: Option<Lease>,
    escrow: Escrow<'_>,
) -> Option<Vec<Write>> {
    let SeatCount { session, channel, dose, seats } = *wanted;
    let parts = PARTS * escrow.members.len().max(1);
    let free = counters.tally(channel, dose).free;
    if counters.is_recalled() || usize::from(free) < parts {
        return None;
    }
    let granted = (usize::from(free) / parts) as u16;
    let lease = lease.unwrap_or_default().grant(channel, dose, granted)?;
    let sold = lease.take(channel, dose, seats)?;
    let counters = counters.lease(channel, dose, granted)?;
    let counters = (Key::Counters(session), Some(Row::Counters(counters)));
    Some(vec![counters, lease_row(escrow.me, session, sold)])
}

/// Why seats that are neither in the lease nor free cannot be had.
fn none_here(
    wanted: &SeatCount,
    counters: &Counters,
    lease: Option<Lease>,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Refusal, Stop> {
    let elsewhere = Refusal::SeatsElsewhere(wanted.session);
    if counters.tally(wanted.channel, wanted.dose).leased == 0 {
        return Ok(Refusal::SoldOut);
    }
    let Some(escrow) = context.escrow else { return Ok(elsewhere) };
    debug_assert!(lease.is_none_or(|l| l.part(wanted.channel, wanted.dose).left < wanted.seats));
    let (left, whole) = left(wanted, counters, view, escrow.members)?;
    Ok(if whole && left < u32::from(wanted.seats) { Refusal::SoldOut } else { elsewhere })
}

fn lease_row(holder: uuid::Uuid, session: SessionKey, lease: Lease) -> Write {
    (Key::Lease(holder, session), Some(Row::Lease(lease)))
}

#[cfg(test)]
mod tests;
