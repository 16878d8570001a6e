//! Bringing chunks into a store, and remembering how many are in.
//!
//! The progress row ([`Import`]) makes it safe, whatever happens:
//!
//! 1. A run *claims* the environment by writing the row with its own id, on the condition that there is no row at all or
//!    the progress row of the same export. Nobody can found a ledger there meanwhile: opening asks for that row.
//! 2. The chunks of a window are committed at once, each on the condition that the progress row is as this run wrote it.
//!    Should another run claim the environment, none of them lands any more. A commit that failed or of which nobody knows is
//!    repeated: to write the same values again changes nothing.
//! 3. When all of the window have landed, the row advances. It is never ahead of the chunks; a run that goes on repeats
//!    the last window at most.
//! 4. When everything was read back, the row is removed, and the run's id becomes the store's generation: what was read
//!    from another store, or before, is of another past.

use super::TransferError;
use super::access::{AtRest, committed};
use super::format;
use crate::keys::{Key, Meta};
use crate::records::{Import, Row};
use crate::store::{Commit, Mutation, Outcome, Version};
use std::ops::Range;
use std::sync::mpsc::{self, Receiver};
use uuid::Uuid;

const PROGRESS: Key = Key::Meta(Meta::Import);

/// Payloads of chunks that are committed at once.
pub(super) type Window = Vec<Vec<u8>>;

/// An environment that this run has claimed.
pub(super) struct Landing<'a> {
    rows: &'a AtRest,
    progress: Import,
    /// A version at which the progress row was as it should be.
    version: Version,
}

impl<'a> Landing<'a> {
    /// Claims the environment for a run of the import of `export`.
    pub(super) fn claim(rows: &'a AtRest, export: Uuid, run: Uuid) -> Result<Self, TransferError> {
        rows.insist(|| {
            let version = rows.version()?;
            let (found, read) = claimable(rows, version, export)?;
            let progress = Import { export, run, chunks: found.map_or(0, |found| found.chunks) };
            if found == Some(progress) {
                return Ok(Some(Self { rows, progress, version }));
            }
            let commit = Commit {
                read_version: version,
                conflicts: vec![read],
                mutations: vec![set(rows, progress)],
            };
            Ok(rows.commit(commit)?.map(|version| Self { rows, progress, version }))
        })
    }

    /// How many chunks are in.
    pub(super) fn chunks(&self) -> u64 {
        self.progress.chunks
    }

    /// Commits the chunks that follow those that are in. Meanwhile it does something else, whose result it answers.
    pub(super) fn land<T>(
        &mut self,
        window: &[Vec<u8>],
        meanwhile: impl FnOnce() -> Result<T, TransferError>,
    ) -> Result<T, TransferError> {
        let flight = self.submit(window, (0..window.len()).collect());
        let result = meanwhile();
        let mut left = flight.land()?;
        let result = result?;
        let rows = self.rows;
        rows.insist(|| {
            if !left.is_empty() {
                self.version = self.confirm()?;
                left = self.submit(window, std::mem::take(&mut left)).land()?;
            }
            Ok(left.is_empty().then_some(()))
        })?;
        self.advance(self.progress.chunks + window.len() as u64)?;
        Ok(result)
    }

    /// Removes the progress row: the ledger can be opened.
    pub(super) fn finish(self) -> Result<(), TransferError> {
        self.rows.insist(|| {
            let version = self.rows.version()?;
            match progress(self.rows, version)? {
                None => Ok(Some(())),
                Some(found) if found == self.progress => {
                    let commit = self.commit(version, self.last_mutations());
                    Ok(self.rows.commit(commit)?.map(drop))
                }
                Some(_) => Err(TransferError::Overtaken),
            }
        })
    }

    fn last_mutations(&self) -> Vec<Mutation> {
        let layout = &self.rows.layout;
        let generation = Row::Generation(self.progress.run).encode();
        let key = layout.encode(&Key::Meta(Meta::Generation));
        vec![
            Mutation::Clear { key: layout.encode(&PROGRESS) },
            Mutation::Set { key, value: generation },
        ]
    }

    fn advance(&mut self, chunks: u64) -> Result<(), TransferError> {
        let next = Import { chunks, ..self.progress };
        self.version = self.rows.insist(|| {
            let version = self.rows.version()?;
            match progress(self.rows, version)? {
                Some(found) if found == next => Ok(Some(version)),
                Some(found) if found == self.progress => {
                    self.rows.commit(self.commit(version, vec![set(self.rows, next)]))
                }
                _ => Err(TransferError::Overtaken),
            }
        })?;
        self.progress = next;
        Ok(())
    }

    /// A version at which the progress row is still as this run wrote it.
    fn confirm(&self) -> Result<Version, TransferError> {
        let version = self.rows.version()?;
        let ours = progress(self.rows, version)? == Some(self.progress);
        if ours { Ok(version) } else { Err(TransferError::Overtaken) }
    }

    fn submit(&self, window: &[Vec<u8>], chunks: Vec<usize>) -> Flight {
        let (send, landings) = mpsc::channel();
        for &chunk in &chunks {
            let commit = self.commit(self.version, mutations(&window[chunk]));
            let send = send.clone();
            let done = move |outcome| drop(send.send((chunk, outcome)));
            self.rows.store.commit(commit, Box::new(done));
        }
        Flight { chunks, landings }
    }

    /// A commit that fails if the progress row has changed since `version`.
    fn commit(&self, version: Version, mutations: Vec<Mutation>) -> Commit {
        let conflicts = vec![self.rows.layout.single(&PROGRESS)];
        Commit { read_version: version, conflicts, mutations }
    }
}

/// Commits under way.
struct Flight {
    chunks: Vec<usize>,
    landings: Receiver<(usize, Outcome)>,
}

impl Flight {
    /// Waits for all; answers those to be repeated.
    fn land(self) -> Result<Vec<usize>, TransferError> {
        let mut left = self.chunks;
        for (chunk, outcome) in self.landings {
            if committed(outcome)?.is_some() {
                left.retain(|other| *other != chunk);
            }
        }
        Ok(left)
    }
}

/// The progress row, and what must not change if the environment is to be claimed.
fn claimable(
    rows: &AtRest,
    version: Version,
    export: Uuid,
) -> Result<(Option<Import>, Range<Vec<u8>>), TransferError> {
    match progress(rows, version)? {
        Some(found) if found.export == export => Ok((Some(found), rows.layout.single(&PROGRESS))),
        Some(_) => Err(TransferError::OtherImport),
        None if rows.scan(version, rows.layout.everything(), 1)?.is_empty() => {
            Ok((None, rows.layout.everything()))
        }
        None => Err(TransferError::NotEmpty(rows.environment)),
    }
}

/// That the environment could be claimed, before anything is done for it.
pub(super) fn check(rows: &AtRest, export: Uuid) -> Result<(), TransferError> {
    rows.insist(|| claimable(rows, rows.version()?, export).map(|_| Some(())))
}

fn progress(rows: &AtRest, version: Version) -> Result<Option<Import>, TransferError> {
    let Some(value) = rows.get(version, PROGRESS)? else { return Ok(None) };
    match Row::decode(&PROGRESS, &value) {
        Ok(Row::Import(import)) => Ok(Some(import)),
        _ => Err(TransferError::OtherImport),
    }
}

fn set(rows: &AtRest, progress: Import) -> Mutation {
    Mutation::Set { key: rows.layout.encode(&PROGRESS), value: Row::Import(progress).encode() }
}

/// What writes a chunk's rows. The file was read through before, so all of them are whole.
fn mutations(payload: &[u8]) -> Vec<Mutation> {
    let pairs = format::pairs(payload).flatten();
    pairs.map(|(key, value)| Mutation::Set { key: key.to_vec(), value: value.to_vec() }).collect()
}
