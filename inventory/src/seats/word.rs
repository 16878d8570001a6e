//! The 64 bits that hold the seats of one session and channel, as a value.
//!
//! ```text
//!  63       62 … 48    47 … 32      31 … 16    15 … 0
//!  closed   pending    precaution   second     first
//! ```
//!
//! `first`, `second` and `precaution` are free seats, `pending` counts seats of all doses that are reserved and not
//! yet decided. Nothing here is atomic: these are the steps that [`block`](super::block) makes atomic.

use super::{Overflow, Refused, Short};
use opencowin_model::{Dose, Seats};

/// The bit that stops sales.
const CLOSED: u64 = 1 << 63;
/// Where the count of pending seats begins.
const PENDING_SHIFT: u32 = 48;
/// The most seats that can be pending at once: 32,767.
const PENDING_MAX: u64 = (1 << 15) - 1;
/// The most free seats of one dose.
const FREE_MAX: u64 = u16::MAX as u64;

/// One word of seats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) u64);

impl Word {
    /// An open word with these seats free and none pending.
    pub(crate) fn new(free: Seats) -> Self {
        let bits = Dose::ALL.map(|dose| u64::from(free.of(dose)) << shift(dose));
        Self(bits.iter().sum())
    }

    /// Free seats, whether on sale or not.
    pub(crate) fn free(self) -> Seats {
        Seats(Dose::ALL.map(|dose| self.of(dose) as u16))
    }

    /// Seats reserved and not yet decided, all doses together.
    pub(crate) fn pending(self) -> u16 {
        (self.0 >> PENDING_SHIFT & PENDING_MAX) as u16
    }

    /// Whether sales are stopped.
    pub(crate) fn is_closed(self) -> bool {
        self.0 & CLOSED != 0
    }

    /// What an answer depends on: all but the pending seats.
    pub(crate) fn visible(self) -> Self {
        Self(self.0 & !(PENDING_MAX << PENDING_SHIFT))
    }

    /// Moves `n` seats of a dose from free to pending.
    pub(crate) fn take(self, dose: Dose, n: u16) -> Result<Self, Refused> {
        if self.is_closed() {
            return Err(Refused::Closed);
        }
        if self.of(dose) < u64::from(n) {
            return Err(Refused::SoldOut { pending: self.pending() > 0 });
        }
        if u64::from(self.pending()) + u64::from(n) > PENDING_MAX {
            return Err(Refused::PendingFull);
        }
        Ok(Self(self.0 - free(dose, n) + pending(n)))
    }

    /// Adds `n` free seats of a dose. Refused where they, with all that may still be released, would not fit, so that
    /// a release always fits.
    pub(crate) fn credit(self, dose: Dose, n: u16) -> Result<Self, Overflow> {
        let most = self.of(dose) + u64::from(self.pending()) + u64::from(n);
        if most > FREE_MAX { Err(Overflow) } else { Ok(Self(self.0 + free(dose, n))) }
    }

    /// Removes `n` free seats of a dose.
    pub(crate) fn debit(self, dose: Dose, n: u16) -> Result<Self, Short> {
        let left = self.of(dose);
        if left < u64::from(n) {
            Err(Short { free: left as u16 })
        } else {
            Ok(Self(self.0 - free(dose, n)))
        }
    }

    /// Removes `n` free seats of a dose, or as many as there are; how many that was.
    pub(crate) fn debit_up_to(self, dose: Dose, n: u16) -> (Self, u16) {
        let taken = (self.of(dose) as u16).min(n);
        (Self(self.0 - free(dose, taken)), taken)
    }

    fn of(self, dose: Dose) -> u64 {
        self.0 >> shift(dose) & FREE_MAX
    }
}

/// What confirming `n` seats subtracts from a word.
pub(crate) fn confirmed(n: u16) -> u64 {
    pending(n)
}

/// What releasing `n` seats of a dose subtracts from a word (modulo 2⁶⁴: it adds them as free).
pub(crate) fn released(dose: Dose, n: u16) -> u64 {
    pending(n).wrapping_sub(free(dose, n))
}

/// The bit to set so as to stop sales.
pub(crate) fn closed() -> u64 {
    CLOSED
}

/// What so many free seats of a dose add to a word.
pub(crate) fn seats(dose: Dose, n: u16) -> u64 {
    free(dose, n)
}

fn shift(dose: Dose) -> u32 {
    16 * dose.index() as u32
}

fn free(dose: Dose, n: u16) -> u64 {
    u64::from(n) << shift(dose)
}

fn pending(n: u16) -> u64 {
    u64::from(n) << PENDING_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word(first: u16, second: u16, precaution: u16) -> Word {
        Word::new(Seats([first, second, precaution]))
    }

    #[test]
    fn taking_moves_seats_to_pending_and_touches_no_other_dose() {
        let taken = word(3, 7, 9).take(Dose::Second, 4).unwrap();
        assert_eq!((taken.free(), taken.pending()), (Seats([3, 3, 9]), 4));
        let back = Word(taken.0.wrapping_sub(released(Dose::Second, 4)));
        assert_eq!(back, word(3, 7, 9));
        let sold = Word(taken.0.wrapping_sub(confirmed(4)));
        assert_eq!(sold, word(3, 3, 9));
    }

    #[test]
    fn sold_out_says_whether_seats_may_come_back() {
        let last = word(1, 0, 0);
        assert_eq!(last.take(Dose::First, 2), Err(Refused::SoldOut { pending: false }));
        let taken = last.take(Dose::First, 1).unwrap();
        assert_eq!(taken.take(Dose::First, 1), Err(Refused::SoldOut { pending: true }));
    }

    #[test]
    fn a_closed_word_sells_nothing_and_keeps_its_seats() {
        let closed = Word(word(5, 5, 5).0 | closed());
        assert_eq!(closed.take(Dose::First, 1), Err(Refused::Closed));
        assert_eq!(closed.free(), Seats([5, 5, 5]));
    }

    #[test]
    fn no_count_runs_over_into_its_neighbour() {
        assert_eq!(word(u16::MAX, 0, 0).credit(Dose::First, 1), Err(Overflow));
        assert_eq!(word(0, 2, 0).debit(Dose::Second, 3), Err(Short { free: 2 }));
        let full = word(40_000, 0, 0).take(Dose::First, 32_767).unwrap();
        assert_eq!(full.take(Dose::First, 1), Err(Refused::PendingFull));
        assert_eq!(full.credit(Dose::First, 60_000), Err(Overflow), "a release must still fit");
    }

    #[test]
    fn pending_seats_alone_do_not_change_an_answer() {
        let taken = word(9, 9, 9).take(Dose::First, 2).unwrap();
        assert_eq!(taken.visible(), word(7, 9, 9));
        assert_ne!(Word(taken.0 | closed()).visible(), taken.visible());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take(usize, u16),
        Settle(usize, bool),
        Credit(usize, u16),
        Debit(usize, u16),
    }

    fn step() -> impl Strategy<Value = Step> {
        let n = prop_oneof![0..5_u16, any::<u16>()];
        prop_oneof![
            (0..3_usize, n.clone()).prop_map(|(dose, n)| Step::Take(dose, n)),
            (any::<usize>(), any::<bool>()).prop_map(|(which, sold)| Step::Settle(which, sold)),
            (0..3_usize, n.clone()).prop_map(|(dose, n)| Step::Credit(dose, n)),
            (0..3_usize, n).prop_map(|(dose, n)| Step::Debit(dose, n)),
        ]
    }

    proptest! {
        /// Free seats, pending seats and closing follow a naive model through any sequence of steps.
        #[test]
        fn seats_are_conserved(start: [u16; 3], steps in prop::collection::vec(step(), 0..60)) {
            let mut word = Word::new(Seats(start));
            let mut free = start.map(u64::from);
            let mut held: Vec<(usize, u16)> = Vec::new();
            for step in steps {
                match step {
                    Step::Take(dose, n) => if let Ok(next) = word.take(Dose::ALL[dose], n) {
                        word = next;
                        free[dose] -= u64::from(n);
                        held.push((dose, n));
                    },
                    Step::Settle(which, sold) => if !held.is_empty() {
                        let (dose, n) = held.swap_remove(which % held.len());
                        let change = if sold { confirmed(n) } else { released(Dose::ALL[dose], n) };
                        word = Word(word.0.wrapping_sub(change));
                        free[dose] += if sold { 0 } else { u64::from(n) };
                    },
                    Step::Credit(dose, n) => if let Ok(next) = word.credit(Dose::ALL[dose], n) {
                        word = next;
                        free[dose] += u64::from(n);
                    },
                    Step::Debit(dose, n) => match word.debit(Dose::ALL[dose], n) {
                        Ok(next) => { word = next; free[dose] -= u64::from(n) }
                        Err(short) => prop_assert_eq!(u64::from(short.free), free[dose]),
                    },
                }
                prop_assert_eq!(word.free().0.map(u64::from), free);
                prop_assert_eq!(u32::from(word.pending()), held.iter().map(|h| u32::from(h.1)).sum::<u32>());
                prop_assert!(!word.is_closed());
            }
        }
    }
}
