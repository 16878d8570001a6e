//! The server as its clients meet it: over HTTP, started within the test's process. A module is a part of the promise;
//! the names of the tests say what each protects.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod aefi;
mod audit;
mod blocks;
mod booking;
mod callers;
mod certificates;
mod certificates_law;
mod cluster;
mod contention;
mod counter;
mod delivery;
mod durability;
mod facilities;
mod figures;
mod freshness;
mod hostile;
mod http2;
mod identity;
mod kyc;
mod limits;
mod lookups;
mod month;
mod operations;
mod pages;
mod partners;
mod registration;
mod search;
mod sessions;
mod staff;
mod stock;
mod support;
mod tidy;
mod tls;
mod traces;
mod transfer;
mod uploads;
mod vaccination;
mod verification;
mod wall;
mod worlds;
