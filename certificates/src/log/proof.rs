//! Proofs that an entry is in a log, and that a log begins with an earlier one (RFC 9162, 2.1.3 and 2.1.4).
//!
//! A proof is a list of hashes. To make one takes the log's tiles, of which it reads a few; to check one takes nothing but
//! the proof and the heads' roots.

use super::tile::{Missing, Tile, TileId, read};
use super::tree::{Hash, fold, node, split, subtrees};

/// The proof that the leaf with this index is in the log of `size` leaves, which is more.
///
/// # Errors
/// [`Missing`] if a tile is. A leaf that the log does not have lies in such a one.
pub fn inclusion(
    index: u64,
    size: u64,
    tiles: impl Fn(TileId) -> Option<Tile>,
) -> Result<Vec<Hash>, Missing> {
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    roots(siblings, &tiles)
}

/// The proof that the log of `size` leaves begins with that of `earlier` leaves, which are not more.
///
/// # Errors
/// [`Missing`] if a tile is.
pub fn consistency(
    earlier: u64,
    size: u64,
    tiles: impl Fn(TileId) -> Option<Tile>,
) -> Result<Vec<Hash>, Missing> {
    if earlier == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while earlier < end {
        let middle = start + split(end - start);
        if earlier <= middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    // The whole earlier log is known to whoever checks.
    if start > 0 {
        siblings.push((start, end));
    }
    roots(siblings, &tiles)
}

/// The roots of spans, the last first.
fn roots(
    spans: Vec<(u64, u64)>,
    tiles: &impl Fn(TileId) -> Option<Tile>,
) -> Result<Vec<Hash>, Missing> {
    let root = |(start, end)| {
        let hashes = subtrees(start, end).map(|id| read(id, tiles));
        let hashes = hashes.collect::<Result<Vec<_>, _>>()?;
        Ok(fold(hashes.into_iter()).expect("invariant: no span is empty"))
    };
    spans.into_iter().rev().map(root).collect()
}

/// Whether a proof shows that a leaf is in the log with this size and root (RFC 9162, 2.1.3.2).
pub fn is_included(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            skip_lone(&mut at, &mut last);
        } else {
            hash = node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that a log with one size and root begins with that of another (RFC 9162, 2.1.4.2).
pub fn is_consistent(earlier: (u64, &Hash), later: (u64, &Hash), proof: &[Hash]) -> bool {
    match (earlier.0, later.0) {
        (0, _) => proof.is_empty() && *earlier.1 == super::tree::empty(),
        (one, other) if one > other => false,
        (one, other) if one == other => proof.is_empty() && earlier.1 == later.1,
        _ => is_grown(earlier, later, proof),
    }
}

/// The same for a log that is not empty and has grown.
fn is_grown(earlier: (u64, &Hash), later: (u64, &Hash), proof: &[Hash]) -> bool {
    // A log of a power of two of leaves is a complete subtree of the later one, and its root is where the proof begins.
    let whole = earlier.0.is_power_of_two().then_some(earlier.1);
    let mut hashes = whole.into_iter().chain(proof);
    let Some(first) = hashes.next() else { return false };
    let (mut at, mut last) = (earlier.0 - 1, later.0 - 1);
    let complete = at.trailing_ones();
    (at, last) = (at >> complete, last >> complete);
    let (mut old, mut new) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (old, new) = (node(sibling, &old), node(sibling, &new));
            skip_lone(&mut at, &mut last);
        } else {
            new = node(&new, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && old == *earlier.1 && new == *later.1
}

/// Goes up past the levels on which the right-most node has no sibling.
fn skip_lone(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        (*at, *last) = (*at >> 1, *last >> 1);
    }
}

#[cfg(test)]
mod tests;
