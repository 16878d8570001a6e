//! Seats left over time.

use super::nothing;
use super::time::{Timeline, largest};
use crate::number::{count, number, of, seconds, signed};
use crate::report::markup::Html;
use crate::report::plot::{Axis, Figure, Mark, Plot, Series, Shape};
use crate::result::{Bookings, RunResult};

pub(super) fn write(html: &mut Html, result: &RunResult) {
    let bookings = &result.bookings;
    let left = bookings.seats_left.iter().filter(|(at_s, _)| at_s.is_finite());
    let points: Vec<_> = left.map(|&(at_s, seats)| (at_s, seats.max(0) as f64)).collect();
    if points.len() < 2 {
        return nothing(html, "No seat was sold, so there is no sell-out to draw.");
    }
    let first_sold_out = bookings
        .time_to_sell_out_s
        .map(|at| Mark { at, label: format!("sold out, {}", seconds(at)) });
    let figure = Figure {
        id: "sellout",
        heading: "Seats left",
        caption: caption(bookings),
        readout: bookings
            .seats_left
            .iter()
            .map(|(at_s, seats)| {
                (*at_s, format!("{}: {} seats left", seconds(*at_s), signed(*seats)))
            })
            .collect(),
        plot: Plot {
            x: axis(result, &points),
            y: Axis::linear("seats left", largest(points.iter().map(|(_, seats)| *seats)), number),
            bands: Timeline::of(result).bands(),
            series: vec![Series {
                name: "seats left".to_owned(),
                style: 2,
                shape: Shape::Steps,
                points,
            }],
            marks: first_sold_out.into_iter().collect(),
        },
    };
    figure.write(html);
}

/// The time of the run, unless all was over in its first tenth.
fn axis(result: &RunResult, points: &[(f64, f64)]) -> Axis {
    let last_change = points.windows(2).rev().find(|pair| pair[0].1 != pair[1].1);
    let over = last_change.map_or(0.0, |pair| pair[1].0) * 1.25;
    let end = largest(points.iter().map(|(at_s, _)| *at_s).chain([result.duration_s]));
    Axis::time(if over > 0.0 && over < end / 8.0 { over } else { end })
}

fn caption(bookings: &Bookings) -> String {
    format!(
        "{} of {} from which anything was booked sold out; {} and {} acknowledged.",
        count(bookings.sold_out),
        of(bookings.sessions, "session", "sessions"),
        of(bookings.confirmed, "booking", "bookings"),
        of(bookings.cancelled, "cancellation", "cancellations"),
    )
}
