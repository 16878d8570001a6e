//! What the plots over time have in common.

use crate::measure::Interval;
use crate::number::seconds;
use crate::report::plot::{Axis, Band};
use crate::result::RunResult;
use std::collections::BTreeMap;

/// The rows of a run that lasted for some time, in order.
pub(super) struct Timeline<'a> {
    result: &'a RunResult,
    rows: Vec<&'a Interval>,
}

impl<'a> Timeline<'a> {
    /// Those of this run.
    pub(super) fn of(result: &'a RunResult) -> Self {
        let rows = result.intervals.iter().filter(|row| row.length_s > 0.0 && row.at_s.is_finite());
        Self { result, rows: rows.collect() }
    }

    /// Whether there are too few rows to draw a line through.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The axis.
    pub(super) fn axis(&self) -> Axis {
        Axis::time(self.rows.last().map_or(0.0, |row| row.at_s + row.length_s))
    }

    /// The middle of each row.
    pub(super) fn moments(&self) -> Vec<f64> {
        self.rows.iter().map(|row| middle(row)).collect()
    }

    /// A value of each row over its middle.
    pub(super) fn points(&self, value: impl Fn(&Interval) -> f64) -> Vec<(f64, f64)> {
        self.rows.iter().map(|row| (middle(row), value(row))).collect()
    }

    /// A line of text for each row.
    pub(super) fn readout(&self, text: impl Fn(&Interval) -> String) -> Vec<(f64, String)> {
        let lines = self.rows.iter();
        lines.map(|row| (middle(row), format!("{}: {}", seconds(row.at_s), text(row)))).collect()
    }

    /// Counts by key of each row, per second: the keys that happened most, and the others together.
    pub(super) fn by_key(
        &self,
        counts: impl Fn(&Interval) -> &BTreeMap<String, u64>,
    ) -> Vec<(String, Vec<f64>)> {
        let mut totals = BTreeMap::<&str, u64>::new();
        for (key, count) in self.rows.iter().flat_map(|row| counts(row)) {
            *totals.entry(key).or_default() += count;
        }
        let mut keys: Vec<&str> = totals.keys().copied().collect();
        keys.sort_by_key(|key| std::cmp::Reverse(totals[key]));
        let shown = if keys.len() > SHOWN { SHOWN - 1 } else { keys.len() };
        let per_second = |keys: &[&str]| -> Vec<f64> {
            let sum =
                |row: &&Interval| keys.iter().filter_map(|key| counts(row).get(*key)).sum::<u64>();
            self.rows.iter().map(|row| sum(row) as f64 / row.length_s).collect()
        };
        let mut rows: Vec<_> =
            keys[..shown].iter().map(|key| ((*key).to_owned(), per_second(&[key]))).collect();
        if shown < keys.len() {
            rows.push(("all others".to_owned(), per_second(&keys[shown..])));
        }
        rows
    }

    /// Stalls and chaos commands. The commands are numbered as in their table.
    pub(super) fn bands(&self) -> Vec<Band> {
        let stalls = self.result.stalls.list.iter().map(|&(at_s, long_ms)| Band {
            from: at_s,
            to: at_s + long_ms / 1e3,
            class: "stall",
            label: String::new(),
        });
        let chaos = self.result.chaos.iter().enumerate().map(|(place, chaos)| Band {
            from: chaos.at_s,
            to: chaos.at_s + chaos.recovered_after_s.unwrap_or(0.0),
            class: "chaos",
            label: format!("C{}", place + 1),
        });
        stalls.chain(chaos).collect()
    }
}

/// The most keys that a plot tells apart.
const SHOWN: usize = 6;

fn middle(row: &Interval) -> f64 {
    row.at_s + row.length_s / 2.0
}

/// The largest of some values; 0 of none.
pub(super) fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max)
}
