//! Moving a ledger: the rows of one environment into a file, and from there into another store, of whatever engine.
//!
//! - [`AtRest`] is a ledger that nobody serves from. [`export`](AtRest::export) writes its rows to a file,
//!   [`import`](AtRest::import) brings a file's rows into an empty environment, [`checksum`](AtRest::checksum) tells
//!   whether two ledgers hold the same.
//! - Rows travel as they are stored, under their whole keys: those about people are sealed for the key under which they
//!   lie, and nothing here could open them. Whoever moves the file moves the key file too, on another way.
//! - What belongs to a process and not to the programme stays behind ([`travels`]).
//! - Everything can be interrupted. An export goes on after the last whole chunk of its file ([`part`]); an import after
//!   the last chunks that its progress row ([`Import`](crate::records::Import)) says are in ([`landing`]). As long as that
//!   row is there, the ledger cannot be opened for service.
//! - The file says how much it holds and its checksum ([`mod@format`]). It is read through before the first row is
//!   written, and what was written is read back before the progress row goes.

mod access;
mod checksum;
mod error;
mod export;
mod file;
mod format;
mod import;
mod landing;
mod part;
mod rest;
mod scan;
#[cfg(test)]
mod tests;

pub use access::{AtRest, Patience};
pub use checksum::Checksum;
pub use error::TransferError;
pub use export::{ExportOptions, Exported, Stillness};
pub use file::ExportFile;
pub use format::Header;

use crate::keys::{Key, Kind, Layout, Meta};
use crate::records::Row;
use crate::vault::Vault;
use std::fmt;

/// How far a transfer has come; told after every few hundred kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Rows so far in this stage.
    pub pairs: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// What a transfer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looks at what an interrupted export has left.
    Resuming,
    /// Reads the ledger.
    Reading,
    /// Reads the ledger once more, to see whether it has changed.
    ReadingAgain,
    /// Reads the file through.
    CheckingFile,
    /// Writes rows.
    Writing,
    /// Reads what was written.
    ReadingBack,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resuming => "looking at what is there",
            Self::Reading => "reading",
            Self::ReadingAgain => "reading again",
            Self::CheckingFile => "checking the file",
            Self::Writing => "writing",
            Self::ReadingBack => "reading back",
        })
    }
}

/// Who is told of progress. It is called on the thread that works and should return soon.
pub type Watch<'a> = &'a mut dyn FnMut(Progress);

/// Whether a row goes along. What processes write about themselves and for one another does not, nor what says which
/// past this store has. Leases do: the seats in them are counted.
pub fn travels(key: &Key) -> bool {
    match key {
        Key::Meta(Meta::Import | Meta::Generation)
        | Key::Member(_)
        | Key::Heartbeat(_)
        | Key::Trace(_)
        | Key::Feed(..) => false,
        Key::Meta(_)
        | Key::Centre(_)
        | Key::Session(_)
        | Key::Counters(_)
        | Key::Account(_)
        | Key::Personal(_)
        | Key::Person(_)
        | Key::IdDocument(_)
        | Key::Appointment(..)
        | Key::Command(..)
        | Key::Lease(..)
        | Key::Document(..)
        | Key::Usage(..)
        | Key::Attempts(..)
        | Key::AuditBatch(..)
        | Key::AuditHead(_)
        | Key::Event(_)
        | Key::Recipient(..)
        | Key::Stock(..)
        | Key::Movement(..)
        | Key::Figures(..)
        | Key::AllFigures(..)
        | Key::Aefi(..)
        | Key::Outbox(..)
        | Key::Sites(..)
        | Key::Signals(..)
        | Key::PersonKey(_)
        | Key::Holder(_)
        | Key::Certificate(_)
        | Key::Signed(_)
        | Key::Issued(..)
        | Key::StatusBits(..)
        | Key::LogPending(_)
        | Key::LogLeaf(_)
        | Key::LogHead(_)
        | Key::LogTile(..)
        | Key::Share(_)
        | Key::Shares(_) => true,
    }
}

fn kind_of(key: &Key) -> Kind {
    match key {
        Key::Meta(_) => Kind::Meta,
        Key::Centre(_) => Kind::Centre,
        Key::Session(_) => Kind::Session,
        Key::Counters(_) => Kind::Counters,
        Key::Account(_) => Kind::Account,
        Key::Personal(_) => Kind::Personal,
        Key::Person(_) => Kind::Person,
        Key::IdDocument(_) => Kind::IdDocument,
        Key::Appointment(..) => Kind::Appointment,
        Key::Command(..) => Kind::Command,
        Key::Member(_) => Kind::Member,
        Key::Heartbeat(_) => Kind::Heartbeat,
        Key::Lease(..) => Kind::Lease,
        Key::Trace(_) => Kind::Trace,
        Key::Feed(..) => Kind::Feed,
        Key::Document(..) => Kind::Document,
        Key::Usage(..) => Kind::Usage,
        Key::Attempts(..) => Kind::Attempts,
        Key::AuditBatch(..) => Kind::AuditBatch,
        Key::AuditHead(_) => Kind::AuditHead,
        Key::Event(_) => Kind::Event,
        Key::Recipient(..) => Kind::Recipient,
        Key::Stock(..) => Kind::Stock,
        Key::Movement(..) => Kind::Movement,
        Key::Figures(..) => Kind::Figures,
        Key::AllFigures(..) => Kind::AllFigures,
        Key::Aefi(..) => Kind::Aefi,
        Key::Outbox(..) => Kind::Outbox,
        Key::Sites(..) => Kind::Sites,
        Key::Signals(..) => Kind::Signals,
        Key::PersonKey(_) => Kind::PersonKey,
        Key::Holder(_) => Kind::Holder,
        Key::Certificate(_) => Kind::Certificate,
        Key::Signed(_) => Kind::Signed,
        Key::Issued(..) => Kind::Issued,
        Key::StatusBits(..) => Kind::StatusBits,
        Key::LogPending(_) => Kind::LogPending,
        Key::LogLeaf(_) => Kind::LogLeaf,
        Key::LogHead(_) => Kind::LogHead,
        Key::LogTile(..) => Kind::LogTile,
        Key::Share(_) => Kind::Share,
        Key::Shares(_) => Kind::Shares,
    }
}

/// Whether the stored value of [`Meta::KeyCheck`] was made with these keys.
fn is_made_with(vault: &Vault, layout: &Layout, value: &[u8]) -> bool {
    let key = Key::Meta(Meta::KeyCheck);
    let record = vault.open(&layout.encode(&key), value).ok();
    let row = record.and_then(|record| Row::decode(&key, &record).ok());
    row == Some(Row::KeyCheck(vault.hasher().key_check()))
}
