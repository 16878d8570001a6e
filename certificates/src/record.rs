//! What a certificate is made of: the vaccination and the person, as the programme knows them.

use crate::values::Moment;
use jiff::civil::Date;
use opencowin_model::{Batch, BeneficiaryRef, CertificateId, Dose, EventId};

/// One version of a vaccination's record (IVER: immutable vaccination event record). No member tells about the person but
/// the reference under which they are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vaccination {
    /// The event that this version is.
    pub event: EventId,
    /// Which version: 1 is the first, each correction is one more.
    pub version: u32,
    /// The id of this version's certificate.
    pub certificate: CertificateId,
    /// The certificate in whose place it stands.
    pub previous: Option<CertificateId>,
    /// Who was given the dose.
    pub person: BeneficiaryRef,
    /// Which dose.
    pub dose: Dose,
    /// How many doses the vaccine's schedule has.
    pub total_doses: u8,
    /// Of what.
    pub vaccine: Vaccine,
    /// Out of which batch, where that is known.
    pub batch: Option<Batch>,
    /// The day on which it was given.
    pub date: Date,
    /// From which day it counts as effective, where the programme says so.
    pub effective_start: Option<Date>,
    /// Until which day it counts as effective, where the programme says so.
    pub effective_until: Option<Date>,
    /// The name of whoever gave it.
    pub verifier: String,
    /// Where it was given.
    pub facility: Facility,
}

/// A vaccine, as certificates name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vaccine {
    /// Its name.
    pub name: String,
    /// Who makes it.
    pub manufacturer: String,
    /// Its kind by the ICD-11, such as `XM68M6` (source: WHO, ICD-11 codes for COVID-19 vaccines).
    pub icd11: String,
    /// What it protects against.
    pub prophylaxis: String,
}

/// Where a dose was given. Its street is nobody's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facility {
    /// Its name.
    pub name: String,
    /// Its district.
    pub district: String,
    /// Its state.
    pub state: String,
    /// Its country by ISO 3166-1, three letters.
    pub country: String,
}

/// What a certificate tells about a person. There is no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, in NFC.
    pub name: String,
    /// The gender, in the country's words.
    pub gender: String,
    /// The year of birth.
    pub birth_year: i16,
    /// By which document the person was verified.
    pub identity: Option<Identity>,
    /// What border officers ask for, told by the person for this certificate and kept nowhere else: with it the
    /// certificate has the international form.
    pub travel: Option<Travel>,
}

/// An identity document, as far as anybody may see it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its kind, in the country's words.
    pub kind: String,
    /// The last four characters of its number.
    pub last4: String,
}

/// What the international form says beyond the domestic one.
#[derive(Clone, PartialEq, Eq)]
pub struct Travel {
    /// The full date of birth.
    pub date_of_birth: Date,
    /// The number of the passport.
    pub passport: String,
}

/// When a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From when on.
    pub from: Moment,
    /// Until when, if it ends.
    pub until: Option<Moment>,
}

macro_rules! hidden {
    ($($name:ident)*) => {
        $(
            /// Hides what it tells about the person.
            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!(stringify!($name), "(…)"))
                }
            }
        )*
    };
}

hidden!(Person Identity Travel);
