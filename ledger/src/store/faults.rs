//! Bad days for simulations: outcomes that the memory store gives although nothing was wrong.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// How often each bad outcome is mixed in, as shares of all commits; the same seed gives the same sequence.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Conflicts that nobody caused; nothing is written.
    pub conflict: f64,
    /// Read versions called too old; nothing is written.
    pub too_old: f64,
    /// Unknown outcomes whose commit was written, if it would have been.
    pub unknown_kept: f64,
    /// Unknown outcomes whose commit was lost.
    pub unknown_lost: f64,
    random: SmallRng,
}

/// One bad outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Conflict,
    TooOld,
    UnknownKept,
    UnknownLost,
}

impl Faults {
    /// None at all, until the shares are set; drawn from `seed`.
    pub fn seeded(seed: u64) -> Self {
        let random = SmallRng::seed_from_u64(seed);
        Self { conflict: 0.0, too_old: 0.0, unknown_kept: 0.0, unknown_lost: 0.0, random }
    }

    /// What befalls the next commit. Draws once, whatever the shares are.
    pub(super) fn draw(&mut self) -> Option<Fault> {
        let mut point: f64 = self.random.random();
        let shares = [
            (self.conflict, Fault::Conflict),
            (self.too_old, Fault::TooOld),
            (self.unknown_kept, Fault::UnknownKept),
            (self.unknown_lost, Fault::UnknownLost),
        ];
        for (share, fault) in shares {
            if point < share {
                return Some(fault);
            }
            point -= share;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_brings_the_same_faults() {
        let mut one = Faults { conflict: 0.3, unknown_lost: 0.3, ..Faults::seeded(7) };
        let mut two = one.clone();
        let drawn: Vec<_> = (0..100).map(|_| one.draw()).collect();
        assert_eq!(drawn, (0..100).map(|_| two.draw()).collect::<Vec<_>>());
        assert!(drawn.contains(&Some(Fault::Conflict)) && drawn.contains(&None));
        assert!(!drawn.contains(&Some(Fault::TooOld)));
    }
}
