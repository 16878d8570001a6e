//! The ledger's refusals in the words of the wire contract (section 1.9).

use crate::http::catalogue as error;
use crate::http::problem::Problem;
use opencowin_ledger::commands::Refusal;
use opencowin_model::{AgeBand, BeneficiaryRef, Pack, date};

/// The error that tells a client of `refusal`.
pub(crate) fn problem(refusal: Refusal, pack: &Pack) -> Problem {
    use Refusal::*;
    match refusal {
        KeyReused => error::IDEMPOTENCY_KEY_REUSED.into(),
        AccountFull { .. } => error::TOO_MANY_BENEFICIARIES.into(),
        IdDocumentTaken => error::ID_ALREADY_USED.into(),
        NoSuchPerson(person) => about(error::NO_BENEFICIARY, person),
        HasAppointment(_) | HasDose(_) => error::CANNOT_DELETE.into(),
        NotOneToFour | NamedTwice(_) => Problem::invalid("beneficiaries"),
        NoSuchSession | SessionCancelled | SessionOver | NoSuchSlot => error::SLOT_INVALID.into(),
        WrongAge { person, band } => wrong_age(person, band),
        DoseBeforeMissing { person } => about(error::DOSE_ORDER, person),
        DoseGiven { person, dose } => {
            choose_another(person, &format!("dose {} is recorded already", dose.number()))
        }
        NotInSchedule => Problem::with_text(
            error::CHOOSE_ANOTHER,
            "Please select a different vaccination center: its vaccine is not given as this dose"
                .to_owned(),
        ),
        OtherVaccine { person, given } => {
            let name = pack.vaccine(given).map_or("another vaccine", |vaccine| &vaccine.name);
            choose_another(person, &format!("the dose before was {name}"))
        }
        TooEarly { person, from } => {
            let from = date::to_wire_string(from);
            choose_another(person, &format!("this dose can be given from {from} on"))
        }
        AlreadyBooked { person, .. } => about(error::ALREADY_BOOKED, person),
        SoldOut => error::SOLD_OUT.into(),
        NoSuchAppointment | AppointmentOver => error::APPOINTMENT_UNKNOWN.into(),
        NotInAppointment(person) => about(error::APPOINTMENT_UNKNOWN, person),
        SameSlot => error::NOTHING_TO_CHANGE.into(),
        NoAppointmentHere(person) => about(error::NO_APPOINTMENT_HERE, person),
        NotCheckedIn(person) => about(error::NOT_CHECKED_IN, person),
        IsCheckedIn(person) => about(error::CHECKED_IN, person),
        ProofVoid(person) => about(error::PROOF_VOID, person),
        StillExpected(person) => about(error::STILL_EXPECTED, person),
        NotTheSessionsVaccine { session } => {
            let entry = error::VACCINE_OF_SESSION;
            let name = pack.vaccine(session).map_or("", |vaccine| &vaccine.name);
            Problem::with_text(entry, format!("{}: {name}", entry.text))
        }
        NoDoseHere { person, .. } => about(error::NO_DOSE_HERE, person),
        ImpossibleDay => error::DAY_IMPOSSIBLE.into(),
        CorrectionLate => error::CORRECTION_LATE.into(),
        CorrectionSpent(person) => about(error::CORRECTION_SPENT, person),
        NoSuchCertificate(_) => error::CERTIFICATE_UNKNOWN.into(),
        NotCertifiable(_) => error::NOT_CERTIFIED.into(),
        NothingToCorrect => error::NOTHING_TO_CORRECT.into(),
        ObservationUnderWay { .. } | ObservationEnded => Problem::with_text(
            error::OBSERVATION,
            format!("{}: {refusal}", error::OBSERVATION.text),
        ),
        NotOnePerson | DosesContradict(_) => error::NOT_ONE_PERSON.into(),
        NoSuchBatch | BatchExpired { .. } | BatchEmpty => {
            let entry = error::BATCH_UNUSABLE;
            Problem::with_text(entry, format!("{}: {refusal}", entry.text))
        }
        StockTooLow { left } => Problem::with_text(
            error::STOCK_TOO_LOW,
            format!("{}: {left}", error::STOCK_TOO_LOW.text),
        ),
        OtherExpiry { expiry } => Problem::with_text(
            error::OTHER_EXPIRY,
            format!("{}: {}", error::OTHER_EXPIRY.text, date::to_wire_string(expiry)),
        ),
        SameCentre => Problem::invalid("to_center_id"),
        TooManyShares { .. } => error::TOO_MANY_SHARES.into(),
        ImpossibleOnset => Problem::invalid("onset"),
        DeathIsSerious => Problem::invalid("severity"),
        InvestigationNeeded => Problem::invalid("investigation"),
        ReportedAlready(report) => Problem::with_text(
            error::AEFI_REPORTED,
            format!("{}: {report}", error::AEFI_REPORTED.text),
        ),
        NoSuchReport => error::NOT_FOUND.into(),
        ReportFull { .. } => error::AEFI_FULL.into(),
        // Commands of staff, which no route of the public makes, and attempts that lost a race and may be repeated.
        NoSuchCentre(_) => Problem::invalid("center_id"),
        AppointmentMoved | TooLarge | SessionInUse(_) | CapacityTaken(_) | SeatsElsewhere(_)
        | StillMember | StillKept(_) | Amended | OlderProgram | SessionNotOver | SessionMoved
        | SessionBegun | Unsettled | NoSuchLogSize => error::TRY_AGAIN.into(),
        PasswordVoid => error::OTP_INVALID.into(),
    }
}

fn about(entry: error::Entry, person: BeneficiaryRef) -> Problem {
    Problem::with_text(entry, format!("{} (reference id {person})", entry.text))
}

fn choose_another(person: BeneficiaryRef, why: &str) -> Problem {
    let entry = error::CHOOSE_ANOTHER;
    Problem::with_text(entry, format!("{} {person}: {why}", entry.text))
}

fn wrong_age(person: BeneficiaryRef, band: AgeBand) -> Problem {
    let ages = match band.max {
        Some(max) => format!("between {} and {max} years", band.min),
        None => format!("{} years and above", band.min),
    };
    let text = format!("This session is for people {ages} (reference id {person})");
    Problem::with_text(error::AGE_OUTSIDE, text)
}
