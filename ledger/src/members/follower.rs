//! Reading what others have committed.

use super::{Common, News, SeatsHeard};
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Kind, Meta};
use crate::records::{Changed, Row, Trace};
use crate::store::block_on::block_on;
use crate::store::{ReadError, Version, rest_of};
use crate::view::{Known, Rows};
use foldhash::{HashMap, HashMapExt};
use opencowin_model::{Channel, Date, Seats, SessionKey};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;

/// Most rows that a range is asked for at once.
const CHUNK: usize = 4096;

/// Most changes that are read and told together, so that the lane is never held up for long.
const TOLD_AT_ONCE: usize = 2048;

/// Most leases that are ended at once, so that nobody waits long behind them.
const ENDED_AT_ONCE: usize = 256;

/// The rows of which there is one that gateways keep in memory.
const KEPT_IN_MEMORY: [Meta; 3] = [Meta::ClockAhead, Meta::SchemaVersion, Meta::PublishedThrough];

/// Knows how far it has read each lane's entries.
pub(crate) struct Follower {
    engine: Arc<Engine>,
    common: Arc<Common>,
    /// The last group of each lane whose entry was read.
    seen: HashMap<Uuid, u64>,
    /// Own lanes, whose changes need not be read: the present one and those before a dismissal.
    own: BTreeSet<Uuid>,
}

/// What one look came to.
#[derive(Default)]
pub(crate) struct Look {
    /// As of when.
    pub(crate) version: Version,
    /// Everybody who takes part, with their heartbeats.
    pub(crate) members: Vec<(Uuid, u64)>,
    /// The oldest program among them.
    pub(crate) slowest: Option<u32>,
    /// Every lane that has a trace.
    pub(crate) lanes: Vec<(Uuid, Trace)>,
    /// What has changed.
    pub(crate) changed: BTreeSet<Changed>,
    /// Too much has happened since the last look, or the store has another past: everything has to be read again.
    pub(crate) lost: bool,
    seen: HashMap<Uuid, u64>,
}

impl Follower {
    /// Follows from now on. What is read into memory after this is not missed, since changes are read anew.
    pub(crate) fn start(engine: Arc<Engine>, common: Arc<Common>) -> Result<Self, ReadError> {
        let own = BTreeSet::from([common.me()]);
        let mut follower = Self { engine, common, seen: HashMap::new(), own };
        let version = block_on(follower.engine.store.read_version())?;
        follower.seen = follower.lanes(version)?.into_iter().map(|(l, t)| (l, t.group)).collect();
        // Of a session with leases, the snapshot tells only what is free.
        let leases = follower.all(version, follower.engine.codec.layout().all(Kind::Lease))?;
        follower.common.doubt(leases.into_iter().filter_map(|(key, _)| leased_session(&key)));
        Ok(follower)
    }

    /// Looks at what has happened since the last [`done`](Self::done) look.
    pub(crate) fn look(&mut self) -> Result<Look, ReadError> {
        self.own.insert(self.common.me());
        let version = block_on(self.engine.store.read_version())?;
        let mut look = Look { version, ..self.membership(version)? };
        look.lanes = self.lanes(version)?;
        look.seen = look.lanes.iter().map(|(lane, trace)| (*lane, trace.group)).collect();
        for (lane, trace) in look.lanes.clone() {
            let seen = self.seen.get(&lane).copied().unwrap_or(0);
            if self.own.contains(&lane) || trace.group == seen {
                continue;
            }
            if trace.group < seen || trace.trimmed > seen {
                look.lost = true;
            } else {
                self.entries(version, lane, seen + 1..trace.group + 1, &mut look)?;
            }
        }
        look.lost |= self.common.take_lost();
        look.changed.extend(self.common.take_doubts().into_iter().map(Changed::Seats));
        Ok(look)
    }

    /// Everything that a look tells has been read and told.
    pub(crate) fn done(&mut self, look: Look) {
        self.seen = look.seen;
    }

    /// What has changed has not been told: it will be looked for again.
    pub(crate) fn undone(&self, look: &Look) {
        if look.lost {
            self.common.lose();
        }
        self.common.doubt(look.changed.iter().filter_map(|changed| match changed {
            Changed::Seats(session) => Some(*session),
            _ => None,
        }));
    }

    /// The changes as news, in parts.
    pub(crate) fn news(
        &self,
        changed: &[Changed],
    ) -> impl Iterator<Item = Result<News, ReadError>> {
        changed.chunks(TOLD_AT_ONCE).map(|part| self.read(part))
    }

    /// Every centre and document, and every session from a day on, as changed.
    pub(crate) fn everything(&self, from: Date) -> Result<Vec<Changed>, ReadError> {
        let layout = self.engine.codec.layout();
        let mut changed: Vec<_> = KEPT_IN_MEMORY.map(Changed::Meta).into();
        let documents = layout.all(Kind::Document);
        for range in [layout.all(Kind::Centre), layout.sessions_from(from), documents] {
            let mut rest = Some(range);
            while let Some(range) = rest {
                let version = block_on(self.engine.store.read_version())?;
                let (rows, next) = self.chunk(version, range)?;
                changed.extend(rows.into_iter().filter_map(|(key, _)| match key {
                    Key::Centre(id) => Some(Changed::Centre(id)),
                    Key::Session(key) => Some(Changed::Session(key)),
                    Key::Document(shelf, id) => Some(Changed::Document(shelf, id)),
                    _ => None,
                }));
                rest = next;
            }
        }
        Ok(changed)
    }

    /// Leases of those who do not take part any more, and own ones that are of the past or recalled: whoever heard of the
    /// recall may have been unable to do anything then.
    pub(crate) fn to_be_ended(&self, today: Date) -> Result<Vec<(Uuid, SessionKey)>, ReadError> {
        let version = block_on(self.engine.store.read_version())?;
        let members = self.membership(version)?.members;
        let alive = |holder: &Uuid| members.iter().any(|(member, _)| member == holder);
        let leases = self.all(version, self.engine.codec.layout().all(Kind::Lease))?;
        let held = leases.into_iter().filter_map(|(key, _)| match key {
            Key::Lease(holder, session) => Some((holder, session)),
            _ => None,
        });
        let held: Vec<_> = held.collect();
        let me = self.common.me();
        let mut rows = Fetched::at(version);
        let own = held.iter().filter(|(holder, _)| *holder == me);
        let counters = own.map(|(_, session)| Key::Counters(*session)).collect();
        block_on(rows.fetch(&self.engine, counters))?;
        let recalled = |session| matches!(rows.row(&Key::Counters(session)), Known::Present(Row::Counters(counters)) if counters.is_recalled());
        let due = |(holder, session): &(Uuid, SessionKey)| {
            let over = || session.date < today || recalled(*session);
            !alive(holder) || (*holder == me && over())
        };
        Ok(held.into_iter().filter(due).take(ENDED_AT_ONCE).collect())
    }

    fn read(&self, part: &[Changed]) -> Result<News, ReadError> {
        let version = block_on(self.engine.store.read_version())?;
        let members = self.common.members();
        let me = self.common.me();
        let others: Vec<_> = members.iter().copied().filter(|member| *member != me).collect();
        let mut rows = Fetched::at(version);
        let keys = part.iter().flat_map(|changed| keys_of(*changed, &others)).collect();
        block_on(rows.fetch(&self.engine, keys))?;
        let mut news = News { version, ..News::default() };
        for changed in part {
            match *changed {
                Changed::Meta(meta) => news.rows.push(stored(Key::Meta(meta), &rows)),
                Changed::Centre(id) => news.rows.push(stored(Key::Centre(id), &rows)),
                Changed::Session(key) => {
                    news.rows.push(stored(Key::Session(key), &rows));
                    news.seats.push(seats(key, &others, &rows));
                }
                Changed::Seats(key) => news.seats.push(seats(key, &others, &rows)),
                Changed::Document(shelf, id) => {
                    news.rows.push(stored(Key::Document(shelf, id), &rows));
                }
            }
        }
        Ok(news)
    }

    fn entries(
        &self,
        version: Version,
        lane: Uuid,
        groups: Range<u64>,
        look: &mut Look,
    ) -> Result<(), ReadError> {
        let range = self.engine.codec.layout().feed_of(lane, groups);
        for (_, row) in self.all(version, range)? {
            if let Row::Feed(changes) = row {
                self.common.entries.fetch_add(1, Ordering::Relaxed);
                look.changed.extend(changes);
            }
        }
        Ok(())
    }

    fn membership(&self, version: Version) -> Result<Look, ReadError> {
        let layout = self.engine.codec.layout();
        let mut look = Look::default();
        let mut heartbeats = HashMap::new();
        for (key, row) in self.all(version, layout.membership())? {
            match (key, row) {
                (Key::Member(id), Row::Member(member)) => {
                    look.members.push((id, 0));
                    look.slowest =
                        Some(look.slowest.map_or(member.speaks, |s| s.min(member.speaks)));
                }
                (Key::Heartbeat(id), Row::Heartbeat(count)) => drop(heartbeats.insert(id, count)),
                _ => {}
            }
        }
        for (member, heartbeat) in &mut look.members {
            *heartbeat = heartbeats.get(member).copied().unwrap_or(0);
        }
        Ok(look)
    }

    fn lanes(&self, version: Version) -> Result<Vec<(Uuid, Trace)>, ReadError> {
        let rows = self.all(version, self.engine.codec.layout().all(Kind::Trace))?;
        let trace = |(key, row)| match (key, row) {
            (Key::Trace(lane), Row::Trace(trace)) => Some((lane, trace)),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(trace).collect())
    }

    /// All rows of a range that can be read.
    fn all(&self, version: Version, range: Range<Vec<u8>>) -> Result<Vec<(Key, Row)>, ReadError> {
        let mut all = Vec::new();
        let mut rest = Some(range);
        while let Some(range) = rest {
            let (mut rows, next) = self.chunk(version, range)?;
            all.append(&mut rows);
            rest = next;
        }
        Ok(all)
    }

    fn chunk(&self, version: Version, range: Range<Vec<u8>>) -> Result<Chunk, ReadError> {
        let pairs = block_on(self.engine.store.scan(version, range.clone(), CHUNK))?;
        let next = rest_of(range, &pairs, CHUNK);
        let rows = pairs.iter().filter_map(|(key, value)| match self.engine.open(key, value) {
            Some((key, Ok(row))) => Some((key, row)),
            _ => None,
        });
        Ok((rows.collect(), next))
    }
}

/// Rows in key order, and the range that follows them.
type Chunk = (Vec<(Key, Row)>, Option<Range<Vec<u8>>>);

fn keys_of(changed: Changed, others: &[Uuid]) -> Vec<Key> {
    let seats = |key| {
        let leases = others.iter().map(move |member| Key::Lease(*member, key));
        std::iter::once(Key::Counters(key)).chain(leases)
    };
    match changed {
        Changed::Meta(meta) => vec![Key::Meta(meta)],
        Changed::Centre(id) => vec![Key::Centre(id)],
        Changed::Session(key) => std::iter::once(Key::Session(key)).chain(seats(key)).collect(),
        Changed::Seats(key) => seats(key).collect(),
        Changed::Document(shelf, id) => vec![Key::Document(shelf, id)],
    }
}

fn stored(key: Key, rows: &Fetched) -> (Key, Option<Row>) {
    match rows.row(&key) {
        Known::Present(row) => (key, Some(row.clone())),
        _ => (key, None),
    }
}

fn seats(session: SessionKey, others: &[Uuid], rows: &Fetched) -> SeatsHeard {
    let counters = match rows.row(&Key::Counters(session)) {
        Known::Present(Row::Counters(counters)) => Some(*counters),
        _ => None,
    };
    let (mut left, mut granted) = ([Seats::default(); 3], [Seats::default(); 3]);
    for member in others {
        if let Known::Present(Row::Lease(lease)) = rows.row(&Key::Lease(*member, session)) {
            for channel in Channel::ALL {
                let at = channel.index();
                left[at] = left[at].saturating_add(lease.left(channel));
                granted[at] = granted[at].saturating_add(lease.granted(channel));
            }
        }
    }
    SeatsHeard { session, counters, others: left, granted }
}

fn leased_session(key: &Key) -> Option<SessionKey> {
    if let Key::Lease(_, session) = key { Some(*session) } else { None }
}
