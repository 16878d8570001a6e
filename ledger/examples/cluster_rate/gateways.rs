//! One hot session, sold by several gateways at once and by one, in turns.
//!
//! Each gateway is a process of its own: a member of the ledger, which has its share of the clients and of the people.
//! After each round the session's counters must say what the gateways say to have sold, and no more than there was; at
//! the end the whole ledger is checked.

use crate::cpu::Server;
use crate::member::{Part, Task};
use crate::options::Options;
use crate::people::Who;
use crate::table::{maybe, median, rounds};
use crate::{open, people, programme};
use opencowin_ledger::check::check;
use opencowin_ledger::codec::Codec;
use opencowin_ledger::store::Store;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::foundationdb::Network;
use opencowin_ledger::vault::Vault;
use opencowin_model::{Channel, Dose};
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

struct Bench<'a> {
    options: &'a Options,
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    codec: Codec,
    server: Option<Server>,
    /// Holds the key file.
    home: TempDir,
    /// How many sessions were sold.
    sold: usize,
    /// Registered people who have not booked yet.
    people: Vec<Who>,
}

/// What a round came to: all gateways together.
struct Round {
    part: Part,
    server_s: Option<f64>,
}

pub(crate) fn run(network: &Network, options: &Options) {
    let store = open(network, &options.cluster_file);
    let text = Vault::generate(&mut rand::rng());
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("keys.toml"), &*text).unwrap();
    let vault = Arc::new(Vault::parse(&text).unwrap());
    let codec = Codec::new(programme::ENVIRONMENT, vault.clone());
    let server = options.server.map(Server::new);
    let mut bench =
        Bench { options, store, vault, codec, server, home, sold: 0, people: Vec::new() };
    println!(
        "One session of {} seats, {} rounds of {:?} each at most, median [rounds]:\n",
        options.seats, options.rounds, options.time
    );
    println!(
        "| clients | gateways | bookings/s | ratio | clients' CPU µs | server CPU µs | bookings per server CPU-s | \
         transactions per booking | conflicts | out of a lease | leases at the end | recalls | fenced by mistake | waited for seats | not served | sold out |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    options.clients.iter().for_each(|clients| bench.compare(*clients));
    bench.verify();
}

impl Bench<'_> {
    fn compare(&mut self, clients: usize) {
        let (mut one, mut several) = (Vec::new(), Vec::new());
        for _ in 0..self.options.rounds {
            one.push(self.sell(1, clients));
            several.push(self.sell(self.options.gateways, clients));
        }
        let ratio = median(&rates(&several)) / median(&rates(&one));
        println!("| {clients} | 1 | {} |", columns(&one, ""));
        let (gateways, ratio) = (self.options.gateways, format!("**{ratio:.2}**"));
        println!("| {clients} | {gateways} | {} |", columns(&several, &ratio));
    }

    /// One round with so many gateways, on a session of its own.
    fn sell(&mut self, gateways: usize, clients: usize) -> Round {
        let (seats, session) = (self.options.seats, self.sold);
        self.sold += 1;
        // More people than seats, so that somebody is told that it is sold out.
        self.register(usize::from(seats) + clients);
        let people = std::mem::take(&mut self.people);
        let queues: Vec<_> = people.chunks(people.len().div_ceil(gateways)).collect();
        self.publish(session);
        let task = |people| Task {
            cluster_file: self.options.cluster_file.clone(),
            key_file: self.home.path().join("keys.toml"),
            session,
            people,
            members: gateways,
            clients: clients / gateways,
            seconds: self.options.time.as_secs_f64(),
        };
        let member = |(number, queue): (usize, &&[Who])| {
            let file = self.home.path().join(format!("people-{number}"));
            people::note(&file, queue);
            Member::start(&task(file))
        };
        let mut members: Vec<_> = queues.iter().enumerate().map(member).collect();
        members.iter_mut().for_each(|member| assert_eq!(member.hear(), "ready"));
        std::thread::sleep(self.options.pause);
        let (server, pause) = (self.server.as_ref(), self.options.pause);
        let (parts, server_s) = Server::cost(server, pause, || {
            members.iter_mut().for_each(Member::go);
            let parts: Vec<_> = members.iter_mut().map(|one| Part::parse(&one.hear())).collect();
            members.into_iter().for_each(Member::end);
            parts
        });
        let rest = queues.iter().zip(&parts).flat_map(|(queue, part)| &queue[part.sent..]);
        self.people = rest.copied().collect();
        let part = Part::sum(&parts);
        let booked = self.booked(session);
        assert_eq!(booked, part.booked, "what was acknowledged is what was booked");
        assert!(booked <= usize::from(seats), "{booked} of {seats} seats were sold");
        Round { part, server_s }
    }

    /// Sees to it that so many people can book.
    fn register(&mut self, count: usize) {
        let people = people::draw(count.saturating_sub(self.people.len()));
        people::write_whole(&*self.store, &self.codec, &people);
        self.people.extend(people);
    }

    fn publish(&self, session: usize) {
        let ledger = programme::ledger(self.store.clone(), self.vault.clone());
        let sessions = vec![programme::session(session, self.options.seats)];
        block_on(ledger.publish(vec![programme::centre()], sessions, None)).unwrap();
    }

    /// How many seats of the session are booked, as its counters have it now that nobody has a lease.
    fn booked(&self, session: usize) -> usize {
        let ledger = programme::ledger(self.store.clone(), self.vault.clone());
        let (key, mut booked) = (programme::session_key(session), None);
        let loading = ledger.read().load_sessions(programme::DAY, |chunk| {
            let found = chunk.into_iter().find(|(session, _)| session.key() == key);
            booked = booked.or(found.map(|(_, counters)| counters));
        });
        block_on(loading).unwrap();
        let tally = booked.unwrap().tally(Channel::Online, Dose::First);
        assert_eq!(tally.leased, 0, "whoever leaves gives back its leases");
        usize::try_from(tally.booked).unwrap()
    }

    fn verify(&self) {
        let (store, vault) = (self.store.clone(), self.vault.clone());
        let (rules, clock) = (programme::rules(), programme::clock());
        let found = |violation| println!("{violation}");
        let report =
            block_on(check(store, vault, programme::ENVIRONMENT, rules, clock, found)).unwrap();
        println!("\nChecked: {report}. Never more was sold than there was.");
        assert_eq!(report.violations, 0);
    }
}

fn rates(rounds: &[Round]) -> Vec<f64> {
    rounds.iter().map(|round| round.part.booked as f64 / round.part.seconds).collect()
}

/// The columns of the table, from the rate on.
fn columns(all: &[Round], ratio: &str) -> String {
    let parts: Vec<_> = all.iter().map(|round| round.part).collect();
    let part = Part::sum(&parts);
    let server_s: Option<f64> = all.iter().map(|round| round.server_s).sum();
    let booked = part.booked as f64;
    let tries = part.committed + part.conflicts + part.failed;
    let sold_out = all.iter().filter(|round| round.part.sold_out).count();
    format!(
        "{} | {ratio} | {:.0} | {} | {} | {:.4} | {:.2} % | {:.0} % | {} | {} | {} | {} | {} | {sold_out} of {} rounds",
        rounds(&rates(all)),
        1e6 * part.cpu_s / booked,
        maybe(server_s.map(|seconds| 1e6 * seconds / booked)),
        maybe(server_s.map(|seconds| booked / seconds)),
        part.committed as f64 / booked,
        100.0 * part.conflicts as f64 / tries.max(1) as f64,
        100.0 * part.from_lease as f64 / tries.max(1) as f64,
        part.leases,
        part.recalls,
        part.rejoined,
        part.elsewhere,
        part.unserved,
        all.len(),
    )
}

/// A gateway's process.
struct Member {
    process: Child,
    words: Lines<BufReader<ChildStdout>>,
}

impl Member {
    fn start(task: &Task) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(task.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let words = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, words }
    }

    fn hear(&mut self) -> String {
        self.words.next().expect("a member ended before its time").unwrap()
    }

    fn go(&mut self) {
        writeln!(self.process.stdin.as_mut().unwrap(), "go").unwrap();
    }

    fn end(mut self) {
        assert!(self.process.wait().unwrap().success());
    }
}
