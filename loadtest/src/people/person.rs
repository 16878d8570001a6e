//! Simulated people: everything about one follows from a number.

use crate::wire::Address;
use rand::SeedableRng;
use rand::rngs::SmallRng;

/// A person. The same number and seed make the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The number of this person within the run.
    pub number: u64,
    seed: u64,
}

/// Mobile numbers begin with 6 to 9 and have ten digits.
const FIRST_MOBILE: u64 = 6_000_000_000;
const MOBILES: u64 = 4_000_000_000;

/// Steps from one person's mobile number to the next one's: without a common factor with [`MOBILES`], so that the first four
/// billion people have different ones, and far from 1, so that they do not stand in a row.
const STRIDE: u64 = 2_654_435_761;

const FIRST_NAMES: [&str; 16] = [
    "Aarav", "Asha", "Bhavna", "Chitra", "Deepak", "Farhan", "Gurpreet", "Harini", "Imran",
    "Joseph", "Kavita", "Lakshmi", "Meera", "Naveen", "Priya", "Ravi",
];
const LAST_NAMES: [&str; 16] = [
    "Ahmed",
    "Banerjee",
    "Das",
    "Fernandes",
    "Gupta",
    "Iyer",
    "Joshi",
    "Kaur",
    "Khan",
    "Mehta",
    "Nair",
    "Patel",
    "Rao",
    "Reddy",
    "Sharma",
    "Singh",
];

impl Person {
    /// The person of this number.
    pub fn new(number: u64, seed: u64) -> Self {
        Self { number, seed }
    }

    /// Where this person is.
    pub fn address(self) -> Address {
        Address::of(self.number.wrapping_add(self.seed))
    }

    /// The mobile number.
    pub fn mobile(self) -> u64 {
        let start = self.seed % MOBILES;
        let steps = u128::from(self.number) * u128::from(STRIDE) + u128::from(start);
        FIRST_MOBILE + (steps % u128::from(MOBILES)) as u64
    }

    /// A passport number: nobody else has it, because nobody else has the mobile number.
    pub fn passport(self) -> String {
        format!("L{}", self.mobile())
    }

    /// A name.
    pub fn name(self) -> String {
        let chosen = self.mixed();
        let of = |names: &[&'static str; 16], bits: u64| names[(bits & 15) as usize];
        format!("{} {}", of(&FIRST_NAMES, chosen), of(&LAST_NAMES, chosen >> 4))
    }

    /// 1 male, 2 female.
    pub fn gender(self) -> u8 {
        1 + (self.mixed() >> 8 & 1) as u8
    }

    /// The app through which this person comes, of so many.
    pub fn app(self, apps: u32) -> u32 {
        (self.mixed() >> 16) as u32 % apps.max(1)
    }

    /// Choices that this person makes alike every time.
    pub fn habits(self) -> SmallRng {
        SmallRng::seed_from_u64(self.mixed())
    }

    fn mixed(self) -> u64 {
        // The finaliser of SplitMix64: neighbouring numbers share no bits.
        let mut bits = self.number.wrapping_add(self.seed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::Pack;
    use std::collections::HashSet;

    #[test]
    fn everybody_has_a_mobile_number_that_is_valid_and_their_own() {
        let pack = Pack::india().unwrap();
        let mobiles: HashSet<u64> =
            (0..20_000).map(|number| Person::new(number, u64::MAX).mobile()).collect();
        assert_eq!(mobiles.len(), 20_000);
        assert!(mobiles.iter().all(|mobile| pack.mobile(&mobile.to_string()).is_some()));
    }

    #[test]
    fn the_same_number_is_the_same_person() {
        let person = Person::new(5, 9);
        assert_eq!(person.name(), Person::new(5, 9).name());
        assert_ne!(person.mobile(), Person::new(5, 10).mobile());
        let apps: HashSet<u32> = (0..100).map(|number| Person::new(number, 1).app(4)).collect();
        assert_eq!(apps.len(), 4);
    }
}
