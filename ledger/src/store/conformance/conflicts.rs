//! Which commits may follow which.

use super::{Case, Probe, clear, clear_range, owned, set};
use crate::store::{Commit, Outcome, Version, single};
use std::thread;

pub(super) const CASES: &[Case] = &[
    Case { name: "what was read and written since is a conflict, and writes nothing", run: keys },
    Case { name: "a commit does not conflict with what it saw", run: seen },
    Case { name: "a cleared key was written, whether or not it was there", run: cleared_key },
    Case { name: "a key that appears in a range that was read is a conflict", run: phantoms },
    Case { name: "a cleared range conflicts with all that was read in it", run: cleared_ranges },
    Case { name: "a commit that read nothing follows whatever its version", run: blind },
    Case { name: "two commits that read what the other writes do not both succeed", run: skew },
    Case { name: "a commit that read at a forgotten or future version is too old", run: too_old },
    Case { name: "increments by many at once are all counted", run: counter },
];

fn keys(probe: &Probe) {
    let before = probe.write(vec![set(b"k/read", b"1")]);
    probe.write(vec![set(b"k/read", b"2")]);
    let reads = vec![single(b"k/other"), single(b"k/read")];
    assert_eq!(probe.write_after(before, reads, b"k/target"), Outcome::Conflict);
    assert_eq!(probe.get(probe.head(), b"k/target"), None);
    let reads = vec![single(b"k/other"), single(b"k/rea"), single(b"k/read\0")];
    assert!(matches!(probe.write_after(before, reads, b"k/target"), Outcome::Committed(_)));
}

fn seen(probe: &Probe) {
    let version = probe.write(vec![set(b"seen", b"1")]);
    let outcome = probe.write_after(version, vec![single(b"seen")], b"seen");
    assert!(matches!(outcome, Outcome::Committed(_)));
}

fn cleared_key(probe: &Probe) {
    let before = probe.head();
    probe.write(vec![clear(b"absent")]);
    let outcome = probe.write_after(before, vec![single(b"absent")], b"x");
    assert_eq!(outcome, Outcome::Conflict);
}

fn phantoms(probe: &Probe) {
    let before = probe.write(vec![set(b"ph/a", b""), set(b"ph/d", b"")]);
    probe.write(vec![set(b"ph/b", b"")]);
    let read = |range| probe.write_after(before, vec![owned(range)], b"ph0");
    assert_eq!(read(b"ph/a"..b"ph/d"), Outcome::Conflict);
    assert_eq!(read(b"ph/b"..b"ph/c"), Outcome::Conflict);
    assert!(matches!(read(b"ph/a"..b"ph/b"), Outcome::Committed(_)));
    assert!(matches!(read(b"ph/b\0"..b"ph/d"), Outcome::Committed(_)));
    assert!(
        matches!(read(b"ph/b"..b"ph/b"), Outcome::Committed(_)),
        "an empty range holds nothing"
    );
}

fn cleared_ranges(probe: &Probe) {
    let before = probe.head();
    probe.write(vec![clear_range(b"cr/b"..b"cr/d")]);
    let read = |range| probe.write_after(before, vec![range], b"cr0");
    assert_eq!(read(single(b"cr/c")), Outcome::Conflict);
    assert_eq!(read(owned(b"cr/a"..b"cr/c")), Outcome::Conflict);
    assert!(matches!(read(single(b"cr/d")), Outcome::Committed(_)));
    assert!(matches!(read(owned(b"cr/a"..b"cr/b")), Outcome::Committed(_)));
}

fn blind(probe: &Probe) {
    probe.write(vec![set(b"blind", b"1")]);
    let mutations = vec![set(b"blind", b"2")];
    let commit = Commit { read_version: Version(0), conflicts: Vec::new(), mutations };
    assert!(matches!(probe.commit(commit), Outcome::Committed(_)));
}

fn skew(probe: &Probe) {
    let version = probe.write(vec![set(b"skew/a", b"1"), set(b"skew/b", b"1")]);
    let commit = |read: &[u8], written: &[u8]| Commit {
        read_version: version,
        conflicts: vec![single(read)],
        mutations: vec![set(written, b"0")],
    };
    let (_, one) = probe.submit(commit(b"skew/a", b"skew/b"));
    let (_, two) = probe.submit(commit(b"skew/b", b"skew/a"));
    let outcomes = [one.outcome(), two.outcome()];
    let conflicts = outcomes.iter().filter(|outcome| **outcome == Outcome::Conflict);
    assert_eq!(conflicts.count(), 1, "{outcomes:?}");
}

fn too_old(probe: &Probe) {
    let head = probe.write(vec![set(b"too-old", b"")]);
    for version in [Version(0), Version(head.0 + 1_000_000_000_000)] {
        let outcome = probe.write_after(version, vec![single(b"unrelated")], b"too-old/x");
        assert_eq!(outcome, Outcome::TooOld);
    }
    assert_eq!(probe.get(probe.head(), b"too-old/x"), None);
}

fn counter(probe: &Probe) {
    const THREADS: u32 = 4;
    const EACH: u32 = 25;
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let probe = probe.clone();
            thread::spawn(move || (0..EACH).for_each(|_| increment(&probe)))
        })
        .collect();
    for thread in threads {
        thread.join().expect("no increment failed");
    }
    assert_eq!(count(probe, probe.head()), THREADS * EACH);
}

fn increment(probe: &Probe) {
    loop {
        let read_version = probe.head();
        let next = count(probe, read_version) + 1;
        let mutations = vec![set(b"count", &next.to_le_bytes())];
        let commit = Commit { read_version, conflicts: vec![single(b"count")], mutations };
        match probe.commit(commit) {
            Outcome::Committed(_) => return,
            Outcome::Conflict | Outcome::TooOld => {}
            other => panic!("an increment came out as {other:?}"),
        }
    }
}

fn count(probe: &Probe, version: Version) -> u32 {
    let value = probe.get(version, b"count");
    value.map_or(0, |bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes were written")))
}
