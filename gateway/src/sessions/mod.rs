//! Sessions as facilities make them: drawn up, published at once or at a set time, and changed while they are on sale.
//!
//! - [`plan`] is what a session is to be, [`draft`] when; [`form`] is how both come.
//! - [`desk`] publishes drafts and changes sessions on sale, in the ledger first and then in memory.
//! - [`settling`] sees to those who have booked a session that was cancelled or moved.
//! - [`rounds`] does again and again what nobody asks for: drafts that are due, templates, what was left unfinished.

pub mod desk;
pub mod draft;
pub mod form;
pub mod plan;
pub mod rounds;
pub mod settling;
