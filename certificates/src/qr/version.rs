//! How much symbols of a size hold, at level M (ISO/IEC 18004, 7.1 and 7.5).

/// Codewords of correction in each block, by version.
const CORRECTION: [u8; 40] = [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];

/// Blocks, by version.
const BLOCKS: [u8; 40] = [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25,
    26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];

/// A size of symbols, 1 to 40.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version(u8);

impl Version {
    /// All of them, the smallest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (1..=40).map(Self)
    }

    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Its place among all.
    pub(super) fn index(self) -> usize {
        self.number() - 1
    }

    /// Modules on a side.
    pub(super) fn side(self) -> usize {
        17 + 4 * self.number()
    }

    /// Codewords of data.
    pub(super) fn data_codewords(self) -> usize {
        self.codewords() - self.blocks() * self.correction()
    }

    /// Codewords of data in each block: blocks that have one more than others are last.
    pub(super) fn block_lengths(self) -> impl Iterator<Item = usize> {
        let (data, blocks) = (self.data_codewords(), self.blocks());
        (0..blocks).map(move |block| data / blocks + usize::from(block >= blocks - data % blocks))
    }

    /// Codewords of correction in each block.
    pub(super) fn correction(self) -> usize {
        usize::from(CORRECTION[self.index()])
    }

    fn blocks(self) -> usize {
        usize::from(BLOCKS[self.index()])
    }

    /// How many codewords fit: what patterns leave of the square, in whole bytes.
    fn codewords(self) -> usize {
        let number = self.number();
        let aligned = if number == 1 { 0 } else { number / 7 + 2 };
        let alignments = if number == 1 { 0 } else { (25 * aligned - 10) * aligned - 55 };
        let version = if number < 7 { 0 } else { 36 };
        ((16 * number + 128) * number + 64 - alignments - version) / 8
    }
}
