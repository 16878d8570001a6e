//! What the views read from a timeline.

use crate::measure::{Interval, Timeline};
use std::collections::BTreeMap;

/// What happened in the rows that end after `from_s`, as one; `None` if nothing did.
pub(super) fn since(timeline: &Timeline, from_s: f64) -> Option<Interval> {
    let mut rows = lived(timeline).filter(|row| end_s(row) > from_s + 0.05);
    let mut sum = rows.next()?.clone();
    rows.for_each(|row| sum.add(row));
    Some(sum)
}

/// The newest row; an empty one before there is any.
pub(super) fn newest(timeline: &Timeline) -> Interval {
    lived(timeline).last().cloned().unwrap_or_default()
}

/// Rows in which time passed: the newest ones may have been opened without.
pub(super) fn lived(timeline: &Timeline) -> impl Iterator<Item = &Interval> {
    timeline.rows().iter().filter(|row| row.length_s > 0.0)
}

/// When a row ended, in seconds from the start of the run.
pub(super) fn end_s(row: &Interval) -> f64 {
    row.at_s + row.length_s
}

/// So many per second of the row; 0 in a row without time.
pub(super) fn per_s(row: &Interval, count: f64) -> f64 {
    if row.length_s > 0.0 { count / row.length_s } else { 0.0 }
}

/// Counts since the start of the run, the most frequent first.
pub(super) fn totals(
    timeline: &Timeline,
    counts: fn(&Interval) -> &BTreeMap<String, u64>,
) -> Vec<(&str, u64)> {
    let mut sums = BTreeMap::<&str, u64>::new();
    for (kind, count) in timeline.rows().iter().flat_map(counts) {
        *sums.entry(kind).or_default() += count;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sums
}

/// Text on one line and without control characters, whatever a target or a file put into it.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}
