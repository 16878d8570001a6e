//! What a member does beside committing: it lives, follows the others, and sees to the dead.

use super::follower::{Follower, Look};
use super::warden::Warden;
use super::{Common, News, joining};
use crate::commands::{Command, EndLease};
use crate::complaint::Complaint;
use crate::engine::Engine;
use crate::records::Trace;
use crate::store::ReadError;
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use foldhash::{HashMap, HashMapExt};
use rand::rngs::StdRng;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Heartbeats in a term.
const BEATS: u32 = 6;

/// How often leases are looked through for those that nobody will end.
const SWEEP: Duration = Duration::from_millis(500);

/// How long the entries of a lane are kept that nobody adds to any more. Who asks for the fate of a commit asks within
/// seconds.
const KEPT: Duration = Duration::from_secs(3600);

/// News for the lane, and when it was looked for: all that had been committed by then has been told with it. Nothing, if
/// more of the same look follows.
pub(crate) struct Told {
    pub(crate) news: News,
    pub(crate) complete_from: Option<Instant>,
}

/// How a body reaches the lane.
pub(crate) trait Limb: Send {
    /// Tells it what others have done. Answers when it knows.
    fn tell(&mut self, told: Told) -> bool;

    /// Has it carry out a command of ours, some time.
    fn order(&mut self, command: Command);
}

/// Everything that the body's thread owns.
pub(crate) struct Body<L> {
    engine: Arc<Engine>,
    common: Arc<Common>,
    follower: Follower,
    warden: Warden,
    limb: L,
    random: StdRng,
    speaks: u32,
    beat_every: Duration,
    beats: u64,
    last_beat: Option<Instant>,
    last_sweep: Option<Instant>,
    /// Lanes of no member, where they stand, and since when.
    idle: HashMap<Uuid, (Trace, Instant)>,
}

impl<L: Limb> Body<L> {
    pub(crate) fn new(
        engine: Arc<Engine>,
        common: Arc<Common>,
        follower: Follower,
        limb: L,
        random: StdRng,
        (term, speaks): (Duration, u32),
    ) -> Self {
        Self {
            engine,
            common,
            follower,
            warden: Warden::new(term),
            limb,
            random,
            speaks,
            beat_every: term / BEATS,
            beats: 0,
            last_beat: None,
            last_sweep: None,
            idle: HashMap::new(),
        }
    }

    /// Says that we live, if it is time to.
    pub(crate) fn live(&mut self, now: Instant) -> Result<(), ReadError> {
        if self.last_beat.is_some_and(|last| now - last < self.beat_every) {
            return Ok(());
        }
        self.last_beat = Some(now);
        self.beats += 1;
        if !joining::beat(&self.engine, self.common.me(), self.beats, &mut self.random)? {
            // Whatever the lane does next, it finds out.
            self.limb.order(Command::Barrier);
        }
        Ok(())
    }

    /// Looks at what others have done and tells the lane; sees to the dead.
    pub(crate) fn follow(&mut self, now: Instant) -> Result<(), ReadError> {
        let mut look = self.follower.look()?;
        self.common.set_members(look.members.iter().map(|(member, _)| *member).collect());
        if let Err(error) = self.tell(&mut look, now) {
            self.follower.undone(&look);
            return Err(error);
        }
        self.see_to_the_dead(&look, now)?;
        self.follower.done(look);
        Ok(())
    }

    fn tell(&mut self, look: &mut Look, now: Instant) -> Result<(), ReadError> {
        if look.lost {
            tracing::warn!("fell behind the other gateways; reading everything again");
            self.common.resyncs.fetch_add(1, Ordering::Relaxed);
            let today = self.engine.context(0).today();
            look.changed.extend(self.follower.everything(today)?);
        }
        let changed: Vec<_> = look.changed.iter().copied().collect();
        let silent = || ReadError::Unavailable("the lane does not answer".to_owned());
        for news in self.follower.news(&changed) {
            let told = Told { news: news?, complete_from: None };
            self.limb.tell(told).then_some(()).ok_or_else(silent)?;
        }
        let news = News { version: look.version, ..News::default() };
        let told = Told { news, complete_from: Some(now) };
        self.limb.tell(told).then_some(()).ok_or_else(silent)
    }

    fn see_to_the_dead(&mut self, look: &Look, now: Instant) -> Result<(), ReadError> {
        let mut someone_died = false;
        for (peer, heartbeat) in self.warden.silent(self.common.me(), &look.members, now) {
            if joining::fence(&self.engine, peer, heartbeat, &mut self.random)? {
                tracing::warn!(%peer, "a gateway has been silent for too long; its leases are void");
                self.common.fenced.fetch_add(1, Ordering::Relaxed);
                someone_died = true;
            }
        }
        if !someone_died && self.last_sweep.is_some_and(|last| now - last < SWEEP) {
            return Ok(());
        }
        self.last_sweep = Some(now);
        let today = self.engine.context(0).today();
        for (holder, session) in self.follower.to_be_ended(today)? {
            self.limb.order(Command::EndLease(EndLease { holder, session }));
        }
        self.raise_schema(look)?;
        self.bury(look, now);
        Ok(())
    }

    fn raise_schema(&mut self, look: &Look) -> Result<(), ReadError> {
        let due = self.common.schema() < self.speaks;
        if due && look.slowest.is_some_and(|slowest| slowest >= self.speaks) {
            let schema = joining::raise_schema(&self.engine, self.speaks, &mut self.random)?;
            if schema == self.speaks {
                tracing::info!(schema, "every gateway runs a newer program now");
            }
            self.common.set_schema(schema);
        }
        Ok(())
    }

    /// Removes what lanes have left that nobody will ask about any more.
    fn bury(&mut self, look: &Look, now: Instant) {
        let is_member = |lane: &Uuid| look.members.iter().any(|(member, _)| member == lane);
        self.idle.retain(|lane, _| look.lanes.iter().any(|(other, _)| other == lane));
        for (lane, trace) in look.lanes.iter().filter(|(lane, _)| !is_member(lane)) {
            let (stood, since) = self.idle.entry(*lane).or_insert((*trace, now));
            if stood != trace {
                (*stood, *since) = (*trace, now);
            } else if now - *since > KEPT {
                joining::bury(&self.engine, *lane);
            }
        }
    }
}

/// The thread of a body. Dropping it ends the thread.
pub(crate) struct Pulse {
    following: Arc<AtomicBool>,
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Lives from now on, and follows once it is [told to](Self::follow).
    pub(crate) fn start<L: Limb + 'static>(mut body: Body<L>, every: Duration) -> io::Result<Self> {
        let (wake, woken) = bounded(1);
        let following = Arc::new(AtomicBool::new(false));
        let follows = following.clone();
        let mut complaint = Complaint::default();
        let run = move || {
            while sleep(&woken, every) {
                let now = Instant::now();
                let lived = body.live(now);
                let followed =
                    if follows.load(Ordering::Acquire) { body.follow(now) } else { Ok(()) };
                if let Err(error) = lived.and(followed)
                    && let Some(unlogged) = complaint.due(now)
                {
                    tracing::warn!(%error, unlogged, "the other gateways cannot be followed");
                }
            }
        };
        let thread = std::thread::Builder::new().name("ledger-feed".into()).spawn(run)?;
        Ok(Self { following, wake: Some(wake), thread: Some(thread) })
    }

    pub(crate) fn follow(&self) {
        self.following.store(true, Ordering::Release);
    }

    /// Has it look at once.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // It was woken already if there is no room.
            let (Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(()))) =
                wake.try_send(());
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that follows the other gateways panicked");
        }
    }
}

/// Sleeps until woken; whether to go on.
fn sleep(woken: &Receiver<()>, longest: Duration) -> bool {
    !matches!(woken.recv_timeout(longest), Err(RecvTimeoutError::Disconnected))
}
