//! Opening: is this ours, can we read it, and what time is it there.

use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Meta};
use crate::records::{Row, SCHEMA};
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome, ReadError, Version, single};
use crate::view::{Known, Rows};
use jiff::SignedDuration;
use rand::rngs::StdRng;
use std::io;
use std::sync::mpsc;

/// Why the ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key file is not the one that this store was made with. Nothing is lost: look for the right one.
    #[error("the key file does not belong to this ledger")]
    WrongKeys,
    /// The rows were written by a program with another layout.
    #[error("the ledger has schema {found}, this program reads {SCHEMA}")]
    OtherSchema {
        /// The layout that it has.
        found: u32,
    },
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

const ROWS: [Key; 3] =
    [Key::Meta(Meta::SchemaVersion), Key::Meta(Meta::KeyCheck), Key::Meta(Meta::ClockAhead)];

/// Checks the layout and the keys, writes both into an empty ledger, and sets the clock.
pub(crate) fn open(engine: &Engine, random: &mut StdRng) -> Result<(), OpenError> {
    let version = block_on(engine.store.read_version())?;
    let mut rows = Fetched::at(version);
    block_on(rows.fetch(engine, ROWS.to_vec()))?;
    match rows.row(&ROWS[0]) {
        Known::Present(Row::SchemaVersion(SCHEMA)) => check_keys(engine, &rows)?,
        Known::Present(Row::SchemaVersion(found)) => {
            return Err(OpenError::OtherSchema { found: *found });
        }
        Known::Absent => found(engine, version, random)?,
        _ => return Err(OpenError::Damaged),
    }
    match rows.row(&ROWS[2]) {
        Known::Present(Row::ClockAhead(ms)) => {
            engine.clock.advance(SignedDuration::from_millis(*ms));
            Ok(())
        }
        Known::Absent => Ok(()),
        _ => Err(OpenError::Damaged),
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

fn found(engine: &Engine, version: Version, random: &mut StdRng) -> Result<(), OpenError> {
    let hash = engine.codec.vault().hasher().key_check();
    let rows = [Row::SchemaVersion(SCHEMA), Row::KeyCheck(hash)];
    let mut commit = Commit { read_version: version, ..Commit::default() };
    for (key, row) in ROWS.iter().zip(rows) {
        let stored = engine.codec.layout().encode(key);
        commit.conflicts.push(single(&stored));
        let value = engine.codec.seal(key, &stored, &row, random);
        commit.mutations.push(Mutation::Set { key: stored, value });
    }
    let (send, receive) = mpsc::channel();
    engine.store.commit(commit, Box::new(move |outcome| drop(send.send(outcome))));
    match receive.recv() {
        Ok(Outcome::Committed(_)) => Ok(()),
        Ok(outcome) => Err(OpenError::Unwritable(outcome)),
        Err(_) => Err(OpenError::Unwritable(Outcome::Unknown)),
    }
}
