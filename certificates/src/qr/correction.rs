//! The codewords by which damage is corrected: Reed and Solomon's (ISO/IEC 18004, 7.5).

/// The most codewords of correction in a block, of any version at level M.
const MOST: usize = 30;

/// A divisor, by whose remainder a block is corrected: its multiples, so that dividing is looking them up.
pub(super) struct Divisor {
    degree: usize,
    multiples: Box<[[u8; MOST]; 256]>,
}

impl Divisor {
    /// The divisor of this many codewords of correction: the product of `x - 2^i` for so many `i`.
    pub(super) fn new(degree: usize) -> Self {
        let mut divisor = [0; MOST];
        divisor[degree - 1] = 1;
        let mut root = 1;
        for _ in 0..degree {
            for at in 0..degree {
                let next = if at + 1 < degree { divisor[at + 1] } else { 0 };
                divisor[at] = multiply(divisor[at], root) ^ next;
            }
            root = multiply(root, 2);
        }
        let mut multiples = Box::new([[0; MOST]; 256]);
        for (factor, multiple) in (0..=u8::MAX).zip(&mut *multiples) {
            *multiple = divisor.map(|coefficient| multiply(coefficient, factor));
        }
        Self { degree, multiples }
    }

    /// The codewords of correction of a block.
    pub(super) fn remainder(&self, block: &[u8]) -> impl Iterator<Item = u8> + use<> {
        let mut remainder = [0; MOST];
        for byte in block {
            let multiple = &self.multiples[usize::from(byte ^ remainder[0])];
            remainder.copy_within(1.., 0);
            remainder[MOST - 1] = 0;
            remainder.iter_mut().zip(multiple).for_each(|(rest, part)| *rest ^= part);
        }
        remainder.into_iter().take(self.degree)
    }
}

/// The product in the field of 256 that QR codes calculate in (its polynomial is 0x11d).
fn multiply(one: u8, other: u8) -> u8 {
    (0..8).rev().fold(0, |product: u8, bit| {
        let doubled = (product << 1) ^ ((product >> 7) * 0x1d);
        doubled ^ (((other >> bit) & 1) * one)
    })
}
