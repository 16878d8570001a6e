//! Giving lines their places, and signing heads over them.

use super::super::keys::Keys;
use super::super::sweep::Sweep;
use super::{of, tile};
use crate::chore::Chore;
use opencowin_certificates::log::head::origin;
use opencowin_certificates::log::{Head, TileId, Tiles};
use opencowin_certificates::{Issuer, Moment, Purpose};
use opencowin_ledger::commands::{Command, Outcome, SEQUENCED_AT_ONCE, Sequence, SignHead};
use opencowin_ledger::records::LogHead;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Failure, Ledger};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often lines are placed, and a head is signed if there are new ones.
const EVERY: Duration = Duration::from_secs(1);

/// Lines that one head is further than the one before, at most: their hashes are made in memory, and the tiles fit into one commit.
const STRIDE: u64 = 16 * 1024;

/// Keeps the log. On a shared ledger the first gateway does it for all; should two for a moment, they place each line once, and of
/// each size the first head is kept.
pub(in crate::certification) struct Keeper {
    ledger: Arc<Ledger>,
    issuer: Issuer,
    keys: Arc<Keys>,
    state: Mutex<State>,
}

/// What is remembered from one look to the next.
#[derive(Default)]
struct State {
    /// Where lines wait.
    sweep: Sweep,
    /// The log as the newest head has it, once it is known.
    end: Option<Tiles>,
}

impl Keeper {
    /// Keeps it now and then.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(in crate::certification) fn start(
        ledger: Arc<Ledger>,
        issuer: Issuer,
        keys: Arc<Keys>,
    ) -> io::Result<Chore> {
        let keeper = Self { ledger, issuer, keys, state: Mutex::default() };
        Chore::every(EVERY, "log keeper", move || keeper.look())
    }

    fn look(&self) {
        if !self.ledger.is_first() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let look = state.sweep.begin(Instant::now(), self.ledger.clock().now());
        // Somebody else may sign meanwhile, if it fails.
        let kept = block_on(self.keep(look.after, state.end.take()));
        state.sweep.end(look, kept.is_ok());
        match kept {
            Ok(end) => state.end = Some(end),
            Err(error) => tracing::warn!(%error, "the transparency log has to wait"),
        }
    }

    /// Places the lines that wait behind a row, and signs. Answers the log's end.
    async fn keep(&self, mut after: Option<Uuid>, end: Option<Tiles>) -> Result<Tiles, Failure> {
        let mut size = self.ledger.read().log_size().await?;
        loop {
            let rows = self.ledger.read().log_pending(after, SEQUENCED_AT_ONCE).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(*last);
            let rows = rows.into_iter().map(|(id, _)| id).collect();
            let placed = self.ledger.run(Command::Sequence(Sequence { rows })).await?;
            if let Outcome::LogSequenced { size: now } = placed {
                size = now;
            }
        }
        self.sign_up_to(size, end).await
    }

    async fn sign_up_to(&self, size: u64, end: Option<Tiles>) -> Result<Tiles, Failure> {
        let mut end = match end {
            Some(end) => end,
            None => self.resumed().await?,
        };
        while end.size() < size {
            let next = end.size()..size.min(end.size() + STRIDE);
            let lines = self.ledger.read().log(next).await?;
            let changed = end.append(lines.iter().map(|line| of(line).leaf()));
            if lines.is_empty() || !self.sign(&end, changed).await? {
                return Err(Failure::Unavailable);
            }
        }
        Ok(end)
    }

    /// Signs a head over this end, and keeps it with the tiles that have changed. `false` if no key signs.
    async fn sign(
        &self,
        end: &Tiles,
        changed: BTreeMap<TileId, opencowin_certificates::log::Tile>,
    ) -> Result<bool, Failure> {
        let at = Moment::from(self.ledger.clock().now());
        let keys = self.keys.current();
        let Some(key) = keys.signing(Purpose::Log, at) else { return Ok(false) };
        let (size, root) = (end.size(), end.root());
        let head = Head { origin: origin(&self.issuer), size, root, at }.sign(key);
        // Those of the lowest level are made of the lines.
        let above = changed.into_iter().filter(|(id, _)| id.level > 0);
        let tiles = above.map(|(id, tile)| (id.level, id.index, tile.to_bytes())).collect();
        let head = LogHead { size, body: head.into_bytes() };
        self.ledger.run(Command::SignHead(SignHead { head, tiles })).await?;
        Ok(true)
    }

    /// The log's end as the newest head has it.
    async fn resumed(&self) -> Result<Tiles, Failure> {
        let size = self.ledger.read().log_head(0).await?.map_or(0, |head| head.size);
        let mut edge = BTreeMap::new();
        for id in TileId::edge(size) {
            edge.insert(id, tile(&self.ledger, id).await?.ok_or(Failure::Unavailable)?);
        }
        let resumed = Tiles::resume(size, |id| edge.get(&id).cloned());
        resumed.map_err(|missing| {
            tracing::error!(%missing, "the transparency log cannot go on");
            Failure::Unavailable
        })
    }
}
