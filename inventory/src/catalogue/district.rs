//! What is on sale in one district: an immutable snapshot.

use super::revision::Revision;
use crate::fragment::{Header, Item, Numbers};
use crate::seats::{Block, SessionSeats};
use opencowin_model::{Centre, CentreId, Date, Pack, Pincode, Session, SessionState};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// A session with its seats and its share of answers.
pub(crate) struct SessionEntry {
    pub(crate) session: Session,
    pub(crate) seats: SessionSeats,
    pub(crate) item: Item,
    pub(crate) numbers: Numbers,
}

impl SessionEntry {
    pub(super) fn new(pack: &Pack, session: Session, seats: SessionSeats) -> Self {
        let item = Item::new(pack, &session);
        let numbers = Numbers::new(&session.capacity);
        Self { session, seats, item, numbers }
    }
}

/// A centre, its share of answers and its sessions by date, then id.
pub(crate) struct CentreEntry {
    pub(crate) centre: Arc<Centre>,
    pub(crate) header: Header,
    pub(crate) sessions: Box<[Arc<SessionEntry>]>,
    /// Sessions that are not held, which no answer shows.
    cancelled: Box<[Arc<SessionEntry>]>,
}

impl CentreEntry {
    pub(super) fn new(
        pack: &Pack,
        centre: Arc<Centre>,
        mut sessions: Vec<Arc<SessionEntry>>,
    ) -> Self {
        sessions.sort_unstable_by_key(|entry| entry.session.key());
        let is_cancelled =
            |entry: &Arc<SessionEntry>| entry.session.state == SessionState::Cancelled;
        let (cancelled, shown): (Vec<_>, Vec<_>) = sessions.into_iter().partition(is_cancelled);
        let header = Header::new(pack, &centre);
        Self { header, centre, sessions: shown.into(), cancelled: cancelled.into() }
    }

    /// All of its sessions, those that are shown first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<SessionEntry>> {
        self.sessions.iter().chain(&self.cancelled)
    }

    /// The sessions of these days.
    pub(crate) fn on(&self, days: &RangeInclusive<Date>) -> &[Arc<SessionEntry>] {
        let from = self.sessions.partition_point(|entry| entry.session.date < *days.start());
        let later = &self.sessions[from..];
        &later[..later.partition_point(|entry| entry.session.date <= *days.end())]
    }

    fn place(&self) -> (Pincode, CentreId) {
        (self.centre.pincode, self.centre.id)
    }
}

/// The snapshot: centres by pincode, then id.
pub(crate) struct District {
    /// Unlike that of any other snapshot of any district: what was rendered from this one carries it.
    pub(crate) generation: u64,
    centres: Box<[Arc<CentreEntry>]>,
    /// Pincode and id of each centre, apart, so that a search for them stays in a few cache lines.
    places: Box<[(Pincode, CentreId)]>,
    /// The blocks that hold the words of these sessions, by address.
    blocks: Box<[Arc<Block>]>,
}

impl District {
    pub(super) fn new(generation: u64, mut centres: Vec<Arc<CentreEntry>>) -> Self {
        centres.sort_unstable_by_key(|entry| entry.place());
        let places = centres.iter().map(|entry| entry.place()).collect();
        let blocks = blocks_of(&centres);
        Self { generation, centres: centres.into(), places, blocks }
    }

    /// The next snapshot: this one with `revision` applied. Centres that it does not touch are shared.
    pub(super) fn revised(&self, pack: &Pack, generation: u64, mut revision: Revision) -> Self {
        let kept = self.centres.iter().filter_map(|entry| revision.apply(pack, entry));
        let mut centres: Vec<_> = kept.collect();
        centres.extend(revision.into_added(pack));
        Self::new(generation, centres)
    }

    /// The centres in this range.
    pub(crate) fn centres(&self, range: Range<usize>) -> &[Arc<CentreEntry>] {
        self.centres.get(range).unwrap_or_default()
    }

    /// All centres, as a range.
    pub(crate) fn everywhere(&self) -> Range<usize> {
        0..self.centres.len()
    }

    /// The centres with this pincode.
    pub(crate) fn at_pincode(&self, pincode: Pincode) -> Range<usize> {
        let from = self.places.partition_point(|place| place.0 < pincode);
        let count = self.places[from..].partition_point(|place| place.0 == pincode);
        from..from + count
    }

    /// One centre; an empty range if it is not here.
    pub(crate) fn at_centre(&self, centre: &Centre) -> Range<usize> {
        match self.places.binary_search(&(centre.pincode, centre.id)) {
            Ok(at) => at..at + 1,
            Err(_) => 0..0,
        }
    }

    /// The block with this number.
    pub(crate) fn block(&self, number: u32) -> Option<&Block> {
        self.blocks.get(number as usize).map(Arc::as_ref)
    }

    /// The number of a block.
    pub(crate) fn block_number(&self, block: &Arc<Block>) -> Option<u32> {
        let found = self.blocks.binary_search_by_key(&Arc::as_ptr(block), Arc::as_ptr);
        found.ok().map(|number| number as u32)
    }

    /// All sessions.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Arc<SessionEntry>> {
        self.centres.iter().flat_map(|entry| entry.all())
    }
}

fn blocks_of(centres: &[Arc<CentreEntry>]) -> Box<[Arc<Block>]> {
    let entries = centres.iter().flat_map(|entry| &entry.sessions);
    let mut blocks: Vec<_> = entries.map(|entry| entry.seats.block()).collect();
    blocks.sort_unstable_by_key(|block| Arc::as_ptr(block));
    blocks.dedup_by_key(|block| Arc::as_ptr(block));
    blocks.into_iter().cloned().collect()
}
