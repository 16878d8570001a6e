//! What a read sees.

use super::{Case, Probe, clear, clear_range, owned, set};
use crate::store::{ReadError, Version};

pub(super) const CASES: &[Case] = &[
    Case { name: "a read sees the commits up to its version and no later one", run: snapshot },
    Case { name: "a value may be empty, and a missing one is none", run: empty },
    Case { name: "keys are any bytes, and none is taken for another", run: any_bytes },
    Case { name: "many keys are answered in the order they were asked for", run: many },
    Case { name: "the mutations of a commit apply in order", run: mutations_in_order },
    Case { name: "a cleared range loses its keys and no others", run: range_bounds },
    Case { name: "a scan goes in key order, within its bounds and its limit", run: scans },
    Case { name: "versions that are forgotten or still to come are too old", run: too_old },
];

fn snapshot(probe: &Probe) {
    let before = probe.head();
    let first = probe.write(vec![set(b"snapshot", b"1")]);
    let second = probe.write(vec![set(b"snapshot", b"2")]);
    let third = probe.write(vec![clear(b"snapshot")]);
    assert_eq!(probe.get(before, b"snapshot"), None);
    assert_eq!(probe.get(first, b"snapshot"), Some(b"1".to_vec()));
    assert_eq!(probe.get(second, b"snapshot"), Some(b"2".to_vec()));
    assert_eq!(probe.get(third, b"snapshot"), None);
    assert_eq!(probe.keys(second, b"snap"..b"snaq", 9), [b"snapshot"]);
    assert!(probe.keys(third, b"snap"..b"snaq", 9).is_empty());
}

fn empty(probe: &Probe) {
    let version = probe.write(vec![set(b"empty", b"")]);
    assert_eq!(probe.get(version, b"empty"), Some(Vec::new()));
    assert_eq!(probe.get(version, b"empt"), None);
    assert_eq!(probe.get(version, b"empty\0"), None);
}

fn any_bytes(probe: &Probe) {
    let keys: Vec<Vec<u8>> = [
        &b"any"[..],
        b"any\0",
        b"any\0\0",
        b"any\0\xff",
        b"any\x01",
        b"any\x7f",
        b"any\x80",
        b"any\xff",
        b"any\xff\xff",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    let version = probe.write(keys.iter().map(|key| set(key, key)).collect());
    assert_eq!(probe.keys(version, b"any"..b"anz", 99), keys);
    let values = probe.get_many(version, &keys);
    assert_eq!(values, keys.into_iter().map(Some).collect::<Vec<_>>());
}

fn many(probe: &Probe) {
    let key = |number: u32| [&b"many"[..], &number.to_be_bytes()].concat();
    let rows = (0..20_000).map(|number| set(&key(number), &number.to_le_bytes()));
    let version = probe.write(rows.collect());
    let asked: Vec<u32> = (0..30_000).rev().step_by(7).collect();
    let keys: Vec<_> = asked.iter().map(|number| key(*number)).collect();
    let values = probe.get_many(version, &keys);
    for (number, value) in asked.iter().zip(values) {
        let expected = (*number < 20_000).then(|| number.to_le_bytes().to_vec());
        assert_eq!(value, expected);
    }
    let keys: Vec<_> = (0..20_000).map(key).collect();
    assert!(probe.keys(version, b"many"..b"many\xff", usize::MAX) == keys, "a scan finds them all");
    assert!(probe.keys(version, b"many"..b"many\xff", 19_999) == keys[..19_999]);
}

fn mutations_in_order(probe: &Probe) {
    probe.write(vec![set(b"order/a", b"old"), set(b"order/b", b"old"), set(b"order/c", b"old")]);
    let version = probe.write(vec![
        set(b"order/a", b"1"),
        set(b"order/a", b"2"),
        set(b"order/d", b"gone"),
        clear_range(b"order/b"..b"order/z"),
        set(b"order/c", b"back"),
        set(b"order/e", b"gone"),
        clear(b"order/e"),
    ]);
    let keys = [b"a", b"b", b"c", b"d", b"e"].map(|last| [&b"order/"[..], last].concat());
    let expected = [Some(&b"2"[..]), None, Some(b"back"), None, None];
    assert_eq!(probe.get_many(version, &keys), expected.map(|value| value.map(<[u8]>::to_vec)));
}

fn range_bounds(probe: &Probe) {
    let keys = [&b"range/a"[..], b"range/b", b"range/b\0", b"range/c", b"range/d"];
    probe.write(keys.map(|key| set(key, b"")).to_vec());
    let none = probe.write(vec![clear_range(b"range/b"..b"range/b")]);
    assert_eq!(probe.keys(none, b"range/"..b"range0", 9).len(), 5);
    let version = probe.write(vec![clear_range(b"range/b"..b"range/c")]);
    let left = probe.keys(version, b"range/"..b"range0", 9);
    assert_eq!(left, [&b"range/a"[..], b"range/c", b"range/d"]);
}

fn scans(probe: &Probe) {
    let keys = [&b"scan/c"[..], b"scan/a", b"scan/d", b"scan/b"];
    let version = probe.write(keys.map(|key| set(key, key)).to_vec());
    let all = [&b"scan/a"[..], b"scan/b", b"scan/c", b"scan/d"];
    assert_eq!(probe.keys(version, b"scan/"..b"scan0", 9), all);
    assert_eq!(probe.keys(version, b"scan/"..b"scan0", 2), all[..2]);
    assert_eq!(probe.keys(version, b"scan/b"..b"scan/d", 9), all[1..3]);
    assert!(probe.keys(version, b"scan/"..b"scan0", 0).is_empty());
    assert!(probe.keys(version, b"scan/b"..b"scan/b", 9).is_empty());
}

fn too_old(probe: &Probe) {
    let head = probe.write(vec![set(b"old", b"")]);
    // Every engine's first version is later than 0, and none comes near the far one.
    for version in [Version(0), Version(head.0 + 1_000_000_000_000)] {
        let range = owned(b"old"..b"old\0");
        assert_eq!(probe.scan(version, range, 1), Err(ReadError::TooOld));
    }
}
