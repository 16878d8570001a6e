//! Remembers which accesses were acknowledged, and holds them against the audit.

use crate::audit::{Ending, Entry, Record, Who, Word};
use crate::commands::{Command, Outcome};
use crate::engine::Engine;
use crate::fixture::{TODAY, morning};
use crate::keys::Kind;
use crate::records::Row;
use crate::request::Failure;
use crate::store::block_on::block_on;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Each access is of a record of its own, so that it can be told from all others.
#[derive(Default)]
pub(super) struct Trail {
    made: u128,
    /// Those that were acknowledged, with what must stand there; nothing, if that was answered from a record.
    acknowledged: BTreeMap<u128, Option<Ending>>,
}

impl Trail {
    /// So many new accesses.
    pub(super) fn accesses(&mut self, count: u128) -> Vec<Entry> {
        let (role, purpose) = (Word::new("tester"), Word::new("simulate"));
        let first = self.made;
        self.made += count;
        let access = |number| {
            let record = Record::Other(Uuid::from_u128(number));
            Entry::new(Who::System, role.clone(), purpose.clone(), morning(TODAY)).about(record)
        };
        (first..self.made).map(access).collect()
    }

    pub(super) fn hear(
        &mut self,
        audit: &[Entry],
        command: &Command,
        answer: Result<Outcome, Failure>,
    ) {
        let ending = match answer {
            Ok(_) if matches!(command, Command::Barrier) => Some(Ending::Done),
            Ok(Outcome::ProofWrong { .. }) => Some(Ending::Refused(Word::new("proof-wrong"))),
            // It may have been an earlier attempt that did it.
            Ok(_) => None,
            Err(Failure::Refused(refusal)) => Some(Ending::Refused(refusal.name())),
            Err(Failure::Unavailable) => return,
        };
        for entry in audit {
            self.acknowledged.insert(number(entry), ending.clone());
        }
    }

    /// Every acknowledged access is there, none twice, with what came of it.
    pub(super) fn verify(&self, engine: &Engine) {
        let version = block_on(engine.store.read_version()).unwrap();
        let range = engine.codec.layout().all(Kind::AuditBatch);
        let rows = block_on(engine.store.scan(version, range, usize::MAX)).unwrap();
        let mut stored = BTreeMap::new();
        for (key, value) in rows {
            let Some((_, Ok(Row::AuditBatch(batch)))) = engine.open(&key, &value) else { panic!() };
            for entry in batch.entries().map(|bytes| Entry::read(bytes).unwrap()) {
                let twice = stored.insert(number(&entry), entry.ending);
                assert_eq!(twice, None, "an access was written down twice");
            }
        }
        for (number, ending) in &self.acknowledged {
            let found = stored.get(number).unwrap_or_else(|| panic!("access {number} is lost"));
            match ending {
                Some(ending) => assert_eq!(ending, found),
                None => assert!(matches!(found, Ending::Done | Ending::Repeated), "{found:?}"),
            }
        }
    }
}

fn number(entry: &Entry) -> u128 {
    match entry.record {
        Some(Record::Other(id)) => id.as_u128(),
        other => panic!("{other:?}"),
    }
}
