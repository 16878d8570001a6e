//! When everybody comes: honest people over the whole run, a swarm from its moment on.

use super::control::RunError;
use crate::arrivals::{self, Plan};
use crate::scenario::{Arrivals, Scenario, Shape, Swarm};
use std::time::Duration;

/// When everybody comes.
#[derive(Debug)]
pub(super) struct Plans {
    /// Visits of honest people.
    pub(super) people: Plan,
    /// Visits of bots, counted from the moment at which they come.
    pub(super) swarm: Option<(Duration, Plan)>,
}

impl Plans {
    /// The plans of a scenario; `None` if it is a closed loop.
    pub(super) fn of(scenario: &Scenario) -> Result<Option<Self>, RunError> {
        let Some(arrivals) = &scenario.arrivals else { return Ok(None) };
        let recorded = match &arrivals.shape {
            Shape::Recorded { file, faster } => arrivals::recording(file, *faster)?,
            _ => Vec::new(),
        };
        let rate = arrivals.rate.unwrap_or_default();
        let visits = rate / scenario.requests_per_visit();
        let people = Plan::new(arrivals, visits, scenario.duration.0, recorded);
        let swarm = scenario.swarm.as_ref().zip(scenario.swarm_begins());
        let swarm = swarm.map(|(swarm, begins)| {
            (begins, plan_of_bots(swarm, arrivals, rate, scenario.duration.0 - begins))
        });
        Ok(Some(Self { people, swarm }))
    }

    /// Requests of everybody over the whole run.
    pub(super) fn requests(&self, scenario: &Scenario) -> f64 {
        let swarm = self.swarm.as_ref().zip(scenario.swarm.as_ref());
        self.people.count() * scenario.requests_per_visit()
            + swarm.map_or(0.0, |((_, plan), swarm)| plan.count() * swarm.requests_per_visit())
    }
}

fn plan_of_bots(swarm: &Swarm, arrivals: &Arrivals, rate: f64, duration: Duration) -> Plan {
    let visits = rate * swarm.times / swarm.requests_per_visit();
    Plan::new(arrivals, visits, duration, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn a_swarm_sends_so_many_times_what_honest_people_send_once_it_has_come() {
        let scenario = scenario::load("bot-swarm").unwrap();
        let swarm = scenario.swarm.as_ref().unwrap();
        let plans = Plans::of(&scenario).unwrap().unwrap();
        let honest = plans.people.count() * scenario.requests_per_visit();
        let with_it = honest * (1.0 + swarm.times * (1.0 - swarm.begins));
        assert!((plans.requests(&scenario) / with_it - 1.0).abs() < 1e-9);
    }
}
