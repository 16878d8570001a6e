//! Latency percentiles over time.

use super::nothing;
use super::time::{Timeline, largest};
use crate::measure::Interval;
use crate::number::{ms, seconds};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Plot, Series, Shape};
use crate::result::RunResult;

/// The percentiles that are drawn.
const DRAWN: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)];

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let timeline = Timeline::of(result);
    let series = series(&timeline);
    let values = || series.iter().flat_map(|one| &one.points).map(|(_, value)| *value);
    if timeline.is_empty() || series.iter().any(|one| one.points.is_empty()) {
        return nothing(html, "Too few requests ended to draw latency over time.");
    }
    let least = values().fold(f64::INFINITY, f64::min);
    let figure = Figure {
        id: "percentiles",
        heading: "Latency over time, all traffic",
        caption: caption(&series[2], result),
        plot: Plot {
            x: timeline.axis(),
            y: Axis::logarithmic("latency, logarithmic", least, largest(values()), ms),
            bands: timeline.bands(),
            series,
            marks: Vec::new(),
        },
        readout: timeline.readout(line),
    };
    figure.write(html);
}

/// Lines over the rows in which anything ended.
fn series(timeline: &Timeline<'_>) -> Vec<Series> {
    let rows = DRAWN.iter().enumerate().map(|(style, (name, quantile))| {
        let points = timeline.points(|row| row.all_latencies().quantile_ms(*quantile));
        Series {
            name: (*name).to_owned(),
            style,
            shape: Shape::Line,
            points: points.into_iter().filter(|(_, value)| *value > 0.0).collect(),
        }
    });
    rows.collect()
}

fn caption(p99: &Series, result: &RunResult) -> String {
    let worst = p99.points.iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
    let worst = worst.map_or(String::new(), |(at_s, value)| {
        format!("At its worst p99 was {}, {} after the start. ", ms(*value), seconds(at_s.floor()))
    });
    let stalls = if result.stalls.count > 0 { "Stalls are hatched. " } else { "" };
    let chaos = if result.chaos.is_empty() {
        ""
    } else {
        "Chaos commands (C1, …) are shaded from the command to the recovery."
    };
    format!("{worst}{stalls}{chaos}")
}

fn line(row: &Interval) -> String {
    let all = row.all_latencies();
    let values = DRAWN.map(|(name, quantile)| format!("{name} {}", ms(all.quantile_ms(quantile))));
    values.join(", ")
}
