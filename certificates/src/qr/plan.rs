//! What all symbols of a version have in common: their patterns, and where which bit goes (ISO/IEC 18004, 6.3, 7.7 to 7.10).

use super::correction::Divisor;
use super::version::Version;
use std::sync::OnceLock;

/// What tells readers the level and the mask: M and the first (7.9, for the data 00000).
const FORMAT: u32 = 0x5412;

/// What the version's number is divided by, for the bits by which it is corrected (7.10).
const VERSION_DIVISOR: u32 = 0x1f25;

/// A version's plan.
pub(super) struct Plan {
    /// Its modules without data, masked: 1 is dark; rows from the top.
    pub(super) blank: Vec<u8>,
    /// Where the bits of codewords go: the number of the module.
    pub(super) places: Vec<u16>,
    /// What its blocks are corrected by.
    pub(super) divisor: Divisor,
}

impl Plan {
    /// The plan of a version, which is made once.
    pub(super) fn of(version: Version) -> &'static Self {
        static PLANS: [OnceLock<Plan>; 40] = [const { OnceLock::new() }; 40];
        PLANS[version.index()].get_or_init(|| Self::new(version))
    }

    fn new(version: Version) -> Self {
        let mut patterns = Patterns::new(version);
        patterns.timing();
        patterns.finders();
        patterns.alignment(version);
        patterns.format();
        if version.number() >= 7 {
            patterns.version(version);
        }
        let divisor = Divisor::new(version.correction());
        Self { places: patterns.free(), blank: patterns.masked(), divisor }
    }
}

/// Patterns being drawn; what none has taken is free for data.
struct Patterns {
    side: usize,
    modules: Vec<Option<bool>>,
}

impl Patterns {
    fn new(version: Version) -> Self {
        let side = version.side();
        Self { side, modules: vec![None; side * side] }
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        self.modules[y * self.side + x] = Some(dark);
    }

    /// Squares in squares around a middle, as far as they are inside: those at these distances are light.
    fn squares(&mut self, (x, y): (usize, usize), reach: usize, light: &[usize]) {
        let inside = |middle: usize, side: usize| {
            middle.saturating_sub(reach)..(middle + reach + 1).min(side)
        };
        for at_y in inside(y, self.side) {
            for at_x in inside(x, self.side) {
                let distance = x.abs_diff(at_x).max(y.abs_diff(at_y));
                self.set(at_x, at_y, !light.contains(&distance));
            }
        }
    }

    fn timing(&mut self) {
        for at in 0..self.side {
            self.set(6, at, at % 2 == 0);
            self.set(at, 6, at % 2 == 0);
        }
    }

    fn finders(&mut self) {
        let far = self.side - 4;
        for middle in [(3, 3), (far, 3), (3, far)] {
            self.squares(middle, 4, &[2, 4]);
        }
    }

    fn alignment(&mut self, version: Version) {
        let middles = alignments(version);
        let last = middles.len().saturating_sub(1);
        for (row, y) in middles.iter().enumerate() {
            for (column, x) in middles.iter().enumerate() {
                if ![(0, 0), (0, last), (last, 0)].contains(&(row, column)) {
                    self.squares((*x, *y), 2, &[1]);
                }
            }
        }
    }

    fn format(&mut self) {
        let bit = |at: usize| (FORMAT >> at) & 1 == 1;
        let side = self.side;
        for at in 0..15 {
            let along = [0, 1, 2, 3, 4, 5, 7, 8][at.min(14 - at).min(7)];
            if at < 8 {
                self.set(8, along, bit(at));
                self.set(side - 1 - at, 8, bit(at));
            } else {
                self.set(along, 8, bit(at));
                self.set(8, side - 15 + at, bit(at));
            }
        }
        self.set(8, side - 8, true);
    }

    fn version(&mut self, version: Version) {
        let number = version.number() as u32;
        let remainder =
            (0..12).fold(number, |rest, _| (rest << 1) ^ ((rest >> 11) * VERSION_DIVISOR));
        let bits = (number << 12) | remainder;
        for at in 0..18 {
            let (far, near) = (self.side - 11 + at % 3, at / 3);
            let dark = (bits >> at) & 1 == 1;
            self.set(far, near, dark);
            self.set(near, far, dark);
        }
    }

    /// What is free, in the order in which data fills it: in columns of two from the right, up and down by turns.
    fn free(&self) -> Vec<u16> {
        let side = self.side;
        // The column of the timing pattern is passed over.
        let columns = (0..side / 2).map(|pair| {
            if pair < (side - 7) / 2 { side - 1 - 2 * pair } else { side - 2 - 2 * pair }
        });
        let modules = columns.enumerate().flat_map(|(pair, right)| {
            (0..side).flat_map(move |at| {
                let y = if pair % 2 == 0 { side - 1 - at } else { at };
                [y * side + right, y * side + right - 1]
            })
        });
        modules.filter(|at| self.modules[*at].is_none()).map(|at| at as u16).collect()
    }

    /// All modules, where what is free is empty under the first mask, a chessboard.
    fn masked(self) -> Vec<u8> {
        let side = self.side;
        let module = |(at, module): (usize, Option<bool>)| {
            u8::from(module.unwrap_or((at % side + at / side).is_multiple_of(2)))
        };
        self.modules.into_iter().enumerate().map(module).collect()
    }
}

/// The middles of alignment patterns, along either side.
fn alignments(version: Version) -> Vec<usize> {
    let number = version.number();
    if number == 1 {
        return Vec::new();
    }
    let count = number / 7 + 2;
    let step = (8 * number + 3 * count + 5) / (4 * count - 4) * 2;
    let mut middles: Vec<usize> = (0..count - 1).map(|at| version.side() - 7 - at * step).collect();
    middles.push(6);
    middles.reverse();
    middles
}
