//! What a group of people does: its flow and the numbers that shape it.

use super::{Counter, Publisher, Span};
use serde::{Deserialize, Serialize};

/// What a group does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "flow", rename_all = "snake_case", deny_unknown_fields)]
pub enum Flow {
    /// Apps that look at the calendar again and again.
    Poller(Poller),
    /// People who open a portal: the states, then the districts of theirs.
    Browser,
    /// People who log in, register and book.
    Citizen(Box<Citizen>),
    /// Staff at the counters of facilities, and whoever comes to them.
    Counter(Counter),
    /// Managers of facilities who draw sessions up and publish them.
    Publisher(Publisher),
    /// Any one path, to measure the generator itself or a part of a target.
    Get(Get),
    /// Bots that search with a log-in from one address after the other, and book or not.
    Script(Script),
    /// Bots that have passwords sent to number after number.
    OtpFarmer(OtpFarmer),
}

/// Apps that look at the calendar again and again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poller {
    /// What it looks at.
    pub search: Search,
    /// How many people run it: each polls at even intervals, the sooner the fewer they are.
    #[serde(default = "population")]
    pub people: u64,
    /// Whether it accepts compressed answers.
    #[serde(default = "yes")]
    pub gzip: bool,
    /// Whether it adds a random parameter to defeat caches, as many did.
    #[serde(default)]
    pub cache_busting: bool,
    /// Whether it searches with the scenario's `api_key`, which is then charged in place of the address.
    #[serde(default)]
    pub keyed: bool,
}

/// Which search a poller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// Seven days of a district.
    CalendarByDistrict,
    /// Seven days of a pincode.
    CalendarByPin,
    /// One day of a district.
    FindByDistrict,
    /// One day of a pincode.
    FindByPin,
}

/// People who log in, register and book. Each share is of those who came so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Citizen {
    /// How many there are, each of whom comes once. 0: whoever comes is a new one.
    pub people: u64,
    /// Whether they are logged in and registered before the clock starts.
    pub prepared: bool,
    /// Through which door they come.
    pub door: Door,
    /// How many of them exchange their password for a token. The others never got it, or gave up.
    pub confirm: f64,
    /// How many of those register a person.
    pub register: f64,
    /// How many of those look at the list of their people afterwards.
    pub list: f64,
    /// How many of those who registered want a seat.
    pub book: f64,
    /// Whether those who came for a session of the supply know it, and book it without a search first.
    pub knows_wish: bool,
    /// How many searches they make at most until they find a session with seats.
    pub searches: u32,
    /// How many sessions they try at most, if one is taken away under their hands.
    pub attempts: u32,
    /// How much people prefer the same sessions: 0 all alike, 1 as cities are sized, more for a stampede.
    pub zipf: f64,
    /// How many of those with a seat download the slip.
    pub slip: f64,
    /// How many of them move to another session.
    pub reschedule: f64,
    /// How many of those with a seat give it back.
    pub cancel: f64,
    /// The pause before each step, on average; single ones are exponentially distributed.
    pub think: Span,
    /// Through how many apps they come; fairness is reported over them.
    pub apps: u32,
    /// Whether they do without `Idempotency-Key`, as every client of 2021 did.
    pub imitates_2021: bool,
    /// Whether they search once more after a booking, to see whether the target shows it.
    pub looks_again: bool,
    /// How long after they were logged out for searching too often they log in again. Another password can be had
    /// 180 seconds after the last one (wire contract 2).
    pub returns_after: Span,
}

impl Default for Citizen {
    fn default() -> Self {
        Self {
            people: 0,
            prepared: false,
            door: Door::Portal,
            confirm: 1.0,
            register: 1.0,
            list: 1.0,
            book: 1.0,
            knows_wish: false,
            searches: 3,
            attempts: 3,
            zipf: 0.0,
            slip: 0.0,
            reschedule: 0.0,
            cancel: 0.0,
            think: Span::default(),
            apps: 1,
            imitates_2021: false,
            looks_again: true,
            returns_after: Span::seconds(180),
        }
    }
}

/// Through which door people log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The portal's.
    Portal,
    /// That of partners, with an API key.
    Protected,
}

/// Any one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Get {
    /// The path with its query.
    pub path: String,
    /// Whether compressed answers are accepted.
    #[serde(default)]
    pub gzip: bool,
}

/// A script that has logged in once and searches from one address after the other, as those did that took a new address of a
/// cloud provider for each search. It solves no challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// How many searches it makes, if it is not logged out before.
    pub searches: u32,
    /// Whether it books at once when it has watched that long.
    pub books: bool,
    /// The pause before each step, on average.
    pub think: Span,
}

impl Default for Script {
    fn default() -> Self {
        Self { searches: 30, books: false, think: Span::default() }
    }
}

/// Bots that have passwords sent to number after number. They solve no challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OtpFarmer {
    /// From how many addresses.
    pub addresses: u64,
}

impl Default for OtpFarmer {
    fn default() -> Self {
        Self { addresses: 1 }
    }
}

impl Flow {
    /// Whether its requests show the scenario's key.
    pub fn needs_key(&self) -> bool {
        match self {
            Self::Poller(poller) => poller.keyed,
            Self::Citizen(citizen) => citizen.door == Door::Protected,
            Self::Counter(_) | Self::Publisher(_) => true,
            _ => false,
        }
    }

    /// Requests that a visit makes on average, retries not counted.
    pub fn requests(&self) -> f64 {
        match self {
            Self::Poller(_) | Self::Get(_) | Self::OtpFarmer(_) => 1.0,
            Self::Browser => 2.0,
            Self::Citizen(citizen) => citizen.requests(),
            Self::Counter(counter) => counter.requests(),
            Self::Publisher(_) => Publisher::REQUESTS,
            Self::Script(script) => script.requests(),
        }
    }
}

impl Script {
    /// A log-in of two requests, the searches, and for those who book a registration and an attempt.
    fn requests(self) -> f64 {
        2.0 + f64::from(self.searches) + if self.books { 2.0 } else { 0.0 }
    }
}

impl Citizen {
    fn requests(&self) -> f64 {
        let booked =
            2.0 + f64::from(u8::from(self.looks_again)) + self.slip + self.reschedule + self.cancel;
        if self.prepared {
            return self.book * booked;
        }
        1.0 + self.confirm * (1.0 + self.register * (1.0 + self.list + self.book * booked))
    }

    /// People whom a visit brings to the wish for a seat, on average.
    pub fn wishes(&self) -> f64 {
        if self.prepared { self.book } else { self.confirm * self.register * self.book }
    }
}

fn population() -> u64 {
    1_000_000
}

fn yes() -> bool {
    true
}
