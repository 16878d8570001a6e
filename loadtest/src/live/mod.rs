//! What a person sees while a run goes on: a screen on a terminal, plain lines anywhere else.
//!
//! Both write to stderr, so that stdout stays free for results. Whoever runs a [`View`] shows it a [`Moment`] once a
//! second and at the end, writes nothing else to stderr in between, and closes it.

mod charts;
mod layout;
mod now;
mod panels;
mod plain;
mod screen;
mod terminal;

#[cfg(test)]
mod sample;

pub use plain::Plain;
pub use screen::Screen;

use crate::measure::Timeline;
use crate::result::Violation;
use std::io::{self, IsTerminal as _};

/// What a run looks like at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// Where the traffic goes.
    pub target: &'a str,
    /// What the run is doing: `preparing 1,200 of 5,000 people`, `running`, `reading back 300 of 4,000 accounts`.
    pub phase: &'a str,
    /// Seconds since the clock of the run started; 0 before.
    pub elapsed_s: f64,
    /// How long traffic is to be offered, in seconds.
    pub duration_s: f64,
    /// Connections held.
    pub connections: usize,
    /// The run up to now.
    pub timeline: &'a Timeline,
    /// Seats left in the sessions that are sold from, if that is known.
    pub seats_left: Option<i64>,
    /// What the target was seen to break up to now.
    pub violations: &'a [Violation],
    /// What is worth knowing, a sentence each. They are only ever added to.
    pub remarks: &'a [String],
}

/// Shows a run.
pub trait View {
    /// Shows how it stands. Expected once a second, and once more at the end.
    ///
    /// # Errors
    /// If stderr takes no more.
    fn show(&mut self, moment: &Moment<'_>) -> io::Result<()>;

    /// Gives the terminal back. Dropping a view does so too, without saying whether it worked.
    ///
    /// # Errors
    /// If stderr takes no more.
    fn close(&mut self) -> io::Result<()>;
}

/// How to show a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// A screen if stderr is a terminal, else lines.
    #[default]
    Auto,
    /// Lines.
    Plain,
    /// A screen.
    Screen,
    /// Nothing.
    Quiet,
}

/// The view of this choice, on stderr.
///
/// A screen listens to Ctrl-C to give the terminal back at once. It does not keep the signal from others, but by listening
/// it takes away the system's default of ending the program: the run must listen too.
///
/// # Errors
/// If the screen cannot be opened.
pub fn view(choice: Choice) -> io::Result<Box<dyn View>> {
    match choice {
        Choice::Auto if can_show_a_screen() => Ok(Box::new(Screen::open()?)),
        Choice::Auto | Choice::Plain => Ok(Box::new(Plain::new(io::stderr()))),
        Choice::Screen => Ok(Box::new(Screen::open()?)),
        Choice::Quiet => Ok(Box::new(Quiet)),
    }
}

fn can_show_a_screen() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

/// Shows nothing.
struct Quiet;

impl View for Quiet {
    fn show(&mut self, _: &Moment<'_>) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}
