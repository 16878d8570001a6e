//! The documents that people carry: the appointment slip as PDF.
//!
//! Nothing here knows HTTP, the ledger or a clock; a document is a function of what it is told to say.

mod document;
mod font;
pub mod slip;
mod text;

pub use slip::{Slip, SlipCentre, SlipPerson, render};
