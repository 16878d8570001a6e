//! Keeping the transparency log.
//!
//! Whoever issues or revokes a certificate writes a line that waits, under a key of its own, so that they do not get into
//! each other's way. One member then gives the lines their places, and signs heads over them.

use super::{Effects, Outcome, Refusal};
use crate::keys::{Key, Meta};
use crate::records::{LogHead, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most lines that are placed by one command.
pub const SEQUENCED_AT_ONCE: usize = 1024;

/// Gives lines that wait their places behind those that are there, in the order in which they are named. Those that have
/// theirs already are passed over, so that it does no harm if two members do it.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Which, as [`Reader::log_pending`](crate::read::Reader::log_pending) tells; at most [`SEQUENCED_AT_ONCE`].
    pub lines: Vec<Uuid>,
}

impl Sequence {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let size_key = Key::Meta(Meta::LogSize);
        view.require(self.lines.iter().map(|id| Key::LogPending(*id)).chain([size_key]))?;
        let before = view.count(Meta::LogSize)?.copied().unwrap_or(0);
        let (mut size, mut writes, mut named) = (before, Vec::new(), BTreeSet::new());
        for id in &self.lines {
            let Some(line) = view.log_pending(*id)?.filter(|_| named.insert(id)) else { continue };
            writes.push((Key::LogPending(*id), None));
            writes.push((Key::LogLeaf(size), Some(Row::Logged(*line))));
            size += 1;
        }
        if size > before {
            writes.push((size_key, Some(Row::Count(size))));
        }
        Ok(Effects { writes, outcome: Outcome::LogSequenced { size } })
    }
}

/// Keeps a signed head of the log. Of each size the first is kept.
#[derive(Clone, Debug)]
pub struct SignHead {
    /// The head.
    pub head: LogHead,
}

impl SignHead {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let size = self.head.size;
        // Under size 0 lies a copy of the newest, and over nothing nobody needs a head.
        view.require([Key::Meta(Meta::LogSize), Key::LogHead(size), Key::LogHead(0)])?;
        if size == 0 || size > view.count(Meta::LogSize)?.copied().unwrap_or(0) {
            return Err(Refusal::NoSuchLogSize.into());
        }
        let mut writes = Vec::new();
        if view.log_head(size)?.is_none() {
            let row = Some(Row::LogHead(self.head.clone()));
            writes.push((Key::LogHead(size), row.clone()));
            if view.log_head(0)?.is_none_or(|newest| newest.size < size) {
                writes.push((Key::LogHead(0), row));
            }
        }
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}
