//! The harness against a target that is right, and against the same target with one fault at a time. The names of the
//! tests say what each protects.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bad_targets;
mod capacity;
mod cli;
mod counters;
mod faults;
mod gateway;
mod limits;
mod protocols;
mod publishers;
mod stand_in;
mod support;
mod workers;
