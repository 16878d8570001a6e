//! The form of a certificate: which rows it has, what stands in them, and how high they are.

use super::{Certificate, labels::Labels, language::Language};
use std::borrow::Cow;

/// What makes two certificates share everything but the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The language beside English.
    pub language: Language,
    /// For abroad: with date of birth and passport.
    pub international: bool,
    /// Another dose is due.
    pub due: bool,
}

/// A row of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Name,
    BirthYear,
    BirthDate,
    Gender,
    Identity,
    Passport,
    Reference,
    Certificate,
    Vaccine,
    Manufacturer,
    Prophylaxis,
    Dose,
    Date,
    Batch,
    NextDue,
    VaccinatedBy,
    VaccinatedAt,
    Place,
}

const BENEFICIARY: [Row; 7] = [
    Row::Name,
    Row::BirthYear,
    Row::BirthDate,
    Row::Gender,
    Row::Identity,
    Row::Passport,
    Row::Reference,
];

const VACCINATION: [Row; 11] = [
    Row::Certificate,
    Row::Vaccine,
    Row::Manufacturer,
    Row::Prophylaxis,
    Row::Dose,
    Row::Date,
    Row::Batch,
    Row::NextDue,
    Row::VaccinatedBy,
    Row::VaccinatedAt,
    Row::Place,
];

impl Form {
    /// How many forms there are.
    pub(crate) const COUNT: usize = Language::COUNT * 4;

    /// The form of a certificate.
    pub(crate) fn of(certificate: &Certificate<'_>) -> Self {
        Self {
            language: certificate.language,
            international: certificate.travel.is_some(),
            due: certificate.vaccination.next_due.is_some(),
        }
    }

    /// Its number among all forms.
    pub(crate) fn index(self) -> usize {
        self.language as usize * 4 + usize::from(self.international) * 2 + usize::from(self.due)
    }

    /// The rows about the person.
    pub(crate) fn beneficiary(self) -> impl Iterator<Item = Row> {
        BENEFICIARY.into_iter().filter(move |row| self.has(*row))
    }

    /// The rows about the dose.
    pub(crate) fn vaccination(self) -> impl Iterator<Item = Row> {
        VACCINATION.into_iter().filter(move |row| self.has(*row))
    }

    fn has(self, row: Row) -> bool {
        match row {
            Row::BirthYear => !self.international,
            Row::BirthDate | Row::Passport | Row::Manufacturer | Row::Prophylaxis => {
                self.international
            }
            Row::NextDue => self.due,
            _ => true,
        }
    }
}

impl Row {
    /// Its label in a language.
    pub(crate) fn label(self, labels: &Labels) -> &'static str {
        match self {
            Self::Name => labels.name,
            Self::BirthYear => labels.birth_year,
            Self::BirthDate => labels.birth_date,
            Self::Gender => labels.gender,
            Self::Identity => labels.identity,
            Self::Passport => labels.passport,
            Self::Reference => labels.reference,
            Self::Certificate => labels.certificate,
            Self::Vaccine => labels.vaccine,
            Self::Manufacturer => labels.manufacturer,
            Self::Prophylaxis => labels.prophylaxis,
            Self::Dose => labels.dose,
            Self::Date => labels.date,
            Self::Batch => labels.batch,
            Self::NextDue => labels.next_due,
            Self::VaccinatedBy => labels.vaccinated_by,
            Self::VaccinatedAt => labels.vaccinated_at,
            Self::Place => labels.place,
        }
    }

    /// Its height in points: a name of 200 letters has to fit.
    pub(crate) fn height(self) -> f32 {
        match self {
            Self::Name => 44.0,
            Self::VaccinatedAt => 30.0,
            _ => 25.0,
        }
    }

    /// What a certificate says in it.
    pub(crate) fn value<'a>(self, certificate: &Certificate<'a>) -> Cow<'a, str> {
        let Certificate { person, vaccination, travel, .. } = certificate;
        let text = match self {
            Self::Name => person.name,
            Self::BirthYear => return person.birth_year.to_string().into(),
            Self::BirthDate => travel.map_or("", |travel| travel.birth_date),
            Self::Gender => person.gender,
            Self::Identity => {
                return format!("{}, ends in {}", person.id_kind, person.id_last_four).into();
            }
            Self::Passport => travel.map_or("", |travel| travel.passport),
            Self::Reference => person.reference_id,
            Self::Certificate => certificate.certificate_id,
            Self::Vaccine => vaccination.vaccine,
            Self::Manufacturer => travel.map_or("", |travel| travel.manufacturer),
            Self::Prophylaxis => travel.map_or("", |travel| travel.prophylaxis),
            Self::Dose => return format!("{} of {}", vaccination.dose, vaccination.doses).into(),
            Self::Date => vaccination.date,
            Self::Batch => vaccination.batch,
            Self::NextDue => vaccination.next_due.unwrap_or_default(),
            Self::VaccinatedBy => vaccination.vaccinated_by,
            Self::VaccinatedAt => vaccination.facility,
            Self::Place => {
                return format!("{}, {}", vaccination.district, vaccination.state).into();
            }
        };
        text.into()
    }
}
