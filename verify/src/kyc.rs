//! Checks answers of the vaccination status service, as a verifying party does.

use crate::trust::{Trust, objection};
use opencowin_certificates::kyc::{Answer, Unproven};
use opencowin_certificates::{Issuer, Moment, Purpose};

/// What the verifying party asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Whom.
    pub issuer: &'a Issuer,
    /// As whom: its own name with the issuer.
    pub audience: &'a str,
    /// What it gave along, drawn anew for each question.
    pub nonce: &'a str,
}

/// Why an answer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no answer of such a service.
    #[error("not an answer of the vaccination status service")]
    NoAnswer,
    /// No pinned key of the issuer has signed it.
    #[error("signed by nobody who is known here")]
    Unsigned,
    /// It answers somebody else, or another question.
    #[error("an answer to another question")]
    NotAsked,
    /// Its minutes are over, or have not begun.
    #[error("an answer of another time")]
    NotCurrent,
}

/// The answer to a question, if this is it.
///
/// # Errors
/// [`Refused`] by what is wrong with it.
pub fn check(token: &str, asked: Asked<'_>, trust: &Trust, at: Moment) -> Result<Answer, Refused> {
    let read = Unproven::parse(token).map_err(|_| Refused::NoAnswer)?;
    let did = asked.issuer.did();
    let signed = Moment::from_seconds(read.answer.iat).ok_or(Refused::NotCurrent)?;
    let key = trust.key(did, &asked.issuer.method(&read.key_id), Purpose::Kyc);
    let sound = |key| objection(key, signed).is_none() && read.holds(&key.key);
    if !key.is_some_and(sound) {
        return Err(Refused::Unsigned);
    }
    let Answer { iss, aud, nonce, .. } = &read.answer;
    if (&**iss, &**aud, &**nonce) != (did, asked.audience, asked.nonce) {
        return Err(Refused::NotAsked);
    }
    if read.answer.is_current(at) { Ok(read.answer) } else { Err(Refused::NotCurrent) }
}
