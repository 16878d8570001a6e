//! A running ledger, through what others call.

use crate::check::Report;
use crate::commands::{Command, Once, Outcome, Refusal};
use crate::fixture::*;
use crate::keys::Environment;
use crate::lane::Pace;
use crate::ledger::{Ledger, Parts};
use crate::opening::OpenError;
use crate::read::Reader;
use crate::request::{Failure, Request, Settled};
use crate::rules::Rules;
use crate::store::block_on::block_on;
use crate::store::embedded::{Embedded, EmbeddedOptions};
use crate::store::{Commit, Mutation, Store};
use crate::vault::Vault;
use opencowin_model::{BeneficiaryRef, Clock, Mobile, Session};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

const ME: u64 = 9_000_000_001;

/// The tests that run on whatever store the fixture gives.
#[cfg(feature = "foundationdb")]
pub(super) const ON_ANY_STORE: [fn(); 10] = [
    sixty_four_bookers_on_a_hundred_seats_get_exactly_a_hundred,
    a_request_goes_on_when_nobody_waits_for_it,
    a_repetition_after_a_restart_is_answered_from_the_record,
    the_wrong_keys_open_nothing,
    another_schema_is_not_touched,
    nothing_about_people_can_be_read_in_the_store,
    the_list_of_beneficiaries_shows_live_appointments_with_their_place,
    a_catalogue_is_published_in_parts_and_loaded_from_a_day_on,
    a_command_that_no_commit_could_hold_is_refused_at_once,
    a_check_before_the_reservation_agrees_with_the_decision,
];

fn parts(store: Arc<dyn Store>, vault: Vault) -> Parts {
    Parts {
        store,
        vault: Arc::new(vault),
        environment: Environment::Sandbox,
        rules: rules(),
        clock: Arc::new(Clock::fixed(morning(TODAY))),
        seed: [7; 32],
        pace: Pace::default(),
        queue: 1000,
        sharing: None,
    }
}

fn open(store: &Arc<dyn Store>) -> Ledger {
    Ledger::open(parts(store.clone(), vault())).unwrap()
}

fn register(ledger: &Ledger, mobile: u64, number: u32) -> BeneficiaryRef {
    let command = Command::Register(Box::new(registration(mobile, number)));
    match block_on(ledger.run(command)) {
        Ok(Outcome::Registered(person)) => person,
        other => panic!("{other:?}"),
    }
}

fn book(ledger: &Ledger, mobile: u64, session: &Session, who: BeneficiaryRef) -> Command {
    let account = ledger.hasher().account(Mobile(mobile));
    Command::Book(booking(account, session.key(), &[who]))
}

fn check(ledger: &Ledger) -> Report {
    block_on(ledger.check(|violation| panic!("{violation}"))).unwrap()
}

#[test]
fn sixty_four_bookers_on_a_hundred_seats_get_exactly_a_hundred() {
    rush(store());
}

#[test]
fn they_do_on_the_embedded_engine_too_and_it_is_still_so_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = || Arc::new(Embedded::open(dir.path(), EmbeddedOptions::default()).unwrap());
    rush(store());
    let ledger = Ledger::open(Parts { seed: [8; 32], ..parts(store(), vault()) }).unwrap();
    assert_eq!(check(&ledger).appointments, 100);
}

fn rush(store: Arc<dyn Store>) {
    let ledger = Ledger::open(parts(store, vault())).unwrap();
    let hot = session(1, TODAY, 100);
    block_on(ledger.publish(vec![centre()], vec![hot.clone()], None)).unwrap();
    let people: Vec<Vec<_>> =
        (0..64).map(|booker| (0..4).map(|n| register(&ledger, ME + booker, n)).collect()).collect();
    let (start, booked, refused) = (Barrier::new(64), AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for (mobile, people) in (ME..).zip(&people) {
            let (ledger, hot, start, booked, refused) = (&ledger, &hot, &start, &booked, &refused);
            scope.spawn(move || {
                start.wait();
                for who in people {
                    match block_on(ledger.run(book(ledger, mobile, hot, *who))) {
                        Ok(Outcome::Booked { .. }) => booked.fetch_add(1, Ordering::Relaxed),
                        Err(Failure::Refused(Refusal::SoldOut)) => {
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        other => panic!("{other:?}"),
                    };
                }
            });
        }
    });
    assert_eq!((booked.into_inner(), refused.into_inner()), (100, 156));
    let report = check(&ledger);
    assert_eq!((report.appointments, report.people), (100, 256));
}

#[test]
fn a_request_goes_on_when_nobody_waits_for_it() {
    let store = store();
    let ledger = open(&store);
    let session = session(1, TODAY, 1);
    block_on(ledger.publish(vec![centre()], vec![session.clone()], None)).unwrap();
    let who = register(&ledger, ME, 1);
    let (send, receive) = std::sync::mpsc::channel();
    let settle = Box::new(move |settled: &Settled| send.send(*settled).unwrap());
    let command = book(&ledger, ME, &session, who);
    drop(ledger.submit(Request { settle: Some(settle), ..Request::of(command) }));
    assert!(matches!(receive.recv(), Ok(Settled::Effective(Outcome::Booked { .. }))));
}

#[test]
fn a_repetition_after_a_restart_is_answered_from_the_record() {
    let store = store();
    let mut answers = Vec::new();
    let session = session(1, TODAY, 5);
    let ledger = open(&store);
    block_on(ledger.publish(vec![centre()], vec![session.clone()], None)).unwrap();
    let who = register(&ledger, ME, 1);
    let command = book(&ledger, ME, &session, who);
    let key: Once = once(ledger.hasher().account(Mobile(ME)), "key", 1);
    drop(ledger);
    for _ in 0..2 {
        let ledger = open(&store);
        let request = Request { once: Some(key.clone()), ..Request::of(command.clone()) };
        answers.push(block_on(ledger.submit(request)));
        let recorded = block_on(ledger.read().recorded(&key)).unwrap();
        assert_eq!(recorded.map(|answer| answer.map_err(Failure::Refused)), Some(answers[0]));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].is_ok());
}

#[test]
fn the_wrong_keys_open_nothing() {
    let store = store();
    drop(open(&store));
    let text = Vault::generate(&mut StdRng::seed_from_u64(99));
    let other = || Vault::parse(&text).unwrap();
    let opened = Ledger::open(parts(store.clone(), other()));
    assert!(matches!(opened, Err(OpenError::WrongKeys)));
    let elsewhere = Parts { environment: Environment::Production, ..parts(store.clone(), other()) };
    assert!(Ledger::open(elsewhere).is_ok(), "the other environment is another ledger");
    drop(open(&store));
}

#[test]
fn another_schema_is_not_touched() {
    let store = store();
    drop(open(&store));
    let engine = engine(store.clone(), Arc::new(Clock::fixed(morning(TODAY))));
    let key = crate::keys::Key::Meta(crate::keys::Meta::SchemaVersion);
    let stored = engine.codec.layout().encode(&key);
    let value = crate::records::Row::SchemaVersion(9).encode();
    let mutations = vec![Mutation::Set { key: stored, value }];
    let (send, outcome) = std::sync::mpsc::channel();
    let done = Box::new(move |outcome| send.send(outcome).unwrap());
    store.commit(Commit { mutations, ..Commit::default() }, done);
    outcome.recv().unwrap();
    let opened = Ledger::open(parts(store, vault()));
    assert!(matches!(opened, Err(OpenError::OtherSchema { found: 9 })));
}

#[test]
fn nothing_about_people_can_be_read_in_the_store() {
    let store = store();
    let ledger = open(&store);
    let who = register(&ledger, ME, 1);
    let version = block_on(store.read_version()).unwrap();
    let all = block_on(store.scan(version, vec![0]..vec![0xFF], 1000)).unwrap();
    let bytes: Vec<u8> = all.into_iter().flat_map(|(key, value)| [key, value].concat()).collect();
    let number = registration(ME, 1).id_number;
    for secret in ["Person 1", &ME.to_string(), number.as_str()] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    let account = ledger.hasher().account(Mobile(ME));
    let people = block_on(ledger.read().people(account)).unwrap();
    assert_eq!((people[0].id, &people[0].personal.name[..]), (who, "Person 1"));
    assert_eq!(people[0].personal.id_last4, "0001");
}

#[test]
fn the_list_of_beneficiaries_shows_live_appointments_with_their_place() {
    let store = store();
    let ledger = open(&store);
    let session = session(1, TODAY, 5);
    block_on(ledger.publish(vec![centre()], vec![session.clone()], None)).unwrap();
    let who = register(&ledger, ME, 1);
    block_on(ledger.run(book(&ledger, ME, &session, who))).unwrap();
    let account = ledger.hasher().account(Mobile(ME));
    let people = || block_on(ledger.read().people(account)).unwrap();
    let visit = people()[0].appointments[0].clone();
    assert_eq!((visit.session, visit.centre), (session, centre()));
    assert_eq!(visit.appointment.slot.slot_label(), SLOT);
    let slip = block_on(ledger.read().visit(account, visit.appointment.id)).unwrap();
    assert_eq!(slip.appointment, visit.appointment);
    ledger.clock().advance(jiff::SignedDuration::from_hours(24));
    assert!(people()[0].appointments.is_empty(), "its day is over");
    let other = ledger.hasher().account(Mobile(ME + 1));
    let none = block_on(ledger.read().visit(other, visit.appointment.id)).err();
    assert_eq!(none, Some(Failure::Refused(Refusal::NoSuchAppointment)));
}

#[test]
fn a_catalogue_is_published_in_parts_and_loaded_from_a_day_on() {
    let store = store();
    let ledger = open(&store);
    let tomorrow = TODAY.tomorrow().unwrap();
    let days = [(0, TODAY, 1500), (10_000, tomorrow, 9000)];
    let sessions: Vec<_> = days
        .iter()
        .flat_map(|&(first, day, count)| (0..count).map(move |n| session(first + n, day, 3)))
        .collect();
    let last = sessions.last().cloned().unwrap();
    for _ in 0..2 {
        block_on(ledger.publish(vec![centre()], sessions.clone(), Some(tomorrow))).unwrap();
    }
    let who = register(&ledger, ME, 1);
    block_on(ledger.run(book(&ledger, ME, &last, who))).unwrap();
    let mut loaded = Vec::new();
    block_on(ledger.read().load_sessions(tomorrow, |chunk| loaded.extend(chunk))).unwrap();
    assert_eq!(loaded.len(), 9000);
    let channel = opencowin_model::Channel::Online;
    let sold = |(session, _): &&(Session, _)| session.id == last.id;
    assert_eq!(loaded.iter().find(sold).unwrap().1.free(channel).0, [2, 3, 3]);
    assert_eq!(loaded.iter().filter(|(_, c)| c.free(channel).0 == [3; 3]).count(), 8999);
    assert_eq!(block_on(ledger.read().published_through()), Ok(Some(tomorrow)));
    let mut centres = Vec::new();
    block_on(ledger.read().load_centres(|chunk| centres.extend(chunk))).unwrap();
    assert_eq!(centres, [centre()]);
}

#[test]
fn a_command_that_no_commit_could_hold_is_refused_at_once() {
    let store = store();
    let ledger = open(&store);
    let mut huge = registration(ME, 1);
    huge.name = "x".repeat(100_000);
    let answer = block_on(ledger.run(Command::Register(Box::new(huge))));
    assert_eq!(answer, Err(Failure::Refused(Refusal::TooLarge)));
    assert!(ledger.is_running());
}

#[test]
fn a_check_before_the_reservation_agrees_with_the_decision() {
    let store = store();
    let ledger = open(&store);
    let session = session(1, TODAY, 5);
    block_on(ledger.publish(vec![centre()], vec![session.clone()], None)).unwrap();
    let who = register(&ledger, ME, 1);
    let account = ledger.hasher().account(Mobile(ME));
    let booking = booking(account, session.key(), &[who]);
    let check = || block_on(ledger.read().check_booking(&booking));
    assert_eq!(check(), Ok(()));
    block_on(ledger.run(Command::Book(booking.clone()))).unwrap();
    let again = block_on(ledger.run(Command::Book(booking.clone()))).err();
    assert!(again.is_some());
    assert_eq!(check().err(), again);
}

#[test]
fn futures_can_be_moved_between_threads() {
    fn sent<T: Send>(_: T) {}
    fn questions(reader: &Reader, ledger: &Ledger) {
        sent(reader.people(crate::vault::AccountId::from_bytes([0; 16])));
        sent(ledger.run(Command::Barrier));
        sent(ledger.publish(Vec::new(), Vec::new(), None));
        sent(ledger.check(drop));
    }
    let _ = questions;
    let _: fn(&opencowin_model::Pack) -> Rules = |pack| Rules::from(pack);
}
