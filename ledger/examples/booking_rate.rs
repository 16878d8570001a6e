//! How many bookings a second the whole ledger makes durable, in process, and what they cost: through the lane, with an
//! idempotency key each, so that a booking writes three rows.
//!
//! So many clients, each of whom sends the next booking when the last one is settled. Bookings are spread over 2,000
//! sessions, or all go to one. Nobody books twice, so that every booking reads and writes rows of its own. Before that,
//! how long it takes to publish a national catalogue and to load it at the start.
//!
//! With the word `audit` as third argument, one thing alone is measured: bookings with an entry in the audit each, in turn
//! with bookings without.
//!
//! ```sh
//! cargo run --release -p opencowin-ledger --example booking_rate -- [seconds per row] [directory] [audit]
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

#[path = "support/threads.rs"]
mod threads;

use crossbeam::channel::{self, Receiver, Sender};
use jiff::tz::TimeZone;
use opencowin_ledger::audit::{Entry, Who, Word};
use opencowin_ledger::codec::Codec;
use opencowin_ledger::commands::{Book, Booker, Command, IdempotencyKey, Once};
use opencowin_ledger::keys::Key;
use opencowin_ledger::records::{Person, Row};
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions, Logs};
use opencowin_ledger::store::{Commit, Mutation, Outcome, Store};
use opencowin_ledger::vault::{AccountId, Vault};
use opencowin_ledger::{Environment, Ledger, Pace, Parts, Request, Rules, Settled};
use opencowin_model::pack::Vaccine;
use opencowin_model::{
    AgeBand, BeneficiaryRef, Capacity, Centre, CentreId, Channel, Clock, Date, DistrictId, Dose,
    FeeType, Hours, Pincode, Position, Seats, Session, SessionId, SessionState, TimeOfDay,
    VaccineId,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threads::threads;
use uuid::Uuid;

const DAY: Date = Date::constant(2021, 5, 1);
const SLOT: &str = "09:00AM-05:00PM";

/// What one row of the table measures.
struct Case {
    name: &'static str,
    clients: usize,
    sessions: usize,
    options: EmbeddedOptions,
    pace: Pace,
    /// Whether each booking leaves an entry in the audit.
    audited: bool,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().map_or(2.0, |text| text.parse().unwrap());
    let base = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::tempdir_in(base).unwrap();
    if arguments.next().is_some_and(|word| word == "audit") {
        return compare_audited(&dir.path().join("store"), Duration::from_secs_f64(seconds));
    }
    catalogue(&dir.path().join("store"));
    println!(
        "{:<14} {:>7} {:>5} {:>6} {:>10} {:>8} {:>8} {:>10}  µs of CPU by thread",
        "", "clients", "depth", "gather", "bookings/s", "p50 ms", "p99 ms", "µs/booking"
    );
    for case in cases() {
        let path = dir.path().join("store");
        measure(&case, &path, Duration::from_secs_f64(seconds));
        fs::remove_dir_all(path).unwrap();
    }
}

/// Several times each in turn, since the machine changes its pace: rates by the clock where it is idle, CPU where not.
fn compare_audited(path: &Path, time: Duration) {
    const ROUNDS: usize = 7;
    for clients in [64, 256, 1024] {
        let cost = |audited| {
            let (options, pace) = (EmbeddedOptions::default(), Pace::default());
            let name = if audited { "audited" } else { "plain" };
            let case = Case { name, clients, sessions: 2000, options, pace, audited };
            let cost = measure(&case, path, time);
            fs::remove_dir_all(path).unwrap();
            cost
        };
        let round = |_| {
            let (plain, audited) = (cost(false), cost(true));
            (audited.rate / plain.rate, plain.cpu / audited.cpu)
        };
        let (rates, cpu): (Vec<_>, Vec<_>) = (0..ROUNDS).map(round).unzip();
        let (rate, cpu) = (median(rates), median(cpu));
        println!(
            "{clients} clients: with an entry each, {rate:.3} of the bookings/s and {cpu:.3} of those per CPU second"
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Publishes 30,000 centres and 300,000 sessions, and loads them after a restart.
fn catalogue(path: &Path) {
    let vault = Arc::new(Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(1))).unwrap());
    let open = || {
        let store = Arc::new(Embedded::open(path, EmbeddedOptions::default()).unwrap());
        Ledger::open(parts(store, vault.clone(), Pace::default())).unwrap()
    };
    let centres = (0..30_000).map(|id| Centre { id: CentreId(id), ..centre() }).collect();
    let sessions = (0..300_000).map(session).collect();
    let ledger = open();
    let start = Instant::now();
    block_on(ledger.publish(centres, sessions, Some(DAY))).unwrap();
    println!("published 30,000 centres and 300,000 sessions in {:?}", start.elapsed());
    drop(ledger);
    let start = Instant::now();
    let ledger = open();
    println!("opened again in {:?}", start.elapsed());
    let (start, mut loaded) = (Instant::now(), 0);
    block_on(ledger.read().load_centres(|chunk| loaded += chunk.len())).unwrap();
    block_on(ledger.read().load_sessions(DAY, |chunk| loaded += chunk.len())).unwrap();
    println!("loaded {loaded} of them in {:?}", start.elapsed());
    let start = Instant::now();
    let report = block_on(ledger.check(|violation| panic!("{violation}"))).unwrap();
    println!("checked {} sessions in {:?}", report.sessions, start.elapsed());
    drop(ledger);
    fs::remove_dir_all(path).unwrap();
}

fn cases() -> Vec<Case> {
    let default = EmbeddedOptions::default();
    let two = EmbeddedOptions { logs: Logs::Two, ..default };
    let unsynced = EmbeddedOptions { fsync: false, ..default };
    let mut cases = Vec::new();
    let mut add = |name, clients, sessions, options: &EmbeddedOptions, depth, gather| {
        let pace = Pace { depth, gather, ..Pace::default() };
        let options = options.clone();
        cases.push(Case { name, clients, sessions, options, pace, audited: false });
    };
    for clients in [64, 256, 1024] {
        for depth in [1, 2, 4] {
            for gather in [0.0, 0.1, 0.25] {
                add("spread", clients, 2000, &default, depth, gather);
            }
        }
    }
    let Pace { depth, gather, .. } = Pace::default();
    for clients in [64, 256, 1024] {
        add("two logs", clients, 2000, &two, depth, gather);
        add("no fsync", clients, 2000, &unsynced, depth, gather);
        add("one session", clients, 1, &default, depth, gather);
    }
    cases
}

/// What was measured.
struct Cost {
    /// Bookings a second.
    rate: f64,
    /// CPU seconds for each.
    cpu: f64,
}

/// Prints the row of a case.
fn measure(case: &Case, path: &Path, time: Duration) -> Cost {
    let store = Arc::new(Embedded::open(path, case.options.clone()).unwrap());
    let mut random = StdRng::seed_from_u64(1);
    let vault = Arc::new(Vault::parse(&Vault::generate(&mut random)).unwrap());
    let ledger = Ledger::open(parts(store.clone(), vault.clone(), case.pace)).unwrap();
    let sessions: Vec<_> = (0..case.sessions).map(|n| session(n as u128)).collect();
    block_on(ledger.publish(vec![centre()], sessions.clone(), None)).unwrap();
    let count = if case.sessions == 1 { 65_000 } else { 200_000 };
    let people = people(&*store, &Codec::new(Environment::Sandbox, vault), count, &mut random);

    let (before, start) = (threads(), Instant::now());
    let mut waits = Load::new(&ledger, &sessions, &people, case.audited).run(case.clients, time);
    let (elapsed, mut spent) = (start.elapsed().as_secs_f64(), threads());
    for (thread, before) in before {
        *spent.entry(thread).or_default() -= before;
    }
    waits.sort_unstable();
    let each = |seconds: f64| 1e6 * seconds / waits.len() as f64;
    let percentile = |share: f64| waits[(waits.len() as f64 * share) as usize].as_secs_f64() * 1e3;
    let total: f64 = spent.values().sum();
    let shares = spent.iter().filter(|(_, cpu)| **cpu > 0.02 * total);
    let shares: Vec<_> = shares.map(|(name, cpu)| format!("{name} {:.1}", each(*cpu))).collect();
    println!(
        "{:<14} {:>7} {:>5} {:>6} {:>10.0} {:>8.2} {:>8.2} {:>10.1}  {}",
        case.name,
        case.clients,
        case.pace.depth,
        case.pace.gather,
        waits.len() as f64 / elapsed,
        percentile(0.5),
        percentile(0.99),
        each(total),
        shares.join(", ")
    );
    Cost { rate: waits.len() as f64 / elapsed, cpu: total / waits.len() as f64 }
}

/// Clients who book, each again as soon as the last booking is settled.
struct Load<'a> {
    ledger: &'a Ledger,
    sessions: &'a [Session],
    people: std::slice::Iter<'a, (AccountId, BeneficiaryRef)>,
    sent: usize,
    audited: bool,
    settled: (Sender<Instant>, Receiver<Instant>),
}

impl<'a> Load<'a> {
    fn new(
        ledger: &'a Ledger,
        sessions: &'a [Session],
        people: &'a [(AccountId, BeneficiaryRef)],
        audited: bool,
    ) -> Self {
        let people = people.iter();
        Self { ledger, sessions, people, sent: 0, audited, settled: channel::unbounded() }
    }

    /// How long each booking took.
    fn run(mut self, clients: usize, time: Duration) -> Vec<Duration> {
        let mut waits = Vec::new();
        let end = Instant::now() + time;
        let mut under_way = (0..clients).filter(|_| self.send()).count();
        while under_way > 0 {
            let sent = self.settled.1.recv().unwrap();
            waits.push(sent.elapsed());
            under_way -= 1;
            if Instant::now() < end {
                under_way += usize::from(self.send());
            }
        }
        waits
    }

    /// Sends the next booking, if there is anybody left.
    fn send(&mut self) -> bool {
        let Some(&(account, person)) = self.people.next() else { return false };
        let session = self.sessions[self.sent % self.sessions.len()].key();
        self.sent += 1;
        let people = vec![person];
        let (slot, channel, dose) = (SLOT.into(), Channel::Online, Dose::First);
        let audit = if self.audited { vec![self.entry(account)] } else { Vec::new() };
        let command = Command::Book(Book {
            by: Booker::Account(account),
            session,
            slot,
            channel,
            dose,
            people,
        });
        let key = IdempotencyKey::parse(&format!("key-{}", self.sent)).unwrap();
        let once = Some(Once { account, route: "schedule", key, digest: [1; 32] });
        let (start, settled) = (Instant::now(), self.settled.0.clone());
        let settle = Some(Box::new(move |outcome: &Settled| {
            assert!(matches!(outcome, Settled::Effective(_)), "{outcome:?}");
            settled.send(start).unwrap();
        }) as _);
        drop(self.ledger.submit(Request { once, settle, audit, ..Request::of(command) }));
        true
    }

    fn entry(&self, account: AccountId) -> Entry {
        let (role, purpose) = (Word::new("beneficiary"), Word::new("book"));
        Entry::new(Who::Account(account), role, purpose, self.ledger.clock().now())
            .through(Some(Uuid::from_u128(1)))
    }
}

fn parts(store: Arc<dyn Store>, vault: Arc<Vault>, pace: Pace) -> Parts {
    let rules = Rules {
        zone: TimeZone::UTC,
        people_per_account: 4,
        vaccines: vec![Vaccine {
            id: VaccineId(0),
            name: "VACCINE".to_owned(),
            manufacturer: "Somebody".to_owned(),
            icd11: "XM68M6".to_owned(),
            doses: 2,
            second_after_days: Some(28),
            precaution_after_days: None,
            price_ceiling: None,
            doses_per_vial: 10,
        }],
        genders: Vec::new(),
        words: opencowin_ledger::rules::Words::default(),
    };
    let clock = Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), &TimeZone::UTC));
    let (environment, seed) = (Environment::Sandbox, [1; 32]);
    Parts { store, vault, environment, rules, clock, seed, pace, queue: 4096, sharing: None }
}

fn hours() -> Hours {
    Hours::new(TimeOfDay::new(9, 0).unwrap(), TimeOfDay::new(17, 0).unwrap()).unwrap()
}

fn centre() -> Centre {
    Centre {
        id: CentreId(1),
        name: "Centre".to_owned(),
        address: "Street".to_owned(),
        block: "Block".to_owned(),
        district: DistrictId(1),
        pincode: Pincode(110_001),
        position: Position::new(28.6, 77.2).unwrap(),
        hours: hours(),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    }
}

fn session(number: u128) -> Session {
    let seats = Seats([u16::MAX, 0, 0]);
    Session {
        id: SessionId(Uuid::from_u128(number)),
        centre: CentreId(1),
        date: DAY,
        hours: hours(),
        vaccine: VaccineId(0),
        age: AgeBand { min: 18, max: None },
        fee: 0,
        slots: vec![hours()],
        capacity: Capacity::new(seats, Seats::default(), Seats::default()),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    }
}

/// Writes the state rows of so many people, which is all of them that a booking looks at.
fn people(
    store: &dyn Store,
    codec: &Codec,
    count: usize,
    random: &mut StdRng,
) -> Vec<(AccountId, BeneficiaryRef)> {
    let mut person = || {
        let id = BeneficiaryRef::new(random.random_range(BeneficiaryRef::RANGE)).unwrap();
        (AccountId::from_bytes(random.random()), id)
    };
    let people: Vec<_> = (0..count).map(|_| person()).collect();
    for some in people.chunks(20_000) {
        let rows = some.iter().map(|(account, id)| {
            let (doses, appointments) = (Vec::new(), Vec::new());
            let account = Some(*account);
            let (registered_at, leads_to) = (None, None);
            let person =
                Person { account, birth_year: 1980, doses, appointments, registered_at, leads_to };
            let key = codec.layout().encode(&Key::Person(*id));
            let value = codec.seal(&Key::Person(*id), &key, &Row::Person(person), random);
            Mutation::Set { key, value }
        });
        let commit = Commit { mutations: rows.collect(), ..Commit::default() };
        let (send, receive) = channel::bounded(1);
        store.commit(commit, Box::new(move |outcome| send.send(outcome).unwrap()));
        assert!(matches!(receive.recv(), Ok(Outcome::Committed(_))));
    }
    people
}
