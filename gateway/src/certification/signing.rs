//! Signing certificates and storing them: the one way by which they come to be, whoever asks.

use super::draft::{Draft, Fresh};
use super::entries::Entries;
use super::keys::Keys;
use super::progress::Progress;
use opencowin_certificates::credential::StatusSlot;
use opencowin_certificates::proof::Prover;
use opencowin_certificates::record::Travel;
use opencowin_certificates::{Credential, Issuer, Moment, Purpose};
use opencowin_inventory::Inventory;
use opencowin_ledger::commands::{Certify, Command, Fresh as Stored, Outcome};
use opencowin_ledger::read::Certifiable;
use opencowin_ledger::records::{EventKey, Form, KeyId, StatusEntry};
use opencowin_ledger::vault::Slot;
use opencowin_ledger::{Failure, Ledger};
use opencowin_model::{Centre, CentreId, CertificateId, Pack};
use rand::RngExt;
use std::sync::Arc;

/// What signs and stores.
pub struct Signing {
    pub(super) ledger: Arc<Ledger>,
    pub(super) inventory: Arc<Inventory>,
    pub(super) pack: Arc<Pack>,
    pub(super) issuer: Issuer,
    pub(super) keys: Arc<Keys>,
    pub(super) entries: Entries,
    pub(super) progress: Arc<Progress>,
}

/// A dose that is to be certified, and what is to be said for travel.
struct Wanted {
    of: Certifiable,
    centre: Arc<Centre>,
    travel: Option<Travel>,
}

/// A certificate as it was signed and stored.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its id.
    pub id: CertificateId,
    /// The credential with its proof.
    pub json: Vec<u8>,
}

/// Why nothing was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The ledger did not answer, or refused.
    #[error("{0}")]
    Ledger(Failure),
    /// No key signs certificates at present.
    #[error("no key of the ring signs certificates")]
    NoKey,
}

impl From<Failure> for NotSigned {
    fn from(failure: Failure) -> Self {
        Self::Ledger(failure)
    }
}

impl Signing {
    /// Certifies events that wait for it, each for itself: those for which there is nothing to do any more, or which somebody
    /// else has certified, are passed over.
    ///
    /// # Errors
    /// [`NotSigned`]; nothing is lost, since the events go on waiting.
    pub async fn certify(&self, waiting: &[(EventKey, Form)]) -> Result<(), NotSigned> {
        let certifiable = self.ledger.read().certifiable(waiting).await?;
        let mut wanted = Vec::with_capacity(waiting.len());
        for ((_, form), of) in waiting.iter().zip(certifiable) {
            if let Some(of) = of {
                wanted.extend(self.wanted(of, *form).await?);
            }
        }
        self.sign_and_store(wanted).await.map(drop)
    }

    /// Certifies one event now, for travel if that is told. `None` if there is nothing to certify, or somebody else was
    /// first.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub async fn certify_now(
        &self,
        event: EventKey,
        travel: Option<Travel>,
    ) -> Result<Option<Issued>, NotSigned> {
        let form = form_of(travel.as_ref());
        let found = self.ledger.read().certifiable(&[(event, form)]).await?;
        let Some(of) = found.into_iter().flatten().next() else { return Ok(None) };
        let centre = self.centre(of.event.centre).await?;
        let wanted = centre.map(|centre| Wanted { of, centre, travel });
        let stored = self.sign_and_store(wanted.into_iter().collect()).await?;
        Ok(stored.into_iter().flatten().next())
    }

    /// What is to be signed for an event. What is said for travel stands in the certificate before, and nowhere else.
    async fn wanted(&self, of: Certifiable, form: Form) -> Result<Option<Wanted>, Failure> {
        let travel = match (form, of.previous) {
            (Form::Domestic, _) => None,
            (Form::International, None) => return Ok(None),
            (Form::International, Some(previous)) => match self.travel(previous).await? {
                Some(travel) => Some(travel),
                None => return Ok(None),
            },
        };
        let centre = self.centre(of.event.centre).await?;
        Ok(centre.map(|centre| Wanted { of, centre, travel }))
    }

    async fn travel(&self, certificate: CertificateId) -> Result<Option<Travel>, Failure> {
        let kept = self.ledger.read().certificate(certificate).await?;
        let json = kept.and_then(|kept| kept.signed).unwrap_or_default();
        let Ok(unproven) = Credential::parse(&json) else { return Ok(None) };
        let subject = unproven.credential.subject;
        let passport = subject.passport.map(std::borrow::Cow::into_owned);
        let travel = subject.date_of_birth.zip(passport);
        Ok(travel.map(|(date_of_birth, passport)| Travel { date_of_birth, passport }))
    }

    /// Memory has the centres that sell; others are read.
    async fn centre(&self, id: CentreId) -> Result<Option<Arc<Centre>>, Failure> {
        match self.inventory.centre(id) {
            Some(centre) => Ok(Some(centre)),
            None => Ok(self.ledger.read().centre(id).await?.map(Arc::new)),
        }
    }

    /// Signs all with one key, in one moment, and stores them in one commit; `None` for those that were not stored.
    async fn sign_and_store(&self, wanted: Vec<Wanted>) -> Result<Vec<Option<Issued>>, NotSigned> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let slots = self.entries.take(wanted.len()).await?;
        let (issued, certificates) = self.sign(wanted, &slots)?;
        let outcome = self.ledger.run(Command::Certify(Certify { certificates })).await?;
        let Outcome::Certified { stored } = outcome else {
            return Err(Failure::Unavailable.into());
        };
        self.progress.stored(stored.count_ones());
        let keep = |(at, issued)| (stored >> at & 1 == 1).then_some(issued);
        Ok(issued.into_iter().enumerate().map(keep).collect())
    }

    fn sign(
        &self,
        wanted: Vec<Wanted>,
        slots: &[StatusSlot],
    ) -> Result<(Vec<Issued>, Vec<Stored>), NotSigned> {
        let at = Moment::from(self.ledger.clock().now());
        let keys = self.keys.current();
        let key = keys.signing(Purpose::Certificates, at).ok_or(NotSigned::NoKey)?;
        let mut random = rand::rng();
        let (mut drafts, mut heads) = (Vec::new(), Vec::new());
        for (Wanted { of, centre, travel }, slot) in wanted.into_iter().zip(slots) {
            let id = CertificateId::from_random(random.random());
            let form = form_of(travel.as_ref());
            drafts.push(Draft::new(
                &self.pack,
                &of,
                &centre,
                Fresh { id, slot: *slot, at, travel },
            ));
            heads.push((id, form, *slot, of));
        }
        let credentials: Vec<_> =
            drafts.iter().map(|draft| draft.credential(&self.issuer)).collect();
        let method = self.issuer.method(&key.public().id());
        let contexts = credentials.first().map(|credential| credential.contexts.clone());
        let contexts = contexts.iter().flatten().map(|context| &**context).collect::<Vec<_>>();
        let jsons = Prover::new(key.signer(), &method, &contexts, at).prove_all(&credentials);
        let key = KeyId(key.public().short_id());
        Ok(heads.into_iter().zip(jsons).map(|(head, json)| stored(head, key, json)).unzip())
    }
}

fn stored(
    (id, form, slot, of): (CertificateId, Form, StatusSlot, Certifiable),
    key: KeyId,
    json: Vec<u8>,
) -> (Issued, Stored) {
    let status = StatusEntry::new(slot.list, slot.index);
    let certificate = Stored {
        id,
        event: of.event.key,
        written: of.event.at,
        version: of.version,
        form,
        previous: of.previous,
        status: status.expect("invariant: slots lie in their lists"),
        key,
        sealed: of.key.seal_once(Slot::Certificate(id), &json, &mut rand::rng()),
    };
    (Issued { id, json }, certificate)
}

fn form_of(travel: Option<&Travel>) -> Form {
    if travel.is_some() { Form::International } else { Form::Domestic }
}
