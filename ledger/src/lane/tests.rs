//! What the lane does while commits are under way, and when they go wrong.

use super::*;
use crate::audit::{Entry, Who, Word};
use crate::commands::{AdvanceClock, Command, Outcome, Refusal};
use crate::fixture::*;
use crate::keys::{Key, Kind};
use crate::records::Row;
use crate::request::{Failure, Request, Settled};
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome as Committed, Store};
use opencowin_model::{BeneficiaryRef, Clock, Session, SessionKey, SessionState};
use std::sync::Mutex;

const ME: u64 = 9_000_000_001;
const YOU: u64 = 9_000_000_002;

/// A lane with one session of so many seats, and a person of each of two accounts.
fn rig(store: &Arc<Slow>, seats: u16) -> (Rig, SessionKey, BeneficiaryRef, BeneficiaryRef) {
    let session = session(1, TODAY, seats);
    let mut rig = Rig::with_sessions(store.clone(), vec![session.clone()]);
    let (me, you) = (rig.register(ME, 1), rig.register(YOU, 1));
    (rig, session.key(), me, you)
}

fn effective(settled: &[Settled]) -> bool {
    matches!(settled, [Settled::Effective(Outcome::Booked { .. })])
}

#[test]
fn a_group_is_decided_on_top_of_those_under_way_and_answered_after_them() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 1);
    store.hold(true);
    let mut first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    let mut second =
        rig.submit(rig.booking(YOU, session, &[you]), Some(once(rig.account(YOU), "k", 1)));
    rig.work();
    assert_eq!(store.held(), 2, "the refusal is recorded on top of the booking");
    assert_eq!((first.answer(), second.answer()), (None, None), "nothing is durable yet");
    assert!(first.settled().is_empty());
    store.release();
    rig.work();
    assert!(effective(&first.settled()) && first.answer().unwrap().is_ok());
    assert_eq!(second.answer(), None);
    store.release();
    rig.work();
    assert_eq!(second.answer(), Some(Err(Failure::Refused(Refusal::SoldOut))));
    assert_eq!(second.settled(), [Settled::Void]);
}

#[test]
fn an_answer_that_writes_nothing_waits_for_the_groups_that_it_rests_on() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 1);
    store.hold(true);
    let mut first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    let mut refused = rig.submit(rig.booking(YOU, session, &[you]), None);
    let mut barrier = rig.submit(Command::Barrier, None);
    rig.work();
    assert_eq!((refused.answer(), barrier.answer()), (None, None));
    // Somebody else removes a row of mine, so that the seat is never sold.
    store.hold(false);
    let key = rig.engine.codec.layout().encode(&Key::Person(me));
    let foreign = Commit { mutations: vec![Mutation::Clear { key }], ..Commit::default() };
    store.commit(foreign, Box::new(drop));
    store.lose(Committed::Conflict);
    rig.work();
    assert_eq!(first.answer(), Some(Err(Failure::Refused(Refusal::NoSuchPerson(me)))));
    assert!(refused.answer().unwrap().is_ok(), "who was refused for that seat is served");
    assert_eq!(barrier.answer(), Some(Ok(Outcome::Passed)));
}

#[test]
fn entries_of_the_audit_are_not_committed_without_those_before_them() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 1);
    let (role, purpose) = (Word::new("tester"), Word::new("look"));
    let access = || vec![Entry::new(Who::System, role.clone(), purpose.clone(), morning(TODAY))];
    store.hold(true);
    let booking = rig.booking(ME, session, &[me]);
    let mut first = rig.ask(Request { audit: access(), ..Request::of(booking) });
    rig.work();
    store.hold(false);
    let mut look = rig.ask(Request { audit: access(), ..Request::of(Command::Barrier) });
    rig.work();
    store.lose(Committed::TooOld);
    rig.work();
    assert!(first.answer().unwrap().is_ok() && look.answer().unwrap().is_ok());
    assert_eq!(rig.violations(), []);
}

#[test]
fn a_failed_group_is_repeated_with_those_on_top_of_it_in_their_order() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 1);
    store.hold(true);
    let first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    let second =
        rig.submit(rig.booking(YOU, session, &[you]), Some(once(rig.account(YOU), "k", 1)));
    rig.work();
    store.hold(false);
    store.lose(Committed::Conflict);
    rig.work();
    assert!(effective(&first.settled()));
    assert_eq!(second.settled(), [Settled::Void]);
    assert_eq!(rig.seats(session), (0, 1));
}

#[test]
fn an_unknown_commit_that_was_written_is_not_written_again() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 5);
    store.hold(true);
    let mut first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    let mut second = rig.submit(rig.booking(YOU, session, &[you]), None);
    rig.work();
    store.hold(false);
    store.release_unknown();
    rig.work();
    for pending in [&mut first, &mut second] {
        assert!(pending.answer().unwrap().is_ok());
        assert!(effective(&pending.settled()), "once");
    }
    assert_eq!(rig.seats(session), (3, 2));
    assert!(rig.violations().is_empty());
}

#[test]
fn an_unknown_commit_that_was_lost_is_repeated() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 5);
    store.hold(true);
    let mut first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    store.hold(false);
    store.lose(Committed::Unknown);
    rig.work();
    assert!(first.answer().unwrap().is_ok());
    assert!(effective(&first.settled()));
    assert_eq!(rig.seats(session), (4, 1));
}

#[test]
fn while_its_fate_is_unknown_a_request_is_not_settled() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 5);
    store.hold(true);
    let mut lost = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    store.die();
    store.lose(Committed::Unknown);
    rig.work();
    assert_eq!(lost.answer(), Some(Err(Failure::Unavailable)));
    assert!(lost.settled().is_empty(), "the seat stays taken");
    let mut next = rig.submit(Command::Barrier, None);
    rig.work();
    assert_eq!(next.answer(), Some(Err(Failure::Unavailable)), "the lane has stopped");
    assert_eq!(next.settled(), [Settled::Void]);
}

#[test]
fn a_store_that_cannot_go_on_gives_seats_back_that_were_not_sold() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 5);
    store.hold(true);
    let mut refused = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    store.lose(Committed::Fatal("disk".to_owned()));
    rig.work();
    assert_eq!(refused.answer(), Some(Err(Failure::Unavailable)));
    assert_eq!(refused.settled(), [Settled::Void]);
}

#[test]
fn what_others_write_between_two_groups_is_seen_by_the_third() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 5);
    let third = rig.register(ME, 2);
    store.hold(true);
    let first = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    // Somebody else removes a row of yours, and the lane commits again after that.
    let key = rig.engine.codec.layout().encode(&Key::Person(you));
    let foreign = Commit { mutations: vec![Mutation::Clear { key }], ..Commit::default() };
    store.commit(foreign, Box::new(drop));
    let second = rig.submit(rig.booking(ME, session, &[third]), None);
    rig.work();
    let mut yours = rig.submit(rig.booking(YOU, session, &[you]), None);
    rig.work();
    assert_eq!(store.held(), 3, "yours waits, since the lane's places do not follow one another");
    store.hold(false);
    while store.held() > 0 {
        store.release();
    }
    rig.work();
    assert!(effective(&first.settled()) && effective(&second.settled()));
    let answer = yours.answer().unwrap();
    assert_eq!(
        answer,
        Err(Failure::Refused(Refusal::NoSuchPerson(you))),
        "not decided on old rows"
    );
}

#[test]
fn what_the_lane_remembers_of_a_session_does_not_outlive_what_others_write() {
    let store = Slow::new();
    let (mut rig, key, me, you) = rig(&store, 5);
    rig.run(rig.booking(ME, key, &[me])).unwrap();
    let cancelled = Session { state: SessionState::Cancelled, ..session(1, TODAY, 5) };
    let stored = rig.engine.codec.layout().encode(&Key::Session(key));
    let value = Row::Session(Box::new(cancelled)).encode();
    let mutations = vec![Mutation::Set { key: stored, value }];
    store.commit(Commit { mutations, ..Commit::default() }, Box::new(drop));
    let answer = rig.run(rig.booking(YOU, key, &[you]));
    assert_eq!(answer, Err(Failure::Refused(Refusal::SessionCancelled)));
}

#[test]
fn a_session_is_read_once_while_nobody_else_writes() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 5);
    rig.run(rig.booking(ME, session, &[me])).unwrap();
    store.curse_reads(rig.engine.codec.layout().encode(&Key::Session(session)));
    assert!(rig.run(rig.booking(YOU, session, &[you])).is_ok());
    assert_eq!(rig.run(Command::Barrier), Ok(Outcome::Passed));
}

#[test]
fn a_command_that_always_conflicts_does_not_keep_its_neighbours_from_committing() {
    let store = Slow::new();
    let (mut rig, session, me, you) = rig(&store, 5);
    store.curse(rig.engine.codec.layout().encode(&Key::Person(you)));
    let mut cursed = rig.submit(rig.booking(YOU, session, &[you]), None);
    let good = rig.submit(rig.booking(ME, session, &[me]), None);
    rig.work();
    assert!(effective(&good.settled()));
    assert_eq!(cursed.answer(), Some(Err(Failure::Unavailable)));
    assert_eq!(cursed.settled(), [Settled::Void], "given up, and nothing of it was written");
    assert_eq!(rig.seats(session), (4, 1));
}

#[test]
fn the_same_key_twice_in_one_group_has_effect_once() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 5);
    let key = || Some(once(rig.account(ME), "k", 1));
    let (one, two) = (key(), key());
    let mut first = rig.submit(rig.booking(ME, session, &[me]), one);
    let mut second = rig.submit(rig.booking(ME, session, &[me]), two);
    rig.work();
    assert_eq!(first.answer(), second.answer());
    assert!(effective(&first.settled()));
    assert_eq!(second.settled(), [Settled::Void], "its reservation goes back");
}

#[test]
fn records_and_traces_of_past_days_are_removed() {
    let store = Slow::new();
    let (mut rig, session, me, _) = rig(&store, 5);
    let booking = rig.booking(ME, session, &[me]);
    let key = once(rig.account(ME), "k", 1);
    rig.submit(booking, Some(key.clone()));
    rig.work();
    let rows = |rig: &Rig, kind| {
        let version = block_on(store.read_version()).unwrap();
        block_on(store.scan(version, rig.engine.codec.layout().all(kind), 10)).unwrap().len()
    };
    for (days, kept) in [(1, 1), (1, 0)] {
        let by_seconds = days * 86_400;
        rig.run(Command::AdvanceClock(AdvanceClock { by_seconds })).unwrap();
        rig.register(ME, days + 10 + kept as u32);
        assert_eq!(rows(&rig, Kind::Command), kept);
        assert!(rows(&rig, Kind::Trace) <= 2);
    }
    assert_eq!(block_on(rig.reader().recorded(&key)), Ok(None));
}

#[test]
fn a_sandboxs_clock_is_as_far_ahead_after_a_restart() {
    let store = Slow::new();
    let (mut rig, ..) = rig(&store, 1);
    let before = rig.engine.clock.now();
    rig.run(Command::AdvanceClock(AdvanceClock { by_seconds: 3600 })).unwrap();
    assert_eq!(rig.engine.clock.now(), before.plus_ms(3_600_000));
    drop(rig);
    let again = Rig::open(store, Arc::new(Clock::fixed(morning(TODAY))), 2);
    assert_eq!(again.engine.clock.now(), before.plus_ms(3_600_000));
}

#[test]
fn a_group_counts_its_rows_and_bytes() {
    let store = Slow::new();
    let session = session(1, TODAY, 1000);
    let mut rig = Rig::with_sessions(store.clone(), vec![session.clone()]);
    let people: Vec<_> = (0..100).map(|n| (ME + n, rig.register(ME + n, 1))).collect();
    for (mobile, person) in people {
        let key = once(rig.account(mobile), "k", 1);
        rig.submit(rig.booking(mobile, session.key(), &[person]), Some(key));
    }
    rig.work();
    let commit = store.last();
    let sets = commit.mutations.iter().filter_map(|mutation| match mutation {
        Mutation::Set { key, value } => Some(key.len() + value.len()),
        _ => None,
    });
    let sizes: Vec<_> = sets.collect();
    assert_eq!(sizes.len(), 3 * 100 + 2, "three rows a booking; counters and trace a group");
    let bytes = sizes.iter().sum::<usize>() / 100;
    println!("{bytes} bytes and 3 rows a booking of one");
    assert!(bytes < 650, "{bytes} bytes");
}

#[test]
fn a_single_group_never_exceeds_what_a_commit_may_hold() {
    let mut rig = Rig::with_sessions(Slow::new(), Vec::new());
    let sessions = |n: u128| (0..2000).map(|i| session(n * 2000 + i, TODAY, 1)).collect();
    let pending: Vec<_> = (0..10)
        .map(|n| {
            let command = crate::commands::PublishSessions { sessions: sessions(n), through: None };
            rig.submit(Command::PublishSessions(command), None)
        })
        .collect();
    rig.work();
    let written = Outcome::SessionsPublished { written: 2000 };
    assert!(pending.iter().all(|p| p.settled() == [Settled::Effective(written)]));
}

/// A running lane on a slow store.
fn lane(store: &Arc<Slow>, queue: usize) -> Lane {
    let engine = engine(store.clone(), Arc::new(Clock::fixed(morning(TODAY))));
    let pace = Pace { depth: 1, ..Pace::default() };
    Lane::start(engine, pace, queue, rand::SeedableRng::seed_from_u64(1), None).unwrap()
}

fn barrier(log: &Arc<Mutex<Vec<&'static str>>>) -> Job {
    let log = log.clone();
    let settle = Box::new(move |_: &Settled| log.lock().unwrap().push("settled"));
    Job::of(Request { settle: Some(settle), ..Request::of(Command::Barrier) }).0
}

#[test]
fn what_was_accepted_ends_even_if_nobody_waits_for_it_and_the_lane_is_dropped() {
    let (store, log) = (Slow::new(), Arc::default());
    let lane = lane(&store, 10);
    for _ in 0..10 {
        // The receiving end is gone already.
        assert!(lane.submit(barrier(&log)).is_ok());
    }
    drop(lane);
    assert_eq!(log.lock().unwrap().len(), 10);
}

#[test]
fn a_full_queue_gives_the_job_back_at_once() {
    let store = Slow::new();
    let engine = engine(store.clone(), Arc::new(Clock::fixed(morning(TODAY))));
    opening_of(&engine);
    store.hold(true);
    let lane = lane(&store, 1);
    let advance = || {
        let command = Command::AdvanceClock(AdvanceClock { by_seconds: 1 });
        Job::of(Request::of(command)).0
    };
    let full = (0..1000).find_map(|_| lane.submit(advance()).err()).is_some();
    assert!(full, "one is under way, a few wait in the lane, and there is room for no more");
    store.hold(false);
    while store.held() > 0 {
        store.release();
    }
    drop(lane);
}

fn opening_of(engine: &Engine) {
    crate::opening::open(engine, &mut rand::SeedableRng::seed_from_u64(2)).unwrap();
}
