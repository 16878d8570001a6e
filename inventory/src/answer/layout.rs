//! Where the seat numbers of an answer stand and which words they show.

use super::compose::Observer;
use super::query::Version;
use crate::catalogue::{District, SessionEntry};
use crate::fragment::Numbers;
use crate::seats::Visible;
use std::ops::Range;

/// The plan of an answer about one snapshot of a district. It refers to blocks by number, so that keeping it keeps
/// nothing else alive.
pub(super) struct Layout {
    version: Version,
    runs: Box<[Run]>,
    spots: Box<[Spot]>,
}

/// Words that stand side by side, in the order of the answer.
struct Run {
    block: u32,
    words: Range<u32>,
}

/// Where the number members of one session start.
struct Spot {
    at: u32,
    numbers: Numbers,
}

impl Layout {
    /// What the words show now.
    pub(super) fn read(&self, district: &District) -> Box<[Visible]> {
        let mut seen = Vec::with_capacity(self.spots.len());
        for run in &self.runs {
            let block = district.block(run.block);
            seen.extend(block.iter().flat_map(|block| block.visible(run.words.clone())));
        }
        seen.into()
    }

    /// Whether the words show now what they showed then.
    pub(super) fn still_shows(&self, district: &District, shown: &[Visible]) -> bool {
        let mut rest = shown;
        self.runs.iter().all(|run| {
            let Some((here, later)) = rest.split_at_checked(run.words.len()) else { return false };
            rest = later;
            let block = district.block(run.block);
            block.is_some_and(|block| block.visible(run.words.clone()).eq(here.iter().copied()))
        })
    }

    /// Where every number stands, in order.
    pub(super) fn fields(&self) -> Vec<Range<u32>> {
        self.spots.iter().flat_map(|spot| spot.numbers.ranges(spot.at, self.version)).collect()
    }

    /// Calls `change(field, range, old text, new text)` for every number that is not what it was.
    pub(super) fn differences(
        &self,
        old: &[Visible],
        new: &[Visible],
        mut change: impl FnMut(usize, Range<u32>, &[u8], &[u8]),
    ) {
        let fields = Numbers::fields(self.version);
        for (at, spot) in self.spots.iter().enumerate().filter(|(at, _)| old[*at] != new[*at]) {
            let text = |visible: Visible| spot.numbers.texts(self.version, visible.into());
            let texts = text(old[at]).zip(text(new[at]));
            let ranges = spot.numbers.ranges(spot.at, self.version);
            for (field, (range, (old, new))) in (at * fields..).zip(ranges.zip(texts)) {
                if old != new {
                    change(field, range, old.bytes(), new.bytes());
                }
            }
        }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.runs) + size_of_val(&*self.spots)
    }
}

/// Draws the layout of an answer while it is composed.
pub(super) struct Sketch<'a> {
    district: &'a District,
    version: Version,
    runs: Vec<Run>,
    spots: Vec<Spot>,
    shown: Vec<Visible>,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(district: &'a District, version: Version) -> Self {
        Self { district, version, runs: Vec::new(), spots: Vec::new(), shown: Vec::new() }
    }

    /// The layout, and what the numbers show.
    pub(super) fn finish(self) -> (Layout, Box<[Visible]>) {
        let Self { version, runs, spots, shown, .. } = self;
        (Layout { version, runs: runs.into(), spots: spots.into() }, shown.into())
    }
}

impl Observer for Sketch<'_> {
    fn numbers(&mut self, entry: &SessionEntry, visible: Visible, at: usize) {
        let block = self.district.block_number(entry.seats.block());
        let block = block.expect("invariant: a snapshot holds the blocks of its sessions");
        let word = entry.seats.at();
        match self.runs.last_mut() {
            Some(run) if run.block == block && run.words.end == word => run.words.end += 1,
            _ => self.runs.push(Run { block, words: word..word + 1 }),
        }
        self.spots.push(Spot { at: at as u32, numbers: entry.numbers });
        self.shown.push(visible);
    }
}
