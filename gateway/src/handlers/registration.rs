//! What registers a person, wherever it comes from: the fields of the contract, in a body or in a row of a file.

use super::fields;
use crate::app::App;
use crate::http::body::{self, Field};
use crate::http::catalogue as error;
use crate::http::problem::Problem;
use jiff::ToSpan;
use opencowin_ledger::commands::Register;
use opencowin_ledger::vault::IdNumber;
use opencowin_model::pack::IdType;
use opencowin_model::{Date, GenderId, Mobile};
use serde::Deserialize;

/// The greatest age that is believed, in years.
const OLDEST: i16 = 125;

/// What the text that people consent to says that their data is collected for.
const PURPOSE: &str = "vaccination";

/// The fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Registration {
    pub(super) name: Field,
    pub(super) birth_year: Field,
    pub(super) gender_id: Field,
    /// Only where staff registers: whoever registers themselves has proven a number.
    pub(super) mobile_number: Field,
    pub(super) photo_id_type: Field,
    pub(super) photo_id_number: Field,
    pub(super) comorbidity_ind: Field,
    pub(super) consent_version: Field,
}

/// A field that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Its name.
    pub(super) field: &'static str,
    /// What is wrong with it.
    pub(super) problem: Problem,
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        wrong.problem
    }
}

impl Registration {
    /// What whoever has proven a number registers, with one of the documents that are offered to them.
    ///
    /// # Errors
    /// The first field that is missing or wrong.
    pub(super) fn by_oneself(&self, app: &App, mobile: Mobile) -> Result<Register, Wrong> {
        self.register(app, mobile, |kind| kind.self_service)
    }

    /// What staff registers for somebody whose document they have seen: of any kind, and its number must be a possible
    /// one.
    ///
    /// # Errors
    /// The first field that is missing or wrong.
    pub(super) fn by_staff(&self, app: &App) -> Result<Register, Wrong> {
        let mobile = fields::mobile(&self.mobile_number, "mobile_number", app.pack());
        let register = self.register(app, in_field("mobile_number", mobile)?, |_| true)?;
        let kind = app.pack().id_type(register.id_type);
        let checksum = kind.and_then(|kind| kind.checksum);
        if checksum.is_some_and(|checksum| !checksum.holds(register.id_number.as_str())) {
            return in_field("photo_id_number", Err(error::ID_MISTYPED.into()));
        }
        Ok(register)
    }

    fn register(
        &self,
        app: &App,
        mobile: Mobile,
        offered: fn(&IdType) -> bool,
    ) -> Result<Register, Wrong> {
        let name = in_field("name", fields::name(&self.name))?;
        let birth_year = in_field("birth_year", birth_year(app, &self.birth_year))?;
        let gender = in_field("gender_id", gender(app, &self.gender_id))?;
        let (id_type, id_number) = self.document(app, offered)?;
        Ok(Register {
            mobile,
            name,
            birth_year,
            gender,
            id_type: id_type.id,
            id_number,
            comorbidity: in_field("comorbidity_ind", self.comorbidity())?,
            consent_version: in_field("consent_version", self.consent())?,
            purpose: PURPOSE.to_owned(),
            kept_until: kept_until(app),
        })
    }

    fn document<'a>(
        &self,
        app: &'a App,
        offered: fn(&IdType) -> bool,
    ) -> Result<(&'a IdType, IdNumber), Wrong> {
        let kind = fields::id_type(&self.photo_id_type, app.pack(), offered);
        let kind = in_field("photo_id_type", kind)?;
        let number = fields::id_number(&self.photo_id_number, kind);
        Ok((kind, in_field("photo_id_number", number)?))
    }

    fn comorbidity(&self) -> Result<Option<bool>, Problem> {
        let Ok(value) = body::required(&self.comorbidity_ind) else { return Ok(None) };
        match value.text().as_deref().map(str::trim) {
            Some("Y" | "y") => Ok(Some(true)),
            Some("N" | "n") => Ok(Some(false)),
            _ => Err(Problem::invalid("comorbidity_ind")),
        }
    }

    fn consent(&self) -> Result<String, Problem> {
        let Ok(value) = body::required(&self.consent_version) else { return Ok("1".to_owned()) };
        let version = value.text().filter(|version| version.len() <= 16);
        version.ok_or_else(|| Problem::invalid("consent_version"))
    }
}

/// A year of birth that can be believed.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn birth_year(app: &App, field: &Field) -> Result<i16, Problem> {
    let year = body::whole(field, "birth_year")?;
    let this_year = app.today().year();
    let believable =
        i16::try_from(year).ok().filter(|year| (this_year - OLDEST..=this_year).contains(year));
    believable.ok_or_else(|| Problem::invalid("birth_year"))
}

/// A gender, as numbered by the list.
///
/// # Errors
/// USRRES0001 or 0002.
pub(super) fn gender(app: &App, field: &Field) -> Result<GenderId, Problem> {
    let gender = app.pack().gender(GenderId(fields::small(field, "gender_id")?));
    gender.map(|gender| gender.id).ok_or_else(|| Problem::invalid("gender_id"))
}

fn in_field<T>(field: &'static str, value: Result<T, Problem>) -> Result<T, Wrong> {
    value.map_err(|problem| Wrong { field, problem })
}

/// The last day on which what is told today may be kept.
fn kept_until(app: &App) -> Option<Date> {
    let days = app.config().keep_days?;
    Some(app.today().saturating_add(i64::from(days).days()))
}
