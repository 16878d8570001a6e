//! How a line is judged: the interval of its change, the noise floor, the chance that it is noise.

use super::bootstrap::Resamples;
use super::statistics::{holm, normal, sorted_quantile, student, two_sided, two_sided_quantile};
use super::table::{Source, Table};
use super::{Effect, Line, Measure, Options, Verdict};
use crate::number::count;
use crate::result::RunResult;

/// Judges lines by the resamples of both runs.
pub(super) struct Judge {
    /// Those of A.
    pub(super) of_a: Resamples,
    /// Those of B.
    pub(super) of_b: Resamples,
    /// How sure intervals are to be.
    pub(super) confidence: f64,
}

impl Judge {
    /// Adds the lines of a source, and sentences about those that cannot be judged.
    pub(super) fn lines(
        &self,
        source: &Source,
        a: &RunResult,
        b: &RunResult,
        lines: &mut Vec<Line>,
        left_out: &mut Vec<String>,
    ) {
        let table_a = Table::of(*source, a, &self.of_a);
        let table_b = Table::of(*source, b, &self.of_b);
        let measures = source.measures();
        let drawn_a = table_a.resampled(&self.of_a, measures);
        let drawn_b = table_b.resampled(&self.of_b, measures);
        for (place, measure) in measures.iter().enumerate() {
            let column = |drawn: &[Vec<Option<f64>>]| drawn.iter().map(|one| one[place]).collect();
            let a = Estimate { of_run: table_a.measured(*measure), drawn: column(&drawn_a) };
            let b = Estimate { of_run: table_b.measured(*measure), drawn: column(&drawn_b) };
            let enough = table_a.count().min(table_b.count()) >= measure.least();
            match self.line(source.subject(), *measure, &a, &b).filter(|_| enough) {
                Some(line) => lines.push(line),
                None => left_out.extend(why_not(*source, *measure, &a, &b, [&table_a, &table_b])),
            }
        }
    }

    fn line(
        &self,
        subject: &'static str,
        measure: Measure,
        a: &Estimate,
        b: &Estimate,
    ) -> Option<Line> {
        let effect = measure.effect();
        let change = effect.of(a.of_run?, b.of_run?)?;
        let against_b = self.spread(effect.all(a.drawn.iter(), b.drawn.iter())?);
        let other_half = a.drawn.iter().cycle().skip(a.drawn.len() / 2).take(a.drawn.len());
        let against_itself = self.spread(effect.all(a.drawn.iter(), other_half)?);
        let stretch = self.stretch();
        let chance = self.chance(change, &against_b);
        Some(Line {
            subject,
            measure,
            a: a.of_run?,
            b: b.of_run?,
            effect,
            change: effect.shown(change),
            low: effect.shown(change + (against_b.low - change) * stretch),
            high: effect.shown(change + (against_b.high - change) * stretch),
            noise: effect.shown_width(against_itself.half_width() * stretch),
            chance,
            verdict: measure.verdict(change > 0.0),
        })
    }

    fn spread(&self, mut changes: Vec<f64>) -> Spread {
        changes.sort_by(f64::total_cmp);
        let tail = (1.0 - self.confidence) / 2.0;
        Spread { low: sorted_quantile(&changes, tail), high: sorted_quantile(&changes, 1.0 - tail) }
    }

    /// How often noise alone would do this.
    fn chance(&self, change: f64, spread: &Spread) -> f64 {
        let deviation = spread.half_width() / self.normal_width() * self.shortfall();
        match (change == 0.0, deviation > 0.0) {
            (true, _) => 1.0,
            (false, false) => 0.0,
            (false, true) => two_sided(normal(change / deviation, self.freedom())),
        }
    }

    /// By how much intervals of resamples are too narrow.
    fn stretch(&self) -> f64 {
        self.shortfall() * student(self.normal_width(), self.freedom()) / self.normal_width()
    }

    fn shortfall(&self) -> f64 {
        self.of_a.shortfall().max(self.of_b.shortfall())
    }

    fn normal_width(&self) -> f64 {
        two_sided_quantile(1.0 - self.confidence)
    }

    /// Degrees of freedom: overlapping blocks tell half as much again as blocks side by side would.
    fn freedom(&self) -> f64 {
        (1.5 * (self.of_a.blocks() + self.of_b.blocks()) - 2.0).max(1.0)
    }
}

/// What was measured in a run, and in each of its resamples.
struct Estimate {
    of_run: Option<f64>,
    drawn: Vec<Option<f64>>,
}

/// The interval of changes in resamples.
struct Spread {
    low: f64,
    high: f64,
}

impl Spread {
    fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

impl Effect {
    /// The change from `a` to `b`: the logarithm of their ratio, or their difference.
    fn of(self, a: f64, b: f64) -> Option<f64> {
        match self {
            Self::Ratio => (a > 0.0 && b > 0.0).then(|| (b / a).ln()),
            Self::Difference => Some(b - a),
        }
    }

    /// All changes between resamples; `None` if more than a few of them have none.
    fn all<'a>(
        self,
        a: impl Iterator<Item = &'a Option<f64>>,
        b: impl Iterator<Item = &'a Option<f64>>,
    ) -> Option<Vec<f64>> {
        let pairs: Vec<_> = a.zip(b).map(|(a, b)| self.of((*a)?, (*b)?)).collect();
        let known: Vec<f64> = pairs.iter().copied().flatten().collect();
        (known.len() * 20 > pairs.len() * 19).then_some(known)
    }

    fn shown(self, change: f64) -> f64 {
        if self == Self::Ratio { change.exp() } else { change }
    }

    fn shown_width(self, width: f64) -> f64 {
        if self == Self::Ratio { width.exp_m1() } else { width }
    }
}

/// Corrects the chances for the number of lines and takes back what is within noise.
pub(super) fn settle(lines: &mut [Line], options: &Options) {
    let chances: Vec<f64> = lines.iter().map(|line| line.chance).collect();
    for (line, chance) in lines.iter_mut().zip(holm(&chances)) {
        line.chance = chance;
        let size = match line.effect {
            Effect::Ratio => line.change.ln().abs().exp_m1(),
            Effect::Difference => line.change.abs(),
        };
        if chance >= 1.0 - options.confidence || size <= line.noise {
            line.verdict = Verdict::NoDifference;
        }
    }
}

/// Why there is no line; nothing if neither run had anything of the kind.
fn why_not(
    source: Source,
    measure: Measure,
    a: &Estimate,
    b: &Estimate,
    tables: [&Table; 2],
) -> Option<String> {
    let subject = source.subject();
    let counts = tables.map(Table::count);
    if counts[0].min(counts[1]) < measure.least() {
        let [a, b] = counts.map(count);
        let least = count(measure.least());
        return Some(format!("{measure} of {subject}: {a} and {b} requests, it takes {least}."));
    }
    match (a.of_run.unwrap_or(0.0) > 0.0, b.of_run.unwrap_or(0.0) > 0.0) {
        (false, false) => None,
        (true, false) => Some(format!("{measure} of {subject}: only A has any.")),
        (false, true) => Some(format!("{measure} of {subject}: only B has any.")),
        (true, true) => Some(format!("{measure} of {subject}: too much of it in too few rows.")),
    }
}
