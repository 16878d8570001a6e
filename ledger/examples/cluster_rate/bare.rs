//! The bare loop: what a ledger reads and writes for its bookings, with the client library alone.
//!
//! Each transaction is of so many bookings, and nothing else is under way. It has one read version; all its reads are
//! sent at once, and each is a conflict. Keys are those that a ledger would have, but for the first letter, so that they
//! have its lengths and its places; values have the sizes that were measured on a ledger, and nothing in them. Keys and
//! values are made beforehand: what is left is what any program on the cluster has to do.

use crate::people::Who;
use crate::programme::{DAY, ENVIRONMENT, session_key};
use crate::traffic::Traffic;
use foundationdb::options::TransactionOption;
use foundationdb::{Database, FdbResult};
use opencowin_ledger::keys::{Key, Kind, Layout};
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::{Mutation, Store};
use opencowin_ledger::vault::{Hasher, Vault};
use opencowin_model::AppointmentId;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The sizes of values, as measured on a ledger.
struct Sizes(Traffic);

impl Sizes {
    fn read(&self, kind: Kind) -> usize {
        self.0[kind].value_read()
    }

    fn written(&self, kind: Kind) -> usize {
        self.0[kind].value_written()
    }

    /// The feed's entry of a group grows with the sessions in it.
    fn feed(&self, sessions: usize) -> usize {
        let per_session =
            self.0[Kind::Feed].value_bytes as f64 / self.0[Kind::Counters].sets as f64;
        (per_session * sessions as f64).round() as usize
    }
}

/// The keys of one booking.
struct Booking {
    session: usize,
    person: Vec<u8>,
    /// Today's record, and where one of yesterday would be.
    records: [Vec<u8>; 2],
    appointment: Vec<u8>,
}

/// The keys of one session.
struct Session {
    definition: Vec<u8>,
    counters: Vec<u8>,
}

/// See the [module](self).
pub(crate) struct Bare<'a> {
    database: &'a Database,
    layout: Layout,
    lane: Uuid,
    sizes: Sizes,
    sessions: Vec<Session>,
    bookings: Vec<Booking>,
    /// Every value is a part of this.
    filler: Vec<u8>,
    groups: u64,
    traffic: Traffic,
}

/// What came of it.
pub(crate) struct Done {
    pub(crate) booked: usize,
    pub(crate) seconds: f64,
    pub(crate) traffic: Traffic,
}

impl<'a> Bare<'a> {
    /// Makes the keys of people who book so many sessions in turns, and writes what is there before they do.
    pub(crate) fn new(
        database: &'a Database,
        store: &dyn Store,
        vault: &Vault,
        measured: Traffic,
        sessions: usize,
        people: &[Who],
    ) -> Self {
        let layout = Layout::new(ENVIRONMENT);
        let filler = (0..100_000).map(|_| rand::random()).collect();
        let sizes = Sizes(measured);
        let key = |key: &Key| ours(&layout, key);
        let session = |number| Session {
            definition: key(&Key::Session(session_key(number))),
            counters: key(&Key::Counters(session_key(number))),
        };
        let all: Vec<_> = (0..sessions).map(session).collect();
        let bookings = (0..).zip(people);
        let bookings =
            bookings.map(|(at, who)| booking(&layout, vault.hasher(), at % sessions, *who));
        let (lane, groups, traffic) = (Uuid::from_u128(rand::random()), 0, Traffic::default());
        let bookings = bookings.collect();
        let bare = Self {
            database,
            layout,
            lane,
            sizes,
            sessions: all,
            bookings,
            filler,
            groups,
            traffic,
        };
        crate::write(store, bare.beforehand());
        bare
    }

    /// The rows that the bookings find.
    fn beforehand(&self) -> Vec<Mutation> {
        let row = |key: &[u8], kind| {
            let value = self.filler[..self.sizes.read(kind)].to_vec();
            Mutation::Set { key: key.to_vec(), value }
        };
        let sessions = self.sessions.iter().flat_map(|session| {
            [row(&session.definition, Kind::Session), row(&session.counters, Kind::Counters)]
        });
        let people = self.bookings.iter().map(|booking| row(&booking.person, Kind::Person));
        let fence = row(&self.key(&Key::Member(self.lane)), Kind::Member);
        sessions.chain(people).chain([fence]).collect()
    }

    fn key(&self, key: &Key) -> Vec<u8> {
        ours(&self.layout, key)
    }

    /// Books for so long, so many at a time, or until the people are at an end.
    pub(crate) fn run(mut self, group: usize, time: Duration) -> Done {
        let bookings = std::mem::take(&mut self.bookings);
        let (start, mut booked) = (Instant::now(), 0);
        for some in bookings.chunks_exact(group) {
            if start.elapsed() >= time {
                break;
            }
            while let Err(error) = block_on(self.commit(some)) {
                assert!(error.is_retryable(), "{error}");
                self.traffic.failed += 1;
            }
            self.traffic.committed += 1;
            booked += group;
        }
        Done { booked, seconds: start.elapsed().as_secs_f64(), traffic: self.traffic }
    }

    /// One transaction.
    async fn commit(&mut self, bookings: &[Booking]) -> FdbResult<()> {
        let transaction = self.database.create_trx()?;
        transaction.set_option(TransactionOption::ReadYourWritesDisable)?;
        let mut sessions: Vec<_> = bookings.iter().map(|booking| booking.session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        self.groups += 1;
        let fence = self.key(&Key::Member(self.lane));

        let mut reads = Vec::with_capacity(3 * bookings.len() + 2 * sessions.len() + 1);
        let mut read = |kind, key: &[u8]| reads.push((kind, transaction.get(key, false)));
        read(Kind::Member, &fence);
        for session in sessions.iter().map(|at| &self.sessions[*at]) {
            read(Kind::Session, &session.definition);
            read(Kind::Counters, &session.counters);
        }
        for booking in bookings {
            read(Kind::Person, &booking.person);
            booking.records.iter().for_each(|key| read(Kind::Command, key));
        }
        for (kind, value) in reads {
            let rows = &mut self.traffic[kind];
            rows.get(value.await?.map(|value| value.len()));
            rows.conflicts += 1;
        }

        let traffic = &mut self.traffic;
        let mut set = |kind, key: &[u8], size| {
            transaction.set(key, &self.filler[..size]);
            traffic[kind].set(key.len(), size);
        };
        for session in sessions.iter().map(|at| &self.sessions[*at]) {
            set(Kind::Counters, &session.counters, self.sizes.written(Kind::Counters));
        }
        for booking in bookings {
            set(Kind::Person, &booking.person, self.sizes.written(Kind::Person));
            set(Kind::Appointment, &booking.appointment, self.sizes.written(Kind::Appointment));
            set(Kind::Command, &booking.records[0], self.sizes.written(Kind::Command));
        }
        let entry = ours(&self.layout, &Key::Feed(self.lane, self.groups, 0));
        set(Kind::Feed, &entry, self.sizes.feed(sessions.len()));
        let trace = ours(&self.layout, &Key::Trace(self.lane));
        set(Kind::Trace, &trace, self.sizes.written(Kind::Trace));
        transaction.commit().await?;
        Ok(())
    }
}

fn booking(layout: &Layout, hasher: &Hasher, session: usize, (account, person): Who) -> Booking {
    let hash = hasher.command("schedule", &person.to_string());
    let record = |day| ours(layout, &Key::Command(day, account, hash));
    let id = AppointmentId::from_random(rand::random());
    Booking {
        session,
        person: ours(layout, &Key::Person(person)),
        records: [DAY, DAY.yesterday().unwrap()].map(record),
        appointment: ours(layout, &Key::Appointment(session_key(session), id)),
    }
}

/// A ledger's key with another first letter, so that it is nobody's row.
fn ours(layout: &Layout, key: &Key) -> Vec<u8> {
    let mut bytes = layout.encode(key);
    bytes[1] = b'b';
    bytes
}
