//! One thread of the generator.

use super::audit::{self, Reader};
use super::certificates;
use super::control::{Event, Options, Order};
use super::doses::{self, DoseAudit};
use super::mix::Mix;
use super::opening;
use super::plans::Plans;
use super::raw::Audit;
use super::scout::{Route, Scouted};
use super::sessions::{self, SessionAudit};
use super::several::several;
use crate::arrivals::{Moments, Plan};
use crate::measure::Tally;
use crate::pacer::Pacer;
use crate::people::{Desk, Person, Prepared, Setting, Visit, Visitor, begin, prepare};
use crate::scenario::{Citizen, Flow};
use crate::truth::{Checker, Settled};
use rustix::time::{ClockId, clock_gettime};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};
use tokio::runtime::LocalRuntime;
use tokio::sync::{Notify, watch};
use tokio::task::spawn_local;

/// What one thread is to do.
pub(super) struct Assignment {
    pub(super) setting: Arc<Setting>,
    pub(super) options: Arc<Options>,
    pub(super) route: Route,
    pub(super) scouted: Scouted,
    pub(super) plans: Option<Arc<Plans>>,
    /// Which thread of how many, counted over all machines.
    pub(super) number: usize,
    pub(super) of: usize,
    /// Connections and, in a closed loop, people of this thread.
    pub(super) connections: usize,
    pub(super) people: usize,
    pub(super) checker: Checker,
    pub(super) events: Sender<Event>,
    pub(super) orders: watch::Receiver<Order>,
}

/// What one thread brings home.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) tally: Tally,
    pub(super) settled: Settled,
    pub(super) audit: Audit,
    pub(super) doses: DoseAudit,
    pub(super) sessions: SessionAudit,
    pub(super) stalls: Vec<(Instant, Duration)>,
}

/// A runtime for one thread.
pub(super) fn runtime() -> io::Result<LocalRuntime> {
    // Challenges are solved aside, one at a time: they must not take the processor from those who ask.
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(1).build_local(Default::default())
}

/// Does what is assigned. Failures before the start are told as events.
pub(super) fn work(assignment: Assignment) -> Option<Brought> {
    let events = assignment.events.clone();
    let done = runtime().map_err(|error| error.to_string()).and_then(|runtime| {
        runtime.block_on(async { Worker::new(assignment).await?.live().await })
    });
    match done {
        Ok(brought) => Some(brought),
        Err(why) => {
            let _ = events.send(Event::Failed(why));
            None
        }
    }
}

/// A visit more than this many are begun before answers are looked at again.
const AT_ONCE: usize = 64;

/// How long people wait before they try again where nobody takes connections.
const REST: Duration = Duration::from_millis(20);

/// People who are logged in and registered, and have not come yet.
type Queue = RefCell<VecDeque<(Person, Box<Prepared>)>>;

struct Worker {
    assignment: Assignment,
    desk: Rc<Desk>,
    visits: Rc<Visits>,
    /// People prepared, by group.
    prepared: Vec<Queue>,
    /// Who came last, by group.
    counters: Vec<Cell<u64>>,
    /// Who comes of honest people, and who of bots.
    people: Mix,
    bots: Mix,
}

/// Visits under way.
#[derive(Default)]
struct Visits {
    alive: Cell<usize>,
    none_left: Notify,
}

impl Worker {
    async fn new(assignment: Assignment) -> Result<Self, String> {
        let scenario = &assignment.setting.scenario;
        let pool = assignment
            .route
            .pool(scenario, &assignment.options, assignment.connections)
            .map_err(|error| error.to_string())?;
        pool.warm()
            .await
            .map_err(|failure| format!("a connection could not be opened: {failure}"))?;
        spawn_local(pool.clone().watch());
        let pacer = Pacer::new().map_err(|error| error.to_string())?;
        spawn_local(pacer.clone().run());
        let desk = Desk::new(
            assignment.setting.clone(),
            assignment.number,
            pool,
            pacer,
            assignment.checker.share(),
        );
        desk.places.replace(assignment.scouted.places.clone());
        desk.supply.replace(assignment.scouted.supply.clone());
        spawn_local(desk.clone().beat());
        let bots = scenario.swarm.as_ref().map(|swarm| swarm.visit_weights());
        Ok(Self {
            people: Mix::new(0, scenario.visit_weights()),
            bots: Mix::new(scenario.people.len(), bots.unwrap_or_default()),
            prepared: scenario.groups().map(|_| RefCell::default()).collect(),
            counters: scenario.groups().map(|_| Cell::new(0)).collect(),
            visits: Rc::default(),
            desk,
            assignment,
        })
    }

    async fn live(self) -> Result<Brought, String> {
        self.prepare().await;
        self.open().await?;
        let _ = self.assignment.events.send(Event::Ready);
        let mut orders = self.assignment.orders.clone();
        let Some(start) = start(&mut orders).await else { return Ok(Brought::default()) };
        self.desk.recorder.borrow_mut().restart(start);
        self.desk.pacer.sleep_until(start).await;
        let cutter =
            spawn_local(cut_every_second(self.desk.clone(), self.assignment.events.clone()));
        let closer = spawn_local(close(
            self.desk.clone(),
            start + self.assignment.setting.scenario.duration.0,
            orders.clone(),
        ));
        match self.assignment.plans.as_deref() {
            Some(Plans { people, swarm: Some((after, bots)) }) => {
                let honest = self.open_loop(people, &self.people, start);
                tokio::join!(honest, self.open_loop(bots, &self.bots, start + *after));
            }
            Some(plans) => self.open_loop(&plans.people, &self.people, start).await,
            None => self.closed_loop(),
        }
        self.until_all_have_left().await;
        closer.abort();
        self.desk.close();
        self.drain().await;
        cutter.abort();
        let last = cut(&self.desk, &mut thread_seconds());
        let _ = self.assignment.events.send(Event::Row(Box::new(last)));
        let _ = self.assignment.events.send(Event::TrafficOver);
        let reader = Reader::new(self.desk.clone(), orders);
        certificates::until_none_is_waited_for(&reader).await;
        let (settled, audit) = audit::read_back(&reader, &self.assignment.events).await;
        let mut doses = doses::read_back(&reader, &self.assignment.events).await;
        doses.certificates_untold = certificates::read_back(&reader, &self.assignment.events).await;
        let sessions = sessions::read_back(&reader, &self.assignment.events).await;
        let stalls = self.desk.take_stalls();
        let recorder = self.desk.take_recorder();
        Ok(Brought { tally: recorder.into_tally(), settled, audit, doses, sessions, stalls })
    }

    /// Logs in and registers those who are to be prepared, as many at a time as there are connections.
    async fn prepare(&self) {
        for (group, description) in self.assignment.setting.scenario.people.iter().enumerate() {
            let Flow::Citizen(citizen) = &description.flow else { continue };
            if citizen.prepared {
                self.prepare_group(group, citizen).await;
            }
        }
    }

    async fn prepare_group(&self, group: usize, citizen: &Citizen) {
        let Assignment { number, of, .. } = self.assignment;
        let mine = citizen.people.saturating_sub(number as u64).div_ceil(of as u64);
        let people = (0..mine).map(|_| {
            let person = self.next_person(group);
            let (desk, citizen) = (self.desk.clone(), citizen.clone());
            async move {
                let visit = Visit::new(desk, group, person, Instant::now(), Duration::ZERO);
                (person, Box::pin(prepare(&visit, &citizen)).await)
            }
        });
        several(self.assignment.connections, people, |(person, prepared)| {
            let _ = self.assignment.events.send(Event::Prepared(prepared.is_some()));
            if let Some(prepared) = prepared {
                self.prepared[group].borrow_mut().push_back((person, Box::new(prepared)));
            }
        })
        .await;
    }

    /// Opens the counters of facilities and brings managers into office, if there are any.
    async fn open(&self) -> Result<(), String> {
        let scenario = &self.assignment.setting.scenario;
        if let Some(counter) = scenario.counter() {
            let next_person = || self.next_person(counter.0);
            opening::open(&self.desk, &self.assignment, counter, next_person).await?;
        }
        match scenario.publisher() {
            Some((group, _)) => opening::managers(&self.desk, &self.assignment, group).await,
            None => Ok(()),
        }
    }

    /// Visits of a mix begin when the schedule says, whatever became of those before. The schedule begins at `start`.
    async fn open_loop(&self, plan: &Plan, mix: &Mix, start: Instant) {
        let Assignment { number, of, setting, .. } = &self.assignment;
        let mut moments = plan.part(*number, *of, setting.seed.wrapping_add(mix.first as u64));
        let over = self.over();
        let mut at_once = 0;
        while let Some(moment) = moments.next() {
            let due = start + Duration::from_secs_f64(moment);
            if due > Instant::now() {
                at_once = 0;
                self.desk.pacer.sleep_until(due).await;
            } else {
                at_once += 1;
                if at_once % AT_ONCE == 0 {
                    tokio::task::yield_now().await;
                }
            }
            if self.desk.is_closing() {
                if over <= Instant::now() {
                    self.count_never_begun(&moments, moment, over - start);
                }
                return;
            }
            if !self.begin_one(mix, due) {
                return;
            }
        }
    }

    /// Arrivals that were due and not begun when the time was over. Those of the last moment may be late like any others.
    fn count_never_begun(&self, moments: &Moments, from_s: f64, length: Duration) {
        let scenario = &self.assignment.setting.scenario;
        let until_s = length.as_secs_f64() - scenario.send_lag_limit.as_s();
        let left = if from_s < until_s { moments.between(from_s, until_s) } else { 0.0 };
        self.desk.recorder.borrow_mut().never_begun(left.round() as u64);
    }

    /// Begins a visit of a mix; `false` if nobody is left who could come.
    fn begin_one(&self, mix: &Mix, due: Instant) -> bool {
        let chosen = mix.choose(&mut *self.desk.random.borrow_mut()) - mix.first;
        let groups = mix.len();
        let able = (0..groups)
            .map(|step| mix.first + (chosen + step) % groups)
            .find_map(|group| Some((group, self.visitor(group)?)));
        let Some((group, visitor)) = able else { return false };
        let (desk, visits) = (self.desk.clone(), self.visits.clone());
        visits.alive.set(visits.alive.get() + 1);
        spawn_local(async move {
            begin(desk, group, visitor, due).await;
            visits.left();
        });
        true
    }

    /// So many people who visit again and again.
    fn closed_loop(&self) {
        let think =
            self.assignment.setting.scenario.closed.map_or(Duration::ZERO, |closed| closed.think.0);
        let me = Rc::new(Crowd {
            mix: self.people.clone(),
            desk: self.desk.clone(),
            next: Cell::new(0),
            number: self.assignment.number as u64,
            of: self.assignment.of as u64,
            think,
        });
        for _ in 0..self.assignment.people {
            let (me, visits) = (me.clone(), self.visits.clone());
            visits.alive.set(visits.alive.get() + 1);
            spawn_local(async move {
                me.live().await;
                visits.left();
            });
        }
    }

    /// Who comes next of a group; `None` if all have come.
    fn visitor(&self, group: usize) -> Option<Visitor> {
        let flow = &self.assignment.setting.scenario.group(group).flow;
        if let Flow::Citizen(citizen) = flow {
            if citizen.prepared {
                let (person, prepared) = self.prepared[group].borrow_mut().pop_front()?;
                return Some(Visitor { person, prepared: Some(prepared) });
            }
            let came = self.counters[group].get() * self.assignment.of as u64
                + self.assignment.number as u64;
            if citizen.people > 0 && came >= citizen.people {
                return None;
            }
        }
        Some(Visitor { person: self.next_person(group), prepared: None })
    }

    /// The next person of a group. Those who poll come round again; everybody else is new.
    fn next_person(&self, group: usize) -> Person {
        let Assignment { number, of, setting, .. } = &self.assignment;
        let counter = self.counters[group].replace(self.counters[group].get() + 1);
        numbered(setting, group, counter * *of as u64 + *number as u64)
    }

    /// Waits for the end of the time, or until nobody is left who could come.
    async fn until_all_have_left(&self) {
        let over = self.over();
        while !self.desk.is_closing() && Instant::now() < over && self.visits.alive.get() > 0 {
            tokio::select! {
                () = self.visits.none_left.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
        }
    }

    /// When the time is over.
    fn over(&self) -> Instant {
        self.desk.recorder.borrow().start() + self.assignment.setting.scenario.duration.0
    }

    /// Lets visits under way finish their request.
    async fn drain(&self) {
        let patience = self.assignment.setting.scenario.timeout.0 + Duration::from_millis(500);
        let until = Instant::now() + patience;
        while self.visits.alive.get() > 0 && Instant::now() < until {
            self.desk.pacer.wake_all();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Visits {
    fn left(&self) {
        self.alive.set(self.alive.get() - 1);
        if self.alive.get() == 0 {
            self.none_left.notify_one();
        }
    }
}

/// People of a closed loop.
struct Crowd {
    desk: Rc<Desk>,
    mix: Mix,
    next: Cell<u64>,
    number: u64,
    of: u64,
    think: Duration,
}

impl Crowd {
    /// One place in the crowd: visits, pauses, and visits again.
    async fn live(&self) {
        while !self.desk.is_closing() {
            let group = self.mix.choose(&mut *self.desk.random.borrow_mut());
            let counter = self.next.replace(self.next.get() + 1);
            let person = numbered(&self.desk.setting, group, counter * self.of + self.number);
            begin(self.desk.clone(), group, Visitor { person, prepared: None }, Instant::now())
                .await;
            let pause = if self.desk.is_target_down() { self.think.max(REST) } else { self.think };
            if pause.is_zero() {
                // A visit that needed no answer would else never let anybody else run.
                tokio::task::coop::consume_budget().await;
            } else {
                self.desk.pacer.sleep_until(Instant::now() + pause).await;
            }
        }
    }
}

/// The person of a number within a group. Groups do not share people.
fn numbered(setting: &Setting, group: usize, number: u64) -> Person {
    let number = match &setting.scenario.group(group).flow {
        Flow::Poller(poller) => number % poller.people,
        _ => number,
    };
    Person::new((group as u64) << 40 | number, setting.seed)
}

/// Waits for the order to start; `None` if it never comes.
async fn start(orders: &mut watch::Receiver<Order>) -> Option<Instant> {
    let order = orders.wait_for(|order| !matches!(order, Order::Prepare)).await.ok()?;
    if let Order::Start(start) = *order { Some(start) } else { None }
}

/// Ends the traffic when the time is over or somebody says so.
async fn close(desk: Rc<Desk>, at: Instant, mut orders: watch::Receiver<Order>) {
    tokio::select! {
        () = desk.pacer.sleep_until(at) => {}
        _ = orders.wait_for(|order| matches!(order, Order::Stop | Order::Abandon)) => {}
    }
    desk.close();
}

async fn cut_every_second(desk: Rc<Desk>, events: Sender<Event>) {
    let start = desk.recorder.borrow().start();
    let mut used = thread_seconds();
    for second in 1.. {
        desk.pacer.sleep_until(start + Duration::from_secs(second)).await;
        // Woken early, the traffic is over, and what is left of it belongs to the last row.
        if desk.is_closing() || events.send(Event::Row(Box::new(cut(&desk, &mut used)))).is_err() {
            return;
        }
    }
}

fn cut(desk: &Desk, used: &mut f64) -> crate::measure::Interval {
    let now = thread_seconds();
    let mut recorder = desk.recorder.borrow_mut();
    let mut row = recorder.cut(Instant::now(), 0.0);
    row.generator_busy =
        if row.length_s > 0.0 { ((now - *used) / row.length_s).min(1.0) } else { 0.0 };
    desk.pacer.fit_to(row.generator_busy);
    *used = now;
    row
}

/// Processor seconds that this thread has used.
fn thread_seconds() -> f64 {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}
