//! A run: threads that generate, a loop that watches, and what is concluded in the end.
//!
//! 1. [`scout`]: the target's places and, if the scenario has a supply, the sessions in play, or the facilities at which staff
//!    works and those that publish.
//! 2. [`thread`]: each thread opens its connections and prepares its people, counters and managers ([`opening`]), then waits.
//! 3. All start together. Once a second each hands over what happened.
//! 4. When the time is over, visits end at their next step, and every account ([`audit`]) and facility ([`doses`],
//!    [`sessions`]) is read back; certificates that did not come in time are looked for once more ([`certificates`]).
//! 5. [`mod@conclude`]: sums become a result with a verdict.

mod audit;
mod certificates;
mod chaos;
mod conclude;
mod control;
mod doses;
mod figures;
mod interrupt;
mod mix;
mod opening;
mod plans;
mod published;
mod raw;
mod scout;
mod sessions;
mod several;
pub mod slo;
mod swarm;
mod thread;
mod vaccinated;

pub use chaos::{Armed, ChaosError, ChaosPlan, arm_chaos};
pub use conclude::{conclude, exit_code};
pub use control::{LEAD, Options, Part, Progress, RunError, Watcher, offer};
pub use doses::{DistrictDoses, DoseAudit};
pub use interrupt::Interrupt;
pub use raw::Raw;
pub use sessions::SessionAudit;
pub use slo::Slo;
