//! The transparency log: every certificate that was issued or revoked, in an order that cannot be changed afterwards.
//!
//! It is a Merkle tree as in RFC 9162 (Certificate Transparency). A leaf holds a hash of a certificate's id and what became
//! of it, so that the log tells nothing about anybody, and whoever has a certificate finds it. With a signed [`Head`] and a
//! proof, anybody checks that an entry is in the log, and that a later log begins with an earlier one.
//!
//! - [`entry`]: what is logged.
//! - [`tree`]: hashes, and what a proof is made of.
//! - [`tile`]: the form in which hashes are kept and served, 256 at a time.
//! - [`proof`]: proofs, made and checked.
//! - [`head`]: signed heads.

pub mod entry;
pub mod head;
pub mod proof;
pub mod tile;
pub mod tree;

pub use entry::{Entry, EntryKind};
pub use head::{Head, SignedHead};
pub use proof::{consistency, inclusion, is_consistent, is_included};
pub use tile::{Tile, TileId, Tiles};
pub use tree::{Hash, NodeId};
