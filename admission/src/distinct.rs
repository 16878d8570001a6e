//! How many different things were seen in a period, approximately, on one word.
//!
//! Linear counting: each thing sets one of 48 bits, chosen by its hash; `n` things leave about `48 × e^(−n÷48)` of them unset. The
//! standard error is 11 % at 20 things and 16 % at 60; at most [`MOST`] are told apart. Whoever supplies the hash must key
//! it, so that nobody can choose things that share a bit.
//!
//! ```text
//!  63 … 48             47 … 0
//!  period mod 2¹⁶      bits
//! ```

use crate::sync::{AtomicU64, Ordering, change};

/// The most things that can be told from more: beyond it the word is full.
pub(crate) const MOST: u32 = 150;
const BITS: u32 = 48;
const BITS_MASK: u64 = (1 << BITS) - 1;

/// About how many different things were seen in a period: 8 bytes, none when made.
#[derive(Debug)]
pub(crate) struct Distinct {
    word: AtomicU64,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { word: AtomicU64::new(0) }
    }
}

impl Distinct {
    /// Sees the thing with this keyed hash. If that is news, about how many there are now; what was seen before writes
    /// nothing.
    pub(crate) fn see(&self, hash: u64, period: u16) -> Option<u32> {
        let bit = 1u64 << (hash % u64::from(BITS));
        let step = |word| {
            let bits = bits_in(word, period);
            let next = bits | bit;
            if next == bits { Err(()) } else { Ok((u64::from(period) << BITS | next, next)) }
        };
        change(&self.word, step).ok().map(estimate)
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.word.store(0, Ordering::Relaxed);
    }
}

fn bits_in(word: u64, period: u16) -> u64 {
    if (word >> BITS) as u16 == period { word & BITS_MASK } else { 0 }
}

/// `48 × ln(48 ÷ unset)`, the most likely number of things.
fn estimate(bits: u64) -> u32 {
    let all = f64::from(BITS);
    match BITS - bits.count_ones() {
        0 => MOST,
        unset => ((all * (all / f64::from(unset)).ln()).round() as u32).min(MOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, RandomState};

    #[test]
    fn a_few_things_are_counted_to_about_a_tenth() {
        for things in [5u32, 20, 60] {
            let of_one_run = || {
                let (distinct, hasher) = (Distinct::default(), RandomState::new());
                let twice = (0..things).chain(0..things);
                let told = twice.filter_map(|thing| distinct.see(hasher.hash_one(thing), 1));
                f64::from(told.last().unwrap())
            };
            let mean = (0..400).map(|_| of_one_run()).sum::<f64>() / 400.0;
            assert!((mean / f64::from(things) - 1.0).abs() < 0.1, "{things} counted as {mean}");
        }
    }

    #[test]
    fn only_news_is_told_and_a_new_period_starts_anew() {
        let distinct = Distinct::default();
        assert_eq!(distinct.see(3, 1), Some(1));
        assert_eq!(distinct.see(3, 1), None);
        assert_eq!(distinct.see(4, 1), Some(2));
        assert_eq!(distinct.see(3, 2), Some(1));
    }

    #[test]
    fn more_things_than_it_can_tell_are_many() {
        let distinct = Distinct::default();
        let told = (0..48).filter_map(|thing| distinct.see(thing, 0)).last();
        assert_eq!(told, Some(MOST));
    }
}
