//! What stands in the rows. Each record is a type here or in the model, with its fields numbered in one file.
//!
//! What a row's key says is not said again in its value.

mod adverse;
mod answer;
mod appointment;
mod centre;
mod certificate;
mod counters;
mod document;
mod event;
mod figures;
mod holder;
mod import;
mod lease;
mod log;
mod member;
mod person;
mod session;
mod share;
mod standing;
mod stock;
pub(crate) mod waiting;
pub(crate) mod wire;

pub use adverse::{Aefi, AefiKey, FollowUp, Job};
pub use answer::CommandRecord;
pub use appointment::Appointment;
pub(crate) use certificate::StatusChunk;
pub use certificate::{
    Certificate, CertificateJob, Form, Issued, KeyId, STATUS_ENTRIES, State, StatusEntry,
};
pub use counters::{Counters, Tally, cells};
pub use document::{Attempts, Document, Usage, Use};
pub use event::{Event, EventKey, Override, Visited};
pub use figures::{AgeGroup, Figure, Figures, HOURS, NO_DISTRICT, Sector, Signals, Sites};
pub use holder::{Holder, Identity};
pub use import::Import;
pub use lease::{Lease, Part};
pub use log::{LogHead, LogKind, Logged, Unplaced};
pub use member::{Changed, Member, Trace};
pub use person::{Account, DoseTaken, Listed, Person, Personal};
pub use share::Share;
pub use standing::{Arrival, Given, Observed, Standing};
pub use stock::{Moved, Movement, Stock};
pub use waiting::waiting_since;
pub use wire::Malformed;

use crate::audit::{Batch, Head};
use crate::keys::{Key, Meta, Queue};
use crate::vault::{PersonKey, ShareHash};
use opencowin_model::{BeneficiaryRef, Centre, CentreId, Date, Session, SessionId, SessionKey};
use person::reference;
use uuid::Uuid;
use wire::{Fields, Value, Writer};

/// The value of a row, of the kind that its [`Key`] says.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// The number of the layout; see [`SCHEMA`].
    SchemaVersion(u32),
    /// A hash that only the right keys give.
    KeyCheck([u8; 16]),
    /// Milliseconds by which a sandbox's clock is ahead.
    ClockAhead(i64),
    /// The last day for which the programme has published sessions.
    PublishedThrough(Date),
    /// How far an unfinished import has come.
    Import(Import),
    /// A centre.
    Centre(Box<Centre>),
    /// A session's definition.
    Session(Box<Session>),
    /// A session's counters.
    Counters(Counters),
    /// An account.
    Account(Account),
    /// A person, as they described themselves.
    Personal(Box<Personal>),
    /// A person, as they stand in the programme.
    Person(Person),
    /// Whose identity document it is.
    IdDocument(BeneficiaryRef),
    /// An appointment.
    Appointment(Appointment),
    /// What an idempotency key was answered.
    Command(CommandRecord),
    /// Which past the store has; see [`Meta::Generation`].
    Generation(Uuid),
    /// A process that takes part.
    Member(Member),
    /// How often it has said that it is alive.
    Heartbeat(u64),
    /// Seats that one member alone may sell.
    Lease(Lease),
    /// The last group that a lane committed.
    Trace(Trace),
    /// What a group changed that gateways keep in memory.
    Feed(Vec<Changed>),
    /// A document.
    Document(Document),
    /// What a key was used for.
    Usage(Usage),
    /// How often a password was tried.
    Attempts(Attempts),
    /// A link of an audit chain.
    AuditBatch(Batch),
    /// Where the audit's chains stood.
    AuditHead(Box<Head>),
    /// A vaccination event.
    Event(Box<Event>),
    /// The centre that gave a dose of a batch.
    Recipient(CentreId),
    /// What a centre has of a batch.
    Stock(Stock),
    /// What came to a centre's stock, or went from it.
    Movement(Movement),
    /// Counted numbers of a day or of all days.
    Figures(Figures),
    /// A report of an adverse event.
    Aefi(Box<Aefi>),
    /// A job for somebody outside.
    Job(Job),
    /// Which centres hold sessions on a day.
    Sites(Sites),
    /// What was counted of a batch.
    Signals(Signals),
    /// A number of which there is one.
    Count(u64),
    /// A person's key.
    PersonKey(PersonKey),
    /// What an event means by its commitment: a [`Holder`], sealed under the person's key.
    Holder(Vec<u8>),
    /// What is known of a certificate.
    Certificate(Box<Certificate>),
    /// A certificate as it was signed, sealed under the person's key.
    Signed(Vec<u8>),
    /// The certificates of an event.
    Issued(Issued),
    /// An event that waits to be certified.
    CertificateJob(CertificateJob),
    /// Some bits of a status list.
    StatusBits(StatusChunk),
    /// A line of the transparency log.
    Logged(Logged),
    /// Lines that wait for their places in it.
    Unplaced(Unplaced),
    /// A signed head of it.
    LogHead(LogHead),
    /// Hashes of its tree, in a form that their author chose.
    LogTile(Vec<u8>),
    /// A link that somebody has shared.
    Share(Share),
    /// The links that somebody has shared.
    Shares(Vec<ShareHash>),
}

/// The newest layout of keys and records that this program reads and writes.
///
/// | schema | what came with it |
/// |---|---|
/// | 1 | one process, traces by day |
/// | 2 | members, leases, the feed; counters may hold leased seats |
/// | 3 | the audit; people who were erased, how long data may be kept |
/// | 4 | vaccination: check-in, events, people with two references, stock, figures, adverse events, the outbox; facilities and drafts; sessions that are closed or moved |
/// | 5 | certificates: keys of people, commitments, status lists, the transparency log; links that people share |
pub const SCHEMA: u32 = 5;

/// The oldest layout that this program can open; it is raised to [`SCHEMA`] once nobody runs an older program.
pub const OLDEST_SCHEMA: u32 = 1;

impl Row {
    /// The record's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::record();
        match self {
            Self::SchemaVersion(version) => writer.number(1, *version),
            Self::KeyCheck(hash) => writer.bytes(1, hash),
            Self::ClockAhead(ms) => writer.signed(1, *ms),
            Self::PublishedThrough(day) => writer.date(1, *day),
            Self::Import(import) => import.write(&mut writer),
            Self::Centre(centre) => centre::write(centre, &mut writer),
            Self::Session(session) => session::write(session, &mut writer),
            Self::Counters(counters) => counters.write(&mut writer),
            Self::Account(account) => account.write(&mut writer),
            Self::Personal(personal) => personal.write(&mut writer),
            Self::Person(person) => person.write(&mut writer),
            Self::IdDocument(person) => writer.number(1, person.get()),
            Self::Appointment(appointment) => appointment.write(&mut writer),
            Self::Command(record) => record.write(&mut writer),
            Self::Generation(id) => writer.bytes(1, id.as_bytes()),
            Self::Member(member) => member.write(&mut writer),
            Self::Heartbeat(count) => writer.number(1, *count),
            Self::Lease(lease) => lease.write(&mut writer),
            Self::Trace(trace) => trace.write(&mut writer),
            Self::Feed(changes) => member::write_changes(changes, &mut writer),
            Self::Document(document) => document.write(&mut writer),
            Self::Usage(uses) => document::write_usage(uses, &mut writer),
            Self::Attempts(attempts) => attempts.write(&mut writer),
            Self::AuditBatch(batch) => batch.write(&mut writer),
            Self::AuditHead(head) => head.write(&mut writer),
            Self::Event(event) => event.write(&mut writer),
            Self::Recipient(centre) => writer.number(1, centre.0),
            Self::Stock(stock) => stock.write(&mut writer),
            Self::Movement(movement) => movement.write(&mut writer),
            Self::Figures(figures) => figures.write(&mut writer),
            Self::Aefi(report) => report.write(&mut writer),
            Self::Job(job) => job.write(&mut writer),
            Self::Sites(sites) => sites.write(&mut writer),
            Self::Signals(signals) => signals.write(&mut writer),
            Self::Count(count) => writer.number(1, *count),
            Self::PersonKey(key) => writer.bytes(1, key.as_bytes()),
            Self::Holder(bytes) | Self::Signed(bytes) | Self::LogTile(bytes) => {
                writer.bytes(1, bytes);
            }
            Self::Certificate(certificate) => certificate.write(&mut writer),
            Self::Issued(issued) => issued.write(&mut writer),
            Self::CertificateJob(job) => job.write(&mut writer),
            Self::StatusBits(bits) => writer.bytes(1, bits),
            Self::Logged(line) => line.write(&mut writer),
            Self::Unplaced(lines) => lines.write(&mut writer),
            Self::LogHead(head) => head.write(&mut writer),
            Self::Share(share) => share.write(&mut writer),
            Self::Shares(shares) => share::write_shares(shares, &mut writer),
        }
        writer.finish()
    }

    /// Reads the record of the row `key`.
    ///
    /// # Errors
    /// [`Malformed`] if the bytes are no such record; unknown fields are passed over.
    pub fn decode(key: &Key, bytes: &[u8]) -> Result<Self, Malformed> {
        let fields = Fields::of_record(bytes)?;
        Ok(match *key {
            Key::Meta(Meta::SchemaVersion | Meta::Founded) => {
                Self::SchemaVersion(only(fields)?.number()?)
            }
            Key::Meta(Meta::KeyCheck) => Self::KeyCheck(only(fields)?.array()?),
            Key::Meta(Meta::ClockAhead) => Self::ClockAhead(only(fields)?.signed()?),
            Key::Meta(Meta::PublishedThrough) => Self::PublishedThrough(only(fields)?.date()?),
            Key::Meta(Meta::Import) => Self::Import(Import::read(fields)?),
            Key::Centre(id) => Self::Centre(Box::new(centre::read(id, fields)?)),
            Key::Session(key) => Self::Session(Box::new(session::read(key, fields)?)),
            Key::Counters(_) => Self::Counters(Counters::read(fields)?),
            Key::Account(_) => Self::Account(Account::read(fields)?),
            Key::Personal(_) => Self::Personal(Box::new(Personal::read(fields)?)),
            Key::Person(_) => Self::Person(Person::read(fields)?),
            Key::IdDocument(_) => Self::IdDocument(reference(only(fields)?)?),
            Key::Appointment(session, id) => {
                Self::Appointment(Appointment::read(session, id, fields)?)
            }
            Key::Command(..) => Self::Command(CommandRecord::read(fields)?),
            Key::Meta(Meta::Generation) => {
                Self::Generation(Uuid::from_bytes(only(fields)?.array()?))
            }
            Key::Member(_) => Self::Member(Member::read(fields)?),
            Key::Heartbeat(_) => Self::Heartbeat(only(fields)?.number()?),
            Key::Lease(..) => Self::Lease(Lease::read(fields)?),
            Key::Trace(_) => Self::Trace(Trace::read(fields)?),
            Key::Feed(..) => Self::Feed(member::read_changes(fields)?),
            Key::Document(..) => Self::Document(Document::read(fields)?),
            Key::Usage(..) => Self::Usage(document::read_usage(fields)?),
            Key::Attempts(..) => Self::Attempts(Attempts::read(fields)?),
            Key::AuditBatch(..) => Self::AuditBatch(Batch::read(fields)?),
            Key::AuditHead(_) => Self::AuditHead(Box::new(Head::read(fields)?)),
            Key::Event(key) => Self::Event(Box::new(Event::read(key, fields)?)),
            Key::Recipient(..) => Self::Recipient(CentreId(only(fields)?.number()?)),
            Key::Stock(..) => Self::Stock(Stock::read(fields)?),
            Key::Movement(..) => Self::Movement(Movement::read(fields)?),
            Key::Figures(..) | Key::AllFigures(..) => Self::Figures(Figures::read(fields)?),
            Key::Aefi(key) => Self::Aefi(Box::new(Aefi::read(key, fields)?)),
            Key::Outbox(Queue::Safety, _) => Self::Job(Job::read(fields)?),
            Key::Outbox(Queue::Certificates, _) => {
                Self::CertificateJob(CertificateJob::read(fields)?)
            }
            Key::Sites(..) => Self::Sites(Sites::read(fields)?),
            Key::Signals(..) => Self::Signals(Signals::read(fields)?),
            Key::Meta(Meta::StatusNext | Meta::LogSize) => Self::Count(only(fields)?.number()?),
            Key::PersonKey(_) => Self::PersonKey(PersonKey::new(only(fields)?.array()?)),
            Key::Holder(_) => Self::Holder(only(fields)?.bytes()?.to_vec()),
            Key::Certificate(_) => Self::Certificate(Box::new(Certificate::read(fields)?)),
            Key::Signed(_) => Self::Signed(only(fields)?.bytes()?.to_vec()),
            Key::Issued(..) => Self::Issued(Issued::read(fields)?),
            Key::StatusBits(..) => Self::StatusBits(only(fields)?.array()?),
            Key::LogPending(_) => Self::Unplaced(Unplaced::read(fields)?),
            Key::LogLeaf(_) => Self::Logged(Logged::read(fields)?),
            Key::LogHead(_) => Self::LogHead(LogHead::read(fields)?),
            Key::LogTile(..) => Self::LogTile(only(fields)?.bytes()?.to_vec()),
            Key::Share(_) => Self::Share(Share::read(fields)?),
            Key::Shares(_) => Self::Shares(share::read_shares(fields)?),
        })
    }
}

/// The value of field 1.
fn only(fields: Fields<'_>) -> Result<Value<'_>, Malformed> {
    let mut found = None;
    for field in fields {
        if let (1, value) = field? {
            found = Some(value);
        }
    }
    found.ok_or(Malformed)
}

fn write_session_key(key: SessionKey, writer: &mut Writer) {
    writer.date(1, key.date);
    writer.bytes(2, key.id.0.as_bytes());
}

fn read_session_key(value: Value<'_>) -> Result<SessionKey, Malformed> {
    let (mut date, mut id) = (None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => date = Some(value.date()?),
            (2, value) => id = Some(SessionId(Uuid::from_bytes(value.array()?))),
            _ => {}
        }
    }
    let (date, id) = date.zip(id).ok_or(Malformed)?;
    Ok(SessionKey { date, id })
}

#[cfg(test)]
mod tests;
