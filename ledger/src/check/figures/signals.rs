//! What was counted of each batch: doses given and adverse events reported, and the stock that doses came out of.

use super::recount::Recount;
use crate::check::Violation;
use crate::check::snapshot::Check;
use crate::keys::{Key, Kind};
use crate::records::{Row, Signals};
use crate::store::ReadError;
use opencowin_model::{Batch, VaccineId};
use std::collections::BTreeMap;

/// Of all members together, by batch.
pub(super) type Counted = BTreeMap<(VaccineId, Batch), Signals>;

pub(super) async fn read(check: &mut Check<'_>) -> Result<Counted, ReadError> {
    check.refresh().await?;
    let mut sums = Counted::new();
    for row in check.all(check.layout().all(Kind::Signals)).await? {
        if let (Key::Signals(vaccine, batch, _), Row::Signals(signals)) = row {
            sums.entry((vaccine, batch)).or_default().add(&signals);
        }
    }
    Ok(sums)
}

fn of(counted: &Counted, at: &(VaccineId, Batch)) -> Signals {
    counted.get(at).copied().unwrap_or_default()
}

/// Holds what was counted against the recount, of batches of which nothing was counted meanwhile.
pub(super) async fn verify(
    check: &mut Check<'_>,
    before: &Counted,
    recount: &Recount,
) -> Result<(), ReadError> {
    let after = read(check).await?;
    let settled = |at: &(VaccineId, Batch)| of(before, at) == of(&after, at);
    let uncounted = recount.batches.keys().filter(|at| !after.contains_key(at));
    for at in after.keys().chain(uncounted).filter(|at| settled(at)) {
        let (counted, recounted) = (of(&after, at), of(&recount.batches, at));
        if counted != recounted {
            let (vaccine, batch) = *at;
            check.report(Violation::SignalsDiffer { vaccine, batch, counted, recounted });
        }
    }
    for ((centre, vaccine, batch), by) in &recount.unstocked {
        if *by != 0 && settled(&(*vaccine, *batch)) {
            let (centre, vaccine, batch) = (*centre, *vaccine, *batch);
            check.report(Violation::DosesUnstocked { centre, vaccine, batch, by: *by });
        }
    }
    Ok(())
}
