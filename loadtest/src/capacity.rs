//! The highest rate that a target holds: found by bracketing, then confirmed.
//!
//! The rate is doubled until a run misses its thresholds, then the bracket is halved until it is narrow enough, and the
//! lower end has to be met again several times. A run in which the generator was the limit says nothing about the target,
//! so it closes no bracket: if nothing else does, there is no answer but a lower bound.

use serde::Serialize;
use std::fmt;

/// What one run at a rate came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// The thresholds were met.
    Met,
    /// One was missed.
    Missed,
    /// The generator fell behind.
    GeneratorBehind,
}

/// How the search goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// The first rate.
    pub from: f64,
    /// How narrow the bracket has to be, as a share of the rate.
    pub within: f64,
    /// Runs that have to confirm the answer.
    pub confirm: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// The highest rate that was met, every time it was tried; 0 if none was.
    pub held: f64,
    /// The lowest rate above it that was missed; `None` if the generator was the limit.
    pub missed: Option<f64>,
    /// The lowest rate above it at which the generator fell behind.
    pub generator_limit: Option<f64>,
    /// Runs that met the thresholds at `held`.
    pub confirmed: usize,
    /// Every run, in order.
    pub runs: Vec<(f64, Probe)>,
}

/// A bracket is not looked for beyond this many doublings or halvings, nor an answer taken back more often.
const STEPS: usize = 40;

/// Below this rate nothing is held.
const LEAST: f64 = 1.0;

impl Search {
    /// Searches. `probe` runs at a rate.
    ///
    /// # Errors
    /// What `probe` fails with.
    pub fn run<E>(&self, mut probe: impl FnMut(f64) -> Result<Probe, E>) -> Result<Found, E> {
        let mut found = Found {
            held: 0.0,
            missed: None,
            generator_limit: None,
            confirmed: 0,
            runs: Vec::new(),
        };
        let mut rate = self.from.max(LEAST);
        for _ in 0..STEPS {
            found.note(rate, probe(rate)?);
            let Some(next) = found.next(rate, self.within) else {
                if self.is_confirmed(&mut found, &mut probe)? {
                    break;
                }
                // What was held once was not held again, so it is above the answer.
                rate = found.below(self.within);
                if rate < LEAST {
                    break;
                }
                continue;
            };
            rate = next;
        }
        Ok(found)
    }

    fn is_confirmed<E>(
        &self,
        found: &mut Found,
        probe: &mut impl FnMut(f64) -> Result<Probe, E>,
    ) -> Result<bool, E> {
        while found.held > 0.0 && found.confirmed < self.confirm {
            let rate = found.held;
            match probe(rate)? {
                Probe::Met => {
                    found.runs.push((rate, Probe::Met));
                    found.confirmed += 1;
                }
                other => {
                    found.held = 0.0;
                    found.confirmed = 0;
                    found.note(rate, other);
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

impl Found {
    fn note(&mut self, rate: f64, probe: Probe) {
        self.runs.push((rate, probe));
        match probe {
            Probe::Met if rate > self.held => (self.held, self.confirmed) = (rate, 1),
            Probe::Met => {}
            Probe::Missed => {
                self.missed = Some(self.missed.map_or(rate, |missed| missed.min(rate)))
            }
            Probe::GeneratorBehind => {
                self.generator_limit =
                    Some(self.generator_limit.map_or(rate, |limit| limit.min(rate)));
            }
        }
    }

    /// The lowest rate that was not held.
    fn ceiling(&self) -> Option<f64> {
        [self.missed, self.generator_limit].into_iter().flatten().min_by(f64::total_cmp)
    }

    /// The next rate to try; `None` if the bracket is narrow enough.
    fn next(&self, rate: f64, within: f64) -> Option<f64> {
        match self.ceiling() {
            None => Some(rate * 2.0),
            Some(ceiling) if self.held == 0.0 => (ceiling / 2.0 >= LEAST).then_some(ceiling / 2.0),
            Some(ceiling) if ceiling / self.held <= 1.0 + within => None,
            Some(ceiling) => Some((self.held * ceiling).sqrt()),
        }
    }

    /// A rate a step below what was not held.
    fn below(&self, within: f64) -> f64 {
        self.ceiling().map_or(0.0, |ceiling| ceiling / (1.0 + within))
    }

    /// Whether the target's limit was found, and not only the generator's.
    pub fn is_about_the_target(&self) -> bool {
        match (self.missed, self.generator_limit) {
            (Some(missed), Some(limit)) => missed <= limit,
            (missed, _) => missed.is_some(),
        }
    }
}

/// What was found, in sentences.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.generator_limit.unwrap_or_default();
        match (self.held > 0.0, self.is_about_the_target()) {
            (false, true) => {
                return writeln!(
                    f,
                    "No rate was held: the thresholds were missed at every rate down to {:.0}/s.",
                    self.ceiling().unwrap_or_default()
                );
            }
            (false, false) => {
                return writeln!(
                    f,
                    "The generator fell behind at every rate down to {limit:.0}/s: nothing is known about the target."
                );
            }
            (true, false) => {
                return writeln!(
                    f,
                    "At least {:.0}/s are held. At {limit:.0}/s the generator fell behind, so that the target's limit is not known: give it more threads or machines.",
                    self.held
                );
            }
            (true, true) => {}
        }
        writeln!(
            f,
            "{:.0}/s are held. The thresholds were met in {} of {} runs at that rate and missed at {:.0}/s, so the limit lies between the two.",
            self.held,
            self.confirmed,
            self.confirmed,
            self.missed.unwrap_or_default()
        )?;
        // The one-sided Clopper-Pearson bound for n of n.
        let bound = 0.05f64.powf(1.0 / self.confirmed.max(1) as f64);
        writeln!(
            f,
            "With 95 % confidence a run like these meets them at {:.0}/s at least {:.0} % of the time; more confirming runs would say more.",
            self.held,
            100.0 * bound
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    const SEARCH: Search = Search { from: 1000.0, within: 0.03, confirm: 3 };

    fn search(probe: impl FnMut(f64) -> Probe) -> Found {
        let mut probe = probe;
        let Ok(found) = SEARCH.run(|rate| Ok::<_, Infallible>(probe(rate)));
        found
    }

    proptest! {
        #[test]
        fn the_answer_is_within_three_per_cent_of_the_truth(truth in 5.0f64..2e6) {
            let found = search(|rate| if rate <= truth { Probe::Met } else { Probe::Missed });
            prop_assert!(found.held <= truth && found.held >= truth / 1.04, "{}", found.held);
            prop_assert!(found.is_about_the_target() && found.confirmed == 3);
            prop_assert!(found.runs.len() < 35);
        }
    }

    #[test]
    fn a_generator_that_is_the_limit_gives_no_answer_but_a_bound() {
        let found = search(|rate| if rate <= 5000.0 { Probe::Met } else { Probe::GeneratorBehind });
        assert!(!found.is_about_the_target() && found.held > 4800.0);
        assert!(found.to_string().contains("At least"));
        let both = search(|rate| match rate {
            rate if rate <= 5000.0 => Probe::Met,
            rate if rate <= 7000.0 => Probe::Missed,
            _ => Probe::GeneratorBehind,
        });
        assert!(both.is_about_the_target(), "a limit of the target below the generator's is found");
    }

    #[test]
    fn a_rate_that_was_held_by_luck_is_taken_back() {
        let mut runs = 0;
        let found = search(|rate| {
            runs += 1;
            // Above the truth every third run succeeds.
            if rate <= 3000.0 || (rate <= 3600.0 && runs % 3 == 0) {
                Probe::Met
            } else {
                Probe::Missed
            }
        });
        assert!(found.held <= 3000.0 && found.held > 2700.0, "{found:?}");
    }

    #[test]
    fn a_target_that_holds_nothing_is_said_to() {
        assert!(search(|_| Probe::Missed).to_string().contains("No rate was held"));
        assert!(search(|_| Probe::GeneratorBehind).to_string().contains("nothing is known"));
    }
}
