//! The inventory as its users see it: what searches answer, when, and what bookings leave behind.

mod catalogue;
mod filters;
mod freshness;
mod model;
mod samples;
mod shapes;
