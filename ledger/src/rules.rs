//! The rules of the programme that commands are decided by, and the moment at which they are.

use crate::vault::Hasher;
use jiff::civil;
use jiff::tz::TimeZone;
use opencowin_model::pack::Vaccine;
use opencowin_model::{
    Date, GenderGroup, GenderId, Pack, Session, SessionKey, TimeOfDay, Timestamp, VaccineId,
};
use uuid::Uuid;

/// What differs from country to country, as far as the ledger asks.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The time zone of dates and hours.
    pub zone: TimeZone,
    /// How many people one account may register.
    pub people_per_account: u8,
    /// Vaccines and their schedules, indexed by [`VaccineId`].
    pub vaccines: Vec<Vaccine>,
    /// As what each gender is counted; others are counted as such.
    pub genders: Vec<(GenderId, GenderGroup)>,
}

impl Rules {
    /// As what a gender is counted.
    pub fn gender_group(&self, id: GenderId) -> GenderGroup {
        let known = self.genders.iter().find(|(gender, _)| *gender == id);
        known.map_or(GenderGroup::Others, |(_, group)| *group)
    }

    /// The vaccine with this id.
    pub fn vaccine(&self, id: VaccineId) -> Option<&Vaccine> {
        self.vaccines.get(usize::from(id.0))
    }
}

impl From<&Pack> for Rules {
    fn from(pack: &Pack) -> Self {
        Self {
            zone: pack.zone().clone(),
            people_per_account: u8::try_from(pack.beneficiaries_per_account()).unwrap_or(u8::MAX),
            vaccines: pack.vaccines().to_vec(),
            genders: pack.genders().iter().map(|gender| (gender.id, gender.group)).collect(),
        }
    }
}

/// Everything besides rows that a decision may depend on. The same context and rows give the same decision.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The rules of the programme.
    pub rules: &'a Rules,
    /// The keyed hashes of look-ups.
    pub hasher: &'a Hasher,
    /// The moment of the decision.
    pub now: Timestamp,
    /// The same in the programme's zone.
    pub local: civil::DateTime,
    /// Random bits for the one id that a command may make; the same on every try of one attempt.
    pub draw: u128,
    /// Who else sells the same seats; `None` where nobody does.
    pub escrow: Option<Escrow<'a>>,
    /// Into which rows it counts; `None` as long as an older program that shares the ledger cannot read them.
    pub shard: Option<u8>,
}

/// What a member knows of those who sell the same seats as it does.
#[derive(Clone, Copy)]
pub struct Escrow<'a> {
    /// Itself.
    pub me: Uuid,
    /// Everybody who takes part, itself included, as last heard.
    pub members: &'a [Uuid],
    /// Whether it has a lease of a session, or should take one: others sell it too, and got in its way.
    pub leases: &'a dyn Fn(SessionKey) -> Leasing,
}

/// How a member sells a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leasing {
    /// It has, or may have, a lease.
    pub held: bool,
    /// It should take one, or a larger one.
    pub wanted: bool,
}

impl<'a> Context<'a> {
    /// The context of a decision at `now`.
    pub fn new(rules: &'a Rules, hasher: &'a Hasher, now: Timestamp, draw: u128) -> Self {
        Self {
            rules,
            hasher,
            now,
            local: now.civil(&rules.zone),
            draw,
            escrow: None,
            shard: Some(0),
        }
    }

    /// Whether everybody who takes part reads what came with schema 4.
    pub fn writes_schema_4(&self) -> bool {
        self.shard.is_some()
    }

    /// The date of the decision.
    pub fn today(&self) -> Date {
        self.local.date()
    }

    /// Whether a session can no longer be booked because its day is past, or today is its day and it has closed.
    pub fn is_over(&self, session: &Session) -> bool {
        let closed = || self.time_of_day() >= session.hours.to;
        session.date < self.today() || (session.date == self.today() && closed())
    }

    /// The time of the decision, in whole minutes.
    pub(crate) fn time_of_day(&self) -> TimeOfDay {
        let time = self.local.time();
        let minutes =
            u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        TimeOfDay::from_minutes(minutes).expect("invariant: a civil time is within its day")
    }
}
