//! A small programme for tests: one centre, a two-dose and a one-dose vaccine, and people to be vaccinated.

use crate::commands::{
    Answer, Book, Cancel, Command, DeleteBeneficiary, IdempotencyKey, Once, Outcome, Refusal,
    Register, Reschedule,
};
use crate::records::{DoseTaken, Row};
use crate::rules::{Context, Rules};
use crate::vault::{AccountId, IdNumber, Vault};
use crate::view::{Known, Rows, Stop, View};
use crate::keys::Key;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use opencowin_model::pack::Vaccine;
use opencowin_model::{
    AgeBand, AppointmentId, BeneficiaryRef, Capacity, Centre, CentreId, Channel, Clock, Date,
    DistrictId, Dose, FeeType, GenderId, Hours, IdTypeId, Mobile, Pincode, Position, Seats,
    Session, SessionId, SessionKey, SessionState, TimeOfDay, Timestamp, VaccineId,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A vaccine of two doses, 28 days apart, with a precaution dose after 180 days.
pub(crate) const TWO_DOSES: VaccineId = VaccineId(0);
/// A vaccine of one dose, with a precaution dose after 90 days.
pub(crate) const ONE_DOSE: VaccineId = VaccineId(1);
pub(crate) const CENTRE: CentreId = CentreId(7);
pub(crate) const SLOT: &str = "09:00AM-11:00AM";
pub(crate) const OTHER_SLOT: &str = "11:00AM-01:00PM";
/// The day on which stories begin.
pub(crate) const TODAY: Date = date(2021, 5, 1);

pub(crate) fn vault() -> Vault {
    Vault::parse(&Vault::generate(&mut StdRng::seed_from_u64(1))).unwrap()
}

pub(crate) fn rules() -> Rules {
    let vaccine = |id, doses, second, precaution| Vaccine {
        id,
        name: format!("VACCINE {id}"),
        manufacturer: "Somebody".to_owned(),
        doses,
        second_after_days: second,
        precaution_after_days: Some(precaution),
    };
    Rules {
        zone: zone(),
        people_per_account: 4,
        vaccines: vec![vaccine(TWO_DOSES, 2, Some(28), 180), vaccine(ONE_DOSE, 1, None, 90)],
    }
}

pub(crate) fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap())
}

/// Eight in the morning of `day`, in the programme's zone.
pub(crate) fn morning(day: Date) -> Timestamp {
    at(day.at(8, 0, 0, 0))
}

pub(crate) fn at(time: DateTime) -> Timestamp {
    Clock::fixed_at(time, &zone()).now()
}

pub(crate) fn hours(from: u16, to: u16) -> Hours {
    Hours::new(TimeOfDay::new(from, 0).unwrap(), TimeOfDay::new(to, 0).unwrap()).unwrap()
}

pub(crate) fn centre() -> Centre {
    Centre {
        id: CENTRE,
        name: "Health Post".to_owned(),
        address: "1 Station Road".to_owned(),
        block: "Not Applicable".to_owned(),
        district: DistrictId(3),
        pincode: Pincode(110_001),
        position: Position::new(28.6, 77.2).unwrap(),
        hours: hours(9, 17),
        fee_type: FeeType::Paid,
        fees: vec![(TWO_DOSES, 250)],
    }
}

/// A session for adults with so many seats online for each dose, and one seat on the spot.
pub(crate) fn session(id: u128, day: Date, seats: u16) -> Session {
    Session {
        id: SessionId(Uuid::from_u128(id)),
        centre: CENTRE,
        date: day,
        hours: hours(9, 17),
        vaccine: TWO_DOSES,
        age: AgeBand { min: 18, max: None },
        fee: 250,
        slots: vec![hours(9, 11), hours(11, 13)],
        capacity: Capacity::new(Seats([seats; 3]), Seats([1; 3]), Seats::default()),
        state: SessionState::Published,
        version: 1,
    }
}

/// The registration of the `number`th person of a mobile number; everybody has another document.
pub(crate) fn registration(mobile: u64, number: u32) -> Register {
    Register {
        mobile: Mobile(mobile),
        name: format!("Person {number}"),
        birth_year: 1980,
        gender: GenderId(1),
        id_type: IdTypeId(1),
        id_number: IdNumber::parse(&format!("{mobile}-{number:04}")).unwrap(),
        comorbidity: None,
        consent_version: "1".to_owned(),
    }
}

pub(crate) fn booking(account: AccountId, session: SessionKey, people: &[BeneficiaryRef]) -> Book {
    Book {
        account,
        session,
        slot: SLOT.into(),
        channel: Channel::Online,
        dose: Dose::First,
        people: people.to_vec(),
    }
}

pub(crate) fn once(account: AccountId, key: &str, digest: u8) -> Once {
    let key = IdempotencyKey::parse(key).unwrap();
    Once { account, route: "schedule", key, digest: [digest; 32] }
}

/// A ledger without store and lane: commands are decided and applied one by one.
pub(crate) struct Story {
    pub(crate) rows: BTreeMap<Key, Row>,
    pub(crate) now: Timestamp,
    pub(crate) rules: Rules,
    pub(crate) vault: Vault,
    /// Rises with every command.
    draw: u128,
}

impl Rows for Story {
    fn row(&self, key: &Key) -> Known<'_> {
        self.rows.get(key).map_or(Known::Absent, Known::Present)
    }
}

impl Story {
    /// Has the centre and a session of `TODAY` and one of the day after, ten seats each.
    pub(crate) fn new() -> Self {
        let (rows, now) = (BTreeMap::new(), morning(TODAY));
        let mut story = Self { rows, now, rules: rules(), vault: vault(), draw: 1 };
        story.put(Key::Centre(CENTRE), Row::Centre(Box::new(centre())));
        story.publish(session(1, TODAY, 10));
        story.publish(session(2, TODAY.tomorrow().unwrap(), 10));
        story
    }

    /// The session of `TODAY`.
    pub(crate) fn today() -> SessionKey {
        session(1, TODAY, 10).key()
    }

    /// The session of the day after.
    pub(crate) fn tomorrow() -> SessionKey {
        session(2, TODAY.tomorrow().unwrap(), 10).key()
    }

    pub(crate) fn put(&mut self, key: Key, row: Row) {
        self.rows.insert(key, row);
    }

    pub(crate) fn publish(&mut self, session: Session) {
        self.put(Key::Session(session.key()), Row::Session(Box::new(session)));
    }

    pub(crate) fn account(&self, mobile: u64) -> AccountId {
        self.vault.hasher().account(Mobile(mobile))
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context::new(&self.rules, self.vault.hasher(), self.now, self.draw * 0x1_0001_0001_0001)
    }

    /// Decides and applies.
    pub(crate) fn run(&mut self, command: Command) -> Answer {
        self.draw += 1;
        let decision = command.decide(&mut View::new(&*self), &self.context());
        match decision {
            Ok(effects) => {
                self.apply(effects.writes);
                Ok(effects.outcome)
            }
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(stop) => panic!("all rows are there: {stop:?}"),
        }
    }

    pub(crate) fn apply(&mut self, writes: Vec<(Key, Option<Row>)>) {
        for (key, row) in writes {
            match row {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
    }

    pub(crate) fn register(&mut self, mobile: u64, number: u32) -> BeneficiaryRef {
        match self.run(Command::Register(Box::new(registration(mobile, number)))) {
            Ok(Outcome::Registered(person)) => person,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn book(&mut self, mobile: u64, session: SessionKey, people: &[BeneficiaryRef]) -> Answer {
        let book = booking(self.account(mobile), session, people);
        self.run(Command::Book(book))
    }

    pub(crate) fn booked(
        &mut self,
        mobile: u64,
        session: SessionKey,
        people: &[BeneficiaryRef],
    ) -> AppointmentId {
        match self.book(mobile, session, people) {
            Ok(Outcome::Booked { appointment, .. }) => appointment,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn cancel(
        &mut self,
        mobile: u64,
        appointment: AppointmentId,
        people: &[BeneficiaryRef],
    ) -> Answer {
        let account = self.account(mobile);
        self.run(Command::Cancel(Cancel { account, appointment, people: people.to_vec() }))
    }

    pub(crate) fn reschedule(
        &mut self,
        mobile: u64,
        appointment: AppointmentId,
        from: SessionKey,
        to: SessionKey,
        slot: &str,
    ) -> Answer {
        let account = self.account(mobile);
        let slot = slot.into();
        self.run(Command::Reschedule(Reschedule { account, appointment, from, to, slot }))
    }

    pub(crate) fn delete(&mut self, mobile: u64, person: BeneficiaryRef) -> Answer {
        let account = self.account(mobile);
        self.run(Command::DeleteBeneficiary(DeleteBeneficiary { account, person }))
    }

    /// Notes a dose as given.
    pub(crate) fn vaccinated(&mut self, who: BeneficiaryRef, dose: Dose, of: VaccineId, date: Date) {
        let Some(Row::Person(person)) = self.rows.get_mut(&Key::Person(who)) else {
            panic!("nobody is {who}")
        };
        person.doses.push(DoseTaken { dose, vaccine: of, date, centre: CENTRE });
    }

    /// Free and booked seats online for a dose.
    pub(crate) fn seats(&self, session: SessionKey, dose: Dose) -> (u16, u16) {
        match self.rows.get(&Key::Counters(session)) {
            Some(Row::Counters(counters)) => {
                let tally = counters.tally(Channel::Online, dose);
                (tally.free, tally.booked)
            }
            _ => panic!("nothing was sold"),
        }
    }
}

/// Expects a refusal.
pub(crate) fn refused(answer: Answer) -> Refusal {
    answer.expect_err("it should have been refused")
}
