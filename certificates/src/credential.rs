//! The certificate: a W3C Verifiable Credential 2.0 about one vaccination.
//!
//! Members are named as DIVOC names them where that is sound, so that its readers find them; unlike there, ids have 128
//! bits, doses are integers, and no two members mean the same to JSON-LD ([`context`](crate::context)). Members are
//! declared in canonical order ([`canonical`]): whoever adds one puts it where it belongs, and a test says so if not.

use crate::canonical::{self, Canonical};
use crate::exact;
use crate::issuer::Issuer;
use crate::proof::Proof;
use crate::record::{Person, Vaccination, Validity};
use crate::values::{Moment, Urn};
use jiff::civil::Date;
use opencowin_model::CertificateId;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// The context that every credential begins with (source: W3C, Verifiable Credentials Data Model 2.0, 4.3).
pub const W3C_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// The longest certificate that is read, in bytes. Ours have less than four kilobytes, but for names of 200 letters.
pub const LONGEST: usize = 16 * 1024;

/// A certificate without its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential<'a> {
    /// [`W3C_CONTEXT`] and [`Issuer::context`].
    #[serde(rename = "@context")]
    pub contexts: [Cow<'a, str>; 2],
    /// Where it says whether it was revoked.
    #[serde(rename = "credentialStatus", borrow)]
    pub status: StatusEntry<'a>,
    /// Who was vaccinated.
    #[serde(rename = "credentialSubject", borrow)]
    pub subject: Subject<'a>,
    /// The vaccination.
    #[serde(borrow)]
    pub evidence: [Evidence<'a>; 1],
    /// The certificate's id.
    pub id: Urn,
    /// The issuer's DID.
    #[serde(borrow)]
    pub issuer: Cow<'a, str>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: [CredentialType; 2],
    /// From when on it holds.
    #[serde(rename = "validFrom")]
    pub valid_from: Moment,
    /// Until when it holds, if it ends.
    #[serde(
        rename = "validUntil",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "exact::present"
    )]
    pub valid_until: Option<Moment>,
    /// Behind all others, since it is no part of what is signed: it is here only while a document is being read.
    #[serde(borrow, default, skip_serializing, deserialize_with = "exact::present")]
    proof: Option<Proof<'a>>,
}

/// The types of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CredentialType {
    /// Any of W3C's.
    VerifiableCredential,
    /// DIVOC's kind.
    ProofOfVaccinationCredential,
}

/// Whose certificate it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject<'a> {
    /// The age in years on the day of the dose, counted in calendar years as the programme does. Text, as in DIVOC.
    #[serde(borrow)]
    pub age: Cow<'a, str>,
    /// The year of birth.
    #[serde(rename = "birthYear")]
    pub birth_year: i16,
    /// The date of birth, in the international form.
    #[serde(
        rename = "dob",
        default,
        with = "exact::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_of_birth: Option<Date>,
    /// The gender.
    #[serde(borrow)]
    pub gender: Cow<'a, str>,
    /// By which document the person was verified.
    #[serde(
        rename = "identityDocument",
        borrow,
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "exact::present"
    )]
    pub identity: Option<IdentityDocument<'a>>,
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The number of the passport, in the international form.
    #[serde(
        rename = "passportNumber",
        borrow,
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "exact::present"
    )]
    pub passport: Option<Cow<'a, str>>,
    /// The beneficiary reference.
    #[serde(rename = "refId", with = "exact")]
    pub reference: u64,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: SubjectType,
}

/// The type of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubjectType {
    /// A human being.
    Person,
}

/// An identity document, as far as anybody may see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityDocument<'a> {
    /// Its kind.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// The last four characters of its number.
    #[serde(rename = "lastFour", borrow)]
    pub last4: Cow<'a, str>,
}

/// The vaccination that a certificate is evidence of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence<'a> {
    /// The batch of the vaccine.
    #[serde(
        borrow,
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "exact::present"
    )]
    pub batch: Option<Cow<'a, str>>,
    /// The certificate's id once more, where DIVOC's readers look for it.
    #[serde(rename = "certificateId", with = "exact")]
    pub certificate: Uuid,
    /// The day of the dose.
    #[serde(with = "exact")]
    pub date: Date,
    /// Which dose; 3 is a precaution dose.
    pub dose: u8,
    /// From which day it counts as effective.
    #[serde(
        rename = "effectiveStart",
        default,
        with = "exact::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub effective_start: Option<Date>,
    /// Until which day it counts as effective.
    #[serde(
        rename = "effectiveUntil",
        default,
        with = "exact::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub effective_until: Option<Date>,
    /// Where it was given.
    #[serde(borrow)]
    pub facility: Facility<'a>,
    /// The kind of vaccine by ICD-11.
    #[serde(rename = "icd11Code", borrow)]
    pub icd11: Cow<'a, str>,
    /// The event.
    pub id: Urn,
    /// Who makes the vaccine.
    #[serde(borrow)]
    pub manufacturer: Cow<'a, str>,
    /// The certificate that this one replaces.
    #[serde(
        rename = "previousCertificateId",
        default,
        with = "exact::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub previous: Option<Uuid>,
    /// What the vaccine protects against.
    #[serde(borrow)]
    pub prophylaxis: Cow<'a, str>,
    /// How many doses the schedule has.
    #[serde(rename = "totalDoses")]
    pub total_doses: u8,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: [EvidenceType; 1],
    /// The vaccine.
    #[serde(borrow)]
    pub vaccine: Cow<'a, str>,
    /// Who gave the dose.
    #[serde(borrow)]
    pub verifier: Verifier<'a>,
    /// Which version of the record it is; the first is 1.
    pub version: u32,
}

/// The type of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidenceType {
    /// A dose that was given.
    Vaccination,
}

/// Where a dose was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility<'a> {
    /// The part of its address that matters.
    #[serde(borrow)]
    pub address: Address<'a>,
    /// Its name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
}

/// The part of a facility's address that certificates tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address<'a> {
    /// The country by ISO 3166-1, three letters.
    #[serde(rename = "addressCountry", borrow)]
    pub country: Cow<'a, str>,
    /// The state.
    #[serde(rename = "addressRegion", borrow)]
    pub state: Cow<'a, str>,
    /// The district.
    #[serde(borrow)]
    pub district: Cow<'a, str>,
}

/// Who gave a dose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
}

/// Where a certificate's status stands (source: W3C, Bitstring Status List 1.0, 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusEntry<'a> {
    /// The entry's name: the list's URL and the index.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The list's URL.
    #[serde(rename = "statusListCredential", borrow)]
    pub list: Cow<'a, str>,
    /// Which bit it is; text, as the standard has it.
    #[serde(rename = "statusListIndex", with = "exact")]
    pub index: u32,
    /// What a set bit means.
    #[serde(rename = "statusPurpose")]
    pub purpose: StatusPurpose,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: StatusEntryType,
}

/// What a set bit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusPurpose {
    /// The certificate was revoked for good.
    Revocation,
}

/// The type of a status entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusEntryType {
    /// A bit in a list.
    BitstringStatusListEntry,
}

/// Which bit of which of an issuer's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusSlot {
    /// The list's number.
    pub list: u32,
    /// The bit's.
    pub index: u32,
}

/// A certificate as it was read: what it says, and the proof that it comes with and that nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven<'a> {
    /// What it says.
    pub credential: Credential<'a>,
    /// Its proof.
    pub proof: Proof<'a>,
}

/// Why a text is no certificate of ours. Nothing of the text is repeated, since it may tell about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// It is longer than [`LONGEST`].
    #[error("longer than a certificate can be")]
    TooLong,
    /// It is not JSON, a member is missing, unknown, there twice or of another type, or something follows the document.
    #[error("not of a certificate's shape, at line {line}, column {column}")]
    Shape {
        /// In which line, counted from 1.
        line: usize,
        /// In which column, counted from 1.
        column: usize,
    },
    /// It has no proof.
    #[error("it has no proof")]
    NoProof,
    /// Members that have to agree do not: the contexts, the ids and the status entry follow from the issuer and the id.
    #[error("its members contradict one another")]
    Contradiction,
}

impl Canonical for Credential<'_> {}

impl<'a> Credential<'a> {
    /// The certificate of a vaccination: in the international form if the person has travel papers, else in the domestic.
    pub fn new(
        issuer: &'a Issuer,
        vaccination: &'a Vaccination,
        person: &'a Person,
        slot: StatusSlot,
        validity: Validity,
    ) -> Self {
        Self {
            contexts: [W3C_CONTEXT.into(), issuer.context().into()],
            status: StatusEntry::new(issuer, slot),
            subject: Subject::new(vaccination, person),
            evidence: [Evidence::new(vaccination)],
            id: vaccination.certificate.into(),
            issuer: issuer.did().into(),
            kind: [
                CredentialType::VerifiableCredential,
                CredentialType::ProofOfVaccinationCredential,
            ],
            valid_from: validity.from,
            valid_until: validity.until,
            proof: None,
        }
    }

    /// Reads a certificate.
    ///
    /// # Errors
    /// [`CredentialError`] unless it has exactly a certificate's shape. Whether it is genuine is another question.
    pub fn parse(json: &'a [u8]) -> Result<Unproven<'a>, CredentialError> {
        if json.len() > LONGEST {
            return Err(CredentialError::TooLong);
        }
        let mut credential: Self = serde_json::from_slice(json).map_err(|error| {
            CredentialError::Shape { line: error.line(), column: error.column() }
        })?;
        let proof = credential.proof.take().ok_or(CredentialError::NoProof)?;
        if credential.follows() {
            Ok(Unproven { credential, proof })
        } else {
            Err(CredentialError::Contradiction)
        }
    }

    /// Its id.
    pub fn certificate_id(&self) -> CertificateId {
        CertificateId(self.id.0)
    }

    /// Where its status stands, if that is a list of its issuer.
    pub fn status_slot(&self) -> Option<StatusSlot> {
        let issuer = Issuer::from_did(&self.issuer)?;
        let (_, list) = self.status.list.rsplit_once('/')?;
        let slot = StatusSlot { list: exact::parse(list)?, index: self.status.index };
        (self.status == StatusEntry::new(&issuer, slot)).then_some(slot)
    }

    /// The canonical bytes, which are what a proof is made over.
    pub fn canonical(&self) -> Vec<u8> {
        canonical::to_vec(self)
    }

    /// Whether what follows from the issuer and the id is what stands there.
    fn follows(&self) -> bool {
        let Some(issuer) = Issuer::from_did(&self.issuer) else { return false };
        self.contexts == [W3C_CONTEXT, issuer.context()]
            && self.kind[0] == CredentialType::VerifiableCredential
            && self.kind[1] == CredentialType::ProofOfVaccinationCredential
            && self.evidence[0].certificate == self.id.0
            && self.status_slot().is_some()
    }
}

impl<'a> Subject<'a> {
    fn new(vaccination: &Vaccination, person: &'a Person) -> Self {
        let age = i32::from(vaccination.date.year()) - i32::from(person.birth_year);
        let travel = person.travel.as_ref();
        Self {
            age: age.max(0).to_string().into(),
            birth_year: person.birth_year,
            date_of_birth: travel.map(|travel| travel.date_of_birth),
            gender: (&person.gender).into(),
            identity: person.identity.as_ref().map(|identity| IdentityDocument {
                kind: (&identity.kind).into(),
                last4: (&identity.last4).into(),
            }),
            name: (&person.name).into(),
            passport: travel.map(|travel| (&travel.passport).into()),
            reference: vaccination.person.get(),
            kind: SubjectType::Person,
        }
    }
}

impl<'a> Evidence<'a> {
    fn new(vaccination: &'a Vaccination) -> Self {
        Self {
            batch: vaccination.batch.as_ref().map(|batch| batch.as_str().into()),
            certificate: vaccination.certificate.0,
            date: vaccination.date,
            dose: vaccination.dose.number(),
            effective_start: vaccination.effective_start,
            effective_until: vaccination.effective_until,
            facility: Facility {
                address: Address {
                    country: (&vaccination.facility.country).into(),
                    state: (&vaccination.facility.state).into(),
                    district: (&vaccination.facility.district).into(),
                },
                name: (&vaccination.facility.name).into(),
            },
            icd11: (&vaccination.vaccine.icd11).into(),
            id: vaccination.event.into(),
            manufacturer: (&vaccination.vaccine.manufacturer).into(),
            previous: vaccination.previous.map(|previous| previous.0),
            prophylaxis: (&vaccination.vaccine.prophylaxis).into(),
            total_doses: vaccination.total_doses,
            kind: [EvidenceType::Vaccination],
            vaccine: (&vaccination.vaccine.name).into(),
            verifier: Verifier { name: (&vaccination.verifier).into() },
            version: vaccination.version,
        }
    }
}

impl StatusEntry<'_> {
    /// The entry of a slot.
    fn new(issuer: &Issuer, slot: StatusSlot) -> Self {
        let list = issuer.status_list(slot.list);
        Self {
            id: format!("{list}#{}", slot.index).into(),
            list: list.into(),
            index: slot.index,
            purpose: StatusPurpose::Revocation,
            kind: StatusEntryType::BitstringStatusListEntry,
        }
    }
}

macro_rules! hidden {
    ($($name:ident)*) => {
        $(
            /// Hides what it tells about the person.
            impl std::fmt::Debug for $name<'_> {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!(stringify!($name), "(…)"))
                }
            }
        )*
    };
}

hidden!(Subject IdentityDocument);

#[cfg(test)]
mod tests;
