//! The parts of the screen that are text.

use super::Moment;
use super::now::{newest, one_line, per_s, totals};
use super::plain::sentence;
use crate::measure::Interval;
use crate::number::{grouped, short, span, whole};
use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Gauge, Paragraph, Row, Table};

/// The busy share of a thread from which on its numbers are in doubt.
const TOO_BUSY: f64 = 0.9;

/// The narrowest area in which counts stand beside operations.
const TWO_WIDE: u16 = 70;

/// What, where, and what it is doing.
pub(super) fn title(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    let phase = Line::from(one_line(moment.phase).yellow()).alignment(Alignment::Right);
    let named = Line::from(vec![
        one_line(moment.scenario).bold(),
        "  ".into(),
        Span::from(one_line(moment.target)).fg(Color::Gray),
    ]);
    // The phase keeps its place: a long address is cut, not the phase.
    let phase_width = (phase.width() as u16 + 1).min(area.width);
    let widths = [Constraint::Fill(1), Constraint::Length(phase_width)];
    let [left, right] = Layout::horizontal(widths).areas(area);
    frame.render_widget(named, left);
    frame.render_widget(phase, right);
}

/// How much of the time has passed.
pub(super) fn gauge(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    let share = moment.elapsed_s / moment.duration_s;
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let label = format!("{} of {}", span(moment.elapsed_s), span(moment.duration_s));
    let gauge = Gauge::default().gauge_style(Style::new().fg(Color::Blue).bg(Color::Black));
    frame.render_widget(gauge.ratio(share).label(label), area);
}

/// The numbers of now, in as many lines as the width asks for.
pub(super) fn facts(moment: &Moment<'_>, width: u16) -> Vec<Line<'static>> {
    let row = newest(moment.timeline);
    [traffic(moment, &row), latency(&row), generator(&row)]
        .into_iter()
        .flat_map(|facts| flow(facts, width))
        .collect()
}

fn traffic(moment: &Moment<'_>, row: &Interval) -> Vec<Fact> {
    let errors = totals(moment.timeline, |row| &row.errors).iter().map(|(_, n)| n).sum::<u64>();
    let errors_colour = if errors > 0 { Color::Red } else { Color::White };
    let asked = whole(per_s(row, row.target));
    vec![
        Fact::new("rate", format!("{}/s of {asked}", whole(per_s(row, row.answered() as f64)))),
        Fact::new("booked", format!("{}/s", whole(per_s(row, row.bookings as f64)))),
        Fact::new("seats left", moment.seats_left.map_or_else(|| "–".to_owned(), grouped)),
        Fact { colour: errors_colour, ..Fact::new("errors", grouped(errors)) },
        Fact::new("received", format!("{} MB/s", short(per_s(row, row.bytes as f64) / 1e6))),
        Fact::new("connections", grouped(moment.connections as u64)),
    ]
}

fn latency(row: &Interval) -> Vec<Fact> {
    let all = row.all_latencies();
    let at = |quantile| format!("{} ms", short(all.quantile_ms(quantile)));
    vec![
        Fact::new("p50", at(0.5)),
        Fact::new("p90", at(0.9)),
        Fact::new("p99", at(0.99)),
        Fact::new("max", at(1.0)),
    ]
}

fn generator(row: &Interval) -> Vec<Fact> {
    let busy = row.generator_busy;
    let colour = if busy > TOO_BUSY { Color::Red } else { Color::White };
    vec![
        Fact::new("send lag p99", format!("{} ms", short(row.send_lag.quantile_ms(0.99)))),
        Fact { colour, ..Fact::new("generator busy", format!("{} %", whole(busy * 100.0))) },
    ]
}

/// A name and a value.
struct Fact {
    name: &'static str,
    value: String,
    colour: Color,
}

impl Fact {
    fn new(name: &'static str, value: String) -> Self {
        Self { name, value, colour: Color::White }
    }

    /// Its width with the space that keeps it apart from the next.
    fn width(&self) -> usize {
        self.name.len() + 1 + self.value.chars().count() + 3
    }

    fn spans(self) -> [Span<'static>; 3] {
        [self.name.fg(Color::Gray), " ".into(), Span::from(self.value).fg(self.colour).bold()]
    }
}

/// Facts in lines of at most this width; one that is wider has a line of its own.
fn flow(facts: Vec<Fact>, width: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (Line::default(), 0);
    for fact in facts {
        if used > 0 && used + fact.width() - 3 > usize::from(width) {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.spans.push("   ".into());
        }
        used += fact.width();
        line.spans.extend(fact.spans());
    }
    lines.push(line);
    lines
}

/// What the target was seen to break, a line each.
pub(super) fn violations(moment: &Moment<'_>) -> Vec<Line<'static>> {
    let style = Style::new().fg(Color::White).bg(Color::Red).bold();
    moment.violations.iter().map(|one| Line::styled(sentence(one), style)).collect()
}

/// The newest remarks, a line each.
pub(super) fn remarks(moment: &Moment<'_>, most: usize) -> Vec<Line<'static>> {
    let newest = moment.remarks.iter().rev().take(most).rev();
    newest.map(|remark| Line::from(one_line(remark).yellow())).collect()
}

/// Operations now; errors and refusals from the start.
pub(super) fn tables(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    if area.width < TWO_WIDE {
        return operations(frame, moment, area);
    }
    let widths = [Constraint::Fill(3), Constraint::Fill(2)];
    let [left, right] = Layout::horizontal(widths).areas(area);
    operations(frame, moment, left);
    counts(frame, moment, right);
}

/// How many lines the tables would fill.
pub(super) fn tables_height(moment: &Moment<'_>) -> u16 {
    let operations = newest(moment.timeline).latency.len() + 1;
    let counts = count_lines(moment).len();
    operations.max(counts) as u16 + 2
}

fn operations(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    let row = newest(moment.timeline);
    let rows = row.latency.iter().map(|(operation, latency)| {
        Row::new([
            Line::from(operation.name()),
            right(whole(per_s(&row, latency.count() as f64))),
            right(short(latency.quantile_ms(0.5))),
            right(short(latency.quantile_ms(0.99))),
        ])
    });
    let heading = Row::new(["operation".into(), right("/s"), right("p50 ms"), right("p99 ms")]);
    let widths = [18, 9, 8, 8].map(Constraint::Max);
    let table = Table::new(rows, widths).header(heading.style(Style::new().fg(Color::Gray)));
    frame.render_widget(table.block(frame_around(" operations, this second ")), area);
}

fn counts(frame: &mut Frame<'_>, moment: &Moment<'_>, area: Rect) {
    let text = Paragraph::new(count_lines(moment));
    frame.render_widget(text.block(frame_around(" errors and refusals, in all ")), area);
}

fn count_lines(moment: &Moment<'_>) -> Vec<Line<'static>> {
    let errors = totals(moment.timeline, |row| &row.errors);
    let refused = totals(moment.timeline, |row| &row.refused);
    let line = |kind: &str, count, colour| {
        let number = Span::from(format!("{:>11}  ", grouped(count))).fg(colour).bold();
        Line::from(vec![number, one_line(kind).into()])
    };
    let errors = errors.into_iter().map(|(kind, count)| line(kind, count, Color::Red));
    let refused = refused
        .into_iter()
        .map(|(kind, count)| line(&format!("{kind} (refused)"), count, Color::White));
    errors.chain(refused).collect()
}

fn right(text: impl Into<String>) -> Line<'static> {
    Line::from(text.into()).alignment(Alignment::Right)
}

fn frame_around(title: &'static str) -> Block<'static> {
    Block::bordered().border_style(Style::new().fg(Color::DarkGray)).title(title)
}
