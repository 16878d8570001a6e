//! A run on this machine: when it starts, and who looks on.

use crate::live::{Moment, View};
use crate::run::{LEAD, Progress, Watcher};
use std::time::Instant;

/// Shows a run of this machine alone.
pub(super) struct Onlooker<'a> {
    pub(super) view: &'a mut dyn View,
    pub(super) scenario: String,
    pub(super) target: String,
    pub(super) duration_s: f64,
    pub(super) connections: usize,
}

impl Watcher for Onlooker<'_> {
    fn ready(&mut self) -> Option<Instant> {
        Some(Instant::now() + LEAD)
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        let violations = progress.truth.violations.list();
        let moment = Moment {
            scenario: &self.scenario,
            target: &self.target,
            phase: progress.phase,
            elapsed_s: progress.elapsed_s,
            duration_s: self.duration_s,
            connections: self.connections,
            timeline: progress.timeline,
            seats_left: progress.seats_left,
            violations: &violations,
            remarks: &[],
        };
        // A terminal that takes no more is no reason to end a run.
        let _ = self.view.show(&moment);
    }
}
