//! The inventory as its users see it: what searches answer, when, and what bookings leave behind.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod catalogue;
mod filters;
mod freshness;
mod model;
mod samples;
mod shapes;
