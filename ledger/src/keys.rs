//! Where each row lies: the one place that knows the layout of keys.
//!
//! A key is a tuple in FoundationDB's encoding (order-preserving, self-delimiting), so that any of its tools can read
//! it: the environment's name, the number of the kind, and the fields named below.
//!
//! | kind | row | fields |
//! |---|---|---|
//! | 1 | meta | number of the [`Meta`] row |
//! | 2 | centre | centre id |
//! | 3 | session definition | date, session id |
//! | 4 | session counters | date, session id |
//! | 5 | account | account id |
//! | 6 | person, personal | reference id |
//! | 7 | person, state | reference id |
//! | 8 | id document | keyed hash |
//! | 9 | appointment | date, session id, appointment id |
//! | 10 | command record | day bucket, account id, keyed hash of route and key |
//! | 12 | member, the fence of a running gateway | incarnation |
//! | 13 | heartbeat | incarnation |
//! | 14 | lease of seats | incarnation, date, session id |
//! | 15 | lane trace | incarnation |
//! | 16 | feed entry | incarnation, number of the group, part |
//! | 17 | document | shelf, id |
//! | 18 | usage of an API key | day, key id, gateway |
//! | 19 | attempts at a one-time password | day on which it expires, transaction |
//! | 20 | audit batch | chain (the incarnation of its lane), number |
//! | 21 | audit head | number; 0 is a copy of the newest |
//! | 22 | event | date of the dose, event id |
//! | 23 | event of a batch | vaccine, batch, date of the dose, event id |
//!
//! Dates and day buckets are the integer `YYYYMMDD`. Numbers of kinds are never reused; 11 was the lane trace of
//! [schema](crate::records::SCHEMA) 1.

use crate::records::EventKey;
use crate::vault::{AccountId, CommandHash, IdHash};
use foundationdb_tuple::{Element, TuplePack, TupleUnpack};
use opencowin_model::{
    AppointmentId, Batch, BeneficiaryRef, CentreId, Date, EventId, SessionId, SessionKey, VaccineId,
};
use std::ops::{Range, RangeInclusive};
use uuid::Uuid;

/// Which of the two worlds a row belongs to. They share nothing, not even in one data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Real people and real seats.
    Production,
    /// For trying things out.
    Sandbox,
}

impl Environment {
    /// The first field of every key: `production` or `sandbox`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }
}

/// Rows of which there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meta {
    /// Which layout of keys and records the store has.
    SchemaVersion = 1,
    /// Proves that the vault's keys are those that the store was made with.
    KeyCheck = 2,
    /// How far a sandbox's clock has been moved forward.
    ClockAhead = 3,
    /// The last day for which the programme has published sessions.
    PublishedThrough = 4,
    /// How far an unfinished import into this environment has come; nobody serves from it meanwhile.
    Import = 5,
    /// Changes when the store's past changes, as it does when a backup is restored.
    Generation = 6,
}

impl Meta {
    const ALL: [Self; 6] = [
        Self::SchemaVersion,
        Self::KeyCheck,
        Self::ClockAhead,
        Self::PublishedThrough,
        Self::Import,
        Self::Generation,
    ];

    /// The row with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|meta| *meta as i64 == number)
    }
}

/// Where documents of one kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Organisations whose applications call the API.
    Partners = 1,
    /// API keys, by their keyed hash.
    Keys = 2,
    /// Officials and staff, by the account of their mobile number.
    Officials = 3,
    /// Keys, organisations, addresses and numbers that are shut out.
    Blocks = 4,
    /// Settings that are changed while the server runs.
    Settings = 5,
}

impl Shelf {
    /// All shelves.
    pub const ALL: [Self; 5] =
        [Self::Partners, Self::Keys, Self::Officials, Self::Blocks, Self::Settings];

    /// The shelf with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| *shelf as i64 == number)
    }
}

/// Names one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A row of which there is one.
    Meta(Meta),
    /// A centre.
    Centre(CentreId),
    /// A session's definition.
    Session(SessionKey),
    /// A session's counters; absent as long as nothing has been sold.
    Counters(SessionKey),
    /// The people of one mobile number.
    Account(AccountId),
    /// What a person told about themselves, written once.
    Personal(BeneficiaryRef),
    /// A person's doses and appointments.
    Person(BeneficiaryRef),
    /// Whose identity document this is.
    IdDocument(IdHash),
    /// An appointment.
    Appointment(SessionKey, AppointmentId),
    /// What an idempotency key was answered, by the day on which it was.
    Command(Date, AccountId, CommandHash),
    /// A process that takes part; its lane commits nothing once this row is gone.
    Member(Uuid),
    /// How often a member has said that it is alive.
    Heartbeat(Uuid),
    /// Seats of a session that one member alone may sell.
    Lease(Uuid, SessionKey),
    /// The last group that a lane committed.
    Trace(Uuid),
    /// Which rows a lane's group changed, in as many parts as it takes.
    Feed(Uuid, u64, u16),
    /// A document, of which the ledger knows the version only.
    Document(Shelf, Uuid),
    /// What an API key was used for on a day, as counted by one gateway.
    Usage(Date, Uuid, Uuid),
    /// How often a one-time password was tried, by the day on which it expires (UTC).
    Attempts(Date, Uuid),
    /// A link of a lane's audit chain.
    AuditBatch(Uuid, u64),
    /// Where the audit's chains stood.
    AuditHead(u64),
    /// A vaccination event.
    Event(EventKey),
    /// A dose that was given out of a batch, by the event that holds for it.
    Recipient(VaccineId, Batch, EventKey),
}

/// The kinds of rows, with the numbers that keys begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Key::Meta`]
    Meta = 1,
    /// [`Key::Centre`]
    Centre = 2,
    /// [`Key::Session`]
    Session = 3,
    /// [`Key::Counters`]
    Counters = 4,
    /// [`Key::Account`]
    Account = 5,
    /// [`Key::Personal`]
    Personal = 6,
    /// [`Key::Person`]
    Person = 7,
    /// [`Key::IdDocument`]
    IdDocument = 8,
    /// [`Key::Appointment`]
    Appointment = 9,
    /// [`Key::Command`]
    Command = 10,
    /// [`Key::Member`]
    Member = 12,
    /// [`Key::Heartbeat`]
    Heartbeat = 13,
    /// [`Key::Lease`]
    Lease = 14,
    /// [`Key::Trace`]
    Trace = 15,
    /// [`Key::Feed`]
    Feed = 16,
    /// [`Key::Document`]
    Document = 17,
    /// [`Key::Usage`]
    Usage = 18,
    /// [`Key::Attempts`]
    Attempts = 19,
    /// [`Key::AuditBatch`]
    AuditBatch = 20,
    /// [`Key::AuditHead`]
    AuditHead = 21,
    /// [`Key::Event`]
    Event = 22,
    /// [`Key::Recipient`]
    Recipient = 23,
}

/// Turns [`Key`]s of one environment into bytes and back.
#[derive(Clone, Debug)]
pub struct Layout {
    prefix: Vec<u8>,
}

impl Layout {
    /// The layout of one environment.
    pub fn new(environment: Environment) -> Self {
        Self { prefix: (environment.name(),).pack_to_vec() }
    }

    /// The bytes under which the row is stored.
    pub fn encode(&self, key: &Key) -> Vec<u8> {
        match *key {
            Key::Meta(meta) => self.pack(Kind::Meta, &(meta as u16,)),
            Key::Centre(id) => self.pack(Kind::Centre, &(id.0,)),
            Key::Session(key) => self.pack(Kind::Session, &(number(key.date), key.id.0)),
            Key::Counters(key) => self.pack(Kind::Counters, &(number(key.date), key.id.0)),
            Key::Account(id) => self.pack(Kind::Account, &(id.as_uuid(),)),
            Key::Personal(person) => self.pack(Kind::Personal, &(person.get(),)),
            Key::Person(person) => self.pack(Kind::Person, &(person.get(),)),
            Key::IdDocument(hash) => self.pack(Kind::IdDocument, &(hash.as_uuid(),)),
            Key::Appointment(key, id) => {
                self.pack(Kind::Appointment, &(number(key.date), key.id.0, id.0))
            }
            Key::Command(day, account, hash) => {
                self.pack(Kind::Command, &(number(day), account.as_uuid(), hash.as_uuid()))
            }
            Key::Member(id) => self.pack(Kind::Member, &(id,)),
            Key::Heartbeat(id) => self.pack(Kind::Heartbeat, &(id,)),
            Key::Lease(holder, key) => {
                self.pack(Kind::Lease, &(holder, number(key.date), key.id.0))
            }
            Key::Trace(lane) => self.pack(Kind::Trace, &(lane,)),
            Key::Feed(lane, group, part) => self.pack(Kind::Feed, &(lane, group, part)),
            Key::Document(shelf, id) => self.pack(Kind::Document, &(shelf as u16, id)),
            Key::Usage(day, key, gateway) => self.pack(Kind::Usage, &(number(day), key, gateway)),
            Key::Attempts(day, id) => self.pack(Kind::Attempts, &(number(day), id)),
            Key::AuditBatch(chain, number) => self.pack(Kind::AuditBatch, &(chain, number)),
            Key::AuditHead(number) => self.pack(Kind::AuditHead, &(number,)),
            Key::Event(key) => self.pack(Kind::Event, &(number(key.date), key.id.0)),
            Key::Recipient(vaccine, batch, key) => self.pack(
                Kind::Recipient,
                &(u16::from(vaccine.0), batch.as_str(), number(key.date), key.id.0),
            ),
        }
    }

    /// The range that holds this row alone, as conflicts are declared.
    pub fn single(&self, key: &Key) -> Range<Vec<u8>> {
        let start = self.encode(key);
        let mut end = Vec::with_capacity(start.len() + 1);
        end.extend_from_slice(&start);
        end.push(0);
        start..end
    }

    /// The row that these bytes name; `None` if they are not of this layout.
    pub fn decode(&self, bytes: &[u8]) -> Option<Key> {
        use Element::{Int, String as Text, Uuid as Id};
        let fields = Vec::<Element<'_>>::unpack_root(bytes.strip_prefix(&self.prefix[..])?).ok()?;
        Some(match fields[..] {
            [Int(1), Int(meta)] => Key::Meta(Meta::from_number(meta)?),
            [Int(2), Int(id)] => Key::Centre(CentreId(id.try_into().ok()?)),
            [Int(3), Int(day), Id(id)] => Key::Session(session(day, id)?),
            [Int(4), Int(day), Id(id)] => Key::Counters(session(day, id)?),
            [Int(5), Id(id)] => Key::Account(AccountId::from_uuid(id)),
            [Int(6), Int(person)] => Key::Personal(reference(person)?),
            [Int(7), Int(person)] => Key::Person(reference(person)?),
            [Int(8), Id(hash)] => Key::IdDocument(IdHash::from_uuid(hash)),
            [Int(9), Int(day), Id(id), Id(appointment)] => {
                Key::Appointment(session(day, id)?, AppointmentId(appointment))
            }
            [Int(10), Int(day), Id(account), Id(hash)] => Key::Command(
                date(day)?,
                AccountId::from_uuid(account),
                CommandHash::from_uuid(hash),
            ),
            [Int(12), Id(member)] => Key::Member(member),
            [Int(13), Id(member)] => Key::Heartbeat(member),
            [Int(14), Id(holder), Int(day), Id(id)] => Key::Lease(holder, session(day, id)?),
            [Int(15), Id(lane)] => Key::Trace(lane),
            [Int(16), Id(lane), Int(group), Int(part)] => {
                Key::Feed(lane, group.try_into().ok()?, part.try_into().ok()?)
            }
            [Int(17), Int(shelf), Id(id)] => Key::Document(Shelf::from_number(shelf)?, id),
            [Int(18), Int(day), Id(key), Id(gateway)] => Key::Usage(date(day)?, key, gateway),
            [Int(19), Int(day), Id(id)] => Key::Attempts(date(day)?, id),
            [Int(20), Id(chain), Int(number)] => Key::AuditBatch(chain, number.try_into().ok()?),
            [Int(21), Int(number)] => Key::AuditHead(number.try_into().ok()?),
            [Int(22), Int(day), Id(id)] => Key::Event(event(day, id)?),
            [Int(23), Int(vaccine), Text(ref batch), Int(day), Id(id)] => {
                let vaccine = VaccineId(vaccine.try_into().ok()?);
                let spelt = Batch::parse(batch).filter(|parsed| parsed.as_str() == batch);
                Key::Recipient(vaccine, spelt?, event(day, id)?)
            }
            _ => return None,
        })
    }

    /// All rows of the environment.
    pub fn everything(&self) -> Range<Vec<u8>> {
        below(&self.prefix)
    }

    /// All rows of a kind.
    pub fn all(&self, kind: Kind) -> Range<Vec<u8>> {
        below(&self.pack(kind, &()))
    }

    /// Session definitions from a day on, by date and id.
    pub fn sessions_from(&self, day: Date) -> Range<Vec<u8>> {
        self.pack(Kind::Session, &(number(day),))..self.all(Kind::Session).end
    }

    /// Rows of a kind that lies by session (definitions, counters, appointments): those of the sessions after one up to
    /// and including another; from the first where there is no one before, to the last where there is no end.
    pub fn by_session(
        &self,
        kind: Kind,
        after: Option<SessionKey>,
        upto: Option<SessionKey>,
    ) -> Range<Vec<u8>> {
        let fields = |key: SessionKey| (number(key.date), key.id.0);
        self.span(kind, after.map(fields), upto.map(fields))
    }

    /// The appointments of the sessions of a day, after one of them or from the first.
    pub fn appointments_on(
        &self,
        day: Date,
        after: Option<(SessionKey, AppointmentId)>,
    ) -> Range<Vec<u8>> {
        let all = below(&self.pack(Kind::Appointment, &(number(day),)));
        let after = after.map(|(session, id)| self.single(&Key::Appointment(session, id)).end);
        after.unwrap_or(all.start)..all.end
    }

    /// The doses given out of a batch, after one of them or from the first, by the day on which they were given.
    pub fn recipients(
        &self,
        vaccine: VaccineId,
        batch: Batch,
        after: Option<EventKey>,
    ) -> Range<Vec<u8>> {
        let all = below(&self.pack(Kind::Recipient, &(u16::from(vaccine.0), batch.as_str())));
        let after = after.map(|key| self.single(&Key::Recipient(vaccine, batch, key)).end);
        after.unwrap_or(all.start)..all.end
    }

    /// Rows of a kind that lies by person (personal, state), as in [`by_session`](Self::by_session).
    pub fn by_person(
        &self,
        kind: Kind,
        after: Option<BeneficiaryRef>,
        upto: Option<BeneficiaryRef>,
    ) -> Range<Vec<u8>> {
        self.span(kind, after.map(|person| (person.get(),)), upto.map(|person| (person.get(),)))
    }

    /// Command records of the days before `day`.
    pub fn commands_before(&self, day: Date) -> Range<Vec<u8>> {
        self.all(Kind::Command).start..self.pack(Kind::Command, &(number(day),))
    }

    /// Attempts at passwords that expired before `day`.
    pub fn attempts_before(&self, day: Date) -> Range<Vec<u8>> {
        self.all(Kind::Attempts).start..self.pack(Kind::Attempts, &(number(day),))
    }

    /// The documents of a shelf.
    pub fn shelf(&self, shelf: Shelf) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Document, &(shelf as u16,)))
    }

    /// The use of all keys on the days from one to another, both included.
    pub fn usage(&self, from: Date, to: Date) -> Range<Vec<u8>> {
        self.pack(Kind::Usage, &(number(from),))..below(&self.pack(Kind::Usage, &(number(to),))).end
    }

    /// Leases of one member.
    pub fn leases_of(&self, holder: Uuid) -> Range<Vec<u8>> {
        below(&self.pack(Kind::Lease, &(holder,)))
    }

    /// Feed entries of one lane from one group up to but not including another.
    pub fn feed_of(&self, lane: Uuid, groups: Range<u64>) -> Range<Vec<u8>> {
        self.pack(Kind::Feed, &(lane, groups.start))..self.pack(Kind::Feed, &(lane, groups.end))
    }

    /// Batches of one chain from one number up to and including another.
    pub fn batches_of(&self, chain: Uuid, numbers: RangeInclusive<u64>) -> Range<Vec<u8>> {
        let start = self.pack(Kind::AuditBatch, &(chain, *numbers.start()));
        start..below(&self.pack(Kind::AuditBatch, &(chain, *numbers.end()))).end
    }

    /// Audit heads from this number on.
    pub fn heads_from(&self, number: u64) -> Range<Vec<u8>> {
        self.pack(Kind::AuditHead, &(number,))..self.all(Kind::AuditHead).end
    }

    /// Members and their heartbeats, which lie side by side.
    pub fn membership(&self) -> Range<Vec<u8>> {
        self.all(Kind::Member).start..self.all(Kind::Heartbeat).end
    }

    /// Where lane traces lay in schema 1.
    pub(crate) fn traces_of_schema_1(&self) -> Range<Vec<u8>> {
        let mut prefix = self.prefix.clone();
        11_u16.pack_into_vec(&mut prefix);
        below(&prefix)
    }

    fn span<T: TuplePack>(&self, kind: Kind, after: Option<T>, upto: Option<T>) -> Range<Vec<u8>> {
        let all = self.all(kind);
        let end_of = |fields: T| below(&self.pack(kind, &fields)).end;
        after.map_or(all.start, end_of)..upto.map_or(all.end, end_of)
    }

    fn pack(&self, kind: Kind, fields: &impl TuplePack) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.prefix.len() + 48);
        bytes.extend_from_slice(&self.prefix);
        (kind as u16).pack_into_vec(&mut bytes);
        fields.pack_into_vec(&mut bytes);
        bytes
    }
}

/// The keys that extend the tuple `bytes`. No element's encoding starts with 0xFF.
fn below(bytes: &[u8]) -> Range<Vec<u8>> {
    let mut end = bytes.to_vec();
    end.push(0xFF);
    bytes.to_vec()..end
}

fn number(date: Date) -> i32 {
    i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day())
}

fn date(number: i64) -> Option<Date> {
    let year = i16::try_from(number / 10_000).ok()?;
    Date::new(year, (number / 100 % 100) as i8, (number % 100) as i8).ok()
}

fn event(day: i64, id: Uuid) -> Option<EventKey> {
    Some(EventKey { date: date(day)?, id: EventId(id) })
}

fn session(day: i64, id: Uuid) -> Option<SessionKey> {
    Some(SessionKey { date: date(day)?, id: SessionId(id) })
}

fn reference(number: i64) -> Option<BeneficiaryRef> {
    BeneficiaryRef::new(u64::try_from(number).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day() -> impl Strategy<Value = Date> {
        (2020i16..2100, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
    }

    fn uuid() -> impl Strategy<Value = Uuid> {
        any::<[u8; 16]>().prop_map(Uuid::from_bytes)
    }

    fn session_key() -> impl Strategy<Value = SessionKey> {
        (day(), uuid()).prop_map(|(date, id)| SessionKey { date, id: SessionId(id) })
    }

    fn event_key() -> impl Strategy<Value = EventKey> {
        (day(), uuid()).prop_map(|(date, id)| EventKey { date, id: EventId(id) })
    }

    fn person() -> impl Strategy<Value = BeneficiaryRef> {
        BeneficiaryRef::RANGE.prop_map(|number| BeneficiaryRef::new(number).unwrap())
    }

    const KINDS: [Kind; 22] = [
        Kind::Meta,
        Kind::Centre,
        Kind::Session,
        Kind::Counters,
        Kind::Account,
        Kind::Personal,
        Kind::Person,
        Kind::IdDocument,
        Kind::Appointment,
        Kind::Command,
        Kind::Member,
        Kind::Heartbeat,
        Kind::Lease,
        Kind::Trace,
        Kind::Feed,
        Kind::Document,
        Kind::Usage,
        Kind::Attempts,
        Kind::AuditBatch,
        Kind::AuditHead,
        Kind::Event,
        Kind::Recipient,
    ];

    fn any_key() -> impl Strategy<Value = Key> {
        prop_oneof![
            (0usize..Meta::ALL.len()).prop_map(|at| Key::Meta(Meta::ALL[at])),
            any::<u32>().prop_map(|id| Key::Centre(CentreId(id))),
            session_key().prop_map(Key::Session),
            session_key().prop_map(Key::Counters),
            uuid().prop_map(|id| Key::Account(AccountId::from_uuid(id))),
            person().prop_map(Key::Personal),
            person().prop_map(Key::Person),
            uuid().prop_map(|id| Key::IdDocument(IdHash::from_uuid(id))),
            (session_key(), uuid()).prop_map(|(key, id)| Key::Appointment(key, AppointmentId(id))),
            (day(), uuid(), uuid()).prop_map(|(day, account, hash)| {
                Key::Command(day, AccountId::from_uuid(account), CommandHash::from_uuid(hash))
            }),
            uuid().prop_map(Key::Member),
            uuid().prop_map(Key::Heartbeat),
            (uuid(), session_key()).prop_map(|(holder, key)| Key::Lease(holder, key)),
            uuid().prop_map(Key::Trace),
            (uuid(), 0..=i64::MAX as u64, any::<u16>())
                .prop_map(|(lane, group, part)| Key::Feed(lane, group, part)),
            (0usize..Shelf::ALL.len(), uuid())
                .prop_map(|(at, id)| Key::Document(Shelf::ALL[at], id)),
            (day(), uuid(), uuid()).prop_map(|(day, key, gateway)| Key::Usage(day, key, gateway)),
            (day(), uuid()).prop_map(|(day, id)| Key::Attempts(day, id)),
            (uuid(), 0..=i64::MAX as u64)
                .prop_map(|(chain, number)| Key::AuditBatch(chain, number)),
            (0..=i64::MAX as u64).prop_map(Key::AuditHead),
            event_key().prop_map(Key::Event),
            (any::<u8>(), "[A-Z0-9/-]{1,20}", event_key()).prop_map(|(vaccine, batch, key)| {
                Key::Recipient(VaccineId(vaccine), Batch::parse(&batch).unwrap(), key)
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back_and_keeps_its_order(one in any_key(), two in any_key()) {
            let layout = Layout::new(Environment::Sandbox);
            let (a, b) = (layout.encode(&one), layout.encode(&two));
            prop_assert_eq!(layout.decode(&a), Some(one));
            prop_assert_eq!(a.cmp(&b), one.cmp(&two), "scans go in the order of the types");
            prop_assert!(layout.everything().contains(&a));
            let same_kind = std::mem::discriminant(&one) == std::mem::discriminant(&two);
            let holding = KINDS.into_iter().filter(|kind| layout.all(*kind).contains(&a));
            let holding: Vec<_> = holding.collect();
            prop_assert_eq!(holding.len(), 1, "a row is of one kind");
            prop_assert_eq!(layout.all(holding[0]).contains(&b), same_kind);
        }

        #[test]
        fn bytes_of_anything_else_are_no_key(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let layout = Layout::new(Environment::Production);
            prop_assert_eq!(layout.decode(&bytes), None);
            let mut bytes = [&layout.prefix[..], &bytes].concat();
            bytes.truncate(80);
            let _ = layout.decode(&bytes);
        }
    }

    #[test]
    fn the_environments_share_no_key() {
        let production = Layout::new(Environment::Production);
        let sandbox = Layout::new(Environment::Sandbox);
        let key = sandbox.encode(&Key::Centre(CentreId(1)));
        assert_eq!(production.decode(&key), None);
        assert!(!production.everything().contains(&key));
    }

    #[test]
    fn a_days_sessions_and_a_sessions_appointments_lie_together() {
        let layout = Layout::new(Environment::Sandbox);
        let (early, late) = (Date::constant(2021, 4, 30), Date::constant(2021, 5, 1));
        let key = |date| SessionKey { date, id: SessionId(Uuid::max()) };
        let from_late = layout.sessions_from(late);
        assert!(!from_late.contains(&layout.encode(&Key::Session(key(early)))));
        assert!(from_late.contains(&layout.encode(&Key::Session(key(late)))));
        assert!(!from_late.contains(&layout.encode(&Key::Counters(key(late)))));
        let id = AppointmentId(Uuid::max());
        let appointment = |date| layout.encode(&Key::Appointment(key(date), id));
        let of_early = layout.by_session(Kind::Appointment, None, Some(key(early)));
        let of_others = layout.by_session(Kind::Appointment, Some(key(early)), None);
        assert!(of_early.contains(&appointment(early)) && !of_early.contains(&appointment(late)));
        assert!(of_others.contains(&appointment(late)) && !of_others.contains(&appointment(early)));
    }

    #[test]
    fn what_belongs_to_one_lane_or_member_lies_together() {
        let layout = Layout::new(Environment::Sandbox);
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let feed = layout.feed_of(one, 3..5);
        let entries = [(one, 3), (one, 4), (one, 2), (one, 5), (two, 3)];
        let held =
            entries.map(|(lane, group)| feed.contains(&layout.encode(&Key::Feed(lane, group, 1))));
        assert_eq!(held, [true, true, false, false, false]);
        let key = SessionKey { date: Date::constant(2021, 5, 1), id: SessionId(Uuid::max()) };
        let lease = |holder| layout.encode(&Key::Lease(holder, key));
        assert!(layout.leases_of(one).contains(&lease(one)));
        assert!(!layout.leases_of(one).contains(&lease(two)));
        for key in [Key::Member(Uuid::max()), Key::Heartbeat(Uuid::nil())] {
            assert!(layout.membership().contains(&layout.encode(&key)));
        }
        assert!(!layout.membership().contains(&lease(one)));
    }

    #[test]
    fn old_buckets_end_where_the_day_begins() {
        let layout = Layout::new(Environment::Sandbox);
        let day = Date::constant(2021, 5, 1);
        let record = |day| {
            let (account, hash) = (AccountId::from_uuid(Uuid::nil()), Uuid::nil());
            layout.encode(&Key::Command(day, account, CommandHash::from_uuid(hash)))
        };
        assert!(layout.commands_before(day).contains(&record(Date::constant(2021, 4, 30))));
        assert!(!layout.commands_before(day).contains(&record(day)));
    }
}
