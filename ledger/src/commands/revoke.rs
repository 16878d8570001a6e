//! Revoking certificates.

use super::certificates::{self, Fates};
use super::{Effects, Outcome, Refusal};
use crate::audit::Who;
use crate::keys::Key;
use crate::records::{Certificate, State};
use crate::rules::Context;
use crate::view::{Stop, View};
use opencowin_model::{CertificateId, RevocationReason};

/// Most certificates that are revoked by one command.
pub const REVOKED_AT_ONCE: usize = 64;

/// Revokes certificates. Those that do not hold any more stay as they are, so that the same again changes nothing. Where the
/// key is in wrong hands, another is made of each in the same form, by whichever key signs then.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// Which; at most [`REVOKED_AT_ONCE`].
    pub certificates: Vec<CertificateId>,
    /// Why.
    pub reason: RevocationReason,
    /// Who says so.
    pub by: Who,
}

impl Revoke {
    pub(super) fn decide(
        &self,
        view: &mut View<'_>,
        context: &Context<'_>,
    ) -> Result<Effects, Stop> {
        self.require(view)?;
        let (mut writes, mut fates, mut revoked) = (Vec::new(), Fates::default(), 0);
        for (at, id) in self.certificates.iter().enumerate() {
            let certificate = view.certificate(*id)?.ok_or(Refusal::NoSuchCertificate(*id))?;
            if !certificate.is_valid() || self.certificates[..at].contains(id) {
                continue;
            }
            let state = State::Revoked { reason: self.reason, by: self.by, at: context.now };
            fates.end(*id, certificate, state, view, context)?;
            if self.reason == RevocationReason::KeyCompromised {
                writes.extend(again(*id, certificate, view, context)?);
            }
            revoked += 1;
        }
        writes.extend(fates.into_writes());
        Ok(Effects { writes, outcome: Outcome::CertificatesRevoked { revoked } })
    }

    /// Asks for the rows of all certificates together.
    fn require(&self, view: &mut View<'_>) -> Result<(), Stop> {
        view.require(self.certificates.iter().map(|id| Key::Certificate(*id)))?;
        let mut others = Vec::with_capacity(3 * self.certificates.len());
        for id in &self.certificates {
            let Some(known) = view.certificate(*id)? else { continue };
            others.push(Key::StatusBits(known.status.list(), known.status.chunk()));
            if self.reason == RevocationReason::KeyCompromised {
                others.extend([Key::PersonKey(known.person), Key::Event(known.event)]);
            }
        }
        view.require(others)
    }
}

/// A job to certify the same once more, unless the person was erased.
fn again(
    id: CertificateId,
    certificate: &Certificate,
    view: &mut View<'_>,
    context: &Context<'_>,
) -> Result<Option<super::Write>, Stop> {
    let Certificate { event: key, person, form, .. } = *certificate;
    view.require([Key::PersonKey(person), Key::Event(key)])?;
    let event = view.event(key)?.ok_or(Stop::Damaged(Key::Event(key)))?;
    let known = view.person_key(person)?;
    Ok(known.map(|_| certificates::job(event, form, Some(id), context)))
}
