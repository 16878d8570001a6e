//! Progress as lines, for logs and pipes: one a second at first, fewer later.

use super::now::{end_s, newest, one_line, per_s, since, totals};
use super::{Moment, View};
use crate::measure::Interval;
use crate::number::{grouped, short, whole};
use crate::result::{Violation, ViolationKind};
use std::io::{self, Write};

/// Writes lines. Rates and percentiles are those since the line before; errors and refusals are counted from the start.
#[derive(Debug)]
pub struct Plain<W> {
    to: W,
    shown_until_s: f64,
    traffic: Cadence,
    phase: PhaseClock,
    violations: Vec<ViolationKind>,
    remarks: usize,
}

impl<W: Write> Plain<W> {
    /// Lines to `to`.
    pub fn new(to: W) -> Self {
        Self {
            to,
            shown_until_s: 0.0,
            traffic: Cadence::default(),
            phase: PhaseClock::default(),
            violations: Vec::new(),
            remarks: 0,
        }
    }

    /// Leaves out what was shown elsewhere: the next line tells what follows this moment.
    pub(super) fn skip(&mut self, moment: &Moment<'_>) {
        self.shown_until_s = end_s(&newest(moment.timeline));
    }

    fn traffic(&mut self, moment: &Moment<'_>, row: &Interval) -> io::Result<()> {
        if self.traffic.due(moment.elapsed_s, moment.elapsed_s >= moment.duration_s) {
            self.shown_until_s = end_s(row);
            writeln!(self.to, "{}", line(moment, row))?;
        }
        Ok(())
    }

    fn phase(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        if self.phase.due(moment.phase) {
            writeln!(self.to, "{:>5} s  {}", whole(moment.elapsed_s), one_line(moment.phase))?;
        }
        Ok(())
    }

    /// What is new of what matters most, each once.
    fn notices(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        for remark in moment.remarks.iter().skip(self.remarks) {
            writeln!(self.to, "remark: {}", one_line(remark))?;
        }
        self.remarks = moment.remarks.len();
        for violation in moment.violations {
            if !self.violations.contains(&violation.kind) {
                self.violations.push(violation.kind);
                writeln!(self.to, "VIOLATION: {}", sentence(violation))?;
            }
        }
        Ok(())
    }
}

impl<W: Write> View for Plain<W> {
    fn show(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        match since(moment.timeline, self.shown_until_s) {
            Some(row) => self.traffic(moment, &row)?,
            None => self.phase(moment)?,
        }
        self.notices(moment)?;
        self.to.flush()
    }

    fn close(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A violation in one sentence.
pub(super) fn sentence(violation: &Violation) -> String {
    let example = violation.examples.first().map(|example| format!(": {}", one_line(example)));
    let (meaning, count) = (violation.kind.meaning(), grouped(violation.count));
    format!("{meaning} ({count}){}", example.unwrap_or_default())
}

fn line(moment: &Moment<'_>, row: &Interval) -> String {
    let latency = row.all_latencies();
    let refused = totals(moment.timeline, |row| &row.refused);
    let errors = totals(moment.timeline, |row| &row.errors);
    let seats = moment.seats_left.map_or_else(|| "–".to_owned(), grouped);
    format!(
        "{:>5} s  {:>8}/s of {:<8}  p50 {:>4} ms  p99 {:>4} ms  errors {:<4}  refused {:<6}  booked {:>5}/s  \
         seats left {:>9}  lag p99 {} ms{}",
        whole(moment.elapsed_s),
        whole(per_s(row, row.answered() as f64)),
        whole(per_s(row, row.target)),
        short(latency.quantile_ms(0.5)),
        short(latency.quantile_ms(0.99)),
        grouped(sum(&errors)),
        grouped(sum(&refused)),
        whole(per_s(row, row.bookings as f64)),
        seats,
        short(row.send_lag.quantile_ms(0.99)),
        details(errors.iter().chain(&refused)),
    )
}

fn sum(counts: &[(&str, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}

/// The most that a line names; the report has all.
const DETAILS: usize = 4;

/// `  (timeout 3, 409 12)`, or nothing.
fn details<'a>(counts: impl Iterator<Item = &'a (&'a str, u64)>) -> String {
    let named: Vec<_> = counts
        .take(DETAILS)
        .map(|(kind, count)| format!("{} {}", one_line(kind), grouped(*count)))
        .collect();
    if named.is_empty() { String::new() } else { format!("  ({})", named.join(", ")) }
}

/// When the next line is due: each second for ten, then every five, after ten minutes every ten.
#[derive(Debug, Default)]
struct Cadence {
    last_s: Option<f64>,
}

impl Cadence {
    fn due(&mut self, now_s: f64, last_one: bool) -> bool {
        let pause_s = match now_s {
            ..10.5 => 1.0,
            ..600.5 => 5.0,
            _ => 10.0,
        };
        // A call comes a little before or after its second; half of one tells them apart.
        let due = self.last_s.is_none_or(|last_s| now_s - last_s > pause_s - 0.5);
        if due || last_one {
            self.last_s = Some(now_s);
        }
        due || last_one
    }
}

/// The clock of a phase without traffic: calls, of which there is one a second, counted anew when the phase becomes another.
#[derive(Debug, Default)]
struct PhaseClock {
    name: String,
    shown: String,
    calls: u32,
    cadence: Cadence,
}

impl PhaseClock {
    fn due(&mut self, phase: &str) -> bool {
        let name = phase.split_whitespace().next().unwrap_or_default();
        if name != self.name {
            *self = Self { name: name.to_owned(), ..Self::default() };
        }
        self.calls += 1;
        let due = self.shown != phase && self.cadence.due(f64::from(self.calls), false);
        if due {
            self.shown = phase.to_owned();
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;
    use crate::measure::Timeline;

    fn lines(moments: &[Moment<'_>]) -> String {
        let mut view = Plain::new(Vec::new());
        moments.iter().for_each(|moment| view.show(moment).unwrap());
        view.close().unwrap();
        String::from_utf8(view.to).unwrap()
    }

    #[test]
    fn a_line_says_how_the_run_stands() {
        let timeline = sample::timeline(12);
        let moment = Moment { elapsed_s: 12.0, ..sample::moment(&timeline) };
        assert_eq!(
            lines(&[moment]),
            "   12 s    54,981/s of 55,000    p50  0.9 ms  p99  3.1 ms  errors 36    refused 144     booked   543/s  seats left    12,345  lag p99 0.05 ms  (timeout 36, 409 144)\n"
        );
    }

    #[test]
    fn an_empty_timeline_shows_the_phase_instead_of_zeros() {
        let timeline = Timeline::default();
        let phase = "preparing 1,200 of 5,000 people";
        let moment = Moment { phase, elapsed_s: 0.0, ..sample::moment(&timeline) };
        assert_eq!(
            lines(&[moment, moment]),
            "    0 s  preparing 1,200 of 5,000 people\n",
            "the same phase is not told twice"
        );
    }

    #[test]
    fn reading_back_follows_traffic_that_has_ended() {
        let timeline = sample::timeline(2);
        let running = Moment { elapsed_s: 2.0, ..sample::moment(&timeline) };
        let after = Moment { phase: "reading back 300 of 4,000 accounts", ..running };
        let text = lines(&[running, after]);
        assert_eq!(text.lines().nth(1), Some("    2 s  reading back 300 of 4,000 accounts"));
    }

    #[test]
    fn lines_become_rarer_and_the_last_moment_is_always_told() {
        let mut cadence = Cadence::default();
        let told: Vec<_> = (1..=623).filter(|at| cadence.due(f64::from(*at), *at == 623)).collect();
        assert_eq!(told[..12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20]);
        assert_eq!(told[told.len() - 4..], [600, 610, 620, 623]);
    }

    #[test]
    fn violations_and_remarks_are_told_once_and_cannot_forge_lines() {
        let timeline = sample::timeline(2);
        let violations = [sample::violation()];
        let remarks = ["the outbox\nis slow\u{1b}[2J".to_owned()];
        let moment =
            Moment { violations: &violations, remarks: &remarks, ..sample::moment(&timeline) };
        let text = lines(&[moment, moment]);
        assert_eq!(
            text.matches("VIOLATION: a session was sold beyond its capacity (2): session 7")
                .count(),
            1
        );
        assert_eq!(text.matches("remark: the outbox is slow [2J\n").count(), 1);
    }
}
