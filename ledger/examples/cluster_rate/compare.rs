//! The ledger next to the bare loop, in turns.
//!
//! A short run of the ledger comes first: what it reads and writes for a booking is what the bare loop does. At the end
//! both must have read and written alike.

use crate::bare::Bare;
use crate::cpu::{self, Server};
use crate::load::{Choice, Load};
use crate::options::Options;
use crate::people;
use crate::table::{maybe, median, rounds};
use crate::traffic::{Counting, KINDS, Rows, Traffic};
use crate::{open, programme};
use foundationdb::Database;
use opencowin_ledger::Ledger;
use opencowin_ledger::codec::Codec;
use opencowin_ledger::keys::Kind;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::foundationdb::Network;
use opencowin_ledger::vault::Vault;
use opencowin_model::SessionKey;
use std::sync::Arc;
use std::time::Duration;

/// Sessions over which bookings are spread.
const SPREAD: usize = 2000;

/// Bookings that a hot session takes.
const HOT_SEATS: usize = 65_000;

/// How long the first, short run is, and how many people it has.
const FIRST_RUN: (Duration, usize) = (Duration::from_secs(1), 20_000);

/// How far the two sides may be apart in what they read and write for a booking or in a transaction.
const ALIKE: f64 = 0.05;

/// What a round came to.
struct Round {
    booked: usize,
    seconds: f64,
    client_s: f64,
    server_s: Option<f64>,
    traffic: Traffic,
}

/// The rounds of one side.
#[derive(Default)]
struct Side(Vec<Round>);

struct Bench<'a> {
    options: &'a Options,
    store: Arc<dyn Store>,
    database: Database,
    vault: Arc<Vault>,
    codec: Codec,
    server: Option<Server>,
    /// How many sessions were published.
    published: usize,
    /// The sessions over which bookings are spread, once they are published.
    spread: Vec<SessionKey>,
}

pub(crate) fn run(network: &Network, options: &Options) {
    let store = open(network, &options.cluster_file);
    let database = Database::from_path(options.cluster_file.to_str().unwrap()).unwrap();
    let vault = Arc::new(Vault::parse(&Vault::generate(&mut rand::rng())).unwrap());
    let codec = Codec::new(programme::ENVIRONMENT, vault.clone());
    let server = options.server.map(Server::new);
    if let Some(server) = &server {
        println!("The idle server takes {:.1} % of a CPU.\n", 100.0 * server.idle());
    }
    let (published, spread) = (0, Vec::new());
    let mut bench = Bench { options, store, database, vault, codec, server, published, spread };
    let all: Vec<_> = options.clients.iter().map(|clients| bench.compare(*clients)).collect();
    print_rates(options, &all);
    print_traffic(&all);
    for (clients, bare, ledger) in &all {
        assert_alike(*clients, bare, ledger);
    }
}

impl Bench<'_> {
    fn compare(&mut self, clients: usize) -> (usize, Side, Side) {
        let (time, people) = FIRST_RUN;
        let first = self.ledger(clients, time, people, Duration::ZERO);
        let rate = first.booked as f64 / first.seconds;
        // As many as are sure to be enough.
        let people = clients + (2.0 * rate * self.options.time.as_secs_f64()) as usize;
        let (mut bare, mut ledger) = (Side::default(), Side::default());
        for _ in 0..self.options.rounds {
            bare.0.push(self.bare(clients, people, first.traffic));
            ledger.0.push(self.ledger(clients, self.options.time, people, self.options.pause));
        }
        (clients, bare, ledger)
    }

    fn bare(&mut self, clients: usize, people: usize, measured: Traffic) -> Round {
        let sessions = if self.options.hot { 1 } else { SPREAD };
        let people = people::draw(people);
        let (store, vault) = (&*self.store, &self.vault);
        let bare = Bare::new(&self.database, store, vault, measured, sessions, &people);
        let (time, pause) = (self.options.time, self.options.pause);
        std::thread::sleep(pause);
        let ((done, client_s), server_s) =
            Server::cost(self.server.as_ref(), pause, || timed(|| bare.run(clients, time)));
        let (booked, seconds, traffic) = (done.booked, done.seconds, done.traffic);
        Round { booked, seconds, client_s, server_s, traffic }
    }

    fn ledger(&mut self, clients: usize, time: Duration, people: usize, pause: Duration) -> Round {
        let people = people::draw(people);
        people::write_states(&*self.store, &self.codec, &people);
        let counting = Arc::new(Counting::new(self.store.clone(), self.codec.layout()));
        let ledger = programme::ledger(counting.clone(), self.vault.clone());
        let choice = self.choice(&ledger, people.len());
        std::thread::sleep(pause);
        let server = self.server.as_ref();
        let ((sales, client_s, traffic), server_s) = Server::cost(server, pause, || {
            counting.take();
            let (sales, client_s) =
                timed(|| Load::new(&ledger, choice, &people).run(clients, time));
            let traffic = counting.take();
            // Its feed is read for as long as it is open.
            drop(ledger);
            (sales, client_s, traffic)
        });
        assert!(!sales.sold_out && sales.elsewhere == 0, "nobody else sells");
        Round { booked: sales.booked, seconds: sales.seconds, client_s, server_s, traffic }
    }

    /// Sessions on sale for so many people: always the same ones, or some of which nobody has heard yet.
    fn choice(&mut self, ledger: &Ledger, people: usize) -> Choice {
        if self.options.hot {
            let keys = self.publish(ledger, people.div_ceil(HOT_SEATS));
            return Choice::Hot(keys, HOT_SEATS);
        }
        if self.spread.is_empty() {
            self.spread = self.publish(ledger, SPREAD);
        }
        Choice::Spread(self.spread.clone())
    }

    /// Publishes so many sessions and sells a seat of each, since its counters are written with the first.
    fn publish(&mut self, ledger: &Ledger, count: usize) -> Vec<SessionKey> {
        let numbers = self.published..self.published + count;
        self.published = numbers.end;
        let sessions = numbers.clone().map(|number| programme::session(number, u16::MAX));
        block_on(ledger.publish(vec![programme::centre()], sessions.collect(), None)).unwrap();
        let keys: Vec<_> = numbers.map(programme::session_key).collect();
        let people = people::draw(count);
        people::write_states(&*self.store, &self.codec, &people);
        let sales =
            Load::new(ledger, Choice::Spread(keys.clone()), &people).run(count, Duration::MAX);
        assert_eq!(sales.booked, count);
        keys
    }
}

/// What comes of some work, and the CPU seconds that this process has had meanwhile.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = cpu::of(std::process::id());
    let result = work();
    (result, cpu::of(std::process::id()) - before)
}

impl Side {
    fn rates(&self) -> Vec<f64> {
        self.0.iter().map(|round| round.booked as f64 / round.seconds).collect()
    }

    fn booked(&self) -> f64 {
        self.0.iter().map(|round| round.booked as f64).sum()
    }

    fn client_s(&self) -> f64 {
        self.0.iter().map(|round| round.client_s).sum()
    }

    fn server_s(&self) -> Option<f64> {
        self.0.iter().map(|round| round.server_s).sum()
    }

    fn traffic(&self) -> Traffic {
        let mut all = Traffic::default();
        self.0.iter().for_each(|round| all.add(&round.traffic));
        all
    }

    /// The columns of the table of rates.
    fn columns(&self) -> String {
        let (booked, traffic) = (self.booked(), self.traffic());
        let rows = traffic.rows();
        format!(
            "{} | {:.0} | {} | {} | {:.4} | {:.2} % | {:.2} | {:.2} | {:.0}",
            rounds(&self.rates()),
            1e6 * self.client_s() / booked,
            maybe(self.server_s().map(|seconds| 1e6 * seconds / booked)),
            maybe(self.server_s().map(|seconds| booked / seconds)),
            traffic.committed as f64 / booked,
            100.0 * traffic.conflict_share(),
            rows.gets as f64 / booked,
            rows.sets as f64 / booked,
            (rows.key_bytes + rows.value_bytes) as f64 / booked,
        )
    }
}

fn print_rates(options: &Options, all: &[(usize, Side, Side)]) {
    let what = if options.hot { "one hot session" } else { "2,000 sessions" };
    println!(
        "Bookings of {what}, {} rounds of {:?} each, median [rounds]:\n",
        options.rounds, options.time
    );
    println!(
        "| clients | side | bookings/s | ratio | client CPU µs | server CPU µs | bookings per server CPU-s | \
         transactions per booking | conflicts | gets | rows | bytes |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (clients, bare, ledger) in all {
        let ratio = median(&ledger.rates()) / median(&bare.rates());
        let with_ratio = |columns: String, ratio: &str| columns.replacen(" | ", ratio, 1);
        println!("| {clients} | bare | {} |", with_ratio(bare.columns(), " | | "));
        let ratio = format!(" | **{ratio:.2}** | ");
        println!("| {clients} | ledger | {} |", with_ratio(ledger.columns(), &ratio));
    }
    println!("\nCPU, gets, rows and bytes (keys and values written) are per booking.");
}

/// What both sides read and wrote, by kind of row.
fn print_traffic(all: &[(usize, Side, Side)]) {
    let Some((clients, bare, ledger)) = all.last() else { return };
    println!("\nPer booking, {clients} clients, ledger / bare:\n");
    println!("| row | gets | of them found | conflicts | rows written | bytes written |");
    println!("|---|---|---|---|---|---|");
    let sides = [ledger, bare].map(|side| (side.traffic(), side.booked()));
    for (kind, name) in KINDS.into_iter().filter(|(kind, _)| *kind != Kind::Lease) {
        let both = |of: fn(&Rows) -> u64| {
            sides.map(|(traffic, booked)| format!("{:.3}", of(&traffic[kind]) as f64 / booked))
        };
        let columns = [
            both(|rows| rows.gets),
            both(|rows| rows.found),
            both(|rows| rows.conflicts),
            both(|rows| rows.sets),
            both(|rows| rows.key_bytes + rows.value_bytes),
        ];
        let columns: Vec<_> = columns.iter().map(|both| both.join(" / ")).collect();
        println!("| {name} | {} |", columns.join(" | "));
    }
}

/// Panics unless both sides read and wrote alike for a booking, or, of rows that a group has once, in a transaction.
fn assert_alike(clients: usize, bare: &Side, ledger: &Side) {
    let sides = [bare, ledger].map(|side| (side.traffic(), side.booked()));
    for (kind, name) in KINDS {
        let alike = |what: &str, slack: f64, of: fn(&Rows) -> u64| {
            let number = |(traffic, _): (Traffic, f64)| of(&traffic[kind]) as f64;
            let each = sides.map(|side| number(side) / side.1);
            let grouped = sides.map(|side| number(side) / side.0.committed as f64);
            let close = |[one, two]: [f64; 2], slack| {
                (one - two).abs() <= f64::max(slack, ALIKE * one.max(two))
            };
            assert!(
                close(each, 0.0) || close(grouped, slack),
                "{clients} clients, {what} of {name}: bare and ledger {each:.3?} a booking, {grouped:.3?} a transaction"
            );
        };
        alike("gets", 0.0, |rows| rows.gets);
        alike("rows found", 0.0, |rows| rows.found);
        alike("conflicts", 0.0, |rows| rows.conflicts);
        alike("rows written", 0.0, |rows| rows.sets);
        // The numbers in a row grow by a byte now and then.
        alike("bytes found", 1.0, |rows| rows.found_bytes);
        alike("bytes written", 1.0, |rows| rows.key_bytes + rows.value_bytes);
    }
}
