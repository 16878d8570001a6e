//! What is to happen: a scenario, as a TOML file describes it.
//!
//! Every field is documented here, and these are all there are: an unknown one is refused by its name. Durations are
//! texts with a unit: `"250ms"`, `"60s"`, `"10m"`, `"24h"`.

mod addresses;
mod check;
mod counter;
mod flow;
mod group;
mod publisher;
mod read;
mod shipped;
mod span;
mod swarm;

pub use addresses::Addresses;
pub use check::Unfit;
pub use counter::Counter;
pub use flow::{Citizen, Door, Flow, Get, OtpFarmer, Poller, Script, Search};
pub use group::Group;
pub use publisher::Publisher;
pub use read::{ReadError, load, parse};
pub use shipped::{SHIPPED, Shipped};
pub use span::Span;
pub use swarm::Swarm;

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, as it is asked for and reported.
    pub name: String,
    /// What it is about, in a sentence or two.
    pub about: String,
    /// How long traffic is offered.
    #[serde(default = "defaults::duration")]
    pub duration: Span,
    /// Connections held open, over all threads and machines.
    #[serde(default = "defaults::connections")]
    pub connections: usize,
    /// How long a request may take before it counts as lost.
    #[serde(default = "defaults::timeout")]
    pub timeout: Span,
    /// Which HTTP is spoken.
    #[serde(default)]
    pub protocol: Protocol,
    /// The first day searched for, in days from today in the country. Sessions of today end while a run goes on.
    #[serde(default = "defaults::tomorrow")]
    pub first_day: i32,
    /// How many days from the first are searched for.
    #[serde(default = "defaults::days")]
    pub days: u16,
    /// Of how many search answers one is decoded, compared with the contract and with what has been sold. 0: none.
    #[serde(default = "defaults::sample_every")]
    pub sample_every: u32,
    /// A 99th percentile of the generator's own lateness above which the run says nothing about the target.
    #[serde(default = "defaults::send_lag_limit")]
    pub send_lag_limit: Span,
    /// Open loop: requests come when the schedule says, however the target fares. Either this or `closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    /// Closed loop: so many people, each of whom waits for an answer before the next step. Either this or `arrivals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// Which seats the people want. Absent: any in the country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supply: Option<Supply>,
    /// Thresholds, as `--slo` takes them: `"p99<10ms,errors<0.1%"`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slo: String,
    /// The key of a partner, for apps and people who come through one; `--api-key` takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// Where people are.
    #[serde(default)]
    pub addresses: Addresses,
    /// Who asks for what.
    pub people: Vec<Group>,
    /// Bots that come in the midst of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swarm: Option<Swarm>,
}

/// Which HTTP is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// HTTP/1.1 with connections kept alive.
    #[default]
    #[serde(rename = "http/1.1")]
    Http1,
    /// HTTP/2, by prior knowledge or, under TLS, by agreement.
    #[serde(rename = "http/2")]
    Http2,
}

/// When requests come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// Requests per second; of shapes that change, the highest. Absent: `of_capacity` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Instead of a rate: this many times what the target was found to hold in a closed loop just before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_capacity: Option<f64>,
    /// How the rate changes.
    #[serde(default)]
    pub shape: Shape,
    /// How single arrivals lie.
    #[serde(default)]
    pub spacing: Spacing,
}

/// How the rate changes over the duration; every `at` and `share` is of the duration and the rate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Not at all.
    #[default]
    Constant,
    /// Evenly, from a share of the rate to all of it.
    Ramp {
        /// The share at the start.
        from: f64,
    },
    /// In steps of equal length.
    Steps {
        /// The share of each step.
        shares: Vec<f64>,
    },
    /// Up at once, and down again by half in every `halves_in`: the opening of a sale.
    Spike {
        /// The share before it, and the least after it.
        base: f64,
        /// When it comes, as a share of the duration.
        at: f64,
        /// How fast it goes.
        halves_in: Span,
    },
    /// A day of the programme, from midnight to midnight, compressed into the duration: hardly anyone at night, most
    /// at ten, a second hump in the evening.
    Day,
    /// As it was recorded: a file with one moment a line, in seconds from the first. The rate is that of the recording;
    /// `faster` divides the moments.
    Recorded {
        /// The file.
        file: String,
        /// How many times faster than recorded.
        #[serde(default = "defaults::one")]
        faster: f64,
    },
}

/// How single arrivals lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// At random, as independent people come.
    #[default]
    Poisson,
    /// At even distances.
    Even,
}

/// So many people, each waiting for answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// How many.
    pub people: usize,
    /// The pause between visits.
    #[serde(default)]
    pub think: Span,
}

/// Which seats the people want.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// How many people want each seat: so many seats are put in play. In 2021 it was 6 to 11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_per_seat: Option<f64>,
    /// Instead: exactly so many sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<usize>,
    /// Those whose seats for a first dose are nearest to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
}

impl Scenario {
    /// Requests that an average visit of honest people makes.
    pub fn requests_per_visit(&self) -> f64 {
        group::requests_per_visit(&self.people)
    }

    /// How often each group of honest people comes, as shares of all their visits.
    pub fn visit_weights(&self) -> Vec<f64> {
        group::visit_weights(&self.people)
    }

    /// Everybody by number: honest people, then bots.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.people.iter().chain(self.swarm.iter().flat_map(|swarm| &swarm.bots))
    }

    /// The group of this number.
    pub fn group(&self, number: usize) -> &Group {
        self.groups().nth(number).expect("invariant: numbers of groups come from groups()")
    }

    /// The counters of facilities, with the number of their group.
    pub fn counter(&self) -> Option<(usize, Counter)> {
        self.people.iter().enumerate().find_map(|(number, group)| match group.flow {
            Flow::Counter(counter) => Some((number, counter)),
            _ => None,
        })
    }

    /// The managers who publish, with the number of their group.
    pub fn publisher(&self) -> Option<(usize, Publisher)> {
        self.people.iter().enumerate().find_map(|(number, group)| match group.flow {
            Flow::Publisher(publisher) => Some((number, publisher)),
            _ => None,
        })
    }

    /// Whether the group of this number is one of bots.
    pub fn is_bot(&self, number: usize) -> bool {
        number >= self.people.len()
    }

    /// When the swarm comes, from the start.
    pub fn swarm_begins(&self) -> Option<Duration> {
        self.swarm.as_ref().map(|swarm| self.duration.0.mul_f64(swarm.begins))
    }
}

mod defaults {
    use super::Span;

    pub(super) fn duration() -> Span {
        Span::seconds(60)
    }

    pub(super) fn timeout() -> Span {
        Span::seconds(10)
    }

    pub(super) fn connections() -> usize {
        256
    }

    pub(super) fn tomorrow() -> i32 {
        1
    }

    pub(super) fn days() -> u16 {
        3
    }

    pub(super) fn sample_every() -> u32 {
        100
    }

    pub(super) fn send_lag_limit() -> Span {
        Span::millis(10)
    }

    pub(super) fn one() -> f64 {
        1.0
    }
}
