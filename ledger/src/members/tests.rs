//! What members do beside the lane, one transaction at a time.

use super::*;
use crate::engine::Engine;
use crate::fixture::*;
use crate::keys::{Key, Meta};
use crate::opening::{self, OpenError};
use crate::records::{Changed, Row, SCHEMA, Trace};
use crate::store::Outcome;
use crate::store::memory::Memory;
use crate::view::{Known, Rows};
use opencowin_model::Clock;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use uuid::Uuid;

const LANE: Uuid = Uuid::from_u128(7);

fn random() -> StdRng {
    StdRng::seed_from_u64(3)
}

fn opened() -> Arc<Engine> {
    let engine = engine(Arc::new(Memory::default()), Arc::new(Clock::fixed(morning(TODAY))));
    opening::open(&engine, &mut random()).unwrap();
    engine
}

fn write(engine: &Engine, writes: &[(Key, Option<Row>)]) {
    let (version, _) = joining::read(engine, &[]).unwrap();
    let outcome = joining::commit(engine, version, Vec::new(), writes, &mut random());
    assert!(matches!(outcome, Outcome::Committed(_)));
}

/// A group of somebody's lane, which changed the seats of a session.
fn group(engine: &Engine, group: u64, trimmed: u64) {
    let feed = Row::Feed(vec![Changed::Seats(session(1, TODAY, 1).key())]);
    let trace = Row::Trace(Trace { group, trimmed, ..Trace::default() });
    write(engine, &[(Key::Feed(LANE, group, 0), Some(feed)), (Key::Trace(LANE), Some(trace))]);
}

fn schema(engine: &Engine) -> u32 {
    let key = Key::Meta(Meta::SchemaVersion);
    match joining::read(engine, &[key]).unwrap().1.row(&key) {
        Known::Present(Row::SchemaVersion(schema)) => *schema,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_follower_that_fell_behind_or_has_another_past_reads_everything_again() {
    let engine = opened();
    group(&engine, 3, 0);
    let common = Common::new(Uuid::from_u128(1), 2);
    let mut follower = Follower::start(engine.clone(), common.clone()).unwrap();
    let mut look = |lost: bool, changed: usize, why: &str| {
        let look = follower.look().unwrap();
        assert_eq!((look.lost, look.changed.len()), (lost, changed), "{why}");
        follower.done(look);
    };
    look(false, 0, "it begins with what was there");
    group(&engine, 5, 0);
    look(false, 1, "a later group; numbers may be left out");
    look(false, 0, "nothing new");
    group(&engine, 9, 5);
    look(false, 1, "only what it has read was trimmed");
    group(&engine, 20, 15);
    look(true, 0, "groups up to 15 cannot be read any more");
    look(false, 0, "once");
    group(&engine, 4, 0);
    look(true, 0, "a lane does not go back: the store does");
    common.lose();
    look(true, 0, "the lane has noticed it");
}

#[test]
fn what_could_not_be_told_is_looked_for_again() {
    let engine = opened();
    let common = Common::new(Uuid::from_u128(1), 2);
    let mut follower = Follower::start(engine.clone(), common.clone()).unwrap();
    common.doubt([session(2, TODAY, 1).key()]);
    common.lose();
    group(&engine, 1, 0);
    for _ in 0..2 {
        let look = follower.look().unwrap();
        assert_eq!((look.changed.len(), look.lost), (2, true));
        follower.undone(&look);
    }
}

#[test]
fn the_schema_is_raised_once_nobody_runs_an_older_program_and_then_keeps_them_out() {
    let engine = opened();
    write(&engine, &[(Key::Meta(Meta::SchemaVersion), Some(Row::SchemaVersion(1)))]);
    let random = &mut random();
    let old = joining::join(&engine, random, 1).unwrap();
    let new = joining::join(&engine, random, 2).unwrap();
    assert_eq!((old.schema, new.schema), (1, 1));
    assert_eq!(joining::raise_schema(&engine, 2, random), Ok(1));
    joining::leave(&engine, old.me, random).unwrap();
    assert_eq!(joining::raise_schema(&engine, 2, random), Ok(2));
    assert_eq!(joining::raise_schema(&engine, 2, random), Ok(2), "the others hear of it so");
    assert_eq!(schema(&engine), 2);
    let late = joining::join(&engine, random, 1);
    assert!(matches!(late, Err(OpenError::OtherSchema { found: 2 })));
}

#[test]
fn only_who_is_as_silent_as_it_was_seen_is_dismissed() {
    let engine = opened();
    let random = &mut random();
    let me = joining::join(&engine, random, SCHEMA).unwrap().me;
    assert_eq!(joining::beat(&engine, me, 1, random), Ok(true));
    assert_eq!(joining::fence(&engine, me, 0, random), Ok(false), "it has lived since");
    assert_eq!(joining::fence(&engine, me, 1, random), Ok(true));
    assert_eq!(joining::fence(&engine, me, 1, random), Ok(false), "once");
    assert_eq!(joining::beat(&engine, me, 2, random), Ok(false), "it finds out");
}
