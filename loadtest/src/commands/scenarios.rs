//! `scenarios`: what is inside the program.

use super::{Failed, unwritten};
use crate::cli::Scenarios;
use crate::number::grouped;
use crate::scenario::{Flow, Group, SHIPPED, Scenario, Span, load};
use std::io::Write;

/// Lists all, or shows one.
pub(super) fn list(arguments: &Scenarios, out: &mut impl Write) -> Result<u8, Failed> {
    match &arguments.name {
        None => {
            for shipped in SHIPPED {
                let scenario =
                    load(shipped.name).map_err(|error| Failed::Undone(error.to_string()))?;
                writeln!(out, "{}", explained(&scenario)).map_err(unwritten)?;
            }
        }
        Some(name) => {
            let shipped = SHIPPED.iter().find(|shipped| shipped.name == *name);
            let shipped =
                shipped.ok_or_else(|| Failed::Usage(format!("there is no scenario `{name}`")))?;
            write!(out, "{}", shipped.toml).map_err(unwritten)?;
        }
    }
    Ok(0)
}

fn explained(scenario: &Scenario) -> String {
    let pace = match (&scenario.arrivals, &scenario.closed) {
        (Some(arrivals), _) => match (arrivals.rate, arrivals.of_capacity) {
            (Some(rate), _) => format!("{} requests/s", grouped(rate as i64)),
            (_, Some(times)) => format!("{times} × what the target holds"),
            _ => "as recorded".to_owned(),
        },
        (_, Some(closed)) => format!("{} people in a closed loop", grouped(closed.people as i64)),
        _ => String::new(),
    };
    let mut text = format!(
        "{}\n  {}\n  {pace} for {} over {} connections\n",
        scenario.name,
        scenario.about,
        scenario.duration,
        grouped(scenario.connections as i64)
    );
    text += &shares(&scenario.people);
    if let Some(swarm) = &scenario.swarm {
        let from = Span(scenario.swarm_begins().unwrap_or_default());
        text += &format!("  from {from} on {} × as many requests of bots\n", swarm.times);
        text += &shares(&swarm.bots);
    }
    text
}

/// Who comes, with their shares of the requests.
fn shares(groups: &[Group]) -> String {
    let all: f64 = groups.iter().map(|group| group.share).sum();
    let mut text = String::new();
    for group in groups {
        let flow = match &group.flow {
            Flow::Poller(poller) if poller.keyed => "apps that poll with a key",
            Flow::Poller(_) => "apps that poll",
            Flow::Browser => "states, then districts",
            Flow::Citizen(citizen) if citizen.prepared => "people who are logged in: search, book",
            Flow::Citizen(_) => "log in, register, search, book",
            Flow::Counter(_) => "staff: register, check in, give doses",
            Flow::Publisher(_) => "managers: draw sessions up, publish them, look",
            Flow::Get(_) => "one path",
            Flow::Script(script) if script.books => "log in, watch from many addresses, book",
            Flow::Script(_) => "log in, search from many addresses",
            Flow::OtpFarmer(_) => "have passwords sent to number after number",
        };
        text += &format!("  {:>5.1} %  {} ({flow})\n", 100.0 * group.share / all, group.name);
    }
    text
}
