//! What is concluded about a swarm.

use super::raw::Raw;
use crate::measure::PhaseTally;
use crate::result::{Phase, Quantiles, SwarmResult};
use crate::scenario::Scenario;

/// How honest people fared without the swarm and with it; `None` without one.
pub(super) fn swarm(raw: &Raw, scenario: &Scenario) -> Option<SwarmResult> {
    let (phases, begins) = raw.tally.phases.as_ref().zip(scenario.swarm_begins())?;
    let begins_s = begins.as_secs_f64().min(raw.duration_s);
    let seats = |bots: bool| {
        let groups = scenario.groups().enumerate();
        let chosen = groups.filter(|(number, _)| scenario.is_bot(*number) == bots);
        chosen
            .filter_map(|(_, group)| raw.tally.groups.get(&group.name))
            .map(|tally| tally.bookings)
            .sum()
    };
    Some(SwarmResult {
        begins_s,
        without: phase(&phases.without, begins_s),
        with: phase(&phases.with, raw.duration_s - begins_s),
        honest_seats: seats(false),
        bot_seats: seats(true),
    })
}

fn phase(tally: &PhaseTally, length_s: f64) -> Phase {
    let (asked, admitted) = (tally.served.asked(), tally.served.admitted);
    Phase {
        length_s,
        asked,
        admitted,
        limited: tally.served.limited.clone(),
        failed: tally.served.failed,
        success: if asked == 0 { 1.0 } else { admitted as f64 / asked as f64 },
        bookings: tally.bookings,
        latency_ms: Quantiles::from(&tally.latency),
    }
}
