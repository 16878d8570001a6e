//! The stand-in: a small server in memory that speaks the part of the Co-WIN contract which the harness uses, right in
//! every respect unless a fault is switched on.
//!
//! [`world`] is what it knows and the rules of booking, [`routes`] what it answers, [`doors`] who may ask, [`counter`] what staff does, [`certificates`] what doses lead to, [`holding`] what managers publish, [`wire`] how
//! that is written to a socket, [`fault`] what can be wrong with it, [`server`] the thread on which it runs. It shares no
//! code with the harness or with the gateway: a misreading of the contract on either side shows.
//!
//! [`harness`] runs the program under test against it, with one of the [`scenarios`]. [`gateway`] is the project's own
//! server within the test's process and [`process`] beside it, [`site`] serves one file in every way that HTTP knows, [`worker`] a second machine.

#![allow(unreachable_pub, reason = "nothing of a test program can be reached from outside")]

mod answer;
mod certificates;
mod client;
mod counter;
mod doors;
mod fault;
mod gateway;
mod harness;
mod holding;
mod offer;
mod process;
mod routes;
pub mod scenarios;
mod searches;
mod seen;
mod server;
mod site;
mod wire;
mod worker;
mod world;

pub use client::Client;
pub use fault::{Fault, Stale, When};
pub use gateway::Gateway;
pub use harness::{Ended, Harness};
pub use offer::Catalogue;
pub use process::{BE_A_GATEWAY, Process};
pub use server::StandIn;
pub use site::{Encryption, FILE, Site};
pub use worker::Worker;
