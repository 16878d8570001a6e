//! The run in time: the rate against its target, and the 99th percentile.

use super::Moment;
use super::now::{lived, per_s};
use crate::measure::{Interval, Timeline};
use crate::number::{short, span, whole};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType};

type Points = Vec<(f64, f64)>;

/// The narrowest area in which two charts stand side by side.
const TWO_WIDE: u16 = 64;

/// The 99th percentiles of rows. Adding up the latencies of all operations takes time that the generator may need, so each
/// is worked out once; only the newest rows still change.
#[derive(Debug, Default)]
pub(super) struct Percentiles(Vec<Known>);

#[derive(Clone, Copy, Debug)]
struct Known {
    at_s: f64,
    ended: u64,
    p99_ms: f64,
}

impl Percentiles {
    fn of(&mut self, timeline: &Timeline) -> Points {
        self.0 = lived(timeline)
            .enumerate()
            .map(|(at, row)| match self.0.get(at) {
                Some(known) if known.at_s == row.at_s && known.ended == row.ended => *known,
                _ => Known::from(row),
            })
            .collect();
        self.0.iter().map(|known| (known.at_s, known.p99_ms)).collect()
    }
}

impl From<&Interval> for Known {
    fn from(row: &Interval) -> Self {
        let p99_ms = row.all_latencies().quantile_ms(0.99);
        Self { at_s: row.at_s, ended: row.ended, p99_ms }
    }
}

/// Draws both charts where there is room for both, else that of the percentile.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    moment: &Moment<'_>,
    percentiles: &mut Percentiles,
    area: Rect,
) {
    if area.height == 0 {
        return;
    }
    if area.width < TWO_WIDE {
        return draw_p99(frame, moment, percentiles, area);
    }
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(area);
    draw_rate(frame, moment, left);
    draw_p99(frame, moment, percentiles, right);
}

fn draw_rate(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    let ended: Points =
        lived(moment.timeline).map(|row| (row.at_s, per_s(row, row.answered() as f64))).collect();
    let asked: Points =
        lived(moment.timeline).map(|row| (row.at_s, per_s(row, row.target))).collect();
    let top = highest(&ended).max(highest(&asked));
    let lines = [curve(&asked, Color::DarkGray), curve(&ended, Color::Green)];
    draw_chart(frame, moment, area, " requests/s, asked for in grey ", top, whole, &lines);
}

fn draw_p99(frame: &mut Frame<'_>, moment: &Moment<'_>, percentiles: &mut Percentiles, area: Rect) {
    let p99 = percentiles.of(moment.timeline);
    let lines = [curve(&p99, Color::Yellow)];
    draw_chart(frame, moment, area, " p99, ms ", highest(&p99), short, &lines);
}

fn curve(points: &[(f64, f64)], colour: Color) -> Dataset<'_> {
    Dataset::default()
        .data(points)
        .marker(Marker::Braille)
        .graph_type(GraphType::Line)
        .style(Style::new().fg(colour))
}

fn draw_chart(
    frame: &mut Frame<'_>,
    moment: &Moment<'_>,
    area: Rect,
    title: &str,
    highest: f64,
    label: fn(f64) -> String,
    lines: &[Dataset<'_>],
) {
    let (top, end_s) = (ceiling(highest), moment.elapsed_s.max(moment.duration_s).max(1.0));
    let grey = Style::new().fg(Color::DarkGray);
    let upwards = [0.0, top / 2.0, top].map(|value| Line::from(label(value)));
    let onwards = [0.0, end_s].map(|at_s| Line::from(span(at_s)));
    let chart = Chart::new(lines.to_vec())
        .block(Block::bordered().border_style(grey).title(title))
        .legend_position(None)
        .x_axis(Axis::default().style(grey).bounds([0.0, end_s]).labels(onwards))
        .y_axis(Axis::default().style(grey).bounds([0.0, top]).labels(upwards));
    frame.render_widget(chart, area);
}

fn highest(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|(_, value)| *value).fold(0.0, f64::max)
}

/// The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten, so that labels are round and the scale does not jump each second.
fn ceiling(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;
    use crate::measure::{Operation, Sparse};

    #[test]
    fn percentiles_follow_rows_that_still_change() {
        let mut timeline = sample::timeline(2);
        let mut percentiles = Percentiles::default();
        let before = percentiles.of(&timeline);
        let slow = [(Operation::Slip, Sparse(vec![(1 << 20, 1_000)]))].into();
        let late = Interval {
            at_s: 1.0,
            length_s: 1.0,
            ended: 1_000,
            latency: slow,
            ..Interval::default()
        };
        timeline.add(&late);
        let after = percentiles.of(&timeline);
        assert_eq!(before[0], after[0]);
        assert!(after[1].1 > 1_000.0, "{after:?}");
    }

    #[test]
    fn scales_end_at_a_round_number_that_nothing_exceeds() {
        let tops = [0.0, f64::NAN, 3.1, 54_981.0, 100.0, 0.07].map(ceiling);
        assert_eq!(tops, [1.0, 1.0, 4.0, 60_000.0, 100.0, 0.08]);
    }
}
