//! Checks what an issuer of certificates has signed, offline, with keys that the caller has pinned.
//!
//! [`verify`] takes a certificate in either form, JSON or the text of its QR code, and says what it is worth. Nothing is
//! fetched: DID documents or key sets, and status lists if the status is to be checked, are handed in as [`Trust`]. Types
//! and canonical form are those of `opencowin-certificates`, so that a document is read in exactly the form in which it is
//! written and everything else is refused.
//!
//! No input makes it panic.

mod input;
pub mod kyc;
pub mod log;
mod together;
mod trust;
mod verdict;

pub use input::{Input, Unreadable};
pub use together::verify_together;
pub use trust::{Trust, TrustError};
pub use verdict::{Facts, Outcome, Reason, StatusSeen, Verdict};

use opencowin_certificates::compact::{Claims, Token};
use opencowin_certificates::credential::Unproven;
use opencowin_certificates::keys::documents::PublishedKey;
use opencowin_certificates::{Issuer, Moment, Purpose};

/// Says what a certificate is worth at a moment.
///
/// # Errors
/// [`Unreadable`] if it is no certificate at all, or cannot be made out. One that was changed is
/// [`Outcome::Altered`] instead, as far as that can be told.
pub fn verify(input: &Input<'_>, trust: &Trust, at: Moment) -> Result<Verdict, Unreadable> {
    match input {
        Input::Json(json) => match input::credential(json)? {
            Some(unproven) => Ok(json_verdict(&unproven, trust, at)),
            None => Ok(Verdict::refused(Outcome::Altered, Reason::Shape)),
        },
        Input::Code(text) => match input::token(text)? {
            Some(token) => Ok(code_verdict(&token, trust, at)),
            None => Ok(Verdict::refused(Outcome::Altered, Reason::Shape)),
        },
    }
}

fn json_verdict(unproven: &Unproven<'_>, trust: &Trust, at: Moment) -> Verdict {
    let Unproven { credential, proof } = unproven;
    let Some(claims) = Claims::of(credential, proof.created) else {
        return Verdict::refused(Outcome::Altered, Reason::Shape);
    };
    let named = |key: &PublishedKey| {
        let id = proof.method.strip_prefix(&*credential.issuer).and_then(|id| id.strip_prefix('#'));
        id == Some(&*key.key.id())
    };
    judge(&claims, trust, at, named, |key| {
        proof.holds(credential, &credential.contexts, key.key.verifying_key())
    })
}

fn code_verdict(token: &Token, trust: &Trust, at: Moment) -> Verdict {
    match token.claims() {
        Ok(claims) => {
            let named = |key: &PublishedKey| key.key.short_id() == token.key_id();
            judge(&claims, trust, at, named, |key| token.holds(&key.key))
        }
        Err(_) => Verdict::refused(Outcome::Altered, Reason::Shape),
    }
}

/// What both forms are judged by: who signed, whether the signature holds, and only then what is said.
fn judge(
    claims: &Claims<'_>,
    trust: &Trust,
    at: Moment,
    named: impl Fn(&PublishedKey) -> bool,
    holds: impl Fn(&PublishedKey) -> bool,
) -> Verdict {
    let Some(keys) = trust.keys(&claims.issuer) else {
        return Verdict::refused(Outcome::UnknownIssuer, Reason::Issuer);
    };
    let mut keys = keys.iter().filter(|key| key.purpose == Purpose::Certificates);
    let Some(key) = keys.find(|key| named(key)) else {
        return Verdict::refused(Outcome::UnknownIssuer, Reason::Key);
    };
    if !holds(key) {
        return Verdict::refused(Outcome::Altered, Reason::Signature);
    }
    match trust::objection(key, claims.signed) {
        // Whoever has such a key can write anything: what is said is not even shown.
        Some(reason) => Verdict::refused(Outcome::Revoked, reason),
        None => genuine(claims, trust, at),
    }
}

/// The verdict on a certificate that its issuer did sign.
fn genuine(claims: &Claims<'_>, trust: &Trust, at: Moment) -> Verdict {
    let issuer = Issuer::from_did(&claims.issuer);
    let seen = issuer.and_then(|issuer| trust.status(&issuer, claims.status));
    let (outcome, reason) = if seen.is_some_and(|seen| seen.revoked) {
        (Outcome::Revoked, Some(Reason::Status))
    } else if at < claims.from {
        (Outcome::Expired, Some(Reason::NotYetValid))
    } else if claims.until.is_some_and(|until| at >= until) {
        (Outcome::Expired, Some(Reason::Over))
    } else {
        (Outcome::Valid, None)
    };
    let status = seen.map(|seen| StatusSeen { as_of: seen.as_of, stale: at >= seen.until });
    Verdict { outcome, reason, facts: Some(Facts::from(claims)), status }
}

#[cfg(test)]
mod tests;
