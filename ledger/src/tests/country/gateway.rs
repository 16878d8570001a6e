//! A gateway whose lane and body are stepped by hand.

use super::front::Front;
use super::memory::{Listener, Memory, Shown};
use crate::audit::notary::Notary;
use crate::commands::Command;
use crate::engine::Engine;
use crate::fixture::{Pending, TODAY, engine, morning};
use crate::lane::Pace;
use crate::lane::runner::{Runner, Step};
use crate::lane::share::{Heard, Share};
use crate::members::{Body, Common, Follower, Heart, Limb, Told, joining};
use crate::opening;
use crate::read::Reader;
use crate::request::{Job, Request};
use crate::store::block_on::block_on;
use crate::store::{self, ReadError};
use crossbeam::channel::{Sender, bounded, unbounded};
use opencowin_model::{Clock, Session, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(super) const TERM: Duration = Duration::from_millis(1500);

pub(super) struct Gateway {
    pub(super) engine: Arc<Engine>,
    pub(super) common: Arc<Common>,
    /// The lane's way to the store.
    pub(super) front: Arc<Front>,
    /// The body's.
    pub(super) ear: Arc<Front>,
    pub(super) memory: Arc<Mutex<Memory>>,
    queue: Sender<Job>,
    lane: Arc<Mutex<Runner>>,
    heart: Heart<Hand>,
    body: Body<Hand>,
    notary: Notary,
    last_head: Option<Instant>,
    /// By how much its monotonic clock is ahead of the others'.
    pub(super) skew: Duration,
}

/// Reaches the lane by stepping it.
#[derive(Clone)]
struct Hand {
    told: Sender<Heard>,
    queue: Sender<Job>,
    lane: Arc<Mutex<Runner>>,
    front: Arc<Front>,
}

impl Limb for Hand {
    fn tell(&mut self, told: Told) -> bool {
        let (applied, wait) = bounded(1);
        self.told.send((told, applied)).unwrap();
        self.front.around(|| self.lane.lock().unwrap().step());
        wait.try_recv().is_ok()
    }

    fn order(&mut self, command: Command) {
        let (job, _) = Job::of(Request::of(command));
        self.queue.send(job).unwrap();
    }
}

impl Gateway {
    pub(super) fn open(store: &Arc<store::memory::Memory>, seed: u64, speaks: u32) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let tells = random.random();
        let (front, ear) = (Front::new(store.clone(), tells), Front::new(store.clone(), tells));
        let clock = Arc::new(Clock::fixed(morning(TODAY)));
        let engines = [&front, &ear].map(|front| engine(front.clone(), clock.clone()));
        let ahead = opening::open(&engines[0], &mut random).unwrap();
        let joined = joining::join(&engines[0], &mut random, speaks).unwrap();
        let common = Common::new(joined.me, joined.schema);
        let follower = Follower::start(engines[1].clone(), common.clone()).unwrap();
        let memory = Arc::new(Mutex::new(load(&engines[0])));
        let (told, news) = unbounded();
        let (generation, listener) = (joined.generation, Listener(memory.clone()));
        let share =
            Share::new(common.clone(), Box::new(listener), news, speaks, (generation, ahead));
        let (queue, receive) = unbounded();
        let pace = Pace { depth: 1, gather: 0.0, group: 1024 };
        let lane_random = StdRng::from_rng(&mut random);
        let broken = Arc::new(AtomicBool::new(false));
        let lane = Runner::new(engines[0].clone(), receive, pace, lane_random, broken, Some(share));
        let lane = Arc::new(Mutex::new(lane));
        let hand = Hand { told, queue: queue.clone(), lane: lane.clone(), front: front.clone() };
        let [engine, body_engine] = engines;
        let heart_random = StdRng::from_rng(&mut random);
        let heart =
            Heart::new(body_engine.clone(), common.clone(), hand.clone(), heart_random, TERM);
        let notary = Notary::new(body_engine.clone());
        let body = Body::new(body_engine, common.clone(), follower, hand, random, (TERM, speaks));
        let (last_head, skew) = (None, Duration::ZERO);
        Self {
            engine,
            common,
            front,
            ear,
            memory,
            queue,
            lane,
            heart,
            body,
            notary,
            last_head,
            skew,
        }
    }

    pub(super) fn submit(&mut self, command: Command) -> Pending {
        self.ask(Request::of(command))
    }

    pub(super) fn ask(&mut self, request: Request) -> Pending {
        let (pending, job) = Pending::of(request);
        self.queue.send(job).unwrap();
        pending
    }

    pub(super) fn step(&mut self) -> Step {
        self.front.around(|| self.lane.lock().unwrap().step())
    }

    /// Steps until there is nothing to do but to wait.
    pub(super) fn work(&mut self) {
        while self.step() == Step::Worked {}
    }

    /// What heart and body do now and then.
    pub(super) fn breathe(&mut self, now: Instant) -> Result<(), ReadError> {
        let now = now + self.skew;
        if self.last_head.is_none_or(|last| now - last > Duration::from_secs(1)) {
            self.last_head = Some(now);
            self.notary.attend()?;
        }
        self.heart.live(now).and(self.body.follow(now))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }
}

fn load(engine: &Arc<Engine>) -> Memory {
    let mut memory = Memory::default();
    let each = |chunk: Vec<(Session, crate::records::Counters)>| {
        for (session, counters) in chunk {
            memory.define(&session);
            let shown = Shown { counters: Some(counters), ..Shown::default() };
            memory.seats.insert(session.key(), shown);
        }
    };
    block_on(Reader::new(engine.clone()).load_sessions(TODAY, each)).unwrap();
    memory
}
