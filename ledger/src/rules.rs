//! The rules of the programme that commands are decided by, and the moment at which they are.

use crate::commands::Refusal;
use crate::vault::Hasher;
use jiff::civil;
use jiff::tz::TimeZone;
use opencowin_model::pack::Vaccine;
use opencowin_model::{
    Date, GenderGroup, GenderId, IdTypeId, Pack, Session, SessionKey, TimeOfDay, Timestamp,
    VaccineId,
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
    /// The words for what else is known by a number.
    pub words: Words,
}

/// What certificates call things, in the country's default language.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Genders.
    pub genders: Vec<(GenderId, String)>,
    /// Kinds of identity documents.
    pub id_types: Vec<(IdTypeId, String)>,
}

impl Words {
    /// The word for a gender; its number if there is none.
    pub fn gender(&self, id: GenderId) -> String {
        word(&self.genders, id)
    }

    /// The word for a kind of identity document; its number if there is none.
    pub fn id_type(&self, id: IdTypeId) -> String {
        word(&self.id_types, id)
    }
}

fn word<T: Copy + PartialEq + ToString>(words: &[(T, String)], id: T) -> String {
    let known = words.iter().find(|(known, _)| *known == id);
    known.map_or_else(|| id.to_string(), |(_, word)| word.clone())
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
            words: Words {
                genders: pack.genders().iter().map(|g| (g.id, g.name.default.clone())).collect(),
                id_types: pack.id_types().iter().map(|t| (t.id, t.name.default.clone())).collect(),
            },
        }
    }
}

/// Random bits for one attempt to decide a command; the same on every try of it.
#[derive(Clone, Copy, Default)]
pub struct Draw {
    /// For the ids that it makes, which everybody may see.
    pub id: u128,
    /// For a key that it makes. Nothing that is stored elsewhere is made from it, so that a key that is destroyed is gone.
    pub secret: [u8; 32],
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
    /// Random bits for the one id that a command may make; the same on every try of one attempt. Others are made from it
    /// by [`another_id`](Self::another_id).
    pub draw: u128,
    /// Random bits for a key: see [`Draw::secret`].
    pub secret: [u8; 32],
    /// Who else sells the same seats; `None` where nobody does.
    pub escrow: Option<Escrow<'a>>,
    /// Into which rows it counts; `None` as long as an older program that shares the ledger cannot read them.
    pub shard: Option<u8>,
    /// Whether it writes what certificates are made from; not as long as an older program shares the ledger.
    pub certifies: bool,
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
    pub fn new(rules: &'a Rules, hasher: &'a Hasher, now: Timestamp, draw: Draw) -> Self {
        Self {
            rules,
            hasher,
            now,
            local: now.civil(&rules.zone),
            draw: draw.id,
            secret: draw.secret,
            escrow: None,
            shard: Some(0),
            certifies: true,
        }
    }

    /// Whether everybody who takes part reads what came with schema 4.
    pub fn writes_schema_4(&self) -> bool {
        self.shard.is_some()
    }

    /// Refuses what came with schema 4 as long as not everybody who takes part reads it.
    pub(crate) fn requires_schema_4(&self) -> Result<(), Refusal> {
        if self.writes_schema_4() { Ok(()) } else { Err(Refusal::OlderProgram) }
    }

    /// Random bits for a further id, of which a command makes `number` before.
    pub(crate) fn another_id(&self, number: usize) -> [u8; 16] {
        self.draw.wrapping_add(number as u128).to_be_bytes()
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
