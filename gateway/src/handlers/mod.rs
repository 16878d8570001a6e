//! What the routes do. A handler reads like the contract: parse, decide, answer.

pub mod aefi;
pub mod appointments;
pub mod beneficiaries;
pub mod certificates;
pub mod challenges;
pub mod counter;
pub mod erasure;
pub mod facilities;
pub mod kyc;
pub mod lists;
pub mod lookup;
pub mod ministry;
pub mod officials;
pub mod operations;
pub mod pages;
pub mod partners;
pub mod passwords;
pub mod published;
pub mod receipts;
pub mod reports;
pub mod sandbox;
pub mod search;
pub mod sessions;
pub mod slip;
pub mod staff;
pub mod stock;
pub mod upload;
pub mod verification;

mod errand;
mod facility;
mod fields;
mod people;
pub(crate) mod refusals;
mod registration;
pub(crate) mod seats;
