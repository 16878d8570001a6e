//! Check digits in the numbers of identity documents.

use serde::Deserialize;

/// How the last digit of a number follows from those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checksum {
    /// That of Aadhaar: it finds every wrong digit and every two neighbours that were swapped (J. Verhoeff, Error
    /// Detecting Decimal Codes, 1969).
    Verhoeff,
}

/// The dihedral group of order ten: 0 to 4 turn a pentagon, 5 to 9 turn it over.
const PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// What a digit counts as, by its place from the right; it repeats after eight places.
const SHIFTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

impl Checksum {
    /// Whether a number of decimal digits is right. One of anything else is not.
    pub fn holds(self, number: &str) -> bool {
        let Self::Verhoeff = self;
        let digits = number.bytes().rev().map(|byte| byte.checked_sub(b'0').filter(|d| *d < 10));
        let sum = digits.enumerate().try_fold(0_u8, |sum, (place, digit)| {
            let shifted = SHIFTED[place % 8][usize::from(digit?)];
            Some(PRODUCT[usize::from(sum)][usize::from(shifted)])
        });
        sum == Some(0) && !number.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The number with the digit that makes it right.
    fn completed(number: &str) -> String {
        let candidates = (0..10).map(|digit| format!("{number}{digit}"));
        let right: Vec<_> = candidates.filter(|number| Checksum::Verhoeff.holds(number)).collect();
        assert_eq!(right.len(), 1, "{number}");
        right[0].clone()
    }

    #[test]
    fn numbers_that_others_computed_are_right() {
        for right in ["2363", "1428570", "123451"] {
            assert!(Checksum::Verhoeff.holds(right), "{right}");
        }
        for wrong in ["", "2364", "23 63", "x"] {
            assert!(!Checksum::Verhoeff.holds(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_or_two_swapped_neighbours_are_found(
            number in "[0-9]{11}", place in 0..11_usize, other in 1..10_u8,
        ) {
            let right = completed(&number).into_bytes();
            let holds = |digits: Vec<u8>| Checksum::Verhoeff.holds(&String::from_utf8(digits).unwrap());
            let mut wrong = right.clone();
            wrong[place] = b'0' + (wrong[place] - b'0' + other) % 10;
            prop_assert!(!holds(wrong));
            let mut swapped = right.clone();
            swapped.swap(place, place + 1);
            prop_assert_eq!(holds(swapped.clone()), swapped == right);
        }
    }
}
