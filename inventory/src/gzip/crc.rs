//! The algebra of CRC-32 (RFC 1952, section 8): how the checksum of a text changes with one field
//! of it.
//!
//! A text is a polynomial over the field of two elements, where addition is exclusive or. Its
//! checksum is the remainder of text · x^32 divided by P, plus a constant that depends on the
//! length alone. So the checksums of two texts that differ in one place only, with n bytes after
//! it, differ by the remainder of (old + new) · x^32 · x^8n. Polynomials are written as the
//! checksum itself is, with the highest power in the lowest bit.

/// P, the generator of CRC-32, without its x^32.
const P: u32 = 0xedb8_8320;

/// The polynomial 1.
const ONE: u32 = 1 << 31;

/// x^(8 · 2^k) mod P at index k.
const POWERS: [u32; 32] = powers();

/// x^32 mod P, or four bytes.
const X32: u32 = POWERS[2];

const fn powers() -> [u32; 32] {
    let mut powers = [ONE >> 8; 32];
    let mut k = 1;
    while k < powers.len() {
        powers[k] = multiply(powers[k - 1], powers[k - 1]);
        k += 1;
    }
    powers
}

/// a · b mod P.
const fn multiply(mut a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    while a != 0 {
        // Masks in place of branches: the bits are as good as random.
        product ^= b & (a >> 31).wrapping_neg();
        a <<= 1;
        b = b >> 1 ^ P & (b & 1).wrapping_neg();
    }
    product
}

/// x^(8n + 32) mod P: the weight of the field that n bytes follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Weight(u32);

impl Weight {
    /// The weight of a field at the very end of the text.
    pub(super) const LAST: Self = Self(X32);

    /// The weight with `bytes` more behind the field.
    pub(super) fn before(self, bytes: u32) -> Self {
        let powers = (0..32).filter(|k| bytes >> k & 1 == 1).map(|k| POWERS[k]);
        Self(powers.fold(self.0, multiply))
    }

    /// What to add to the checksum of the text if the field changes from `old` to `new`, which are
    /// of equal length and at most 8 bytes.
    pub(super) fn difference(self, old: &[u8], new: &[u8]) -> u32 {
        let pairs = old.iter().zip(new);
        let changed = pairs.fold(0, |sum, (&old, &new)| sum >> 8 | u64::from(old ^ new) << 56);
        let (last, first) = ((changed >> 32) as u32, changed as u32);
        multiply(multiply(first, X32) ^ last, self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_changed_field_changes_the_checksum_by_its_difference(
            before in prop::collection::vec(any::<u8>(), 0..300),
            field in prop::collection::vec(any::<(u8, u8)>(), 0..=8),
            after in prop::collection::vec(any::<u8>(), 0..3000),
        ) {
            let (old, new): (Vec<u8>, Vec<u8>) = field.into_iter().unzip();
            let whole = |field: &[u8]| crc32fast::hash(&[&before, field, &after].concat());
            let weight = Weight::LAST.before(after.len() as u32);
            prop_assert_eq!(whole(&old) ^ whole(&new), weight.difference(&old, &new));
        }

        #[test]
        fn weights_add_up_field_by_field(a in any::<u16>(), b in any::<u16>()) {
            let (a, b) = (u32::from(a), u32::from(b));
            prop_assert_eq!(Weight::LAST.before(a).before(b), Weight::LAST.before(a + b));
        }
    }
}
