//! A simulated country: several gateways on one ledger, whose every step a seed decides, with a witness. The same seed
//! gives the same country.

mod changes;
mod demand;
mod front;
mod gateway;
mod memory;
mod storm;
mod threads;
mod witness;

use super::counter::{self, Guest};
use super::office::Office;
use super::trail::Trail;
use crate::audit::Entry;
use crate::commands::{Command, Once, Outcome, PublishCentres, PublishSessions};
use crate::fixture::*;
use crate::keys::{Key, Kind, Meta};
use crate::opening;
use crate::read::Reader;
use crate::records::{Appointment, Counters, Lease, Row, SCHEMA};
use crate::request::{Failure, Request};
use crate::store::block_on::block_on;
use crate::store::memory::Memory;
use crate::store::{Commit, Mutation, Store};
use crate::vault::AccountId;
use gateway::Gateway;
use jiff::ToSpan;
use opencowin_model::{
    AppointmentId, BeneficiaryRef, Channel, Clock, Dose, Mobile, Seats, Session, SessionState,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use witness::Witness;

const FIRST_MOBILE: u64 = 9_000_000_000;
const ACCOUNTS: u64 = 32;

/// A request that was made, and what came of it.
struct Asked {
    /// At which gateway, by its own number.
    gateway: u64,
    mobile: u64,
    command: Command,
    once: Option<Once>,
    audit: Vec<Entry>,
    pending: Pending,
    answer: Option<Result<Outcome, Failure>>,
}

/// The simulation's state.
struct Country {
    random: StdRng,
    store: Arc<Memory>,
    gateways: Vec<Station>,
    opened: u64,
    start: Instant,
    now: Duration,
    people: Vec<(u64, BeneficiaryRef)>,
    /// As they were last asked to be.
    sessions: Vec<Session>,
    asked: Vec<Asked>,
    /// Requests whose gateway died before it answered.
    orphaned: Vec<(u64, Command, Once)>,
    keys_used: u32,
    witness: Witness,
    trail: Trail,
    office: Office,
    tally: Tally,
    transcript: Vec<String>,
}

/// How much has happened.
#[derive(Default, Debug)]
struct Tally {
    fenced: u64,
    rejoined: u64,
    recalls: u64,
    /// Most leases at once.
    leases: usize,
    /// Sessions changed, and steps of seeing to those who had booked one.
    changed: u64,
    settled: u64,
    doses: usize,
    certificates: usize,
}

/// A gateway and what has befallen it.
struct Station {
    number: u64,
    gateway: Gateway,
    paused_until: Duration,
    deaf_until: Duration,
}

impl Country {
    /// Two to four gateways of the present program.
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let count = random.random_range(2..5);
        Self::of_programs(random, &[SCHEMA, SCHEMA, SCHEMA, SCHEMA][..count])
    }

    /// Gateways whose programs speak these schemas; the ledger is as old as the first of them.
    fn of_programs(mut random: StdRng, speaks: &[u32]) -> Self {
        let tomorrow = TODAY.tomorrow().unwrap();
        let capacity = [random.random_range(30..60), random.random_range(6..12), 4];
        let sessions =
            (0..3).map(|n| session(n, tomorrow + (n as i64).days(), capacity[n as usize]));
        // One is held today, at which doses are given.
        let sessions: Vec<_> = sessions.chain([session(3, TODAY, 40)]).collect();
        let mut country = Self {
            random,
            store: Arc::new(Memory::default()),
            gateways: Vec::new(),
            opened: 0,
            start: Instant::now(),
            now: Duration::ZERO,
            people: Vec::new(),
            sessions: sessions.clone(),
            asked: Vec::new(),
            orphaned: Vec::new(),
            keys_used: 0,
            witness: Witness::default(),
            trail: Trail::default(),
            office: Office::default(),
            tally: Tally::default(),
            transcript: Vec::new(),
        };
        found(&country.store, speaks[0]);
        country.open(speaks[0]);
        country.settle_in(sessions);
        speaks[1..].iter().for_each(|speaks| country.open(*speaks));
        country
    }

    /// The first gateway publishes the programme and registers the people.
    fn settle_in(&mut self, sessions: Vec<Session>) {
        let gateway = &mut self.gateways[0].gateway;
        let centres = vec![centre()];
        gateway.submit(Command::PublishCentres(PublishCentres { centres }));
        gateway.work();
        for supply in counter::supplies() {
            gateway.submit(supply);
        }
        sessions.iter().for_each(|session| gateway.memory.lock().unwrap().define(session));
        let publish = PublishSessions { sessions, through: None };
        let mut published = gateway.submit(Command::PublishSessions(publish));
        gateway.work();
        assert!(matches!(published.answer(), Some(Ok(_))));
        let mut pending = Vec::new();
        for mobile in FIRST_MOBILE..FIRST_MOBILE + ACCOUNTS {
            for number in 0..4 {
                let register = Command::Register(Box::new(registration(mobile, number)));
                pending.push((mobile, gateway.submit(register)));
            }
        }
        gateway.work();
        for (mobile, mut pending) in pending {
            match pending.answer() {
                Some(Ok(Outcome::Registered(person))) => self.people.push((mobile, person)),
                other => panic!("{other:?}"),
            }
        }
    }

    fn open(&mut self, speaks: u32) {
        let gateway = Gateway::open(&self.store, self.random.random(), speaks);
        let (number, never) = (self.opened, Duration::ZERO);
        self.opened += 1;
        self.gateways.push(Station { number, gateway, paused_until: never, deaf_until: never });
    }

    fn note(&mut self, line: impl Into<String>) {
        self.transcript.push(line.into());
    }

    /// A gateway is no more, or the story ends.
    fn count(&mut self, gateway: &Gateway) {
        let standing = gateway.common.standing();
        self.tally.fenced += standing.fenced;
        self.tally.rejoined += standing.rejoined;
        self.tally.recalls += standing.recalls;
    }

    fn moment(&self) -> Instant {
        self.start + self.now
    }

    fn account(&self, mobile: u64) -> AccountId {
        vault_of(&self.gateways[0].gateway).account(Mobile(mobile))
    }

    fn ask(&mut self, at: usize, mobile: u64, command: Command, once: Option<Once>) -> usize {
        self.witness.asked(&command);
        let station = &mut self.gateways[at];
        let audit = self.trail.accesses(self.random.random_range(0..3));
        let entries = audit.clone();
        let request = Request { once: once.clone(), audit, ..Request::of(command.clone()) };
        let pending = station.gateway.ask(request);
        let gateway = station.number;
        let audit = entries;
        self.asked.push(Asked { gateway, mobile, command, once, audit, pending, answer: None });
        self.asked.len() - 1
    }

    /// Hears what was answered since.
    fn listen(&mut self) {
        for (number, asked) in self.asked.iter_mut().enumerate() {
            if asked.answer.is_none()
                && let Some(answer) = asked.pending.answer()
            {
                asked.answer = Some(answer);
                self.transcript.push(format!("{number}: {answer:?}"));
                assert_eq!(asked.pending.settled().len(), 1, "settled once, before the answer");
                self.trail.hear(&asked.audit, &asked.command, answer);
                self.office.hear(&asked.command, answer);
                self.witness.hear(asked.mobile, &asked.command, asked.once.as_ref(), answer);
                match (&asked.command, answer) {
                    (Command::ChangeSession(_), Ok(_)) => self.tally.changed += 1,
                    (Command::SettleSession(_), Ok(_)) => self.tally.settled += 1,
                    _ => {}
                }
                let number = asked.gateway;
                if let Some(station) = self.gateways.iter().find(|s| s.number == number) {
                    station.gateway.memory.lock().unwrap().changed(&asked.command, answer);
                }
            }
        }
    }

    /// Everything that must be true at any time.
    fn verify(&mut self) {
        let mut violations = Vec::new();
        let engine = &self.gateways[0].gateway.engine;
        block_on(crate::check::run(engine, |violation| violations.push(violation))).unwrap();
        assert_eq!(violations, []);
        self.trail.verify(engine);
        self.witness.doses.verify(engine);
        self.tally.certificates = self.office.verify(&self.reader());
        let stored = self.appointments();
        self.witness.verify(&stored);
        for session in self.stored_sessions() {
            let sold = self.sold(&session, &stored);
            let capacity = session.capacity.seats(Channel::Online, Dose::First);
            assert!(sold <= capacity, "{sold} of {capacity} were sold");
        }
    }

    /// What must be true once nothing happens any more: everybody's memory is what is stored.
    fn verify_memories(&self) {
        let ahead: Vec<_> = self.gateways.iter().map(|station| station.gateway.now()).collect();
        assert!(ahead.iter().all(|now| *now == ahead[0]), "the clocks agree: {ahead:?}");
        let rows = self.rows();
        for (station, session) in self
            .gateways
            .iter()
            .flat_map(|s| self.stored_sessions().into_iter().map(move |k| (s, k)))
        {
            let (me, key) = (station.gateway.common.me(), session.key());
            let lease = |holder| match rows.get(&Key::Lease(holder, key)) {
                Some(Row::Lease(lease)) => Some(*lease),
                _ => None,
            };
            let counters = match rows.get(&Key::Counters(key)) {
                Some(Row::Counters(counters)) => *counters,
                _ => Counters::unsold(&session.capacity),
            };
            let holders = rows.keys().filter_map(|row| match row {
                Key::Lease(holder, of) if *of == key && *holder != me => Some(*holder),
                _ => None,
            });
            let others: Vec<_> = holders.filter_map(lease).collect();
            let memory = station.gateway.memory.lock().unwrap();
            let shown = memory.seats.get(&key).copied().unwrap_or_default();
            let number = station.number;
            assert_eq!(memory.definitions[&key], u64::from(session.version), "gateway {number}");
            if let SessionState::Moved { .. } = session.state {
                continue; // Nothing is sold of it there.
            }
            let known = shown.counters.unwrap_or_else(|| Counters::unsold(&session.capacity));
            assert_eq!(known, counters, "counters at gateway {number} of {}", key.id);
            assert_eq!(shown.lease, lease(me), "the lease of gateway {number} of {}", key.id);
            assert_eq!(shown.others, left(&others), "others' seats at gateway {number}");
        }
    }

    /// Reads past whatever befalls the gateways.
    fn reader(&self) -> Reader {
        Reader::new(engine(self.store.clone(), Arc::new(Clock::fixed(morning(TODAY)))))
    }

    /// Certifies whatever waits.
    fn certify_all(&mut self) {
        while let Some(command) = self.office.certify_all(&self.reader()) {
            let at = self.random.random_range(0..self.gateways.len());
            self.ask(at, 0, command, None);
            self.calm();
        }
    }

    fn rows(&self) -> BTreeMap<Key, Row> {
        let engine = &self.gateways[0].gateway.engine;
        let version = block_on(self.store.read_version()).unwrap();
        let range = engine.codec.layout().everything();
        let pairs = block_on(self.store.scan(version, range, usize::MAX)).unwrap();
        let open = |(key, value): &(Vec<u8>, Vec<u8>)| {
            let (key, row) = engine.open(key, value).unwrap();
            (key, row.unwrap())
        };
        pairs.iter().map(open).collect()
    }

    fn appointments(&self) -> BTreeMap<AppointmentId, Appointment> {
        let all = self.all(Kind::Appointment).into_iter();
        let appointment = |row| match row {
            Row::Appointment(appointment) => (appointment.id, appointment),
            other => panic!("{other:?}"),
        };
        all.map(appointment).collect()
    }

    fn stored_sessions(&self) -> Vec<Session> {
        let all = self.all(Kind::Session).into_iter();
        let session = |row| if let Row::Session(session) = row { *session } else { panic!() };
        all.map(session).collect()
    }

    fn all(&self, kind: Kind) -> Vec<Row> {
        let engine = &self.gateways[0].gateway.engine;
        let version = block_on(self.store.read_version()).unwrap();
        let range = engine.codec.layout().all(kind);
        let pairs = block_on(self.store.scan(version, range, usize::MAX)).unwrap();
        pairs.iter().map(|(key, value)| engine.open(key, value).unwrap().1.unwrap()).collect()
    }

    fn sold(&self, session: &Session, stored: &BTreeMap<AppointmentId, Appointment>) -> u16 {
        let of = |a: &&Appointment| {
            a.session == session.key() && (a.channel, a.dose) == (Channel::Online, Dose::First)
        };
        let seats = |a: &Appointment| (a.seated().count() + a.done().count()) as u16;
        stored.values().filter(of).map(seats).sum()
    }
}

/// A new ledger, as a program has left it that spoke this schema.
fn found(store: &Arc<Memory>, schema: u32) {
    let engine = engine(store.clone(), Arc::new(Clock::fixed(morning(TODAY))));
    opening::open(&engine, &mut StdRng::seed_from_u64(0)).unwrap();
    let layout = engine.codec.layout();
    let key = layout.encode(&Key::Meta(Meta::SchemaVersion));
    let mut mutations = vec![Mutation::Set { key, value: Row::SchemaVersion(schema).encode() }];
    if schema < 4 {
        mutations.push(Mutation::Clear { key: layout.encode(&Key::Meta(Meta::Founded)) });
    }
    store.commit(Commit { mutations, ..Commit::default() }, Box::new(drop));
}

fn vault_of(gateway: &Gateway) -> &crate::vault::Hasher {
    gateway.engine.codec.vault().hasher()
}

fn left(leases: &[Lease]) -> [Seats; 3] {
    Channel::ALL.map(|channel| {
        Seats(Dose::ALL.map(|dose| leases.iter().map(|l| l.part(channel, dose).left).sum()))
    })
}

/// A storm, and then a session that everybody wants.
fn lived(seed: u64) -> Country {
    let mut country = Country::new(seed);
    country.storm(120);
    country.calm();
    country.verify();
    country.settle_all();
    country.calm();
    country.verify();
    country.verify_memories();
    country.reopen();
    country.sell_out(true);
    country.calm();
    country.certify_all();
    country.verify();
    country.verify_memories();
    let engine = country.gateways[0].gateway.engine.clone();
    country.tally.doses = country.witness.doses.verify(&engine);
    for station in std::mem::take(&mut country.gateways) {
        country.count(&station.gateway);
    }
    country
}

#[test]
fn several_gateways_lose_nothing_and_sell_every_seat_once_whatever_happens() {
    let mut all = Tally::default();
    for seed in 0..120 {
        println!("seed {seed}");
        let one = lived(seed).tally;
        all.fenced += one.fenced;
        all.rejoined += one.rejoined;
        all.recalls += one.recalls;
        all.leases += one.leases;
        all.changed += one.changed;
        all.settled += one.settled;
        all.doses += one.doses;
        all.certificates += one.certificates;
    }
    assert!(
        all.fenced > 200
            && all.rejoined > 30
            && all.recalls > 200
            && all.leases > 200
            && all.doses > 200
            && all.certificates > 200,
        "{all:?}"
    );
    assert!(all.changed > 300 && all.settled > 300, "{all:?}");
}

#[test]
fn nothing_is_leased_while_an_older_program_takes_part() {
    let mut country = Country::of_programs(StdRng::seed_from_u64(1), &[1, 2, 2]);
    country.sell_out(false);
    assert_eq!(country.tally.leases, 0);
    country.gateways.swap_remove(0);
    country.calm();
    country.reopen();
    country.sell_out(false);
    assert!(country.tally.leases > 0, "all others have heard that it is gone");
    country.calm();
    country.verify();
    country.verify_memories();
}

#[test]
fn nothing_is_written_for_certificates_while_an_older_program_takes_part() {
    let mut country = Country::of_programs(StdRng::seed_from_u64(3), &[4, SCHEMA]);
    let count = |country: &Country, kind| country.all(kind).len();
    country.open_day(150);
    let before = count(&country, Kind::Event);
    assert!(before > 5, "{before} doses");
    for kind in [Kind::PersonKey, Kind::Holder, Kind::LogPending] {
        assert_eq!(count(&country, kind), 0, "{kind:?}");
    }
    country.gateways.swap_remove(0);
    country.calm();
    country.verify();
    country.open_day(150);
    country.certify_all();
    country.verify();
    assert!(count(&country, Kind::Event) > before && count(&country, Kind::Certificate) > 0);
}

#[test]
fn a_country_can_be_lived_again() {
    assert_eq!(lived(7).transcript, lived(7).transcript);
    assert_ne!(lived(7).transcript, lived(8).transcript);
}
