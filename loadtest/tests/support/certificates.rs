//! The certificates of the stand-in: each is there at once, unless a fault keeps it back.

use super::answer::{self, Answer, Refusal};
use super::fault::{Fault, Faults};
use super::wire::Request;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Certificates by person: since when each is there, if it ever will be.
#[derive(Default)]
pub struct Certificates(BTreeMap<u64, Option<Instant>>);

impl Certificates {
    /// Whether a fault is about when certificates come.
    pub fn is_touched_by(fault: &Fault) -> bool {
        matches!(fault, Fault::LateCertificate(_) | Fault::NoCertificate)
    }

    /// Somebody was given a dose.
    pub fn queue(&mut self, who: u64, fault: Option<Fault>) {
        let after = match fault {
            Some(Fault::NoCertificate) => None,
            Some(Fault::LateCertificate(late)) => Some(late),
            _ => Some(Duration::ZERO),
        };
        self.0.insert(who, after.map(|after| Instant::now() + after));
    }

    /// Somebody's certificates, as the counter is shown them.
    pub fn list(&self, request: &Request) -> Result<Answer, Refusal> {
        let who = reference(request)?;
        let doses = self.0.get(&who).into_iter();
        let items = doses.map(|at| match at.filter(|at| *at <= Instant::now()) {
            Some(_) => json!({
                "certificate_id": uuid::Uuid::from_u128(who.into()), "dose": 1,
                "form": "domestic", "state": "valid", "version": 1,
            }),
            None => json!({ "dose": 1, "form": "domestic", "state": "pending" }),
        });
        let person = json!({
            "beneficiary_reference_id": who.to_string(), "certificates": items.collect::<Vec<_>>(),
        });
        Ok(Answer::json(&json!({ "beneficiaries": [person] })))
    }

    /// A certificate as a document.
    pub fn download(&self, request: &Request, faults: &mut Faults) -> Result<Answer, Refusal> {
        self.0.get(&reference(request)?).ok_or(answer::NO_BENEFICIARY)?;
        let is_none = faults.strikes_as(&request.path, Fault::NotPdf);
        let body = if is_none { "<html></html>" } else { "%PDF-1.7\n%%EOF\n" };
        Ok(Answer::of(200, "application/pdf", body.into()))
    }
}

fn reference(request: &Request) -> Result<u64, Refusal> {
    let who = request.query.get("beneficiary_reference_id").ok_or(answer::PARAMETER_MISSING)?;
    who.parse().map_err(|_| answer::PARAMETER_INVALID)
}
