//! The wire: sockets, requests, routes, answers and errors. Knows HTTP and nothing of vaccination.

pub mod body;
pub mod catalogue;
pub mod connection;
pub mod content;
pub mod document;
pub mod filed;
pub mod guarded;
pub mod headers;
pub mod http2;
pub mod peer;
pub mod places;
pub mod pressure;
pub mod problem;
pub mod query;
pub mod reply;
pub mod send;
pub mod server;
pub mod shape;
pub mod slack;
pub mod tls;
pub mod transport;
