//! The documents that people carry: signed certificates of their vaccinations, and the appointment slip as PDF.
//!
//! Nothing here knows HTTP, the ledger or a clock; a document is a function of what it is told to say. What is made here is
//! checked by the crate `opencowin-verify`, which shares these types: signer and verifier have one model and one writer.

mod base58;
pub mod canonical;
pub mod commitments;
pub mod compact;
pub mod context;
pub mod credential;
mod document;
mod exact;
pub mod export;
mod font;
pub mod issuer;
pub mod keys;
pub mod kyc;
pub mod log;
pub mod proof;
pub mod record;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod signer;
pub mod slip;
pub mod status;
mod text;
pub mod values;

pub use credential::Credential;
pub use issuer::Issuer;
pub use keys::{KeyRing, PublicKey, Purpose};
pub use signer::Signer;
pub use slip::{Slip, SlipCentre, SlipPerson, render};
pub use values::{CertificateId, Moment};
