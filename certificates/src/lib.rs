//! The documents that people carry: the certificate and the appointment slip as PDF, and the QR codes on them.
//!
//! Nothing here knows HTTP, the ledger or a clock; a document is a function of what it is told to say.

mod document;
pub mod pdf;
pub mod qr;
pub mod reading;
pub mod slip;
mod typeset;

pub use slip::{Slip, SlipCentre, SlipPerson, render};
