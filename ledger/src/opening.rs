//! Opening: is this ours, can we read it, and what time is it there.

use crate::audit::notary::Notary;
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Kind, Meta};
use crate::members::joining;
use crate::records::{OLDEST_SCHEMA, Row, SCHEMA};
use crate::store::{Commit, Mutation, Outcome, ReadError, Version};
use crate::view::{Known, Rows};
use jiff::SignedDuration;
use rand::RngExt;
use rand::rngs::StdRng;
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// Why the ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key file is not the one that this store was made with. Nothing is lost: look for the right one.
    #[error("the key file does not belong to this ledger")]
    WrongKeys,
    /// The rows were written by a program with another layout.
    #[error("the ledger has schema {found}, this program reads {OLDEST_SCHEMA} to {SCHEMA}")]
    OtherSchema {
        /// The layout that it has.
        found: u32,
    },
    /// Part of the rows may be missing. The same import, repeated, goes on where it stopped.
    #[error("an import into this ledger is not finished: repeat it")]
    ImportUnfinished,
    /// A row that is needed for opening cannot be read.
    #[error("a row of the ledger's own is damaged")]
    Damaged,
    /// The store does not answer.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The first rows could not be written.
    #[error("the new ledger could not be written: {0:?}")]
    Unwritable(Outcome),
    /// The lane's thread could not be started.
    #[error("the lane could not be started")]
    Thread(#[source] io::Error),
}

/// How often a transaction is tried that others got in the way of.
const TRIES: usize = 16;

const ROWS: [Key; 4] = [
    Key::Meta(Meta::SchemaVersion),
    Key::Meta(Meta::KeyCheck),
    Key::Meta(Meta::ClockAhead),
    Key::Meta(Meta::Import),
];

/// Checks the layout and the keys, writes both into an empty ledger, and sets the clock. Answers how far that is ahead,
/// in milliseconds.
pub(crate) fn open(engine: &Engine, random: &mut StdRng) -> Result<i64, OpenError> {
    let mut last = Outcome::Conflict;
    for _ in 0..TRIES {
        let (version, rows) = joining::read(engine, &ROWS)?;
        if !matches!(rows.row(&ROWS[3]), Known::Absent) {
            return Err(OpenError::ImportUnfinished);
        }
        match rows.row(&ROWS[0]) {
            Known::Present(Row::SchemaVersion(OLDEST_SCHEMA..=SCHEMA)) => {
                check_keys(engine, &rows)?;
                return set_clock(engine, &rows);
            }
            Known::Present(Row::SchemaVersion(found)) => {
                return Err(OpenError::OtherSchema { found: *found });
            }
            Known::Absent => last = found(engine, version, random),
            _ => return Err(OpenError::Damaged),
        }
        if let Outcome::Fatal(_) = last {
            break;
        }
    }
    Err(OpenError::Unwritable(last))
}

/// Makes a ledger that nobody else has open this process's alone: whoever shared it before is gone, and an older layout
/// is brought up to date.
pub(crate) fn take_over(engine: &Arc<Engine>) -> Result<(), OpenError> {
    // Where the audit's chains end is known from the traces, if a process died before it wrote a head.
    Notary::new(engine.clone()).pin()?;
    let layout = engine.codec.layout();
    let schema = layout.encode(&Key::Meta(Meta::SchemaVersion));
    let gone = [
        layout.traces_of_schema_1(),
        layout.membership(),
        layout.all(Kind::Trace),
        layout.all(Kind::Feed),
    ];
    let mut mutations: Vec<_> =
        gone.into_iter().map(|range| Mutation::ClearRange { range }).collect();
    mutations.push(Mutation::Set { key: schema, value: Row::SchemaVersion(SCHEMA).encode() });
    match joining::submit(engine, Commit { mutations, ..Commit::default() }) {
        Outcome::Committed(_) => Ok(()),
        outcome => Err(OpenError::Unwritable(outcome)),
    }
}

/// The row is sealed, which proves the data keys, and holds a hash, which proves the hash key.
fn check_keys(engine: &Engine, rows: &Fetched) -> Result<(), OpenError> {
    let hash = engine.codec.vault().hasher().key_check();
    match rows.row(&ROWS[1]) {
        Known::Present(Row::KeyCheck(found)) if *found == hash => Ok(()),
        Known::Present(_) | Known::Damaged => Err(OpenError::WrongKeys),
        _ => Err(OpenError::Damaged),
    }
}

fn set_clock(engine: &Engine, rows: &Fetched) -> Result<i64, OpenError> {
    match rows.row(&ROWS[2]) {
        Known::Present(Row::ClockAhead(ms)) => {
            engine.clock.advance(SignedDuration::from_millis(*ms));
            Ok(*ms)
        }
        Known::Absent => Ok(0),
        _ => Err(OpenError::Damaged),
    }
}

/// Writes the first rows, unless somebody else does at the same time.
fn found(engine: &Engine, version: Version, random: &mut StdRng) -> Outcome {
    let hash = engine.codec.vault().hasher().key_check();
    let generation = Uuid::from_bytes(random.random());
    let writes = [
        (ROWS[0], Some(Row::SchemaVersion(SCHEMA))),
        (ROWS[1], Some(Row::KeyCheck(hash))),
        (Key::Meta(Meta::Generation), Some(Row::Generation(generation))),
        (Key::Meta(Meta::Founded), Some(Row::SchemaVersion(SCHEMA))),
    ];
    joining::commit(engine, version, joining::singles(engine, &ROWS), &writes, random)
}
