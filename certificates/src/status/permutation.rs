//! Which bit a certificate gets: certificates are counted, and the count is scattered.
//!
//! Neighbours in a list would tell who was vaccinated together, and a count how many have been. A keyed permutation of each
//! list's indices hides both without a table of what is taken: a Feistel network of two halves of ten bits, whose rounds are
//! AES blocks. It hides an order that is no secret worth a great effort; nothing else rests on it.

use super::ENTRIES;
use crate::credential::StatusSlot;
use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};

const HALF_BITS: u32 = 10;
const HALF: u32 = (1 << HALF_BITS) - 1;

/// Far more than a network of independent rounds needs for so small a domain.
const ROUNDS: u8 = 12;

const _: () = assert!(1 << (2 * HALF_BITS) == ENTRIES);

/// Assigns slots to certificates by their number.
pub struct Scatter(Aes128);

impl Scatter {
    /// With a secret key, which must stay the same for as long as there are certificates.
    pub fn new(key: &[u8; 16]) -> Self {
        Self(Aes128::new(key.into()))
    }

    /// The slot of the certificate with this number, counted from 0; another for each. `None` beyond the last list.
    pub fn slot(&self, number: u64) -> Option<StatusSlot> {
        let list = u32::try_from(number / u64::from(ENTRIES)).ok()?;
        let at = (number % u64::from(ENTRIES)) as u32;
        let (mut left, mut right) = (at >> HALF_BITS, at & HALF);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(list, round, right));
        }
        Some(StatusSlot { list, index: left << HALF_BITS | right })
    }

    fn round(&self, list: u32, round: u8, half: u32) -> u32 {
        let mut block = aes::Block::default();
        block[..4].copy_from_slice(&list.to_be_bytes());
        block[4..8].copy_from_slice(&half.to_be_bytes());
        block[8] = round;
        self.0.encrypt_block(&mut block);
        u32::from_be_bytes([block[0], block[1], block[2], block[3]]) & HALF
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_list_is_given_once() {
        let scatter = Scatter::new(&[7; 16]);
        let mut given = vec![false; ENTRIES as usize];
        for number in 0..u64::from(ENTRIES) {
            let slot = scatter.slot(number).unwrap();
            assert_eq!(slot.list, 0);
            assert!(!std::mem::replace(&mut given[slot.index as usize], true), "{number}");
        }
        assert_eq!(scatter.slot(u64::from(ENTRIES)).unwrap().list, 1);
        assert_eq!(scatter.slot(u64::MAX), None);
    }

    #[test]
    fn neighbours_lie_apart_and_lists_and_keys_differ() {
        let (one, other) = (Scatter::new(&[7; 16]), Scatter::new(&[8; 16]));
        let index = |scatter: &Scatter, number| scatter.slot(number).unwrap().index;
        let near = (0..1000).filter(|number| {
            index(&one, *number).abs_diff(index(&one, number + 1)) < ENTRIES / 100
        });
        assert!(near.count() < 60, "about 20 of a thousand by chance");
        let same = |number: &u64| {
            index(&one, *number) == index(&other, *number)
                || index(&one, *number) == index(&one, number + u64::from(ENTRIES))
        };
        assert!((0..1000).filter(same).count() < 5);
    }
}
