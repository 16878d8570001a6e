//! From what was measured to what is needed: machines, storage and network for a stated population and peak.
//!
//! [`Demand`] is what a country asks for, [`Measured`] what one core was seen to do; every figure of both says where it comes
//! from. [`plan`] works the needs out by formulas that stand in [`sizing`] and [`storage`], and a [`Plan`] shows them as text
//! or Markdown together with every figure that they rest on.

mod amount;
mod arguments;
mod demand;
mod error;
mod figure;
mod ledger;
mod measured;
mod results;
mod sizing;
mod storage;
mod table;

#[cfg(test)]
mod tests;

pub use amount::{Count, Positive, Share};
pub use arguments::{Arguments, answer};
pub use demand::Demand;
pub use error::PlanError;
pub use figure::{Figure, Provenance};
pub use ledger::Ledger;
pub use measured::{Given, Held, Measured};
pub use sizing::{Load, Machines};
pub use storage::Storage;

/// What is needed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// For whom.
    pub demand: Demand,
    /// From which figures.
    pub measured: Measured,
    /// What arrives in the busiest second.
    pub load: Load,
    /// What answers it.
    pub machines: Machines,
    /// What holds the truth.
    pub ledger: Ledger,
    /// What remains on disks.
    pub storage: Storage,
}

/// Works out what `demand` needs by the figures of `measured`.
pub fn plan(demand: &Demand, measured: &Measured) -> Plan {
    let load = Load::at_the_peak(demand, measured);
    let machines = Machines::for_load(&load, demand, measured);
    Plan {
        ledger: Ledger::for_load(&load, &machines, demand, measured),
        storage: Storage::of_programme(demand, measured),
        demand: demand.clone(),
        measured: measured.clone(),
        load,
        machines,
    }
}
