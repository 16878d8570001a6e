//! How fresh searches were: measured against what had been acknowledged.

use super::nothing;
use super::time::largest;
use crate::measure::Latencies;
use crate::number::{count, ms, number, of};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Plot, Series, Shape};
use crate::result::{Freshness, RunResult};
use std::time::Duration;

/// The upper ends of the columns, in milliseconds; what is older goes into one more.
const COLUMNS_MS: [u64; 9] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let freshness = &result.freshness;
    if freshness.answers == 0 {
        return nothing(html, "No search answer was compared with acknowledged bookings.");
    }
    let columns = columns(&freshness.histogram);
    if columns.iter().all(|(_, count)| *count == 0) {
        let answers = count(freshness.answers);
        html.leaf("h3", &[], "Freshness of search answers");
        html.paragraph(format_args!(
            "Every one of {answers} answers fresh: none showed a seat that had been sold before it was asked for."
        ));
        return;
    }
    figure(freshness, columns).write(html);
}

fn figure(freshness: &Freshness, columns: Vec<(String, u64)>) -> Figure {
    let points = columns.iter().enumerate();
    let points: Vec<_> =
        points.map(|(place, (_, count))| (place as f64 + 0.5, *count as f64)).collect();
    let readout = points.iter().zip(&columns);
    let readout =
        readout.map(|((x, _), (name, count))| (*x, format!("{name}: {}", answers(*count))));
    Figure {
        id: "freshness",
        heading: "Age of search answers that were not fresh",
        caption: caption(freshness, columns.iter().map(|(_, count)| count).sum()),
        readout: readout.collect(),
        plot: Plot {
            y: Axis::linear("answers", largest(points.iter().map(|(_, y)| *y)), number),
            x: Axis::columns("age", columns.into_iter().map(|(name, _)| name).collect()),
            bands: Vec::new(),
            series: vec![Series {
                name: "answers".to_owned(),
                style: 1,
                shape: Shape::Bars,
                points,
            }],
            marks: Vec::new(),
        },
    }
}

fn caption(freshness: &Freshness, aged: u64) -> String {
    format!(
        "{} of {} compared were fresh. Of the {} others, whose ages are drawn, the oldest showed what had been wrong for {}.",
        count(freshness.answers.saturating_sub(aged)),
        answers(freshness.answers),
        count(aged),
        ms(freshness.age_ms.max)
    )
}

/// How many answers were of which age, those of age 0 left out.
fn columns(ages: &Latencies) -> Vec<(String, u64)> {
    let above = |limit_ms: u64| {
        (ages.share_above(Duration::from_millis(limit_ms)) * ages.count() as f64).round() as u64
    };
    let mut columns = Vec::new();
    let mut from = 0;
    for to in COLUMNS_MS {
        columns.push((format!("≤ {}", ms(to as f64)), above(from).saturating_sub(above(to))));
        from = to;
    }
    columns.push((format!("> {}", ms(from as f64)), above(from)));
    columns
}

fn answers(number: u64) -> String {
    of(number, "answer", "answers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_fall_into_their_columns_and_fresh_ones_into_none() {
        let mut ages = Latencies::default();
        for age_us in [0, 0, 1, 999, 2_000, 20_000_000] {
            ages.record(Duration::from_micros(age_us));
        }
        let counts: Vec<u64> = columns(&ages).into_iter().map(|(_, count)| count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
