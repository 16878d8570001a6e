//! The whole distribution of latency, operation by operation, out to one in a hundred thousand.

use super::nothing;
use super::time::largest;
use crate::number::{ms, share};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Plot, Series, Shape, nines};
use crate::result::{OperationResult, RunResult};

/// How many styles of lines the style sheet tells apart.
const STYLES: usize = 8;
/// The least latency that is drawn: a logarithm needs one.
const LEAST_MS: f64 = 0.001;

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let timed: Vec<_> = result.timed().filter(|(_, one)| one.histogram.count() > 0).collect();
    if timed.is_empty() {
        return nothing(html, "Nothing ended, so there is no distribution of latency.");
    }
    let series: Vec<Series> =
        timed.iter().enumerate().map(|(place, (name, one))| line(place, name, one)).collect();
    let values = || series.iter().flat_map(|one| &one.points).map(|(_, value)| *value);
    let least = values().fold(f64::INFINITY, f64::min);
    let figure = Figure {
        id: "curve",
        heading: "Latency from the fastest to the slowest request",
        caption: "The share of requests on the axis below took no longer than the line says. Each step to the right is \
                  ten times rarer. A line ends where there were no more requests to tell."
            .to_owned(),
        plot: Plot {
            x: Axis::quantiles(),
            y: Axis::logarithmic("latency, logarithmic", least, largest(values()), ms),
            bands: Vec::new(),
            series,
            marks: Vec::new(),
        },
        readout: readout(&timed),
    };
    figure.write(html);
}

fn line(place: usize, name: &str, operation: &OperationResult) -> Series {
    // Beyond one in as many requests as there were, a quantile is the maximum and says nothing new.
    let known = nines(1.0 - 1.0 / operation.histogram.count() as f64).max(0.3);
    let points = operation.histogram.curve().into_iter();
    let points = points.map(|(quantile, value)| (nines(quantile), value.max(LEAST_MS)));
    Series {
        name: name.to_owned(),
        style: place % STYLES,
        shape: Shape::Line,
        points: points.filter(|(nines, _)| *nines <= known.min(5.0)).collect(),
    }
}

fn readout(timed: &[(&'static str, &OperationResult)]) -> Vec<(f64, String)> {
    const AT: [f64; 9] = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999_99];
    let line = |quantile: f64| {
        let values = timed.iter();
        let values =
            values.map(|(name, one)| format!("{name} {}", ms(one.histogram.quantile_ms(quantile))));
        format!("{}: {}", quantile_name(quantile), values.collect::<Vec<_>>().join(", "))
    };
    AT.iter().map(|quantile| (nines(*quantile), line(*quantile))).collect()
}

/// Percentiles keep all of their nines.
fn quantile_name(quantile: f64) -> String {
    match quantile {
        0.0..0.999 => share(quantile),
        _ => format!("{} %", (quantile * 1e7).round() / 1e5),
    }
}
