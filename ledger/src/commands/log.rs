//! Keeping the transparency log.
//!
//! Whoever issues or revokes certificates writes lines that wait, in one row of a key of its own, so that they do not get into
//! each other's way. One member then gives the lines their places, and signs heads over them.

use super::{Effects, Outcome, Refusal};
use crate::keys::{Key, Meta};
use crate::records::{LogHead, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most rows of lines that are placed by one command.
pub const SEQUENCED_AT_ONCE: usize = 32;

/// Gives lines that wait their places behind those that are there, in the order in which their rows are named. Those that have
/// theirs already are passed over, so that it does no harm if two members do it.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Which, as [`Reader::log_pending`](crate::read::Reader::log_pending) tells; at most [`SEQUENCED_AT_ONCE`].
    pub rows: Vec<Uuid>,
}

impl Sequence {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        let size_key = Key::Meta(Meta::LogSize);
        view.require(self.rows.iter().map(|id| Key::LogPending(*id)).chain([size_key]))?;
        let before = view.count(Meta::LogSize)?.copied().unwrap_or(0);
        let (mut size, mut writes, mut named) = (before, Vec::new(), BTreeSet::new());
        for id in &self.rows {
            let Some(lines) = view.log_pending(*id)?.filter(|_| named.insert(id)) else { continue };
            writes.push((Key::LogPending(*id), None));
            for line in &lines.0 {
                writes.push((Key::LogLeaf(size), Some(Row::Logged(*line))));
                size += 1;
            }
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
    /// Hashes of the tree that have changed since the newest head, by level and index, so that nobody has to make them of all
    /// lines again. They are kept if this head is the newest: tiles only grow.
    pub tiles: Vec<(u8, u64, Vec<u8>)>,
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
                let tile = |(level, index, hashes): &(u8, u64, Vec<u8>)| {
                    (Key::LogTile(*level, *index), Some(Row::LogTile(hashes.clone())))
                };
                writes.extend(self.tiles.iter().map(tile));
            }
        }
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::*;
    use crate::records::Form;
    use crate::view::{Known, Rows};

    const ME: u64 = 9_000_000_001;

    fn sequence(story: &mut Story, rows: Vec<Uuid>) -> u64 {
        match story.run(Command::Sequence(Sequence { rows })) {
            Ok(Outcome::LogSequenced { size }) => size,
            other => panic!("{other:?}"),
        }
    }

    /// Certificates, each of which is stored by a command of its own, and the rows of their lines.
    fn logged(certificates: u64) -> (Story, Vec<Uuid>) {
        let mut story = Story::stocked();
        for number in 0..certificates {
            let (_, event) = story.certifiable(ME + number);
            story.certified(number.into(), event);
        }
        let rows = story.unplaced().iter().map(|(id, _)| *id).collect();
        (story, rows)
    }

    #[test]
    fn every_line_has_one_place_whoever_places_it_and_how_often() {
        let (mut story, _) = logged(4);
        let events: Vec<_> = (4..7).map(|n| story.certifiable(ME + n).1).collect();
        let together = (4..).zip(&events).map(|(n, event)| story.fresh(n, *event, Form::Domestic));
        let together = together.collect();
        assert_eq!(story.certify(together), 0b111);
        let (rows, waiting): (Vec<_>, Vec<_>) = story.unplaced().into_iter().unzip();
        assert_eq!(waiting.iter().map(Vec::len).sum::<usize>(), 7, "in {} rows", rows.len());
        let size = waiting[..2].concat().len() as u64;
        assert_eq!(sequence(&mut story, [&rows[..2], &rows[..1]].concat()), size);
        assert_eq!(sequence(&mut story, rows.clone()), 7, "another gateway, which read before");
        assert_eq!(sequence(&mut story, rows), 7);
        assert_eq!((story.lines().len(), story.log_size()), (0, 7));
        for (place, line) in (0..).zip(waiting.concat()) {
            let placed = story.row(&Key::LogLeaf(place));
            assert!(matches!(placed, Known::Present(Row::Logged(placed)) if *placed == line));
        }
    }

    #[test]
    fn of_each_size_the_first_head_is_kept_and_the_newest_is_known() {
        let (mut story, rows) = logged(3);
        let sign = |size, body: &[u8]| {
            let head = LogHead { size, body: body.to_vec() };
            Command::SignHead(SignHead { head, tiles: vec![(1, 0, body.to_vec())] })
        };
        assert_eq!(refused(story.run(sign(1, b"early"))), Refusal::NoSuchLogSize);
        sequence(&mut story, rows);
        for (size, body) in [(3, b"first"), (3, b"other"), (2, b"older")] {
            assert_eq!(story.run(sign(size, body)), Ok(Outcome::Passed));
        }
        let head = |size| match story.row(&Key::LogHead(size)) {
            Known::Present(Row::LogHead(head)) => (head.size, head.body.clone()),
            other => panic!("{other:?}"),
        };
        assert_eq!(head(0), (3, b"first".to_vec()));
        let tile = story.row(&Key::LogTile(1, 0));
        assert!(matches!(tile, Known::Present(Row::LogTile(hashes)) if hashes == b"first"));
        assert_eq!((head(3), head(2)), ((3, b"first".to_vec()), (2, b"older".to_vec())));
        assert_eq!(refused(story.run(sign(0, b"empty"))), Refusal::NoSuchLogSize);
        assert_eq!(refused(story.run(sign(4, b"ahead"))), Refusal::NoSuchLogSize);
    }
}
