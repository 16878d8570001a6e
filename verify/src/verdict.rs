//! What is found out about a certificate.

use jiff::civil::Date;
use opencowin_certificates::Moment;
use opencowin_certificates::compact::Claims;
use serde::Serialize;

/// What a certificate is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// What it is worth, in one word.
    pub outcome: Outcome,
    /// Why it is worth less than valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What it says, if its issuer said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// The status list that was looked at; without one, a revocation would not have been noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusSeen>,
}

/// What a certificate is worth, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Its issuer said this, and it holds.
    Valid,
    /// Its issuer did not say this.
    Altered,
    /// Its issuer no longer says this.
    Revoked,
    /// Nobody known here said this.
    UnknownIssuer,
    /// Its issuer said this of another time.
    Expired,
}

/// Why a certificate is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// What belongs together, such as a PDF and the code on it, are two certificates.
    Disagreement,
    /// Members were added or removed, or are written in another form than an issuer writes.
    Shape,
    /// The signature belongs to something else.
    Signature,
    /// No keys of this issuer are pinned.
    Issuer,
    /// The issuer has no such key for certificates: the pinned document is older, or the key was removed.
    Key,
    /// Others may have the key.
    KeyRevoked,
    /// It was signed when the key was no longer in use.
    KeyRetired,
    /// It was revoked, or replaced by a corrected one.
    Status,
    /// It does not hold yet.
    NotYetValid,
    /// It held until a moment that is over.
    Over,
}

/// As of when the status is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusSeen {
    /// When the list was made.
    pub as_of: Moment,
    /// Whether the list was to be believed only for a shorter time: there is a newer one to be fetched.
    pub stale: bool,
}

/// What a certificate says.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Who says it: a DID.
    pub issuer: String,
    /// The certificate's id.
    pub certificate_id: String,
    /// When it was signed.
    pub signed: Moment,
    /// From when on it holds.
    pub valid_from: Moment,
    /// Until when it holds, if it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Moment>,
    /// The person's name.
    pub name: String,
    /// Their gender.
    pub gender: String,
    /// Their year of birth.
    pub birth_year: i16,
    /// The date of birth, in the international form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<Date>,
    /// The number of the passport, in the international form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passport: Option<String>,
    /// The beneficiary reference.
    pub reference: String,
    /// Which dose.
    pub dose: u8,
    /// How many doses the schedule has.
    pub total_doses: u8,
    /// The day of the dose.
    pub date: Date,
    /// The vaccine.
    pub vaccine: String,
    /// Who makes it.
    pub manufacturer: String,
    /// Its kind by ICD-11.
    pub icd11_code: String,
    /// What it protects against.
    pub prophylaxis: String,
    /// The batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The facility.
    pub facility: String,
    /// Its district.
    pub district: String,
    /// Its state.
    pub state: String,
    /// Its country.
    pub country: String,
}

impl Verdict {
    /// The verdict on what its issuer does not stand for: nothing of what it says is repeated.
    pub(crate) fn refused(outcome: Outcome, reason: Reason) -> Self {
        Self { outcome, reason: Some(reason), facts: None, status: None }
    }
}

impl From<&Claims<'_>> for Facts {
    fn from(claims: &Claims<'_>) -> Self {
        Self {
            issuer: claims.issuer.to_string(),
            certificate_id: claims.id.to_string(),
            signed: claims.signed,
            valid_from: claims.from,
            valid_until: claims.until,
            name: claims.name.to_string(),
            gender: claims.gender.to_string(),
            birth_year: claims.birth_year,
            date_of_birth: claims.date_of_birth,
            passport: claims.passport.as_ref().map(ToString::to_string),
            reference: claims.reference.to_string(),
            dose: claims.dose,
            total_doses: claims.total_doses,
            date: claims.date,
            vaccine: claims.vaccine.to_string(),
            manufacturer: claims.manufacturer.to_string(),
            icd11_code: claims.icd11.to_string(),
            prophylaxis: claims.prophylaxis.to_string(),
            batch: claims.batch.as_ref().map(ToString::to_string),
            facility: claims.facility.to_string(),
            district: claims.district.to_string(),
            state: claims.state.to_string(),
            country: claims.country.to_string(),
        }
    }
}

/// Hides what they tell about the person.
impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Facts({})", self.certificate_id)
    }
}
