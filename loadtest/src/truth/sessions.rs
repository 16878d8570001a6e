//! Sessions that were published at a facility, against what searches show and what is there.

use super::Violations;
use crate::contract::{OwnSession, Shown};
use crate::result::ViolationKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What became of each session at a facility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionBook {
    /// The sessions, in the order in which they were to be published.
    pub sessions: Vec<Published>,
}

/// A session that somebody tried to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id, which was its draft's.
    pub session: Uuid,
    /// Its seats for a first dose.
    pub seats: u32,
    /// What became of it.
    pub fate: SessionFate,
    /// What a search showed of it that was asked for after it was acknowledged, if one was answered.
    pub showing: Option<Showing>,
}

/// What became of a session, as far as answers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionFate {
    /// Acknowledged as published.
    Published,
    /// Refused, or never asked for.
    Refused,
    /// No answer came, or none that says.
    Unknown,
}

/// What a search shows of a session that was published before it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// It, with its seats or what bookings have left of them.
    Right,
    /// Nothing.
    Hidden,
    /// More seats than were published.
    TooManySeats,
}

/// What searches and reading a facility back have shown, as sums that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledSessions {
    /// Sessions that were acknowledged.
    pub published: u64,
    /// Searches that had to show one of them.
    pub searches: u64,
    /// Those that did not.
    pub hidden: u64,
    /// Those that showed more seats than were published, and sessions that are there with others.
    pub wrong_seats: u64,
    /// Acknowledged sessions that are gone.
    pub lost: u64,
    /// Sessions that are there more than once.
    pub doubled: u64,
    /// Refused sessions that are there.
    pub ghosts: u64,
    /// Unknown outcomes that were found to have happened.
    pub found_done: u64,
    /// Those that were found not to have.
    pub found_undone: u64,
}

/// The sessions that are there at a facility, each with its seats as often as it is on the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundSessions(HashMap<Uuid, Vec<u32>>);

impl FoundSessions {
    /// What a facility is shown.
    pub fn of(list: &[OwnSession]) -> Self {
        let mut found: HashMap<Uuid, Vec<u32>> = HashMap::new();
        for session in list {
            found.entry(session.session_id).or_default().push(session.seats());
        }
        Self(found)
    }

    fn seats_of(&self, session: Uuid) -> &[u32] {
        self.0.get(&session).map_or(&[], Vec::as_slice)
    }

    /// Whether each session of a book is there as it is in another finding.
    pub fn agrees(&self, other: &Self, book: &SessionBook) -> bool {
        let mut sessions = book.sessions.iter().map(|one| one.session);
        sessions.all(|session| self.seats_of(session) == other.seats_of(session))
    }
}

impl Showing {
    /// What a search shows of a session with so many seats that was acknowledged before it was asked for.
    pub fn of(session: Uuid, seats: u32, shown: &Shown, violations: &Violations) -> Self {
        let mut there = shown.iter().filter(|(id, _)| *id == session).map(|(_, seats)| *seats);
        let Some(first) = there.next() else {
            violations.add(ViolationKind::HiddenSession, || {
                format!("session {session} was published, and a search after that did not show it")
            });
            return Self::Hidden;
        };
        let all = there.fold(first, u32::saturating_add);
        if all <= seats {
            return Self::Right;
        }
        violations.add(ViolationKind::WrongSeats, || {
            format!("session {session} was published with {seats} seats, and a search showed {all}")
        });
        Self::TooManySeats
    }
}

impl SessionBook {
    /// How many outcomes are unknown.
    pub fn unknown(&self) -> u64 {
        self.sessions.iter().filter(|one| one.fate == SessionFate::Unknown).count() as u64
    }

    /// What answers and searches said, whatever is there.
    pub fn told(&self) -> SettledSessions {
        let count = |wanted: &dyn Fn(&Published) -> bool| {
            self.sessions.iter().filter(|one| wanted(one)).count() as u64
        };
        SettledSessions {
            published: count(&|one| one.fate == SessionFate::Published),
            searches: count(&|one| one.showing.is_some()),
            hidden: count(&|one| one.showing == Some(Showing::Hidden)),
            wrong_seats: count(&|one| one.showing == Some(Showing::TooManySeats)),
            ..SettledSessions::default()
        }
    }

    /// Compares what answers said with what is there, and adds it to what was told.
    pub fn compare(&self, found: &FoundSessions, violations: &Violations) -> SettledSessions {
        let mut settled = self.told();
        for one in &self.sessions {
            settled.judge(one, found.seats_of(one.session), violations);
        }
        settled
    }
}

impl SettledSessions {
    fn judge(&mut self, one: &Published, there: &[u32], violations: &Violations) {
        let Published { session, seats, fate, .. } = one;
        match (fate, there.len()) {
            (SessionFate::Published, 0) => {
                self.lost += 1;
                violations.add(ViolationKind::LostSession, || {
                    format!("session {session} was published and is not on its facility's list")
                });
            }
            (SessionFate::Refused, 1..) => {
                self.ghosts += 1;
                violations.add(ViolationKind::GhostSession, || {
                    format!("session {session} was refused and is on its facility's list")
                });
            }
            (SessionFate::Unknown, 0) => self.found_undone += 1,
            (SessionFate::Unknown, _) => self.found_done += 1,
            (SessionFate::Published | SessionFate::Refused, _) => {}
        }
        if there.len() > 1 {
            self.doubled += 1;
            violations.add(ViolationKind::DoubledSession, || {
                format!("session {session} is {} times on its facility's list", there.len())
            });
        }
        if let Some(other) = there.iter().find(|there| *there != seats) {
            self.wrong_seats += 1;
            violations.add(ViolationKind::WrongSeats, || {
                format!("session {session} was to have {seats} seats, and has {other}")
            });
        }
    }

    /// Adds what another facility has shown.
    pub fn add(&mut self, other: &Self) {
        self.published += other.published;
        self.searches += other.searches;
        self.hidden += other.hidden;
        self.wrong_seats += other.wrong_seats;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.ghosts += other.ghosts;
        self.found_done += other.found_done;
        self.found_undone += other.found_undone;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionFate::{Published as Acknowledged, Refused, Unknown};

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    /// Sessions of ten seats each.
    fn book(fates: &[SessionFate]) -> SessionBook {
        let one = |(number, fate): (usize, &SessionFate)| Published {
            session: id(number),
            seats: 10,
            fate: *fate,
            showing: None,
        };
        SessionBook { sessions: fates.iter().enumerate().map(one).collect() }
    }

    /// With how many seats each is on the list.
    fn settle(fates: &[SessionFate], there: &[&[u32]]) -> (SettledSessions, Vec<ViolationKind>) {
        let there = there.iter().enumerate().map(|(number, seats)| (id(number), seats.to_vec()));
        let violations = Violations::default();
        let settled = book(fates).compare(&FoundSessions(there.collect()), &violations);
        (settled, violations.list().iter().map(|one| one.kind).collect())
    }

    #[test]
    fn what_fits_breaks_nothing_and_unknown_sessions_are_found_to_be_one_or_the_other() {
        let fates = [Acknowledged, Refused, Unknown, Unknown];
        let (settled, broken) = settle(&fates, &[&[10], &[], &[10], &[]]);
        assert_eq!(broken, []);
        let expected = SettledSessions {
            published: 1,
            found_done: 1,
            found_undone: 1,
            ..SettledSessions::default()
        };
        assert_eq!(settled, expected);
    }

    #[test]
    fn each_lie_about_a_session_has_its_name() {
        let lies: [(SessionFate, &[u32], ViolationKind); 5] = [
            (Acknowledged, &[], ViolationKind::LostSession),
            (Acknowledged, &[10, 10], ViolationKind::DoubledSession),
            (Acknowledged, &[9], ViolationKind::WrongSeats),
            (Unknown, &[11], ViolationKind::WrongSeats),
            (Refused, &[10], ViolationKind::GhostSession),
        ];
        for (fate, there, kind) in lies {
            assert_eq!(settle(&[fate], &[there]).1, [kind], "{fate:?} {there:?}");
        }
    }

    #[test]
    fn a_search_after_the_answer_shows_the_session_and_no_seat_too_many() {
        let shows = |shown: &[(usize, u32)]| {
            let shown: Shown = shown.iter().map(|(number, seats)| (id(*number), *seats)).collect();
            let violations = Violations::default();
            let showing = Showing::of(id(1), 10, &shown, &violations);
            (showing, violations.list().iter().map(|one| one.kind).collect::<Vec<_>>())
        };
        assert_eq!(shows(&[(2, 5), (1, 10)]), (Showing::Right, vec![]));
        assert_eq!(shows(&[(1, 0)]), (Showing::Right, vec![]), "all may be booked");
        assert_eq!(shows(&[(2, 10)]), (Showing::Hidden, vec![ViolationKind::HiddenSession]));
        let too_many = (Showing::TooManySeats, vec![ViolationKind::WrongSeats]);
        assert_eq!(shows(&[(1, 11)]), too_many);
        assert_eq!(shows(&[(1, 10), (1, 10)]), too_many, "shown twice");
    }

    #[test]
    fn what_searches_showed_counts_though_nobody_reads_the_facility_back() {
        let mut book = book(&[Acknowledged, Acknowledged, Unknown]);
        book.sessions[0].showing = Some(Showing::Right);
        book.sessions[1].showing = Some(Showing::Hidden);
        let told = book.told();
        assert_eq!((told.published, told.searches, told.hidden), (2, 2, 1));
        assert_eq!((told.lost, book.unknown()), (0, 1));
    }

    #[test]
    fn sessions_of_others_do_not_make_two_findings_differ() {
        let found = |there: &[(usize, u32)]| {
            FoundSessions(there.iter().map(|(number, seats)| (id(*number), vec![*seats])).collect())
        };
        let book = book(&[Unknown]);
        assert!(found(&[(0, 10)]).agrees(&found(&[(0, 10), (7, 3)]), &book));
        assert!(!found(&[(0, 10)]).agrees(&found(&[(7, 3)]), &book));
    }
}
