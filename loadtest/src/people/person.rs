//! Simulated people: everything about one follows from a number.

use crate::scenario::Addresses;
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

/// The bits that tell people of one group apart; those above are the group's.
const PLACES: u64 = (1 << 40) - 1;

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

    /// Where this person is; `None` if a scenario does not want it told. Those behind one address have numbers in a row, so
    /// that they come at about the same time: nothing is harder on a limit.
    pub fn address(self, addresses: &Addresses) -> Option<Address> {
        let place = (self.number & PLACES) % addresses.people;
        let first = Self { number: self.number - place, ..self };
        let shares = addresses.shared > 0.0 && first.lot() < addresses.shared;
        let whose = if shares { first } else { self };
        whose.own_address(addresses)
    }

    /// The address of somebody who shares none, as bots do.
    pub fn own_address(self, addresses: &Addresses) -> Option<Address> {
        // Seeds are often numbers in a row: their people must not move by one address each time.
        let seed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        addresses.forwarded.then(|| Address::of(self.number.wrapping_add(seed)))
    }

    /// Where a script of this person is at its turn of this number: somewhere else each time.
    pub fn elsewhere(self, turn: u32, addresses: &Addresses) -> Option<Address> {
        addresses.forwarded.then(|| Address::of(self.mixed().wrapping_add(turn.into())))
    }

    /// The mobile number.
    pub fn mobile(self) -> u64 {
        let start = self.seed % MOBILES;
        let steps = u128::from(self.number) * u128::from(STRIDE) + u128::from(start);
        FIRST_MOBILE + (steps % u128::from(MOBILES)) as u64
    }

    /// A passport number: nobody else has it, because nobody else has the mobile number. It ends in a letter, since numbers
    /// that end in certain digits have a meaning of their own in a sandbox.
    pub fn passport(self) -> String {
        format!("{}L", self.mobile())
    }

    /// The last four characters of the passport, which are shown at a counter.
    pub fn passport_last4(self) -> String {
        let passport = self.passport();
        passport[passport.len() - 4..].to_owned()
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

    /// A number between 0 and 1 that is this person's.
    fn lot(self) -> f64 {
        (self.mixed() >> 11) as f64 / (1u64 << 53) as f64
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

    /// How many different addresses ten thousand people have.
    fn addresses(shared: f64) -> usize {
        let where_they_are = Addresses { shared, people: 20, forwarded: true };
        let address =
            |number| Person::new(3u64 << 40 | number, 7).address(&where_they_are).unwrap();
        (0..10_000).map(address).collect::<HashSet<_>>().len()
    }

    #[test]
    fn people_have_an_address_of_their_own_or_share_one_as_the_scenario_says() {
        assert_eq!((addresses(0.0), addresses(1.0)), (10_000, 500));
        let half = addresses(0.5);
        assert!((4_500..6_000).contains(&half), "{half}");
        let crowded = Addresses { shared: 1.0, ..Addresses::default() };
        let [one, other] = [1, 2].map(|number| Person::new(number, 7).own_address(&crowded));
        assert_ne!(one, other, "bots share none");
        let untold = Addresses { forwarded: false, ..Addresses::default() };
        assert_eq!(Person::new(1, 1).address(&untold), None);
    }

    #[test]
    fn a_script_is_somewhere_else_at_each_turn() {
        let everywhere = Addresses::default();
        let turns = (0..100).map(|turn| Person::new(1, 1).elsewhere(turn, &everywhere));
        assert_eq!(turns.collect::<HashSet<_>>().len(), 100);
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
