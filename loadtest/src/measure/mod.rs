//! What a run writes down while it goes on.

mod ending;
mod interval;
mod latencies;
mod operation;
mod phases;
mod recorder;
mod tally;

pub use ending::{Ending, Failure, without_answer};
pub use interval::{Interval, Timeline};
pub use latencies::{Collector, Latencies, Sparse};
pub use operation::{Kind, Operation};
pub use phases::{PhaseTally, Phases, Served};
pub use recorder::{Exchange, Recorder};
pub use tally::{GroupTally, OperationTally, Tally};
