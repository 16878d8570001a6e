//! A facility that publishes: its manager, and what became of each session.

use super::super::desk::{Desk, Said};
use super::super::staff::{Official, Role, Site};
use crate::contract::OwnSessions;
use crate::measure::Operation;
use crate::truth::{Published, SessionBook, SessionFate, Showing};
use crate::wire::Answer;
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;

/// A facility that publishes sessions. One thread alone has it, so that each can be judged alone.
pub struct Publishing {
    pub(super) site: Site,
    pub(super) manager: Official,
    /// What became of each session.
    sessions: RefCell<Vec<Published>>,
}

impl Publishing {
    /// Brings the manager into office; `None` if the target does not let them.
    pub async fn open(desk: &Rc<Desk>, group: usize, site: Site) -> Option<Self> {
        let manager = Official::new(desk, group, site.centre, Role::Manager);
        let sessions = RefCell::default();
        manager.begins(desk, group).await.then_some(Self { site, manager, sessions })
    }

    /// A session is about to be published; where it lies in the book. If the answer never comes, it is there to be found out
    /// about.
    pub(super) fn begins(&self, session: Uuid, seats: u32) -> usize {
        let mut sessions = self.sessions.borrow_mut();
        sessions.push(Published { session, seats, fate: SessionFate::Unknown, showing: None });
        sessions.len() - 1
    }

    /// What became of a session.
    pub(super) fn ends(&self, place: usize, fate: SessionFate) {
        self.sessions.borrow_mut()[place].fate = fate;
    }

    /// What a search showed of a session.
    pub(super) fn showed(&self, place: usize, showing: Showing) {
        self.sessions.borrow_mut()[place].showing = Some(showing);
    }

    /// What is to be read back.
    pub fn book(&self) -> SessionBook {
        SessionBook { sessions: self.sessions.borrow().clone() }
    }

    /// The sessions that are there, as the manager is shown them.
    pub async fn sessions(&self, desk: &Rc<Desk>, group: usize) -> Said<OwnSessions> {
        let path = format!("/api/v2/vaccinator/sessions?center_id={}", self.site.centre);
        let read = |answer: Answer| serde_json::from_slice(&answer.plain()?).ok();
        self.manager.read(desk, group, Operation::ReadBack, &path, read).await
    }
}
