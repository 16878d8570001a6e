//! The country pack: everything that differs from country to country, as data.
//!
//! A pack is a folder of files (`pack.toml`, `states.csv`, `districts.csv`, `pincodes.csv`, …); India's is embedded in
//! this crate ([`Pack::india`]). The loader turns it into these types and refuses a wrong one by file, line and field.

pub mod blueprint;
mod checksum;
mod document;
mod error;
mod language;
mod load;
mod manifest;
mod places;
mod table;
#[cfg(test)]
mod tests;

pub use blueprint::Blueprint;
pub use checksum::Checksum;
pub use error::{PackError, Problem};

use crate::{
    AgeBand, DistrictId, Dose, GenderId, IdTypeId, Mobile, Pincode, Position, StateId, VaccineId,
};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::HashMap;

/// Text in the pack's default language and in others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// In the default language.
    pub default: String,
    /// By language code (`hi`), where translated.
    pub others: HashMap<String, String>,
}

impl Text {
    /// In `language` if translated, else in the default language.
    pub fn in_language(&self, language: &str) -> &str {
        self.others.get(language).unwrap_or(&self.default)
    }
}

/// A state or union territory.
#[derive(Clone, Debug)]
pub struct State {
    /// Its id.
    pub id: StateId,
    /// Its name.
    pub name: Text,
}

/// A district.
#[derive(Clone, Debug)]
pub struct District {
    /// Its id.
    pub id: DistrictId,
    /// The state that it belongs to.
    pub state: StateId,
    /// Its name.
    pub name: Text,
    /// Inhabitants at the last census.
    pub population: u32,
    /// A point for sorting by distance, not a boundary.
    pub position: Position,
}

/// A postal code.
#[derive(Clone, Debug)]
pub struct PostalArea {
    /// Its number.
    pub pincode: Pincode,
    /// The one district that it belongs to.
    pub district: DistrictId,
    /// A point in it.
    pub position: Position,
    /// The name of a place in it.
    pub place: String,
}

/// A kind of photo identity document.
#[derive(Clone, Debug)]
pub struct IdType {
    /// Its number on the wire.
    pub id: IdTypeId,
    /// Its name.
    pub name: Text,
    /// The short code of the wire's `doc_type`.
    pub doc_type: String,
    /// Whether people may register themselves with it; all kinds serve assisted registration.
    pub self_service: bool,
    /// Fewest and most characters of a number of this kind, blanks and hyphens not counted.
    pub length: (u8, u8),
    /// Whether such a number has digits only.
    pub digits_only: bool,
    /// The check digit of such a number, where it has one. Staff who have the document before them are held to it; what
    /// people type for themselves is not.
    pub checksum: Option<Checksum>,
}

/// A gender.
#[derive(Clone, Debug)]
pub struct Gender {
    /// Its number on the wire.
    pub id: GenderId,
    /// Its name.
    pub name: Text,
    /// As what it is counted.
    pub group: GenderGroup,
}

/// The three groups that published figures tell apart (source: wire contract 1.3, reports).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GenderGroup {
    /// Men and boys.
    Male,
    /// Women and girls.
    Female,
    /// Everybody else.
    #[default]
    Others,
}

impl GenderGroup {
    /// All groups, in order.
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::Others];
}

/// A vaccine and its schedule.
#[derive(Clone, Debug)]
pub struct Vaccine {
    /// Its position in the pack's list.
    pub id: VaccineId,
    /// Its name on the wire (`COVISHIELD`).
    pub name: String,
    /// Who makes it.
    pub manufacturer: String,
    /// Its kind by the ICD-11, such as `XM68M6` (source: WHO, ICD-11 codes for COVID-19 vaccines).
    pub icd11: String,
    /// Doses of the primary schedule.
    pub doses: u8,
    /// Days between the first and the second dose, if there is a second.
    pub second_after_days: Option<u16>,
    /// Days between the last primary dose and a precaution dose, if it serves as one.
    pub precaution_after_days: Option<u16>,
    /// The most that a dose may cost, service included, in whole units of the country's currency, where that is limited.
    pub price_ceiling: Option<u32>,
    /// Doses in a full vial, at least one: what is left of an opened one is wasted at the end of a session.
    pub doses_per_vial: u8,
}

impl Vaccine {
    /// Days that must pass between the dose before and `dose`; `None` where the schedule has no such dose. The first
    /// dose follows nothing: 0.
    pub fn days_before(&self, dose: Dose) -> Option<u16> {
        match dose {
            Dose::First => Some(0),
            Dose::Second => self.second_after_days,
            Dose::Precaution => self.precaution_after_days,
        }
    }
}

/// What certificates say of every dose.
#[derive(Clone, Debug)]
pub struct CertificateWords {
    /// The country by ISO 3166-1, three letters.
    pub country: String,
    /// Against what people are vaccinated.
    pub prophylaxis: String,
    /// Whom people can call.
    pub helpline: String,
    /// Days for which a certificate holds, if not for good.
    pub valid_days: Option<u32>,
}

/// What a well-formed mobile number is.
#[derive(Clone, Debug)]
pub struct MobileRule {
    /// How many digits it has.
    pub digits: u8,
    /// The digits that it may start with.
    pub first: Vec<u8>,
}

impl MobileRule {
    /// Reads a mobile number; `None` unless it is well formed.
    pub fn read(&self, text: &str) -> Option<Mobile> {
        let first = text.bytes().next()?.checked_sub(b'0')?;
        let right = text.len() == usize::from(self.digits)
            && text.bytes().all(|b| b.is_ascii_digit())
            && self.first.contains(&first);
        if right { text.parse().ok().map(Mobile) } else { None }
    }
}

/// A country pack, checked: every reference leads somewhere, every id is unique, every district has a pincode.
#[derive(Debug)]
pub struct Pack {
    pub(crate) code: String,
    pub(crate) country: String,
    pub(crate) zone: TimeZone,
    pub(crate) default_language: String,
    pub(crate) languages: Vec<String>,
    pub(crate) beneficiaries_per_account: u8,
    pub(crate) certificates: CertificateWords,
    pub(crate) mobile: MobileRule,
    pub(crate) states: Vec<State>,
    pub(crate) districts: Vec<District>,
    pub(crate) postal_areas: Vec<PostalArea>,
    pub(crate) id_types: Vec<IdType>,
    pub(crate) genders: Vec<Gender>,
    pub(crate) vaccines: Vec<Vaccine>,
    pub(crate) age_bands: Vec<AgeBand>,
    pub(crate) blueprint: Blueprint,
}

impl Pack {
    /// The pack's short code, `in` for India.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The country's name.
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The time zone in which dates and hours are meant.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The language in which answers are written when nothing else is asked for (`en`).
    pub fn default_language(&self) -> &str {
        &self.default_language
    }

    /// Languages that at least some texts are translated into, as codes (`hi`).
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// What certificates say of every dose.
    pub fn certificates(&self) -> &CertificateWords {
        &self.certificates
    }

    /// How many people one mobile number may register.
    pub fn beneficiaries_per_account(&self) -> usize {
        usize::from(self.beneficiaries_per_account)
    }

    /// Reads a mobile number; `None` unless it is well formed here.
    pub fn mobile(&self, text: &str) -> Option<Mobile> {
        self.mobile.read(text)
    }

    /// States, in the order of the pack.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Districts, sorted by id.
    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// Postal areas, sorted by pincode.
    pub fn postal_areas(&self) -> &[PostalArea] {
        &self.postal_areas
    }

    /// Kinds of identity documents, in the order of the pack.
    pub fn id_types(&self) -> &[IdType] {
        &self.id_types
    }

    /// Genders, in the order of the pack.
    pub fn genders(&self) -> &[Gender] {
        &self.genders
    }

    /// Vaccines, indexed by [`VaccineId`].
    pub fn vaccines(&self) -> &[Vaccine] {
        &self.vaccines
    }

    /// The age bands that sessions are published for.
    pub fn age_bands(&self) -> &[AgeBand] {
        &self.age_bands
    }

    /// What a made-up programme of this country looks like.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// The state with this id.
    pub fn state(&self, id: StateId) -> Option<&State> {
        self.states.iter().find(|state| state.id == id)
    }

    /// The district with this id.
    pub fn district(&self, id: DistrictId) -> Option<&District> {
        self.districts.binary_search_by_key(&id, |d| d.id).ok().map(|at| &self.districts[at])
    }

    /// The postal area with this number.
    pub fn postal_area(&self, pincode: Pincode) -> Option<&PostalArea> {
        let at = self.postal_areas.binary_search_by_key(&pincode, |a| a.pincode).ok()?;
        Some(&self.postal_areas[at])
    }

    /// The kind of identity document with this number.
    pub fn id_type(&self, id: IdTypeId) -> Option<&IdType> {
        self.id_types.iter().find(|kind| kind.id == id)
    }

    /// The gender with this number.
    pub fn gender(&self, id: GenderId) -> Option<&Gender> {
        self.genders.iter().find(|gender| gender.id == id)
    }

    /// The vaccine with this id.
    pub fn vaccine(&self, id: VaccineId) -> Option<&Vaccine> {
        self.vaccines.get(usize::from(id.0))
    }

    /// The vaccine with this name, in any case.
    pub fn vaccine_named(&self, name: &str) -> Option<&Vaccine> {
        self.vaccines.iter().find(|vaccine| vaccine.name.eq_ignore_ascii_case(name))
    }
}
