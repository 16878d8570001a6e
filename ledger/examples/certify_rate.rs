//! How many certificates a second the ledger stores durably on the embedded engine, and what that costs.
//!
//! Somebody else has signed them: each is a text of 1,700 bytes, which is sealed here under its person's key, by one thread
//! for all. They are stored in the order of the queue, 64 by a command, and many commands at once. Beside it stands what a bare signature costs, and what
//! the rate would be if one core did all of it: pin it to one (`taskset -c 0`), so that it does.
//!
//! ```sh
//! cargo run --release -p opencowin-ledger --example certify_rate -- [certificates] [directory]
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, run by hand")]

#[path = "support/threads.rs"]
mod threads;

use ed25519_dalek::{Signer, SigningKey};
use jiff::tz::TimeZone;
use opencowin_ledger::audit::Who;
use opencowin_ledger::codec::Codec;
use opencowin_ledger::commands::{CERTIFIED_AT_ONCE, Certify, Command, Fresh, Outcome};
use opencowin_ledger::keys::{Key, Queue};
use opencowin_ledger::records::{
    CertificateJob, Event, EventKey, Form, KeyId, Row, STATUS_ENTRIES, StatusEntry,
};
use opencowin_ledger::rules::Words;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use opencowin_ledger::store::{Commit, Mutation, Store};
use opencowin_ledger::vault::{PersonKey, Slot, Vault};
use opencowin_ledger::{Environment, Ledger, Pace, Parts, Rules};
use opencowin_model::{
    Batch, BeneficiaryRef, CentreId, CertificateId, Clock, Date, Dose, EventId, Timestamp,
    VaccineId,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use threads::threads;

const DAY: Date = Date::constant(2021, 5, 1);
const WRITTEN: Timestamp = Timestamp(1_619_850_000_000);
const TEXT: usize = 1700;
/// Rows that are written at once before it begins.
const AT_ONCE: usize = 4000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(64_000, |text| text.parse().unwrap());
    let base = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::tempdir_in(base).unwrap();
    let store = Arc::new(Embedded::open(dir.path(), EmbeddedOptions::default()).unwrap());
    let mut random = StdRng::seed_from_u64(1);
    let vault = Arc::new(Vault::parse(&Vault::generate(&mut random)).unwrap());
    let ledger = open(store.clone(), vault.clone());
    let people = doses(&*store, &Codec::new(Environment::Sandbox, vault), count, &mut random);

    let before_all = bare_signature();
    let begun = cpu_time();
    let certificates = sealed(&people, &mut random);
    let sealing = (cpu_time() - begun) / count as u32;
    let commands: Vec<_> = certificates.chunks(CERTIFIED_AT_ONCE).map(<[_]>::to_vec).collect();
    drop(certificates);
    let (before, begun) = (threads(), Instant::now());
    let run = |certificates| ledger.run(Command::Certify(Certify { certificates }));
    let answers: Vec<_> = commands.into_iter().map(run).collect();
    let all: usize = answers.into_iter().map(|answer| stored(block_on(answer))).sum();
    let elapsed = begun.elapsed().as_secs_f64();
    assert_eq!(all, count);
    let after = threads();
    let bare = (before_all + bare_signature()) / 2;
    println!("a bare signature takes {bare:.1?}, sealing a text {sealing:.1?}");
    println!("{:.0} certificates a second are stored", count as f64 / elapsed);
    let mut each = sealing.as_secs_f64();
    for (thread, spent) in after {
        let spent = (spent - before.get(&thread).copied().unwrap_or(0.0)) / count as f64;
        each += spent;
        println!("{thread:<20} {:>6.1} µs of CPU each", 1e6 * spent);
    }
    let bare = bare.as_secs_f64();
    println!("sealed and stored on one core: {:.2} of a bare signature's rate", bare / each);
    println!("signed, sealed and stored on one core: {:.2}", bare / (bare + each));
}

fn stored(answer: Result<Outcome, opencowin_ledger::Failure>) -> usize {
    match answer {
        Ok(Outcome::Certified { stored }) => stored.count_ones() as usize,
        other => panic!("{other:?}"),
    }
}

/// What `SigningKey::sign` takes for 64 bytes, of a core.
fn bare_signature() -> Duration {
    const TIMES: u32 = 10_000;
    let key = SigningKey::from_bytes(&[7; 32]);
    let begun = cpu_time();
    for _ in 0..TIMES {
        black_box(key.sign(black_box(&[3; 64])));
    }
    (cpu_time() - begun) / TIMES
}

/// What this thread has had of a core, which does not count when others had it.
fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// Doses that wait for their certificates, each of somebody else, in the order in which they wait.
fn doses(
    store: &dyn Store,
    codec: &Codec,
    count: usize,
    random: &mut StdRng,
) -> Vec<(EventKey, PersonKey)> {
    let mut people = Vec::with_capacity(count);
    let mut mutations = Vec::new();
    for number in 0..count as u64 {
        let person = BeneficiaryRef::new(BeneficiaryRef::RANGE.start() + number).unwrap();
        let (event, key) = (event(person, random), PersonKey::new(random.random()));
        let job = CertificateJob {
            event: event.key,
            person,
            form: Form::Domestic,
            since: event.at,
            last: None,
        };
        let id = CertificateJob::id(event.key.id, event.at, Form::Domestic);
        people.push((id, (event.key, key.clone())));
        let rows = [
            (Key::PersonKey(person), Row::PersonKey(key)),
            (Key::Outbox(Queue::Certificates, id), Row::CertificateJob(job)),
            (Key::Event(event.key), Row::Event(Box::new(event))),
        ];
        for (key, row) in rows {
            let stored = codec.layout().encode(&key);
            let value = codec.seal(&key, &stored, &row, random);
            mutations.push(Mutation::Set { key: stored, value });
        }
        if mutations.len() >= AT_ONCE || number + 1 == count as u64 {
            let (done, committed) = mpsc::channel();
            let mutations = std::mem::take(&mut mutations);
            let commit = Commit { mutations, ..Commit::default() };
            store.commit(commit, Box::new(move |outcome| done.send(outcome).unwrap()));
            committed.recv().unwrap();
        }
    }
    people.sort_unstable_by_key(|(job, _)| *job);
    people.into_iter().map(|(_, person)| person).collect()
}

fn event(person: BeneficiaryRef, random: &mut StdRng) -> Event {
    Event {
        key: EventKey { date: DAY, id: EventId::from_random(random.random()) },
        person,
        dose: Dose::First,
        vaccine: VaccineId(0),
        batch: Batch::parse("4120Z001"),
        centre: CentreId(7),
        visit: None,
        recorded: WRITTEN,
        at: WRITTEN,
        by: Who::System,
        vaccinator: "Sister Mary".to_owned(),
        verified: None,
        overridden: None,
        corrects: None,
        evidence: None,
        commitment: Some([1; 32]),
    }
}

fn sealed(people: &[(EventKey, PersonKey)], random: &mut StdRng) -> Vec<Fresh> {
    let text = vec![b'x'; TEXT];
    let fresh = |(number, (event, key)): (usize, &(EventKey, PersonKey))| {
        let id = CertificateId::from_random(random.random());
        Fresh {
            id,
            event: *event,
            written: WRITTEN,
            version: 1,
            form: Form::Domestic,
            previous: None,
            status: StatusEntry::new(0, number as u32 % STATUS_ENTRIES).unwrap(),
            key: KeyId([7; 8]),
            sealed: key.seal_once(Slot::Certificate(id), &text, random),
        }
    };
    people.iter().enumerate().map(fresh).collect()
}

fn open(store: Arc<dyn Store>, vault: Arc<Vault>) -> Ledger {
    let rules = Rules {
        zone: TimeZone::UTC,
        people_per_account: 4,
        vaccines: Vec::new(),
        genders: Vec::new(),
        words: Words::default(),
    };
    let parts = Parts {
        store,
        vault,
        environment: Environment::Sandbox,
        rules,
        clock: Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), &TimeZone::UTC)),
        seed: [1; 32],
        pace: Pace::default(),
        queue: 1 << 16,
        sharing: None,
    };
    Ledger::open(parts).unwrap()
}
