//! A run in time: one row a second, and few enough rows however long it lasts.

use super::tally::add_counts;
use super::without_answer;
use super::{Kind, Operation, Sparse};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened between two moments of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// When it began, in seconds from the start of the run.
    pub at_s: f64,
    /// How long it lasted, in seconds.
    pub length_s: f64,
    /// Requests that the schedule asked for; in a closed loop, those that were sent.
    pub target: f64,
    /// Requests of traffic that ended, whatever their ending.
    pub ended: u64,
    /// Errors by kind.
    pub errors: BTreeMap<String, u64>,
    /// Refusals by code.
    pub refused: BTreeMap<String, u64>,
    /// Bytes received.
    pub bytes: u64,
    /// Bookings acknowledged.
    pub bookings: u64,
    /// Seats that acknowledged bookings took, less those that cancellations gave back.
    pub seats_taken: i64,
    /// Latencies from the intended start, by operation, and how long was waited for what is no request.
    pub latency: BTreeMap<Operation, Sparse>,
    /// How late the generator was.
    pub send_lag: Sparse,
    /// The largest share of its processor that a thread of the generator used within a second.
    pub generator_busy: f64,
}

impl Interval {
    /// Adds another thread's or machine's view of the same time, or what followed it.
    pub fn add(&mut self, other: &Self) {
        self.length_s = self.length_s.max(other.at_s + other.length_s - self.at_s);
        self.generator_busy = self.generator_busy.max(other.generator_busy);
        self.target += other.target;
        self.ended += other.ended;
        self.bytes += other.bytes;
        self.bookings += other.bookings;
        self.seats_taken += other.seats_taken;
        add_counts(&mut self.errors, &other.errors);
        add_counts(&mut self.refused, &other.refused);
        for (operation, sparse) in &other.latency {
            self.latency.entry(*operation).or_default().add(sparse);
        }
        self.send_lag.add(&other.send_lag);
    }

    /// Requests of traffic that were answered, be it by a refusal or an error.
    pub fn answered(&self) -> u64 {
        self.ended.saturating_sub(without_answer(&self.errors))
    }

    /// Latencies of all traffic together.
    pub fn all_latencies(&self) -> Sparse {
        let mut all = Sparse::default();
        let traffic = self.latency.iter().filter(|(one, _)| one.kind() == Kind::Traffic);
        traffic.for_each(|(_, sparse)| all.add(sparse));
        all
    }
}

/// The most rows that a timeline keeps.
const ROWS: usize = 600;

/// The intervals of a run, from several threads. When there would be more than 600 rows, two become one: memory does not
/// grow with the length of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline {
    rows: Vec<Interval>,
    #[serde(skip, default = "one_second")]
    row_s: f64,
}

fn one_second() -> f64 {
    1.0
}

impl Default for Timeline {
    fn default() -> Self {
        Self { rows: Vec::new(), row_s: one_second() }
    }
}

impl Timeline {
    /// Adds one thread's view of one interval, which has begun at a whole second.
    pub fn add(&mut self, interval: &Interval) {
        let mut row = (interval.at_s / self.row_s) as usize;
        while row >= ROWS {
            self.halve();
            row = (interval.at_s / self.row_s) as usize;
        }
        while self.rows.len() <= row {
            let at_s = self.rows.len() as f64 * self.row_s;
            self.rows.push(Interval { at_s, ..Interval::default() });
        }
        self.rows[row].add(interval);
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[Interval] {
        &self.rows
    }

    fn halve(&mut self) {
        self.row_s *= 2.0;
        let pairs = self.rows.chunks(2).map(|pair| {
            let mut row = pair[0].clone();
            pair[1..].iter().for_each(|next| row.add(next));
            row
        });
        self.rows = pairs.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(at: usize, bookings: u64) -> Interval {
        Interval {
            at_s: at as f64,
            length_s: 1.0,
            ended: 10,
            bookings,
            generator_busy: 0.5,
            ..Interval::default()
        }
    }

    #[test]
    fn threads_add_up_within_a_second() {
        let mut timeline = Timeline::default();
        for at in 0..3 {
            timeline.add(&second(at, 1));
            timeline.add(&second(at, 2));
        }
        let bookings: Vec<_> =
            timeline.rows().iter().map(|row| (row.bookings, row.ended)).collect();
        assert_eq!(bookings, [(3, 20); 3]);
        assert_eq!(timeline.rows()[0].length_s, 1.0);
    }

    #[test]
    fn a_day_fits_into_the_rows_of_ten_minutes_and_loses_no_count() {
        let mut timeline = Timeline::default();
        (0..86_400).for_each(|at| timeline.add(&second(at, 1)));
        assert!(timeline.rows().len() <= ROWS, "{}", timeline.rows().len());
        assert_eq!(timeline.rows().iter().map(|row| row.bookings).sum::<u64>(), 86_400);
        let length: f64 = timeline.rows().iter().map(|row| row.length_s).sum();
        assert_eq!(length, 86_400.0);
        assert!(timeline.rows().iter().all(|row| (row.generator_busy - 0.5).abs() < 1e-9));
    }
}
