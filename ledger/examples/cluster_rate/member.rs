//! One gateway's part in a sale: a process of its own, told by the first one when to begin.

use crate::cpu;
use crate::load::{Choice, Load};
use crate::traffic::Counting;
use crate::{open, people, programme};
use opencowin_ledger::codec::Codec;
use opencowin_ledger::keys::Kind;
use opencowin_ledger::store::foundationdb::Network;
use opencowin_ledger::vault::Vault;
use opencowin_ledger::{Ledger, members::Standing};
use std::fmt;
use std::io::stdin;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The first argument of such a process.
pub(crate) const COMMAND: &str = "member";

/// What it is to do.
pub(crate) struct Task {
    pub(crate) cluster_file: PathBuf,
    pub(crate) key_file: PathBuf,
    /// The number of the session that is sold.
    pub(crate) session: usize,
    /// Where its people are noted down.
    pub(crate) people: PathBuf,
    /// How many members there are.
    pub(crate) members: usize,
    pub(crate) clients: usize,
    pub(crate) seconds: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part {
    /// How many of its people have tried to book.
    pub(crate) sent: usize,
    pub(crate) booked: usize,
    pub(crate) seconds: f64,
    pub(crate) cpu_s: f64,
    pub(crate) committed: u64,
    pub(crate) conflicts: u64,
    pub(crate) failed: u64,
    /// Groups that sold out of a lease, whether or not they were committed.
    pub(crate) from_lease: u64,
    /// Leases at the end.
    pub(crate) leases: u64,
    pub(crate) recalls: u64,
    pub(crate) rejoined: u64,
    pub(crate) elsewhere: usize,
    pub(crate) unserved: usize,
    pub(crate) sold_out: bool,
}

/// Joins, says `ready`, waits for a line, sells, and says what came of it.
pub(crate) fn main(arguments: impl Iterator<Item = String>) {
    let task = Task::parse(arguments);
    let network = Network::start(None).unwrap();
    let key_file = std::fs::read_to_string(&task.key_file).unwrap();
    let vault = Arc::new(Vault::parse(&key_file).unwrap());
    let codec = Codec::new(programme::ENVIRONMENT, vault.clone());
    let store = open(&network, &task.cluster_file);
    let counting = Arc::new(Counting::new(store, codec.layout()));
    let ledger = programme::ledger(counting.clone(), vault);
    let people = people::noted(&task.people);
    while standing(&ledger).members < task.members as u64 {
        thread::sleep(Duration::from_millis(10));
    }
    println!("ready");
    stdin().read_line(&mut String::new()).unwrap();
    let choice = Choice::Spread(vec![programme::session_key(task.session)]);
    let (before, time) = (cpu::of(std::process::id()), Duration::from_secs_f64(task.seconds));
    counting.take();
    let sales = Load::new(&ledger, choice, &people).run(task.clients, time);
    let (traffic, standing) = (counting.take(), standing(&ledger));
    println!(
        "{}",
        Part {
            sent: sales.sent,
            booked: sales.booked,
            seconds: sales.seconds,
            cpu_s: cpu::of(std::process::id()) - before,
            committed: traffic.committed,
            conflicts: traffic.conflicts,
            failed: traffic.failed,
            from_lease: traffic[Kind::Lease].sets,
            leases: standing.leases,
            recalls: standing.recalls,
            rejoined: standing.rejoined,
            elsewhere: sales.elsewhere,
            unserved: sales.unserved,
            sold_out: sales.sold_out,
        }
    );
}

fn standing(ledger: &Ledger) -> Standing {
    ledger.standing().expect("invariant: the ledger was opened as a shared one")
}

impl Task {
    /// The arguments of the process.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
        vec![
            COMMAND.to_owned(),
            path(&self.cluster_file),
            path(&self.key_file),
            self.session.to_string(),
            path(&self.people),
            self.members.to_string(),
            self.clients.to_string(),
            self.seconds.to_string(),
        ]
    }

    fn parse(mut words: impl Iterator<Item = String>) -> Self {
        Self {
            cluster_file: next(&mut words),
            key_file: next(&mut words),
            session: next(&mut words),
            people: next(&mut words),
            members: next(&mut words),
            clients: next(&mut words),
            seconds: next(&mut words),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, booked, seconds, cpu_s, committed, conflicts, failed, .. } = self;
        let Self { from_lease, leases, recalls, rejoined, .. } = self;
        let Self { elsewhere, unserved, sold_out, .. } = self;
        write!(f, "{sent} {booked} {seconds} {cpu_s} {committed} {conflicts} {failed} ")?;
        write!(f, "{from_lease} {leases} {recalls} {rejoined} {elsewhere} {unserved} {sold_out}")
    }
}

impl Part {
    /// Reads what a process has said.
    pub(crate) fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace().map(str::to_owned);
        let words = &mut words;
        Self {
            sent: next(words),
            booked: next(words),
            seconds: next(words),
            cpu_s: next(words),
            committed: next(words),
            conflicts: next(words),
            failed: next(words),
            from_lease: next(words),
            leases: next(words),
            recalls: next(words),
            rejoined: next(words),
            elsewhere: next(words),
            unserved: next(words),
            sold_out: next(words),
        }
    }

    /// Of several members, who sold at the same time.
    pub(crate) fn sum(parts: &[Self]) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.sent += part.sent;
            all.booked += part.booked;
            all.seconds = all.seconds.max(part.seconds);
            all.cpu_s += part.cpu_s;
            all.committed += part.committed;
            all.conflicts += part.conflicts;
            all.failed += part.failed;
            all.from_lease += part.from_lease;
            all.leases += part.leases;
            all.recalls += part.recalls;
            all.rejoined += part.rejoined;
            all.elsewhere += part.elsewhere;
            all.unserved += part.unserved;
            all.sold_out |= part.sold_out;
        }
        all
    }
}

/// The next word, as what belongs there.
fn next<T: FromStr<Err: fmt::Debug>>(words: &mut impl Iterator<Item = String>) -> T {
    words.next().expect("one more word").parse().unwrap()
}
