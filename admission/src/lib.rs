//! Admission: who may call how often.
//!
//! Everything here is a small part that a server calls on the way of a request: no I/O, no waiting, no clock of its own, and on
//! the way of a search no lock and no allocation. What it remembers has its memory fixed from the start, whoever comes. Each process
//! counts for itself.
//!
//! | module | what it decides |
//! |---|---|
//! | [`limits`] | all limits, as data |
//! | [`gcra`], [`window`] | calls per second; calls per window |
//! | [`callers`] | addresses: calls to the public APIs |
//! | [`users`] | accounts: searches and passwords, log-outs and blocks |
//! | [`quota`], [`api`], [`day`] | API keys: calls per second and day, metering |
//! | [`blocks`] | who is shut out |
//! | [`address`], [`network`], [`proxies`] | who is calling, also from behind a proxy |
//! | [`anomaly`], [`challenge`] | what is suspicious, and what it then costs to go on |
//! | [`shed`] | whom to refuse under overload |
//!
//! A call asks the cheapest first: block list, allowance of the address or quota of the key, allowance of the account. Times are monotonic
//! nanoseconds (`now_ns`) where a rate is kept, and [`Timestamp`](opencowin_model::Timestamp)s where people are told.

pub mod address;
pub mod anomaly;
pub mod api;
pub mod blocks;
pub mod callers;
pub mod challenge;
pub mod day;
mod distinct;
pub mod gcra;
pub mod limits;
#[cfg(all(test, loom))]
mod loom_tests;
pub mod network;
pub mod proxies;
pub mod quota;
mod seal;
pub mod shed;
mod sync;
mod table;
mod tally;
pub mod users;
mod verdict;
pub mod window;

pub use address::Address;
pub use anomaly::Suspicion;
pub use api::{Api, Apis};
pub use blocks::{Block, Blocks, Subject};
pub use callers::Callers;
pub use challenge::captcha::{Answer, Captchas};
pub use challenge::proof_of_work::{ProofOfWork, Unsolved};
pub use day::Day;
pub use limits::{Limits, Plan};
pub use network::Network;
pub use proxies::Proxies;
pub use quota::{KeyQuota, KeyQuotas, Meter, OverQuota, Quota, Spent, Usage};
pub use shed::{Class, Shedder};
pub use users::{AccountKey, Ask, Search, Users, Visit};
pub use verdict::{Admitted, Refused, Verdict};
pub use window::Allowance;
