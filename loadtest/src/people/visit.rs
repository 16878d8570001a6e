//! One visit: a person, a moment, and what follows.

use super::desk::{Desk, Said};
use super::person::Person;
use super::{browser, citizen, counter, poller, publisher, script};
use crate::measure::Operation;
use crate::scenario::Flow;
use crate::wire::{Address, Answer, Call, Want};
use rand::RngExt;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// One visit.
pub struct Visit {
    /// Where it asks.
    pub desk: Rc<Desk>,
    /// The group of the scenario that it belongs to.
    pub group: usize,
    /// Whose it is.
    pub person: Person,
    /// Where it comes from, if that is told.
    pub from: Option<Address>,
    /// When the next request is meant to start.
    intended: Cell<Instant>,
    /// The pause before each step but the first, on average.
    think: Duration,
    first: Cell<bool>,
}

/// Whose visit it is, and what is left of preparations.
pub struct Visitor {
    /// The person.
    pub person: Person,
    /// If the scenario prepared them.
    pub prepared: Option<Box<citizen::Prepared>>,
}

/// Lives a visit through.
pub async fn begin(desk: Rc<Desk>, group: usize, visitor: Visitor, intended: Instant) {
    desk.recorder.borrow_mut().group(group).visits += 1;
    let setting = desk.setting.clone();
    let flow = &setting.scenario.group(group).flow;
    let think = match flow {
        Flow::Citizen(citizen) => citizen.think.0,
        Flow::Counter(counter) => counter.think.0,
        Flow::Publisher(publisher) => publisher.think.0,
        Flow::Script(script) => script.think.0,
        _ => Duration::ZERO,
    };
    let visit = Visit::new(desk, group, visitor.person, intended, think);
    match flow {
        Flow::Poller(poller) => poller::poll(&visit, poller).await,
        Flow::Browser => Box::pin(browser::browse(&visit)).await,
        Flow::Get(get) => poller::get(&visit, get).await,
        Flow::OtpFarmer(farmer) => {
            let place = visitor.person.number % farmer.addresses;
            let machine = Person::new((group as u64) << 40 | place, setting.seed);
            let from = visit.desk.address(group, machine);
            Box::pin(script::farm(&Visit { from, ..visit })).await;
        }
        Flow::Script(script) => Box::pin(script::run(&visit, script)).await,
        Flow::Counter(counter) => Box::pin(counter::visit(&visit, counter)).await,
        Flow::Publisher(publisher) => Box::pin(publisher::visit(&visit, publisher)).await,
        // The longest flow by far; boxed, so that the many short ones stay small.
        Flow::Citizen(citizen) => {
            let prepared = visitor.prepared.map(|prepared| *prepared);
            Box::pin(citizen::visit(&visit, citizen, prepared)).await;
        }
    }
}

impl Visit {
    /// A visit that is about to begin.
    pub fn new(
        desk: Rc<Desk>,
        group: usize,
        person: Person,
        intended: Instant,
        think: Duration,
    ) -> Self {
        let from = desk.address(group, person);
        let (intended, first) = (Cell::new(intended), Cell::new(true));
        Self { desk, group, person, from, intended, think, first }
    }

    /// Waits for so long, or until the time is over. What comes next is meant to start then.
    pub(super) async fn rest(&self, wait: Duration) {
        let until = Instant::now() + wait;
        self.desk.pacer.sleep_until(until).await;
        self.intended.set(until);
    }

    /// Where a script is at its turn of this number.
    pub(super) fn elsewhere(&self, turn: u32) -> Option<Address> {
        self.person.elsewhere(turn, &self.desk.setting.scenario.addresses)
    }

    /// Pauses, and says whether the visit goes on: not if the time is over. The first step needs no pause.
    pub async fn goes_on(&self) -> bool {
        if !self.first.replace(false) {
            let now = Instant::now();
            let pause = self.pause();
            self.intended.set(now + pause);
            self.desk.pacer.sleep_until(now + pause).await;
        }
        !self.desk.is_closing()
    }

    /// What comes next is meant to start now: something that is no traffic came between.
    pub fn start_over(&self) {
        self.intended.set(Instant::now());
    }

    /// Asks for something that is meant to start now. See [`Desk::ask`].
    pub async fn ask<T>(
        &self,
        call: &Call<'_>,
        want: Want,
        expected: &[&str],
        read: impl FnOnce(Answer) -> Option<T>,
    ) -> Said<T> {
        self.desk.ask(self.group, self.intended.get(), call, want, expected, read).await
    }

    /// When the next request is meant to start.
    pub fn intended(&self) -> Instant {
        self.intended.get()
    }

    /// Whether something happens that happens to this share of people.
    pub fn chance(&self, share: f64) -> bool {
        share >= 1.0 || self.desk.random.borrow_mut().random::<f64>() < share
    }

    /// A GET in the name of this person.
    pub fn get<'a>(&self, operation: Operation, path: &'a str) -> Call<'a> {
        Call::get(operation, path, self.from)
    }

    /// A POST in the name of this person.
    pub fn post<'a>(&self, operation: Operation, path: &'a str, body: &'a [u8]) -> Call<'a> {
        Call::post(operation, path, self.from, body)
    }

    /// How long a pause is this time: exponentially distributed, and never over ten times the mean.
    fn pause(&self) -> Duration {
        if self.think.is_zero() {
            return Duration::ZERO;
        }
        let chance = self.desk.random.borrow_mut().random::<f64>();
        self.think.mul_f64((-(1.0 - chance).ln()).min(10.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacer::Pacer;
    use crate::people::Setting;
    use crate::scenario;
    use crate::truth::{Checker, Truth};
    use crate::wire::{Dialler, Pool, tls_config};
    use std::sync::Arc;

    /// What a visit may take up, in bytes. There are tens of thousands of them when a target is slow.
    const ROOM: usize = 1280;

    #[test]
    fn a_visit_is_small_enough_to_begin_fifty_thousand_times_a_second() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build_local(Default::default())
            .unwrap();
        runtime.block_on(async {
            let truth = Arc::<Truth>::default();
            let scenario = scenario::load("smoke").unwrap();
            let tls = tls_config(None, scenario.protocol).unwrap();
            let target = "http://127.0.0.1:1".parse().unwrap();
            let dialler =
                Dialler::new(&target, Vec::new(), scenario.protocol, &tls, Duration::ZERO).unwrap();
            let (checker, _) = Checker::start(truth.clone()).unwrap();
            let setting = Setting { scenario, seed: 1, otp: Default::default(), truth };
            let desk = Desk::new(
                Arc::new(setting),
                0,
                Pool::new(dialler, 1),
                Pacer::new().unwrap(),
                checker,
            );
            let visitor = Visitor { person: Person::new(1, 1), prepared: None };
            let visit = begin(desk, 0, visitor, Instant::now());
            let size = std::mem::size_of_val(&visit);
            assert!(size <= ROOM, "a visit has {size} bytes");
        });
    }
}
