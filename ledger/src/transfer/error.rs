//! Why a ledger was not moved.

use super::Checksum;
use crate::keys::Environment;
use crate::records::SCHEMA;
use crate::store::ReadError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a ledger was not moved; one sentence for whoever moves it.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The operating system refused something.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// There is a file where the export should go.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// Another process writes the same export.
    #[error("another export is writing {0}")]
    PartInUse(PathBuf),
    /// What an interrupted export has left is of another ledger.
    #[error("{0} was begun on another ledger: remove it to begin anew")]
    OtherPart(PathBuf),
    /// The ledger was written to while it was exported, or after an interrupted export.
    #[error(
        "the ledger has changed since {0} was begun: see that nothing writes to it, and remove that file to begin anew"
    )]
    Changed(PathBuf),
    /// The file is something else.
    #[error("{0} is not an export of a ledger")]
    NoExport(PathBuf),
    /// The file was written by a newer program.
    #[error("{file} has format {found}, this program reads {}", super::format::VERSION)]
    OtherFormat {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: u16,
    },
    /// The bytes of the file are not those that were written.
    #[error("{file} is damaged: {place} {fault}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where.
        place: Place,
        /// What is wrong there.
        fault: &'static str,
    },
    /// The rows were written by a program with another layout. An older one goes when the ledger is served once.
    #[error("the rows have schema {found}, and this program moves those of schema {SCHEMA}")]
    OtherSchema {
        /// Their layout.
        found: u32,
    },
    /// The file is of the other environment.
    #[error("the export is of the {} environment, and it is to go into {}", found.name(), wanted.name())]
    OtherEnvironment {
        /// That of the file.
        found: Environment,
        /// The one to import into.
        wanted: Environment,
    },
    /// The key file is not the one that the rows were sealed with. Bring the one that belongs to them.
    #[error("the key file does not belong to these rows")]
    WrongKeys,
    /// The environment holds no ledger.
    #[error("there is no ledger of the {} environment", .0.name())]
    NoLedger(Environment),
    /// Somebody may write meanwhile.
    #[error("the ledger is in use: stop every gateway, and finish an import that was begun")]
    InUse,
    /// A key is not of the layout: a newer program wrote it.
    #[error("the ledger holds a key that this program does not know: {0}")]
    UnknownKey(String),
    /// An import needs an environment without rows.
    #[error("the {} environment is not empty: an import needs one without rows", .0.name())]
    NotEmpty(Environment),
    /// Another import was begun there and not finished.
    #[error("another import into this ledger was begun and not finished")]
    OtherImport,
    /// Another run of the same import has taken over.
    #[error("another import is writing to this ledger")]
    Overtaken,
    /// What was read back is not what the file holds. The ledger stays closed: empty the environment and repeat.
    #[error("what was written reads back as {read}, and the file holds {held}")]
    Differs {
        /// What the file holds.
        held: Box<Checksum>,
        /// What was read back.
        read: Box<Checksum>,
    },
    /// The store does not answer.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The store takes nothing any more.
    #[error("the store failed: {0}")]
    Unwritable(String),
    /// The store did not take a commit.
    #[error("the store did not take a commit, however often it was repeated")]
    GaveUp,
}

impl TransferError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + use<'_> {
        |error| Self::File(path.to_owned(), error)
    }

    /// Whether the store may well answer if it is asked again.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreadable(ReadError::TooOld | ReadError::Unavailable(_)))
    }
}

/// A place in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its first bytes.
    Header,
    /// A chunk, counted from 1.
    Chunk(u64),
    /// Its last bytes.
    Footer,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("the header"),
            Self::Chunk(number) => write!(f, "chunk {number}"),
            Self::Footer => f.write_str("the footer"),
        }
    }
}
