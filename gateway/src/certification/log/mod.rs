//! The transparency log: who places its lines and signs its heads, and what is proven to anybody who asks (RFC 9162).
//!
//! One gateway places and signs; all of them answer. The hashes of the tree lie in tiles of 256: those of the lowest level are
//! made of the lines themselves, those above are kept with the heads.

mod keeper;

pub(super) use keeper::Keeper;

use opencowin_certificates::log::tile::{Missing, WIDTH};
use opencowin_certificates::log::{Entry, EntryKind, Hash, Tile, TileId, consistency, inclusion};
use opencowin_ledger::records::{LogHead, LogKind, Logged};
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Most lines that are sent at once.
pub const MOST_LINES: u64 = 1024;

/// How far a line may stand from where its time says, in lines: it waits for its place for a second or two, and so do those
/// around it.
const ASTRAY: u64 = 32 * 1024;

/// What proves things about the log.
pub struct Log {
    ledger: Arc<Ledger>,
}

/// That an entry is in the log.
#[derive(Clone, Debug)]
pub struct Inclusion {
    /// The head over the log in which it is.
    pub head: LogHead,
    /// Its place.
    pub index: u64,
    /// The proof.
    pub hashes: Vec<Hash>,
}

impl Log {
    pub(super) fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger }
    }

    /// The newest head; `None` as long as there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn head(&self) -> Result<Option<LogHead>, Failure> {
        self.ledger.read().log_head(0).await
    }

    /// The lines from a place on, as far as a head has been signed over them; at most [`MOST_LINES`].
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn lines(&self, from: u64, count: u64) -> Result<Vec<Logged>, Failure> {
        let size = self.head().await?.map_or(0, |head| head.size);
        let end = from.saturating_add(count.min(MOST_LINES)).min(size);
        self.ledger.read().log(from.min(end)..end).await
    }

    /// The proof that an entry, which was written about then, is in the newest log; `None` if it is not, or not yet.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn inclusion(
        &self,
        entry: Entry,
        written: Timestamp,
    ) -> Result<Option<Inclusion>, Failure> {
        let Some(head) = self.head().await? else { return Ok(None) };
        let Some(index) = self.place(entry, written, head.size).await? else { return Ok(None) };
        let hashes = self.proven(|tiles| inclusion(index, head.size, |id| tiles.get(&id).cloned()));
        Ok(Some(Inclusion { hashes: hashes.await?, index, head }))
    }

    /// The proof that the newest log begins with that of so many lines, and its head; `None` if it is shorter.
    ///
    /// # Errors
    /// [`Failure::Unavailable`].
    pub async fn consistency(&self, earlier: u64) -> Result<Option<(LogHead, Vec<Hash>)>, Failure> {
        let head = self.head().await?.filter(|head| earlier <= head.size);
        let Some(head) = head else { return Ok(None) };
        let proof = |tiles: &Known| consistency(earlier, head.size, |id| tiles.get(&id).cloned());
        let hashes = self.proven(proof).await?;
        Ok(Some((head, hashes)))
    }

    /// Makes a proof, reading the tiles that it turns out to need.
    async fn proven(
        &self,
        prove: impl Fn(&Known) -> Result<Vec<Hash>, Missing>,
    ) -> Result<Vec<Hash>, Failure> {
        let mut known = Known::new();
        loop {
            match prove(&known) {
                Ok(proof) => return Ok(proof),
                Err(Missing(id)) => {
                    let tile = self.tile(id).await?;
                    // What was read and is missing still will not turn up.
                    if known.insert(id, tile.ok_or(Failure::Unavailable)?).is_some() {
                        return Err(Failure::Unavailable);
                    }
                }
            }
        }
    }

    async fn tile(&self, id: TileId) -> Result<Option<Tile>, Failure> {
        tile(&self.ledger, id).await
    }

    /// Where an entry stands: lines lie by time, but for some that had to wait a little longer than others.
    async fn place(
        &self,
        entry: Entry,
        written: Timestamp,
        size: u64,
    ) -> Result<Option<u64>, Failure> {
        let middle = self.first_since(written, size).await?;
        let mut near = 0;
        while near < ASTRAY {
            let further = near + MOST_LINES;
            let after = middle.saturating_add(near)..middle.saturating_add(further).min(size);
            let before = middle.saturating_sub(further)..middle.saturating_sub(near);
            for range in [after, before] {
                if let Some(place) = self.among(entry, range).await? {
                    return Ok(Some(place));
                }
            }
            near = further;
        }
        Ok(None)
    }

    async fn among(&self, entry: Entry, range: Range<u64>) -> Result<Option<u64>, Failure> {
        if range.is_empty() {
            return Ok(None);
        }
        let lines = self.ledger.read().log(range.clone()).await?;
        Ok(range.zip(lines).find(|(_, line)| of(line) == entry).map(|(place, _)| place))
    }

    /// The first line that was written then or later, were all of them in order.
    async fn first_since(&self, written: Timestamp, size: u64) -> Result<u64, Failure> {
        let mut range = 0..size;
        while !range.is_empty() {
            let middle = range.start + (range.end - range.start) / 2;
            let line = self.ledger.read().log(middle..middle + 1).await?;
            if line.first().is_some_and(|line| line.at < written) {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        Ok(range.start)
    }
}

/// Tiles that were read.
type Known = BTreeMap<TileId, Tile>;

/// A tile, as the newest head has it.
async fn tile(ledger: &Ledger, id: TileId) -> Result<Option<Tile>, Failure> {
    if id.level > 0 {
        let hashes = ledger.read().log_tile(id.level, id.index).await?;
        return Ok(hashes.and_then(|hashes| Tile::from_bytes(&hashes)));
    }
    let start = id.index * WIDTH as u64;
    let lines = ledger.read().log(start..start + WIDTH as u64).await?;
    let hashes: Vec<u8> = lines.iter().flat_map(|line| of(line).leaf()).collect();
    Ok(Tile::from_bytes(&hashes))
}

/// A line, as it is hashed.
pub(super) fn of(line: &Logged) -> Entry {
    let kind = match line.kind {
        LogKind::Issued => EntryKind::Issued,
        LogKind::Revoked => EntryKind::Revoked,
    };
    Entry { kind, certificate: line.certificate }
}
