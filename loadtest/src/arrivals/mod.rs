//! When requests come: from a rate that changes over time to single moments.
//!
//! The rate is a chain of straight lines; its integral says how many arrivals there have been by a moment, and inverting
//! that gives the moment of each. So the schedule is exact however fast the rate changes, and needs no memory.

mod shapes;

use crate::scenario::{Arrivals, Shape, Spacing};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

pub use shapes::{RecordingError, recording};

/// A stretch of time over which a rate goes evenly from one value to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    from_s: f64,
    to_s: f64,
    /// Arrivals per second at its beginning and end.
    rate: (f64, f64),
}

impl Stretch {
    fn arrivals(&self) -> f64 {
        (self.to_s - self.from_s) * (self.rate.0 + self.rate.1) / 2.0
    }

    /// Arrivals of this stretch up to a moment.
    fn arrivals_by(&self, at_s: f64) -> f64 {
        let length = self.to_s - self.from_s;
        let passed = (at_s - self.from_s).clamp(0.0, length);
        let slope = (self.rate.1 - self.rate.0) / length;
        self.rate.0 * passed + slope * passed * passed / 2.0
    }

    /// The moment by which `count` arrivals of this stretch have come.
    fn moment(&self, count: f64) -> f64 {
        let length = self.to_s - self.from_s;
        let slope = (self.rate.1 - self.rate.0) / length;
        // The root of rate.0·t + slope·t²/2 = count, in the form that does not divide by a slope of 0.
        let root = (self.rate.0 * self.rate.0 + 2.0 * slope * count).max(0.0).sqrt();
        let after = if self.rate.0 + root > 0.0 { 2.0 * count / (self.rate.0 + root) } else { 0.0 };
        self.from_s + after.clamp(0.0, length)
    }
}

/// All arrivals of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    stretches: Vec<Stretch>,
    recorded: Vec<f64>,
    spacing: Spacing,
}

impl Plan {
    /// The arrivals of visits that a scenario asks for: `rate` visits per second over `duration`. `recorded` are the moments of a recording, if the shape is one.
    pub fn new(arrivals: &Arrivals, rate: f64, duration: Duration, recorded: Vec<f64>) -> Self {
        let stretches = match &arrivals.shape {
            Shape::Recorded { .. } => Vec::new(),
            shape => shapes::stretches(shape, rate, duration.as_secs_f64()),
        };
        Self { stretches, recorded, spacing: arrivals.spacing }
    }

    /// How many arrivals there are, on average where they come at random.
    pub fn count(&self) -> f64 {
        self.stretches.iter().map(Stretch::arrivals).sum::<f64>() + self.recorded.len() as f64
    }

    /// The part of one thread of several: each has its share of the rate, and together they have all of it.
    pub fn part(&self, number: usize, of: usize, seed: u64) -> Moments {
        let share = 1.0 / of as f64;
        let stretches = self.stretches.iter().map(|stretch| Stretch {
            rate: (stretch.rate.0 * share, stretch.rate.1 * share),
            ..*stretch
        });
        Moments {
            stretches: stretches.collect(),
            at: 0,
            passed: 0.0,
            // Evenly spaced parts interleave.
            next: (number as f64 + 0.5) * share,
            spacing: self.spacing,
            random: SmallRng::seed_from_u64(
                seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            ),
            recorded: self
                .recorded
                .iter()
                .skip(number)
                .step_by(of)
                .copied()
                .collect::<Vec<_>>()
                .into_iter(),
        }
        .started()
    }
}

/// The moments of one part, in seconds from the start, in order.
#[derive(Debug)]
pub struct Moments {
    stretches: Vec<Stretch>,
    at: usize,
    /// Arrivals of the stretches before the current one.
    passed: f64,
    /// The number of the next arrival, counted from the start as the integral of the rate.
    next: f64,
    spacing: Spacing,
    random: SmallRng,
    recorded: std::vec::IntoIter<f64>,
}

impl Moments {
    fn started(mut self) -> Self {
        if self.spacing == Spacing::Poisson {
            self.next = self.exponential();
        }
        self
    }

    /// How many arrivals of this part lie between two moments, on average where they come at random. Nobody has to walk
    /// through them, of which there may be a great many.
    pub fn between(&self, from_s: f64, to_s: f64) -> f64 {
        let planned = self
            .stretches
            .iter()
            .map(|one| one.arrivals_by(to_s) - one.arrivals_by(from_s))
            .sum::<f64>();
        let recorded =
            self.recorded.as_slice().iter().filter(|at| (from_s..to_s).contains(*at)).count();
        (planned + recorded as f64).max(0.0)
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.random.random::<f64>()).ln()
    }
}

impl Iterator for Moments {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        while let Some(stretch) = self.stretches.get(self.at) {
            let within = self.next - self.passed;
            if within <= stretch.arrivals() {
                let moment = stretch.moment(within);
                self.next += match self.spacing {
                    Spacing::Even => 1.0,
                    Spacing::Poisson => self.exponential(),
                };
                return Some(moment);
            }
            self.passed += stretch.arrivals();
            self.at += 1;
        }
        self.recorded.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Span;
    use proptest::prelude::*;

    fn plan(shape: Shape, spacing: Spacing, rate: f64) -> Plan {
        let arrivals = Arrivals { rate: Some(rate), of_capacity: None, shape, spacing };
        Plan::new(&arrivals, rate, Duration::from_secs(10), Vec::new())
    }

    fn shapes() -> Vec<Shape> {
        vec![
            Shape::Constant,
            Shape::Ramp { from: 0.0 },
            Shape::Steps { shares: vec![0.5, 1.0, 0.0, 0.25] },
            Shape::Spike { base: 0.1, at: 0.3, halves_in: Span::seconds(1) },
            Shape::Day,
        ]
    }

    #[test]
    fn even_arrivals_come_at_even_distances_and_threads_interleave() {
        let plan = plan(Shape::Constant, Spacing::Even, 100.0);
        let mut all: Vec<f64> = (0..2).flat_map(|part| plan.part(part, 2, 7)).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(all.len(), 1000);
        assert!(all.windows(2).all(|pair| (pair[1] - pair[0] - 0.01).abs() < 1e-9));
    }

    #[test]
    fn random_arrivals_are_as_many_and_as_irregular_as_chance_makes_them() {
        for shape in shapes() {
            let plan = plan(shape.clone(), Spacing::Poisson, 2000.0);
            let came = plan.part(0, 1, 3).count() as f64;
            assert!(
                (came - plan.count()).abs() < 5.0 * plan.count().sqrt(),
                "{shape:?}: {came} of {}",
                plan.count()
            );
        }
        let moments: Vec<f64> =
            plan(Shape::Constant, Spacing::Poisson, 2000.0).part(0, 1, 3).collect();
        let gaps: Vec<f64> = moments.windows(2).map(|pair| (pair[1] - pair[0]) * 2000.0).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        assert!(
            (0.95..1.05).contains(&mean) && (0.9..1.1).contains(&variance),
            "{mean} {variance}"
        );
    }

    #[test]
    fn a_spike_is_steep_and_halves_as_it_says() {
        let plan = plan(
            Shape::Spike { base: 0.0, at: 0.5, halves_in: Span::seconds(1) },
            Spacing::Even,
            1000.0,
        );
        let moments: Vec<f64> = plan.part(0, 1, 1).collect();
        let between = |from: f64, to: f64| {
            moments.iter().filter(|at| (from..to).contains(*at)).count() as f64
        };
        assert_eq!(between(0.0, 5.0), 0.0);
        assert!((between(6.0, 7.0) / between(5.0, 6.0) - 0.5).abs() < 0.02);
    }

    #[test]
    fn what_lies_between_two_moments_is_known_without_walking_there() {
        for shape in shapes() {
            let plan = plan(shape.clone(), Spacing::Even, 1000.0);
            let part = plan.part(0, 1, 1);
            let counted = part.between(2.0, 7.5);
            let walked = plan.part(0, 1, 1).filter(|at| (2.0..7.5).contains(at)).count() as f64;
            assert!((counted - walked).abs() <= 2.0, "{shape:?}: {counted} or {walked}");
        }
        let far = plan(Shape::Constant, Spacing::Poisson, 1e12).part(0, 1, 1);
        assert!((far.between(0.0, 10.0) - 1e13).abs() < 1e6);
    }

    proptest! {
        #[test]
        fn moments_rise_within_the_duration_and_none_is_lost(which in 0usize..5, rate in 0.1f64..5000.0, parts in 1usize..5, even: bool) {
            let spacing = if even { Spacing::Even } else { Spacing::Poisson };
            let plan = plan(shapes().swap_remove(which), spacing, rate);
            let mut came = 0;
            for part in 0..parts {
                let moments: Vec<f64> = plan.part(part, parts, 11).collect();
                prop_assert!(moments.windows(2).all(|pair| pair[0] <= pair[1]));
                prop_assert!(moments.iter().all(|at| (0.0..=10.0).contains(at)));
                came += moments.len();
            }
            if even {
                prop_assert!((came as f64 - plan.count()).abs() <= parts as f64 + 1.0, "{} of {}", came, plan.count());
            }
        }
    }
}
