//! Writing documents.

use super::{Effects, Outcome, Refusal};
use crate::keys::{Key, Shelf};
use crate::records::{Document, Row};
use crate::rules::Context;
use crate::view::{Stop, View};
use uuid::Uuid;

/// Replaces documents, all or none, if each is still in the version that its author has read.
#[derive(Clone, Debug)]
pub struct Amend {
    /// What is to be written; no document twice.
    pub changes: Vec<Amendment>,
}

/// A new version of a document.
#[derive(Clone)]
pub struct Amendment {
    /// Where it stands.
    pub shelf: Shelf,
    /// Its id.
    pub id: Uuid,
    /// The version that it replaces; 0 where there is none yet.
    pub replaces: u64,
    /// What it says from now on; nothing removes it.
    pub body: Option<Vec<u8>>,
}

/// Hides what it says, which may be personal.
impl std::fmt::Debug for Amendment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { shelf, id, replaces, .. } = self;
        write!(f, "Amendment({shelf:?} {id} over {replaces})")
    }
}

impl Amend {
    pub(super) fn decide(&self, view: &mut View<'_>, _: &Context<'_>) -> Result<Effects, Stop> {
        view.require(self.changes.iter().map(Amendment::key))?;
        let mut writes = Vec::with_capacity(self.changes.len());
        for change in &self.changes {
            let found = view.document(change.shelf, change.id)?.map_or(0, |found| found.version);
            if found != change.replaces {
                return Err(Refusal::Amended.into());
            }
            let row = change.body.clone().map(|body| Document { version: found + 1, body });
            writes.push((change.key(), row.map(Row::Document)));
        }
        Ok(Effects { writes, outcome: Outcome::Passed })
    }
}

impl Amendment {
    fn key(&self) -> Key {
        Key::Document(self.shelf, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::Command;
    use crate::fixture::{Story, refused};

    fn change(id: u128, replaces: u64, text: &str) -> Amendment {
        let body = Some(text.as_bytes().to_vec());
        Amendment { shelf: Shelf::Partners, id: Uuid::from_u128(id), replaces, body }
    }

    fn amend(changes: &[Amendment]) -> Command {
        Command::Amend(Amend { changes: changes.to_vec() })
    }

    #[test]
    fn whoever_has_not_read_the_latest_version_writes_nothing() {
        let mut story = Story::new();
        assert_eq!(story.run(amend(&[change(1, 0, "a")])), Ok(Outcome::Passed));
        assert_eq!(refused(story.run(amend(&[change(1, 0, "b")]))), Refusal::Amended);
        assert_eq!(story.run(amend(&[change(1, 1, "b")])), Ok(Outcome::Passed));
        let both = amend(&[change(2, 0, "c"), change(1, 1, "d")]);
        assert_eq!(refused(story.run(both)), Refusal::Amended, "all or none");
        assert_eq!(story.run(amend(&[change(2, 0, "e")])), Ok(Outcome::Passed));
    }

    #[test]
    fn a_removed_document_can_be_made_anew() {
        let mut story = Story::new();
        story.run(amend(&[change(1, 0, "a")])).unwrap();
        let removal = Amendment { body: None, ..change(1, 1, "") };
        story.run(amend(&[removal])).unwrap();
        assert_eq!(story.run(amend(&[change(1, 0, "b")])), Ok(Outcome::Passed));
    }
}
