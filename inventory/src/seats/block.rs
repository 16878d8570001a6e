//! Blocks of words: all sessions that one publication adds to one district, side by side.

use super::sync::{AtomicU64, Ordering};
use super::word::{self, Word};
use super::{Census, Overflow, Refused, Short};
use opencowin_model::{Capacity, Channel, Dose, Seats};
use std::ops::Range;
use std::sync::Arc;

/// The two words of one session and channel, in one cache line.
#[derive(Debug)]
#[repr(align(16))]
pub(super) struct Pair {
    mine: AtomicU64,
    others: AtomicU64,
}

impl Pair {
    pub(super) fn new(free: Seats) -> Self {
        Self { mine: AtomicU64::new(Word::new(free).0), others: AtomicU64::new(0) }
    }

    pub(super) fn mine(&self) -> Word {
        Word(self.mine.load(Ordering::Acquire))
    }

    pub(super) fn others(&self) -> Seats {
        Word(self.others.load(Ordering::Acquire)).free()
    }

    pub(super) fn visible(&self) -> Visible {
        let mine = Word(self.mine.load(Ordering::Acquire)).visible();
        Visible { mine, others: Word(self.others.load(Ordering::Acquire)) }
    }

    pub(super) fn take(&self, dose: Dose, n: u16) -> Result<(), Refused> {
        self.change(|word| word.take(dose, n))
    }

    pub(super) fn credit(&self, dose: Dose, n: u16) -> Result<(), Overflow> {
        self.change(|word| word.credit(dose, n))
    }

    pub(super) fn debit(&self, dose: Dose, n: u16) -> Result<(), Short> {
        self.change(|word| word.debit(dose, n))
    }

    /// Removes up to `n` free seats; how many there were.
    pub(super) fn debit_up_to(&self, dose: Dose, n: u16) -> u16 {
        let mut taken = 0;
        let step = |word: Word| {
            let (next, some) = word.debit_up_to(dose, n);
            taken = some;
            Ok::<_, std::convert::Infallible>(next)
        };
        let Ok(()) = self.change(step);
        taken
    }

    pub(super) fn confirm(&self, n: u16) {
        self.mine.fetch_sub(word::confirmed(n), Ordering::AcqRel);
    }

    pub(super) fn release(&self, dose: Dose, n: u16) {
        self.mine.fetch_sub(word::released(dose, n), Ordering::AcqRel);
    }

    pub(super) fn close(&self) {
        self.mine.fetch_or(word::closed(), Ordering::AcqRel);
    }

    pub(super) fn open(&self) {
        self.mine.fetch_and(!word::closed(), Ordering::AcqRel);
    }

    pub(super) fn set_others(&self, free: Seats) {
        self.others.store(Word::new(free).0, Ordering::Release);
    }

    /// One compare-and-swap, repeated while other threads get in between; a refusal writes nothing.
    fn change<E>(&self, mut step: impl FnMut(Word) -> Result<Word, E>) -> Result<(), E> {
        let mut seen = self.mine();
        loop {
            let next = step(seen)?;
            let swapped = self.mine.compare_exchange_weak(
                seen.0,
                next.0,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            match swapped {
                Ok(_) => return Ok(()),
                Err(now) => seen = Word(now),
            }
        }
    }
}

/// What the words of one session and channel let people see: all of them but the pending seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Visible {
    mine: Word,
    others: Word,
}

impl Visible {
    /// The seats that an answer shows: ours and the other gateways', none once closed.
    pub(crate) fn seats(self) -> Seats {
        if self.mine.is_closed() {
            return Seats::default();
        }
        self.mine.free().saturating_add(self.others.free())
    }
}

/// The words of the sessions of one publication and district, in the order in which answers list them. Words never
/// move; a block goes when no catalogue snapshot and no reservation refers to it any more.
#[derive(Debug)]
pub(crate) struct Block {
    /// What public search shows, alone and contiguous, so that a whole district is read in one sweep.
    online: Box<[Pair]>,
    /// On-spot and reserved seats.
    staff: Box<[[Pair; 2]]>,
    /// Per session and channel, what this process may still sell: seats free and pending, dose by dose. Apart from the
    /// words, since no search needs it.
    entitled: Box<[[AtomicU64; 3]]>,
    census: Arc<Census>,
}

impl Block {
    /// A block with these free seats, one element a session.
    pub(crate) fn new(free: &[Capacity], census: Arc<Census>) -> Self {
        census.count_block(free.len() as u64);
        let pair = |free: &Capacity, channel| Pair::new(free.of(channel));
        let staff = |f| [pair(f, Channel::OnSpot), pair(f, Channel::Reserved)];
        Self {
            online: free.iter().map(|f| pair(f, Channel::Online)).collect(),
            staff: free.iter().map(staff).collect(),
            entitled: free.iter().map(|f| Channel::ALL.map(|c| entitled(f.of(c)))).collect(),
            census,
        }
    }

    /// What people see of the online seats of these sessions, read in one sweep; nothing where the range is not in
    /// the block.
    pub(crate) fn visible(&self, range: Range<u32>) -> impl Iterator<Item = Visible> {
        let range = range.start as usize..range.end as usize;
        self.online.get(range).unwrap_or_default().iter().map(Pair::visible)
    }

    pub(super) fn pair(&self, at: u32, channel: Channel) -> &Pair {
        let at = at as usize;
        match channel {
            Channel::Online => &self.online[at],
            Channel::OnSpot => &self.staff[at][0],
            Channel::Reserved => &self.staff[at][1],
        }
    }

    pub(super) fn entitled(&self, at: u32, channel: Channel) -> &AtomicU64 {
        &self.entitled[at as usize][channel.index()]
    }

    pub(super) fn census(&self) -> &Census {
        &self.census
    }
}

fn entitled(free: Seats) -> AtomicU64 {
    AtomicU64::new(Word::new(free).0)
}

impl Drop for Block {
    fn drop(&mut self) {
        self.census.uncount_block(self.online.len() as u64);
    }
}
