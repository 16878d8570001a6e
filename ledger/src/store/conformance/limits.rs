//! Commits that no engine accepts.

use super::{Case, Probe, set};
use crate::store::limits::{COMMIT_BYTES, VALUE_BYTES};
use crate::store::{Commit, Mutation, Outcome, single};

pub(super) const CASES: &[Case] = &[
    Case { name: "the longest key and value are kept", run: longest },
    Case { name: "a key, value or commit over its limit is refused and writes nothing", run: over },
    Case { name: "conflict ranges count against the size of a commit", run: conflicts },
    Case { name: "a range that ends before it begins is refused", run: inverted },
];

fn longest(probe: &Probe) {
    let (key, value) = (probe.longest_key(0), vec![7; VALUE_BYTES]);
    let version = probe.write(vec![set(&key, &value)]);
    assert_eq!(probe.get(version, &key), Some(value));
    let outcome = probe.write_after(version, vec![single(&key)], &key);
    assert!(matches!(outcome, Outcome::Committed(_)));
}

fn over(probe: &Probe) {
    let mut long = probe.longest_key(0);
    long.push(0);
    refused(probe, vec![set(&long, b"")]);
    refused(probe, vec![Mutation::Clear { key: long }]);
    refused(probe, vec![set(b"limits/value", &vec![0; VALUE_BYTES + 1])]);
    let values = COMMIT_BYTES / VALUE_BYTES + 1;
    let row = |number: usize| set(format!("limits/{number}").as_bytes(), &vec![0; VALUE_BYTES]);
    refused(probe, (0..values).map(row).collect());
}

fn conflicts(probe: &Probe) {
    let ranges =
        (0..COMMIT_BYTES / (2 * probe.key_bytes) + 1).map(|n| single(&probe.longest_key(n as u64)));
    let conflicts = ranges.collect();
    let commit = Commit { read_version: probe.head(), conflicts, mutations: Vec::new() };
    assert!(matches!(probe.commit(commit), Outcome::Fatal(_)));
}

fn inverted(probe: &Probe) {
    let range = b"limits/b".to_vec()..b"limits/a".to_vec();
    refused(probe, vec![Mutation::ClearRange { range: range.clone() }]);
    let outcome = probe.write_after(probe.head(), vec![range], b"limits/x");
    assert!(matches!(outcome, Outcome::Fatal(_)));
}

/// Commits `mutations` beside a good one, which must not be written either.
fn refused(probe: &Probe, mut mutations: Vec<Mutation>) {
    mutations.insert(0, set(b"limits/good", b""));
    let outcome = probe.commit(Commit { mutations, ..Commit::default() });
    assert!(matches!(outcome, Outcome::Fatal(_)), "{outcome:?}");
    assert_eq!(probe.get(probe.head(), b"limits/good"), None);
}

impl Probe {
    /// The longest key, different for every `number`.
    fn longest_key(&self, number: u64) -> Vec<u8> {
        let mut key = b"limits/long".to_vec();
        key.extend_from_slice(&number.to_be_bytes());
        key.resize(self.key_bytes, b'x');
        key
    }
}
