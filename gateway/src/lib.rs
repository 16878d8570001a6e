//! The OpenCoWIN server. ARCHITECTURE.md at the root of the repository is the map.

pub mod access;
pub mod admit;
pub mod app;
pub mod calendar;
pub mod chore;
pub mod config;
pub mod engine;
pub mod handlers;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod keys;
pub mod logging;
pub mod metering;
pub mod metrics;
pub mod openapi;
pub mod patience;
pub mod projection;
pub mod publisher;
pub mod routes;
pub mod service;
pub mod shutdown;
pub mod sold_out;
pub mod startup;
pub mod trail;
