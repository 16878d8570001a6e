//! Axes: where a value lies, and where ticks stand.

use crate::number;

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Tick {
    /// The value at which it stands.
    pub(in crate::report) at: f64,
    /// What stands beside it.
    pub(in crate::report) label: String,
}

/// A range of values and how they are laid out.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Axis {
    /// What is measured, with its unit.
    pub(in crate::report) label: &'static str,
    from: f64,
    to: f64,
    logarithmic: bool,
    ticks: Vec<Tick>,
}

/// How a value is written beside a tick.
type Format = fn(f64) -> String;

impl Axis {
    /// From 0 to at least `most`, evenly.
    pub(in crate::report) fn linear(label: &'static str, most: f64, format: Format) -> Self {
        let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
        let step = round_step(most / 4.0);
        let steps = (most / step - 1e-9).ceil().max(1.0);
        let ticks = (0..=steps as u32).map(|number| tick(f64::from(number) * step, format));
        Self { label, from: 0.0, to: steps * step, logarithmic: false, ticks: ticks.collect() }
    }

    /// From at most `least` to at least `most`, evenly in the logarithm. Both are more than 0.
    pub(in crate::report) fn logarithmic(
        label: &'static str,
        least: f64,
        most: f64,
        format: Format,
    ) -> Self {
        let least = if least.is_finite() && least > 0.0 { least } else { 1e-3 };
        let most = if most.is_finite() && most > least { most } else { least * 10.0 };
        let candidates = steps_between(least, most, &[1.0, 2.0, 5.0]);
        let candidates =
            if candidates.len() > 8 { steps_between(least, most, &[1.0]) } else { candidates };
        let from = candidates.first().copied().unwrap_or(least);
        let to = candidates.last().copied().unwrap_or(most);
        let ticks = candidates.into_iter().map(|at| tick(at, format)).collect();
        Self { label, from, to, logarithmic: true, ticks }
    }

    /// Time since the start of a run, to the end of it.
    pub(in crate::report) fn time(end_s: f64) -> Self {
        const STEPS: [f64; 14] = [
            1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
            14_400.0,
        ];
        let end_s = if end_s.is_finite() && end_s > 0.0 { end_s } else { 1.0 };
        let fits = STEPS.iter().copied().find(|step| end_s / step <= 8.0);
        let step = fits.unwrap_or_else(|| round_step(end_s / 8.0));
        let format = if end_s <= 120.0 { number::seconds } else { clock };
        let ticks =
            (0..=(end_s / step) as u32).map(|number| tick(f64::from(number) * step, format));
        let label = "time from the start";
        Self { label, from: 0.0, to: end_s, logarithmic: false, ticks: ticks.collect() }
    }

    /// Quantiles of a latency, spread towards the tail: 90 %, 99 %, … each as far from the last.
    pub(in crate::report) fn quantiles() -> Self {
        let at = [("0 %", 0.0), ("50 %", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999)];
        let tail = [("99.99 %", 0.9999), ("99.999 %", 0.999_99)];
        let ticks = at.into_iter().chain(tail);
        let ticks = ticks.map(|(label, share)| Tick { at: nines(share), label: label.to_owned() });
        let label = "share of requests that took no longer";
        Self { label, from: 0.0, to: 5.0, logarithmic: false, ticks: ticks.collect() }
    }

    /// Named places at 0.5, 1.5, …: the columns of a histogram.
    pub(in crate::report) fn columns(label: &'static str, names: Vec<String>) -> Self {
        let to = names.len().max(1) as f64;
        let ticks = names.into_iter().enumerate();
        let ticks = ticks.map(|(place, label)| Tick { at: place as f64 + 0.5, label }).collect();
        Self { label, from: 0.0, to, logarithmic: false, ticks }
    }

    /// Where a value lies, from 0 to 1; values beyond the ends lie at the ends.
    pub(in crate::report) fn place(&self, value: f64) -> f64 {
        let place = if self.logarithmic {
            (value.max(f64::MIN_POSITIVE) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) }
    }

    /// The ticks.
    pub(in crate::report) fn ticks(&self) -> &[Tick] {
        &self.ticks
    }
}

/// The place of a quantile on [`Axis::quantiles`]: how many nines it has.
pub(in crate::report) fn nines(quantile: f64) -> f64 {
    -(1.0 - quantile.clamp(0.0, 1.0)).max(1e-9).log10()
}

fn tick(at: f64, format: Format) -> Tick {
    Tick { at, label: format(at) }
}

/// The round number (1, 2 or 5 times a power of ten) at or above `step`.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|times| times * power >= step * 0.999);
    times.unwrap_or(10.0) * power
}

/// Every `times` × 10ⁿ within a range, and one beyond each end that is not itself one.
fn steps_between(least: f64, most: f64, times: &[f64]) -> Vec<f64> {
    let powers = (least.log10().floor() as i32 - 1)..=(most.log10().ceil() as i32 + 1);
    let all: Vec<f64> =
        powers.flat_map(|power| times.iter().map(move |one| one * 10f64.powi(power))).collect();
    let first = all.iter().rposition(|value| *value <= least * 1.001).unwrap_or(0);
    let last = all.iter().position(|value| *value >= most * 0.999).unwrap_or(all.len() - 1);
    all[first..=last.max(first)].to_vec()
}

/// A time of a long run: `5:00`, `1:30:00`.
fn clock(time_s: f64) -> String {
    let whole = time_s.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks().iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_cover_the_data() {
        assert_eq!(labels(&Axis::linear("", 55_000.0, number::number)).last(), Some(&"60,000"));
        assert_eq!(labels(&Axis::logarithmic("", 0.3, 41.0, number::ms)).len(), 8);
        assert_eq!(labels(&Axis::logarithmic("", 0.3, 900.0, number::ms))[0], "100 µs");
        assert_eq!(labels(&Axis::time(60.0))[1], "10 s");
        assert_eq!(labels(&Axis::time(600.0))[1], "2:00");
        assert_eq!(Axis::logarithmic("", 5.0, 5.0, number::ms).place(5.0), 0.0);
    }

    #[test]
    fn nothing_lies_outside_and_nothing_breaks_an_axis() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0] {
            for axis in [
                Axis::linear("", bad, number::number),
                Axis::logarithmic("", bad, bad, number::ms),
                Axis::time(bad),
            ] {
                assert!((0.0..=1.0).contains(&axis.place(bad)), "{axis:?} {bad}");
                assert!((0.0..=1.0).contains(&axis.place(3.0)), "{axis:?}");
            }
        }
    }

    #[test]
    fn each_nine_is_as_far_from_the_last() {
        let axis = Axis::quantiles();
        assert!((axis.place(nines(0.999)) - 0.6).abs() < 1e-9);
        assert_eq!(axis.place(nines(1.0)), 1.0);
    }
}
