//! A comparison as plain text.

use super::{Comparison, Effect, Line, Measure, Side};
use crate::number::{ms, number, of, seconds, share};
use std::fmt;

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        side(f, "A", &self.a)?;
        side(f, "B", &self.b)?;
        list(
            f,
            "NOT COMPARABLE. A difference would not be about the target alone:",
            &self.incomparable_because,
        )?;
        list(f, "To bear in mind:", &self.remarks)?;
        self.table(f)?;
        list(f, "Left out:", &self.left_out)?;
        writeln!(f, "\nVerdict: {}\n", self.verdict)?;
        self.explanation(f)
    }
}

impl Comparison {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return Ok(());
        }
        let percent = number(self.options.confidence * 100.0);
        let interval = format!("{percent} % interval");
        let widths = format_args!("{:<24}{:>12}{:>12}{:>10}", "", "A", "B", "B/A").to_string();
        writeln!(f, "\n{widths}  {interval:<19}{:>9}  verdict", "noise")?;
        let mut subject = "";
        for line in &self.lines {
            if line.subject != subject {
                subject = line.subject;
                writeln!(f, "{subject}")?;
            }
            let (low, high) = interval_of(line);
            writeln!(
                f,
                "  {:<22}{:>12}{:>12}{:>10}  {:<19}{:>9}  {}",
                line.measure,
                value(line.measure, line.a),
                value(line.measure, line.b),
                change(line),
                format!("{low} to {high}"),
                floor(line),
                line.verdict
            )?;
        }
        Ok(())
    }

    fn explanation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = number(self.options.confidence * 100.0);
        let alarm = number((1.0 - self.options.confidence) * 100.0);
        let resamples = self.options.resamples;
        let seed = self.options.seed;
        writeln!(
            f,
            "Intervals hold the true change in {percent} of 100 cases, each line for itself ({resamples} resamples of blocks of rows, seed {seed}).\n\
             Noise is half of the width of A's interval against itself; what lies within it is not told from chance.\n\
             Verdicts are corrected for the number of lines (Holm): of 100 comparisons of equal targets about {alarm} raise any alarm.\n\
             How much one run differs from the next of the same kind no single pair can show: repeat it before acting on it."
        )
    }
}

fn side(f: &mut fmt::Formatter<'_>, name: &str, side: &Side) -> fmt::Result {
    let Side { scenario, target, started_at, rows, duration_s } = side;
    let length = format!("{} in {}", seconds(*duration_s), of(*rows as u64, "row", "rows"));
    let known = [scenario, started_at, target, &length].into_iter().filter(|fact| !fact.is_empty());
    writeln!(f, "{name}  {}", known.map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn list(f: &mut fmt::Formatter<'_>, heading: &str, sentences: &[String]) -> fmt::Result {
    if sentences.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{heading}")?;
    sentences.iter().try_for_each(|sentence| writeln!(f, "  - {sentence}"))
}

fn value(measure: Measure, value: f64) -> String {
    match measure {
        Measure::Throughput | Measure::Goodput => format!("{}/s", number(value)),
        Measure::ErrorShare => share(value),
        Measure::P50 | Measure::P90 | Measure::P99 => ms(value),
    }
}

/// The change as it is written: `×1.20`, or `+0.3 pp` for percentage points.
pub(super) fn change(line: &Line) -> String {
    one(line.effect, line.change)
}

/// The ends of the interval, as the change is written.
pub(super) fn interval(line: &Line) -> (String, String) {
    (one(line.effect, line.low), one(line.effect, line.high))
}

/// The same in few characters, for the column of a table: signs and units once.
fn interval_of(line: &Line) -> (String, String) {
    let (low, high) = interval(line);
    (low.trim_start_matches('×').trim_end_matches(" pp").to_owned(), high.replace('×', ""))
}

/// The noise floor.
pub(super) fn floor(line: &Line) -> String {
    match line.effect {
        Effect::Ratio => format!("±{} %", number((line.noise * 1e3).round() / 10.0)),
        Effect::Difference => format!("±{} pp", number(line.noise * 100.0)),
    }
}

fn one(effect: Effect, change: f64) -> String {
    match effect {
        Effect::Ratio => format!("×{change:.3}"),
        Effect::Difference if change > 0.0 => format!("+{} pp", number(change * 100.0)),
        Effect::Difference => format!("{} pp", number(change * 100.0)),
    }
}
