//! The moving-block bootstrap: rows of time are drawn anew in blocks of about √n rows that follow each other, because a slow
//! second is often followed by another. Blocks wrap around from the end to the beginning, so that each row is drawn as
//! often as any other. (Künsch 1989; Politis and Romano 1992 for the wrapping.)
//!
//! Sums over all blocks are made once, so that a resample costs as many additions as it has blocks, whatever the number of rows.

use rand::RngExt;

/// Which blocks each resample is made of.
#[derive(Clone, Debug)]
pub(super) struct Resamples {
    rows: usize,
    block: usize,
    /// Beginnings of blocks, those of one resample after those of the last.
    starts: Vec<usize>,
}

/// The fewest rows of which there are two blocks of two.
const FEWEST: usize = 4;

impl Resamples {
    /// Draws `count` resamples of `rows` rows; `None` if there are fewer than four.
    pub(super) fn draw(rows: usize, count: usize, random: &mut impl RngExt) -> Option<Self> {
        if rows < FEWEST {
            return None;
        }
        let block = (rows as f64).sqrt().round() as usize;
        let per_resample = rows.div_ceil(block);
        let starts = (0..count * per_resample).map(|_| random.random_range(0..rows)).collect();
        Some(Self { rows, block, starts })
    }

    /// How many blocks fit into the rows: how much independent evidence there is.
    pub(super) fn blocks(&self) -> f64 {
        self.rows as f64 / self.block as f64
    }

    /// By how much the spread of resamples falls short of that of the truth: blocks are compared with the mean of the same
    /// few blocks, and a resample may be a few rows longer than the run.
    pub(super) fn shortfall(&self) -> f64 {
        let (rows, block) = (self.rows as f64, self.block as f64);
        let drawn = block * self.rows.div_ceil(self.block) as f64;
        (drawn / rows * rows / (rows - block)).sqrt()
    }

    fn each(&self) -> impl Iterator<Item = &[usize]> {
        self.starts.chunks(self.rows.div_ceil(self.block))
    }
}

/// Sums of counts over every block of a run.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    columns: usize,
    /// For each beginning, the sums of its block, column by column.
    sums: Vec<u64>,
    totals: Vec<u64>,
}

impl Blocks {
    /// Of rows that all have as many columns.
    pub(super) fn of(rows: &[Vec<u64>], resamples: &Resamples) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        let mut sums = Vec::with_capacity(rows.len() * columns);
        let mut current = vec![0; columns];
        for row in &rows[..resamples.block] {
            add(&mut current, row);
        }
        for start in 0..rows.len() {
            sums.extend_from_slice(&current);
            add(&mut current, &rows[(start + resamples.block) % rows.len()]);
            current.iter_mut().zip(&rows[start]).for_each(|(sum, gone)| *sum -= gone);
        }
        let mut totals = vec![0; columns];
        rows.iter().for_each(|row| add(&mut totals, row));
        Self { columns, sums, totals }
    }

    /// The sums of the run itself.
    pub(super) fn totals(&self) -> &[u64] {
        &self.totals
    }

    /// A statistic of each resample.
    pub(super) fn resampled<T>(
        &self,
        resamples: &Resamples,
        mut statistic: impl FnMut(&[u64]) -> T,
    ) -> Vec<T> {
        let mut sums = vec![0; self.columns];
        let one = |starts: &[usize]| {
            sums.fill(0);
            starts.iter().for_each(|start| add(&mut sums, self.block(*start)));
            statistic(&sums)
        };
        resamples.each().map(one).collect()
    }

    fn block(&self, start: usize) -> &[u64] {
        &self.sums[start * self.columns..(start + 1) * self.columns]
    }
}

fn add(to: &mut [u64], from: &[u64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    fn resamples(rows: usize, count: usize, seed: u64) -> Resamples {
        Resamples::draw(rows, count, &mut Xoshiro256PlusPlus::seed_from_u64(seed)).unwrap()
    }

    #[test]
    fn too_few_rows_give_no_resamples() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        assert!((0..4).all(|rows| Resamples::draw(rows, 9, &mut random).is_none()));
        assert!(Resamples::draw(4, 9, &mut random).is_some());
    }

    #[test]
    fn the_spread_of_means_is_that_of_theory() {
        // Independent rows 0 and 1000 in equal parts: the mean of n has a standard deviation of 500/√n.
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let rows: Vec<_> =
            (0..400).map(|_| vec![1000 * u64::from(random.random::<bool>()), 1]).collect();
        let drawn = resamples(400, 4_000, 2);
        let means =
            Blocks::of(&rows, &drawn).resampled(&drawn, |sums| sums[0] as f64 / sums[1] as f64);
        let mean = means.iter().sum::<f64>() / means.len() as f64;
        let variance =
            means.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / means.len() as f64;
        let spread = variance.sqrt() * drawn.shortfall();
        assert!((20.0..30.0).contains(&spread), "{spread}, in theory 25");
    }

    proptest! {
        #[test]
        fn a_block_is_the_sum_of_its_rows_and_wraps(
            rows in proptest::collection::vec(proptest::collection::vec(0u64..1000, 3), 4..40),
            seed in any::<u64>(),
        ) {
            let drawn = resamples(rows.len(), 5, seed);
            let blocks = Blocks::of(&rows, &drawn);
            for start in 0..rows.len() {
                let mut by_hand = vec![0; 3];
                (start..start + drawn.block).for_each(|row| add(&mut by_hand, &rows[row % rows.len()]));
                prop_assert_eq!(blocks.block(start), &by_hand[..]);
            }
        }

        #[test]
        fn a_resample_of_what_never_changes_is_a_multiple_of_it(
            row in proptest::collection::vec(0u64..1000, 1..5), rows in 4usize..700, seed in any::<u64>(),
        ) {
            let drawn = resamples(rows, 5, seed);
            let blocks = Blocks::of(&vec![row.clone(); rows], &drawn);
            let length = (drawn.block * rows.div_ceil(drawn.block)) as u64;
            let expected: Vec<u64> = row.iter().map(|count| count * length).collect();
            prop_assert!(length >= rows as u64 && drawn.shortfall() >= 1.0);
            for resample in blocks.resampled(&drawn, <[u64]>::to_vec) {
                prop_assert_eq!(&resample, &expected);
            }
        }

        #[test]
        fn the_same_seed_draws_the_same(rows in 4usize..700, seed in any::<u64>()) {
            prop_assert_eq!(resamples(rows, 20, seed).starts, resamples(rows, 20, seed).starts);
        }
    }
}
