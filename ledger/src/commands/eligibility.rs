//! Whether one person may be given one dose in one session, as far as their own state says.

use super::Refusal;
use crate::records::{DoseTaken, Person};
use crate::rules::Rules;
use jiff::ToSpan;
use opencowin_model::{BeneficiaryRef, Date, Dose, Session};

/// Checks, in this order: the age band (age in calendar years as of `today`, source: wire contract 1.4), that the dose
/// was not given yet, that the vaccine's schedule has it, that the dose before was given, that a second dose is of the
/// vaccine of the first, and that enough days will have passed on the session's date. Appointments are not looked at:
/// see [`live_appointment`](super::live_appointment).
///
/// # Errors
/// The first of these rules that is broken.
pub fn eligibility(
    who: BeneficiaryRef,
    person: &Person,
    session: &Session,
    dose: Dose,
    today: Date,
    rules: &Rules,
) -> Result<(), Refusal> {
    if !session.age.admits(person.birth_year, today.year()) {
        return Err(Refusal::WrongAge { person: who, band: session.age });
    }
    if person.taken(dose).is_some() {
        return Err(Refusal::DoseGiven { person: who, dose });
    }
    let vaccine = rules.vaccine(session.vaccine);
    let days = vaccine.and_then(|v| v.days_before(dose)).ok_or(Refusal::NotInSchedule)?;
    if dose == Dose::First {
        return Ok(());
    }
    let before =
        dose_before(person, dose, rules).ok_or(Refusal::DoseBeforeMissing { person: who })?;
    if dose == Dose::Second && before.vaccine != session.vaccine {
        return Err(Refusal::OtherVaccine { person: who, given: before.vaccine });
    }
    let from = before.date.saturating_add(i64::from(days).days());
    if session.date < from { Err(Refusal::TooEarly { person: who, from }) } else { Ok(()) }
}

/// The dose that `dose` follows, as it was given: for a precaution dose the last one of the primary schedule of the
/// vaccine that the person had, which is the first where that schedule has one.
pub(super) fn dose_before<'a>(
    person: &'a Person,
    dose: Dose,
    rules: &Rules,
) -> Option<&'a DoseTaken> {
    let first = person.taken(Dose::First)?;
    match dose {
        Dose::First => None,
        Dose::Second => Some(first),
        Dose::Precaution if rules.vaccine(first.vaccine)?.doses < 2 => Some(first),
        Dose::Precaution => person.taken(Dose::Second),
    }
}
