//! Who looked at or changed whose data, in chains that show when something was removed, altered or put elsewhere (R20).
//!
//! - An [`Entry`] is one access. Entries of commands are written in the commit of their command ([`Request::audit`]), those
//!   of reads in a commit of their own ([`Ledger::note`]), which a read waits for before it answers.
//! - A [`Batch`] holds the entries of one group of a lane. It names the hash of the batch before it. Each lane has a chain
//!   of its own under its incarnation, since one chain for all would be a row that everybody changes; a process that
//!   starts, or joins anew, begins another.
//! - A [`Head`] says where all chains stand, names the hash of the head before it, and is signed. One is written in each
//!   second in which something was appended ([`notary`]). What a head covers cannot be cut off unnoticed.
//! - An [`Auditor`] reads and verifies all of it ([`verify()`]), from a stopped directory or next to running gateways.
//!
//! What exactly is hashed and signed stands in `docs/audit.md`, so that others can verify an export without this program.
//!
//! Where a chain stands is also said by its lane's trace, which is written in the same commit: from there the notary
//! learns where the chains are, and a chain whose process died is found. A trace is removed only once a head covers it.
//!
//! Batches are sealed like all rows about people. Heads are not: they hold nothing but hashes.
//!
//! [`Request::audit`]: crate::Request::audit
//! [`Ledger::note`]: crate::Ledger::note

mod auditor;
mod batch;
mod entry;
mod head;
pub(crate) mod notary;
mod source;
mod verify;
mod word;

pub use auditor::{AuditError, Auditor, Link, Positions};
pub use batch::{Batch, Tip};
pub use entry::{Ending, Entry, Record, Who};
pub use head::{Head, PublicKey};
pub use verify::{Audited, Fault, Pin, Place, Wrong};
pub use word::Word;

pub(crate) use batch::chain;
pub(crate) use notary::is_covered;
pub(crate) use source::Source;
pub(crate) use verify::verify;

#[cfg(test)]
mod tests;
