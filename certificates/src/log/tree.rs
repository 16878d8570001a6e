//! The Merkle tree: its hashes, and how a span of leaves is made up of complete subtrees.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The root of a complete subtree: `2^level` leaves, the `index`-th such span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Its height above the leaves.
    pub level: u8,
    /// Its position among those of its level.
    pub index: u64,
}

/// The hash of a leaf (RFC 9162, 2.1.1).
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The hash of a tree without leaves.
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The complete subtrees that a span of leaves consists of, from left to right. Their sizes fall, as they do in a tree that
/// begins at `start`; `start` is a multiple of the least power of two that is not less than the length.
pub(super) fn subtrees(start: u64, end: u64) -> impl DoubleEndedIterator<Item = NodeId> {
    let length = end - start;
    (0..64).rev().filter(move |level| length >> level & 1 == 1).map(move |level| {
        // What the larger subtrees cover comes first.
        let covered = length >> level >> 1 << level << 1;
        NodeId { level: level as u8, index: (start + covered) >> level }
    })
}

/// The root over complete subtrees, from left to right as [`subtrees`] lists them.
pub(super) fn fold(hashes: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    hashes.rev().reduce(|right, left| node(&left, &right))
}

/// Where a tree of `size` leaves is parted: the largest power of two below `size`, which is at least 2.
pub(super) fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_consists_of_falling_subtrees() {
        let of = |start, end| subtrees(start, end).map(|n| (n.level, n.index)).collect::<Vec<_>>();
        assert_eq!(of(0, 7), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(of(8, 13), [(2, 2), (0, 12)]);
        assert_eq!(of(0, 0), []);
        assert_eq!(of(0, u64::MAX).len(), 64);
        assert_eq!(of(4, 8), [(2, 1)]);
    }

    #[test]
    fn a_tree_is_parted_at_a_power_of_two() {
        assert_eq!([2, 3, 4, 5, 8, 9].map(split), [1, 2, 2, 4, 4, 8]);
    }
}
