//! Sessions on sale are resized, moved, closed and cancelled, and those who have booked them are seen to, a few at a time,
//! by whichever gateway is there.

use super::*;
use crate::commands::{Change, ChangeSession, SettleSession, Settling};
use opencowin_model::{Capacity, SessionKey, SessionState};
use rand::seq::IndexedRandom;

impl Country {
    /// Something that whoever holds a session wants of it.
    pub(super) fn changed_session(&mut self) -> Command {
        let (at, change) = match self.random.random_range(0..10) {
            0..4 => {
                let seats = self.random.random_range(30..60);
                let capacity = Capacity::new(Seats([seats; 3]), Seats([1; 3]), Seats::default());
                (0, Change::Resize(capacity))
            }
            4..7 => (1, self.another_day()),
            7 => (1, Change::Close),
            8 => (1, Change::Reopen),
            _ => (2, Change::Cancel),
        };
        // As it stands, so that it is sold under the day to which it was moved.
        let held = self.held(at);
        self.sessions[at] = held.clone();
        Command::ChangeSession(ChangeSession { session: held.key(), seen: held.version, change })
    }

    fn another_day(&mut self) -> Change {
        let date = TODAY.saturating_add(self.random.random_range(4..8_i64).days());
        Change::Move { date, hours: hours(9, 17), slots: vec![hours(9, 11), hours(11, 13)] }
    }

    /// A session under the day on which it is held.
    fn held(&self, at: usize) -> Session {
        let id = self.sessions[at].id;
        let stands = |session: &Session| {
            session.id == id && !matches!(session.state, SessionState::Moved { .. })
        };
        self.stored_sessions().into_iter().find(stands).unwrap()
    }

    /// A step of seeing to those who have booked a session that is unsettled, if one is.
    pub(super) fn settling(&mut self) -> Option<Command> {
        let unsettled = self.stored_sessions().into_iter().filter(|s| s.unsettled.is_some());
        let session = unsettled.collect::<Vec<_>>().choose(&mut self.random)?.clone();
        let (left, key) = (SessionKey { date: session.unsettled?, id: session.id }, session.key());
        let waits = |appointment: &&Appointment| match session.state {
            SessionState::Cancelled if appointment.session == key => {
                appointment.seated().next().is_some()
            }
            _ => appointment.session == left && left != key,
        };
        let appointments = self.appointments();
        let waiting = appointments.values().filter(waits);
        let waiting: Vec<_> = waiting.map(|a| (a.session.date, a.id)).collect();
        let step = match waiting.first() {
            None => Settling::Done { seen: session.version },
            Some((from, _)) => {
                let there = waiting.iter().filter(|(date, _)| date == from);
                let some = self.random.random_range(1..=8);
                let appointments = there.map(|(_, id)| *id).take(some).collect();
                Settling::Appointments { from: *from, appointments }
            }
        };
        Some(Command::SettleSession(SettleSession { session: key, step }))
    }

    /// Sees to everybody.
    pub(super) fn settle_all(&mut self) {
        for _ in 0..1000 {
            let Some(command) = self.settling() else { return };
            let at = self.random.random_range(0..self.gateways.len());
            self.ask(at, 0, command, None);
            self.gateways[at].gateway.work();
            self.listen();
        }
        panic!("somebody is never seen to");
    }
}
