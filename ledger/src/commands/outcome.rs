//! What comes of a command: an outcome, or a refusal.

use crate::audit::Word;
use crate::records::EventKey;
use opencowin_model::{
    AefiId, AgeBand, AppointmentId, BeneficiaryRef, CentreId, CertificateId, Channel, Date, Dose,
    EventId, SessionId, SessionKey, Timestamp, VaccineId,
};
use uuid::Uuid;

/// A definite answer: what a command did, or the rule by which it did nothing.
pub type Answer = Result<Outcome, Refusal>;

/// A number of seats of one session, channel and dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatCount {
    /// Whose seats.
    pub session: SessionKey,
    /// Sold how.
    pub channel: Channel,
    /// For which dose.
    pub dose: Dose,
    /// How many.
    pub seats: u16,
}

/// What a command did. Seats are those that the committed attempt read and moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The centres are as published.
    CentresPublished,
    /// The sessions are as published.
    SessionsPublished {
        /// How many were new or changed; the others were there in this version or a later one.
        written: u32,
    },
    /// A person is registered under this reference.
    Registered(BeneficiaryRef),
    /// A person is registered at a facility, and has an appointment there.
    Enrolled {
        /// Their reference.
        person: BeneficiaryRef,
        /// The appointment's id.
        appointment: AppointmentId,
        /// The seat it took.
        taken: SeatCount,
    },
    /// The person is no longer known.
    Deleted,
    /// The person is erased; doses that they were given stay, and lead to nobody.
    Erased,
    /// The people have an appointment.
    Booked {
        /// Its id.
        appointment: AppointmentId,
        /// The seats it took.
        taken: SeatCount,
    },
    /// The appointment is another.
    Rescheduled {
        /// The seats it gave back; none if it stayed in its session.
        freed: Option<SeatCount>,
        /// The seats it took; none if it stayed in its session.
        taken: Option<SeatCount>,
    },
    /// The people have no appointment any more.
    Cancelled {
        /// The seats they gave back.
        freed: SeatCount,
    },
    /// The clock is so much ahead of the system's, in milliseconds.
    ClockAdvanced {
        /// All that it was ever moved.
        ahead_ms: i64,
    },
    /// Done; there is nothing to tell of it. After a barrier: everything accepted before it is committed.
    Passed,
    /// Doses came to a centre's stock, or left it.
    StockMoved {
        /// The movement's id.
        movement: Uuid,
        /// Doses of the batch that the centre has now; of a transfer, the one that sent them.
        left: u32,
    },
    /// An adverse event is reported, or what was learnt of it later.
    AefiReported(AefiId),
    /// The one-time password was right, and is used up.
    PasswordRight,
    /// The one-time password was wrong; the answer is counted.
    PasswordWrong,
    /// The session is as it was to be.
    SessionChanged {
        /// The version that it has now.
        version: u32,
    },
    /// The person is checked in.
    CheckedIn {
        /// With which appointment.
        appointment: AppointmentId,
        /// For which dose.
        dose: Dose,
    },
    /// The code or the document is not that of the person's appointment; this is counted.
    ProofWrong {
        /// How often it may be tried again.
        left: u8,
    },
    /// A dose, or the correction of one, is recorded as this event.
    DoseRecorded(EventKey),
    /// The person will not be given the dose at their appointment.
    Declined {
        /// The seat that is free again.
        freed: SeatCount,
    },
    /// Those who did not come are marked so.
    NoShowsMarked {
        /// How many they were.
        people: u16,
    },
    /// The observation has ended.
    Observed,
    /// Both references lead to this one.
    Merged(BeneficiaryRef),
    /// The person belongs to the other account.
    MemberMoved,
    /// Certificates were stored.
    Certified {
        /// Bit n is set if the n-th is stored. The events of the others have one already, or are not to be certified.
        stored: u64,
    },
    /// Certificates do not hold any more.
    CertificatesRevoked {
        /// How many of them held until now.
        revoked: u32,
    },
    /// Entries of status lists are the process's that took them, from this one on.
    StatusTaken {
        /// The first; entries count up from 0.
        from: u64,
    },
    /// The lines have their places in the transparency log.
    LogSequenced {
        /// How many it has.
        size: u64,
    },
    /// The person is known as they said, and their certificates are about to say so.
    HolderCorrected,
}

/// The rule by which a command did nothing. Rules about a person name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The idempotency key was used for a different request on the same route within the last day.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// The command holds more than one commit may.
    #[error("the command is too large")]
    TooLarge,
    /// The account has as many people as the programme lets it have.
    #[error("the account has {limit} people already")]
    AccountFull {
        /// How many that is.
        limit: u8,
    },
    /// The identity document is that of somebody registered.
    #[error("the identity document is registered already")]
    IdDocumentTaken,
    /// The account has no such person.
    #[error("{0} is not of this account")]
    NoSuchPerson(BeneficiaryRef),
    /// Somebody with a live appointment cannot be deleted.
    #[error("{0} has an appointment")]
    HasAppointment(BeneficiaryRef),
    /// Somebody who was given a dose cannot be deleted.
    #[error("{0} was given a dose")]
    HasDose(BeneficiaryRef),
    /// The period is not over for which somebody's data may be kept, or they agreed to none.
    #[error("the data of {0} may still be kept")]
    StillKept(BeneficiaryRef),
    /// An appointment is for one to four people.
    #[error("an appointment is for 1 to 4 people")]
    NotOneToFour,
    /// Somebody is named twice.
    #[error("{0} is named twice")]
    NamedTwice(BeneficiaryRef),
    /// There is no such session.
    #[error("there is no such session")]
    NoSuchSession,
    /// The session was cancelled.
    #[error("the session was cancelled")]
    SessionCancelled,
    /// The session's day is past, or it is today and the session has closed; or nothing more of it is sold.
    #[error("the session is over")]
    SessionOver,
    /// The session has no slot with this label.
    #[error("the session has no such slot")]
    NoSuchSlot,
    /// Somebody is too young or too old for the session.
    #[error("{person} is not of the session's age band")]
    WrongAge {
        /// Who.
        person: BeneficiaryRef,
        /// The session's age band.
        band: AgeBand,
    },
    /// Somebody was given this dose already.
    #[error("{person} was given dose {} already", dose.number())]
    DoseGiven {
        /// Who.
        person: BeneficiaryRef,
        /// Which.
        dose: Dose,
    },
    /// Somebody was not yet given the dose before.
    #[error("{person} was not given the dose before")]
    DoseBeforeMissing {
        /// Who.
        person: BeneficiaryRef,
    },
    /// The schedule of the session's vaccine has no such dose.
    #[error("the vaccine is not given as this dose")]
    NotInSchedule,
    /// Somebody's first dose was of another vaccine.
    #[error("{person} was given another vaccine")]
    OtherVaccine {
        /// Who.
        person: BeneficiaryRef,
        /// The vaccine that they were given.
        given: VaccineId,
    },
    /// Too few days will have passed since somebody's last dose.
    #[error("{person} can be given this dose from {from} on")]
    TooEarly {
        /// Who.
        person: BeneficiaryRef,
        /// The first day on which they can be given it.
        from: Date,
    },
    /// Somebody has a live appointment for this dose.
    #[error("{person} has an appointment already")]
    AlreadyBooked {
        /// Who.
        person: BeneficiaryRef,
        /// The appointment that they have.
        appointment: AppointmentId,
    },
    /// Fewer seats are free than are asked for.
    #[error("the session is completely booked")]
    SoldOut,
    /// The account has no such appointment with anybody left in it.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// The appointment's day is past or its session was cancelled.
    #[error("the appointment is over")]
    AppointmentOver,
    /// The appointment was moved to another session since it was looked up: look again.
    #[error("the appointment was moved meanwhile")]
    AppointmentMoved,
    /// Somebody has no seat in this appointment.
    #[error("{0} is not in this appointment")]
    NotInAppointment(BeneficiaryRef),
    /// The appointment is for this session and slot already.
    #[error("the appointment is for this session and slot already")]
    SameSlot,
    /// A session is to be held at a centre that was never published.
    #[error("there is no centre {0}")]
    NoSuchCentre(CentreId),
    /// The centre or vaccine of a session with bookings cannot change.
    #[error("session {0} has bookings")]
    SessionInUse(SessionId),
    /// A session's capacity cannot be lowered below the seats taken.
    #[error("more seats of session {0} are taken")]
    CapacityTaken(SessionId),
    /// The seats that it takes are leased to members; they are asked to give them back: try again in a moment.
    #[error("the free seats of session {} are leased", .0.id)]
    SeatsElsewhere(SessionKey),
    /// The leases of a member that takes part are its own.
    #[error("the member takes part")]
    StillMember,
    /// A document was changed since it was read: read it again.
    #[error("the document was changed meanwhile")]
    Amended,
    /// The one-time password is used up, or was guessed at too often.
    #[error("the password is void")]
    PasswordVoid,
    /// The session is held on another day, under which it has to be looked for.
    #[error("the session was moved to another day")]
    SessionMoved,
    /// Appointments of the session are still being changed with it: try again in a moment.
    #[error("the session's appointments are still being changed")]
    Unsettled,
    /// Doses were given at the session: it is not moved to another day.
    #[error("doses were given at the session")]
    SessionBegun,
    /// A program that cannot read what would be written still takes part: try again when it is gone.
    #[error("a gateway of an older version takes part")]
    OlderProgram,
    /// Somebody has no appointment at this facility today that counts.
    #[error("{0} has no appointment here today")]
    NoAppointmentHere(BeneficiaryRef),
    /// Somebody is not checked in, and nothing was shown that would do instead.
    #[error("{0} is not checked in")]
    NotCheckedIn(BeneficiaryRef),
    /// Somebody is checked in: their appointment can be neither cancelled nor moved, nor have they stayed away.
    #[error("{0} is checked in")]
    IsCheckedIn(BeneficiaryRef),
    /// Somebody has not stayed away as long as the hours last that they were told.
    #[error("{0} is still expected")]
    StillExpected(BeneficiaryRef),
    /// Wrong codes or documents were shown too often for somebody's appointment; their district can let it be tried again.
    #[error("wrong codes or documents were shown for {0} too often")]
    ProofVoid(BeneficiaryRef),
    /// The session is for another vaccine than the one named.
    #[error("the session is for another vaccine")]
    NotTheSessionsVaccine {
        /// The vaccine that it is for.
        session: VaccineId,
    },
    /// Somebody has no such dose on record that this facility or district may change.
    #[error("no dose {} of {person} is recorded here", dose.number())]
    NoDoseHere {
        /// Who.
        person: BeneficiaryRef,
        /// Which.
        dose: Dose,
    },
    /// The day named is still to come, or lies before the dose before or after the next one.
    #[error("a dose cannot have been given on that day")]
    ImpossibleDay,
    /// The facility's time to correct what it recorded is over; the district still can.
    #[error("only the district can correct this dose now")]
    CorrectionLate,
    /// What is recorded says what the correction says.
    #[error("nothing would change")]
    NothingToCorrect,
    /// The observation goes on until this moment, unless somebody gives a reason.
    #[error("the observation is not over yet")]
    ObservationUnderWay {
        /// When it will be over.
        until: Timestamp,
    },
    /// The observation has ended, and not as this says.
    #[error("the observation has ended")]
    ObservationEnded,
    /// Two references are of people whose names, years of birth or genders differ.
    #[error("the references are not of one person")]
    NotOnePerson,
    /// The doses recorded under two references cannot be those of one person.
    #[error("the doses of {0} contradict those of the other reference")]
    DosesContradict(BeneficiaryRef),
    /// Nobody has stayed away before the session's day is over.
    #[error("the session's day is not over")]
    SessionNotOver,
    /// The centre never received this batch.
    #[error("there is no such batch here")]
    NoSuchBatch,
    /// The batch's last day is over.
    #[error("the batch expired after {expiry}")]
    BatchExpired {
        /// The last day on which it could be used.
        expiry: Date,
    },
    /// Nothing is left of the batch.
    #[error("nothing is left of the batch")]
    BatchEmpty,
    /// The batch was received with another last day.
    #[error("the batch expires after {expiry}")]
    OtherExpiry {
        /// The last day that it has.
        expiry: Date,
    },
    /// Less is left of the batch than is to leave the stock.
    #[error("only {left} doses of the batch are left")]
    StockTooLow {
        /// Doses left.
        left: u32,
    },
    /// Doses cannot be sent to where they are.
    #[error("that is the same centre")]
    SameCentre,
    /// An adverse event cannot have begun before the dose, nor on a day to come.
    #[error("it cannot have begun on that day")]
    ImpossibleOnset,
    /// What ends in death is serious.
    #[error("a death is a serious event")]
    DeathIsSerious,
    /// What is serious is investigated.
    #[error("a serious event is investigated")]
    InvestigationNeeded,
    /// The same was reported already, with other words: follow it up.
    #[error("it is reported already")]
    ReportedAlready(AefiId),
    /// There is no such report on this dose.
    #[error("there is no such report")]
    NoSuchReport,
    /// No more can be added to the report.
    #[error("the report has {most} follow-ups already")]
    ReportFull {
        /// How many it can have.
        most: u8,
    },
    /// There is no such certificate.
    #[error("there is no certificate {0}")]
    NoSuchCertificate(CertificateId),
    /// The event does not hold for a dose that the programme gave to somebody who is known, or was found not to deserve a
    /// certificate.
    #[error("event {0} is not to be certified")]
    NotCertifiable(EventId),
    /// Somebody has corrected themselves already; their district still can.
    #[error("{0} has corrected themselves already")]
    CorrectionSpent(BeneficiaryRef),
    /// As many links of a person work as may at once.
    #[error("{most} links are shared already")]
    TooManyShares {
        /// How many that is.
        most: u8,
    },
    /// The transparency log does not have so many lines.
    #[error("the log does not have so many lines")]
    NoSuchLogSize,
}

impl Refusal {
    /// The name under which the audit knows the rule. Names never change.
    pub fn name(self) -> Word {
        Word::new(match self {
            Self::KeyReused => "key-reused",
            Self::TooLarge => "too-large",
            Self::AccountFull { .. } => "account-full",
            Self::IdDocumentTaken => "id-document-taken",
            Self::NoSuchPerson(_) => "no-such-person",
            Self::HasAppointment(_) => "has-appointment",
            Self::HasDose(_) => "has-dose",
            Self::StillKept(_) => "still-kept",
            Self::NotOneToFour => "not-one-to-four",
            Self::NamedTwice(_) => "named-twice",
            Self::NoSuchSession => "no-such-session",
            Self::SessionCancelled => "session-cancelled",
            Self::SessionOver => "session-over",
            Self::NoSuchSlot => "no-such-slot",
            Self::WrongAge { .. } => "wrong-age",
            Self::DoseGiven { .. } => "dose-given",
            Self::DoseBeforeMissing { .. } => "dose-before-missing",
            Self::NotInSchedule => "not-in-schedule",
            Self::OtherVaccine { .. } => "other-vaccine",
            Self::TooEarly { .. } => "too-early",
            Self::AlreadyBooked { .. } => "already-booked",
            Self::SoldOut => "sold-out",
            Self::NoSuchAppointment => "no-such-appointment",
            Self::AppointmentOver => "appointment-over",
            Self::AppointmentMoved => "appointment-moved",
            Self::NotInAppointment(_) => "not-in-appointment",
            Self::SameSlot => "same-slot",
            Self::NoSuchCentre(_) => "no-such-centre",
            Self::SessionInUse(_) => "session-in-use",
            Self::CapacityTaken(_) => "capacity-taken",
            Self::SeatsElsewhere(_) => "seats-elsewhere",
            Self::StillMember => "still-member",
            Self::Amended => "amended",
            Self::PasswordVoid => "password-void",
            Self::SessionMoved => "session-moved",
            Self::Unsettled => "unsettled",
            Self::SessionBegun => "session-begun",
            Self::OlderProgram => "older-program",
            Self::NoAppointmentHere(_) => "no-appointment-here",
            Self::NotCheckedIn(_) => "not-checked-in",
            Self::IsCheckedIn(_) => "is-checked-in",
            Self::StillExpected(_) => "still-expected",
            Self::ProofVoid(_) => "proof-void",
            Self::NotTheSessionsVaccine { .. } => "not-the-sessions-vaccine",
            Self::NoDoseHere { .. } => "no-dose-here",
            Self::ImpossibleDay => "impossible-day",
            Self::CorrectionLate => "correction-late",
            Self::NothingToCorrect => "nothing-to-correct",
            Self::ObservationUnderWay { .. } => "observation-under-way",
            Self::ObservationEnded => "observation-ended",
            Self::NotOnePerson => "not-one-person",
            Self::DosesContradict(_) => "doses-contradict",
            Self::SessionNotOver => "session-not-over",
            Self::NoSuchBatch => "no-such-batch",
            Self::BatchExpired { .. } => "batch-expired",
            Self::BatchEmpty => "batch-empty",
            Self::OtherExpiry { .. } => "other-expiry",
            Self::StockTooLow { .. } => "stock-too-low",
            Self::SameCentre => "same-centre",
            Self::ImpossibleOnset => "impossible-onset",
            Self::DeathIsSerious => "death-is-serious",
            Self::InvestigationNeeded => "investigation-needed",
            Self::ReportedAlready(_) => "reported-already",
            Self::NoSuchReport => "no-such-report",
            Self::ReportFull { .. } => "report-full",
            Self::NoSuchCertificate(_) => "no-such-certificate",
            Self::NotCertifiable(_) => "not-certifiable",
            Self::CorrectionSpent(_) => "correction-spent",
            Self::TooManyShares { .. } => "too-many-shares",
            Self::NoSuchLogSize => "no-such-log-size",
        })
    }

    /// Whether a repetition of the request under the same idempotency key is refused for the same reason. The others
    /// are about the attempt, not the request.
    pub fn is_recorded(self) -> bool {
        !matches!(
            self,
            Self::KeyReused
                | Self::TooLarge
                | Self::AppointmentMoved
                | Self::SeatsElsewhere(_)
                | Self::Amended
                | Self::SessionMoved
                | Self::Unsettled
                | Self::OlderProgram
                | Self::ObservationUnderWay { .. }
                | Self::StillExpected(_)
                | Self::SessionNotOver
        )
    }
}
