//! How the tree's hashes are kept: in tiles of 256, as C2SP's `tlog-tiles` has them.
//!
//! Level 0 holds the hashes of leaves, level 1 those of subtrees of 256 leaves, level 2 of 65,536, and so on. What lies
//! between is computed from a tile, so that a leaf takes little more than its 32 bytes. A full tile never changes; the last
//! one of each level grows.

use super::tree::{self, Hash, NodeId, fold, node, subtrees};
use std::collections::BTreeMap;

/// How many hashes a full tile holds.
pub const WIDTH: usize = 256;

/// How many levels of the tree lie in a tile.
const HEIGHT: u8 = 8;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Its level; each is 256 times as coarse as the one below.
    pub level: u8,
    /// Its position among those of its level.
    pub index: u64,
}

/// The hashes of a tile, up to 256.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tile(Vec<Hash>);

/// A log at its end: what is needed to append to it, which is the last tile of each level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiles {
    size: u64,
    /// By level; none is full.
    edge: Vec<Tile>,
}

/// A tile is missing, or shorter than the log's size says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tile {} of level {} is missing or too short", .0.index, .0.level)]
pub struct Missing(pub TileId);

impl Tile {
    /// Its bytes: the hashes one after another.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.concat()
    }

    /// Reads its bytes; `None` if they are not up to 256 hashes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks();
        (rest.is_empty() && hashes.len() <= WIDTH).then(|| Self(hashes.to_vec()))
    }

    /// How many hashes it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hash of a node in it.
    fn hash(&self, id: NodeId) -> Option<Hash> {
        let below = id.level % HEIGHT;
        let start = (id.index << below) as usize % WIDTH;
        self.0.get(start..start + (1 << below)).map(complete)
    }
}

/// The root of a complete tree over a power of two of hashes.
fn complete(hashes: &[Hash]) -> Hash {
    match hashes {
        [single] => *single,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node(&complete(left), &complete(right))
        }
    }
}

impl TileId {
    /// The tile in which a node lies.
    pub fn of(node: NodeId) -> Self {
        let below = HEIGHT - node.level % HEIGHT;
        Self { level: node.level / HEIGHT, index: node.index >> below }
    }

    /// The tiles at the end of a log of this size: those that [`Tiles::resume`] takes, but for empty ones.
    pub fn edge(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..8).map(move |level| (level, size >> (HEIGHT * level)));
        levels
            .filter(|(_, hashes)| hashes % WIDTH as u64 != 0)
            .map(|(level, hashes)| Self { level, index: hashes / WIDTH as u64 })
    }
}

/// The hash of a node, out of the tile in which it lies.
pub(super) fn read(id: NodeId, tiles: &impl Fn(TileId) -> Option<Tile>) -> Result<Hash, Missing> {
    let tile = TileId::of(id);
    tiles(tile).and_then(|found| found.hash(id)).ok_or(Missing(tile))
}

impl Tiles {
    /// Goes on with a log of `size` leaves; `tiles` gives the tiles of [`TileId::edge`].
    ///
    /// # Errors
    /// [`Missing`] if one is not there, or shorter than it has to be. What it has too much is not looked at.
    pub fn resume(size: u64, tiles: impl Fn(TileId) -> Option<Tile>) -> Result<Self, Missing> {
        let mut edge = Vec::new();
        for id in TileId::edge(size) {
            let length = (size >> (HEIGHT * id.level)) as usize % WIDTH;
            let mut tile = tiles(id).filter(|tile| tile.len() >= length).ok_or(Missing(id))?;
            tile.0.truncate(length);
            edge.resize(usize::from(id.level), Tile::default());
            edge.push(tile);
        }
        Ok(Self { size, edge })
    }

    /// How many leaves the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends leaves, and returns the tiles that are new or have grown.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> BTreeMap<TileId, Tile> {
        let mut changed = BTreeMap::new();
        for leaf in leaves {
            self.push(leaf, &mut changed);
        }
        for (level, tile) in self.edge.iter().enumerate() {
            let id = self.last(level);
            if !tile.is_empty() && changed.contains_key(&id) {
                changed.insert(id, tile.clone());
            }
        }
        changed
    }

    /// Puts a hash into the last tile of level 0. A tile that is full is told as it is, and its root goes one level up; of
    /// others it is told only that they have changed.
    fn push(&mut self, leaf: Hash, changed: &mut BTreeMap<TileId, Tile>) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.edge.len() {
                self.edge.push(Tile::default());
            }
            let id = self.last(level);
            self.edge[level].0.push(hash);
            if self.edge[level].len() < WIDTH {
                changed.insert(id, Tile::default());
                break;
            }
            let full = std::mem::take(&mut self.edge[level]);
            hash = complete(&full.0);
            changed.insert(id, full);
        }
        self.size += 1;
    }

    /// The last tile of a level.
    fn last(&self, level: usize) -> TileId {
        let level = level as u8;
        TileId { level, index: self.size >> (HEIGHT * level) >> HEIGHT }
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Hash {
        let hash = |id: NodeId| self.edge.get(usize::from(id.level / HEIGHT))?.hash(id);
        let hashes: Option<Vec<Hash>> = subtrees(0, self.size).map(hash).collect();
        hashes.and_then(|hashes| fold(hashes.into_iter())).unwrap_or_else(tree::empty)
    }
}
