//! One gateway's way to the store that all of them share: its commits can be held and lost, and its reads can fail.

use crate::keys::{Environment, Key, Kind, Layout};
use crate::store::block_on::block_on;
use crate::store::memory::Memory;
use crate::store::{Answer, Commit, Done, Mutation, Outcome, Pairs, ReadError, Store, Version};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};

/// What becomes of a commit without its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mishap {
    Conflict,
    TooOld,
    UnknownKept,
    UnknownLost,
}

pub(super) struct Front {
    memory: Arc<Memory>,
    layout: Layout,
    /// Whether it tells the place of a commit at once.
    tells: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The next commit of the lane is held, unless it waits for it.
    hold: bool,
    held: Option<(Commit, Done)>,
    /// What becomes of the next commit that writes a row of this kind.
    mishap: Option<(Kind, Mishap)>,
    deaf: bool,
    /// Commits of the lane that were answered, and those of which it has taken note.
    answered: u64,
    noted: u64,
}

impl Front {
    pub(super) fn new(memory: Arc<Memory>, tells: bool) -> Arc<Self> {
        let layout = Layout::new(Environment::Sandbox);
        Arc::new(Self { memory, layout, tells, state: Mutex::default() })
    }

    pub(super) fn hold_next(&self) {
        self.state().hold = true;
    }

    pub(super) fn holds(&self) -> bool {
        self.state().held.is_some()
    }

    pub(super) fn spoil(&self, kind: Kind, mishap: Mishap) {
        self.state().mishap = Some((kind, mishap));
    }

    /// Reads fail from now on, or no longer.
    pub(super) fn deafen(&self, deaf: bool) {
        self.state().deaf = deaf;
    }

    /// Nothing goes wrong any more.
    pub(super) fn mend(&self) {
        let mut state = self.state();
        (state.hold, state.mishap, state.deaf) = (false, None, false);
    }

    /// Decides what is held.
    pub(super) fn release(&self, mishap: Option<Mishap>) {
        let held = self.state().held.take();
        if let Some((commit, done)) = held {
            self.decide(commit, mishap, done);
        }
    }

    /// Runs a step of the lane. A lane that has something to repeat waits for each commit, so that none may be held.
    pub(super) fn around<T>(&self, step: impl FnOnce() -> T) -> T {
        let answered = self.state().answered;
        let came = step();
        self.state().noted = answered;
        came
    }

    fn decide(&self, commit: Commit, mishap: Option<Mishap>, done: Done) -> Option<Version> {
        let lane = commit.mutations.iter().find_map(|mutation| match self.key_of(mutation)? {
            Key::Trace(lane) => Some(lane),
            _ => None,
        });
        self.state().answered += u64::from(lane.is_some());
        match mishap {
            Some(Mishap::Conflict) => done(Outcome::Conflict),
            Some(Mishap::TooOld) => done(Outcome::TooOld),
            Some(Mishap::UnknownLost) => done(Outcome::Unknown),
            Some(Mishap::UnknownKept) => {
                self.memory.commit(commit, Box::new(drop));
                done(Outcome::Unknown);
            }
            None => {
                let place = self.memory.commit(commit, done);
                if let Some((version, lane)) = place.zip(lane) {
                    self.assert_member(version, lane);
                }
                return place.filter(|_| self.tells);
            }
        }
        None
    }

    /// Whoever was taken for dead commits nothing.
    fn assert_member(&self, version: Version, lane: uuid::Uuid) {
        let key = self.layout.encode(&Key::Member(lane));
        let fence = block_on(self.memory.get_many(version, &[key])).unwrap();
        assert!(fence[0].is_some(), "a lane committed after its fence was removed");
    }

    fn key_of(&self, mutation: &Mutation) -> Option<Key> {
        match mutation {
            Mutation::Set { key, .. } | Mutation::Clear { key } => self.layout.decode(key),
            Mutation::ClearRange { .. } => None,
        }
    }

    fn writes(&self, commit: &Commit, kind: Kind) -> bool {
        let all = self.layout.all(kind);
        commit.mutations.iter().any(|mutation| match mutation {
            Mutation::Set { key, .. } | Mutation::Clear { key } => all.contains(key),
            Mutation::ClearRange { .. } => false,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn hears(&self) -> Result<(), ReadError> {
        let deaf = self.state().deaf;
        if deaf { Err(ReadError::Unavailable("partition".to_owned())) } else { Ok(()) }
    }
}

impl Store for Front {
    fn read_version(&self) -> Answer<'_, Version> {
        Box::pin(async {
            self.hears()?;
            self.memory.read_version().await
        })
    }

    fn get_many<'a>(
        &'a self,
        version: Version,
        keys: &'a [Vec<u8>],
    ) -> Answer<'a, Vec<Option<Vec<u8>>>> {
        self.memory.get_many(version, keys)
    }

    fn scan(&self, version: Version, range: Range<Vec<u8>>, limit: usize) -> Answer<'_, Pairs> {
        self.memory.scan(version, range, limit)
    }

    fn commit(&self, commit: Commit, done: Done) -> Option<Version> {
        let of_lane = self.writes(&commit, Kind::Trace);
        let mut state = self.state();
        if of_lane && state.hold && state.answered == state.noted {
            state.hold = false;
            state.held = Some((commit, done));
            return None;
        }
        let struck = state.mishap.filter(|(kind, _)| self.writes(&commit, *kind));
        state.mishap = state.mishap.filter(|_| struck.is_none());
        drop(state);
        self.decide(commit, struck.map(|(_, mishap)| mishap), done)
    }

    fn changed(&self, version: Version) -> Answer<'_, ()> {
        self.memory.changed(version)
    }
}
