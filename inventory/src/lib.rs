//! Seats and search: what is on sale, to whom it is shown, and who takes it.
//!
//! One [`Inventory`] holds a country's centres and sessions in memory. Searches read it without a lock and reflect
//! every reservation acknowledged before them; bookings take seats from lock-free counters that can neither sell one
//! twice nor lose one. It does no I/O and never waits: what happened is committed elsewhere (the ledger) and told
//! here.
//!
//! | module | what it holds |
//! |---|---|
//! | [`seats`] | the counters, the reservation, and why they are right |
//! | `catalogue` | snapshots of what is published, by place, id and distance |
//! | `fragment` | the parts of answers that only a publication changes |
//! | `answer` | whole answers: composed, kept, compressed, always fresh |
//! | `gzip` | compressed streams whose numbers can be rewritten in place |

mod answer;
mod catalogue;
mod fragment;
pub mod gzip;
mod inventory;
pub mod seats;
mod stats;

pub use answer::{
    BuilderStats, Coding, Codings, Filter, Found, Lasting, Place, Search, Shape, ShelfStats,
    Version,
};
pub use catalogue::{OnSale, Publication, Published, Unpublishable};
pub use inventory::{Budgets, Inventory, SessionOnSale};
pub use seats::{Refused, Reservation, SessionSeats};
pub use stats::Stats;
