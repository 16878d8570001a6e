//! The loop that watches a run.

use super::chaos::{ChaosPlan, arm_chaos};
use super::interrupt::Interrupt;
use super::plans::Plans;
use super::raw::Raw;
use super::scout::{self, Route, Scouted};
use super::thread::{self, Assignment, Brought};
use crate::arrivals;
use crate::measure::{Interval, Timeline};
use crate::people::{OtpSource, Setting};
use crate::result::Machine;
use crate::result::machine::Usage;
use crate::scenario::Scenario;
use crate::truth::{Checker, Truth};
use crate::wire::{Target, TargetError, tls_config};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::sync::watch;

/// How a scenario is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the traffic goes.
    pub target: Target,
    /// What every random choice is made from.
    pub seed: u64,
    /// Threads of the generator.
    pub threads: usize,
    /// Further certificates to trust, in PEM.
    pub tls_roots: Option<PathBuf>,
    /// Where one-time passwords come from.
    pub otp: OtpSource,
    /// What is done to the target, and when.
    pub chaos: Vec<ChaosPlan>,
    /// Which machine this is.
    pub part: Part,
}

/// One machine of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Part {
    /// The only one.
    pub const ALL: Self = Self { number: 0, of: 1 };

    /// This machine's share of a number of things.
    pub fn share(self, all: usize) -> usize {
        all / self.of + usize::from(self.number < all % self.of)
    }
}

/// Why there is no result.
#[derive(Debug, Error)]
pub enum RunError {
    /// The target's name leads nowhere.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Nobody answers.
    #[error("{0}")]
    Unreachable(String),
    /// What answers is not what the scenario needs.
    #[error("the target cannot be used: {0}")]
    Unusable(String),
    /// A recording cannot be replayed.
    #[error(transparent)]
    Recording(#[from] arrivals::RecordingError),
    /// This machine is out of something.
    #[error("this machine cannot run it: {0}")]
    System(std::io::Error),
    /// Somebody ended it before it began.
    #[error("ended before it began")]
    Ended,
}

/// What threads tell.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody is logged in and registered, or could not be.
    Prepared(bool),
    Ready,
    Row(Box<Interval>),
    TrafficOver,
    ToReadBack(usize),
    ReadBack,
    Failed(String),
}

/// What threads are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Connect, and prepare people.
    Prepare,
    /// Begin at this moment.
    Start(Instant),
    /// End the traffic.
    Stop,
    /// End everything.
    Abandon,
}

/// What the loop tells whoever looks on, about once a second.
#[derive(Debug)]
pub struct Progress<'a> {
    /// What is going on, in words.
    pub phase: &'a str,
    /// Seconds since the start; negative before it.
    pub elapsed_s: f64,
    /// The run in time, as far as it has come.
    pub timeline: &'a Timeline,
    /// What the target has broken so far.
    pub truth: &'a Truth,
    /// Seats in play that are left, if the scenario has a supply.
    pub seats_left: Option<i64>,
}

/// Whoever looks on, and says when to start.
pub trait Watcher {
    /// This machine is ready. Waits for the others; `None` if there will be no start.
    fn ready(&mut self) -> Option<Instant>;

    /// What is going on.
    fn progress(&mut self, progress: &Progress<'_>);
}

/// From the last thread being ready to the start: every thread has to hear of it.
pub const LEAD: Duration = Duration::from_millis(100);

/// How often whoever looks on is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Offers the traffic of a scenario, or of this machine's part of it, and brings home what it saw.
///
/// # Errors
/// If it could not begin. Once it has begun there is a result, however it ends.
pub fn offer(
    scenario: &Scenario,
    options: &Options,
    interrupt: &Interrupt,
    watcher: &mut dyn Watcher,
) -> Result<Raw, RunError> {
    let addresses = options.target.addresses()?;
    let tls = tls_config(options.tls_roots.as_deref(), scenario.protocol)
        .map_err(RunError::Unreachable)?;
    let route = Route { addresses, tls };
    let plans = Plans::of(scenario)?.map(Arc::new);
    let setting = Arc::new(Setting {
        scenario: scenario.clone(),
        seed: options.seed,
        otp: options.otp.clone(),
        truth: Arc::default(),
    });
    let visits = plans.as_ref().map_or(0.0, |plans| plans.people.count());
    let scouted = scout::scout(&setting, options, &route, visits, interrupt)?;
    let (checker, checking) = Checker::start(setting.truth.clone()).map_err(RunError::System)?;
    let crew = Crew::hire(&setting, options, &route, &scouted, plans.as_ref(), &checker)?;
    drop(checker);
    let mut raw = crew.work(
        scenario,
        options,
        interrupt,
        watcher,
        &setting,
        scouted.supply.as_ref().map(|supply| supply.seats()),
    )?;
    if let Some(doses) = &mut raw.doses
        && !interrupt.ends_everything()
    {
        let after = scout::figures_after(&setting, options, &route, &scouted.sites);
        doses.count(&scouted.figures, &after);
    }
    // The checker ends when the last thread that could send it something has.
    let _ = checking.join();
    raw.freshness = setting.truth.freshness_so_far();
    raw.violations = setting.truth.violations.list();
    if let Some(supply) = &scouted.supply {
        raw.supply = supply.sessions();
        raw.remarks.push(format!(
            "{} seats in {} sessions were in play.",
            supply.seats(),
            raw.supply.len()
        ));
    }
    raw.rate_target = plans
        .map(|plans| plans.requests(scenario) / scenario.duration.as_s() / options.part.of as f64);
    Ok(raw)
}

/// The threads of a machine.
struct Crew {
    threads: Vec<JoinHandle<Option<Brought>>>,
    events: Receiver<Event>,
    orders: watch::Sender<Order>,
    connections: usize,
}

impl Crew {
    fn hire(
        setting: &Arc<Setting>,
        options: &Options,
        route: &Route,
        scouted: &Scouted,
        plans: Option<&Arc<Plans>>,
        checker: &Checker,
    ) -> Result<Self, RunError> {
        let (sender, events) = channel();
        let (orders, _) = watch::channel(Order::Prepare);
        let options = Arc::new(options.clone());
        let (part, count) = (options.part, options.threads.max(1));
        let people = setting.scenario.closed.map_or(0, |closed| part.share(closed.people));
        let connections = part.share(setting.scenario.connections).max(count);
        let share = |all: usize, number: usize| Part { number, of: count }.share(all);
        let hire = |number: usize| {
            let assignment = Assignment {
                setting: setting.clone(),
                options: options.clone(),
                route: route.clone(),
                scouted: scouted.clone(),
                plans: plans.cloned(),
                number: part.number + number * part.of,
                of: part.of * count,
                connections: share(connections, number),
                people: share(people, number),
                checker: checker.share(),
                events: sender.clone(),
                orders: orders.subscribe(),
            };
            let named = std::thread::Builder::new().name(format!("people-{number}"));
            named.spawn(move || thread::work(assignment)).map_err(RunError::System)
        };
        let threads = (0..count).map(hire).collect::<Result<_, _>>()?;
        Ok(Self { threads, events, orders, connections })
    }

    fn work(
        self,
        scenario: &Scenario,
        options: &Options,
        interrupt: &Interrupt,
        watcher: &mut dyn Watcher,
        setting: &Setting,
        seats: Option<u64>,
    ) -> Result<Raw, RunError> {
        let mut machine = Machine::here();
        let mut watch = Watch {
            seats,
            truth: &setting.truth,
            timeline: Timeline::default(),
            start: None,
            told: None,
            unprepared: 0,
        };
        self.wait_until_ready(interrupt, watcher, &mut watch)?;
        let start = watcher.ready().ok_or(RunError::Ended)?;
        let usage = Usage::now();
        let started_at = jiff::Timestamp::now().to_string();
        watch.start = Some(start);
        self.orders.send_replace(Order::Start(start));
        let chaos = arm_chaos(&options.chaos, start).map_err(RunError::System)?;
        let stopped = self.wait_until_over(interrupt, watcher, &mut watch);
        machine.after(usage);
        let chaos = chaos.outcomes(&watch.timeline);
        let mut raw = Raw {
            started_at,
            duration_s: watch.duration_s(scenario, stopped),
            connections: self.connections,
            threads: self.threads.len(),
            timeline: watch.timeline,
            sales: setting.truth.seats.sales(start),
            moments: setting.truth.seats.moments(start),
            interrupted: stopped.is_some(),
            chaos,
            machine,
            ..Raw::default()
        };
        if watch.unprepared > 0 {
            raw.remarks.push(format!(
                "{} people could not be prepared and stayed away.",
                watch.unprepared
            ));
        }
        self.gather(&mut raw, start, scenario);
        Ok(raw)
    }

    /// Connecting and preparing.
    fn wait_until_ready(
        &self,
        interrupt: &Interrupt,
        watcher: &mut dyn Watcher,
        watch: &mut Watch<'_>,
    ) -> Result<(), RunError> {
        let (mut ready, mut prepared, mut refused) = (0, 0, 0);
        while ready < self.threads.len() {
            match self.next(watcher, watch, &format!("prepared {prepared} people")) {
                Some(Event::Ready) => ready += 1,
                Some(Event::Prepared(true)) => prepared += 1,
                Some(Event::Prepared(false)) => refused += 1,
                Some(Event::Failed(why)) => return Err(RunError::Unreachable(why)),
                _ => {}
            }
            if interrupt.ends_traffic() {
                self.orders.send_replace(Order::Abandon);
                return Err(RunError::Ended);
            }
        }
        if prepared == 0 && refused > 0 {
            let why = format!(
                "none of the {refused} people who were to be prepared could log in and register"
            );
            return Err(RunError::Unusable(why));
        }
        watch.unprepared = refused;
        Ok(())
    }

    /// Traffic and reading back. Says when somebody ended the traffic early, if so.
    fn wait_until_over(
        &self,
        interrupt: &Interrupt,
        watcher: &mut dyn Watcher,
        watch: &mut Watch<'_>,
    ) -> Option<Instant> {
        let (mut over, mut accounts, mut read) = (0, 0, 0);
        let mut stopped = None;
        loop {
            let phase = if over < self.threads.len() {
                "running".to_owned()
            } else {
                format!("read back {read} of {accounts} accounts and facilities")
            };
            match self.next(watcher, watch, &phase) {
                Some(Event::Row(row)) => watch.timeline.add(&row),
                Some(Event::TrafficOver) => over += 1,
                Some(Event::ToReadBack(more)) => accounts += more,
                Some(Event::ReadBack) => read += 1,
                Some(_) => {}
                None if self.threads.iter().all(JoinHandle::is_finished) => break,
                None => {}
            }
            if interrupt.ends_everything() {
                self.orders.send_replace(Order::Abandon);
            } else if interrupt.ends_traffic() && stopped.is_none() {
                if over < self.threads.len() {
                    stopped = Some(Instant::now());
                }
                self.orders.send_replace(Order::Stop);
            }
        }
        stopped
    }

    /// The next event; `None` if there is none for a moment.
    fn next(&self, watcher: &mut dyn Watcher, watch: &mut Watch<'_>, phase: &str) -> Option<Event> {
        watch.tell(watcher, phase);
        match self.events.recv_timeout(Duration::from_millis(50)) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(Duration::from_millis(5));
                None
            }
        }
    }

    fn gather(self, raw: &mut Raw, start: Instant, scenario: &Scenario) {
        for thread in self.threads {
            let Ok(Some(brought)) = thread.join() else {
                raw.remarks.push(
                    "A thread of the generator ended early; what it saw is missing.".to_owned(),
                );
                raw.interrupted = true;
                continue;
            };
            raw.tally.add(&brought.tally);
            raw.audit.add(&brought.audit);
            if scenario.counter().is_some() {
                raw.doses.get_or_insert_default().add(&brought.doses);
            }
            if scenario.publisher().is_some() {
                raw.sessions.get_or_insert_default().add(&brought.sessions);
            }
            for (session, live) in brought.settled.live {
                *raw.live.entry(session).or_default() += live;
            }
            let since = |at: Instant| at.saturating_duration_since(start).as_secs_f64();
            raw.stalls.extend(
                brought.stalls.iter().map(|(at, length)| (since(*at), length.as_secs_f64())),
            );
        }
    }
}

/// What the loop has seen.
struct Watch<'a> {
    seats: Option<u64>,
    truth: &'a Truth,
    timeline: Timeline,
    start: Option<Instant>,
    told: Option<Instant>,
    /// People who were to be prepared and could not.
    unprepared: u64,
}

impl Watch<'_> {
    fn tell(&mut self, watcher: &mut dyn Watcher, phase: &str) {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        let taken: i64 = self.timeline.rows().iter().map(|row| row.seats_taken).sum();
        watcher.progress(&Progress {
            phase,
            elapsed_s: self.start.map_or(0.0, |start| start.elapsed().as_secs_f64()),
            timeline: &self.timeline,
            truth: self.truth,
            seats_left: self.seats.map(|seats| seats as i64 - taken),
        });
    }

    /// How long traffic was offered: the scenario's duration, or until somebody ended it, or until nobody was left.
    fn duration_s(&self, scenario: &Scenario, stopped: Option<Instant>) -> f64 {
        let last = self.timeline.rows().last().map_or(0.0, |row| row.at_s + row.length_s);
        let until = match (stopped, self.start) {
            (Some(stopped), Some(start)) => stopped.saturating_duration_since(start).as_secs_f64(),
            _ => scenario.duration.as_s(),
        };
        until.min(last)
    }
}
