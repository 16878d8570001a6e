//! The rows that a decision sees.
//!
//! A decision is pure: it asks a [`View`] for rows, and where one has not been fetched it stops with [`Stop::Need`]. The
//! view notes which rows are [missing](Asked::missing); they are fetched and the decision is made again from the start.
//! It also notes what was [read](Asked::read), which becomes the conflict of the commit.

use crate::commands::Refusal;
use crate::keys::{Key, Meta, Queue, Shelf};
use crate::records::{
    Account, Aefi, AefiKey, Appointment, Attempts, Certificate, CertificateJob, CommandRecord,
    Counters, Document, Event, EventKey, Figures, Form, Issued, Job, Lease, LogHead, Member,
    Person, Personal, Row, Share, Signals, Sites, StatusChunk, Stock, Unplaced,
};
use crate::vault::{AccountId, CommandHash, IdHash, PersonKey, ShareHash};
use opencowin_model::{
    AppointmentId, Batch, BeneficiaryRef, Centre, CentreId, CertificateId, Date, DistrictId,
    Session, SessionKey, VaccineId,
};
use std::mem;
use uuid::Uuid;

/// What is known of a row.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    /// It is there.
    Present(&'a Row),
    /// It is not there.
    Absent,
    /// It is there and cannot be read.
    Damaged,
    /// It has not been fetched.
    Unread,
}

/// Where a view finds rows.
pub trait Rows {
    /// What is known of a row.
    fn row(&self, key: &Key) -> Known<'_>;
}

/// Why a decision was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Rows are missing.
    Need,
    /// A rule forbids it.
    Refused(Refusal),
    /// A row that it depends on cannot be read.
    Damaged(Key),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a decision asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Rows that it saw, there or not: what the decision rests on.
    pub read: Vec<Key>,
    /// Rows that have to be fetched before it can be made.
    pub missing: Vec<Key>,
}

/// Gives a decision its rows and notes what it asked for.
pub struct View<'a> {
    rows: &'a dyn Rows,
    read: Vec<Key>,
    missing: Vec<Key>,
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $row:ty, $key:expr, $variant:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// [`Stop::Need`] if it has not been fetched, [`Stop::Damaged`] if it cannot be read.
        pub fn $name(&mut self, $($arg: $type),*) -> Result<Option<&'a $row>, Stop> {
            let key = $key;
            match self.get(key)? {
                None => Ok(None),
                Some(Row::$variant(row)) => Ok(Some(row)),
                Some(_) => Err(Stop::Damaged(key)),
            }
        }
    };
}

impl<'a> View<'a> {
    /// A view of these rows of which nothing was read yet.
    pub fn new(rows: &'a dyn Rows) -> Self {
        Self { rows, read: Vec::new(), missing: Vec::new() }
    }

    /// The rows asked for: those that were found, or found absent, and those that have not been fetched yet.
    pub fn into_asked(self) -> Asked {
        Asked { read: self.read, missing: self.missing }
    }

    /// Asks for several rows at once, so that they are fetched together.
    ///
    /// # Errors
    /// [`Stop::Need`] if one of them has not been fetched.
    pub fn require(&mut self, keys: impl IntoIterator<Item = Key>) -> Result<(), Stop> {
        let before = self.missing.len();
        self.missing.extend(keys.into_iter().filter(|key| self.rows.row(key).is_unread()));
        if self.missing.len() > before { Err(Stop::Need) } else { Ok(()) }
    }

    getter!(
        /// A centre.
        centre(id: CentreId) -> Centre, Key::Centre(id), Centre
    );
    getter!(
        /// A session's definition.
        session(key: SessionKey) -> Session, Key::Session(key), Session
    );
    getter!(
        /// A session's counters, if anything was sold.
        counters(key: SessionKey) -> Counters, Key::Counters(key), Counters
    );
    getter!(
        /// An account.
        account(id: AccountId) -> Account, Key::Account(id), Account
    );
    getter!(
        /// A person, as they described themselves.
        personal(person: BeneficiaryRef) -> Personal, Key::Personal(person), Personal
    );
    getter!(
        /// A person, as they stand in the programme.
        person(person: BeneficiaryRef) -> Person, Key::Person(person), Person
    );
    getter!(
        /// Whose identity document it is.
        id_document(hash: IdHash) -> BeneficiaryRef, Key::IdDocument(hash), IdDocument
    );
    getter!(
        /// An appointment.
        appointment(session: SessionKey, id: AppointmentId) -> Appointment,
        Key::Appointment(session, id), Appointment
    );
    getter!(
        /// What an idempotency key was answered on a day.
        command(day: Date, account: AccountId, hash: CommandHash) -> CommandRecord,
        Key::Command(day, account, hash), Command
    );
    getter!(
        /// A process that takes part, if it does.
        member(id: Uuid) -> Member, Key::Member(id), Member
    );
    getter!(
        /// What a member has leased of a session, if it has.
        lease(holder: Uuid, session: SessionKey) -> Lease, Key::Lease(holder, session), Lease
    );
    getter!(
        /// A document.
        document(shelf: Shelf, id: Uuid) -> Document, Key::Document(shelf, id), Document
    );
    getter!(
        /// How often a password was tried that expires on a day.
        attempts(day: Date, id: Uuid) -> Attempts, Key::Attempts(day, id), Attempts
    );
    getter!(
        /// A vaccination event.
        event(key: EventKey) -> Event, Key::Event(key), Event
    );
    getter!(
        /// What a centre has of a batch.
        stock(centre: CentreId, vaccine: VaccineId, batch: Batch) -> Stock,
        Key::Stock(centre, vaccine, batch), Stock
    );
    getter!(
        /// What a member counted of a day in a district.
        figures(day: Date, district: DistrictId, shard: u8) -> Figures,
        Key::Figures(day, district, shard), Figures
    );
    getter!(
        /// What a member counted of all days in a district.
        all_figures(district: DistrictId, shard: u8) -> Figures,
        Key::AllFigures(district, shard), Figures
    );
    getter!(
        /// Which centres hold sessions on a day, as a member counted them.
        sites(day: Date, district: DistrictId, shard: u8) -> Sites,
        Key::Sites(day, district, shard), Sites
    );
    getter!(
        /// What a member counted of a batch.
        signals(vaccine: VaccineId, batch: Batch, shard: u8) -> Signals,
        Key::Signals(vaccine, batch, shard), Signals
    );
    getter!(
        /// A report of an adverse event after a vaccination.
        aefi(key: AefiKey) -> Aefi, Key::Aefi(key), Aefi
    );
    getter!(
        /// A job for somebody outside.
        job(queue: Queue, id: Uuid) -> Job, Key::Outbox(queue, id), Job
    );
    getter!(
        /// An event that waits to be certified.
        certificate_job(id: Uuid) -> CertificateJob,
        Key::Outbox(Queue::Certificates, id), CertificateJob
    );
    getter!(
        /// A person's key.
        person_key(person: BeneficiaryRef) -> PersonKey, Key::PersonKey(person), PersonKey
    );
    getter!(
        /// What an event means by its commitment, sealed under the person's key.
        holder(event: EventKey) -> Vec<u8>, Key::Holder(event), Holder
    );
    getter!(
        /// What is known of a certificate.
        certificate(id: CertificateId) -> Certificate, Key::Certificate(id), Certificate
    );
    getter!(
        /// A certificate as it was signed, sealed under the person's key.
        signed(id: CertificateId) -> Vec<u8>, Key::Signed(id), Signed
    );
    getter!(
        /// The certificates of an event in one form.
        issued(event: EventKey, form: Form) -> Issued, Key::Issued(event, form), Issued
    );
    getter!(
        /// A part of a status list, if any bit of it is set.
        status_bits(list: u32, part: u16) -> StatusChunk, Key::StatusBits(list, part), StatusBits
    );
    getter!(
        /// Lines that wait for their places in the transparency log.
        log_pending(id: Uuid) -> Unplaced, Key::LogPending(id), Unplaced
    );
    getter!(
        /// A head of the transparency log; of size 0, a copy of the newest.
        log_head(size: u64) -> LogHead, Key::LogHead(size), LogHead
    );
    getter!(
        /// Hashes of the transparency log's tree.
        log_tile(level: u8, index: u64) -> Vec<u8>, Key::LogTile(level, index), LogTile
    );
    getter!(
        /// A link that somebody has shared.
        share(hash: ShareHash) -> Share, Key::Share(hash), Share
    );
    getter!(
        /// The links that somebody has shared.
        shares(person: BeneficiaryRef) -> Vec<ShareHash>, Key::Shares(person), Shares
    );
    getter!(
        /// A number of which there is one.
        count(meta: Meta) -> u64, Key::Meta(meta), Count
    );
    getter!(
        /// Milliseconds by which the clock is ahead.
        clock_ahead() -> i64, Key::Meta(Meta::ClockAhead), ClockAhead
    );
    getter!(
        /// The last day for which the programme has published sessions.
        published_through() -> Date, Key::Meta(Meta::PublishedThrough), PublishedThrough
    );

    /// Has something decided that sees `writes` as if they were committed. What it asks for counts as asked by this view.
    ///
    /// # Errors
    /// As it decides.
    pub fn over<T>(
        &mut self,
        writes: &[(Key, Option<Row>)],
        decide: impl FnOnce(&mut View<'_>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let rows = Over { rows: self.rows, writes };
        let (read, missing) = (mem::take(&mut self.read), mem::take(&mut self.missing));
        let mut view = View { rows: &rows, read, missing };
        let decision = decide(&mut view);
        let View { read, missing, .. } = view;
        (self.read, self.missing) = (read, missing);
        decision
    }

    fn get(&mut self, key: Key) -> Result<Option<&'a Row>, Stop> {
        let known = self.rows.row(&key);
        if known.is_unread() {
            self.missing.push(key);
            return Err(Stop::Need);
        }
        self.read.push(key);
        match known {
            Known::Present(row) => Ok(Some(row)),
            Known::Damaged => Err(Stop::Damaged(key)),
            Known::Absent | Known::Unread => Ok(None),
        }
    }
}

/// Rows with writes over them.
struct Over<'a> {
    rows: &'a dyn Rows,
    writes: &'a [(Key, Option<Row>)],
}

impl Rows for Over<'_> {
    fn row(&self, key: &Key) -> Known<'_> {
        match self.writes.iter().rev().find(|(written, _)| written == key) {
            Some((_, Some(row))) => Known::Present(row),
            Some((_, None)) => Known::Absent,
            None => self.rows.row(key),
        }
    }
}

impl Known<'_> {
    fn is_unread(self) -> bool {
        matches!(self, Self::Unread)
    }
}
