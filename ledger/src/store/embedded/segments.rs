//! The files of the log: made ahead of their use, filled one after the other, used again.
//!
//! `0000000000000001.log` is a segment in use; the number rises with every use of a file. `….spare` is a file
//! that waits for its next use: whatever it holds is of no account. A file gets its header while it is a spare and is renamed
//! after that was synced, so a `.log` always has a header. It becomes a spare again only when the index holds all
//! its commits durably, and that renaming is synced before the header is overwritten.

use super::disk::{LogDir, LogFile};
use super::frame::{SEGMENT_HEADER, SegmentHeader};
use crate::store::Version;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

const LOG: &str = ".log";
const SPARE: &str = ".spare";
/// Spares beyond this many are removed.
const SPARES: usize = 2;

/// All segments of one directory; see the [module](self).
pub(super) struct Segments {
    dir: Arc<dyn LogDir>,
    bytes: usize,
    state: Mutex<State>,
}

struct State {
    next_sequence: u64,
    /// Full segments, and the last version in each.
    sealed: Vec<(String, Version)>,
    spares: Vec<String>,
    ready: Vec<Segment>,
}

/// A segment that is being filled.
pub(super) struct Segment {
    name: String,
    file: Box<dyn LogFile>,
    salt: u64,
    bytes: usize,
    used: usize,
    last: Version,
}

impl Segments {
    /// The segments in `dir`, those made from now on being of `bytes`. What is there counts as sealed and of no further
    /// use: whoever opens a log has replayed it before.
    pub(super) fn open(dir: Arc<dyn LogDir>, bytes: usize) -> io::Result<Self> {
        let names = dir.list()?;
        let last = names.iter().filter_map(|name| sequence_of(name)).max();
        let (spares, sealed) = names.into_iter().partition(|name| name.ends_with(SPARE));
        let sealed: Vec<String> = sealed;
        let state = State {
            next_sequence: last.map_or(1, |last| last + 1),
            sealed: sealed.into_iter().map(|name| (name, Version(0))).collect(),
            spares,
            ready: Vec::new(),
        };
        let segments = Self { dir, bytes, state: Mutex::new(state) };
        segments.recycle(Version(0))?;
        Ok(segments)
    }

    /// A segment with room for `need` bytes of frames later than `base`.
    pub(super) fn take(&self, need: usize, base: Version) -> io::Result<Segment> {
        let ready = self.state().ready.pop();
        match ready {
            Some(segment) if segment.has_room(need) => Ok(segment),
            Some(segment) => {
                self.state().ready.push(segment);
                self.prepare(need, base)
            }
            None => self.prepare(need, base),
        }
    }

    /// Puts away a segment that is full.
    pub(super) fn seal(&self, segment: Segment) {
        self.state().sealed.push((segment.name, segment.last));
    }

    /// Prepares segments until `count` are ready for frames later than `base`.
    pub(super) fn keep_ready(&self, count: usize, base: Version) -> io::Result<()> {
        while self.state().ready.len() < count {
            let segment = self.prepare(0, base)?;
            self.state().ready.push(segment);
        }
        Ok(())
    }

    /// Frees the sealed segments whose commits all are in the index, which holds those up to `indexed` durably.
    pub(super) fn recycle(&self, indexed: Version) -> io::Result<()> {
        let free: Vec<_> =
            self.state().sealed.extract_if(.., |(_, last)| *last <= indexed).collect();
        if free.is_empty() {
            return Ok(());
        }
        let mut spares = Vec::new();
        for (name, _) in free {
            if self.state().spares.len() + spares.len() < SPARES {
                let spare = name.replace(LOG, SPARE);
                self.dir.rename(&name, &spare)?;
                spares.push(spare);
            } else {
                self.dir.remove(&name)?;
            }
        }
        self.dir.sync()?;
        self.state().spares.append(&mut spares);
        Ok(())
    }

    fn prepare(&self, need: usize, base: Version) -> io::Result<Segment> {
        let bytes = self.bytes.max(SEGMENT_HEADER + need);
        let sequence = self.next_sequence();
        let (spare, file) = self.spare(sequence, bytes)?;
        let header = SegmentHeader { salt: rand::random(), sequence, base };
        file.write(0, &header.encode())?;
        file.sync()?;
        let name = format!("{sequence:016}{LOG}");
        self.dir.rename(&spare, &name)?;
        self.dir.sync()?;
        Ok(Segment { name, file, salt: header.salt, bytes, used: SEGMENT_HEADER, last: base })
    }

    /// A file of `bytes` under the name of a spare.
    fn spare(&self, sequence: u64, bytes: usize) -> io::Result<(String, Box<dyn LogFile>)> {
        let spare = self.state().spares.pop();
        if let Some(name) = spare {
            let file = self.dir.open(&name)?;
            if file.bytes()? == bytes {
                return Ok((name, file));
            }
            self.dir.remove(&name)?;
        }
        let name = format!("{sequence:016}{SPARE}");
        let file = self.dir.create(&name, bytes)?;
        Ok((name, file))
    }

    fn next_sequence(&self) -> u64 {
        let mut state = self.state();
        state.next_sequence += 1;
        state.next_sequence - 1
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("invariant: nothing panics while it holds the segments")
    }
}

impl Segment {
    /// What goes into the checksums of its frames.
    pub(super) fn salt(&self) -> u64 {
        self.salt
    }

    /// Whether `bytes` more fit.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.used + bytes <= self.bytes
    }

    /// Appends `frames`, of which `last` is the last version.
    pub(super) fn append(&mut self, frames: &[u8], last: Version) -> io::Result<()> {
        self.file.write(self.used, frames)?;
        self.used += frames.len();
        self.last = last;
        Ok(())
    }

    /// Makes what was appended durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync()
    }
}

/// Whether `name` is that of a segment in use.
pub(super) fn is_log(name: &str) -> bool {
    name.ends_with(LOG)
}

/// The number in the name of a segment or spare.
pub(super) fn sequence_of(name: &str) -> Option<u64> {
    name.split_once('.')?.0.parse().ok()
}
