//! The lane of a process that is not alone: its leases, what is hot, and what it hears of the others.

use super::group::{Group, When, Writes};
use super::heat::{HOT_GROUPS, Heat};
use super::newest::Newest;
use crate::commands::{Command, EndLease, Recall};
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Meta};
use crate::members::joining::Joined;
use crate::members::{Audience, Common, OwnSeats, Told};
use crate::records::{Changed, Row};
use crate::rules::Leasing;
use crate::view::Known;
use crossbeam::channel::{Receiver, Sender};
use foldhash::{HashMap, HashMapExt, HashSet};
use jiff::SignedDuration;
use opencowin_model::SessionKey;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The first schema in which there are leases.
const LEASES_SINCE: u32 = 2;

/// The first schema in which there are figures.
const FIGURES_SINCE: u32 = 4;

/// The first schema in which there are certificates.
const CERTIFICATES_SINCE: u32 = 5;

/// Into how many rows the same figures are counted at most: more members than that get in each other's way.
const SHARDS: usize = 16;

/// For how many groups a session is not recalled again.
const RECALL_AGAIN: u64 = 8;

/// How long entries of the feed are kept. Who is further behind reads everything again.
const KEPT: Duration = Duration::from_secs(60);

/// Entries are removed so many at a time, since each removal is a range of the store.
const TRIMMED_AT_ONCE: usize = 64;

/// Most changes in one entry; with more, a group has several.
const ENTRY: usize = 2000;

/// News, and whom to tell once they are applied.
pub(crate) type Heard = (Told, Sender<()>);

/// See the [module](self).
pub(crate) struct Share {
    pub(super) common: Arc<Common>,
    pub(super) speaks: u32,
    audience: Box<dyn Audience>,
    news: Receiver<Heard>,
    /// Sessions that this process has leases of.
    held: HashSet<SessionKey>,
    heat: Heat,
    newest: Newest,
    /// By which group a session was recalled.
    recalled: HashMap<SessionKey, u64>,
    /// Entries of the feed that are still there, and since when.
    entries: VecDeque<(u64, Instant)>,
    trimmed: u64,
    /// Which past the store has.
    generation: Option<Uuid>,
    /// How far the sandbox's clock is known to be ahead, in milliseconds.
    ahead_ms: i64,
    /// What the lane is to do for itself.
    pub(super) errands: Vec<Command>,
}

impl Share {
    pub(crate) fn new(
        common: Arc<Common>,
        audience: Box<dyn Audience>,
        news: Receiver<Heard>,
        speaks: u32,
        (generation, ahead_ms): (Option<Uuid>, i64),
    ) -> Self {
        Self {
            common,
            speaks,
            audience,
            news,
            held: HashSet::default(),
            heat: Heat::new(),
            newest: Newest::new(),
            recalled: HashMap::new(),
            entries: VecDeque::new(),
            trimmed: 0,
            generation,
            ahead_ms,
            errands: Vec::new(),
        }
    }

    pub(super) fn news(&self) -> &Receiver<Heard> {
        &self.news
    }

    /// Nobody follows the others any more.
    pub(super) fn hear_no_more(&mut self) {
        self.news = crossbeam::channel::never();
    }

    /// How a session is sold, where `counters` are its counters as far as they have been read.
    pub(super) fn leasing(&self, session: SessionKey, counters: Known<'_>) -> Leasing {
        let held = self.held.contains(&session);
        let leases = || self.common.members().len() > 1 && self.common.schema() >= LEASES_SINCE;
        let wanted = self.heat.is_hot(session, counters) && leases() && !self.common.is_leaving();
        Leasing { held, wanted }
    }

    /// Into which rows this process counts: others than any other member does, as far as all know the same members. Where
    /// they do not, the store finds that two changed one row.
    pub(super) fn shard(&self, members: &[Uuid]) -> Option<u8> {
        if self.common.schema() < FIGURES_SINCE {
            return None;
        }
        let me = self.common.me();
        let place = members.iter().position(|member| *member == me);
        Some((place.unwrap_or(usize::from(me.as_bytes()[0])) % SHARDS) as u8)
    }

    /// Whether everybody who takes part reads what certificates are made from.
    pub(super) fn certifies(&self) -> bool {
        self.common.schema() >= CERTIFICATES_SINCE
    }

    /// A group is about to be sent: those of the suspects that it found changed are hot.
    pub(super) fn convict(&mut self, number: u64, fetched: &Fetched) {
        self.heat.convict(number, fetched);
        if number.is_multiple_of(HOT_GROUPS / 4) {
            self.cool(number);
        }
    }

    /// Gives up the leases of what is not hot any more.
    fn cool(&mut self, number: u64) {
        self.recalled.retain(|_, by| *by + RECALL_AGAIN > number);
        let holder = self.common.me();
        let is_hot = self.heat.cool(number);
        let cold = self.held.iter().filter(|session| !is_hot(session));
        self.errands
            .extend(cold.map(|session| Command::EndLease(EndLease { holder, session: *session })));
    }

    /// Somebody got in the way of a group that rested on these counters.
    pub(super) fn suspect(&mut self, group: &Group) {
        self.heat.suspect(group);
    }

    /// Every command of the groups that failed has been repeated.
    pub(super) fn acquit(&mut self) {
        self.heat.acquit();
    }

    /// Seats were asked for that lie in leases: all of them have to come back, this process's own as well.
    pub(super) fn recall(&mut self, session: SessionKey, number: u64) {
        let due = self.recalled.get(&session).is_none_or(|by| by + RECALL_AGAIN <= number);
        if due {
            self.recalled.insert(session, number);
            self.common.recalls.fetch_add(1, Ordering::Relaxed);
            self.errands.push(Command::Recall(Recall { session }));
            self.end_if_held(session);
        }
    }

    fn end_if_held(&mut self, session: SessionKey) {
        if self.held.contains(&session) {
            let holder = self.common.me();
            self.errands.push(Command::EndLease(EndLease { holder, session }));
        }
    }

    /// The entries of the feed that a group has which writes this.
    pub(super) fn feed(&self, number: u64, writes: &Writes) -> Vec<(Key, Row)> {
        let changed: BTreeSet<_> = writes.keys().filter_map(changed_by).collect();
        let changed: Vec<_> = changed.into_iter().collect();
        let lane = self.common.me();
        let entry = |(part, changed): (u16, &[Changed])| {
            (Key::Feed(lane, number, part), Row::Feed(changed.to_vec()))
        };
        (0..).zip(changed.chunks(ENTRY)).map(entry).collect()
    }

    /// Up to which group entries are to be removed, and the range of groups that this adds, if it is time.
    pub(super) fn trim(&self, now: Instant) -> (u64, Option<Range<u64>>) {
        let old = self.entries.iter().take_while(|(_, since)| now - *since > KEPT).count();
        if old < TRIMMED_AT_ONCE {
            return (self.trimmed, None);
        }
        let upto = self.entries[old - 1].0;
        (upto, Some(self.trimmed..upto + 1))
    }

    /// A group that wrote something was committed.
    pub(super) fn committed(&mut self, group: &Group, when: When) {
        if group.has_entry {
            self.entries.push_back((group.number, Instant::now()));
        }
        self.trimmed = self.trimmed.max(group.trimmed);
        while self.entries.front().is_some_and(|(number, _)| *number <= self.trimmed) {
            self.entries.pop_front();
        }
        let seats = self.own_seats(&group.writes);
        match when {
            When::At(at) => self.newest.wrote(at, &seats),
            When::By(_) => {
                // What was heard meanwhile may be newer or older.
                self.newest.forget(&seats);
                self.common.doubt(seats.iter().map(|seats| seats.session));
            }
        }
        self.common.doubt(self.ended_for_others(&group.writes));
        let (When::At(by) | When::By(by)) = when;
        if !seats.is_empty() {
            self.audience.committed(by, &seats);
        }
    }

    /// Sessions of which a group ended somebody else's lease: what others have left is another number then.
    fn ended_for_others(&self, writes: &Writes) -> Vec<SessionKey> {
        let me = self.common.me();
        let ended = writes.keys().filter_map(|key| match key {
            Key::Lease(holder, session) if *holder != me => Some(*session),
            _ => None,
        });
        ended.collect()
    }

    /// What a group wrote about seats. Takes note of leases.
    fn own_seats(&mut self, writes: &Writes) -> Vec<OwnSeats> {
        let mut all: BTreeMap<SessionKey, OwnSeats> = BTreeMap::new();
        let empty = |session| OwnSeats { session, counters: None, lease: None };
        let me = self.common.me();
        for (key, row) in writes {
            match (key, row) {
                (Key::Counters(session), Some(Row::Counters(counters))) => {
                    all.entry(*session).or_insert(empty(*session)).counters = Some(*counters);
                }
                (Key::Lease(holder, session), Some(Row::Lease(lease))) if *holder == me => {
                    self.held.insert(*session);
                    all.entry(*session).or_insert(empty(*session)).lease = Some(Some(*lease));
                }
                (Key::Lease(holder, session), None) if *holder == me => {
                    self.held.remove(session);
                    all.entry(*session).or_insert(empty(*session)).lease = Some(None);
                }
                _ => {}
            }
        }
        self.common.leases.store(self.held.len() as u64, Ordering::Relaxed);
        all.into_values().collect()
    }

    /// Applies what others have done. Nothing of this lane may be under way.
    pub(super) fn hear(&mut self, (told, applied): Heard, engine: &Engine) {
        let Told { mut news, complete_from } = told;
        self.newest.correct(&mut news);
        for (key, row) in &news.rows {
            match (key, row) {
                (Key::Meta(Meta::ClockAhead), Some(Row::ClockAhead(ahead))) => {
                    self.advance(*ahead, engine);
                }
                (Key::Meta(Meta::SchemaVersion), Some(Row::SchemaVersion(schema))) => {
                    self.common.set_schema(*schema);
                }
                _ => {}
            }
        }
        for heard in &news.seats {
            if heard.counters.is_some_and(|counters| counters.is_recalled()) {
                self.end_if_held(heard.session);
            }
        }
        if !news.rows.is_empty() || !news.seats.is_empty() {
            self.audience.heard(&news);
        }
        if let Some(moment) = complete_from {
            self.common.set_heard(moment);
        }
        // Whoever told it may have stopped waiting.
        let _ = applied.send(());
    }

    /// The clock is so far ahead, by this process's own doing or another's.
    pub(super) fn advance(&mut self, ahead_ms: i64, engine: &Engine) {
        let by = ahead_ms - self.ahead_ms;
        if by > 0 {
            self.ahead_ms = ahead_ms;
            engine.clock.advance(SignedDuration::from_millis(by));
        }
    }

    /// This process was taken for dead and has joined anew.
    pub(super) fn rejoined(&mut self, joined: &Joined) {
        tracing::warn!(me = %joined.me, "this gateway was taken for dead; it has joined anew, without leases");
        if self.generation != joined.generation {
            self.generation = joined.generation;
            self.common.lose();
        }
        self.common.set_schema(joined.schema);
        self.common.doubt(self.held.drain());
        self.common.leases.store(0, Ordering::Relaxed);
        self.common.become_member(joined.me);
        self.trimmed = 0;
        self.heat.acquit();
        self.entries.clear();
        self.recalled.clear();
        self.audience.rejoined();
    }
}

/// What gateways that keep the row in memory are told about a written key.
fn changed_by(key: &Key) -> Option<Changed> {
    match *key {
        Key::Meta(meta) => Some(Changed::Meta(meta)),
        Key::Centre(id) => Some(Changed::Centre(id)),
        Key::Session(key) => Some(Changed::Session(key)),
        Key::Counters(key) | Key::Lease(_, key) => Some(Changed::Seats(key)),
        Key::Document(shelf, id) => Some(Changed::Document(shelf, id)),
        _ => None,
    }
}
