//! Becoming a member, staying one, and no longer being one: small transactions beside the lane.

use crate::audit;
use crate::engine::{Engine, Fetched};
use crate::keys::{Key, Kind, Meta};
use crate::opening::OpenError;
use crate::records::{Member, OLDEST_SCHEMA, Row};
use crate::rules::Draw;
use crate::store::block_on::{self, block_on};
use crate::store::{Commit, Mutation, Outcome, ReadError, Version, single};
use crate::view::{Known, Rows};
use rand::RngExt;
use rand::rngs::StdRng;
use std::ops::Range;
use uuid::Uuid;

/// How often a transaction is tried that others got in the way of.
const TRIES: usize = 16;

/// What a process knows once it has joined.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Joined {
    pub(crate) me: Uuid,
    /// The schema of the ledger.
    pub(crate) schema: u32,
    /// Which past it has.
    pub(crate) generation: Option<Uuid>,
}

/// Joins under a new random id a ledger that is there already.
pub(crate) fn join(engine: &Engine, random: &mut StdRng, speaks: u32) -> Result<Joined, OpenError> {
    let me = Uuid::from_bytes(random.random());
    let rows = [Key::Meta(Meta::SchemaVersion), Key::Meta(Meta::Generation), Key::Member(me)];
    let mut last = Outcome::Conflict;
    for _ in 0..TRIES {
        let (version, found) = read(engine, &rows)?;
        let schema = match found.row(&rows[0]) {
            Known::Present(Row::SchemaVersion(schema)) => *schema,
            _ => return Err(OpenError::Damaged),
        };
        if !(OLDEST_SCHEMA..=speaks).contains(&schema) {
            return Err(OpenError::OtherSchema { found: schema });
        }
        let generation = match found.row(&rows[1]) {
            Known::Present(Row::Generation(id)) => Some(*id),
            _ => None,
        };
        // Left by a commit of the loop before, whose outcome was unknown.
        if matches!(found.row(&rows[2]), Known::Present(_)) {
            return Ok(Joined { me, schema, generation });
        }
        let member = Member { speaks, since: engine.context(Draw::default()).today() };
        let writes = [
            (Key::Member(me), Some(Row::Member(member))),
            (Key::Heartbeat(me), Some(Row::Heartbeat(0))),
        ];
        let conflicts = singles(engine, &rows);
        last = commit(engine, version, conflicts, &writes, random);
        match last {
            Outcome::Committed(_) => return Ok(Joined { me, schema, generation }),
            Outcome::Fatal(_) => break,
            _ => {}
        }
    }
    Err(OpenError::Unwritable(last))
}

/// Says that a member is alive; whether it still is one. A failure to say so is no verdict: the next try will tell.
pub(crate) fn beat(
    engine: &Engine,
    me: Uuid,
    count: u64,
    random: &mut StdRng,
) -> Result<bool, ReadError> {
    let rows = [Key::Member(me)];
    let (version, found) = read(engine, &rows)?;
    if !matches!(found.row(&rows[0]), Known::Present(_)) {
        return Ok(false);
    }
    let writes = [(Key::Heartbeat(me), Some(Row::Heartbeat(count)))];
    let _ = commit(engine, version, singles(engine, &rows), &writes, random);
    Ok(true)
}

/// Ends a membership if its heartbeat is still what it was seen to be; whether it ended it.
pub(crate) fn fence(
    engine: &Engine,
    peer: Uuid,
    heartbeat: u64,
    random: &mut StdRng,
) -> Result<bool, ReadError> {
    let rows = [Key::Member(peer), Key::Heartbeat(peer)];
    let (version, found) = read(engine, &rows)?;
    let silent =
        matches!(found.row(&rows[1]), Known::Present(Row::Heartbeat(now)) if *now == heartbeat);
    if !silent {
        return Ok(false);
    }
    let writes = rows.map(|key| (key, None));
    let outcome = commit(engine, version, singles(engine, &rows), &writes, random);
    Ok(matches!(outcome, Outcome::Committed(_)))
}

/// Ends the own membership; the leases have to be given back before.
pub(crate) fn leave(engine: &Engine, me: Uuid, random: &mut StdRng) -> Result<Outcome, ReadError> {
    let (version, _) = read(engine, &[])?;
    let writes = [(Key::Member(me), None), (Key::Heartbeat(me), None)];
    Ok(commit(engine, version, Vec::new(), &writes, random))
}

/// Raises the schema if all members, and whoever joins meanwhile, speak the new one. Answers what it is afterwards, as far
/// as can be told.
pub(crate) fn raise_schema(
    engine: &Engine,
    to: u32,
    random: &mut StdRng,
) -> Result<u32, ReadError> {
    let key = Key::Meta(Meta::SchemaVersion);
    let (version, found) = read(engine, &[key])?;
    let layout = engine.codec.layout();
    let members = layout.all(Kind::Member);
    let pairs = block_on(engine.store.scan(version, members.clone(), usize::MAX))?;
    let all = pairs.iter().all(|(stored, value)| {
        matches!(engine.open(stored, value), Some((_, Ok(Row::Member(m)))) if m.speaks >= to)
    });
    let Known::Present(Row::SchemaVersion(now)) = found.row(&key) else {
        return Err(ReadError::Fatal("the ledger's schema cannot be read".to_owned()));
    };
    if !all || *now >= to {
        return Ok(*now);
    }
    let conflicts = vec![members, layout.single(&key)];
    let writes = [(key, Some(Row::SchemaVersion(to)))];
    match commit(engine, version, conflicts, &writes, random) {
        Outcome::Committed(_) => Ok(to),
        _ => Ok(*now),
    }
}

/// Some rows as of now.
pub(crate) fn read(engine: &Engine, keys: &[Key]) -> Result<(Version, Fetched), ReadError> {
    let version = block_on(engine.store.read_version())?;
    let mut rows = Fetched::at(version);
    block_on(rows.fetch(engine, keys.to_vec()))?;
    Ok((version, rows))
}

/// The conflicts of somebody who has read these rows.
pub(crate) fn singles(engine: &Engine, keys: &[Key]) -> Vec<Range<Vec<u8>>> {
    keys.iter().map(|key| single(&engine.codec.layout().encode(key))).collect()
}

/// Commits rows and waits for the outcome.
pub(crate) fn commit(
    engine: &Engine,
    read_version: Version,
    conflicts: Vec<Range<Vec<u8>>>,
    writes: &[(Key, Option<Row>)],
    random: &mut StdRng,
) -> Outcome {
    let mutation = |(key, row): &(Key, Option<Row>)| {
        let stored = engine.codec.layout().encode(key);
        match row {
            Some(row) => {
                let value = engine.codec.seal(key, &stored, row, random);
                Mutation::Set { key: stored, value }
            }
            None => Mutation::Clear { key: stored },
        }
    };
    let mutations = writes.iter().map(mutation).collect();
    submit(engine, Commit { read_version, conflicts, mutations })
}

/// Commits and waits for the outcome.
pub(crate) fn submit(engine: &Engine, commit: Commit) -> Outcome {
    block_on::commit(&*engine.store, commit)
}

/// Removes the trace and the feed of a lane, where the audit's newest head covers its chain. Should it fail, somebody will
/// try again.
pub(crate) fn bury(engine: &Engine, lane: Uuid) {
    if !matches!(audit::is_covered(engine, lane), Ok(true)) {
        return;
    }
    let layout = engine.codec.layout();
    let mutations = vec![
        Mutation::Clear { key: layout.encode(&Key::Trace(lane)) },
        Mutation::ClearRange { range: layout.feed_of(lane, 0..i64::MAX as u64) },
    ];
    let _ = submit(engine, Commit { mutations, ..Commit::default() });
}
