//! A disk for tests that loses, tears and damages what was not synced, at a moment of the test's choice.

use super::disk::{LogDir, LogFile};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// A simulated disk. Clones are the same disk.
#[derive(Clone, Default)]
pub(super) struct TornDisk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Every operation so far that changed or synced something.
    operations: usize,
    trouble: Option<Trouble>,
    down: bool,
    names: BTreeMap<String, usize>,
    /// The names that a crash leaves for sure, and what was done to them since.
    durable_names: BTreeMap<String, usize>,
    renamed: Vec<Renaming>,
    files: Vec<Contents>,
}

/// What is to go wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// The power fails during this operation.
    CrashAt(usize),
    /// The first sync of a file from this operation on fails, and only that.
    FailedSyncFrom(usize),
}

#[derive(Clone)]
enum Renaming {
    Created(String, usize),
    Renamed(String, String),
    Removed(String),
}

#[derive(Clone, Default)]
struct Contents {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// Written since the last sync: where and what.
    unsynced: Vec<(usize, Vec<u8>)>,
}

struct TornFile {
    disk: TornDisk,
    id: usize,
}

impl TornDisk {
    /// From now on, counting from zero again, `trouble` is to come.
    pub(super) fn expect(&self, trouble: Trouble) {
        let mut state = self.state();
        state.operations = 0;
        state.trouble = Some(trouble);
    }

    /// What is left after a crash at this moment, as chance in `seed` would have it.
    pub(super) fn crashed(&self, seed: u64) -> Self {
        let random = &mut SmallRng::seed_from_u64(seed);
        let state = self.state();
        let mut names = state.durable_names.clone();
        for renaming in &state.renamed {
            if random.random() {
                renaming.apply(&mut names);
            }
        }
        let files = state.files.iter().map(|file| file.torn(random)).collect();
        let left = State { durable_names: names.clone(), names, files, ..State::default() };
        Self(Arc::new(Mutex::new(left)))
    }

    /// Flips one bit of a file.
    pub(super) fn flip(&self, name: &str, bit: usize) {
        let mut state = self.state();
        let id = state.names[name];
        let file = &mut state.files[id];
        file.now[bit / 8] ^= 1 << (bit % 8);
        file.durable = file.now.clone();
    }

    /// Counts an operation that changes the disk, unless the power is off.
    fn operate(&self, sync: bool) -> (MutexGuard<'_, State>, io::Result<()>) {
        let mut state = self.state();
        if state.down {
            return (state, Err(io::Error::other("the power is off")));
        }
        state.operations += 1;
        let result = match state.trouble {
            Some(Trouble::CrashAt(operation)) if state.operations > operation => {
                state.down = true;
                Err(io::Error::other("the power fails"))
            }
            Some(Trouble::FailedSyncFrom(operation)) if sync && state.operations > operation => {
                state.trouble = None;
                Err(io::Error::other("the sync failed"))
            }
            _ => Ok(()),
        };
        (state, result)
    }

    fn rename_with(&self, renaming: Renaming) -> io::Result<()> {
        let (mut state, result) = self.operate(false);
        // An operation during which the power fails may still happen.
        state.renamed.push(renaming.clone());
        result?;
        renaming.apply(&mut state.names);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Renaming {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Created(name, id) => {
                names.insert(name.clone(), *id);
            }
            Self::Renamed(from, to) => {
                if let Some(id) = names.remove(from) {
                    names.insert(to.clone(), id);
                }
            }
            Self::Removed(name) => {
                names.remove(name);
            }
        }
    }
}

impl Contents {
    /// What a crash leaves: of each unsynced write all, nothing, a start, or scattered pieces, some of them damaged.
    fn torn(&self, random: &mut SmallRng) -> Self {
        let mut left = self.durable.clone();
        for (offset, bytes) in &self.unsynced {
            let kind = random.random_range(0..5);
            let start = random.random_range(0..=bytes.len());
            for (number, piece) in bytes.chunks(32).enumerate() {
                let at = number * 32;
                let kept = match kind {
                    0 => piece.len(),
                    1 => 0,
                    2 => start.saturating_sub(at).min(piece.len()),
                    _ if random.random() => piece.len(),
                    _ => 0,
                };
                left[offset + at..offset + at + kept].copy_from_slice(&piece[..kept]);
                if kind == 4 && kept > 0 && random.random_ratio(1, 8) {
                    left[offset + at + random.random_range(0..kept)] ^=
                        1 << random.random_range(0..8);
                }
            }
        }
        Self { now: left.clone(), durable: left, unsynced: Vec::new() }
    }
}

impl LogDir for TornDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn create(&self, name: &str, bytes: usize) -> io::Result<Box<dyn LogFile>> {
        let zeros = vec![0; bytes];
        let contents = Contents { now: zeros.clone(), durable: zeros, unsynced: Vec::new() };
        let id = {
            let mut state = self.state();
            state.files.push(contents);
            state.files.len() - 1
        };
        self.rename_with(Renaming::Created(name.to_owned(), id))?;
        Ok(Box::new(TornFile { disk: self.clone(), id }))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn LogFile>> {
        let id = self.state().names.get(name).copied();
        let id = id.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(TornFile { disk: self.clone(), id }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.rename_with(Renaming::Renamed(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.rename_with(Renaming::Removed(name.to_owned()))
    }

    fn sync(&self) -> io::Result<()> {
        let (mut state, result) = self.operate(false);
        result?;
        state.durable_names = state.names.clone();
        state.renamed.clear();
        Ok(())
    }
}

impl LogFile for TornFile {
    fn read(&self) -> io::Result<Vec<u8>> {
        Ok(self.disk.state().files[self.id].now.clone())
    }

    fn bytes(&self) -> io::Result<usize> {
        Ok(self.disk.state().files[self.id].now.len())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let (mut state, result) = self.disk.operate(false);
        // As for names: what fails may have happened, in part.
        state.files[self.id].unsynced.push((offset, bytes.to_vec()));
        result?;
        state.files[self.id].now[offset..offset + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let (mut state, result) = self.disk.operate(true);
        result?;
        let file = &mut state.files[self.id];
        file.durable = file.now.clone();
        file.unsynced.clear();
        Ok(())
    }
}
