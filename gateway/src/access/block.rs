//! Blocks: who is shut out, why, until when, and by whom.

use super::record::Record;
use opencowin_admission::{Blocks, Network, blocks};
use opencowin_ledger::keys::Shelf;
use opencowin_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody who is shut out, for a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its id.
    pub id: Uuid,
    /// Who.
    pub subject: Subject,
    /// Why, in words.
    pub reason: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when; for good if there is no end.
    pub until: Option<Timestamp>,
    /// The official who did it; nobody if a limit did.
    pub by: Option<Uuid>,
    /// When it was lifted before its end, and by whom.
    #[serde(default)]
    pub lifted: Option<Lifting>,
}

/// Who can be shut out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// An API key, by its id.
    Key(Uuid),
    /// An organisation, with all its keys.
    Partner(Uuid),
    /// A range of addresses.
    Network(Network),
    /// A mobile number, by its account.
    Account(Uuid),
}

/// Who lifted a block, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifting {
    /// When.
    pub at: Timestamp,
    /// Which official.
    pub by: Uuid,
}

impl Block {
    /// Whether it holds.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.lifted.is_none() && self.until.is_none_or(|until| now < until)
    }
}

/// What is asked on every request: those of the blocks that were not lifted.
pub fn index<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Blocks {
    let listed = blocks.into_iter().filter(|block| block.lifted.is_none());
    Blocks::new(listed.map(|block| blocks::Block {
        id: block.id,
        subject: block.subject.into(),
        until: block.until,
        reason: block.reason.clone(),
    }))
}

impl From<Subject> for blocks::Subject {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Key(id) => Self::Key(id),
            Subject::Partner(id) => Self::Partner(id),
            Subject::Network(network) => Self::Network(network),
            Subject::Account(id) => Self::Account(id.into_bytes()),
        }
    }
}

impl Record for Block {
    const SHELF: Shelf = Shelf::Blocks;

    fn id(&self) -> Uuid {
        self.id
    }
}
