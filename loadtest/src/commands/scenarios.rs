//! `scenarios`: what is inside the program.

use super::{Failed, unwritten};
use crate::cli::Scenarios;
use crate::number::grouped;
use crate::scenario::{Flow, SHIPPED, Scenario, load};
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
    let all: f64 = scenario.people.iter().map(|group| group.share).sum();
    let mut text = format!(
        "{}\n  {}\n  {pace} for {} over {} connections\n",
        scenario.name,
        scenario.about,
        scenario.duration,
        grouped(scenario.connections as i64)
    );
    for group in &scenario.people {
        let flow = match &group.flow {
            Flow::Poller(_) => "apps that poll",
            Flow::Browser => "states, then districts",
            Flow::Citizen(citizen) if citizen.prepared => "people who are logged in: search, book",
            Flow::Citizen(_) => "log in, register, search, book",
            Flow::Get(_) => "one path",
        };
        text += &format!("  {:>5.1} %  {} ({flow})\n", 100.0 * group.share / all, group.name);
    }
    text
}
