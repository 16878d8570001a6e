//! Whether the transparency log holds a certificate.

use opencowin_certificates::log::{EntryKind, Hash};
use opencowin_certificates::{CertificateId, Issuer};
use opencowin_verify::{Trust, Verdict, log};
use serde::Deserialize;
use std::error::Error;

/// A proof of inclusion, as a log serves it.
#[derive(Deserialize)]
struct Proof {
    /// The signed head that it is for, if it came along.
    #[serde(default)]
    head: Option<String>,
    /// Where the certificate's line stands.
    index: u64,
    /// How many lines the head covers.
    size: u64,
    /// Hashes of what stands beside it, in hex, the nearest first.
    hashes: Vec<String>,
}

/// Whether a head of the issuer's log, with a proof, shows that the log holds what the verdict is about; `None` if the verdict
/// is about nothing that its issuer said.
///
/// # Errors
/// If head or proof are none, or belong to something else.
pub(super) fn holds(
    verdict: &Verdict,
    head: Option<String>,
    proof: &[u8],
    trust: &Trust,
) -> Result<Option<bool>, Box<dyn Error>> {
    let Some(facts) = &verdict.facts else { return Ok(None) };
    let issuer = Issuer::from_did(&facts.issuer).ok_or("the issuer has no log")?;
    let id = CertificateId::parse(&facts.certificate_id).ok_or("the certificate has no id")?;
    let proof: Proof = serde_json::from_slice(proof).map_err(|_| "not a proof of inclusion")?;
    let head = head.or(proof.head).ok_or("no head came with the proof")?;
    let head = log::head(&head, &issuer, trust)?;
    let hashes: Option<Vec<Hash>> = proof.hashes.iter().map(|text| hash(text)).collect();
    let hashes = hashes.ok_or("not a proof of inclusion")?;
    if proof.size != head.size {
        return Err("the proof is for another head".into());
    }
    Ok(Some(log::contains(&head, EntryKind::Issued, id, proof.index, &hashes)))
}

fn hash(text: &str) -> Option<Hash> {
    opencowin::identity::digest::parse_digest(text)
}
