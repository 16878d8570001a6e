//! The seats of one session.

use super::block::{Block, Pair, Visible};
use super::sync::{AtomicU64, Ordering};
use super::word::{self, Word};
use super::{Overflow, Refused, Reservation, Short};
use opencowin_model::{Channel, Dose, Seats};
use std::sync::Arc;

/// The seats of one session: a handle to its words, which stay where they are for as long as it exists.
#[derive(Clone, Debug)]
pub struct SessionSeats {
    block: Arc<Block>,
    at: u32,
}

impl SessionSeats {
    pub(crate) fn new(block: Arc<Block>, at: u32) -> Self {
        Self { block, at }
    }

    /// Reserves `n` seats (a booking takes 1 to 4): they are pending until the reservation is confirmed or released.
    pub fn reserve(&self, channel: Channel, dose: Dose, n: u16) -> Result<Reservation, Refused> {
        self.pair(channel).take(dose, n)?;
        Ok(Reservation::new(self.clone(), channel, dose, n))
    }

    /// Free seats that this process may sell, closed or not.
    pub fn free(&self, channel: Channel) -> Seats {
        self.pair(channel).mine().free()
    }

    /// Seats of all doses that are reserved and undecided.
    pub fn pending(&self, channel: Channel) -> u16 {
        self.pair(channel).mine().pending()
    }

    /// Free seats that other gateways may sell, as last heard.
    pub fn others(&self, channel: Channel) -> Seats {
        self.pair(channel).others()
    }

    /// What people are shown: free here and elsewhere, nothing once closed.
    pub fn shown(&self, channel: Channel) -> Seats {
        self.pair(channel).visible().seats()
    }

    /// Whether sales through this channel are stopped.
    pub fn is_closed(&self, channel: Channel) -> bool {
        self.pair(channel).mine().is_closed()
    }

    /// Adds free seats: a cancellation was committed, a capacity was raised, or seats came from elsewhere.
    pub fn credit(&self, channel: Channel, dose: Dose, n: u16) -> Result<(), Overflow> {
        self.pair(channel).credit(dose, n)?;
        self.entitled(channel).fetch_add(word::seats(dose, n), Ordering::AcqRel);
        Ok(())
    }

    /// Removes free seats: a capacity was lowered, or seats go elsewhere.
    pub fn debit(&self, channel: Channel, dose: Dose, n: u16) -> Result<(), Short> {
        self.pair(channel).debit(dose, n)?;
        self.entitled(channel).fetch_sub(word::seats(dose, n), Ordering::AcqRel);
        Ok(())
    }

    /// Makes the seats what a ledger that others change too says: this process may sell `mine`, reserved ones included,
    /// and others may sell `others`. Answers whether all of it could be done: seats that are reserved cannot be
    /// taken away, so what they stand in the way of has to be tried again once they are decided.
    ///
    /// All calls of this, of [`credit`](Self::credit) and [`debit`](Self::debit), and all decisions of reservations must
    /// come from one thread. What is shown meanwhile is never more than before and after.
    pub fn follow(&self, channel: Channel, mine: Seats, others: Seats) -> bool {
        let pair = self.pair(channel);
        let shown = pair.others();
        pair.set_others(Seats(Dose::ALL.map(|dose| shown.of(dose).min(others.of(dose)))));
        let mut done = true;
        for dose in Dose::ALL {
            let (now, then) = (self.entitlement(channel).of(dose), mine.of(dose));
            if then < now {
                let taken = pair.debit_up_to(dose, now - then);
                self.entitled(channel).fetch_sub(word::seats(dose, taken), Ordering::AcqRel);
                done &= taken == now - then;
            }
        }
        for dose in Dose::ALL {
            let (now, then) = (self.entitlement(channel).of(dose), mine.of(dose));
            if then > now {
                done &= self.credit(channel, dose, then - now).is_ok();
            }
        }
        pair.set_others(others);
        done
    }

    /// Stops sales through every channel. Reservations made before can still be decided either way.
    pub fn close(&self) {
        Channel::ALL.iter().for_each(|&channel| self.pair(channel).close());
    }

    /// Lets sales go on.
    pub fn open(&self) {
        Channel::ALL.iter().for_each(|&channel| self.pair(channel).open());
    }

    pub(crate) fn visible(&self) -> Visible {
        self.pair(Channel::Online).visible()
    }

    pub(crate) fn block(&self) -> &Arc<Block> {
        &self.block
    }

    pub(crate) fn at(&self) -> u32 {
        self.at
    }

    pub(super) fn confirmed(&self, channel: Channel, dose: Dose, n: u16) {
        self.pair(channel).confirm(n);
        self.entitled(channel).fetch_sub(word::seats(dose, n), Ordering::AcqRel);
    }

    /// What this process may still sell: free and pending seats.
    fn entitlement(&self, channel: Channel) -> Seats {
        Word(self.entitled(channel).load(Ordering::Acquire)).free()
    }

    fn entitled(&self, channel: Channel) -> &AtomicU64 {
        self.block.entitled(self.at, channel)
    }

    pub(super) fn pair(&self, channel: Channel) -> &Pair {
        self.block.pair(self.at, channel)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::Census;
    use super::*;
    use opencowin_model::Capacity;
    use std::thread;

    fn seats(online: u16) -> (SessionSeats, Arc<Census>) {
        let census = Arc::new(Census::default());
        let free = Capacity::new(Seats([online, 0, 0]), Seats([2, 0, 0]), Seats([0, 3, 0]));
        let block = Block::new(&[Capacity::default(), free], Arc::clone(&census));
        (SessionSeats::new(Arc::new(block), 1), census)
    }

    #[test]
    fn channels_do_not_share_seats() {
        let (seats, _) = seats(5);
        seats.reserve(Channel::OnSpot, Dose::First, 2).unwrap().confirm();
        assert_eq!(seats.free(Channel::OnSpot), Seats([0, 0, 0]));
        assert_eq!(seats.free(Channel::Online), Seats([5, 0, 0]));
        assert_eq!(seats.free(Channel::Reserved), Seats([0, 3, 0]));
    }

    #[test]
    fn what_others_have_is_shown_and_not_sold() {
        let (seats, _) = seats(0);
        assert!(seats.follow(Channel::Online, Seats::default(), Seats([7, 0, 0])));
        assert_eq!(seats.shown(Channel::Online), Seats([7, 0, 0]));
        let refused = seats.reserve(Channel::Online, Dose::First, 1).unwrap_err();
        assert_eq!(refused, Refused::SoldOut { pending: false });
        seats.close();
        assert_eq!(seats.shown(Channel::Online), Seats::default(), "closed shows nothing");
    }

    #[test]
    fn seats_follow_a_ledger_that_others_change_too() {
        let (seats, online) = (seats(10).0, Channel::Online);
        let held = seats.reserve(online, Dose::First, 4).unwrap();
        let lost = seats.reserve(online, Dose::First, 2).unwrap();
        // Others have sold five, and leased three of what is left.
        assert!(!seats.follow(online, Seats([2, 0, 0]), Seats([3, 0, 0])), "six are reserved");
        assert_eq!(seats.shown(online), Seats([3, 0, 0]), "what is reserved is not shown");
        lost.release();
        assert!(!seats.follow(online, Seats([2, 0, 0]), Seats([3, 0, 0])), "four still are");
        held.release();
        assert!(seats.follow(online, Seats([2, 0, 0]), Seats([3, 0, 0])));
        assert_eq!((seats.free(online).0[0], seats.shown(online).0[0]), (2, 5));
        seats.reserve(online, Dose::First, 1).unwrap().confirm();
        assert!(seats.follow(online, Seats([1, 0, 0]), Seats([3, 0, 0])), "it is known already");
        assert_eq!(seats.free(online), Seats([1, 0, 0]));
        seats.credit(online, Dose::First, 1).unwrap();
        assert!(seats.follow(online, Seats([9, 0, 0]), Seats::default()));
        assert_eq!(seats.shown(online), Seats([9, 0, 0]));
    }

    #[test]
    fn a_reservation_dropped_undecided_releases_nothing_and_is_counted() {
        let (seats, census) = seats(5);
        drop(seats.reserve(Channel::Online, Dose::First, 2).unwrap());
        assert_eq!(seats.free(Channel::Online), Seats([3, 0, 0]));
        assert_eq!(seats.pending(Channel::Online), 2);
        assert_eq!(census.leaked(), 1);
        seats.reserve(Channel::Online, Dose::First, 2).unwrap().release();
        assert_eq!(census.leaked(), 1);
    }

    #[test]
    fn a_reservation_made_before_closing_is_still_decided() {
        let (seats, _) = seats(5);
        let first = seats.reserve(Channel::Online, Dose::First, 2).unwrap();
        let second = seats.reserve(Channel::Online, Dose::First, 2).unwrap();
        seats.close();
        assert_eq!(seats.reserve(Channel::Online, Dose::First, 1).unwrap_err(), Refused::Closed);
        first.release();
        second.confirm();
        seats.open();
        assert_eq!(seats.free(Channel::Online), Seats([3, 0, 0]));
        assert_eq!(seats.pending(Channel::Online), 0);
    }

    #[test]
    fn threads_that_race_for_the_last_seats_sell_each_once() {
        let (seats, _) = seats(1000);
        let sold: usize = thread::scope(|scope| {
            let buyer = |id: usize| {
                let seats = &seats;
                move || {
                    let mut sold = 0;
                    for round in 0.. {
                        match seats.reserve(Channel::Online, Dose::First, 1 + (id % 4) as u16) {
                            Ok(held) if round % 3 == 0 => held.release(),
                            Ok(held) => {
                                sold += usize::from(held.count());
                                held.confirm();
                            }
                            Err(Refused::SoldOut { pending: true }) => thread::yield_now(),
                            Err(_) => return sold,
                        }
                    }
                    sold
                }
            };
            let threads: Vec<_> = (0..4).map(|id| scope.spawn(buyer(id))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        let left = usize::from(seats.free(Channel::Online).of(Dose::First));
        assert_eq!(sold + left, 1000);
        assert_eq!(seats.pending(Channel::Online), 0);
    }
}
