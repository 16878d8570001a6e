//! Whether one machine's ledger will do.

use super::sizing::{in_zones, round_up, with_room};
use super::{Demand, Load, Machines, Measured};
use crate::number::{grouped, whole};

/// What holds the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ledger {
    /// The embedded ledger: one machine that is gateway and ledger at once.
    OneMachine,
    /// A FoundationDB cluster behind the gateways.
    FoundationDb {
        /// Its processes, such that the loss of one zone leaves enough.
        processes: u64,
        /// Why one machine will not do, a sentence each.
        because: Vec<String>,
    },
}

impl Ledger {
    pub(super) fn for_load(
        load: &Load,
        machines: &Machines,
        demand: &Demand,
        measured: &Measured,
    ) -> Self {
        let reasons = [
            too_many_bookings(load, demand, measured),
            too_much(load, machines, demand),
            lost_zone(demand),
        ];
        let because: Vec<_> = reasons.into_iter().flatten().collect();
        if because.is_empty() {
            return Self::OneMachine;
        }
        let commands_per_s = load.bookings_per_s + load.registrations_per_s;
        let cores = commands_per_s / measured.foundationdb_commands_per_process_s.get();
        let needed = round_up(with_room(cores, demand));
        Self::FoundationDb { processes: in_zones(needed, demand.availability_zones.get()), because }
    }

    /// Its processes; an embedded ledger has none of its own.
    pub fn processes(&self) -> u64 {
        match self {
            Self::OneMachine => 0,
            Self::FoundationDb { processes, .. } => *processes,
        }
    }
}

fn too_many_bookings(load: &Load, demand: &Demand, measured: &Measured) -> Option<String> {
    let needed = with_room(load.bookings_per_s, demand);
    let held = &measured.ledger_bookings_per_s;
    (needed > held.get()).then(|| {
        format!(
            "The peak of bookings, {}/s with room, passes the {}/s of one ledger machine ({}): FoundationDB is needed, \
             or a run that shows that one machine holds more.",
            whole(needed),
            whole(held.get()),
            held.provenance,
        )
    })
}

fn too_much(load: &Load, machines: &Machines, demand: &Demand) -> Option<String> {
    let needed = super::sizing::machines(machines.gateway_cores, load.bits_per_s(), demand);
    (needed > 1).then(|| {
        format!(
            "The traffic needs {} machines even without spare ones, and the embedded ledger serves one gateway.",
            grouped(needed)
        )
    })
}

fn lost_zone(demand: &Demand) -> Option<String> {
    (demand.availability_zones.get() > 1)
        .then(|| "A ledger on one machine is gone with its zone until that comes back.".to_owned())
}
