//! The figures of the moment that metrics show.

use crate::admit::Admission;
use crate::metrics::{Gauges, Metrics};
use crate::wall::Wall;
use opencowin_inventory::Inventory;
use opencowin_ledger::Ledger;
use opencowin_ledger::members::Standing;
use std::sync::Arc;

/// Figures of the moment that metrics show.
pub(crate) fn metrics(
    inventory: &Arc<Inventory>,
    ledger: &Arc<Ledger>,
    admission: &Arc<Admission>,
    wall: &Wall,
    engine: impl Fn(&mut Gauges<'_, '_>) + Send + Sync + 'static,
) -> Metrics {
    let (inventory, ledger, admission) = (inventory.clone(), ledger.clone(), admission.clone());
    let wall = wall.clone();
    Metrics::new(move |gauges: &mut Gauges<'_, '_>| {
        let stats = inventory.stats();
        gauges.set("centres", "Centres in the catalogue", stats.centres as u64);
        gauges.set("sessions", "Sessions on sale", stats.sessions as u64);
        gauges.set("fragment_bytes", "Bytes of answers' shared parts", stats.fragment_bytes as u64);
        gauges.set(
            "leaked_reservations",
            "Reservations dropped undecided: a bug",
            stats.leaked_reservations,
        );
        gauges.set(
            "ledger_accepting",
            "1 while the ledger takes commands",
            u64::from(ledger.is_running()),
        );
        if let Some(standing) = ledger.standing() {
            membership(gauges, &standing);
        }
        wall.show(gauges);
        admission.show(gauges);
        engine(gauges);
    })
}

/// How this gateway stands among those that share its ledger.
fn membership(gauges: &mut Gauges<'_, '_>, standing: &Standing) {
    let behind = standing.behind.map_or(u64::MAX, |behind| behind.as_millis() as u64);
    let figures = [
        ("gateways", "Gateways on this ledger, this one included", standing.members),
        ("feed_behind_milliseconds", "Age of what is known of the other gateways", behind),
        ("feed_entries_read", "Entries of other gateways read", standing.entries),
        ("leases", "Sessions of which this gateway has seats leased", standing.leases),
        ("recalls", "Times that others were asked for their leases", standing.recalls),
        ("gateways_dismissed", "Gateways that this one took for dead", standing.fenced),
        ("rejoined", "Times that this gateway was taken for dead", standing.rejoined),
        ("resyncs", "Times that everything was read again", standing.resyncs),
    ];
    for (name, help, value) in figures {
        gauges.set(name, help, value);
    }
}
