//! The truth of the programme: records and transactions over a small ordered key-value [`Store`](store::Store).
//!
//! From the outside inwards:
//! - [`Ledger`] takes [`Request`]s and answers questions ([`read`]).
//! - [`commands`] decide what a request does, as pure functions of rows ([`view`]) and [`rules`].
//! - [`lane`] is the thread that fetches the rows, decides the commands and commits them in groups.
//! - [`records`] are what rows hold, [`keys`] where they lie, [`vault`] what keeps them secret, [`codec`] all three.
//! - [`store`] is the contract that the engines below keep.
//! - [`audit`] keeps who looked at or changed whose data.
//! - [`check`](mod@check) verifies that it all holds, [`transfer`] moves it from one store into another.

pub mod audit;
pub mod check;
pub mod codec;
pub mod commands;
mod complaint;
mod engine;
#[cfg(test)]
mod fixture;
pub mod keys;
pub mod lane;
mod ledger;
pub mod members;
mod opening;
pub mod read;
pub mod records;
mod request;
pub mod rules;
pub mod store;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod vault;
pub mod view;

pub use keys::Environment;
pub use lane::Pace;
pub use ledger::{Ledger, Parts};
pub use opening::OpenError;
pub use request::{Failure, Request, Settle, Settled};
pub use rules::Rules;
