//! Doses in the public report, by district: before anybody was given one, and when all were.

use crate::contract::Report;
use crate::measure::Operation;
use crate::people::{Desk, Said, Site};
use crate::wire::{Call, Want};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Doses by district, as the public report counts them. A district whose report could not be read is missing.
pub(super) type Figures = BTreeMap<u16, u64>;

/// How long the report may keep its figures before it counts again.
pub(super) const KEPT: Duration = Duration::from_millis(1500);

/// How often a report is asked for that is not shown, and the pause before it is asked for again.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

/// Reads the report of each district in which a facility takes part.
pub(super) async fn read(desk: &Desk, sites: &[Site]) -> Figures {
    let districts: BTreeSet<u16> = sites.iter().map(|site| site.district).collect();
    let mut figures = Figures::new();
    for district in districts {
        if let Some(doses) = of_district(desk, district).await {
            figures.insert(district, doses);
        }
    }
    figures
}

async fn of_district(desk: &Desk, district: u16) -> Option<u64> {
    let path = format!("/api/v1/reports/v2/getPublicReports?district_id={district}");
    for _ in 0..TRIES {
        let call = Call::get(Operation::ReadBack, &path, desk.errand_address());
        let said = desk.ask(0, Instant::now(), &call, Want::Body, &[], |answer| {
            serde_json::from_slice::<Report>(&answer.plain()?).ok()
        });
        match said.await {
            Said::Yes(report) => return Some(report.top.vaccination.total),
            Said::Refused { .. } => return None,
            Said::Failed(_) => desk.pacer.sleep_until(Instant::now() + PAUSE).await,
        }
    }
    None
}
