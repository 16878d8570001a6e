//! What a scenario must fulfil beyond its form.

use super::{Citizen, Counter, Flow, Group, Publisher, Scenario, Shape, Swarm};
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
        self.check_addresses()?;
        self.check_people()?;
        self.swarm.as_ref().map_or(Ok(()), |swarm| self.check_swarm(swarm))
    }

    /// Whether there is a key for those who need one; asked once the command line has been heard.
    ///
    /// # Errors
    /// The first group without one.
    pub fn check_key(&self) -> Result<(), Unfit> {
        let keyless = self.groups().find(|group| group.flow.needs_key() && self.api_key.is_none());
        keyless.map_or(Ok(()), |group| {
            let problem = "is missing, in the scenario and as --api-key";
            Err(unfit("api_key", format!("{problem}: {} need it", group.name)))
        })
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

    fn check_addresses(&self) -> Result<(), Unfit> {
        share("addresses.shared", self.addresses.shared)?;
        if self.addresses.people == 0 {
            return Err(unfit("addresses.people", "must be at least 1"));
        }
        Ok(())
    }

    fn check_people(&self) -> Result<(), Unfit> {
        if self.people.is_empty() {
            return Err(unfit("people", "names nobody"));
        }
        for group in &self.people {
            self.check_group(group, "people")?;
            if matches!(group.flow, Flow::Script(_) | Flow::OtpFarmer(_)) {
                let field = format!("people.{}.flow", group.name);
                return Err(unfit(field, "is a bot's: it belongs to `swarm.bots`"));
            }
        }
        Ok(())
    }

    fn check_swarm(&self, swarm: &Swarm) -> Result<(), Unfit> {
        if !(swarm.begins > 0.0 && swarm.begins < 1.0) {
            return Err(unfit("swarm.begins", "must lie between 0 and 1"));
        }
        positive("swarm.times", swarm.times)?;
        let constant = |arrivals: &super::Arrivals| arrivals.shape == Shape::Constant;
        if !self.arrivals.as_ref().is_some_and(constant) {
            return Err(unfit(
                "swarm",
                "needs `arrivals` of a constant rate, so that honest people can be compared without it and with it",
            ));
        }
        if swarm.bots.is_empty() {
            return Err(unfit("swarm.bots", "names nobody"));
        }
        for group in &swarm.bots {
            self.check_group(group, "swarm.bots")?;
            if !matches!(group.flow, Flow::Poller(_) | Flow::Script(_) | Flow::OtpFarmer(_)) {
                let field = format!("swarm.bots.{}.flow", group.name);
                return Err(unfit(field, "is none of bots: poller, script or otp_farmer"));
            }
        }
        Ok(())
    }

    fn check_group(&self, group: &Group, list: &str) -> Result<(), Unfit> {
        let named = |field: &str| format!("{list}.{}.{field}", group.name);
        positive(&named("share"), group.share)?;
        if self.groups().filter(|other| other.name == group.name).count() > 1 {
            return Err(unfit(named("name"), "is the name of two groups"));
        }
        match &group.flow {
            Flow::Citizen(citizen) => check_citizen(citizen, named),
            Flow::Counter(counter) => self.check_counter(counter, named),
            Flow::Publisher(publisher) => self.check_publisher(publisher, named),
            Flow::Poller(poller) if poller.people == 0 => {
                Err(unfit(named("people"), "must be at least 1"))
            }
            Flow::Script(script) if script.searches == 0 => {
                Err(unfit(named("searches"), "must be at least 1"))
            }
            Flow::OtpFarmer(farmer) if farmer.addresses == 0 => {
                Err(unfit(named("addresses"), "must be at least 1"))
            }
            Flow::Get(get) if !path(&get.path) => Err(unfit(
                named("path"),
                "must begin with / and have neither spaces nor control characters",
            )),
            _ => Ok(()),
        }
    }

    fn check_counter(
        &self,
        counter: &Counter,
        named: impl Fn(&str) -> String,
    ) -> Result<(), Unfit> {
        let planned = |arrivals: &super::Arrivals| arrivals.of_capacity.is_none();
        if !self.arrivals.as_ref().is_some_and(planned) {
            let problem = "needs `arrivals` that are known before: so many people are booked";
            return Err(unfit(named("flow"), problem));
        }
        self.check_alone(&named, |flow| matches!(flow, Flow::Counter(_)))?;
        share(&named("walk_ins"), counter.walk_ins)?;
        share(&named("observe"), counter.observe)?;
        share(&named("certificates"), counter.certificates)?;
        share(&named("downloads"), counter.downloads)?;
        positive(&named("certificate_patience"), counter.certificate_patience.as_s())?;
        if counter.facilities == 0 {
            return Err(unfit(named("facilities"), "must be at least 1"));
        }
        Ok(())
    }

    fn check_publisher(
        &self,
        publisher: &Publisher,
        named: impl Fn(&str) -> String,
    ) -> Result<(), Unfit> {
        self.check_alone(&named, |flow| matches!(flow, Flow::Publisher(_)))?;
        let (most, furthest) = (Publisher::MOST_SEATS, Publisher::FURTHEST);
        if publisher.facilities == 0 {
            return Err(unfit(named("facilities"), "must be at least 1"));
        }
        if !(1..=most).contains(&publisher.seats) {
            return Err(unfit(named("seats"), format!("must lie between 1 and {most}")));
        }
        if !(1..=furthest).contains(&publisher.days_ahead) {
            return Err(unfit(named("days_ahead"), format!("must lie between 1 and {furthest}")));
        }
        Ok(())
    }

    /// That no more than one group works at facilities in this way: each facility is judged by what one group did there.
    fn check_alone(
        &self,
        named: &impl Fn(&str) -> String,
        is_such: impl Fn(&Flow) -> bool,
    ) -> Result<(), Unfit> {
        if self.people.iter().filter(|group| is_such(&group.flow)).count() > 1 {
            let problem = "is that of two groups, which would share facilities";
            return Err(unfit(named("flow"), problem));
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
