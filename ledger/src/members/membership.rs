//! Taking part, from joining to leaving.

use super::body::{Body, Limb, Told};
use super::follower::Follower;
use super::heart::Heart;
use super::joining::{self, Joined};
use super::pulse::Pulse;
use super::{Common, Sharing, Standing};
use crate::commands::{Command, EndLease};
use crate::engine::Engine;
use crate::lane::Lane;
use crate::lane::share::{Heard, Share};
use crate::opening::OpenError;
use crate::read::Reader;
use crate::request::{Job, Request, Settle, Settled};
use crate::store::Outcome;
use crossbeam::channel::{Sender, bounded, unbounded};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long the lane may take to apply what it is told before it is told again.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a lease may take to be given back on leaving.
const LEAVING: Duration = Duration::from_secs(2);

/// This process's part in a shared ledger. Dropping it gives back its leases and leaves.
pub(crate) struct Membership {
    engine: Arc<Engine>,
    common: Arc<Common>,
    lane: Arc<Lane>,
    /// Taken before leaving.
    pulse: Option<Pulse>,
}

/// A process that has joined and does not live yet.
pub(crate) struct Joining {
    common: Arc<Common>,
    follower: Follower,
    told: Sender<Heard>,
    term: Duration,
    poll: Duration,
    speaks: u32,
}

impl Membership {
    /// Joins; the lane needs its share to start, and the rest needs the lane.
    pub(crate) fn join(
        engine: &Arc<Engine>,
        sharing: Sharing,
        ahead_ms: i64,
        random: &mut StdRng,
    ) -> Result<(Joining, Share), OpenError> {
        let Sharing { audience, term, poll, speaks } = sharing;
        let Joined { me, schema, generation } = joining::join(engine, random, speaks)?;
        let common = Common::new(me, schema);
        let (told, news) = unbounded();
        let follower = Follower::start(engine.clone(), common.clone())?;
        let share = Share::new(common.clone(), audience, news, speaks, (generation, ahead_ms));
        Ok((Joining { common, follower, told, term, poll, speaks }, share))
    }

    /// Follows the others from now on.
    pub(crate) fn follow(&self) {
        if let Some(pulse) = &self.pulse {
            pulse.follow();
        }
    }

    pub(crate) fn caught_up(&self) -> impl Future<Output = ()> + Send + use<> {
        let (arrived, mut heard) = (Instant::now(), self.common.heard());
        if let Some(pulse) = &self.pulse {
            pulse.wake();
        }
        async move {
            // The sender is gone only once the ledger is closed; nobody waits for what it shows then.
            let _ = heard.wait_for(|moment| moment.is_some_and(|moment| moment >= arrived)).await;
        }
    }

    pub(crate) fn behind(&self) -> Option<Duration> {
        self.common.behind()
    }

    pub(crate) fn standing(&self) -> Standing {
        self.common.standing()
    }

    pub(crate) fn members(&self) -> Vec<Uuid> {
        self.common.members().to_vec()
    }

    /// Whether this member is the first of all, as it last heard of them.
    pub(crate) fn is_first(&self) -> bool {
        self.common.members().first() == Some(&self.common.me())
    }

    /// Which of how many it is, as it last heard of them; one of one who is not known yet.
    pub(crate) fn place(&self) -> (usize, usize) {
        let (me, members) = (self.common.me(), self.common.members());
        let place = members.iter().position(|member| *member == me);
        (place.unwrap_or(0), members.len().max(1))
    }

    /// Gives back the leases and says goodbye, once everything that was accepted is committed.
    fn leave(&self) {
        self.common.leave();
        let accepted = self.carry_out(Command::Barrier);
        let me = self.common.me();
        let sessions = Reader::new(self.engine.clone()).leases().unwrap_or_default();
        for (_, session) in sessions.into_iter().filter(|(holder, _)| *holder == me) {
            let end = Command::EndLease(EndLease { holder: me, session });
            if !accepted || !self.carry_out(end) {
                tracing::warn!("the leases could not be given back; the others will end them");
                return;
            }
        }
        let mut random = StdRng::from_rng(&mut rand::rng());
        match joining::leave(&self.engine, me, &mut random) {
            Ok(Outcome::Committed(_)) => {}
            failed => tracing::warn!(?failed, "could not say goodbye; the others will notice"),
        }
    }

    /// Whether it was committed in time.
    fn carry_out(&self, command: Command) -> bool {
        let (settled, ended) = bounded(1);
        let settle: Settle = Box::new(move |how| {
            // Whoever leaves may have stopped waiting.
            let _ = settled.send(matches!(how, Settled::Effective(_)));
        });
        let (job, _) = Job::of(Request { settle: Some(settle), ..Request::of(command) });
        match self.lane.submit(job) {
            Ok(()) => ended.recv_timeout(LEAVING).unwrap_or(false),
            Err(job) => {
                job.abandon();
                false
            }
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.pulse = None;
        self.leave();
    }
}

impl Joining {
    /// Lives from now on.
    pub(crate) fn begin(
        self,
        engine: Arc<Engine>,
        lane: Arc<Lane>,
        mut random: StdRng,
    ) -> Result<Membership, OpenError> {
        let Self { common, follower, told, term, poll, speaks } = self;
        let limb = LaneLimb { told, lane: lane.clone() };
        let heart_random = StdRng::from_rng(&mut random);
        let heart = Heart::new(engine.clone(), common.clone(), limb.clone(), heart_random, term);
        let body =
            Body::new(engine.clone(), common.clone(), follower, limb, random, (term, speaks));
        let pulse = Pulse::start(heart, body, poll).map_err(OpenError::Thread)?;
        Ok(Membership { engine, common, lane, pulse: Some(pulse) })
    }
}

/// Reaches the lane through its queues.
#[derive(Clone)]
struct LaneLimb {
    told: Sender<Heard>,
    lane: Arc<Lane>,
}

impl Limb for LaneLimb {
    fn tell(&mut self, told: Told) -> bool {
        let (applied, wait) = bounded(1);
        self.told.send((told, applied)).is_ok() && wait.recv_timeout(PATIENCE).is_ok()
    }

    fn order(&mut self, command: Command) {
        let (job, _) = Job::of(Request::of(command));
        // A lane that is too busy is asked again later.
        if let Err(job) = self.lane.submit(job) {
            job.abandon();
        }
    }
}
