//! Writes heads: in each second in which something was appended, and when the ledger is closed.
//!
//! It reads where the chains stand from the traces of their lanes, and writes a head if the newest one says something
//! else. Any gateway may; one that finds that another has written since it last looked leaves it to that one, so that
//! there is one head a second however many gateways there are. Head 0 is a copy of the newest one, so that it is found.

use super::head::HeadKey;
use super::source::{Chains, NEWEST, Source};
use super::{Head, Tip};
use crate::complaint::Complaint;
use crate::engine::Engine;
use crate::keys::Key;
use crate::members::joining;
use crate::records::Row;
use crate::store::block_on::block_on;
use crate::store::{Commit, Mutation, Outcome, ReadError, Version};
use crossbeam::channel::{RecvTimeoutError, Sender, bounded};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// How often a head is tried that has to be written.
const TRIES: usize = 16;

/// Writes heads.
pub(crate) struct Notary {
    engine: Arc<Engine>,
    key: HeadKey,
    /// The number of the newest head when it last looked.
    seen: u64,
}

impl Notary {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let key = HeadKey::of(engine.codec.vault());
        Self { engine, key, seen: 0 }
    }

    /// Writes a head if something was appended, unless somebody else has written one since this was last called.
    pub(crate) fn attend(&mut self) -> Result<(), ReadError> {
        let seen = self.seen;
        let (version, newest, uncovered) = self.look()?;
        self.seen = number(newest.as_ref());
        if self.seen == seen
            && let Some(chains) = uncovered
            && let Outcome::Committed(_) = self.write(version, newest.as_ref(), chains)
        {
            self.seen += 1;
        }
        Ok(())
    }

    /// Returns when all that was appended before is covered.
    ///
    /// # Errors
    /// If the store does not answer or cannot be written.
    pub(crate) fn pin(&mut self) -> Result<(), ReadError> {
        let mut last = Outcome::Conflict;
        for _ in 0..TRIES {
            let (version, newest, uncovered) = self.look()?;
            let Some(chains) = uncovered else { return Ok(()) };
            last = self.write(version, newest.as_ref(), chains);
            if let Outcome::Committed(_) = last {
                return Ok(());
            }
        }
        Err(ReadError::Unavailable(format!("the audit's head could not be written: {last:?}")))
    }

    /// The newest head, and where the chains stand if it does not say so.
    fn look(&self) -> Result<(Version, Option<Head>, Option<Chains>), ReadError> {
        let source = Source::from(&*self.engine);
        let version = block_on(source.store.read_version())?;
        let newest = block_on(source.newest(version))?;
        let chains = block_on(source.standing(version))?;
        let covered = |(chain, tip): &(Uuid, Tip)| {
            newest.as_ref().and_then(|head| head.tip_of(*chain)) == Some(*tip)
        };
        let uncovered = !chains.iter().all(covered);
        Ok((version, newest, uncovered.then_some(chains)))
    }

    fn write(&self, read_version: Version, newest: Option<&Head>, chains: Chains) -> Outcome {
        let layout = self.engine.codec.layout();
        let head = Head::after(newest, self.engine.clock.now(), chains, &self.key);
        let number = head.number;
        let value = Row::AuditHead(Box::new(head)).encode();
        let set = |key| Mutation::Set { key: layout.encode(&key), value: value.clone() };
        let mutations = vec![set(Key::AuditHead(number)), set(NEWEST)];
        let conflicts = vec![layout.single(&NEWEST)];
        joining::submit(&self.engine, Commit { read_version, conflicts, mutations })
    }
}

/// Whether the newest head says where this lane's chain stands; nobody adds to it any more.
pub(crate) fn is_covered(engine: &Engine, lane: Uuid) -> Result<bool, ReadError> {
    let source = Source::from(engine);
    let version = block_on(source.store.read_version())?;
    let newest = block_on(source.newest(version))?;
    let chains = block_on(source.standing(version))?;
    let said = newest.and_then(|head| head.tip_of(lane));
    let stands = chains.iter().find(|(chain, _)| *chain == lane).map(|(_, tip)| *tip);
    Ok(stands == said)
}

fn number(head: Option<&Head>) -> u64 {
    head.map_or(0, |head| head.number)
}

/// The thread of a notary. Dropping it ends the thread, after a last head.
pub(crate) struct Office {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Office {
    pub(crate) fn open(mut notary: Notary) -> io::Result<Self> {
        let (stop, stopped) = bounded::<()>(0);
        let mut complaint = Complaint::default();
        let run = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = notary.attend()
                    && let Some(unlogged) = complaint.due(Instant::now())
                {
                    tracing::warn!(%error, unlogged, "the audit's head could not be written");
                }
            }
            if let Err(error) = notary.pin() {
                tracing::warn!(%error, "closing without a last head; the next start writes it");
            }
        };
        let thread = std::thread::Builder::new().name("ledger-notary".to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that signs the audit's heads panicked");
        }
    }
}
