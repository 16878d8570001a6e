//! Asking those who issue identity documents whether one is somebody's.
//!
//! Staff sees a document with its own eyes. Where an issuer can be asked (as Aadhaar's authentication service can), an
//! [`Authority`] asks it before anybody is registered with the document or checked in by it.

use opencowin_ledger::vault::IdNumber;
use opencowin_model::IdTypeId;
use std::future::{self, Future};
use std::pin::Pin;

/// A document, and whose it is said to be.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What kind of document.
    pub kind: IdTypeId,
    /// Its number.
    pub number: IdNumber,
    /// The name on it.
    pub name: String,
    /// The year of birth on it.
    pub birth_year: i16,
}

/// What is known of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The issuer says that it is so.
    Confirmed,
    /// The issuer says that it is not so.
    Denied,
    /// Nobody can be asked; what staff has seen counts.
    Seen,
}

/// The issuer cannot be reached now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("whoever issues the document does not answer")]
pub struct Unreachable;

/// An answer that is on its way.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Verdict, Unreachable>> + Send + 'a>>;

/// Whoever can be asked about documents. Numbers are for asking alone: they are neither kept nor logged (R19).
pub trait Authority: Send + Sync {
    /// Asks about a claim.
    fn ask<'a>(&'a self, claim: &'a Claim) -> Asking<'a>;
}

/// There is nobody to ask.
#[derive(Clone, Copy, Debug)]
pub struct OwnEyes;

impl Authority for OwnEyes {
    fn ask<'a>(&'a self, _: &'a Claim) -> Asking<'a> {
        Box::pin(future::ready(Ok(Verdict::Seen)))
    }
}

/// Answers for all issuers in a sandbox: a number that ends in 0000 is nobody's, of one that ends in 0001 nobody knows
/// for now, and any other is whose it is said to be.
#[derive(Clone, Copy, Debug)]
pub struct SandboxIssuers;

impl Authority for SandboxIssuers {
    fn ask<'a>(&'a self, claim: &'a Claim) -> Asking<'a> {
        let verdict = match claim.number.last4().as_str() {
            "0000" => Ok(Verdict::Denied),
            "0001" => Err(Unreachable),
            _ => Ok(Verdict::Confirmed),
        };
        Box::pin(future::ready(verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_ledger::store::block_on::block_on;

    #[test]
    fn what_a_sandbox_knows_is_told_by_the_end_of_the_number() {
        let ask = |authority: &dyn Authority, number: &str| {
            let number = IdNumber::parse(number).unwrap();
            let name = "Asha Devi".to_owned();
            block_on(authority.ask(&Claim { kind: IdTypeId(8), number, name, birth_year: 1985 }))
        };
        assert_eq!(ask(&SandboxIssuers, "Z1230000"), Ok(Verdict::Denied));
        assert_eq!(ask(&SandboxIssuers, "Z1230001"), Err(Unreachable));
        assert_eq!(ask(&SandboxIssuers, "Z1230002"), Ok(Verdict::Confirmed));
        assert_eq!(ask(&OwnEyes, "Z1230000"), Ok(Verdict::Seen));
    }
}
