//! Progress as a screen, drawn anew for each moment.

use super::charts::Percentiles;
use super::layout::{Wishes, places};
use super::{Moment, Plain, View, charts, panels, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::widgets::Paragraph;
use ratatui::{Frame, Terminal};
use std::io::{self, BufWriter, IsTerminal as _, Stderr};

/// The most remarks shown at once.
const REMARKS: usize = 3;

/// A screen on stderr. Once the terminal was given back, by Ctrl-C or a panic elsewhere, it goes on in lines.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stderr>>>,
    percentiles: Percentiles,
    afterwards: Plain<Stderr>,
    closed: bool,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// If stderr is no terminal that can be drawn on.
    pub fn open() -> io::Result<Self> {
        if !io::stderr().is_terminal() {
            return Err(io::Error::other("stderr is not a terminal"));
        }
        terminal::hold()?;
        let backend = CrosstermBackend::new(BufWriter::new(io::stderr()));
        let terminal = Terminal::new(backend).inspect_err(|_| {
            let _ = terminal::release();
        })?;
        Ok(Self {
            terminal,
            percentiles: Percentiles::default(),
            afterwards: Plain::new(io::stderr()),
            closed: false,
        })
    }
}

impl View for Screen {
    fn show(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let drawn = terminal::while_held(|| {
            let percentiles = &mut self.percentiles;
            self.terminal.draw(|frame| draw(frame, moment, percentiles)).map(|_completed| ())
        });
        match drawn {
            Some(drawn) => {
                self.afterwards.skip(moment);
                drawn
            }
            None => self.afterwards.show(moment),
        }
    }

    fn close(&mut self) -> io::Result<()> {
        self.closed = true;
        terminal::release()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.close();
    }
}

/// One picture of a moment.
fn draw(frame: &mut Frame<'_>, moment: &Moment<'_>, percentiles: &mut Percentiles) {
    let area = frame.area();
    let facts = panels::facts(moment, area.width);
    let violations = panels::violations(moment);
    let remarks = panels::remarks(moment, REMARKS);
    let wishes = Wishes {
        violations: violations.len() as u16,
        facts: facts.len() as u16,
        tables: panels::tables_height(moment),
        remarks: remarks.len() as u16,
    };
    let places = places(area, wishes);
    panels::title(frame, moment, places.title);
    panels::gauge(frame, moment, places.gauge);
    frame.render_widget(Paragraph::new(violations), places.violations);
    frame.render_widget(Paragraph::new(facts), places.facts);
    charts::draw(frame, moment, percentiles, places.charts);
    panels::tables(frame, moment, places.tables);
    frame.render_widget(Paragraph::new(remarks), places.remarks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;
    use crate::measure::{Interval, Timeline};
    use ratatui::backend::TestBackend;
    use ratatui::style::Color;

    fn picture(terminal: &mut Terminal<TestBackend>, moment: &Moment<'_>) -> String {
        terminal.draw(|frame| draw(frame, moment, &mut Percentiles::default())).unwrap();
        let buffer = terminal.backend().buffer();
        let rows = buffer.content.chunks(usize::from(buffer.area.width.max(1)));
        let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
        rows.collect::<Vec<_>>().join("\n")
    }

    fn at(width: u16, height: u16, moment: &Moment<'_>) -> String {
        picture(&mut Terminal::new(TestBackend::new(width, height)).unwrap(), moment)
    }

    #[test]
    fn a_screen_shows_the_numbers_of_the_moment() {
        let timeline = sample::timeline(12);
        let picture = at(120, 40, &sample::moment(&timeline));
        for text in [
            "national-opening  http://127.0.0.1:8080",
            "running",
            "12 s of 60 s",
            "rate 54,981/s of 55,000",
            "booked 543/s",
            "seats left 12,345",
            "connections 1,000",
            "p50 0.9 ms   p90 0.9 ms   p99 3.1 ms   max 3.1 ms",
            "send lag p99 0.05 ms   generator busy 62 %",
            "requests/s, asked for in grey",
            "calendarByDistrict",
            "36  timeout",
            "144  409 (refused)",
        ] {
            assert!(picture.contains(text), "{text} is missing in\n{picture}");
        }
    }

    #[test]
    fn every_size_is_drawn_and_none_panics() {
        let timeline = sample::timeline(700);
        let violations = [sample::violation()];
        let remarks = vec!["the generator's clock jumped".to_owned(); 5];
        let moment =
            Moment { violations: &violations, remarks: &remarks, ..sample::moment(&timeline) };
        let empty = Timeline::default();
        for width in [0, 1, 2, 5, 20, 40, 64, 80, 200] {
            for height in [0, 1, 2, 3, 5, 7, 10, 15, 24, 50] {
                at(width, height, &moment);
                at(width, height, &sample::moment(&empty));
            }
        }
    }

    #[test]
    fn a_generator_that_is_too_busy_is_shown_in_red() {
        let red_cells = |busy| {
            let mut timeline = Timeline::default();
            timeline.add(&Interval { length_s: 1.0, generator_busy: busy, ..Interval::default() });
            let mut terminal = Terminal::new(TestBackend::new(100, 10)).unwrap();
            picture(&mut terminal, &sample::moment(&timeline));
            let cells = &terminal.backend().buffer().content;
            cells.iter().filter(|cell| cell.fg == Color::Red).map(|cell| cell.symbol()).collect()
        };
        let (calm, busy): (String, String) = (red_cells(0.9), red_cells(0.91));
        assert_eq!((calm.as_str(), busy.as_str()), ("", "91 %"));
    }

    #[test]
    fn a_tiny_terminal_shows_the_rate_and_what_was_broken() {
        let timeline = sample::timeline(12);
        let violations = [sample::violation()];
        let moment = Moment { violations: &violations, ..sample::moment(&timeline) };
        let picture = at(25, 5, &moment);
        assert!(picture.contains("rate 54,981/s of 55,000"), "{picture}");
        assert!(picture.contains("a session was sold beyond"), "{picture}");
    }

    #[test]
    fn the_screen_follows_a_terminal_that_changes_its_size() {
        let timeline = sample::timeline(12);
        let moment = sample::moment(&timeline);
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        for (width, height) in [(120, 40), (20, 5), (80, 24)] {
            terminal.backend_mut().resize(width, height);
            let picture = picture(&mut terminal, &moment);
            assert_eq!(picture.lines().count(), usize::from(height));
        }
    }

    #[test]
    fn before_the_first_second_the_screen_has_no_numbers_to_show() {
        let timeline = Timeline::default();
        let phase = "preparing 1,200 of 5,000 people";
        let moment = Moment { phase, seats_left: None, ..sample::moment(&timeline) };
        let picture = at(100, 30, &moment);
        assert!(picture.contains(phase), "{picture}");
        assert!(picture.contains("rate 0/s of 0"), "{picture}");
        assert!(picture.contains("seats left –"), "{picture}");
    }

    #[test]
    fn a_long_address_does_not_hide_the_phase() {
        let timeline = sample::timeline(1);
        let target = "http://a-very-long-name-of-a-machine.example:8080";
        let picture = at(40, 10, &Moment { target, ..sample::moment(&timeline) });
        assert!(picture.lines().next().unwrap().ends_with(" running"), "{picture}");
    }
}
