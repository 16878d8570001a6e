//! A run for tests.

use super::Moment;
use crate::measure::{Interval, Operation, Sparse, Timeline};
use crate::result::{Violation, ViolationKind};

/// So many seconds of a busy run.
pub(super) fn timeline(seconds: u32) -> Timeline {
    let mut timeline = Timeline::default();
    (0..seconds).for_each(|at| timeline.add(&second(at)));
    timeline
}

fn second(at: u32) -> Interval {
    Interval {
        at_s: f64::from(at),
        length_s: 1.0,
        target: 55_000.0,
        // Three of them without an answer.
        ended: 54_984,
        errors: [("timeout".to_owned(), 3)].into(),
        refused: [("409".to_owned(), 12)].into(),
        bytes: 1_000_000,
        bookings: 543,
        seats_taken: 543,
        latency: [
            (Operation::CalendarByDistrict, Sparse(vec![(896, 900), (2_944, 100)])),
            (Operation::Schedule, Sparse(vec![(896, 90), (2_944, 10)])),
        ]
        .into(),
        send_lag: Sparse(vec![(50, 1_000)]),
        generator_busy: 0.62,
    }
}

/// A moment of that run.
pub(super) fn moment(timeline: &Timeline) -> Moment<'_> {
    Moment {
        scenario: "national-opening",
        target: "http://127.0.0.1:8080",
        phase: "running",
        elapsed_s: timeline.rows().len() as f64,
        duration_s: 60.0,
        connections: 1_000,
        timeline,
        seats_left: Some(12_345),
        violations: &[],
        remarks: &[],
    }
}

/// Something that a target broke.
pub(super) fn violation() -> Violation {
    let examples = vec!["session 7".to_owned()];
    Violation { kind: ViolationKind::Oversold, count: 2, examples }
}
