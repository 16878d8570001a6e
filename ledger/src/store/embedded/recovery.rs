//! Reads the log after a crash: every commit that was acknowledged, and no part of one that was not whole.
//!
//! The frames of all segments are put in order of their versions. Those after the version that the index holds are replayed
//! up to the first missing one. What comes after a gap was never acknowledged, since a commit is acknowledged only when
//! all before it are on disk. Unless a frame says that the missing version had been on disk: then what is missing was
//! damaged after it was acknowledged, and that is an error.

use super::codec;
use super::disk::LogDir;
use super::frame::{self, Frame, SegmentHeader};
use super::segments::{is_log, sequence_of};
use crate::store::{Mutation, Version};
use std::io;

/// Why a log cannot be read back.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecoveryError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the log is damaged: {0}")]
    Damaged(String),
}

/// The frames of a log that are to be replayed, in order.
pub(super) struct Replay<'a> {
    dir: &'a dyn LogDir,
    names: Vec<String>,
    frames: Vec<Found>,
    /// The segment read last, as its frames mostly follow one another.
    held: Option<(usize, Vec<u8>)>,
}

/// A frame, and the number of its segment.
struct Found {
    segment: usize,
    frame: Frame,
}

impl<'a> Replay<'a> {
    /// What the log in `dir` holds beyond `applied`.
    pub(super) fn read(dir: &'a dyn LogDir, applied: Version) -> Result<Self, RecoveryError> {
        let names: Vec<_> = dir.list()?.into_iter().filter(|name| is_log(name)).collect();
        let mut frames = Vec::new();
        let mut durable = applied;
        for (segment, name) in names.iter().enumerate() {
            for frame in scan(dir, name)? {
                durable = durable.max(frame.durable);
                if frame.version > applied {
                    frames.push(Found { segment, frame });
                }
            }
        }
        frames.sort_by_key(|found| found.frame.version);
        let whole = contiguous(&frames, applied)?;
        frames.truncate(whole);
        let last = Version(applied.0 + whole as u64);
        if durable > last {
            let missing = last.0 + 1;
            let reason = format!("version {missing} was on disk once and is not whole any more");
            return Err(RecoveryError::Damaged(reason));
        }
        Ok(Self { dir, names, frames, held: None })
    }

    /// How many commits there are to replay.
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is nothing to replay.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Hands every commit to `apply`, in order.
    pub(super) fn each<E: From<RecoveryError>>(
        mut self,
        mut apply: impl FnMut(Version, Vec<Mutation>) -> Result<(), E>,
    ) -> Result<(), E> {
        for found in std::mem::take(&mut self.frames) {
            let bytes = self.segment(found.segment).map_err(RecoveryError::from)?;
            let mutations = codec::decode(&bytes[found.frame.payload]).ok_or_else(|| {
                let version = found.frame.version.0;
                RecoveryError::Damaged(format!("version {version} does not read as a commit"))
            })?;
            apply(found.frame.version, mutations)?;
        }
        Ok(())
    }

    fn segment(&mut self, number: usize) -> io::Result<&[u8]> {
        let held = match self.held.take() {
            Some((held, bytes)) if held == number => (held, bytes),
            _ => (number, self.dir.open(&self.names[number])?.read()?),
        };
        Ok(&self.held.insert(held).1)
    }
}

fn scan(dir: &dyn LogDir, name: &str) -> Result<Vec<Frame>, RecoveryError> {
    let bytes = dir.open(name)?.read()?;
    match SegmentHeader::decode(&bytes) {
        Some(header) if Some(header.sequence) == sequence_of(name) => {
            Ok(frame::scan(&bytes, header))
        }
        _ => Err(RecoveryError::Damaged(format!("the head of {name} does not check"))),
    }
}

/// How many of `frames`, sorted, follow `applied` and one another without a gap.
fn contiguous(frames: &[Found], applied: Version) -> Result<usize, RecoveryError> {
    if let Some(pair) =
        frames.windows(2).find(|pair| pair[0].frame.version == pair[1].frame.version)
    {
        let version = pair[0].frame.version.0;
        return Err(RecoveryError::Damaged(format!("version {version} is there twice")));
    }
    let expected = (applied.0 + 1..).zip(frames);
    Ok(expected.take_while(|(version, found)| found.frame.version.0 == *version).count())
}
