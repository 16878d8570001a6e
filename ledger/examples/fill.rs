//! Fills a new ledger with people and their appointments, through the commands that a server would give: the generated
//! national programme, one person an appointment, four people an account, an idempotency key for each booking. What is
//! asked for depends on the seed alone.
//!
//! ```sh
//! cargo run --release -p opencowin-ledger --example fill -- DIRECTORY KEYS [appointments] [seed] [scale of the programme]
//! ```
//!
//! KEYS is the key file, which is made; DIRECTORY`.keys.toml` is where `opencowin --data DIRECTORY` looks for it. With the
//! feature `foundationdb`, `fdb:CLUSTER_FILE` can stand for the directory.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool, run by hand")]

use opencowin_ledger::commands::{Book, Booker, Command, IdempotencyKey, Once, Outcome, Register};
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::vault::{IdNumber, Vault};
use opencowin_ledger::{Environment, Ledger, Pace, Parts, Request};
use opencowin_model::programme::{Programme, ProgrammeOptions, days_on_sale};
use opencowin_model::{
    BeneficiaryRef, Channel, Clock, Date, Dose, GenderId, IdTypeId, Mobile, Pack, Session,
    SessionKey,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The day on which everything is registered and booked.
const DAY: Date = Date::constant(2021, 5, 1);

/// Commands that wait for their answer at once.
const UNDER_WAY: usize = 8192;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().expect("where the new ledger is to be");
    let keys = arguments.next().expect("its new key file");
    let mut number = |default: f64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (appointments, seed, scale) = (number(1e6) as u64, number(1.0) as u64, number(1.0));

    let pack = Arc::new(Pack::india().unwrap());
    let mut random = StdRng::seed_from_u64(seed);
    let vault = vault(Path::new(&keys), &mut random);
    let ledger = open(store(&place), vault, &pack, random.random());
    let programme = Programme::new(pack, ProgrammeOptions { seed, scale, first_day: DAY });
    let sessions = timed("sessions", || publish(&ledger, &programme));
    let people = timed("people", || register(&ledger, appointments, &mut random));
    let booked = timed("appointments", || book(&ledger, &people, &sessions));
    assert_eq!(booked.len(), people.len(), "the programme has too few seats: raise its scale");
}

fn store(place: &str) -> Arc<dyn Store> {
    #[cfg(feature = "foundationdb")]
    if let Some(file) = place.strip_prefix("fdb:") {
        use opencowin_ledger::store::foundationdb::{FoundationDb, Network};
        let network = Network::start(None).unwrap();
        return Arc::new(FoundationDb::open(&network, Path::new(file)).unwrap());
    }
    Arc::new(Embedded::open(Path::new(place), EmbeddedOptions::default()).unwrap())
}

fn vault(path: &Path, random: &mut StdRng) -> Vault {
    let text = Vault::generate(random);
    fs::write(path, &*text).unwrap();
    Vault::parse(&text).unwrap()
}

fn open(store: Arc<dyn Store>, vault: Vault, pack: &Pack, seed: [u8; 32]) -> Ledger {
    Ledger::open(Parts {
        store,
        vault: Arc::new(vault),
        environment: Environment::Sandbox,
        rules: pack.into(),
        clock: Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), pack.zone())),
        seed,
        pace: Pace::default(),
        queue: 2 * UNDER_WAY,
        sharing: None,
    })
    .unwrap()
}

/// Does something with many results, and says how long it took.
fn timed<T>(what: &str, work: impl FnOnce() -> Vec<T>) -> Vec<T> {
    let start = Instant::now();
    let results = work();
    let (count, seconds) = (results.len(), start.elapsed().as_secs_f64());
    println!("{count} {what} in {seconds:.1} s, {:.0} a second", count as f64 / seconds);
    results
}

/// Publishes the programme; answers what is on sale.
fn publish(ledger: &Ledger, programme: &Programme) -> Vec<Session> {
    let days = days_on_sale(DAY);
    let sessions: Vec<_> = days.flat_map(|day| programme.sessions_on(day)).collect();
    let through = days_on_sale(DAY).last();
    block_on(ledger.publish(programme.centres(), sessions.clone(), through)).unwrap();
    sessions
}

/// Registers so many people, all of them 51 and over.
fn register(ledger: &Ledger, count: u64, random: &mut StdRng) -> Vec<(Mobile, BeneficiaryRef)> {
    let mut registered = Vec::with_capacity(count as usize);
    let commands = (0..count).map(|number| {
        let registration = Register {
            mobile: mobile(number),
            name: format!("Person {number}"),
            birth_year: random.random_range(1930..=1970),
            gender: GenderId(random.random_range(1..=2)),
            id_type: IdTypeId(1),
            id_number: IdNumber::parse(&format!("{:012}", 200_000_000_000 + number)).unwrap(),
            comorbidity: None,
            consent_version: "1".to_owned(),
            purpose: "vaccination".to_owned(),
            kept_until: None,
        };
        Request::of(Command::Register(Box::new(registration)))
    });
    run(ledger, commands, |number, outcome| match outcome {
        Outcome::Registered(person) => registered.push((mobile(number), person)),
        other => panic!("{other:?}"),
    });
    registered
}

/// Four people have one.
fn mobile(number: u64) -> Mobile {
    Mobile(9_000_000_000 + number / 4)
}

/// Books a first dose for everybody, spread over all sessions that take them, while there are seats.
fn book(
    ledger: &Ledger,
    people: &[(Mobile, BeneficiaryRef)],
    sessions: &[Session],
) -> Vec<SessionKey> {
    let mut booked = Vec::with_capacity(people.len());
    let requests = seats(sessions).zip(people).map(|(session, &(mobile, person))| {
        let account = ledger.hasher().account(mobile);
        let command = Command::Book(Book {
            by: Booker::Account(account),
            session: session.key(),
            slot: session.slots[0].slot_label().into(),
            channel: Channel::Online,
            dose: Dose::First,
            people: vec![person],
        });
        let key = IdempotencyKey::parse(&person.to_string()).unwrap();
        let once = Some(Once { account, route: "schedule", key, digest: [1; 32] });
        Request { once, ..Request::of(command) }
    });
    run(ledger, requests, |_, outcome| match outcome {
        Outcome::Booked { taken, .. } => booked.push(taken.session),
        other => panic!("{other:?}"),
    });
    booked
}

/// The seats for a first dose of everybody over 50: one of each session, then the next of each, and so on.
fn seats(sessions: &[Session]) -> impl Iterator<Item = &Session> {
    let seats = |session: &Session| session.capacity.seats(Channel::Online, Dose::First);
    let open = sessions.iter().filter(|session| session.age.max.is_none());
    let open: Vec<_> = open.filter(|session| seats(session) > 0).collect();
    let most = open.iter().map(|session| seats(session)).max().unwrap_or(0);
    (0..most).flat_map(move |round| {
        let left: Vec<_> = open.iter().copied().filter(|session| seats(session) > round).collect();
        left
    })
}

/// Hands over requests, many at a time, and their outcomes with their numbers, in order.
fn run(
    ledger: &Ledger,
    requests: impl Iterator<Item = Request>,
    mut each: impl FnMut(u64, Outcome),
) {
    let mut under_way = VecDeque::with_capacity(UNDER_WAY);
    let mut requests = requests.fuse();
    for number in 0.. {
        let room = UNDER_WAY - under_way.len();
        under_way.extend(requests.by_ref().take(room).map(|request| ledger.submit(request)));
        let Some(answer) = under_way.pop_front() else { return };
        each(number, block_on(answer).unwrap());
    }
}
