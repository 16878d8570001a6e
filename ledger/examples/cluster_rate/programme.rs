//! What is booked: sessions of one centre, and the ledger that sells them.

use jiff::tz::TimeZone;
use opencowin_ledger::members::{Audience, News, OwnSeats, Sharing};
use opencowin_ledger::store::Store;
use opencowin_ledger::store::Version;
use opencowin_ledger::vault::Vault;
use opencowin_ledger::{Environment, Ledger, Pace, Parts, Rules};
use opencowin_model::pack::Vaccine;
use opencowin_model::{
    AgeBand, Capacity, Centre, CentreId, Clock, Date, DistrictId, FeeType, Hours, Pincode,
    Position, Seats, Session, SessionId, SessionKey, SessionState, TimeOfDay, VaccineId,
};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) const DAY: Date = Date::constant(2021, 5, 1);
pub(crate) const SLOT: &str = "09:00AM-05:00PM";

/// The rows that are meant.
pub(crate) const ENVIRONMENT: Environment = Environment::Sandbox;

/// Memory that nobody keeps.
struct NoAudience;

impl Audience for NoAudience {
    fn committed(&mut self, _: Version, _: &[OwnSeats]) {}
    fn heard(&mut self, _: &News) {}
    fn rejoined(&mut self) {}
}

/// Opens the ledger as one of several members, which follows the others.
pub(crate) fn ledger(store: Arc<dyn Store>, vault: Arc<Vault>) -> Ledger {
    let ledger = Ledger::open(Parts {
        store,
        vault,
        environment: ENVIRONMENT,
        rules: rules(),
        clock: clock(),
        seed: rand::random(),
        pace: Pace::default(),
        queue: 4096,
        sharing: Some(Sharing::new(Box::new(NoAudience))),
    });
    let ledger = ledger.unwrap();
    ledger.follow();
    ledger
}

pub(crate) fn clock() -> Arc<Clock> {
    Arc::new(Clock::fixed_at(DAY.at(8, 0, 0, 0), &TimeZone::UTC))
}

pub(crate) fn rules() -> Rules {
    Rules {
        zone: TimeZone::UTC,
        people_per_account: 4,
        vaccines: vec![Vaccine {
            id: VaccineId(0),
            name: "VACCINE".to_owned(),
            manufacturer: "Somebody".to_owned(),
            icd11: "XM68M6".to_owned(),
            doses: 2,
            second_after_days: Some(28),
            precaution_after_days: None,
            price_ceiling: None,
            doses_per_vial: 10,
        }],
        genders: Vec::new(),
        words: opencowin_ledger::rules::Words::default(),
    }
}

fn hours() -> Hours {
    Hours::new(TimeOfDay::new(9, 0).unwrap(), TimeOfDay::new(17, 0).unwrap()).unwrap()
}

pub(crate) fn centre() -> Centre {
    Centre {
        id: CentreId(1),
        name: "Centre".to_owned(),
        address: "Street".to_owned(),
        block: "Block".to_owned(),
        district: DistrictId(1),
        pincode: Pincode(110_001),
        position: Position::new(28.6, 77.2).unwrap(),
        hours: hours(),
        fee_type: FeeType::Free,
        fees: Vec::new(),
    }
}

/// The session with this number, which can be told beforehand.
pub(crate) fn session_key(number: usize) -> SessionKey {
    SessionKey { date: DAY, id: SessionId(Uuid::from_u128(number as u128)) }
}

pub(crate) fn session(number: usize, seats: u16) -> Session {
    let seats = Seats([seats, 0, 0]);
    Session {
        id: session_key(number).id,
        centre: CentreId(1),
        date: DAY,
        hours: hours(),
        vaccine: VaccineId(0),
        age: AgeBand { min: 18, max: None },
        fee: 0,
        slots: vec![hours()],
        capacity: Capacity::new(seats, Seats::default(), Seats::default()),
        walk_in_from: None,
        state: SessionState::Published,
        unsettled: None,
        version: 1,
    }
}
