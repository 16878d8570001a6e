//! The ledger as a whole: opening, many clients at once, and whole lives with crashes.

mod life;
mod simulation;
mod whole;
