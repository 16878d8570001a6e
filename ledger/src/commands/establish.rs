//! Documents, and what is put on sale by them, in one commit.

use super::figures::Counting;
use super::{Amend, Effects, Outcome, PublishCentres, PublishSessions, Refusal};
use crate::keys::{Key, Shelf};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{Centre, Session};
use uuid::Uuid;

/// Writes documents, centres and sessions, all or none: a facility is approved and is found, a draft is published and is
/// a draft no more, however often the attempt is repeated and whoever else makes it.
#[derive(Clone, Debug)]
pub struct Establish {
    /// Documents that are written.
    pub amend: Amend,
    /// Documents that it rests on: it is refused if one of them has changed.
    pub given: Vec<Condition>,
    /// Centres whose ids nobody has yet.
    pub opened: Vec<Centre>,
    /// Centres that describe themselves differently.
    pub centres: Vec<Centre>,
    /// Sessions, as in [`PublishSessions`].
    pub sessions: Vec<Session>,
}

/// A document as somebody has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Where it stands.
    pub shelf: Shelf,
    /// Its id.
    pub id: Uuid,
    /// The version that it must have; 0 for one that is not there.
    pub version: u64,
}

impl Establish {
    /// Documents alone, to which more can be added.
    pub fn of(amend: Amend) -> Self {
        let (given, opened) = (Vec::new(), Vec::new());
        Self { amend, given, opened, centres: Vec::new(), sessions: Vec::new() }
    }

    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        context.requires_schema_4()?;
        self.check(view)?;
        let mut writes = self.amend.decide(view, context)?.writes;
        let centres = self.opened.iter().chain(&self.centres).cloned().collect();
        let mut counting = Counting::default();
        PublishCentres { centres }.stage(view, &mut writes, &mut counting, context)?;
        let sessions = PublishSessions { sessions: self.sessions.clone(), through: None };
        sessions.stage(view, &mut writes, &mut counting, context)?;
        writes.extend(counting.rows(view, context)?);
        Ok(Effects { writes, outcome: Outcome::Passed })
    }

    fn check(&self, view: &mut View<'_>) -> Result<(), Stop> {
        let given = self.given.iter().map(|given| Key::Document(given.shelf, given.id));
        view.require(given.chain(self.opened.iter().map(|centre| Key::Centre(centre.id))))?;
        for Condition { shelf, id, version } in &self.given {
            let found = view.document(*shelf, *id)?.map_or(0, |document| document.version);
            if found != *version {
                return Err(Refusal::Amended.into());
            }
        }
        for centre in &self.opened {
            if view.centre(centre.id)?.is_some() {
                return Err(Refusal::Amended.into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{Amendment, Command};
    use crate::fixture::{Story, TODAY, centre, refused, session};
    use opencowin_model::CentreId;

    fn draft(replaces: u64, body: Option<&str>) -> Amendment {
        let body = body.map(|text| text.as_bytes().to_vec());
        Amendment { shelf: Shelf::Drafts, id: Uuid::from_u128(1), replaces, body }
    }

    fn establish(change: Amendment) -> Establish {
        Establish::of(Amend { changes: vec![change] })
    }

    fn run(story: &mut Story, establish: Establish) -> super::super::Answer {
        story.run(Command::Establish(Box::new(establish)))
    }

    #[test]
    fn a_draft_becomes_a_session_once() {
        let mut story = Story::new();
        run(&mut story, establish(draft(0, Some("draft")))).unwrap();
        let sessions = vec![session(9, TODAY, 5)];
        let publish = Establish { sessions, ..establish(draft(1, None)) };
        assert_eq!(run(&mut story, publish.clone()), Ok(Outcome::Passed));
        assert!(story.rows.contains_key(&Key::Session(session(9, TODAY, 5).key())));
        assert_eq!(refused(run(&mut story, publish)), Refusal::Amended, "it is no draft any more");
    }

    #[test]
    fn nothing_is_put_on_sale_by_whoever_has_read_an_older_facility() {
        let mut story = Story::new();
        let given = Condition { shelf: Shelf::Facilities, id: Uuid::from_u128(2), version: 1 };
        let publish = Establish { given: vec![given], ..establish(draft(0, Some("draft"))) };
        assert_eq!(refused(run(&mut story, publish)), Refusal::Amended);
        assert!(!story.rows.contains_key(&Key::Document(Shelf::Drafts, Uuid::from_u128(1))));
    }

    #[test]
    fn no_two_facilities_are_given_one_id() {
        let mut story = Story::new();
        let opened = vec![Centre { id: CentreId(8), ..centre() }];
        let one = Establish { opened: opened.clone(), ..establish(draft(0, Some("one"))) };
        run(&mut story, one).unwrap();
        let two = Establish { opened, ..establish(draft(1, Some("two"))) };
        assert_eq!(refused(run(&mut story, two)), Refusal::Amended);
    }
}
