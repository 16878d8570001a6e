//! One verdict on a document that holds its certificate in several forms, as a PDF does: as attachment and as QR code.

use crate::{Input, Outcome, Reason, Trust, Unreadable, Verdict, verify};
use opencowin_certificates::Moment;

/// Says what a document is worth by all of its parts: a part that is not genuine makes the whole so. Parts that are no
/// certificates, such as other codes on the page, do not count unless there are no others.
///
/// # Errors
/// [`Unreadable`] if no part is a certificate; how one was damaged says more than that another is something else.
pub fn verify_together(
    parts: &[Input<'_>],
    trust: &Trust,
    at: Moment,
) -> Result<Verdict, Unreadable> {
    let (mut verdicts, mut why) = (Vec::new(), Unreadable::Foreign);
    for part in parts {
        match verify(part, trust, at) {
            Ok(verdict) => verdicts.push(verdict),
            Err(Unreadable::Foreign) => {}
            Err(damage) => why = damage,
        }
    }
    if disagree(&verdicts) {
        return Ok(Verdict::refused(Outcome::Altered, Reason::Disagreement));
    }
    verdicts.into_iter().min_by_key(|verdict| rank(verdict.outcome)).ok_or(why)
}

/// Whether parts say that they are different certificates.
fn disagree(verdicts: &[Verdict]) -> bool {
    let mut ids =
        verdicts.iter().filter_map(|verdict| Some(&verdict.facts.as_ref()?.certificate_id));
    ids.next().is_some_and(|first| ids.any(|id| id != first))
}

/// From the worst.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Altered => 0,
        Outcome::Revoked => 1,
        Outcome::UnknownIssuer => 2,
        Outcome::Expired => 3,
        Outcome::Valid => 4,
    }
}
