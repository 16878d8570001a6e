//! One log: commits in, frames in segments out.

use super::frame;
use super::segments::{Segment, Segments};
use super::sequencer::Pending;
use crate::store::Version;
use std::io;
use std::sync::Arc;

/// A log that one thread writes; see the [module](self).
pub(super) struct Log {
    segments: Arc<Segments>,
    current: Segment,
    frames: Vec<u8>,
}

/// A buffer larger than this is not kept for the next group.
const BUFFER_KEPT: usize = 4 << 20;

impl Log {
    /// A log whose frames all come after `head`.
    pub(super) fn new(segments: Arc<Segments>, head: Version) -> io::Result<Self> {
        let current = segments.take(0, head)?;
        Ok(Self { segments, current, frames: Vec::new() })
    }

    /// Writes `group`, in the knowledge that everything up to `durable` is on disk. A [`sync`](Self::sync) must follow.
    ///
    /// Returns whether it went on to another segment.
    pub(super) fn write(&mut self, group: &[Pending], durable: Version) -> io::Result<bool> {
        let Some(last) = group.last() else { return Ok(false) };
        self.encode(group, durable);
        let rolls = !self.current.has_room(self.frames.len());
        if rolls {
            let next = self.segments.take(self.frames.len(), durable)?;
            self.segments.seal(std::mem::replace(&mut self.current, next));
            // The checksums depend on the segment.
            self.encode(group, durable);
        }
        self.current.append(&self.frames, last.version)?;
        Ok(rolls)
    }

    /// Makes what was written durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.current.sync()
    }

    fn encode(&mut self, group: &[Pending], durable: Version) {
        self.frames.clear();
        self.frames.shrink_to(BUFFER_KEPT);
        for pending in group {
            let mutations = &pending.mutations;
            frame::encode(
                self.current.salt(),
                pending.version,
                durable,
                mutations,
                &mut self.frames,
            );
        }
    }
}
