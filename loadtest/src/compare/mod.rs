//! Two runs side by side: what differs by more than chance, and whether they may be compared at all.
//!
//! A single run is a single number only if nobody asks how sure it is. [`compare`] takes the rows of both runs (a second
//! each, up to ten minutes) and resamples them in blocks ([`bootstrap`]), because what happens in one second goes on in the
//! next. From the resamples come an interval for each ratio B/A and the noise floor: how much A differs from itself. The
//! verdicts are corrected for the number of lines ([`statistics`]), so that many operations do not raise an alarm by
//! chance. Where the load itself changes, as in a ramp or a sell-out, rows differ for that reason too: the floor is wide and
//! small differences stay unseen. What the rows of one run cannot show is how much two runs of the same differ: a surprise
//! deserves a second pair of runs.

mod bootstrap;
mod comparable;
mod judge;
mod line;
mod statistics;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use line::{Effect, Line, Measure, Verdict};

use crate::number::of;
use crate::result::RunResult;
use bootstrap::Resamples;
use judge::Judge;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use serde::Serialize;
use table::Source;

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Options {
    /// How often the rows are drawn anew.
    pub resamples: usize,
    /// What the draws are made from: the same runs and seed give the same answer.
    pub seed: u64,
    /// How much of the intervals' long run holds the truth, and one less the chance of any false alarm in a comparison.
    pub confidence: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { resamples: 2_000, seed: 1, confidence: 0.95 }
    }
}

/// What a run is called here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// Its scenario.
    pub scenario: String,
    /// Where its traffic went.
    pub target: String,
    /// When it started.
    pub started_at: String,
    /// Rows of time that it offers for comparison.
    pub rows: usize,
    /// Its length in seconds.
    pub duration_s: f64,
}

/// What came out. [`std::fmt::Display`] writes it as text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The first run: what was before.
    pub a: Side,
    /// The second: what is now.
    pub b: Side,
    /// Whether a difference would be about the target.
    pub comparable: bool,
    /// Why not, a sentence each.
    pub incomparable_because: Vec<String>,
    /// What else differs, a sentence each.
    pub remarks: Vec<String>,
    /// What was compared: all traffic first, then the operations that both runs have.
    pub lines: Vec<Line>,
    /// What could not be compared and why, a sentence each.
    pub left_out: Vec<String>,
    /// All of it in a sentence.
    pub verdict: String,
    /// How it was compared.
    pub options: Options,
}

/// Compares what was before with what is now.
pub fn compare(a: &RunResult, b: &RunResult, options: &Options) -> Comparison {
    let incomparable_because = comparable::reasons_against(a, b);
    let (mut lines, left_out) = lines(a, b, options);
    judge::settle(&mut lines, options);
    Comparison {
        a: side(a),
        b: side(b),
        comparable: incomparable_because.is_empty(),
        verdict: verdict(&lines, incomparable_because.is_empty()),
        incomparable_because,
        remarks: comparable::remarks(a, b),
        lines,
        left_out,
        options: *options,
    }
}

/// The rows of a run that lasted for some time.
fn rows(result: &RunResult) -> impl Iterator<Item = &crate::measure::Interval> + Clone {
    result.intervals.iter().filter(|row| row.length_s > 0.0)
}

fn side(result: &RunResult) -> Side {
    Side {
        scenario: result.scenario.name.clone(),
        target: result.scenario.target.clone(),
        started_at: result.started_at.clone(),
        rows: rows(result).count(),
        duration_s: result.duration_s,
    }
}

/// All that can be compared, and sentences about the rest.
fn lines(a: &RunResult, b: &RunResult, options: &Options) -> (Vec<Line>, Vec<String>) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(options.seed);
    let mut drawn = |result| Resamples::draw(rows(result).count(), options.resamples, &mut random);
    let (Some(of_a), Some(of_b)) = (drawn(a), drawn(b)) else {
        return (
            Vec::new(),
            vec!["Everything: one of the runs has hardly a row of time, so that its noise is not known.".to_owned()],
        );
    };
    let judge = Judge { of_a, of_b, confidence: options.confidence };
    let (mut lines, mut left_out) = (Vec::new(), Vec::new());
    for source in Source::in_both(a, b) {
        judge.lines(&source, a, b, &mut lines, &mut left_out);
    }
    left_out.extend(table::in_one_only(a, b));
    (lines, left_out)
}

fn verdict(lines: &[Line], comparable: bool) -> String {
    let loud = if comparable { "" } else { "NOT COMPARABLE, so not about the target alone. " };
    let worse: Vec<&Line> = lines.iter().filter(|line| line.verdict.is_worse()).collect();
    let better: Vec<&Line> = lines.iter().filter(|line| line.verdict.is_better()).collect();
    if lines.is_empty() {
        return format!("{loud}Nothing could be compared.");
    }
    let sentence = match (worse.as_slice(), better.as_slice()) {
        ([], []) => no_difference(lines),
        ([], better) => format!("B is better in {}.", most_telling(better, lines.len())),
        (worse, []) => format!("B is worse in {}.", most_telling(worse, lines.len())),
        (worse, better) => format!(
            "B is worse in {}, but better in {}.",
            most_telling(worse, lines.len()),
            most_telling(better, lines.len())
        ),
    };
    format!("{loud}{sentence}")
}

fn no_difference(lines: &[Line]) -> String {
    let p99 = lines.iter().find(|line| line.measure == Measure::P99).unwrap_or(&lines[0]);
    format!(
        "No difference seen in {}. In the {} of {}, one within {} would not be told from noise.",
        of(lines.len() as u64, "line", "lines"),
        p99.measure,
        p99.subject,
        text::floor(p99)
    )
}

/// How many lines, and the first of them: all traffic before single operations.
fn most_telling(lines: &[&Line], all: usize) -> String {
    let first = lines[0];
    let (low, high) = text::interval(first);
    format!(
        "{} of {all} lines, first of all in the {} of {}: {} ({low} to {high})",
        lines.len(),
        first.measure,
        first.subject,
        text::change(first)
    )
}
