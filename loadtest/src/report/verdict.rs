//! What came out, in a sentence.

use crate::number::{count, ms, number, of};
use crate::result::{RunResult, Violation, ViolationKind};

/// How a run ended, the gravest thing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target broke an invariant.
    Failed,
    /// The numbers are not about the target.
    Invalid,
    /// A threshold was missed.
    Missed,
    /// All is well.
    Valid,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How the run ended.
    pub outcome: Outcome,
    /// That in a word or two.
    pub word: &'static str,
    /// The rest of the sentence.
    pub sentence: String,
}

/// What came out of a run.
pub fn verdict(result: &RunResult) -> Verdict {
    if !result.violations.is_empty() {
        let broken: Vec<_> =
            result.violations.iter().map(|violation| broken(violation, result)).collect();
        let invalid = if result.valid { "" } else { "; the run is invalid besides" };
        let sentence = format!("{}{invalid}.", broken.join(", "));
        return Verdict { outcome: Outcome::Failed, word: "FAILED:", sentence };
    }
    if !result.valid {
        let first = result.invalid_because.first();
        let reason = first.map_or("nothing was measured", |reason| reason.trim_end_matches('.'));
        let sentence = format!("{reason}.");
        return Verdict { outcome: Outcome::Invalid, word: "INVALID:", sentence };
    }
    let missed = result.slo.iter().filter(|threshold| !threshold.met).count();
    if missed > 0 {
        let of_all = result.slo.len();
        let sentence = format!("{missed} of {of_all} thresholds. {}.", achievement(result));
        return Verdict { outcome: Outcome::Missed, word: "MISSED:", sentence };
    }
    let sentence = format!("{}.", achievement(result));
    Verdict { outcome: Outcome::Valid, word: "Valid run.", sentence }
}

/// The rate held, the latency, the bookings and their truth.
fn achievement(result: &RunResult) -> String {
    let rate = rate(result);
    let p99 = ms(result.all_traffic().quantile_ms(0.99));
    let bookings = match result.bookings.confirmed {
        0 => String::new(),
        confirmed => format!("{}, ", of(confirmed, "booking confirmed", "bookings confirmed")),
    };
    let doses = result.doses.as_ref().map_or_else(String::new, |doses| {
        format!("{}, ", of(doses.recorded, "dose recorded", "doses recorded"))
    });
    let sessions = result.sessions.as_ref().map_or_else(String::new, |sessions| {
        format!("{}, ", of(sessions.published, "session published", "sessions published"))
    });
    let facilities = result.doses.as_ref().map_or(0, |doses| doses.facilities)
        + result.sessions.as_ref().map_or(0, |sessions| sessions.facilities);
    let checked =
        result.bookings.read_back + facilities + result.freshness.answers + result.freshness.bodies;
    let truth = if checked > 0 { "no invariant violated" } else { "no invariant was checked" };
    format!("{rate}, p99 {p99}; {bookings}{doses}{sessions}{truth}")
}

/// The rate held. A closed loop asks for nothing in particular, its target is what it achieved.
fn rate(result: &RunResult) -> String {
    let achieved = number(result.rate_achieved);
    if result.rate_achieved == result.rate_target {
        return format!("{achieved} requests/s");
    }
    format!("{achieved} requests/s held against {} asked for", number(result.rate_target))
}

/// A violation in few words.
fn broken(violation: &Violation, result: &RunResult) -> String {
    let times = violation.count;
    match violation.kind {
        ViolationKind::Oversold if result.bookings.oversold > 0 => {
            format!("{} oversold", of(result.bookings.oversold, "seat", "seats"))
        }
        ViolationKind::Oversold => of(times, "case of overselling", "cases of overselling"),
        ViolationKind::LostBooking => of(times, "booking lost", "bookings lost"),
        ViolationKind::DoubledBooking => of(times, "booking doubled", "bookings doubled"),
        ViolationKind::GhostBooking => of(times, "ghost booking", "ghost bookings"),
        ViolationKind::StaleAnswer => of(times, "stale answer", "stale answers"),
        ViolationKind::UntypedRefusal => of(times, "untyped refusal", "untyped refusals"),
        ViolationKind::MalformedBody => of(times, "malformed body", "malformed bodies"),
        ViolationKind::UnsettledOutcome => {
            format!("{} of unknown outcomes unsettled", count(times))
        }
        ViolationKind::LostDose => of(times, "case of lost doses", "cases of lost doses"),
        ViolationKind::DoubledDose => of(times, "case of doubled doses", "cases of doubled doses"),
        ViolationKind::GhostDose => of(times, "ghost dose", "ghost doses"),
        ViolationKind::WrongFigures => {
            of(times, "district with wrong figures", "districts with wrong figures")
        }
        ViolationKind::MissingCertificate => {
            of(times, "certificate that never came", "certificates that never came")
        }
        ViolationKind::HiddenSession => of(times, "hidden session", "hidden sessions"),
        ViolationKind::WrongSeats => of(times, "case of wrong seats", "cases of wrong seats"),
        ViolationKind::LostSession => of(times, "session lost", "sessions lost"),
        ViolationKind::DoubledSession => of(times, "session doubled", "sessions doubled"),
        ViolationKind::GhostSession => of(times, "ghost session", "ghost sessions"),
    }
}
