//! Versions, answers and waiting.

use super::{Case, Probe, committed, set};
use crate::store::block_on::block_on;
use crate::store::{Commit, Outcome, single};
use std::sync::Arc;
use std::thread;

pub(super) const CASES: &[Case] = &[
    Case { name: "what was committed is seen by every later read version", run: visible },
    Case { name: "versions rise in the order of commits", run: rising },
    Case { name: "many commits under way at once are all answered and all kept", run: pipelined },
    Case { name: "a commit may build on one that has its place but no answer yet", run: building },
    Case { name: "a wait for a change ends when something is committed", run: changed },
];

fn visible(probe: &Probe) {
    for round in 0..20_u8 {
        let version = probe.write(vec![set(b"visible", &[round])]);
        let head = probe.head();
        assert!(head >= version);
        assert_eq!(probe.get(head, b"visible"), Some(vec![round]));
    }
}

fn rising(probe: &Probe) {
    let mut last = probe.head();
    for _ in 0..20 {
        let version = probe.write(vec![set(b"rising", b"")]);
        assert!(version > last);
        last = version;
    }
}

fn pipelined(probe: &Probe) {
    let key = |number: u32| [&b"pipe"[..], &number.to_be_bytes()].concat();
    let commit = |number| {
        let mutations = vec![set(&key(number), b"x"), set(b"pipe", &number.to_be_bytes())];
        probe.submit(Commit { mutations, ..Commit::default() })
    };
    let under_way: Vec<_> = (0..300).map(commit).collect();
    let mut versions = Vec::new();
    for (place, awaited) in under_way {
        let version = committed(awaited.outcome());
        assert!(place.is_none_or(|place| place == version), "{place:?} became {version:?}");
        versions.push(version);
    }
    let keys: Vec<_> = (0..300).map(key).collect();
    let values = probe.get_many(probe.head(), &keys);
    assert!(values.iter().all(Option::is_some));
    // The one with the greatest version had the last word, whatever the order of arrival.
    let last = (0..300_u32).max_by_key(|number| versions[*number as usize]);
    assert_eq!(probe.get(probe.head(), b"pipe"), last.map(|last| last.to_be_bytes().to_vec()));
}

fn building(probe: &Probe) {
    let first = Commit { mutations: vec![set(b"build", b"1")], ..Commit::default() };
    let (place, first) = probe.submit(first);
    let read_version = match place {
        Some(place) => place,
        None => committed(first.outcome()),
    };
    let outcome = probe.write_after(read_version, vec![single(b"build")], b"build");
    assert!(matches!(outcome, Outcome::Committed(version) if version > read_version));
    assert_eq!(probe.get(probe.head(), b"build"), Some(b"new".to_vec()));
}

fn changed(probe: &Probe) {
    let before = probe.head();
    let store = Arc::clone(&probe.store);
    let waiting = thread::spawn(move || block_on(store.changed(before)));
    probe.write(vec![set(b"changed", b"")]);
    assert_eq!(waiting.join().expect("the wait did not panic"), Ok(()));
    assert_eq!(block_on(probe.store.changed(before)), Ok(()), "what is past needs no wait");
}
