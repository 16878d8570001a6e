//! What the routes do. A handler reads like the contract: parse, decide, answer.

pub mod appointments;
pub mod beneficiaries;
pub mod challenges;
pub mod lists;
pub mod ministry;
pub mod operations;
pub mod passwords;
pub mod sandbox;
pub mod search;
pub mod slip;

mod people;
pub(crate) mod refusals;
mod seats;
