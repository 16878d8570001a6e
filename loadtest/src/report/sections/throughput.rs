//! Throughput against target over time, refusals and errors below it.

use super::nothing;
use super::time::{Timeline, largest};
use crate::measure::Interval;
use crate::number::{count, number, of, ratio, share};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Plot, Series, Shape, stacked};
use crate::result::RunResult;
use std::collections::BTreeMap;

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let timeline = Timeline::of(result);
    if timeline.is_empty() {
        return nothing(html, "The run was too short to draw traffic over time.");
    }
    throughput(&timeline, result).write(html);
    let refusals = Counts {
        id: "refusals",
        heading: "Refusals over time, by code",
        none: "Nothing was refused.",
        noun: ("refusal", "refusals"),
        of: |row| &row.refused,
    };
    let errors = Counts {
        id: "errors",
        heading: "Errors over time, by kind",
        none: "No request failed.",
        noun: ("error", "errors"),
        of: |row| &row.errors,
    };
    [refusals, errors].iter().for_each(|counts| counts.write(html, &timeline, result));
}

fn throughput(timeline: &Timeline<'_>, result: &RunResult) -> Figure {
    let asked = timeline.points(|row| row.target / row.length_s);
    let held = timeline.points(|row| row.answered() as f64 / row.length_s);
    let most = largest(asked.iter().chain(&held).map(|(_, rate)| *rate));
    let line = |name: &str, style, points| Series {
        name: name.to_owned(),
        style,
        shape: Shape::Line,
        points,
    };
    Figure {
        id: "throughput",
        heading: "Throughput against target",
        caption: throughput_caption(result),
        plot: Plot {
            x: timeline.axis(),
            y: Axis::linear("requests per second", most, number),
            bands: timeline.bands(),
            series: vec![line("asked for", 1, asked), line("answered", 0, held)],
            marks: Vec::new(),
        },
        readout: timeline.readout(|row| {
            let (asked, held) = (row.target / row.length_s, row.answered() as f64 / row.length_s);
            format!("{}/s answered, {}/s asked for", number(held), number(asked))
        }),
    }
}

fn throughput_caption(result: &RunResult) -> String {
    let ended: u64 = result.traffic().map(|(_, operation)| operation.count).sum();
    format!(
        "{} ended, {}/s on average against {}/s asked for.",
        of(ended, "request", "requests"),
        number(result.rate_achieved),
        number(result.rate_target)
    )
}

/// Something that is counted by key in each interval.
struct Counts {
    id: &'static str,
    heading: &'static str,
    none: &'static str,
    noun: (&'static str, &'static str),
    of: fn(&Interval) -> &BTreeMap<String, u64>,
}

impl Counts {
    fn write(&self, html: &mut Html, timeline: &Timeline<'_>, result: &RunResult) {
        let rows = timeline.by_key(self.of);
        if rows.is_empty() {
            return nothing(html, self.none);
        }
        self.figure(timeline, result, rows).write(html);
    }

    fn figure(
        &self,
        timeline: &Timeline<'_>,
        result: &RunResult,
        rows: Vec<(String, Vec<f64>)>,
    ) -> Figure {
        let series = stacked(&timeline.moments(), rows);
        let top = series.last().map_or(0.0, |top| largest(top.points.iter().map(|(_, y)| *y)));
        Figure {
            id: self.id,
            heading: self.heading,
            caption: self.caption(result),
            plot: Plot {
                x: timeline.axis(),
                y: Axis::linear("per second, stacked", top, number),
                bands: timeline.bands(),
                series,
                marks: Vec::new(),
            },
            readout: timeline.readout(|row| self.line(row)),
        }
    }

    fn caption(&self, result: &RunResult) -> String {
        let all: u64 = result.intervals.iter().flat_map(|row| (self.of)(row).values()).sum();
        let ended: u64 = result.intervals.iter().map(|row| row.ended).sum();
        let (singular, plural) = self.noun;
        format!("{}, {} of all requests.", of(all, singular, plural), share(ratio(all, ended)))
    }

    fn line(&self, row: &Interval) -> String {
        let counts = (self.of)(row).iter().map(|(key, n)| format!("{key} × {}", count(*n)));
        let line = counts.collect::<Vec<_>>().join(", ");
        if line.is_empty() { "none".to_owned() } else { line }
    }
}
