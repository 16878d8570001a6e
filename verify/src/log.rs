//! Checks what the transparency log claims.

use crate::trust::{Trust, objection};
use opencowin_certificates::log::head::origin;
use opencowin_certificates::log::{
    Entry, EntryKind, Hash, Head, SignedHead, is_consistent, is_included,
};
use opencowin_certificates::{CertificateId, Issuer, Purpose};

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadRefused {
    /// It is no head of a log.
    #[error("not a head of a transparency log")]
    NoHead,
    /// It is that of another log.
    #[error("the head of another log")]
    OtherLog,
    /// No pinned key of the issuer has signed it.
    #[error("signed by nobody who is known here")]
    Unsigned,
}

/// What a head of an issuer's log says, if the issuer said so.
///
/// # Errors
/// [`HeadRefused`] by what is wrong with it.
pub fn head(text: &str, issuer: &Issuer, trust: &Trust) -> Result<Head, HeadRefused> {
    let signed = SignedHead::parse(text).map_err(|_| HeadRefused::NoHead)?;
    if signed.head.origin != origin(issuer) {
        return Err(HeadRefused::OtherLog);
    }
    let keys = trust.keys(issuer.did()).unwrap_or_default();
    let mut keys = keys
        .iter()
        .filter(|key| key.purpose == Purpose::Log && objection(key, signed.head.at).is_none());
    if keys.any(|key| signed.holds(&key.key)) {
        Ok(signed.head)
    } else {
        Err(HeadRefused::Unsigned)
    }
}

/// Whether a proof shows that the log says this of a certificate, at this index.
pub fn contains(
    head: &Head,
    kind: EntryKind,
    certificate: CertificateId,
    index: u64,
    proof: &[Hash],
) -> bool {
    is_included(&Entry::new(kind, certificate).leaf(), index, head.size, &head.root, proof)
}

/// Whether a proof shows that nothing was changed between two heads.
pub fn extends(earlier: &Head, later: &Head, proof: &[Hash]) -> bool {
    earlier.origin == later.origin
        && is_consistent((earlier.size, &earlier.root), (later.size, &later.root), proof)
}
