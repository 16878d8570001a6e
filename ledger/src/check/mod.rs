//! Verification of everything the ledger promises about its rows.
//!
//! Invariants are local: to one session, one person, one account, one document. They are verified a few sessions or
//! people at a time ([`sessions`], [`people`]), each few at one version, so that memory stays bounded, a live store can
//! be verified as well as a stopped one, and what changes meanwhile is never seen halfway.

mod certificates;
mod certified;
mod events;
mod figures;
mod leases;
mod log;
mod people;
mod sessions;
mod snapshot;
mod stock;

use crate::audit::{self, Fault, Source};
use crate::codec::Codec;
use crate::engine::Engine;
use crate::keys::{Environment, Key, Kind};
use crate::records::{EventKey, LogKind, Row, Signals};
use crate::rules::Rules;
use crate::store::{ReadError, Store};
use crate::vault::{AccountId, IdHash, Vault};
use opencowin_model::{
    AppointmentId, Batch, BeneficiaryRef, CentreId, CertificateId, Channel, Clock, Date,
    DistrictId, Dose, SessionId, VaccineId,
};
use snapshot::{Check, Chunk};
use std::fmt;
use std::sync::Arc;

/// How much was verified, and how much of it was wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sessions.
    pub sessions: u64,
    /// Appointments, cancelled ones included.
    pub appointments: u64,
    /// People.
    pub people: u64,
    /// Vaccination events, corrected ones included.
    pub events: u64,
    /// Certificates, those that do not hold any more included.
    pub certificates: u64,
    /// Accounts.
    pub accounts: u64,
    /// Identity documents.
    pub id_documents: u64,
    /// Command records.
    pub command_records: u64,
    /// Entries of the audit.
    pub audited: u64,
    /// What was found wrong.
    pub violations: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sessions,
            appointments,
            people,
            events,
            certificates,
            accounts,
            id_documents,
            command_records,
            audited,
            violations,
        } = self;
        write!(
            f,
            "{violations} violations in {sessions} sessions, {appointments} appointments, {people} people, {events} events, \
             {certificates} certificates, {accounts} accounts, {id_documents} identity documents, {command_records} command records, {audited} audited accesses"
        )
    }
}

/// Something that is wrong, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A key is not of the layout.
    #[error("unknown key {0}")]
    UnknownKey(String),
    /// A row does not open or is malformed.
    #[error("unreadable row {0:?}")]
    Unreadable(Key),
    /// `capacity = free + leased + booked + used` does not hold.
    #[error("session {session}, {channel:?}, dose {}: {counted} seats counted of {capacity}", dose.number())]
    SeatsDoNotAddUp {
        /// Whose seats.
        session: SessionId,
        /// Sold how.
        channel: Channel,
        /// For which dose.
        dose: Dose,
        /// Seats published.
        capacity: i64,
        /// Seats free, leased, booked and used.
        counted: i64,
    },
    /// The seats of appointments are not those counted as booked.
    #[error("session {session}, {channel:?}, dose {}: {counted} counted as booked, {held} held by appointments", dose.number())]
    BookedDiffers {
        /// Whose seats.
        session: SessionId,
        /// Sold how.
        channel: Channel,
        /// For which dose.
        dose: Dose,
        /// Counted as booked, and sold out of leases.
        counted: i64,
        /// Held by appointments.
        held: i64,
    },
    /// The people of appointments who were given a dose are not those counted as such.
    #[error("session {session}, {channel:?}, dose {}: {counted} counted as used, {done} given a dose", dose.number())]
    UsedDiffers {
        /// Whose seats.
        session: SessionId,
        /// Sold how.
        channel: Channel,
        /// For which dose.
        dose: Dose,
        /// Counted as used.
        counted: u16,
        /// People of appointments who were given the dose.
        done: i64,
    },
    /// The leases of a session are not those counted as leased.
    #[error("session {session}, {channel:?}, dose {}: {counted} counted as leased, {granted} in leases", dose.number())]
    LeasedDiffers {
        /// Whose seats.
        session: SessionId,
        /// Sold how.
        channel: Channel,
        /// For which dose.
        dose: Dose,
        /// Counted as leased.
        counted: u16,
        /// Granted to members.
        granted: u32,
    },
    /// A lease of a session that has nothing leased.
    #[error("{0:?} is of a session that has no leases")]
    NoLease(Key),
    /// Counters or appointments of a session that does not exist.
    #[error("{0:?} belongs to no session")]
    NoSession(Key),
    /// Somebody has a seat in a live appointment that they do not list.
    #[error("{person} does not list their appointment {appointment}")]
    NotListed {
        /// Who.
        person: BeneficiaryRef,
        /// Which.
        appointment: AppointmentId,
    },
    /// Somebody lists an appointment in which they have no seat for that dose.
    #[error("{person} lists appointment {appointment} and has no seat in it")]
    NoSeat {
        /// Who.
        person: BeneficiaryRef,
        /// Which.
        appointment: AppointmentId,
    },
    /// Somebody lists two appointments for one dose.
    #[error("{person} lists two appointments for dose {}", dose.number())]
    TwoForOneDose {
        /// Who.
        person: BeneficiaryRef,
        /// For which dose.
        dose: Dose,
    },
    /// Somebody has only one of the two rows of a person.
    #[error("{0} has only half of their rows")]
    HalfAPerson(BeneficiaryRef),
    /// Somebody has a dose and no event says so.
    #[error("{person} has dose {} and no event that says so", dose.number())]
    DoseWithoutEvent {
        /// Who.
        person: BeneficiaryRef,
        /// Which dose.
        dose: Dose,
    },
    /// An event is neither that of a dose that somebody has, nor was it corrected.
    #[error("{0:?} is that of no dose and was not corrected")]
    EventAstray(EventKey),
    /// A batch does not know an event that holds, or knows one that does not, or is of another batch.
    #[error("{0:?} is missing, or there in vain")]
    RecipientDiffers(Key),
    /// What an event says of its person is not what it is committed to, or was left behind when they were erased.
    #[error("{0:?} does not say of its person what it is committed to")]
    CommitmentDiffers(EventKey),
    /// An event is to be certified and does not wait for it, or waits in vain.
    #[error("{0:?} is to be certified and does not wait for it, or waits in vain")]
    CertificationDiffers(EventKey),
    /// A certificate is not among those of its event, or holds although another one was stored later.
    #[error("certificate {0} is not among those of its event, or not the last")]
    CertificateAstray(CertificateId),
    /// An event knows certificates that are not its own.
    #[error("{0:?} has certificates that are not its own")]
    IssuedDiffers(EventKey),
    /// The bit of a certificate is set though it holds, or not set though it does not.
    #[error("the status of certificate {0} is not what its bit says")]
    StatusDiffers(CertificateId),
    /// The text of a certificate is missing, does not open, or was left behind when its person was erased.
    #[error("the text of certificate {0} is missing or left behind")]
    TextDiffers(CertificateId),
    /// The log does not have a line for each certificate that was issued or revoked, or others.
    #[error("{logged} certificates logged as {kind:?}, {known} are so")]
    LogDiffers {
        /// As what.
        kind: LogKind,
        /// Lines of the log.
        logged: u64,
        /// Certificates.
        known: u64,
    },
    /// Lines of the log are missing, or lie beyond its end.
    #[error("the log does not have its {size} lines")]
    LogBroken {
        /// How many it should have.
        size: u64,
    },
    /// Somebody has a shared link that is not there.
    #[error("{person} has a shared link that is not there")]
    ShareAstray {
        /// Who.
        person: BeneficiaryRef,
    },
    /// Somebody's account does not have them.
    #[error("{person} is not among the people of their account")]
    NotInAccount {
        /// Who.
        person: BeneficiaryRef,
    },
    /// An account has somebody who is not there, or of another account.
    #[error("account {account:?} has {person}, who is not theirs")]
    NotOfAccount {
        /// Which.
        account: AccountId,
        /// Who.
        person: BeneficiaryRef,
    },
    /// Somebody's identity document is not registered as theirs.
    #[error("the identity document of {person} is not registered as theirs")]
    DocumentNotTheirs {
        /// Who.
        person: BeneficiaryRef,
    },
    /// An identity document is registered for somebody who is not there or has another.
    #[error("identity document {document:?} is registered for {person}, who does not have it")]
    DocumentAstray {
        /// Which.
        document: IdHash,
        /// For whom.
        person: BeneficiaryRef,
    },
    /// What a centre has of a batch is not what came and went.
    #[error("centre {centre}, {vaccine:?} {batch}: {counted} doses {what}, {moved} by what moved")]
    StockDiffers {
        /// Whose stock.
        centre: CentreId,
        /// Of which vaccine.
        vaccine: VaccineId,
        /// Of which batch.
        batch: Batch,
        /// Doses received, wasted or sent.
        what: &'static str,
        /// How many the stock says.
        counted: u32,
        /// How many moved.
        moved: u64,
    },
    /// What a centre counts as used of a batch is not what it has given.
    #[error("centre {centre}, {vaccine:?} {batch}: {by} more doses given than counted as used")]
    DosesUnstocked {
        /// Whose stock.
        centre: CentreId,
        /// Of which vaccine.
        vaccine: VaccineId,
        /// Of which batch.
        batch: Batch,
        /// How many more; fewer, if below zero.
        by: i64,
    },
    /// More left a centre's stock than came.
    #[error("centre {centre}, {vaccine:?} {batch}: more doses left than came")]
    StockBelowZero {
        /// Whose stock.
        centre: CentreId,
        /// Of which vaccine.
        vaccine: VaccineId,
        /// Of which batch.
        batch: Batch,
    },
    /// What was counted of a batch is not what a recount gives.
    #[error("{vaccine:?} {batch}: {counted:?} counted, {recounted:?} recounted")]
    SignalsDiffer {
        /// Of which vaccine.
        vaccine: VaccineId,
        /// Of which batch.
        batch: Batch,
        /// What was counted.
        counted: Signals,
        /// What a recount gives.
        recounted: Signals,
    },
    /// What was counted of a day in a district is not what a recount gives.
    #[error("figures of {day}, district {district}: they do not equal a recount")]
    FiguresDiffer {
        /// Which day.
        day: Date,
        /// Which district; 0 for what has none.
        district: DistrictId,
    },
    /// The figures of all days of a district are not the sum of the days.
    #[error(
        "figures of all days, district {district}: they do not equal the sum of the days and the facilities"
    )]
    SumDiffers {
        /// Which district; 0 for what has none.
        district: DistrictId,
    },
    /// The audit is not whole.
    #[error("the audit: {0}")]
    Audit(#[from] Fault),
}

/// Verifies the rows of one environment in a store that nobody has opened as a ledger, such as a stopped directory.
///
/// # Errors
/// If the store does not answer.
pub async fn check(
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    environment: Environment,
    rules: Rules,
    clock: Arc<Clock>,
    found: impl FnMut(Violation) + Send,
) -> Result<Report, ReadError> {
    let codec = Codec::new(environment, vault);
    run(&Engine { store, codec, rules, clock }, found).await
}

pub(crate) async fn run(
    engine: &Engine,
    mut found: impl FnMut(Violation) + Send,
) -> Result<Report, ReadError> {
    let mut check = Check::new(engine, &mut found);
    sessions::verify(&mut check).await?;
    leases::verify_sessions(&mut check).await?;
    people::verify(&mut check).await?;
    people::verify_accounts(&mut check).await?;
    people::verify_documents(&mut check).await?;
    events::verify(&mut check).await?;
    certificates::verify(&mut check).await?;
    people::verify_shares(&mut check).await?;
    stock::verify(&mut check).await?;
    figures::verify(&mut check).await?;
    verify_readable(&mut check).await?;
    verify_audit(&mut check).await?;
    Ok(check.report)
}

/// Kinds of rows that nothing refers to.
const READABLE: [Kind; 15] = [
    Kind::Meta,
    Kind::Centre,
    Kind::Command,
    Kind::Member,
    Kind::Heartbeat,
    Kind::Trace,
    Kind::Feed,
    Kind::Outbox,
    Kind::Sites,
    Kind::PersonKey,
    Kind::Holder,
    Kind::StatusBits,
    Kind::LogHead,
    Kind::LogTile,
    Kind::Share,
];

/// Rows that nothing refers to need only be readable.
async fn verify_readable(check: &mut Check<'_>) -> Result<(), ReadError> {
    for kind in READABLE {
        let mut rest = Some(check.layout().all(kind));
        while let Some(range) = rest {
            check.refresh().await?;
            let Chunk { rows, rest: next, .. } = check.chunk(range, snapshot::CHUNK).await?;
            let records = rows.iter().filter(|(_, row)| matches!(row, Row::Command(_)));
            check.report.command_records += records.count() as u64;
            rest = next;
        }
    }
    Ok(())
}

async fn verify_audit(check: &mut Check<'_>) -> Result<(), ReadError> {
    let source = Source::from(check.engine);
    let audited = audit::verify(source, None, &mut |fault| check.report(fault.into())).await?;
    check.report.audited = audited.entries;
    Ok(())
}

#[cfg(test)]
mod tests;
