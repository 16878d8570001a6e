//! What a gateway keeps in memory of the seats, in its plainest form.

use crate::commands::{Change, Command, Outcome, SettleSession, Settling};
use crate::keys::Key;
use crate::members::{Audience, News, OwnSeats};
use crate::records::{Counters, Lease, Row};
use crate::request::Failure;
use crate::store::Version;
use opencowin_model::{Seats, SessionKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The seats of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// As of when the counters are known.
    pub(super) at: Version,
    pub(super) counters: Option<Counters>,
    pub(super) lease: Option<Lease>,
    pub(super) others: [Seats; 3],
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) seats: BTreeMap<SessionKey, Shown>,
    /// Versions of definitions.
    pub(super) definitions: BTreeMap<SessionKey, u64>,
}

impl Memory {
    pub(super) fn define(&mut self, session: &opencowin_model::Session) {
        let known = self.definitions.entry(session.key()).or_default();
        *known = (*known).max(session.version.into());
    }

    /// What it was asked to do itself has come to this.
    pub(super) fn changed(&mut self, command: &Command, answer: Result<Outcome, Failure>) {
        match (command, answer) {
            (Command::PublishSessions(publish), Ok(_)) => {
                publish.sessions.iter().for_each(|session| self.define(session));
            }
            (Command::ChangeSession(changed), Ok(Outcome::SessionChanged { version })) => {
                let now = match changed.change {
                    Change::Move { date, .. } => SessionKey { date, ..changed.session },
                    _ => changed.session,
                };
                for key in [changed.session, now] {
                    let known = self.definitions.entry(key).or_default();
                    *known = (*known).max(version.into());
                }
            }
            (Command::SettleSession(settled), Ok(_)) => self.settled(settled),
            _ => {}
        }
    }

    /// Whether it took effect is not answered: had somebody else changed the session first, that will be heard.
    fn settled(&mut self, settled: &SettleSession) {
        if let (Settling::Done { seen }, Some(known)) =
            (&settled.step, self.definitions.get_mut(&settled.session))
            && *known == u64::from(*seen)
        {
            *known += 1;
        }
    }
}

/// Fills it.
pub(super) struct Listener(pub(super) Arc<Mutex<Memory>>);

impl Audience for Listener {
    fn committed(&mut self, at: Version, seats: &[OwnSeats]) {
        let mut memory = self.0.lock().unwrap();
        for own in seats {
            let shown = memory.seats.entry(own.session).or_default();
            if own.counters.is_some() {
                (shown.at, shown.counters) = (at, own.counters);
            }
            shown.lease = own.lease.unwrap_or(shown.lease);
        }
    }

    fn heard(&mut self, news: &News) {
        let mut memory = self.0.lock().unwrap();
        for (key, row) in &news.rows {
            if let (Key::Session(_), Some(Row::Session(session))) = (key, row) {
                memory.define(session);
            }
        }
        for heard in &news.seats {
            let shown = memory.seats.entry(heard.session).or_default();
            if news.version >= shown.at {
                (shown.at, shown.counters) = (news.version, heard.counters);
            }
            shown.others = heard.others;
        }
    }

    fn rejoined(&mut self) {
        self.0.lock().unwrap().seats.values_mut().for_each(|shown| shown.lease = None);
    }
}
