//! How far a transfer has come, for whoever waits for it.

use opencowin_ledger::transfer::{Checksum, Progress, Stage};
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(1);

/// Shows progress on a terminal, and in the end what was done.
pub(super) struct Meter {
    terminal: bool,
    started: Instant,
    shown: Instant,
    /// The stage that is shown, when it began, and with how many rows.
    stage: Option<(Stage, Instant, u64)>,
}

impl Meter {
    /// Starts to count the time.
    pub(super) fn start() -> Self {
        let now = Instant::now();
        Self { terminal: stderr().is_terminal(), started: now, shown: now, stage: None }
    }

    /// Shows progress, once a second.
    pub(super) fn show(&mut self, progress: Progress) {
        let (stage, began, first) = match self.stage {
            Some(known) if known.0 == progress.stage => known,
            _ => *self.stage.insert((progress.stage, Instant::now(), progress.pairs)),
        };
        if self.terminal && self.shown.elapsed() >= PAUSE {
            self.shown = Instant::now();
            let Progress { pairs, bytes, .. } = progress;
            let rate = per_second(pairs.saturating_sub(first), began.elapsed());
            eprintln!("{stage}: {pairs} rows, {:.0} MB, {rate:.0} rows/s", megabytes(bytes));
        }
    }

    /// The last line: what was done, how fast, and the checksum.
    #[expect(clippy::print_stdout, reason = "it is what the command is asked for")]
    pub(super) fn summarise(&self, done: &str, held: &Checksum) {
        let took = self.started.elapsed();
        println!(
            "{done} in {:.1} s, {:.0} rows/s, {:.1} MB/s: {held}",
            took.as_secs_f64(),
            per_second(held.pairs, took),
            megabytes(held.bytes) / took.as_secs_f64()
        );
    }
}

fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-3)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
