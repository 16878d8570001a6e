//! Whether the generator itself kept up: only then are the numbers about the target.

use super::nothing;
use super::time::{Timeline, largest};
use crate::measure::Interval;
use crate::number::{ms, of, share};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Plot, Series, Shape};
use crate::result::RunResult;

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let lag = result.send_lag_ms;
    let wait = result.connection_wait_ms;
    html.paragraph(format_args!(
        "Requests were sent {} late in the median, p99 {}, by the generator's own fault. They waited {} (p99) for a free \
         connection; this is part of their latency.",
        ms(lag.p50), ms(lag.p99), ms(wait.p99)
    ));
    let timeline = Timeline::of(result);
    if timeline.is_empty() {
        return nothing(html, "The run was too short to draw the generator's health over time.");
    }
    html.element("div", &[("class", &"pair")], |html| {
        send_lag(&timeline).write_half(html);
        busy(&timeline, result).write_half(html);
    });
}

fn send_lag(timeline: &Timeline<'_>) -> Figure {
    let p99 = |row: &Interval| row.send_lag.quantile_ms(0.99);
    let points = timeline.points(p99);
    let worst = largest(points.iter().map(|(_, lag)| *lag));
    Figure {
        id: "lag",
        heading: "Send lag p99",
        caption: format!("Never above {} in any interval.", ms(worst)),
        plot: plot(timeline, Axis::linear("send lag p99", worst, ms), "send lag p99", points),
        readout: timeline.readout(|row| ms(p99(row))),
    }
}

fn busy(timeline: &Timeline<'_>, result: &RunResult) -> Figure {
    let points = timeline.points(|row| row.generator_busy);
    let worst = largest(points.iter().map(|(_, busy)| *busy));
    let threads = of(result.scenario.threads as u64, "thread", "threads");
    Figure {
        id: "busy",
        heading: "Busiest thread",
        caption: format!("None of {threads} used over {} of its processor.", share(worst)),
        plot: plot(timeline, Axis::linear("share of its processor", 1.0, share), "busy", points),
        readout: timeline.readout(|row| share(row.generator_busy)),
    }
}

fn plot(timeline: &Timeline<'_>, y: Axis, name: &str, points: Vec<(f64, f64)>) -> Plot {
    Plot {
        x: timeline.axis(),
        y,
        bands: Vec::new(),
        series: vec![Series { name: name.to_owned(), style: 0, shape: Shape::Line, points }],
        marks: Vec::new(),
    }
}
