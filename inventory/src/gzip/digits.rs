//! Codes in which the ten digits and the space all have the same length.

use super::{
    huffman::{self, Code, LONGEST_CODE},
    symbols::LITERALS,
};

/// Number of characters that a field may hold: the digits and the space.
const CHARACTERS: usize = 11;
/// Size of the group of symbols that share a length, a power of two so that it can stand for one
/// symbol in Huffman's tree.
const GROUP: usize = 16;
/// Bits that tell the symbols of the group apart.
const GROUP_WIDTH: u8 = 4;

/// A code for literals and lengths that occur so often, with one length for digits and space.
///
/// The eleven and the five symbols nearest to them in frequency (in JSON full of UUIDs, some of `a`
/// to `f`) are one symbol to Huffman's algorithm; below it hangs a full subtree, so that each ends
/// four bits deeper. Their codes need not lie together: a canonical code is given by its lengths.
pub(super) fn literal_code(frequencies: &[u32; LITERALS]) -> Code {
    let group = group(frequencies);
    let mut weights = frequencies.to_vec();
    weights.push(group.iter().map(|&symbol| weights[symbol]).sum::<u32>().max(1));
    for &symbol in &group {
        weights[symbol] = 0;
    }
    let limit = |symbol| if symbol == LITERALS { LONGEST_CODE - GROUP_WIDTH } else { LONGEST_CODE };
    let mut lengths = huffman::lengths(&weights, limit);
    let shared = lengths[LITERALS] + GROUP_WIDTH;
    lengths.truncate(LITERALS);
    for symbol in group {
        lengths[symbol] = shared;
    }
    Code::new(lengths)
}

/// The digits, the space, and the five symbols whose frequency is nearest to their average (by
/// ratio, as code lengths go by logarithms).
fn group(frequencies: &[u32; LITERALS]) -> [usize; GROUP] {
    let total: u32 = (0..CHARACTERS).map(|index| frequencies[character(index)]).sum();
    let average = f64::from(total.max(1)) / CHARACTERS as f64;
    let distance = |symbol: &usize| {
        let ratio = f64::from(frequencies[*symbol].max(1)) / average;
        ratio.max(ratio.recip())
    };
    let mut others: Vec<usize> =
        (0..LITERALS).filter(|&symbol| (0..CHARACTERS).all(|i| character(i) != symbol)).collect();
    others.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    std::array::from_fn(|i| if i < CHARACTERS { character(i) } else { others[i - CHARACTERS] })
}

/// The byte of the character with this index: the digits by value, then the space.
fn character(index: usize) -> usize {
    usize::from(b"0123456789 "[index])
}

/// The inverse of [`character`]. Whatever is no digit is taken for a space.
fn index(character: u8) -> usize {
    usize::from(character.wrapping_sub(b'0')).min(CHARACTERS - 1)
}

/// How a block writes the characters of a field: all that a patch needs to know of its code.
pub(super) struct DigitCode {
    strings: [u16; CHARACTERS],
    width: u8,
}

impl DigitCode {
    /// The part of `code` that concerns fields. The code comes from [`literal_code`].
    pub(super) fn of(code: &Code) -> Self {
        Self {
            strings: std::array::from_fn(|index| code.string(character(index))),
            width: code.lengths()[character(0)],
        }
    }

    /// The bits that differ between the codes of `old` and `new`, the first bit of the field
    /// lowest. They are at most 8 characters, so at most 120 bits.
    pub(super) fn difference(&self, old: &[u8], new: &[u8]) -> u128 {
        let pairs = old.iter().zip(new).rev();
        pairs.fold(0, |bits, (&old, &new)| {
            bits << self.width | u128::from(self.strings[index(old)] ^ self.strings[index(new)])
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gzip::symbols::END_OF_BLOCK;

    fn check(frequencies: &[u32; LITERALS]) {
        let code = literal_code(frequencies);
        let shared = code.lengths()[usize::from(b'0')];
        assert!(b"0123456789 ".iter().all(|&c| code.lengths()[usize::from(c)] == shared));
        let space: u32 =
            code.lengths().iter().filter(|l| **l > 0).map(|l| 1 << (LONGEST_CODE - l)).sum();
        assert_eq!(space, 1 << LONGEST_CODE, "zlib refuses an incomplete code");
        let has_code = |symbol: usize| code.lengths()[symbol] > 0;
        assert!((0..LITERALS).all(|symbol| frequencies[symbol] == 0 || has_code(symbol)));
    }

    #[test]
    fn an_empty_block_still_has_a_complete_code_with_digits() {
        let mut frequencies = [0; LITERALS];
        frequencies[END_OF_BLOCK] = 1;
        check(&frequencies);
    }

    #[test]
    fn digits_that_never_occur_among_steep_frequencies_stay_within_the_limit() {
        let mut frequencies = [0; LITERALS];
        for (exponent, frequency) in frequencies[b'a'.into()..].iter_mut().take(26).enumerate() {
            *frequency = 1 << exponent;
        }
        check(&frequencies);
    }

    #[test]
    fn a_difference_of_equal_fields_is_nothing() {
        let digits = DigitCode::of(&literal_code(&[1; LITERALS]));
        assert_eq!(digits.difference(b" 12", b" 12"), 0);
        assert_ne!(digits.difference(b"  0", b"   "), 0);
    }

    proptest! {
        #[test]
        fn digits_and_space_share_a_length_in_a_complete_code(
            frequencies in prop::collection::vec(
                prop_oneof![Just(0), 1u32..5, 1u32..60_000],
                LITERALS,
            ),
        ) {
            check(&frequencies.try_into().expect("as many as asked for"));
        }
    }
}
