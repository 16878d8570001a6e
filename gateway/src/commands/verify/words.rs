//! A verdict in words, for whoever holds a certificate against a person.

use super::Report;
use opencowin_verify::{Facts, Outcome, Reason, StatusSeen, Verdict};
use std::fmt::Write;

/// The whole answer, with a line break at its end.
pub(super) fn of(report: &Report) -> String {
    let verdict = &report.verdict;
    let mut text = format!("{}\n", headline(verdict));
    if let Some(reason) = verdict.reason {
        line(&mut text, why(reason));
    }
    if verdict.facts.is_some() {
        line(&mut text, status(verdict.status));
    }
    match report.logged {
        Some(true) => line(&mut text, "The transparency log holds it."),
        Some(false) => line(&mut text, "NOT in the transparency log: the proof does not show it."),
        None => {}
    }
    if let Some(facts) = &verdict.facts {
        text.push('\n');
        fields(&mut text, facts);
    }
    text
}

fn line(text: &mut String, sentence: &str) {
    text.push_str(sentence);
    text.push('\n');
}

fn headline(verdict: &Verdict) -> &'static str {
    match (verdict.outcome, verdict.status) {
        (Outcome::Valid, Some(StatusSeen { stale: false, .. })) => "VALID",
        (Outcome::Valid, _) => "VALID, unless it was revoked",
        (Outcome::Altered, _) => "ALTERED",
        (Outcome::Revoked, _) => "REVOKED",
        (Outcome::UnknownIssuer, _) => "UNKNOWN ISSUER",
        (Outcome::Expired, _) => "NOT VALID at this time",
    }
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Disagreement => "The document and the code on it are two different certificates.",
        Reason::Shape => "It is not written as an issuer writes it.",
        Reason::Signature => "The signature belongs to something else.",
        Reason::Issuer => "No keys of its issuer were given.",
        Reason::Key => "Its issuer has no such key, as far as the keys that were given show.",
        Reason::KeyRevoked => "Others may have the key that signed it.",
        Reason::KeyRetired => "It was signed when its key was no longer in use.",
        Reason::Status => "It was revoked, or replaced by a corrected one.",
        Reason::NotYetValid => "It does not hold yet.",
        Reason::Over => "It does not hold any more.",
    }
}

fn status(status: Option<StatusSeen>) -> &'static str {
    match status {
        None => "Whether it was revoked is not known: its status list was not given.",
        Some(StatusSeen { stale: true, .. }) => {
            "Whether it was revoked lately is not known: there is a newer status list."
        }
        Some(StatusSeen { stale: false, .. }) => "Its status list was looked at.",
    }
}

fn fields(text: &mut String, facts: &Facts) {
    let birth = facts.date_of_birth.map_or(facts.birth_year.to_string(), |date| date.to_string());
    let dose = format!("{} of {}", facts.dose, facts.total_doses);
    let place = [&facts.facility, &facts.district, &facts.state, &facts.country];
    let place = place.map(String::as_str).join(", ");
    let until = facts.valid_until.map(|until| until.to_string());
    for (name, value) in [
        ("Name", Some(&facts.name)),
        ("Born", Some(&birth)),
        ("Gender", Some(&facts.gender)),
        ("Passport", facts.passport.as_ref()),
        ("Vaccine", Some(&facts.vaccine)),
        ("Dose", Some(&dose)),
        ("Date", Some(&facts.date.to_string())),
        ("Place", Some(&place)),
        ("Batch", facts.batch.as_ref()),
        ("Reference", Some(&facts.reference)),
        ("Certificate", Some(&facts.certificate_id)),
        ("Issuer", Some(&facts.issuer)),
        ("Signed", Some(&facts.signed.to_string())),
        ("Valid until", until.as_ref()),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "{name:<12} {}", plain(value));
        }
    }
}

/// A text without anything that a terminal would obey, or that turns the direction of what stands beside it.
fn plain(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_speak_to_the_terminal() {
        assert_eq!(plain("Ra\u{1b}[2Jm\n\u{202e}रमेश"), "Ra\u{fffd}[2Jm\u{fffd}\u{fffd}रमेश");
    }
}
