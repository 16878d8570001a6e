//! Proofs hold for what they were made of and for nothing else.

use super::super::tile::Tiles;
use super::super::tree::{empty, leaf};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A log with all its tiles, and the leaves that are in it.
struct Kept {
    log: Tiles,
    tiles: BTreeMap<TileId, Tile>,
    leaves: Vec<Hash>,
    roots: Vec<Hash>,
}

impl Kept {
    /// A log that grows one leaf at a time, so that each of its roots is known.
    fn new(size: u64) -> Self {
        let log = Tiles::default();
        let mut kept =
            Self { roots: vec![log.root()], log, tiles: BTreeMap::new(), leaves: Vec::new() };
        for number in 0..size {
            let hash = leaf(&number.to_be_bytes());
            kept.tiles.extend(kept.log.append([hash]));
            kept.leaves.push(hash);
            kept.roots.push(kept.log.root());
        }
        kept
    }

    fn tile(&self, id: TileId) -> Option<Tile> {
        self.tiles.get(&id).cloned()
    }
}

/// RFC 9162, 2.1.1, word for word.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(),
        [single] => *single,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node(&by_definition(left), &by_definition(right))
        }
    }
}

fn hash(hex: &str) -> Hash {
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

/// The leaves and roots that implementations of Certificate Transparency have tested with since RFC 6962.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let long: Vec<u8> = (0x60..=0x6f).collect();
    let leaves: [&[u8]; 8] =
        [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40ABC", b"PQRSTUVW", &long];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut log = Tiles::default();
    for (entry, root) in leaves.iter().zip(roots) {
        log.append([leaf(entry)]);
        assert_eq!(log.root(), hash(root));
    }
}

#[test]
fn roots_are_those_of_the_definition() {
    let kept = Kept::new(700);
    for size in [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 700] {
        assert_eq!(kept.roots[size], by_definition(&kept.leaves[..size]), "{size}");
    }
}

#[test]
fn a_log_is_resumed_from_its_last_tiles() {
    let kept = Kept::new(600);
    for size in [0, 1, 255, 256, 257, 512, 600] {
        let resumed = Tiles::resume(size, |id| kept.tile(id)).unwrap();
        assert_eq!(resumed.root(), kept.roots[size as usize]);
    }
    let mut resumed = Tiles::resume(300, |id| kept.tile(id)).unwrap();
    let changed = resumed.append(kept.leaves[300..].iter().copied());
    assert_eq!(resumed, kept.log);
    assert!(changed.iter().all(|(id, tile)| kept.tiles[id] == *tile));
    let lost = TileId { level: 0, index: 1 };
    assert_eq!(Tiles::resume(300, |id| kept.tile(id).filter(|_| id != lost)), Err(Missing(lost)));
}

/// Past a full tile of level 1 as well.
#[test]
fn a_large_log_is_appended_at_once() {
    let leaves: Vec<Hash> = (0..65_800_u64).map(|number| leaf(&number.to_be_bytes())).collect();
    let mut log = Tiles::default();
    let tiles = log.append(leaves.iter().copied());
    assert_eq!(log.root(), by_definition(&leaves));
    assert_eq!(tiles.len(), 258 + 2 + 1);
    let tile = |id: TileId| tiles.get(&id).cloned();
    assert_eq!(Tiles::resume(log.size(), tile).unwrap(), log);
    for index in [0, 255, 256, 65_535, 65_536, 65_799] {
        let proof = inclusion(index, log.size(), tile).unwrap();
        assert!(is_included(&leaves[index as usize], index, log.size(), &log.root(), &proof));
    }
    let earlier = 65_537;
    let proof = consistency(earlier, log.size(), tile).unwrap();
    let root = by_definition(&leaves[..earlier as usize]);
    assert!(is_consistent((earlier, &root), (log.size(), &log.root()), &proof));
}

#[test]
fn every_leaf_is_proven_in_every_log() {
    let kept = Kept::new(40);
    for size in 1..=40 {
        let root = &kept.roots[size as usize];
        for index in 0..size {
            let proof = inclusion(index, size, |id| kept.tile(id)).unwrap();
            let leaf = &kept.leaves[index as usize];
            assert!(is_included(leaf, index, size, root, &proof), "{index} of {size}");
            for other in (0..=size).filter(|other| *other != index) {
                assert!(!is_included(leaf, other, size, root, &proof), "{index} as {other}");
            }
        }
        assert!(
            inclusion(size, size, |id| kept.tile(id))
                .is_ok_and(|proof| { !is_included(&kept.leaves[0], size, size, root, &proof) })
        );
    }
}

#[test]
fn every_log_is_proven_to_begin_with_each_before() {
    let kept = Kept::new(40);
    for size in 0..=40 {
        for earlier in 0..=size {
            let proof = consistency(earlier, size, |id| kept.tile(id)).unwrap();
            let holds = |earlier: u64, root: u64| {
                let root = &kept.roots[root as usize];
                is_consistent((earlier, root), (size, &kept.roots[size as usize]), &proof)
            };
            assert!(holds(earlier, earlier), "{earlier} of {size}");
            for other in (0..=size).filter(|other| *other != earlier) {
                assert!(!holds(earlier, other), "{earlier} of {size} with the root of {other}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_other_proof_holds(size in 2_u64..600, a in any::<u64>(), at in any::<usize>(), bit in 0_u32..256) {
        let kept = Kept::new(size);
        let (index, root) = (a % size, &kept.roots[size as usize]);
        let mut proof = inclusion(index, size, |id| kept.tile(id)).unwrap();
        let leaf = &kept.leaves[index as usize];
        prop_assert!(is_included(leaf, index, size, root, &proof));
        let place = at % proof.len();
        proof[place][bit as usize / 8] ^= 1 << (bit % 8);
        prop_assert!(!is_included(leaf, index, size, root, &proof));
        proof.pop();
        prop_assert!(!is_included(leaf, index, size, root, &proof));

        let earlier = 1 + a % (size - 1);
        let (old, new) = ((earlier, &kept.roots[earlier as usize]), (size, root));
        let mut proof = consistency(earlier, size, |id| kept.tile(id)).unwrap();
        prop_assert!(is_consistent(old, new, &proof));
        let place = at % proof.len();
        proof[place][bit as usize / 8] ^= 1 << (bit % 8);
        prop_assert!(!is_consistent(old, new, &proof));
        proof.pop();
        prop_assert!(!is_consistent(old, new, &proof));
    }

    #[test]
    fn any_numbers_are_proven_or_refused(
        a in any::<u64>(), b in any::<u64>(), proof in proptest::collection::vec(any::<Hash>(), 0..70),
    ) {
        prop_assert!(!is_included(&[1; 32], a, b, &[2; 32], &proof));
        prop_assert!(!is_consistent((a, &[1; 32]), (b, &[2; 32]), &proof));
        let _ = inclusion(a, b, |_| None);
        let _ = consistency(a, b, |_| None);
    }
}
