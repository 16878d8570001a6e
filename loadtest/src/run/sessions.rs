//! Reading back what facilities published, when the traffic is over: it has to be there, once, with its seats.

use super::audit::{AT_ONCE, Reader, SETTLING};
use super::control::Event;
use super::several::several;
use crate::people::Publishing;
use crate::result::ViolationKind;
use crate::truth::{FoundSessions, SessionBook, SettledSessions};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// What reading facilities back showed of their sessions, as sums that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAudit {
    /// Facilities read.
    pub read: u64,
    /// Facilities that could not be read.
    pub unread: u64,
    /// Outcomes that were unknown when traffic ended.
    pub unknown: u64,
    /// Those that could not be read, or were read twice and differently.
    pub unsettled: u64,
    /// What searches showed, and what was found.
    pub settled: SettledSessions,
}

impl SessionAudit {
    /// Adds that of another thread or machine.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.unread += other.unread;
        self.unknown += other.unknown;
        self.unsettled += other.unsettled;
        self.settled.add(&other.settled);
    }
}

/// Reads every facility of this thread that publishes. Those with unknown outcomes are read twice.
pub(super) async fn read_back(reader: &Rc<Reader>, events: &Sender<Event>) -> SessionAudit {
    let Some((group, _)) = reader.desk.setting.scenario.publisher() else {
        return SessionAudit::default();
    };
    let facilities = reader.desk.publishing.borrow().clone();
    let _ = events.send(Event::ToReadBack(facilities.len()));
    let tasks = facilities.into_iter().map(|facility| {
        let reader = reader.clone();
        async move { settle(&reader, group, &facility).await }
    });
    let mut total = SessionAudit::default();
    several(AT_ONCE, tasks, |settled| {
        total.add(&settled);
        let _ = events.send(Event::ReadBack);
    })
    .await;
    total
}

async fn settle(reader: &Reader, group: usize, facility: &Publishing) -> SessionAudit {
    let book = facility.book();
    let unknown = book.unknown();
    if unknown > 0 {
        reader.pause(SETTLING).await;
    }
    let Some(found) = find(reader, group, facility).await else {
        let settled = book.told();
        return SessionAudit { read: 0, unread: 1, unknown, unsettled: unknown, settled };
    };
    let settled = book.compare(&found, &reader.desk.truth().violations);
    let stays = unknown == 0 || stays_so(reader, group, facility, &book, &found).await;
    let unsettled = if stays { 0 } else { unknown };
    SessionAudit { read: 1, unread: 0, unknown, unsettled, settled }
}

/// The sessions that are there, asked for until the target answers.
async fn find(reader: &Reader, group: usize, facility: &Publishing) -> Option<FoundSessions> {
    let own = reader.insist(async || facility.sessions(&reader.desk, group).await).await?;
    Some(FoundSessions::of(&own.sessions))
}

/// Whether a facility that is read a second time shows the same.
async fn stays_so(
    reader: &Reader,
    group: usize,
    facility: &Publishing,
    book: &SessionBook,
    first: &FoundSessions,
) -> bool {
    reader.pause(SETTLING).await;
    let Some(second) = find(reader, group, facility).await else { return false };
    let same = first.agrees(&second, book);
    if !same {
        let told = || "a facility with an unknown session showed others a second later".to_owned();
        reader.desk.truth().violations.add(ViolationKind::UnsettledOutcome, told);
    }
    same
}
