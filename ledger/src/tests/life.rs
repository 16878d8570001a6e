//! A simulated life: random commands from many accounts on a store with bad days, with a witness who remembers what was
//! acknowledged. The same seed gives the same life.

use super::counter::{self, DosesGiven, Guest, is_recorded};
use super::office::Office;
use super::trail::Trail;
use crate::audit::Entry;
use crate::audit::notary::Notary;
use crate::commands::{
    AdvanceClock, Book, Cancel, Command, DeleteBeneficiary, Erase, MarkNoShows, Merge, MoveMember,
    Once, Outcome, PublishSessions, Reason, Register, Reschedule,
};
use crate::fixture::*;
use crate::records::{Appointment, Standing};
use crate::request::{Failure, Request, Settled};
use crate::rules::Draw;
use crate::store::block_on::block_on;
use crate::store::{Outcome as Commit, Store};
use crate::vault::Hasher;
use jiff::ToSpan;
use opencowin_model::{
    AppointmentId, BeneficiaryRef, Channel, Clock, Date, Dose, Mobile, Session, SessionKey,
    SessionState,
};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const ACCOUNTS: u64 = 8;
const FIRST_MOBILE: u64 = 9_000_000_000;

/// A request that was made, and what came of it.
struct Asked {
    command: Command,
    once: Option<Once>,
    audit: Vec<Entry>,
    pending: Pending,
    answer: Option<Result<Outcome, Failure>>,
}

/// What was acknowledged, and what was at least asked for.
#[derive(Default)]
struct Witness {
    registered: BTreeMap<BeneficiaryRef, Register>,
    deletion_asked: BTreeSet<BeneficiaryRef>,
    booked: BTreeMap<AppointmentId, (u64, SessionKey, Vec<BeneficiaryRef>)>,
    change_asked: BTreeSet<AppointmentId>,
    cancelled: BTreeSet<(AppointmentId, BeneficiaryRef)>,
    doses: DosesGiven,
    /// Answers by idempotency key.
    recorded: BTreeMap<String, Result<Outcome, Failure>>,
}

/// The simulation's state.
pub(super) struct Life {
    random: StdRng,
    store: Arc<Slow>,
    clock: Arc<Clock>,
    rig: Rig,
    notary: Notary,
    sessions: Vec<Session>,
    asked: Vec<Asked>,
    /// Requests that a crash left without an answer.
    orphaned: Vec<(Command, Once)>,
    witness: Witness,
    trail: Trail,
    office: Office,
    /// Free seats online for the first dose when this ledger was opened.
    opened_with: BTreeMap<SessionKey, i64>,
    keys_used: u32,
    /// How many certificates were acknowledged.
    pub(super) certificates: usize,
    /// Everything that was answered, in order.
    pub(super) transcript: Vec<String>,
}

impl Life {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let store = Slow::new();
        let days = (0..3).flat_map(|ahead| (0..2).map(move |n| (ahead, n)));
        let sessions: Vec<_> = days
            .map(|(ahead, n)| {
                session(10 * ahead + n, TODAY + (ahead as i64).days(), random.random_range(1..8))
            })
            .collect();
        let mut rig = Rig::with_sessions(store.clone(), sessions.clone());
        for supply in counter::supplies() {
            rig.run(supply).unwrap();
        }
        let clock = rig.engine.clock.clone();
        let notary = Notary::new(rig.engine.clone());
        let mut life = Self {
            random,
            store,
            clock,
            rig,
            notary,
            sessions,
            asked: Vec::new(),
            orphaned: Vec::new(),
            witness: Witness::default(),
            trail: Trail::default(),
            office: Office::default(),
            opened_with: BTreeMap::new(),
            keys_used: 0,
            certificates: 0,
            transcript: Vec::new(),
        };
        life.opened_with = life.free_seats();
        life
    }

    pub(super) fn live(&mut self, rounds: usize) {
        for _ in 0..rounds {
            match self.random.random_range(0..100) {
                0..3 => self.crash(),
                3..10 => self.calm(),
                10..20 => self.misfortune(),
                20..45 => self.store.hold(true),
                45..55 if self.store.held() == 0 => {
                    self.store.hold(false);
                    self.notary.attend().unwrap();
                }
                _ => {}
            }
            for _ in 0..self.random.random_range(0..4) {
                self.ask_something();
            }
            if self.random.random_bool(0.4)
                && let Some(command) = self.office.work(&self.rig.reader(), &mut self.random)
            {
                self.ask(command, None);
            }
            for _ in 0..self.random.random_range(0..4) {
                self.rig.step();
            }
            if self.store.held() > 0 && self.random.random_bool(0.4) {
                self.store.release();
            }
            self.listen();
        }
        self.calm();
        self.listen();
        while let Some(command) = self.office.certify_all(&self.rig.reader()) {
            self.ask(command, None);
            self.calm();
            self.listen();
        }
    }

    /// Lets everything that is under way happen.
    fn calm(&mut self) {
        self.store.hold(false);
        self.rig.work();
        while self.store.held() > 0 {
            self.store.release();
        }
        self.rig.work();
    }

    /// Something goes wrong with the first commit under way, or between the commits of somebody else.
    fn misfortune(&mut self) {
        self.store.hold(false);
        if self.store.held() == 0 {
            self.store.commit(crate::store::Commit::default(), Box::new(drop));
            return;
        }
        match self.random.random_range(0..4) {
            0 => self.store.lose(Commit::Conflict),
            1 => self.store.lose(Commit::TooOld),
            2 => self.store.lose(Commit::Unknown),
            _ => self.store.release_unknown(),
        }
        self.rig.work();
    }

    /// The process ends without a word and is started again.
    fn crash(&mut self) {
        self.listen();
        self.store.crash();
        self.store.hold(false);
        let asked = std::mem::take(&mut self.asked);
        let unanswered = asked.into_iter().filter(|asked| asked.answer.is_none());
        self.orphaned.extend(unanswered.filter_map(|asked| Some((asked.command, asked.once?))));
        let ahead = Arc::new(Clock::fixed(morning(TODAY)));
        self.rig = Rig::open(self.store.clone(), ahead, self.random.random());
        self.clock = self.rig.engine.clock.clone();
        self.notary = Notary::new(self.rig.engine.clone());
        self.notary.pin().unwrap();
        self.opened_with = self.free_seats();
        self.transcript.push("crash".to_owned());
    }

    fn ask_something(&mut self) {
        if let Some((command, once)) = self.orphaned.pop() {
            return self.ask(command, Some(once));
        }
        let mobile = FIRST_MOBILE + self.random.random_range(0..ACCOUNTS);
        let command = match self.random.random_range(0..100) {
            0..15 => self.registration(mobile),
            15..42 => self.booking(mobile),
            42..50 => self.cancellation(),
            50..58 => self.rescheduling(),
            58..60 => self.deletion(),
            60 => self.erasure(),
            61..86 => self.visit(),
            86..88 => self.merger(),
            88..90 => self.removal(mobile),
            90..92 => self.no_shows(),
            92..95 => Some(Command::AdvanceClock(AdvanceClock {
                by_seconds: self.random.random_range(0..9000),
            })),
            95 => Some(self.cancelled_session()),
            _ => Some(Command::Barrier),
        };
        let once = self.random.random_bool(0.5).then(|| self.new_key(mobile));
        if let Some(command) = command {
            let again = self.random.random_bool(0.1);
            self.ask(command.clone(), once.clone());
            if again && once.is_some() {
                self.ask(command, once);
            }
        }
    }

    fn new_key(&mut self, mobile: u64) -> Once {
        self.keys_used += 1;
        once(self.rig.account(mobile), &format!("key-{}", self.keys_used), 1)
    }

    fn ask(&mut self, command: Command, once: Option<Once>) {
        match &command {
            Command::DeleteBeneficiary(DeleteBeneficiary { person, .. })
            | Command::Erase(Erase { person, .. }) => {
                self.witness.deletion_asked.insert(*person);
            }
            Command::Cancel(Cancel { appointment, .. })
            | Command::Reschedule(Reschedule { appointment, .. }) => {
                self.witness.change_asked.insert(*appointment);
            }
            Command::MarkNoShows(mark) => {
                self.witness.change_asked.extend(&mark.appointments);
            }
            _ => {}
        }
        self.witness.doses.asked(&command);
        let audit = self.trail.accesses(self.random.random_range(0..3));
        let entries = audit.clone();
        let request = Request { once: once.clone(), audit, ..Request::of(command.clone()) };
        let pending = self.rig.ask(request);
        self.asked.push(Asked { command, once, audit: entries, pending, answer: None });
    }

    fn registration(&mut self, mobile: u64) -> Option<Command> {
        let number = self.random.random_range(0..6);
        Some(Command::Register(Box::new(registration(mobile, number))))
    }

    fn booking(&mut self, mobile: u64) -> Option<Command> {
        let registered = self.witness.registered.iter();
        let people: Vec<_> =
            registered.filter(|(_, theirs)| theirs.mobile.0 == mobile).map(|(id, _)| *id).collect();
        let count = self.random.random_range(1..=people.len().clamp(1, 4));
        let chosen: Vec<_> = people.sample(&mut self.random, count).copied().collect();
        let (today, soon) = (self.today(), self.random.random_bool(0.5));
        let wanted = |session: &&Session| !soon || session.date == today;
        let sessions: Vec<_> = self.sessions.iter().filter(wanted).collect();
        let session = sessions.choose(&mut self.random)?.key();
        let dose = if self.random.random_bool(0.85) { Dose::First } else { Dose::Second };
        let book = Book { dose, ..booking(self.rig.account(mobile), session, &chosen) };
        (!chosen.is_empty()).then_some(Command::Book(book))
    }

    fn known_appointment(
        &mut self,
    ) -> Option<(AppointmentId, u64, SessionKey, Vec<BeneficiaryRef>)> {
        let known: Vec<_> = self.witness.booked.iter().collect();
        let (id, (mobile, session, people)) = known.choose(&mut self.random)?;
        Some((**id, *mobile, *session, people.clone()))
    }

    fn cancellation(&mut self) -> Option<Command> {
        let (appointment, mobile, _, mut people) = self.known_appointment()?;
        people.truncate(self.random.random_range(0..=people.len()));
        Some(Command::Cancel(Cancel { account: self.rig.account(mobile), appointment, people }))
    }

    fn rescheduling(&mut self) -> Option<Command> {
        let (appointment, mobile, from, _) = self.known_appointment()?;
        let to = self.sessions.choose(&mut self.random)?.key();
        let slot = if self.random.random_bool(0.5) { SLOT } else { OTHER_SLOT }.into();
        let account = self.rig.account(mobile);
        Some(Command::Reschedule(Reschedule { account, appointment, from, to, slot }))
    }

    fn deletion(&mut self) -> Option<Command> {
        let known: Vec<_> =
            self.witness.registered.iter().map(|(id, theirs)| (*id, theirs.mobile.0)).collect();
        let (person, mobile) = *known.choose(&mut self.random)?;
        let account = self.rig.account(mobile);
        Some(Command::DeleteBeneficiary(DeleteBeneficiary { account, person }))
    }

    fn erasure(&mut self) -> Option<Command> {
        let Some(Command::DeleteBeneficiary(DeleteBeneficiary { account, person })) =
            self.deletion()
        else {
            return None;
        };
        Some(Command::Erase(Erase { person, reason: Reason::Asked(account) }))
    }

    /// Somebody who is in an appointment stands at the counter, mostly on its day.
    fn visit(&mut self) -> Option<Command> {
        let today = self.today();
        let known: Vec<_> = self.witness.booked.iter().map(|(id, booked)| (*id, booked)).collect();
        let of_today = |(_, (_, session, _)): &&(_, &(_, SessionKey, _))| session.date == today;
        let now: Vec<_> = known.iter().filter(of_today).collect();
        let any = known.choose(&mut self.random)?;
        let (id, (_, _, people)) = now.choose(&mut self.random).copied().unwrap_or(any);
        let person = *people.choose(&mut self.random)?;
        let register = self.witness.registered.get(&person)?.clone();
        let code = self.stored_appointments()[id].security_code(self.hasher());
        Some(Guest { person, register, code }.attend(&mut self.random))
    }

    /// Two people of the same name are said to be one.
    fn merger(&mut self) -> Option<Command> {
        let known: Vec<_> = self.witness.registered.iter().collect();
        let (keep, one) = *known.choose(&mut self.random)?;
        let same =
            |(id, other): &&(&BeneficiaryRef, &Register)| *id != keep && other.name == one.name;
        let others: Vec<_> = known.iter().filter(same).collect();
        let (other, two) = *others.choose(&mut self.random)?;
        let account = |register: &Register| self.rig.account(register.mobile.0);
        let (account, other_account) = (account(one), account(two));
        Some(Command::Merge(Merge { keep: *keep, account, other: **other, other_account }))
    }

    fn removal(&mut self, to: u64) -> Option<Command> {
        let known: Vec<_> = self.witness.registered.iter().collect();
        let (person, theirs) = known.choose(&mut self.random)?;
        let from = self.rig.account(theirs.mobile.0);
        Some(Command::MoveMember(MoveMember { person: **person, from, to: Mobile(to) }))
    }

    fn no_shows(&mut self) -> Option<Command> {
        let (_, _, session, _) = self.known_appointment()?;
        let of_session = self.witness.booked.iter().filter(|(_, (_, of, _))| *of == session);
        let appointments = of_session.map(|(id, _)| *id).collect();
        Some(Command::MarkNoShows(MarkNoShows { session, appointments }))
    }

    fn today(&self) -> Date {
        self.rig.engine.context(Draw::default()).today()
    }

    fn hasher(&self) -> &Hasher {
        self.rig.engine.codec.vault().hasher()
    }

    fn cancelled_session(&mut self) -> Command {
        let session = self.sessions.choose(&mut self.random).unwrap().clone();
        let cancelled = Session { state: SessionState::Cancelled, version: 2, ..session };
        Command::PublishSessions(PublishSessions { sessions: vec![cancelled], through: None })
    }

    /// Hears what was answered since.
    fn listen(&mut self) {
        for asked in &mut self.asked {
            if asked.answer.is_none()
                && let Some(answer) = asked.pending.answer()
            {
                asked.answer = Some(answer);
                self.transcript.push(format!("{answer:?}"));
                assert_eq!(asked.pending.settled().len(), 1, "settled once, before the answer");
                self.trail.hear(&asked.audit, &asked.command, answer);
                self.office.hear(&asked.command, answer);
                self.witness.hear(&asked.command, asked.once.as_ref(), answer);
            }
        }
    }

    fn free_seats(&self) -> BTreeMap<SessionKey, i64> {
        let mut free = BTreeMap::new();
        let each = |chunk: Vec<(Session, crate::records::Counters)>| {
            free.extend(chunk.iter().map(|(session, counters)| {
                (session.key(), i64::from(counters.tally(Channel::Online, Dose::First).free))
            }));
        };
        block_on(self.rig.reader().load_sessions(self.today(), each)).unwrap();
        free
    }

    /// Holds what was acknowledged against what is there. Returns how many doses were given.
    pub(super) fn verify(&mut self) -> usize {
        assert_eq!(self.rig.violations(), []);
        assert!(self.asked.iter().all(|asked| asked.answer.is_some()), "everybody was answered");
        self.trail.verify(&self.rig.engine);
        let doses = self.witness.doses.verify(&self.rig.engine);
        self.certificates = self.office.verify(&self.rig.reader());
        self.verify_projection();
        for id in self.witness.registered.keys() {
            let person = block_on(self.rig.reader().person(*id)).unwrap();
            assert!(person.is_some() || self.witness.deletion_asked.contains(id), "{id} is lost");
        }
        let stored = self.stored_appointments();
        for (id, (_, session, people)) in &self.witness.booked {
            let appointment = stored.get(id).unwrap_or_else(|| panic!("{id} is lost"));
            let who: Vec<_> = appointment.people.iter().map(|(person, _)| *person).collect();
            assert_eq!(who, *people);
            if !self.witness.change_asked.contains(id) {
                assert_eq!(appointment.session, *session);
                let seats = appointment.booked().count();
                assert!(seats == people.len() || !self.witness.doses.left_alone(people));
            }
        }
        for (id, person) in &self.witness.cancelled {
            let standing = stored[id].people.iter().find(|(who, _)| who == person).unwrap().1;
            assert_eq!(standing, Standing::Cancelled);
        }
        doses
    }

    /// Whoever follows the settlements knows the free seats, of days that are not over.
    fn verify_projection(&self) {
        let mut free = self.opened_with.clone();
        let mut add = |seats: crate::commands::SeatCount, sign: i64| {
            if seats.dose == Dose::First
                && let Some(free) = free.get_mut(&seats.session)
            {
                *free += sign * i64::from(seats.seats);
            }
        };
        for settled in self.asked.iter().flat_map(|asked| asked.pending.settled()) {
            match settled {
                Settled::Effective(Outcome::Booked { taken, .. }) => add(taken, -1),
                Settled::Effective(Outcome::Cancelled { freed } | Outcome::Declined { freed }) => {
                    add(freed, 1);
                }
                Settled::Effective(Outcome::Rescheduled { freed, taken }) => {
                    freed.into_iter().for_each(|freed| add(freed, 1));
                    taken.into_iter().for_each(|taken| add(taken, -1));
                }
                _ => {}
            }
        }
        let today = self.today();
        free.retain(|session, _| session.date >= today);
        assert_eq!(free, self.free_seats());
    }

    fn stored_appointments(&self) -> BTreeMap<AppointmentId, Appointment> {
        let version = block_on(self.store.read_version()).unwrap();
        let range = self.rig.engine.codec.layout().all(crate::keys::Kind::Appointment);
        let rows = block_on(self.store.scan(version, range, usize::MAX)).unwrap();
        let open = |(key, value): &(Vec<u8>, Vec<u8>)| {
            let (_, row) = self.rig.engine.open(key, value).unwrap();
            match row.unwrap() {
                crate::records::Row::Appointment(appointment) => (appointment.id, appointment),
                other => panic!("{other:?}"),
            }
        };
        rows.iter().map(open).collect()
    }
}

impl Witness {
    fn hear(&mut self, command: &Command, once: Option<&Once>, answer: Result<Outcome, Failure>) {
        if let Some(once) = once
            && is_recorded(answer)
        {
            let key = once.key.as_str().to_owned();
            let first = *self.recorded.entry(key).or_insert(answer);
            assert_eq!(first, answer, "the same key was answered twice in two ways");
        }
        self.doses.hear(answer);
        match (command, answer) {
            (Command::Register(register), Ok(Outcome::Registered(person))) => {
                self.registered.insert(person, (**register).clone());
            }
            (Command::Merge(merge), Ok(_)) => drop(self.registered.remove(&merge.other)),
            (Command::MoveMember(moved), Ok(_)) => {
                if let Some(theirs) = self.registered.get_mut(&moved.person) {
                    theirs.mobile = moved.to;
                }
            }
            (
                Command::DeleteBeneficiary(DeleteBeneficiary { person, .. })
                | Command::Erase(Erase { person, .. }),
                Ok(_),
            ) => {
                self.registered.remove(person);
            }
            (Command::Book(book), Ok(Outcome::Booked { appointment, taken })) => {
                let theirs = self.registered.get(&book.people[0]);
                let mobile = theirs.map_or(FIRST_MOBILE, |register| register.mobile.0);
                self.booked.insert(appointment, (mobile, taken.session, book.people.clone()));
            }
            (Command::Cancel(cancel), Ok(Outcome::Cancelled { .. })) => {
                let people = cancel.people.iter().map(|person| (cancel.appointment, *person));
                self.cancelled.extend(people);
            }
            (Command::Reschedule(moved), Ok(Outcome::Rescheduled { .. })) => {
                if let Some(known) = self.booked.get_mut(&moved.appointment) {
                    known.1 = moved.to;
                }
            }
            _ => {}
        }
    }
}
