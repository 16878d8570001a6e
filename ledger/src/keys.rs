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
//! | 24 | stock | centre id, vaccine, batch |
//! | 25 | stock movement | centre id, moment in milliseconds, id |
//! | 26 | figures of a day | date, district, shard |
//! | 27 | figures of all days | district, shard |
//! | 28 | report of an adverse event (AEFI) | centre id, date of the dose, event id, report id |
//! | 29 | outbox | queue, job id |
//! | 30 | sites of a day | date, district, shard |
//! | 31 | signals of a batch | vaccine, batch, shard |
//! | 32 | key of a person | reference id |
//! | 33 | holder, what an event means by its commitment | date of the dose, event id |
//! | 34 | certificate, what is known of it | certificate id |
//! | 35 | certificate as it was signed | certificate id |
//! | 36 | certificates of an event in one form | date of the dose, event id, number of the [`Form`] |
//! | 37 | bits of a status list | list, part |
//! | 38 | lines that wait for their places in the transparency log | id |
//! | 39 | line of the transparency log | place |
//! | 40 | head of the transparency log | size; 0 is a copy of the newest |
//! | 41 | shared link | keyed hash |
//! | 42 | shared links of a person | reference id |
//!
//! Dates and day buckets are the integer `YYYYMMDD`. Numbers of kinds are never reused; 11 was the lane trace of
//! [schema](crate::records::SCHEMA) 1.

mod ranges;

use crate::records::{AefiKey, EventKey, Form};
use crate::vault::{AccountId, CommandHash, IdHash, ShareHash};
use foundationdb_tuple::{Element, TuplePack, TupleUnpack};
use opencowin_model::{
    AefiId, AppointmentId, Batch, BeneficiaryRef, CentreId, CertificateId, Date, DistrictId,
    EventId, SessionId, SessionKey, Timestamp, VaccineId,
};
use std::ops::Range;
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
    /// Which layout the store was founded with: what came with it, or before, has been written from the beginning. Stores
    /// that were founded before schema 4 have no such row.
    Founded = 7,
    /// How many entries of status lists were handed out.
    StatusNext = 8,
    /// How many lines the transparency log has.
    LogSize = 9,
}

impl Meta {
    const ALL: [Self; 9] = [
        Self::SchemaVersion,
        Self::KeyCheck,
        Self::ClockAhead,
        Self::PublishedThrough,
        Self::Import,
        Self::Generation,
        Self::Founded,
        Self::StatusNext,
        Self::LogSize,
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
    /// Facilities that hold sessions, or have asked to.
    Facilities = 6,
    /// Sessions that are not published yet, and weekly templates for such.
    Drafts = 7,
}

impl Shelf {
    /// All shelves.
    pub const ALL: [Self; 7] = [
        Self::Partners,
        Self::Keys,
        Self::Officials,
        Self::Blocks,
        Self::Settings,
        Self::Facilities,
        Self::Drafts,
    ];

    /// The shelf with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| *shelf as i64 == number)
    }
}

/// For whom jobs wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// The safety system, which adverse events are handed over to.
    Safety = 1,
    /// Whoever signs certificates.
    Certificates = 2,
}

impl Queue {
    const ALL: [Self; 2] = [Self::Safety, Self::Certificates];

    /// The queue with this number.
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| *queue as i64 == number)
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
    /// What a centre has of a batch.
    Stock(CentreId, VaccineId, Batch),
    /// What came to a centre's stock, or went from it but into people.
    Movement(CentreId, Timestamp, Uuid),
    /// What one member counted of a day in a district; district 0 stands for what has none.
    Figures(Date, DistrictId, u8),
    /// The same of all days together.
    AllFigures(DistrictId, u8),
    /// A report of an adverse event after a vaccination.
    Aefi(AefiKey),
    /// A job for somebody outside; ids rise with time.
    Outbox(Queue, Uuid),
    /// Which centres hold sessions on a day, as one member counted them.
    Sites(Date, DistrictId, u8),
    /// What one member counted of a batch.
    Signals(VaccineId, Batch, u8),
    /// The key under which lies what certificates say of a person.
    PersonKey(BeneficiaryRef),
    /// What an event means by its commitment.
    Holder(EventKey),
    /// What is known of a certificate.
    Certificate(CertificateId),
    /// A certificate as it was signed.
    Signed(CertificateId),
    /// The certificates of an event in one form.
    Issued(EventKey, Form),
    /// A part of a status list.
    StatusBits(u32, u16),
    /// Lines of one command that wait for their places in the transparency log; ids rise with time.
    LogPending(Uuid),
    /// A line of the transparency log.
    LogLeaf(u64),
    /// A head of the transparency log.
    LogHead(u64),
    /// Hashes of the transparency log's tree: which level of tiles, and which of them.
    LogTile(u8, u64),
    /// A link that somebody has shared.
    Share(ShareHash),
    /// All links that somebody has shared.
    Shares(BeneficiaryRef),
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
    /// [`Key::Stock`]
    Stock = 24,
    /// [`Key::Movement`]
    Movement = 25,
    /// [`Key::Figures`]
    Figures = 26,
    /// [`Key::AllFigures`]
    AllFigures = 27,
    /// [`Key::Aefi`]
    Aefi = 28,
    /// [`Key::Outbox`]
    Outbox = 29,
    /// [`Key::Sites`]
    Sites = 30,
    /// [`Key::Signals`]
    Signals = 31,
    /// [`Key::PersonKey`]
    PersonKey = 32,
    /// [`Key::Holder`]
    Holder = 33,
    /// [`Key::Certificate`]
    Certificate = 34,
    /// [`Key::Signed`]
    Signed = 35,
    /// [`Key::Issued`]
    Issued = 36,
    /// [`Key::StatusBits`]
    StatusBits = 37,
    /// [`Key::LogPending`]
    LogPending = 38,
    /// [`Key::LogLeaf`]
    LogLeaf = 39,
    /// [`Key::LogHead`]
    LogHead = 40,
    /// [`Key::Share`]
    Share = 41,
    /// [`Key::Shares`]
    Shares = 42,
    /// [`Key::LogTile`]
    LogTile = 43,
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
            Key::Stock(centre, vaccine, batch) => {
                self.pack(Kind::Stock, &(centre.0, u16::from(vaccine.0), batch.as_str()))
            }
            Key::Movement(centre, at, id) => self.pack(Kind::Movement, &(centre.0, at.0, id)),
            Key::Figures(day, district, shard) => {
                self.pack(Kind::Figures, &(number(day), district.0, u16::from(shard)))
            }
            Key::AllFigures(district, shard) => {
                self.pack(Kind::AllFigures, &(district.0, u16::from(shard)))
            }
            Key::Aefi(AefiKey { centre, event, id }) => {
                self.pack(Kind::Aefi, &(centre.0, number(event.date), event.id.0, id.0))
            }
            Key::Outbox(queue, id) => self.pack(Kind::Outbox, &(queue as u16, id)),
            Key::Sites(day, district, shard) => {
                self.pack(Kind::Sites, &(number(day), district.0, u16::from(shard)))
            }
            Key::Signals(vaccine, batch, shard) => {
                self.pack(Kind::Signals, &(u16::from(vaccine.0), batch.as_str(), u16::from(shard)))
            }
            Key::PersonKey(person) => self.pack(Kind::PersonKey, &(person.get(),)),
            Key::Holder(key) => self.pack(Kind::Holder, &(number(key.date), key.id.0)),
            Key::Certificate(id) => self.pack(Kind::Certificate, &(id.0,)),
            Key::Signed(id) => self.pack(Kind::Signed, &(id.0,)),
            Key::Issued(key, form) => {
                self.pack(Kind::Issued, &(number(key.date), key.id.0, u16::from(form.number())))
            }
            Key::StatusBits(list, part) => self.pack(Kind::StatusBits, &(list, part)),
            Key::LogPending(id) => self.pack(Kind::LogPending, &(id,)),
            Key::LogLeaf(place) => self.pack(Kind::LogLeaf, &(place,)),
            Key::LogHead(size) => self.pack(Kind::LogHead, &(size,)),
            Key::LogTile(level, index) => self.pack(Kind::LogTile, &(u16::from(level), index)),
            Key::Share(hash) => self.pack(Kind::Share, &(hash.as_uuid(),)),
            Key::Shares(person) => self.pack(Kind::Shares, &(person.get(),)),
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
            [Int(23), Int(vaccine), Text(ref text), Int(day), Id(id)] => {
                let vaccine = VaccineId(vaccine.try_into().ok()?);
                Key::Recipient(vaccine, batch(text)?, event(day, id)?)
            }
            [Int(24), Int(id), Int(vaccine), Text(ref text)] => {
                Key::Stock(centre(id)?, VaccineId(vaccine.try_into().ok()?), batch(text)?)
            }
            [Int(25), Int(id), Int(at), Id(movement)] => {
                Key::Movement(centre(id)?, Timestamp(at), movement)
            }
            [Int(26), Int(day), Int(id), Int(shard)] => {
                Key::Figures(date(day)?, district(id)?, shard.try_into().ok()?)
            }
            [Int(27), Int(id), Int(shard)] => {
                Key::AllFigures(district(id)?, shard.try_into().ok()?)
            }
            [Int(28), Int(at), Int(day), Id(event), Id(id)] => {
                let event = EventKey { date: date(day)?, id: EventId(event) };
                Key::Aefi(AefiKey { centre: centre(at)?, event, id: AefiId(id) })
            }
            [Int(29), Int(queue), Id(id)] => Key::Outbox(Queue::from_number(queue)?, id),
            [Int(30), Int(day), Int(id), Int(shard)] => {
                Key::Sites(date(day)?, district(id)?, shard.try_into().ok()?)
            }
            [Int(31), Int(vaccine), Text(ref text), Int(shard)] => {
                let vaccine = VaccineId(vaccine.try_into().ok()?);
                Key::Signals(vaccine, batch(text)?, shard.try_into().ok()?)
            }
            [Int(32), Int(person)] => Key::PersonKey(reference(person)?),
            [Int(33), Int(day), Id(id)] => Key::Holder(event(day, id)?),
            [Int(34), Id(id)] => Key::Certificate(CertificateId(id)),
            [Int(35), Id(id)] => Key::Signed(CertificateId(id)),
            [Int(36), Int(day), Id(id), Int(form)] => {
                Key::Issued(event(day, id)?, Form::from_number(form)?)
            }
            [Int(37), Int(list), Int(part)] => {
                Key::StatusBits(list.try_into().ok()?, part.try_into().ok()?)
            }
            [Int(38), Id(id)] => Key::LogPending(id),
            [Int(39), Int(place)] => Key::LogLeaf(place.try_into().ok()?),
            [Int(40), Int(size)] => Key::LogHead(size.try_into().ok()?),
            [Int(41), Id(hash)] => Key::Share(ShareHash::from_uuid(hash)),
            [Int(42), Int(person)] => Key::Shares(reference(person)?),
            [Int(43), Int(level), Int(index)] => {
                Key::LogTile(level.try_into().ok()?, index.try_into().ok()?)
            }
            _ => return None,
        })
    }

    fn pack(&self, kind: Kind, fields: &impl TuplePack) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.prefix.len() + 48);
        bytes.extend_from_slice(&self.prefix);
        (kind as u16).pack_into_vec(&mut bytes);
        fields.pack_into_vec(&mut bytes);
        bytes
    }
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

fn centre(number: i64) -> Option<CentreId> {
    number.try_into().ok().map(CentreId)
}

fn district(number: i64) -> Option<DistrictId> {
    number.try_into().ok().map(DistrictId)
}

/// A batch in its one spelling.
fn batch(text: &str) -> Option<Batch> {
    Batch::parse(text).filter(|batch| batch.as_str() == text)
}

#[cfg(test)]
mod tests;
