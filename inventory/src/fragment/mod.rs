//! Fragments: the parts of an answer that change only with a publication, rendered once and shared by all answers.
//!
//! A centre has one fragment ([`Header`]), a session one ([`Item`]). Seat numbers are not part of a fragment: they
//! follow it in the answer, in fields of fixed width ([`Numbers`]), so that they can be rewritten in place.

mod header;
mod item;
mod json;
mod numbers;

pub(crate) use header::Header;
pub(crate) use item::Item;
pub(crate) use numbers::{Numbers, Shown};
