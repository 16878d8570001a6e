//! Bad days: whatever can go wrong does, to anybody at any moment, while people book, cancel and move.

use super::front::Mishap;
use super::gateway::TERM;
use super::*;
use crate::commands::{AdvanceClock, Cancel, Reschedule};
use opencowin_model::{Capacity, SessionState};
use rand::seq::IndexedRandom;

/// Rows that a commit is recognised by when it is to go wrong.
const KINDS: [Kind; 12] = [
    Kind::Lease,
    Kind::Counters,
    Kind::Heartbeat,
    Kind::Member,
    Kind::Trace,
    Kind::Session,
    Kind::AuditBatch,
    Kind::AuditHead,
    Kind::Event,
    Kind::Figures,
    Kind::Certificate,
    Kind::LogLeaf,
];

const MISHAPS: [Mishap; 4] =
    [Mishap::Conflict, Mishap::TooOld, Mishap::UnknownKept, Mishap::UnknownLost];

impl Country {
    pub(super) fn storm(&mut self, rounds: usize) {
        for round in 0..rounds {
            let at = self.random.random_range(0..self.gateways.len());
            self.befall(at);
            for _ in 0..self.random.random_range(0..5) {
                self.ask_something();
            }
            self.certify_something();
            self.everybody_steps();
            self.now += Duration::from_millis(self.random.random_range(1..60));
            if round % 30 == 29 {
                self.verify();
            }
        }
    }

    /// People book and come, and nothing goes wrong.
    pub(super) fn open_day(&mut self, rounds: usize) {
        for _ in 0..rounds {
            let booking = self.random.random_bool(0.4);
            let (mobile, command) = if booking { self.booking() } else { self.visit() };
            let at = self.random.random_range(0..self.gateways.len());
            if let Some(command) = command {
                self.ask(at, mobile, command, None);
            }
            self.gateways.iter_mut().for_each(|station| station.gateway.work());
            self.listen();
        }
    }

    /// Nothing goes wrong any more; everybody catches up, and those who died are dismissed.
    pub(super) fn calm(&mut self) {
        for station in &mut self.gateways {
            (station.paused_until, station.deaf_until) = (Duration::ZERO, Duration::ZERO);
            for front in [&station.gateway.front, &station.gateway.ear] {
                front.mend();
                front.release(None);
            }
            station.gateway.work();
        }
        for _ in 0..30 {
            for station in &mut self.gateways {
                let moment = self.start + self.now;
                station.gateway.work();
                station.gateway.breathe(moment).unwrap();
                station.gateway.work();
            }
            self.listen();
            self.now += TERM / 10;
        }
        let open = self.asked.iter().filter(|asked| asked.answer.is_none());
        assert_eq!(open.filter(|a| self.lives(a.gateway)).count(), 0, "everybody was answered");
    }

    fn lives(&self, gateway: u64) -> bool {
        self.gateways.iter().any(|station| station.number == gateway)
    }

    fn everybody_steps(&mut self) {
        let moment = self.moment();
        for at in 0..self.gateways.len() {
            let station = &mut self.gateways[at];
            if station.paused_until > self.now {
                continue;
            }
            station.gateway.ear.deafen(station.deaf_until > self.now);
            if self.random.random_bool(0.5) {
                station.gateway.front.hold_next();
            }
            for _ in 0..self.random.random_range(0..4) {
                station.gateway.step();
            }
            if station.gateway.front.holds() && self.random.random_bool(0.4) {
                let mishap = self.random.random_bool(0.4);
                let mishap = mishap.then(|| *MISHAPS.choose(&mut self.random).unwrap());
                station.gateway.front.release(mishap);
                station.gateway.step();
            }
            if self.random.random_bool(0.7) {
                // Partitions and busy lanes are no mistake.
                let _ = station.gateway.breathe(moment);
            }
            self.listen();
        }
    }

    fn befall(&mut self, at: usize) {
        let (number, term) = (self.gateways[at].number, TERM.as_millis() as u64);
        let station = &mut self.gateways[at];
        match self.random.random_range(0..100) {
            0..3 => self.kill(at),
            3..8 => {
                let sleep = Duration::from_millis(self.random.random_range(term / 2..3 * term));
                station.paused_until = self.now + sleep;
                self.note(format!("{number} sleeps for {sleep:?}"));
            }
            8..12 => {
                station.gateway.skew += TERM * self.random.random_range(1..3);
                self.note(format!("the clock of {number} jumps"));
            }
            12..16 => {
                let deaf = Duration::from_millis(self.random.random_range(0..2 * term));
                station.deaf_until = self.now + deaf;
                self.note(format!("{number} is deaf for {deaf:?}"));
            }
            16..36 => {
                let kind = *KINDS.choose(&mut self.random).unwrap();
                let mishap = *MISHAPS.choose(&mut self.random).unwrap();
                let front = [&station.gateway.front, &station.gateway.ear];
                front[self.random.random_range(0..2)].spoil(kind, mishap);
                self.note(format!("{mishap:?} of {kind:?} at {number}"));
            }
            36..39 if !station.gateway.front.holds() => {
                station.gateway.work();
                station.gateway.front.deafen(true);
                station.gateway.step();
                station.gateway.front.deafen(false);
            }
            39..42 if self.gateways.len() < 4 => self.open(SCHEMA),
            _ => {}
        }
    }

    /// A gateway ends without a word, perhaps with a commit under way; another may be started in its place.
    pub(super) fn kill(&mut self, at: usize) {
        self.listen();
        let station = self.gateways.swap_remove(at);
        if self.random.random_bool(0.5) {
            station.gateway.front.release(None);
        }
        self.note(format!("{} dies", station.number));
        self.count(&station.gateway);
        let asked = self.asked.iter().filter(|asked| asked.gateway == station.number);
        let open = asked.filter(|asked| asked.answer.is_none());
        self.orphaned
            .extend(open.filter_map(|a| Some((a.mobile, a.command.clone(), a.once.clone()?))));
        if self.gateways.len() < 2 || self.random.random_bool(0.7) {
            self.open(SCHEMA);
        }
    }

    fn ask_something(&mut self) {
        let at = self.random.random_range(0..self.gateways.len());
        if let Some((mobile, command, once)) = self.orphaned.pop() {
            self.ask(at, mobile, command, Some(once));
            return;
        }
        let (mobile, command) = match self.random.random_range(0..100) {
            0..40 => self.booking(),
            40..55 => self.cancellation(),
            55..63 => self.rescheduling(),
            63..83 => self.visit(),
            83..87 => (0, Some(self.resized())),
            87..91 => (0, Some(self.changed_session())),
            91..93 => {
                let by_seconds = self.random.random_range(0..60);
                (0, Some(Command::AdvanceClock(AdvanceClock { by_seconds })))
            }
            93 => (0, Some(self.cancelled_session())),
            94..98 => (0, self.settling()),
            _ => (0, Some(Command::Barrier)),
        };
        let Some(command) = command else { return };
        let once = (mobile != 0 && self.random.random_bool(0.4)).then(|| self.new_key(mobile));
        self.ask(at, mobile, command.clone(), once.clone());
        if once.is_some() && self.random.random_bool(0.2) {
            let other = self.random.random_range(0..self.gateways.len());
            self.ask(other, mobile, command, once);
        }
    }

    /// Somebody signs what waits, and perhaps another at the same time.
    fn certify_something(&mut self) {
        let (reader, often) = (self.reader(), self.random.random_bool(0.3));
        for _ in 0..self.random.random_range(0..3) {
            if often && let Some(command) = self.office.work(&reader, &mut self.random) {
                let at = self.random.random_range(0..self.gateways.len());
                self.ask(at, 0, command, None);
            }
        }
    }

    fn new_key(&mut self, mobile: u64) -> Once {
        self.keys_used += 1;
        once(self.account(mobile), &format!("key-{}", self.keys_used), 1)
    }

    fn booking(&mut self) -> (u64, Option<Command>) {
        let mobile = FIRST_MOBILE + self.random.random_range(0..ACCOUNTS);
        let theirs = self.people.iter().filter(|(owner, _)| *owner == mobile);
        let people: Vec<_> = theirs.map(|(_, person)| *person).collect();
        let count = self.random.random_range(1..=3);
        let chosen: Vec<_> = people.sample(&mut self.random, count).copied().collect();
        // Two of them are hot: that of today, at which doses are given, and the first.
        let session = match self.random.random_range(0..100) {
            0..45 => 0,
            45..75 => self.sessions.len() - 1,
            _ => self.random.random_range(0..self.sessions.len()),
        };
        let session = self.sessions[session].key();
        (mobile, Some(Command::Book(booking(self.account(mobile), session, &chosen))))
    }

    fn known(&mut self) -> Option<(AppointmentId, u64, opencowin_model::SessionKey)> {
        let known: Vec<_> = self.witness.booked.iter().collect();
        let (id, (mobile, session, _)) = known.choose(&mut self.random)?;
        Some((**id, *mobile, *session))
    }

    fn cancellation(&mut self) -> (u64, Option<Command>) {
        let Some((appointment, mobile, _)) = self.known() else { return (0, None) };
        let mut people = self.witness.booked[&appointment].2.clone();
        people.truncate(self.random.random_range(0..=people.len()));
        let account = self.account(mobile);
        (mobile, Some(Command::Cancel(Cancel { account, appointment, people })))
    }

    /// Somebody stands at the counter, mostly one who is booked today.
    fn visit(&mut self) -> (u64, Option<Command>) {
        let stored = self.appointments();
        let today: Vec<_> =
            stored.values().filter(|appointment| appointment.session.date == TODAY).collect();
        let Some(appointment) = today.choose(&mut self.random) else { return (0, None) };
        let (person, _) = *appointment.people.choose(&mut self.random).unwrap();
        let at = self.people.iter().position(|(_, other)| *other == person).unwrap();
        let (mobile, number) = (self.people[at].0, at as u32 % 4);
        let code = appointment.security_code(vault_of(&self.gateways[0].gateway));
        let guest = Guest { person, register: registration(mobile, number), code };
        (mobile, Some(guest.attend(&mut self.random)))
    }

    fn rescheduling(&mut self) -> (u64, Option<Command>) {
        let Some((appointment, mobile, from)) = self.known() else { return (0, None) };
        let to = self.sessions.choose(&mut self.random).unwrap().key();
        let slot = if self.random.random_bool(0.5) { SLOT } else { OTHER_SLOT }.into();
        let account = self.account(mobile);
        (mobile, Some(Command::Reschedule(Reschedule { account, appointment, from, to, slot })))
    }

    fn resized(&mut self) -> Command {
        let seats = self.random.random_range(30..60);
        self.with_capacity(seats)
    }

    fn with_capacity(&mut self, seats: u16) -> Command {
        let session = &mut self.sessions[0];
        session.capacity = Capacity::new(Seats([seats; 3]), Seats([1; 3]), Seats::default());
        session.version += 1;
        publish(session.clone())
    }

    /// Room for many more in the first session.
    pub(super) fn reopen(&mut self) {
        let sold = self.sold(&self.stored_first(), &self.appointments());
        let seats = sold + self.random.random_range(20..40);
        let publish = self.with_capacity(seats);
        let at = self.random.random_range(0..self.gateways.len());
        self.ask(at, 0, publish, None);
        self.calm();
    }

    fn cancelled_session(&mut self) -> Command {
        let session = &mut self.sessions[2];
        session.state = SessionState::Cancelled;
        session.version += 1;
        publish(session.clone())
    }
}

fn publish(session: Session) -> Command {
    Command::PublishSessions(PublishSessions { sessions: vec![session], through: None })
}
