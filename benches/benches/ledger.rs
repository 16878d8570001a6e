//! What a booking costs in the ledger: decided, coded, committed. `cargo bench -p opencowin-benches --bench ledger`.
//!
//! The commits on disk wait for it: they say as much about the disk as about the ledger. Set `TMPDIR` to choose it.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use opencowin_ledger::codec::Codec;
use opencowin_ledger::commands::{
    Book, Booker, Cancel, Command, Outcome, PublishCentres, PublishSessions, Register,
};
use opencowin_ledger::keys::Key;
use opencowin_ledger::records::Row;
use opencowin_ledger::rules::{Context, Draw};
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::store::memory::Memory;
use opencowin_ledger::vault::{IdNumber, Vault};
use opencowin_ledger::view::{Known, Rows, View};
use opencowin_ledger::{Environment, Ledger, Pace, Parts, Rules};
use opencowin_model::programme::{Programme, ProgrammeOptions};
use opencowin_model::{
    Capacity, Centre, Channel, Clock, Dose, GenderId, IdTypeId, Mobile, Pack, Seats, Session,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many book at the same moment.
const GROUPS: [usize; 4] = [1, 16, 64, 256];

/// Centres, and sessions of tomorrow with enough seats for adults of any age.
struct Stock {
    rules: Rules,
    centres: Vec<Centre>,
    sessions: Vec<Session>,
}

impl Stock {
    fn new() -> Self {
        let pack = Arc::new(Pack::india().expect("the pack is complete"));
        let today = Clock::system(0).now().civil(pack.zone()).date();
        let options = ProgrammeOptions { seed: 1, scale: 0.05, first_day: today };
        let programme = Programme::new(pack.clone(), options);
        let tomorrow = today.tomorrow().expect("the calendar goes on");
        let mut sessions: Vec<_> = programme.sessions_on(tomorrow).collect();
        for session in &mut sessions {
            session.capacity = Capacity::new(Seats([1000; 3]), Seats::default(), Seats::default());
            (session.age.min, session.age.max) = (18, None);
        }
        Self { rules: (&*pack).into(), centres: programme.centres(), sessions }
    }
}

/// The registration of the only person of a mobile number of its own.
fn registration(number: usize) -> Register {
    Register {
        mobile: Mobile(9_000_000_000 + number as u64),
        name: "Asha Rao".to_owned(),
        birth_year: 1970,
        gender: GenderId(2),
        id_type: IdTypeId(8),
        id_number: IdNumber::parse(&format!("N{number:07}")).expect("letters and digits"),
        comorbidity: None,
        consent_version: "1".to_owned(),
        purpose: "vaccination".to_owned(),
        kept_until: None,
    }
}

fn vault() -> Vault {
    Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(1))).expect("it was just made")
}

/// A ledger, and bookings for as many people in as many sessions.
struct Desk {
    ledger: Ledger,
    bookings: Vec<Book>,
}

impl Desk {
    fn open(stock: &Stock, store: Arc<dyn Store>, people: usize) -> Self {
        let ledger = Ledger::open(Parts {
            store,
            vault: Arc::new(vault()),
            environment: Environment::Sandbox,
            rules: stock.rules.clone(),
            clock: Arc::new(Clock::system(0)),
            seed: [1; 32],
            pace: Pace::default(),
            queue: 16_384,
            sharing: None,
        });
        let ledger = ledger.expect("an empty store can be opened");
        block_on(ledger.publish(stock.centres.clone(), stock.sessions.clone(), None))
            .expect("it is new");
        let register = |number| Command::Register(Box::new(registration(number)));
        let registered = all(&ledger, (0..people).map(register));
        let bookings = registered.into_iter().zip(stock.sessions.iter().cycle()).enumerate();
        let booking = |(number, (outcome, session))| match outcome {
            Outcome::Registered(person) => {
                Book { people: vec![person], ..booking(&ledger, number, session) }
            }
            other => panic!("{other:?}"),
        };
        Self { bookings: bookings.map(booking).collect(), ledger }
    }

    /// The time from the moment when all ask for their seats until all have them. They give them back afterwards.
    fn book_all(&self) -> Duration {
        let start = Instant::now();
        let booked = all(&self.ledger, self.bookings.iter().cloned().map(Command::Book));
        let took = start.elapsed();
        let cancel = |(outcome, booking): (Outcome, &Book)| match (outcome, booking.by) {
            (Outcome::Booked { appointment, .. }, Booker::Account(account)) => {
                Command::Cancel(Cancel { account, appointment, people: Vec::new() })
            }
            (other, _) => panic!("{other:?}"),
        };
        all(&self.ledger, booked.into_iter().zip(&self.bookings).map(cancel));
        took
    }
}

fn booking(ledger: &Ledger, number: usize, session: &Session) -> Book {
    Book {
        by: Booker::Account(ledger.hasher().account(registration(number).mobile)),
        session: session.key(),
        slot: session.slots[0].slot_label().into(),
        channel: Channel::Online,
        dose: Dose::First,
        people: Vec::new(),
    }
}

/// Submits all before waiting for the first.
fn all(ledger: &Ledger, commands: impl Iterator<Item = Command>) -> Vec<Outcome> {
    let answers: Vec<_> = commands.map(|command| ledger.run(command)).collect();
    answers.into_iter().map(|answer| block_on(answer).expect("nothing forbids it")).collect()
}

fn commits(c: &mut Criterion) {
    let stock = Stock::new();
    let mut group = c.benchmark_group("bookings at once");
    for people in GROUPS {
        group.throughput(Throughput::Elements(people as u64));
        let directory = tempfile::tempdir().expect("a directory for temporary files");
        let embedded = Embedded::open(directory.path(), EmbeddedOptions::default())
            .expect("an empty directory");
        let stores: [(_, Arc<dyn Store>); 2] =
            [("on disk", Arc::new(embedded)), ("in memory", Arc::new(Memory::default()))];
        for (name, store) in stores {
            let desk = Desk::open(&stock, store, people);
            group.bench_function(BenchmarkId::new(name, people), |b| {
                b.iter_custom(|rounds| (0..rounds).map(|_| desk.book_all()).sum());
            });
        }
    }
}

/// Rows without a store below them.
struct Table(BTreeMap<Key, Row>);

impl Rows for Table {
    fn row(&self, key: &Key) -> Known<'_> {
        self.0.get(key).map_or(Known::Absent, Known::Present)
    }
}

impl Table {
    fn apply(&mut self, command: &Command, context: &Context<'_>) -> Outcome {
        let effects = command.decide(&mut View::new(self), context).expect("nothing forbids it");
        self.0.extend(effects.writes.into_iter().filter_map(|(key, row)| Some((key, row?))));
        effects.outcome
    }
}

fn decisions(c: &mut Criterion) {
    let (stock, vault) = (Stock::new(), vault());
    let now = Clock::system(0).now();
    let draw = Draw { id: 0x5eed, secret: [7; 32] };
    let context = Context::new(&stock.rules, vault.hasher(), now, draw);
    let mut table = Table(BTreeMap::new());
    let session = stock.sessions[0].clone();
    let sessions = vec![session.clone()];
    let centres = stock.centres.clone();
    table.apply(&Command::PublishCentres(PublishCentres { centres }), &context);
    let publish = PublishSessions { sessions, through: None };
    table.apply(&Command::PublishSessions(publish), &context);
    let register = registration(1);
    let account = vault.hasher().account(register.mobile);
    let Outcome::Registered(person) = table.apply(&Command::Register(Box::new(register)), &context)
    else {
        panic!("a registration registers")
    };
    let book = Command::Book(Book {
        by: Booker::Account(account),
        session: session.key(),
        slot: session.slots[0].slot_label().into(),
        channel: Channel::Online,
        dose: Dose::First,
        people: vec![person],
    });
    c.bench_function("decide a booking", |b| {
        b.iter(|| {
            black_box(&book).decide(&mut View::new(&table), &context).expect("nothing forbids it")
        });
    });
    let Outcome::Booked { appointment, .. } = table.apply(&book, &context) else {
        panic!("a booking books")
    };
    let key = Key::Appointment(session.key(), appointment);
    coding(c, vault, key, &table.0[&key]);
}

/// What a row costs on its way to the store and back.
fn coding(c: &mut Criterion, vault: Vault, key: Key, row: &Row) {
    let codec = Codec::new(Environment::Sandbox, Arc::new(vault));
    let mut random = StdRng::seed_from_u64(1);
    let stored = codec.layout().encode(&key);
    let (record, sealed) = (row.encode(), codec.seal(&key, &stored, row, &mut random));
    let mut group = c.benchmark_group("appointment");
    group.bench_function("encode the key", |b| b.iter(|| codec.layout().encode(black_box(&key))));
    group
        .bench_function("decode the key", |b| b.iter(|| codec.layout().decode(black_box(&stored))));
    group.bench_function("encode the record", |b| b.iter(|| black_box(row).encode()));
    group.bench_function("decode the record", |b| b.iter(|| Row::decode(&key, black_box(&record))));
    group.bench_function("encode and seal", |b| {
        b.iter(|| codec.seal(&key, &stored, black_box(row), &mut random));
    });
    group.bench_function("open and decode", |b| {
        b.iter(|| codec.open(&key, &stored, black_box(&sealed)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = decisions, commits
}
criterion_main!(benches);
