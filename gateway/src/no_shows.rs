//! Marks those who did not come, once the day of their session is over.
//!
//! Once a day the appointments of the last few days are looked at, some thousands at a time. How far a round has come is
//! not kept: who is marked is left, so that a process that was stopped begins again, and several gateways can go round at
//! the same time. Each appointment that is marked leaves an entry in the audit.

use crate::chore::Chore;
use jiff::ToSpan;
use opencowin_ledger::audit::{Entry, Record, Who, Word};
use opencowin_ledger::commands::{Command, MarkNoShows, NO_SHOWS_AT_ONCE};
use opencowin_ledger::store::ReadError;
use opencowin_ledger::store::block_on::block_on;
use opencowin_ledger::{Ledger, Request};
use opencowin_model::{AppointmentId, Date, Pack, SessionKey};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often some appointments are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Appointments looked at together.
const TOGETHER: usize = 10_000;

/// How many days a round looks back: as long as a whole programme may have been down.
const DAYS: i64 = 3;

const ROLE: Word = Word::new("system");
const PURPOSE: Word = Word::new("no-show");

/// Looks for people who did not come.
pub struct NoShows {
    ledger: Arc<Ledger>,
    pack: Arc<Pack>,
    round: Mutex<Option<Round>>,
}

/// How far the round of a day has come.
struct Round {
    /// The day on which it is made.
    made_on: Date,
    /// The day whose appointments are looked at.
    day: Date,
    /// The last one looked at.
    after: Option<(SessionKey, AppointmentId)>,
}

impl NoShows {
    /// Goes round once a day.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn start(ledger: Arc<Ledger>, pack: Arc<Pack>) -> io::Result<Chore> {
        let no_shows = Self::new(ledger, pack);
        Chore::every(EVERY, "no-shows", move || no_shows.tick())
    }

    fn new(ledger: Arc<Ledger>, pack: Arc<Pack>) -> Self {
        Self { ledger, pack, round: Mutex::default() }
    }

    fn tick(&self) {
        let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        let today = self.ledger.clock().now().civil(self.pack.zone()).date();
        let begun = round.take().filter(|round| round.made_on == today);
        let round = round.insert(begun.unwrap_or_else(|| Round::new(today)));
        if round.day < today
            && let Err(error) = self.look(round)
        {
            tracing::warn!(%error, "who did not come cannot be read; trying again");
        }
    }

    /// Looks at the next appointments of the round.
    fn look(&self, round: &mut Round) -> Result<(), ReadError> {
        let (missed, next) = block_on(self.ledger.read().missed(round.day, round.after, TOGETHER))?;
        for (session, appointments) in missed {
            for some in appointments.chunks(NO_SHOWS_AT_ONCE) {
                self.mark(session, some);
            }
        }
        round.after = next;
        if next.is_none() {
            round.day = round.day.saturating_add(1.day());
        }
        Ok(())
    }

    fn mark(&self, session: SessionKey, appointments: &[AppointmentId]) {
        let now = self.ledger.clock().now();
        let entry = |id: &AppointmentId| {
            Entry::new(Who::System, ROLE, PURPOSE, now).about(Record::Appointment(*id))
        };
        let audit = appointments.iter().map(entry).collect();
        let mark = MarkNoShows { session, appointments: appointments.to_vec() };
        let command = Command::MarkNoShows(mark);
        if let Err(error) = block_on(self.ledger.submit(Request { audit, ..Request::of(command) }))
        {
            tracing::info!(session = %session.id, %error, "those who did not come are not marked yet");
        }
    }
}

impl Round {
    fn new(today: Date) -> Self {
        Self { made_on: today, day: today.saturating_sub(DAYS.days()), after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use opencowin_ledger::commands::{
        Book, Booker, Outcome, PublishCentres, PublishSessions, Register,
    };
    use opencowin_ledger::records::Standing;
    use opencowin_ledger::store::memory::Memory;
    use opencowin_ledger::vault::{IdNumber, Vault};
    use opencowin_ledger::{Environment, Pace, Parts};
    use opencowin_model::{
        AgeBand, BeneficiaryRef, Capacity, Centre, CentreId, Channel, Clock, DistrictId, Dose,
        FeeType, GenderId, Hours, IdTypeId, Mobile, Pincode, Position, Seats, Session, SessionId,
        SessionState, TimeOfDay, VaccineId,
    };

    const DAY: Date = Date::constant(2021, 5, 1);
    const ME: Mobile = Mobile(9_000_000_000);

    fn ledger(pack: &Pack) -> Ledger {
        use rand::{SeedableRng, rngs::StdRng};
        let text = Vault::generate(&mut StdRng::seed_from_u64(1));
        Ledger::open(Parts {
            store: Arc::new(Memory::default()),
            vault: Arc::new(Vault::parse(&text).unwrap()),
            environment: Environment::Sandbox,
            rules: pack.into(),
            clock: Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), pack.zone())),
            seed: [1; 32],
            pace: Pace::default(),
            queue: 100,
            sharing: None,
        })
        .unwrap()
    }

    fn run(ledger: &Ledger, command: Command) -> Outcome {
        block_on(ledger.run(command)).unwrap()
    }

    fn hours() -> Hours {
        Hours::new(TimeOfDay::new(9, 0).unwrap(), TimeOfDay::new(17, 0).unwrap()).unwrap()
    }

    fn centre() -> Centre {
        Centre {
            id: CentreId(7),
            name: "Health Post".to_owned(),
            address: "1 Station Road".to_owned(),
            block: "Not Applicable".to_owned(),
            district: DistrictId(140),
            pincode: Pincode(110_001),
            position: Position::new(28.6, 77.2).unwrap(),
            hours: hours(),
            fee_type: FeeType::Free,
            fees: Vec::new(),
        }
    }

    fn session() -> Session {
        Session {
            id: SessionId::from_random([1; 16]),
            centre: CentreId(7),
            date: DAY,
            hours: hours(),
            vaccine: VaccineId(0),
            age: AgeBand { min: 18, max: None },
            fee: 0,
            slots: vec![hours()],
            capacity: Capacity::new(Seats([5; 3]), Seats::default(), Seats::default()),
            walk_in_from: None,
            state: SessionState::Published,
            unsettled: None,
            version: 1,
        }
    }

    fn booked(ledger: &Ledger) -> BeneficiaryRef {
        let centres = vec![centre()];
        run(ledger, Command::PublishCentres(PublishCentres { centres }));
        let publish = PublishSessions { sessions: vec![session()], through: None };
        run(ledger, Command::PublishSessions(publish));
        let register = Register {
            mobile: ME,
            name: "Asha Rao".to_owned(),
            birth_year: 1970,
            gender: GenderId(2),
            id_type: IdTypeId(8),
            id_number: IdNumber::parse("N1").unwrap(),
            comorbidity: None,
            consent_version: "1".to_owned(),
            purpose: "vaccination".to_owned(),
            kept_until: None,
        };
        let registered = run(ledger, Command::Register(Box::new(register)));
        let Outcome::Registered(person) = registered else { panic!("{registered:?}") };
        let book = Book {
            by: Booker::Account(ledger.hasher().account(ME)),
            session: session().key(),
            slot: hours().slot_label().into(),
            channel: Channel::Online,
            dose: Dose::First,
            people: vec![person],
        };
        run(ledger, Command::Book(book));
        person
    }

    #[test]
    fn who_did_not_come_is_marked_when_the_day_is_over_and_not_before() {
        let pack = Arc::new(Pack::india().unwrap());
        let ledger = Arc::new(ledger(&pack));
        let person = booked(&ledger);
        let no_shows = NoShows::new(ledger.clone(), pack);
        let standing = || {
            let roster = block_on(ledger.read().roster(session().key(), None, 9)).unwrap();
            (roster.people[0].id, roster.people[0].standing)
        };
        let days = |count: usize| (0..count).for_each(|_| no_shows.tick());
        days(4);
        assert_eq!(standing(), (person, Standing::Booked));
        ledger.clock().advance(SignedDuration::from_hours(24));
        days(4);
        assert_eq!(standing(), (person, Standing::NoShow));
        block_on(ledger.check(|violation| panic!("{violation}"))).unwrap();
    }
}
