//! What a member does beside committing: it follows the others and sees to the dead.

use super::follower::{Follower, Look};
use super::warden::Warden;
use super::{Common, News, joining};
use crate::commands::{Command, EndLease};
use crate::complaint::Complaint;
use crate::engine::Engine;
use crate::records::Trace;
use crate::rules::Draw;
use crate::store::ReadError;
use foldhash::{HashMap, HashMapExt};
use rand::rngs::StdRng;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use uuid::Uuid;

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
    last_sweep: Option<Instant>,
    lost: Complaint,
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
            last_sweep: None,
            lost: Complaint::default(),
            idle: HashMap::new(),
        }
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
            if let Some(unlogged) = self.lost.due(now) {
                tracing::warn!(
                    unlogged,
                    "fell behind the other gateways; reading everything again"
                );
            }
            self.common.resyncs.fetch_add(1, Ordering::Relaxed);
            let today = self.engine.context(Draw::default()).today();
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
        let today = self.engine.context(Draw::default()).today();
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
