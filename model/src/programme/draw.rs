//! A stream of made-up choices that is the same on every machine and in every version.
//!
//! The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): six
//! lines of wrapping arithmetic, so no library's change can alter a programme. It is not for secrets. A stream starts
//! from a list of numbers that say what it is for (the seed, the district, the day …), so any part of a programme can
//! be made alone.

/// SplitMix64's step, the golden ratio in 64 bits.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of choices.
pub(super) struct Draw(u64);

impl Draw {
    /// The stream for what `purpose` describes.
    pub(super) fn new(purpose: &[u64]) -> Self {
        Self(purpose.iter().fold(0, |state, part| mix(state.wrapping_add(STEP) ^ part)))
    }

    /// 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `end`; 0 if `end` is 0. Biased by less than `end` in 2⁶⁴.
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&mut self, least: u16, most: u16) -> u16 {
        least + self.below(usize::from(most.saturating_sub(least)) + 1) as u16
    }

    /// Whether something happens that does `percent` times in a hundred.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// The position of one of `weights`, each as often as its weight says; 0 if all are 0.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: usize = weights.clone().map(|weight| weight as usize).sum();
        let mut left = self.below(total);
        for (at, weight) in weights.enumerate() {
            match left.checked_sub(weight as usize) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }

    /// One of `choices`, which must not be empty.
    pub(super) fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Puts `items` in an order of its own.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // The first numbers of SplitMix64 from state 1234567, as other implementations print them.
        let mut draw = Draw(1_234_567);
        let first = [draw.bits(), draw.bits(), draw.bits()];
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, published);
    }

    #[test]
    fn streams_for_different_purposes_differ() {
        let first = |purpose: &[u64]| Draw::new(purpose).bits();
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1]), first(&[1, 0]));
    }

    #[test]
    fn choices_come_as_often_as_their_weights_say() {
        let mut draw = Draw::new(&[7]);
        let mut count = [0_u32; 3];
        for _ in 0..10_000 {
            count[draw.weighted([1, 0, 9].into_iter())] += 1;
        }
        assert_eq!(count[1], 0);
        assert!((800..1200).contains(&count[0]), "{count:?}");
    }

    #[test]
    fn an_empty_choice_does_not_panic() {
        let mut draw = Draw::new(&[]);
        assert_eq!((draw.below(0), draw.weighted([0, 0].into_iter())), (0, 0));
        assert_eq!(draw.between(9, 3), 9);
    }
}
