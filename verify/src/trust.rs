//! Whom to believe: keys that the caller got from somewhere trustworthy, and status lists that those keys have signed.

use crate::Reason;
use opencowin_certificates::credential::StatusSlot;
use opencowin_certificates::keys::documents::PublishedKey;
use opencowin_certificates::keys::{DidDocument, Jwks};
use opencowin_certificates::status::{Bits, StatusList};
use opencowin_certificates::{Issuer, Moment, Purpose};
use std::collections::BTreeMap;

/// Pinned keys, by issuer, and what is known of revocations. Nothing is trusted that was not put in.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// By DID.
    issuers: BTreeMap<String, Vec<PublishedKey>>,
    /// By URL.
    lists: BTreeMap<String, List>,
}

#[derive(Clone, Debug)]
struct List {
    bits: Bits,
    as_of: Moment,
    until: Moment,
}

/// What a list says of a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) revoked: bool,
    pub(crate) as_of: Moment,
    pub(crate) until: Moment,
}

/// Why something is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// It is not a DID document of an issuer of certificates.
    #[error("not a DID document of an issuer of certificates")]
    NoDidDocument,
    /// It is not a key set of an issuer of certificates.
    #[error("not a key set of an issuer of certificates")]
    NoKeySet,
    /// It is not a status list.
    #[error("not a status list")]
    NoStatusList,
    /// It is a status list that no pinned key has signed.
    #[error("a status list that no pinned key has signed")]
    Unsigned,
}

impl Trust {
    /// Pins the keys of a DID document, as its issuer serves it. What was pinned for that issuer before is forgotten.
    ///
    /// # Errors
    /// [`TrustError::NoDidDocument`].
    pub fn pin_did(&mut self, json: &[u8]) -> Result<(), TrustError> {
        let document: DidDocument =
            serde_json::from_slice(json).map_err(|_| TrustError::NoDidDocument)?;
        let issuer = Issuer::from_did(&document.id).ok_or(TrustError::NoDidDocument)?;
        self.pin(&issuer, document.published().collect());
        Ok(())
    }

    /// Pins the keys of a key set, which does not say whose it is. What was pinned for that issuer before is forgotten.
    ///
    /// # Errors
    /// [`TrustError::NoKeySet`].
    pub fn pin_jwks(&mut self, issuer: &Issuer, json: &[u8]) -> Result<(), TrustError> {
        let set: Jwks = serde_json::from_slice(json).map_err(|_| TrustError::NoKeySet)?;
        self.pin(issuer, set.published().collect());
        Ok(())
    }

    fn pin(&mut self, issuer: &Issuer, keys: Vec<PublishedKey>) {
        self.issuers.insert(issuer.did().to_owned(), keys);
    }

    /// Takes a status list that a pinned key has signed, unless a newer one is known.
    ///
    /// # Errors
    /// [`TrustError::NoStatusList`], [`TrustError::Unsigned`].
    pub fn take_list(&mut self, json: &[u8]) -> Result<(), TrustError> {
        let unproven = StatusList::parse(json).map_err(|_| TrustError::NoStatusList)?;
        let (list, proof) = (&unproven.list, &unproven.proof);
        let key =
            self.key(&list.issuer, &proof.method, Purpose::Status).ok_or(TrustError::Unsigned)?;
        let sound = objection(key, proof.created).is_none()
            && proof.holds(list, &list.contexts, key.key.verifying_key());
        if !sound {
            return Err(TrustError::Unsigned);
        }
        let bits = list.bits().map_err(|_| TrustError::NoStatusList)?;
        let taken = List { bits, as_of: list.valid_from, until: list.valid_until };
        let known = self.lists.entry(list.id.to_string()).or_insert_with(|| taken.clone());
        if known.as_of < taken.as_of {
            *known = taken;
        }
        Ok(())
    }

    /// The keys of an issuer; `None` if none were pinned.
    pub(crate) fn keys(&self, did: &str) -> Option<&[PublishedKey]> {
        self.issuers.get(did).map(Vec::as_slice)
    }

    /// The key that a proof names.
    pub(crate) fn key(&self, did: &str, method: &str, purpose: Purpose) -> Option<&PublishedKey> {
        let id = method.strip_prefix(did)?.strip_prefix('#')?;
        self.keys(did)?.iter().find(|key| key.purpose == purpose && key.key.id() == id)
    }

    /// What is known of a certificate's status.
    pub(crate) fn status(&self, issuer: &Issuer, slot: StatusSlot) -> Option<Seen> {
        let list = self.lists.get(&issuer.status_list(slot.list))?;
        let revoked = list.bits.is_set(slot.index)?;
        Some(Seen { revoked, as_of: list.as_of, until: list.until })
    }
}

/// What is to be said against a signature of this key, made at `signed`. A thief can give any time, so that a revoked key's
/// signatures are all refused; a retired key's holder is still the issuer.
pub(crate) fn objection(key: &PublishedKey, signed: Moment) -> Option<Reason> {
    if key.revoked.is_some() {
        Some(Reason::KeyRevoked)
    } else if key.signs_until.is_some_and(|until| signed >= until) {
        Some(Reason::KeyRetired)
    } else {
        None
    }
}
