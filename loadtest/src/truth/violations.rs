//! What the target broke.

use crate::result::{Violation, ViolationKind};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Violations so far: how often each rule was broken, and the first few times in words.
#[derive(Debug, Default)]
pub struct Violations(Mutex<BTreeMap<ViolationKind, (u64, Vec<String>)>>);

/// How many times are told in words.
const EXAMPLES: usize = 5;

impl Violations {
    /// A rule was broken. `example` is only asked for as long as examples are kept; it names no person.
    pub fn add(&self, kind: ViolationKind, example: impl FnOnce() -> String) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, examples) = all.entry(kind).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example());
        }
    }

    /// All so far.
    pub fn list(&self) -> Vec<Violation> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = all.iter().map(|(kind, (count, examples))| Violation {
            kind: *kind,
            count: *count,
            examples: examples.clone(),
        });
        list.collect()
    }
}

/// Adds those of another machine.
pub fn merge(into: &mut Vec<Violation>, from: &[Violation]) {
    for theirs in from {
        match into.iter_mut().find(|mine| mine.kind == theirs.kind) {
            Some(mine) => {
                mine.count += theirs.count;
                let room = EXAMPLES.saturating_sub(mine.examples.len());
                mine.examples.extend(theirs.examples.iter().take(room).cloned());
            }
            None => into.push(theirs.clone()),
        }
    }
}
