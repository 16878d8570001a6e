//! Other forms of a certificate, for verifiers that know no better: they are made on demand and are off unless configured.
//!
//! - [`divoc`]: our JSON packed as DIVOC packs its own, for readers that look for a ZIP in the QR code.
//! - [`hcert`]: the EU Digital COVID Certificate (HCERT 1.3), under a key of its own kind.
//! - [`icao`]: names as passports write them, which the latter takes.

pub mod divoc;
pub mod hcert;
pub mod icao;
