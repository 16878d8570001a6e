//! What a scenario must fulfil beyond its form.

use super::{Citizen, Flow, Scenario, Shape};
use thiserror::Error;

/// Why a scenario cannot be run: a field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{field}` {problem}")]
pub struct Unfit {
    /// The field, with those that contain it.
    pub field: String,
    /// What is wrong.
    pub problem: String,
}

fn unfit(field: impl Into<String>, problem: impl Into<String>) -> Unfit {
    Unfit { field: field.into(), problem: problem.into() }
}

/// The most connections of one machine; a client address has no more ports.
const CONNECTIONS: usize = 60_000;

impl Scenario {
    /// Whether it can be run.
    ///
    /// # Errors
    /// The first field that does not fit.
    pub fn check(&self) -> Result<(), Unfit> {
        positive("duration", self.duration.as_s())?;
        positive("timeout", self.timeout.as_s())?;
        positive("send_lag_limit", self.send_lag_limit.as_s())?;
        if !(1..=CONNECTIONS).contains(&self.connections) {
            return Err(unfit("connections", format!("must lie between 1 and {CONNECTIONS}")));
        }
        if self.days == 0 {
            return Err(unfit("days", "must be at least 1"));
        }
        self.check_pace()?;
        self.check_supply()?;
        self.check_people()
    }

    fn check_pace(&self) -> Result<(), Unfit> {
        match (&self.arrivals, self.closed) {
            (Some(arrivals), None) => check_arrivals(arrivals),
            (None, Some(closed)) if closed.people == 0 => {
                Err(unfit("closed.people", "must be at least 1"))
            }
            (None, Some(_)) => Ok(()),
            (None, None) => Err(unfit(
                "arrivals",
                "is missing, and so is `closed`: one of them says when requests come",
            )),
            (Some(_), Some(_)) => {
                Err(unfit("closed", "stands beside `arrivals`: a run has one of them"))
            }
        }
    }

    fn check_supply(&self) -> Result<(), Unfit> {
        let Some(supply) = self.supply else { return Ok(()) };
        if let Some(ratio) = supply.people_per_seat {
            positive("supply.people_per_seat", ratio)?;
        }
        match (supply.people_per_seat, supply.sessions) {
            (Some(_), Some(_)) => Err(unfit(
                "supply.sessions",
                "stands beside `people_per_seat`: one of them says how much there is",
            )),
            (None, None) => Err(unfit("supply", "says neither `people_per_seat` nor `sessions`")),
            (_, Some(0)) => Err(unfit("supply.sessions", "must be at least 1")),
            _ => Ok(()),
        }
    }

    fn check_people(&self) -> Result<(), Unfit> {
        if self.people.is_empty() {
            return Err(unfit("people", "names nobody"));
        }
        for (place, group) in self.people.iter().enumerate() {
            let named = |field: &str| format!("people.{}.{field}", group.name);
            positive(&named("share"), group.share)?;
            if self.people[..place].iter().any(|other| other.name == group.name) {
                return Err(unfit(named("name"), "is the name of two groups"));
            }
            match &group.flow {
                Flow::Citizen(citizen) => check_citizen(citizen, named)?,
                Flow::Poller(poller) if poller.people == 0 => {
                    return Err(unfit(named("people"), "must be at least 1"));
                }
                Flow::Get(get) if !path(&get.path) => {
                    return Err(unfit(
                        named("path"),
                        "must begin with / and have neither spaces nor control characters",
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn check_arrivals(arrivals: &super::Arrivals) -> Result<(), Unfit> {
    if let Some(rate) = arrivals.rate {
        positive("arrivals.rate", rate)?;
    }
    if let Some(factor) = arrivals.of_capacity {
        positive("arrivals.of_capacity", factor)?;
    }
    match (&arrivals.shape, arrivals.rate, arrivals.of_capacity) {
        (Shape::Recorded { faster, .. }, None, None) => {
            return positive("arrivals.shape.faster", *faster);
        }
        (Shape::Recorded { .. }, ..) => {
            return Err(unfit("arrivals.rate", "stands beside a recording, which has its own"));
        }
        (_, Some(_), Some(_)) => {
            return Err(unfit(
                "arrivals.of_capacity",
                "stands beside `rate`: one of them says how much",
            ));
        }
        (_, None, None) => return Err(unfit("arrivals.rate", "is missing")),
        _ => {}
    }
    match &arrivals.shape {
        Shape::Ramp { from } => share("arrivals.shape.from", *from),
        Shape::Steps { shares } if shares.is_empty() => {
            Err(unfit("arrivals.shape.shares", "names no step"))
        }
        Shape::Steps { shares } if shares.iter().all(|one| *one == 0.0) => {
            Err(unfit("arrivals.shape.shares", "are all 0"))
        }
        Shape::Steps { shares } => {
            shares.iter().try_for_each(|one| share("arrivals.shape.shares", *one))
        }
        Shape::Spike { base, at, halves_in } => {
            share("arrivals.shape.base", *base)?;
            share("arrivals.shape.at", *at)?;
            positive("arrivals.shape.halves_in", halves_in.as_s())
        }
        _ => Ok(()),
    }
}

fn check_citizen(citizen: &Citizen, named: impl Fn(&str) -> String) -> Result<(), Unfit> {
    let shares = [
        ("confirm", citizen.confirm),
        ("register", citizen.register),
        ("list", citizen.list),
        ("book", citizen.book),
        ("slip", citizen.slip),
        ("reschedule", citizen.reschedule),
        ("cancel", citizen.cancel),
    ];
    shares.iter().try_for_each(|(field, value)| share(&named(field), *value))?;
    if !(0.0..=10.0).contains(&citizen.zipf) {
        return Err(unfit(named("zipf"), "must lie between 0 and 10"));
    }
    for (field, count) in
        [("searches", citizen.searches), ("attempts", citizen.attempts), ("apps", citizen.apps)]
    {
        if count == 0 {
            return Err(unfit(named(field), "must be at least 1"));
        }
    }
    match (citizen.prepared, citizen.people, citizen.book) {
        (true, 0, _) => Err(unfit(named("people"), "must be given, for people who are prepared")),
        (true, _, 0.0) => {
            Err(unfit(named("book"), "is 0, so that people who are prepared have nothing to do"))
        }
        _ => Ok(()),
    }
}

fn path(path: &str) -> bool {
    path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic())
}

fn positive(field: &str, value: f64) -> Result<(), Unfit> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(unfit(field, "must be more than 0")) }
}

fn share(field: &str, value: f64) -> Result<(), Unfit> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(unfit(field, "must lie between 0 and 1"))
    }
}
