//! Several ledgers on one store, as they run: with threads of their own.

use super::memory::{Listener, Memory as Seen};
use super::*;
use crate::audit::{Auditor, Entry, Record, Who, Word};
use crate::commands::{Refusal, SeatCount};
use crate::keys::{Environment, Layout};
use crate::lane::Pace;
use crate::ledger::{Ledger, Parts};
use crate::members::Sharing;
use crate::store::{Answer, Done, Pairs, Version};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

const SEATS: u16 = 100;

type Shared = (Ledger, Arc<Mutex<Seen>>);
type People = Vec<(u64, BeneficiaryRef)>;

/// A store that takes its time to commit, so that others get in the way.
struct Distant(Arc<Memory>);

impl Store for Distant {
    fn read_version(&self) -> Answer<'_, Version> {
        self.0.read_version()
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        self.0.get_many(version, keys)
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        self.0.scan(version, range, limit)
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        thread::sleep(Duration::from_micros(500));
        self.0.commit(commit, done);
        None
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.0.changed(version)
    }
}

fn parts(store: &Arc<Memory>, seed: u8, sharing: Option<Sharing>) -> Parts {
    Parts {
        store: Arc::new(Distant(store.clone())),
        vault: Arc::new(vault()),
        environment: Environment::Sandbox,
        rules: rules(),
        clock: Arc::new(Clock::fixed(morning(TODAY))),
        seed: [seed; 32],
        pace: Pace::default(),
        queue: 1000,
        sharing,
    }
}

/// A member with its memory.
fn shared(store: &Arc<Memory>, seed: u8) -> Shared {
    let memory: Arc<Mutex<Seen>> = Arc::default();
    let sharing = Sharing::new(Box::new(Listener(memory.clone())));
    let ledger = Ledger::open(parts(store, seed, Some(sharing))).unwrap();
    ledger.follow();
    (ledger, memory)
}

fn stored(store: &Arc<Memory>, kind: Kind) -> usize {
    let version = block_on(store.read_version()).unwrap();
    let range = Layout::new(Environment::Sandbox).all(kind);
    block_on(store.scan(version, range, usize::MAX)).unwrap().len()
}

fn book(ledger: &Ledger, mobile: u64, who: BeneficiaryRef) -> Result<Outcome, Failure> {
    let account = ledger.hasher().account(Mobile(mobile));
    let hot = session(1, TODAY, SEATS).key();
    block_on(ledger.run(Command::Book(booking(account, hot, &[who]))))
}

/// Three ledgers with one session, and people of so many accounts, four each.
fn three(store: &Arc<Memory>, accounts: u64) -> (Vec<Shared>, People) {
    let ledgers: Vec<_> = (1..4).map(|seed| shared(store, seed)).collect();
    let first = &ledgers[0].0;
    block_on(first.publish(vec![centre()], vec![session(1, TODAY, SEATS)], None)).unwrap();
    let register = |mobile, number| {
        let register = Command::Register(Box::new(registration(mobile, number)));
        match block_on(first.run(register)) {
            Ok(Outcome::Registered(person)) => (mobile, person),
            other => panic!("{other:?}"),
        }
    };
    let mobiles = FIRST_MOBILE..FIRST_MOBILE + accounts;
    let people = mobiles.flat_map(|mobile| (0..4).map(move |number| (mobile, number)));
    let people = people.map(|(mobile, number)| register(mobile, number)).collect();
    (ledgers, people)
}

#[test]
fn three_ledgers_sell_a_hundred_seats_exactly_and_give_back_their_leases() {
    let store = Arc::new(Memory::default());
    let (mut ledgers, people) = three(&store, 60);
    let (start, sold, refused) = (Barrier::new(12), AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for (booker, people) in people.chunks(people.len() / 12).enumerate() {
            let (ledger, start) = (&ledgers[booker % 3].0, &start);
            let (sold, refused) = (&sold, &refused);
            scope.spawn(move || {
                start.wait();
                for (mobile, person) in people {
                    let answer = (0..).map(|_| book(ledger, *mobile, *person)).find(|answer| {
                        let elsewhere = matches!(
                            answer,
                            Err(Failure::Refused(Refusal::SeatsElsewhere(_)) | Failure::Unavailable)
                        );
                        if elsewhere {
                            thread::sleep(Duration::from_millis(2));
                        }
                        !elsewhere
                    });
                    match answer {
                        Some(Ok(_)) => sold.fetch_add(1, Ordering::Relaxed),
                        Some(Err(Failure::Refused(Refusal::SoldOut))) => {
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        other => panic!("{other:?}"),
                    };
                }
            });
        }
    });
    assert_eq!((sold.into_inner(), refused.into_inner()), (100, 140));
    block_on(ledgers[0].0.check(|violation| panic!("{violation}"))).unwrap();
    // Whether they get in one another's way, and so need leases, is up to the machine here; in the lived country it is not.
    while let Some((ledger, _)) = ledgers.pop() {
        drop(ledger);
        assert_eq!(stored(&store, Kind::Member), ledgers.len(), "who leaves says so");
    }
    assert_eq!(stored(&store, Kind::Lease), 0, "who leaves gives back");
    let alone = Ledger::open(parts(&store, 9, None)).unwrap();
    let report = block_on(alone.check(|violation| panic!("{violation}"))).unwrap();
    assert_eq!(report.appointments, 100);
}

#[test]
fn three_ledgers_audit_into_three_chains_that_verify_while_they_grow() {
    let store = Arc::new(Memory::default());
    let (ledgers, _) = three(&store, 0);
    let look = |number: u128| {
        let (who, record) = (Who::System, Record::Other(uuid::Uuid::from_u128(number)));
        Entry::new(who, Word::new("tester"), Word::new("look"), morning(TODAY)).about(record)
    };
    let auditor = Auditor::open(store, Arc::new(vault()), Environment::Sandbox).unwrap();
    thread::scope(|scope| {
        for (ledger, _) in &ledgers {
            let note = |number| block_on(ledger.note(vec![look(number)])).unwrap();
            scope.spawn(move || (0..500).for_each(note));
        }
        for _ in 0..20 {
            auditor.verify(None, |fault| panic!("{fault}")).unwrap();
        }
    });
    drop(ledgers);
    let audited = auditor.verify(None, |fault| panic!("{fault}")).unwrap();
    assert_eq!((audited.chains, audited.entries, audited.uncovered), (3, 1500, 0));
}

#[test]
fn who_has_caught_up_has_seen_the_booking_of_another() {
    let store = Arc::new(Memory::default());
    let (ledgers, people) = three(&store, 5);
    let hot = session(1, TODAY, SEATS).key();
    let wanted =
        |seats| SeatCount { session: hot, channel: Channel::Online, dose: Dose::First, seats };
    for (sold, (mobile, person)) in (1..).zip(people) {
        let by = usize::from(sold) % 3;
        book(&ledgers[by].0, mobile, person).unwrap();
        let (other, memory) = &ledgers[(by + 1) % 3];
        block_on(other.caught_up());
        let shown = memory.lock().unwrap().seats[&hot];
        let free = shown.counters.unwrap().free(Channel::Online).0[0];
        let leased = shown.others[Channel::Online.index()].0[0];
        let own = shown.lease.map_or(0, |lease| lease.left(Channel::Online).0[0]);
        assert_eq!(free + leased + own, SEATS - sold);
        assert!(block_on(other.has_seats(wanted(SEATS - sold))).unwrap());
        assert!(!block_on(other.has_seats(wanted(SEATS - sold + 1))).unwrap());
        assert!(other.behind().is_some_and(|behind| behind < Duration::from_secs(5)));
    }
}

#[test]
fn a_ledger_is_founded_once_by_several_at_the_same_time() {
    for seed in 0..20 {
        let store = Arc::new(Memory::default());
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for n in 0..2 {
                let (store, start) = (&store, &start);
                scope.spawn(move || {
                    start.wait();
                    drop(shared(store, 2 * seed + n));
                });
            }
        });
        let layout = Layout::new(Environment::Sandbox);
        let version = block_on(store.read_version()).unwrap();
        let key = layout.encode(&Key::Meta(Meta::Generation));
        assert!(block_on(store.get_many(version, &[key])).unwrap()[0].is_some());
        assert_eq!((stored(&store, Kind::Meta), stored(&store, Kind::Member)), (4, 0));
    }
}

#[test]
fn who_has_a_ledger_alone_brings_it_up_to_date_and_ends_what_others_left() {
    let store = Arc::new(Memory::default());
    let (ledgers, people) = three(&store, 3);
    let hot = session(1, TODAY, SEATS).key();
    for (mobile, person) in people {
        book(&ledgers[0].0, mobile, person).unwrap();
    }
    drop(ledgers);
    // A lease of somebody who died, a trace and the schema of an older program.
    let layout = Layout::new(Environment::Sandbox);
    let counters = Counters::unsold(&session(1, TODAY, SEATS).capacity);
    let (online, first) = (Channel::Online, Dose::First);
    let counters = counters.book(online, first, 12).unwrap().lease(online, first, 8).unwrap();
    let lease = Lease::default().grant(online, first, 8).unwrap();
    let set = |key: &Key, row: Row| Mutation::Set { key: layout.encode(key), value: row.encode() };
    let holder = uuid::Uuid::from_u128(1);
    let trace = layout.traces_of_schema_1();
    let mutations = vec![
        set(&Key::Counters(hot), Row::Counters(counters)),
        set(&Key::Lease(holder, hot), Row::Lease(lease)),
        set(&Key::Meta(Meta::SchemaVersion), Row::SchemaVersion(1)),
        Mutation::Set { key: [&trace.start[..], &[1]].concat(), value: vec![1] },
    ];
    store.commit(Commit { mutations, ..Commit::default() }, Box::new(drop));
    let alone = Ledger::open(parts(&store, 9, None)).unwrap();
    assert_eq!(stored(&store, Kind::Lease), 0);
    let version = block_on(store.read_version()).unwrap();
    assert!(block_on(store.scan(version, trace, 1)).unwrap().is_empty());
    let report = block_on(alone.check(|violation| panic!("{violation}"))).unwrap();
    assert_eq!(report.appointments, 12);
    drop(alone);
    drop(shared(&store, 10));
}
