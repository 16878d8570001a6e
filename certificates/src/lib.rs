//! The documents that people carry: signed certificates of their vaccinations in all their forms, their QR codes, and the
//! certificate and the appointment slip as PDF.
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
pub mod issuer;
pub mod keys;
pub mod kyc;
pub mod log;
pub mod pdf;
pub mod proof;
pub mod qr;
pub mod reading;
pub mod record;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod signer;
pub mod slip;
pub mod status;
mod typeset;
pub mod values;

pub use credential::Credential;
pub use issuer::Issuer;
pub use keys::{KeyRing, PublicKey, Purpose};
pub use opencowin_model::CertificateId;
pub use signer::Signer;
pub use slip::{Slip, SlipCentre, SlipPerson, render};
pub use values::Moment;
