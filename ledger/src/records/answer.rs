//! What a request under an idempotency key was answered.

use super::appointment::read_channel;
use super::person::reference;
use super::wire::{Fields, Malformed, Value, Writer};
use super::{EventKey, read_session_key, write_session_key};
use crate::commands::{Answer, Outcome, Refusal, SeatCount};
use opencowin_model::{
    AefiId, AgeBand, AppointmentId, BeneficiaryRef, CentreId, CertificateId, Date, Dose, EventId,
    SessionId, SessionKey, Timestamp, VaccineId,
};
use uuid::Uuid;

/// The record of one request under an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    /// SHA-256 of the request, by which a repetition is told from another request.
    pub digest: [u8; 32],
    /// What it was answered.
    pub answer: Answer,
}

/// What any answer may hold; each kind uses some of it.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    kind: u64,
    person: Option<BeneficiaryRef>,
    id: Option<Uuid>,
    number: Option<u64>,
    other: Option<u64>,
    date: Option<Date>,
    freed: Option<SeatCount>,
    taken: Option<SeatCount>,
}

/// Kinds of outcomes are below this, those of refusals from it on. Numbers are never reused.
const FIRST_REFUSAL: u64 = 100;

impl CommandRecord {
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(1, &self.digest);
        let parts = match &self.answer {
            Ok(outcome) => outcome_parts(outcome),
            Err(refusal) => refusal_parts(refusal),
        };
        writer.nested(2, |inner| parts.write(inner));
    }

    pub(super) fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let (mut digest, mut parts) = (None, None);
        for field in fields {
            match field? {
                (1, value) => digest = Some(value.array()?),
                (2, value) => parts = Some(Parts::read(value.fields()?)?),
                _ => {}
            }
        }
        let answer = parts.and_then(|parts| answer(&parts)).ok_or(Malformed)?;
        Ok(Self { digest: digest.ok_or(Malformed)?, answer })
    }
}

fn outcome_parts(outcome: &Outcome) -> Parts {
    let of = |kind| Parts { kind, ..Parts::default() };
    match *outcome {
        Outcome::CentresPublished => of(1),
        Outcome::SessionsPublished { written } => Parts { number: Some(written.into()), ..of(2) },
        Outcome::Registered(person) => Parts { person: Some(person), ..of(3) },
        Outcome::Deleted => of(4),
        Outcome::Booked { appointment, taken } => {
            Parts { id: Some(appointment.0), taken: Some(taken), ..of(5) }
        }
        Outcome::Rescheduled { freed, taken } => Parts { freed, taken, ..of(6) },
        Outcome::Cancelled { freed } => Parts { freed: Some(freed), ..of(7) },
        Outcome::ClockAdvanced { ahead_ms } => {
            Parts { number: Some(ahead_ms.cast_unsigned()), ..of(8) }
        }
        Outcome::Passed => of(9),
        Outcome::PasswordRight => of(10),
        Outcome::PasswordWrong => of(11),
        Outcome::Erased => of(12),
        Outcome::SessionChanged { version } => Parts { number: Some(version.into()), ..of(50) },
        Outcome::CheckedIn { appointment, dose } => {
            Parts { id: Some(appointment.0), number: Some(dose.number().into()), ..of(20) }
        }
        Outcome::ProofWrong { left } => Parts { number: Some(left.into()), ..of(21) },
        Outcome::DoseRecorded(event) => {
            Parts { id: Some(event.id.0), date: Some(event.date), ..of(22) }
        }
        Outcome::Declined { freed } => Parts { freed: Some(freed), ..of(23) },
        Outcome::NoShowsMarked { people } => Parts { number: Some(people.into()), ..of(24) },
        Outcome::Observed => of(25),
        Outcome::Merged(person) => Parts { person: Some(person), ..of(26) },
        Outcome::MemberMoved => of(27),
        Outcome::HolderCorrected => of(28),
        Outcome::StockMoved { movement, left } => {
            Parts { id: Some(movement), number: Some(left.into()), ..of(40) }
        }
        Outcome::AefiReported(report) => Parts { id: Some(report.0), ..of(41) },
        Outcome::Certified { stored } => Parts { number: Some(stored), ..of(70) },
        Outcome::CertificatesRevoked { revoked } => {
            Parts { number: Some(revoked.into()), ..of(71) }
        }
        Outcome::StatusTaken { from } => Parts { number: Some(from), ..of(72) },
        Outcome::LogSequenced { size } => Parts { number: Some(size), ..of(73) },
        Outcome::Enrolled { person, appointment, taken } => {
            Parts { person: Some(person), id: Some(appointment.0), taken: Some(taken), ..of(60) }
        }
    }
}

fn refusal_parts(refusal: &Refusal) -> Parts {
    let of = |kind| Parts { kind: FIRST_REFUSAL + kind, ..Parts::default() };
    let about = |kind, person| Parts { person: Some(person), ..of(kind) };
    let number = |kind, number| Parts { number: Some(number), ..of(kind) };
    match *refusal {
        Refusal::KeyReused => of(1),
        Refusal::TooLarge => of(2),
        Refusal::AccountFull { limit } => number(3, limit.into()),
        Refusal::IdDocumentTaken => of(4),
        Refusal::NoSuchPerson(person) => about(5, person),
        Refusal::HasAppointment(person) => about(6, person),
        Refusal::HasDose(person) => about(7, person),
        Refusal::NotOneToFour => of(8),
        Refusal::NamedTwice(person) => about(9, person),
        Refusal::NoSuchSession => of(10),
        Refusal::SessionCancelled => of(11),
        Refusal::SessionOver => of(12),
        Refusal::NoSuchSlot => of(13),
        Refusal::WrongAge { person, band } => {
            let (min, max) = (Some(band.min.into()), band.max.map(u64::from));
            Parts { number: min, other: max, ..about(14, person) }
        }
        Refusal::DoseGiven { person, dose } => {
            Parts { number: Some(dose.number().into()), ..about(15, person) }
        }
        Refusal::DoseBeforeMissing { person } => about(16, person),
        Refusal::NotInSchedule => of(17),
        Refusal::OtherVaccine { person, given } => {
            Parts { number: Some(given.0.into()), ..about(18, person) }
        }
        Refusal::TooEarly { person, from } => Parts { date: Some(from), ..about(19, person) },
        Refusal::AlreadyBooked { person, appointment } => {
            Parts { id: Some(appointment.0), ..about(20, person) }
        }
        Refusal::SoldOut => of(21),
        Refusal::NoSuchAppointment => of(22),
        Refusal::AppointmentOver => of(23),
        Refusal::AppointmentMoved => of(24),
        Refusal::NotInAppointment(person) => about(25, person),
        Refusal::SameSlot => of(26),
        Refusal::NoSuchCentre(centre) => number(27, centre.0.into()),
        Refusal::SessionInUse(session) => Parts { id: Some(session.0), ..of(28) },
        Refusal::CapacityTaken(session) => Parts { id: Some(session.0), ..of(29) },
        Refusal::SeatsElsewhere(session) => {
            Parts { id: Some(session.id.0), date: Some(session.date), ..of(30) }
        }
        Refusal::StillMember => of(31),
        Refusal::Amended => of(32),
        Refusal::PasswordVoid => of(33),
        Refusal::StillKept(person) => about(34, person),
        Refusal::SessionMoved => of(50),
        Refusal::Unsettled => of(51),
        Refusal::SessionBegun => of(52),
        Refusal::OlderProgram => of(80),
        Refusal::NoAppointmentHere(person) => about(81, person),
        Refusal::NotCheckedIn(person) => about(82, person),
        Refusal::IsCheckedIn(person) => about(83, person),
        Refusal::ProofVoid(person) => about(84, person),
        Refusal::NotTheSessionsVaccine { session } => number(85, session.0.into()),
        Refusal::NoDoseHere { person, dose } => {
            Parts { number: Some(dose.number().into()), ..about(86, person) }
        }
        Refusal::ImpossibleDay => of(87),
        Refusal::CorrectionLate => of(88),
        Refusal::NothingToCorrect => of(89),
        Refusal::ObservationUnderWay { until } => number(90, until.0.cast_unsigned()),
        Refusal::ObservationEnded => of(91),
        Refusal::NotOnePerson => of(92),
        Refusal::DosesContradict(person) => about(93, person),
        Refusal::SessionNotOver => of(94),
        Refusal::StillExpected(person) => about(95, person),
        Refusal::NoSuchBatch => of(60),
        Refusal::BatchExpired { expiry } => Parts { date: Some(expiry), ..of(61) },
        Refusal::BatchEmpty => of(62),
        Refusal::OtherExpiry { expiry } => Parts { date: Some(expiry), ..of(63) },
        Refusal::StockTooLow { left } => number(64, left.into()),
        Refusal::SameCentre => of(65),
        Refusal::ImpossibleOnset => of(66),
        Refusal::DeathIsSerious => of(67),
        Refusal::ReportedAlready(report) => Parts { id: Some(report.0), ..of(68) },
        Refusal::NoSuchReport => of(69),
        Refusal::ReportFull { most } => number(70, most.into()),
        Refusal::InvestigationNeeded => of(71),
        Refusal::NoSuchCertificate(certificate) => Parts { id: Some(certificate.0), ..of(100) },
        Refusal::NotCertifiable(event) => Parts { id: Some(event.0), ..of(101) },
        Refusal::CorrectionSpent(person) => about(102, person),
        Refusal::TooManyShares { most } => number(103, most.into()),
        Refusal::NoSuchLogSize => of(104),
    }
}

fn answer(parts: &Parts) -> Option<Answer> {
    if parts.kind < FIRST_REFUSAL { outcome(parts).map(Ok) } else { refusal(parts).map(Err) }
}

fn outcome(parts: &Parts) -> Option<Outcome> {
    Some(match parts.kind {
        1 => Outcome::CentresPublished,
        2 => Outcome::SessionsPublished { written: parts.number?.try_into().ok()? },
        3 => Outcome::Registered(parts.person?),
        4 => Outcome::Deleted,
        5 => Outcome::Booked { appointment: AppointmentId(parts.id?), taken: parts.taken? },
        6 => Outcome::Rescheduled { freed: parts.freed, taken: parts.taken },
        7 => Outcome::Cancelled { freed: parts.freed? },
        8 => Outcome::ClockAdvanced { ahead_ms: parts.number?.cast_signed() },
        9 => Outcome::Passed,
        10 => Outcome::PasswordRight,
        11 => Outcome::PasswordWrong,
        12 => Outcome::Erased,
        50 => Outcome::SessionChanged { version: parts.number?.try_into().ok()? },
        20 => Outcome::CheckedIn {
            appointment: AppointmentId(parts.id?),
            dose: Dose::from_number(parts.number?)?,
        },
        21 => Outcome::ProofWrong { left: parts.number?.try_into().ok()? },
        22 => Outcome::DoseRecorded(EventKey { date: parts.date?, id: EventId(parts.id?) }),
        23 => Outcome::Declined { freed: parts.freed? },
        24 => Outcome::NoShowsMarked { people: parts.number?.try_into().ok()? },
        25 => Outcome::Observed,
        26 => Outcome::Merged(parts.person?),
        27 => Outcome::MemberMoved,
        28 => Outcome::HolderCorrected,
        40 => Outcome::StockMoved { movement: parts.id?, left: parts.number?.try_into().ok()? },
        41 => Outcome::AefiReported(AefiId(parts.id?)),
        70 => Outcome::Certified { stored: parts.number? },
        71 => Outcome::CertificatesRevoked { revoked: parts.number?.try_into().ok()? },
        72 => Outcome::StatusTaken { from: parts.number? },
        73 => Outcome::LogSequenced { size: parts.number? },
        60 => Outcome::Enrolled {
            person: parts.person?,
            appointment: AppointmentId(parts.id?),
            taken: parts.taken?,
        },
        _ => return None,
    })
}

fn refusal(parts: &Parts) -> Option<Refusal> {
    let person = || parts.person;
    let small = || parts.number.and_then(|number| u8::try_from(number).ok());
    Some(match parts.kind - FIRST_REFUSAL {
        1 => Refusal::KeyReused,
        2 => Refusal::TooLarge,
        3 => Refusal::AccountFull { limit: small()? },
        4 => Refusal::IdDocumentTaken,
        5 => Refusal::NoSuchPerson(person()?),
        6 => Refusal::HasAppointment(person()?),
        7 => Refusal::HasDose(person()?),
        8 => Refusal::NotOneToFour,
        9 => Refusal::NamedTwice(person()?),
        10 => Refusal::NoSuchSession,
        11 => Refusal::SessionCancelled,
        12 => Refusal::SessionOver,
        13 => Refusal::NoSuchSlot,
        14 => {
            let max = parts.other.map(u8::try_from).transpose().ok()?;
            Refusal::WrongAge { person: person()?, band: AgeBand { min: small()?, max } }
        }
        15 => Refusal::DoseGiven { person: person()?, dose: Dose::from_number(parts.number?)? },
        16 => Refusal::DoseBeforeMissing { person: person()? },
        17 => Refusal::NotInSchedule,
        18 => Refusal::OtherVaccine { person: person()?, given: VaccineId(small()?) },
        19 => Refusal::TooEarly { person: person()?, from: parts.date? },
        20 => Refusal::AlreadyBooked { person: person()?, appointment: AppointmentId(parts.id?) },
        21 => Refusal::SoldOut,
        22 => Refusal::NoSuchAppointment,
        23 => Refusal::AppointmentOver,
        24 => Refusal::AppointmentMoved,
        25 => Refusal::NotInAppointment(person()?),
        26 => Refusal::SameSlot,
        27 => Refusal::NoSuchCentre(CentreId(parts.number?.try_into().ok()?)),
        28 => Refusal::SessionInUse(SessionId(parts.id?)),
        29 => Refusal::CapacityTaken(SessionId(parts.id?)),
        30 => {
            let (id, date) = (SessionId(parts.id?), parts.date?);
            Refusal::SeatsElsewhere(SessionKey { date, id })
        }
        31 => Refusal::StillMember,
        32 => Refusal::Amended,
        60 => Refusal::NoSuchBatch,
        61 => Refusal::BatchExpired { expiry: parts.date? },
        62 => Refusal::BatchEmpty,
        63 => Refusal::OtherExpiry { expiry: parts.date? },
        64 => Refusal::StockTooLow { left: parts.number?.try_into().ok()? },
        65 => Refusal::SameCentre,
        66 => Refusal::ImpossibleOnset,
        67 => Refusal::DeathIsSerious,
        68 => Refusal::ReportedAlready(AefiId(parts.id?)),
        69 => Refusal::NoSuchReport,
        70 => Refusal::ReportFull { most: small()? },
        71 => Refusal::InvestigationNeeded,
        33 => Refusal::PasswordVoid,
        34 => Refusal::StillKept(person()?),
        50 => Refusal::SessionMoved,
        51 => Refusal::Unsettled,
        52 => Refusal::SessionBegun,
        80 => Refusal::OlderProgram,
        81 => Refusal::NoAppointmentHere(person()?),
        82 => Refusal::NotCheckedIn(person()?),
        83 => Refusal::IsCheckedIn(person()?),
        84 => Refusal::ProofVoid(person()?),
        85 => Refusal::NotTheSessionsVaccine { session: VaccineId(small()?) },
        86 => Refusal::NoDoseHere { person: person()?, dose: Dose::from_number(parts.number?)? },
        87 => Refusal::ImpossibleDay,
        88 => Refusal::CorrectionLate,
        89 => Refusal::NothingToCorrect,
        90 => Refusal::ObservationUnderWay { until: Timestamp(parts.number?.cast_signed()) },
        91 => Refusal::ObservationEnded,
        92 => Refusal::NotOnePerson,
        93 => Refusal::DosesContradict(person()?),
        94 => Refusal::SessionNotOver,
        95 => Refusal::StillExpected(person()?),
        100 => Refusal::NoSuchCertificate(CertificateId(parts.id?)),
        101 => Refusal::NotCertifiable(EventId(parts.id?)),
        102 => Refusal::CorrectionSpent(person()?),
        103 => Refusal::TooManyShares { most: small()? },
        104 => Refusal::NoSuchLogSize,
        _ => return None,
    })
}

impl Parts {
    fn write(&self, writer: &mut Writer) {
        writer.number(1, self.kind);
        if let Some(person) = self.person {
            writer.number(2, person.get());
        }
        if let Some(id) = self.id {
            writer.bytes(3, id.as_bytes());
        }
        if let Some(number) = self.number {
            writer.number(4, number);
        }
        if let Some(other) = self.other {
            writer.number(5, other);
        }
        if let Some(date) = self.date {
            writer.date(6, date);
        }
        for (field, seats) in [(7, self.freed), (8, self.taken)] {
            if let Some(seats) = seats {
                writer.nested(field, |inner| write_seats(&seats, inner));
            }
        }
    }

    fn read(fields: Fields<'_>) -> Result<Self, Malformed> {
        let mut parts = Self::default();
        for field in fields {
            match field? {
                (1, value) => parts.kind = value.number()?,
                (2, value) => parts.person = Some(reference(value)?),
                (3, value) => parts.id = Some(Uuid::from_bytes(value.array()?)),
                (4, value) => parts.number = Some(value.number()?),
                (5, value) => parts.other = Some(value.number()?),
                (6, value) => parts.date = Some(value.date()?),
                (7, value) => parts.freed = Some(read_seats(value)?),
                (8, value) => parts.taken = Some(read_seats(value)?),
                _ => {}
            }
        }
        Ok(parts)
    }
}

fn write_seats(seats: &SeatCount, writer: &mut Writer) {
    writer.nested(1, |inner| write_session_key(seats.session, inner));
    writer.number(2, seats.channel.index() as u64 + 1);
    writer.number(3, seats.dose.number());
    writer.number(4, seats.seats);
}

fn read_seats(value: Value<'_>) -> Result<SeatCount, Malformed> {
    let (mut session, mut channel, mut dose, mut seats) = (None, None, None, None);
    for field in value.fields()? {
        match field? {
            (1, value) => session = Some(read_session_key(value)?),
            (2, value) => channel = Some(read_channel(value)?),
            (3, value) => dose = Some(value.dose()?),
            (4, value) => seats = Some(value.number()?),
            _ => {}
        }
    }
    Ok(SeatCount {
        session: session.ok_or(Malformed)?,
        channel: channel.ok_or(Malformed)?,
        dose: dose.ok_or(Malformed)?,
        seats: seats.ok_or(Malformed)?,
    })
}
