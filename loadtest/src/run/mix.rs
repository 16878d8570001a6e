//! How often each of some groups comes.

use rand::{Rng, RngExt};

/// Groups with numbers in a row, and how often each comes.
#[derive(Clone, Debug)]
pub(super) struct Mix {
    /// The number of the first.
    pub(super) first: usize,
    /// Each group's share of visits, with those before it.
    weights: Vec<f64>,
}

impl Mix {
    /// From each group's share of visits.
    pub(super) fn new(first: usize, shares: Vec<f64>) -> Self {
        let weights = shares.into_iter().scan(0.0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        Self { first, weights: weights.collect() }
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    /// The number of the group that comes next.
    pub(super) fn choose(&self, random: &mut impl Rng) -> usize {
        if self.weights.len() == 1 {
            return self.first;
        }
        let chosen = random.random::<f64>();
        let place = self.weights.partition_point(|before| *before <= chosen);
        self.first + place.min(self.weights.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    #[test]
    fn groups_come_as_often_as_their_shares_say() {
        let (mix, mut random) = (Mix::new(3, vec![0.75, 0.25]), SmallRng::seed_from_u64(1));
        let often = (0..10_000).filter(|_| mix.choose(&mut random) == 3).count();
        assert!((7_300..7_700).contains(&often), "{often}");
        assert_eq!(Mix::new(2, vec![1.0]).choose(&mut random), 2);
    }
}
