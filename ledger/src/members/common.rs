//! What the lane, the thread that follows the others, and the gateway know in common.

use super::Audience;
use arc_swap::ArcSwap;
use opencowin_model::SessionKey;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use uuid::Uuid;

/// How a process shares its ledger with others.
pub struct Sharing {
    /// What is kept in memory.
    pub audience: Box<dyn Audience>,
    /// How long a member may be silent before it is taken for dead. Dying costs it its leases and nothing else, so it can
    /// be short: seats that lie with the dead cannot be sold meanwhile.
    pub term: Duration,
    /// How often the feed is read.
    pub poll: Duration,
    /// The newest schema to read and write: [`SCHEMA`](crate::records::SCHEMA), but for tests of programs of different
    /// age side by side.
    pub speaks: u32,
}

impl Sharing {
    /// With a term of 1.5 s and a look at the feed every 20 ms.
    pub fn new(audience: Box<dyn Audience>) -> Self {
        let (term, poll) = (Duration::from_millis(1500), Duration::from_millis(20));
        Self { audience, term, poll, speaks: crate::records::SCHEMA }
    }
}

/// Figures of a process that shares its ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Members, this one included.
    pub members: u64,
    /// Leases that this process has.
    pub leases: u64,
    /// How long ago everything was heard that had been committed by then; `None` before the first time.
    pub behind: Option<Duration>,
    /// Feed entries read.
    pub entries: u64,
    /// Members taken for dead by this process.
    pub fenced: u64,
    /// Times that this process was taken for dead.
    pub rejoined: u64,
    /// Times that it asked others for their leases.
    pub recalls: u64,
    /// Times that it read everything again because it had fallen too far behind.
    pub resyncs: u64,
}

/// See the [module](self).
pub(crate) struct Common {
    /// Under which id this process takes part.
    me: ArcSwap<Uuid>,
    /// Everybody who takes part, as last heard.
    members: ArcSwap<Vec<Uuid>>,
    /// The schema of the ledger, as last heard.
    schema: AtomicU32,
    /// Everything committed before this moment was heard.
    heard: watch::Sender<Option<Instant>>,
    /// Sessions whose seats have to be read again.
    doubts: Mutex<Vec<SessionKey>>,
    /// Everything has to be read again.
    lost: AtomicBool,
    /// This process is about to leave.
    leaving: AtomicBool,
    pub(crate) leases: AtomicU64,
    pub(crate) entries: AtomicU64,
    pub(crate) fenced: AtomicU64,
    pub(crate) rejoined: AtomicU64,
    pub(crate) recalls: AtomicU64,
    pub(crate) resyncs: AtomicU64,
}

impl Common {
    pub(crate) fn new(me: Uuid, schema: u32) -> Arc<Self> {
        Arc::new(Self {
            me: ArcSwap::from_pointee(me),
            members: ArcSwap::from_pointee(vec![me]),
            schema: AtomicU32::new(schema),
            heard: watch::Sender::new(None),
            doubts: Mutex::default(),
            lost: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            leases: AtomicU64::new(0),
            entries: AtomicU64::new(0),
            fenced: AtomicU64::new(0),
            rejoined: AtomicU64::new(0),
            recalls: AtomicU64::new(0),
            resyncs: AtomicU64::new(0),
        })
    }

    pub(crate) fn me(&self) -> Uuid {
        **self.me.load()
    }

    /// The process has joined anew.
    pub(crate) fn become_member(&self, me: Uuid) {
        self.me.store(Arc::new(me));
        self.rejoined.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn members(&self) -> Arc<Vec<Uuid>> {
        self.members.load_full()
    }

    pub(crate) fn set_members(&self, members: Vec<Uuid>) {
        self.members.store(Arc::new(members));
    }

    pub(crate) fn schema(&self) -> u32 {
        self.schema.load(Ordering::Acquire)
    }

    pub(crate) fn set_schema(&self, schema: u32) {
        self.schema.store(schema, Ordering::Release);
    }

    /// Asks that the seats of a session be read again.
    pub(crate) fn doubt(&self, sessions: impl IntoIterator<Item = SessionKey>) {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner).extend(sessions);
    }

    pub(crate) fn take_doubts(&self) -> Vec<SessionKey> {
        std::mem::take(&mut *self.doubts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks that everything be read again.
    pub(crate) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.heard.send_replace(None);
    }

    pub(crate) fn take_lost(&self) -> bool {
        self.lost.swap(false, Ordering::AcqRel)
    }

    /// Takes no more leases from now on.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Everything that was committed before `moment` has been applied.
    pub(crate) fn set_heard(&self, moment: Instant) {
        self.heard.send_replace(Some(moment));
    }

    pub(crate) fn heard(&self) -> watch::Receiver<Option<Instant>> {
        self.heard.subscribe()
    }

    /// How long ago everything had been heard.
    pub(crate) fn behind(&self) -> Option<Duration> {
        self.heard.borrow().map(|moment| moment.elapsed())
    }

    pub(crate) fn standing(&self) -> Standing {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        Standing {
            members: self.members.load().len() as u64,
            leases: count(&self.leases),
            behind: self.behind(),
            entries: count(&self.entries),
            fenced: count(&self.fenced),
            rejoined: count(&self.rejoined),
            recalls: count(&self.recalls),
            resyncs: count(&self.resyncs),
        }
    }
}
