//! The ledger as a whole: opening, many clients at once, and whole lives with crashes.

#[cfg(feature = "foundationdb")]
mod cluster;
mod counter;
mod country;
mod life;
mod office;
mod simulation;
mod trail;
mod whole;
