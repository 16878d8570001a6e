//! Batches of vaccine.

use std::fmt;

/// Longest text of a batch.
const LONGEST: usize = 20;

/// The number of a batch (lot), as the maker prints it on the vial: 1 to 20 letters, digits, hyphens and slashes. Letters
/// are capital, so that one batch has one spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Batch {
    /// Filled up with zeros, which occur in no text, so that batches are ordered as their texts are.
    text: [u8; LONGEST],
}

impl Batch {
    /// Reads a batch in letters of either case, blanks around it apart; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let right = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/');
        if !(1..=LONGEST).contains(&text.len()) || !text.bytes().all(right) {
            return None;
        }
        let mut batch = [0; LONGEST];
        for (to, from) in batch.iter_mut().zip(text.bytes()) {
            *to = from.to_ascii_uppercase();
        }
        Some(Self { text: batch })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        let end = self.text.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.text[..end]).expect("invariant: a batch is ASCII")
    }
}

impl fmt::Display for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({self})")
    }
}

/// A number of doses that come or go at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Doses(u32);

impl Doses {
    /// The most that are believed: more than a large store holds of one batch, so a slip of the keyboard.
    pub const MOST: u32 = 100_000;

    /// `None` unless it is between 1 and [`MOST`](Self::MOST).
    pub fn new(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|number| (1..=Self::MOST).contains(number)).map(Self)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_batch_has_one_spelling() {
        assert_eq!(Batch::parse(" 4120z001 "), Batch::parse("4120Z001"));
        assert_eq!(Batch::parse("37f/21-a").unwrap().as_str(), "37F/21-A");
        assert_eq!(Batch::parse(&"9".repeat(20)).unwrap().as_str().len(), 20);
    }

    #[test]
    fn what_no_maker_prints_is_no_batch() {
        for wrong in ["", "  ", &"9".repeat(21), "4120 Z001", "=1+1", "बैच", "A\0B", "A_B"] {
            assert_eq!(Batch::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn no_doses_and_absurdly_many_are_no_number_of_doses() {
        assert_eq!([1, 100_000].map(|number| Doses::new(number).unwrap().get()), [1, 100_000]);
        assert_eq!([0, 100_001, u64::MAX].map(Doses::new), [None; 3]);
    }

    #[test]
    fn batches_are_ordered_as_their_texts_are() {
        let mut texts = ["B", "A", "AB", "A-1", "A/1"];
        let mut batches = texts.map(|text| Batch::parse(text).unwrap());
        texts.sort_unstable();
        batches.sort_unstable();
        assert_eq!(batches.map(|batch| batch.to_string()), texts);
    }
}
