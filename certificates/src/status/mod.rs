//! Whether a certificate still holds: a bit in a list that anybody may fetch, so that nobody learns whose is asked for
//! (source: W3C, Bitstring Status List 1.0).
//!
//! - [`Bits`]: a list's bits, and their compressed form.
//! - [`StatusList`]: the signed credential that carries them.
//! - [`permutation`]: which bit a certificate gets.

mod bits;
pub mod permutation;

pub use bits::{Bits, ENTRIES};

use crate::canonical::Canonical;
use crate::credential::{StatusPurpose, W3C_CONTEXT};
use crate::exact;
use crate::issuer::Issuer;
use crate::keys::SigningKey;
use crate::proof::{Proof, Prover};
use crate::values::Moment;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The longest list that is read, in bytes: one of bits without any order, in base64url.
pub const LONGEST: usize = 256 * 1024;

/// A status list without its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusList<'a> {
    /// [`W3C_CONTEXT`].
    #[serde(rename = "@context")]
    pub contexts: [Cow<'a, str>; 1],
    /// The bits.
    #[serde(rename = "credentialSubject", borrow)]
    pub subject: ListSubject<'a>,
    /// Its URL.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The issuer's DID.
    #[serde(borrow)]
    pub issuer: Cow<'a, str>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: [ListType; 2],
    /// As of when it tells.
    #[serde(rename = "validFrom")]
    pub valid_from: Moment,
    /// Until when it may be believed.
    #[serde(rename = "validUntil")]
    pub valid_until: Moment,
    /// Behind all others, since it is no part of what is signed: it is here only while a list is being read.
    #[serde(borrow, default, skip_serializing, deserialize_with = "exact::present")]
    proof: Option<Proof<'a>>,
}

/// The bits of a list, as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSubject<'a> {
    /// The bits, compressed and in base64url behind a `u`.
    #[serde(rename = "encodedList", borrow)]
    encoded: Cow<'a, str>,
    /// The URL of the list, with `#list`.
    #[serde(borrow)]
    id: Cow<'a, str>,
    /// What a set bit means.
    #[serde(rename = "statusPurpose")]
    purpose: StatusPurpose,
    /// What it is.
    #[serde(rename = "type")]
    kind: SubjectType,
}

/// The types of a status list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListType {
    /// Any of W3C's.
    VerifiableCredential,
    /// A list of bits.
    BitstringStatusListCredential,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum SubjectType {
    BitstringStatusList,
}

/// A status list as it was read, whose proof nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnprovenList<'a> {
    /// The list.
    pub list: StatusList<'a>,
    /// Its proof.
    pub proof: Proof<'a>,
}

/// Why a text is no status list of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a status list")]
pub struct NoStatusList;

impl Canonical for StatusList<'_> {}

impl<'a> StatusList<'a> {
    /// The list of this number, as it stands at `from`; it is to be believed until `until`.
    pub fn new(issuer: &'a Issuer, number: u32, bits: &Bits, from: Moment, until: Moment) -> Self {
        let url = issuer.status_list(number);
        Self {
            contexts: [W3C_CONTEXT.into()],
            subject: ListSubject {
                encoded: bits.encode().into(),
                id: format!("{url}#list").into(),
                purpose: StatusPurpose::Revocation,
                kind: SubjectType::BitstringStatusList,
            },
            id: url.into(),
            issuer: issuer.did().into(),
            kind: [ListType::VerifiableCredential, ListType::BitstringStatusListCredential],
            valid_from: from,
            valid_until: until,
            proof: None,
        }
    }

    /// The list as signed JSON, signed when it begins to tell.
    pub fn sign(&self, issuer: &Issuer, key: &SigningKey) -> Vec<u8> {
        let method = issuer.method(&key.public().id());
        Prover::new(key.signer(), &method, &[W3C_CONTEXT], self.valid_from).prove(self)
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`NoStatusList`] unless it has exactly a list's shape. Whether it is genuine is another question.
    pub fn parse(json: &'a [u8]) -> Result<UnprovenList<'a>, NoStatusList> {
        if json.len() > LONGEST {
            return Err(NoStatusList);
        }
        let mut list: Self = serde_json::from_slice(json).map_err(|_| NoStatusList)?;
        let proof = list.proof.take().ok_or(NoStatusList)?;
        if list.follows() { Ok(UnprovenList { list, proof }) } else { Err(NoStatusList) }
    }

    /// Whether what follows from the issuer is what stands there: nobody signs the list of another issuer.
    fn follows(&self) -> bool {
        let number = self.id.rsplit('/').next().and_then(exact::parse);
        let issuer = Issuer::from_did(&self.issuer);
        self.contexts == [W3C_CONTEXT]
            && self.kind
                == [ListType::VerifiableCredential, ListType::BitstringStatusListCredential]
            && issuer
                .zip(number)
                .is_some_and(|(issuer, number)| issuer.status_list(number) == self.id)
            && self.subject.id.strip_suffix("#list") == Some(&*self.id)
    }

    /// Its bits.
    ///
    /// # Errors
    /// [`NoStatusList`] if they are written in another way than ours.
    pub fn bits(&self) -> Result<Bits, NoStatusList> {
        Bits::decode(&self.subject.encoded).ok_or(NoStatusList)
    }
}

#[cfg(test)]
mod tests;
