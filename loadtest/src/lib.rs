//! National traffic for any server that speaks the Co-WIN API.
//!
//! A run goes through these rooms, each of which knows only those above it:
//!
//! - [`scenario`] reads what is to happen from a TOML file; [`arrivals`] turns it into moments.
//! - [`contract`] and [`limit`] know what answers and refusals look like.
//! - [`wire`] sends requests over kept-alive connections; [`pacer`] wakes people at the microsecond they asked for.
//! - [`people`] are the flows: who asks what, in which order, with which pauses.
//! - [`measure`] writes down what each exchange took, from the moment at which it was *meant* to start.
//! - [`truth`] remembers what the target acknowledged, and finds what it broke.
//! - [`run`] puts them together on a few threads, or on many machines through [`worker`]; [`result`] is what remains,
//!   as JSON. [`report`], [`compare`], [`capacity`] and [`plan`] read it. [`live`] shows a run while it goes on.

pub mod arrivals;
pub mod capacity;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod contract;
pub mod limit;
pub mod live;
pub mod measure;
pub mod number;
pub mod pacer;
pub mod people;
pub mod plan;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod truth;
pub mod wire;
pub mod worker;
