//! What is compared: counts row by row, from which measures are made.

use super::bootstrap::{Blocks, Resamples};
use super::line::Measure;
use super::rows;
use crate::measure::{Interval, Operation, Sparse};
use crate::result::RunResult;

/// Something that both runs counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Endings, bookings and errors of all traffic.
    Counts,
    /// Latencies of all traffic.
    AllLatencies,
    /// Latencies of one operation.
    Latencies(Operation),
}

/// Columns of [`Source::Counts`].
const MICROSECONDS: usize = 0;
const ENDED: usize = 1;
const BOOKINGS: usize = 2;
const ERRORS: usize = 3;
const ANSWERED: usize = 4;

impl Source {
    /// All that both runs counted, in the order of reports.
    pub(super) fn in_both(a: &RunResult, b: &RunResult) -> Vec<Self> {
        let both = Operation::ALL.iter().copied().filter(|one| has(a, *one) && has(b, *one));
        [Self::Counts, Self::AllLatencies].into_iter().chain(both.map(Self::Latencies)).collect()
    }

    /// What it is called.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Counts | Self::AllLatencies => "all traffic",
            Self::Latencies(operation) => operation.name(),
        }
    }

    /// What is made of it.
    pub(super) fn measures(self) -> &'static [Measure] {
        match self {
            Self::Counts => &[Measure::Throughput, Measure::Goodput, Measure::ErrorShare],
            Self::AllLatencies | Self::Latencies(_) => &[Measure::P50, Measure::P90, Measure::P99],
        }
    }

    fn latencies(self, row: &Interval) -> Sparse {
        match self {
            Self::Latencies(operation) => row.latency.get(&operation).cloned().unwrap_or_default(),
            _ => row.all_latencies(),
        }
    }
}

/// The counts of one source in one run.
#[derive(Clone, Debug)]
pub(super) struct Table {
    blocks: Blocks,
    /// The lower edges of the columns, if these are latencies.
    edges: Vec<u64>,
}

impl Table {
    /// Of this run.
    pub(super) fn of(source: Source, result: &RunResult, resamples: &Resamples) -> Self {
        if source == Source::Counts {
            let counts: Vec<_> = rows(result).map(counts).collect();
            return Self { blocks: Blocks::of(&counts, resamples), edges: Vec::new() };
        }
        let sparse: Vec<Sparse> = rows(result).map(|row| source.latencies(row)).collect();
        let mut edges: Vec<u64> =
            sparse.iter().flat_map(|row| &row.0).map(|(edge, _)| *edge).collect();
        edges.sort_unstable();
        edges.dedup();
        let dense: Vec<_> = sparse.iter().map(|row| dense(row, &edges)).collect();
        Self { blocks: Blocks::of(&dense, resamples), edges }
    }

    /// What was measured in the run itself; `None` where there was nothing to measure.
    pub(super) fn measured(&self, measure: Measure) -> Option<f64> {
        self.measure(self.blocks.totals(), measure, &mut Sparse::default())
    }

    /// What was measured in each resample, for several measures at once.
    pub(super) fn resampled(
        &self,
        resamples: &Resamples,
        measures: &[Measure],
    ) -> Vec<Vec<Option<f64>>> {
        let mut scratch = Sparse::default();
        self.blocks.resampled(resamples, |sums| {
            measures.iter().map(|measure| self.measure(sums, *measure, &mut scratch)).collect()
        })
    }

    /// How many things were counted.
    pub(super) fn count(&self) -> u64 {
        let totals = self.blocks.totals();
        if self.edges.is_empty() {
            totals.get(ENDED).copied().unwrap_or(0)
        } else {
            totals.iter().sum()
        }
    }

    fn measure(&self, sums: &[u64], measure: Measure, scratch: &mut Sparse) -> Option<f64> {
        let share = |of: usize, among: usize| {
            let (of, among) = (*sums.get(of)?, *sums.get(among)?);
            (among > 0).then(|| of as f64 / among as f64)
        };
        match measure {
            Measure::Throughput => share(ANSWERED, MICROSECONDS).map(|rate| rate * 1e6),
            Measure::Goodput => share(BOOKINGS, MICROSECONDS).map(|rate| rate * 1e6),
            Measure::ErrorShare => share(ERRORS, ENDED),
            Measure::P50 | Measure::P90 | Measure::P99 => {
                scratch.0.clear();
                scratch.0.extend(self.edges.iter().copied().zip(sums.iter().copied()));
                (scratch.count() > 0).then(|| scratch.quantile_ms(measure.quantile()))
            }
        }
    }
}

fn counts(row: &Interval) -> Vec<u64> {
    let mut counts = vec![0; 5];
    counts[MICROSECONDS] = (row.length_s * 1e6) as u64;
    counts[ENDED] = row.ended;
    counts[ANSWERED] = row.answered();
    counts[BOOKINGS] = row.bookings;
    counts[ERRORS] = row.errors.values().sum();
    counts
}

/// The counts of a row in columns that all rows share.
fn dense(row: &Sparse, edges: &[u64]) -> Vec<u64> {
    let mut counts = vec![0; edges.len()];
    for (edge, count) in &row.0 {
        if let Ok(place) = edges.binary_search(edge) {
            counts[place] += count;
        }
    }
    counts
}

fn has(result: &RunResult, operation: Operation) -> bool {
    rows(result).any(|row| row.latency.get(&operation).is_some_and(|one| one.count() > 0))
}

/// Sentences about operations that only one of the runs has.
pub(super) fn in_one_only(a: &RunResult, b: &RunResult) -> Vec<String> {
    let only = Operation::ALL.iter().filter_map(|one| match (has(a, *one), has(b, *one)) {
        (true, false) => Some(format!("{one}: only A has any.")),
        (false, true) => Some(format!("{one}: only B has any.")),
        _ => None,
    });
    only.collect()
}
