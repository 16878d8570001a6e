//! `pack.toml`: the rules of a country, everything but its places.

use super::{
    CertificateWords, Checksum, Gender, GenderGroup, IdType, MobileRule, Text, Vaccine,
    document::Document,
    error::{PackError, Problem},
};
use crate::{AgeBand, GenderId, IdTypeId, VaccineId};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;
use std::{collections::HashSet, hash::Hash};
use toml::Spanned;

/// The file's name.
pub(super) const FILE: &str = "pack.toml";

/// The contents of `pack.toml`, checked.
pub(super) struct Manifest {
    pub code: String,
    pub country: String,
    pub zone: TimeZone,
    pub languages: Vec<String>,
    pub beneficiaries_per_account: u8,
    pub certificates: CertificateWords,
    pub mobile: MobileRule,
    pub id_types: Vec<IdType>,
    pub genders: Vec<Gender>,
    pub vaccines: Vec<Vaccine>,
    pub age_bands: Vec<AgeBand>,
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: Spanned<String>,
    country: Spanned<String>,
    time_zone: Spanned<String>,
    languages: Spanned<Vec<Spanned<String>>>,
    beneficiaries_per_account: Spanned<u8>,
    certificates: WrittenCertificates,
    mobile: WrittenMobile,
    id_types: Vec<WrittenIdType>,
    genders: Vec<WrittenGender>,
    vaccines: Vec<WrittenVaccine>,
    age_bands: Vec<WrittenAgeBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCertificates {
    country: Spanned<String>,
    prophylaxis: Spanned<String>,
    helpline: Spanned<String>,
    valid_days: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMobile {
    digits: Spanned<u8>,
    first: Spanned<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIdType {
    id: Spanned<u8>,
    name: Spanned<String>,
    doc_type: String,
    #[serde(default)]
    self_service: bool,
    length: Spanned<(u8, u8)>,
    #[serde(default)]
    digits_only: bool,
    checksum: Option<Checksum>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGender {
    id: Spanned<u8>,
    name: Spanned<String>,
    #[serde(default)]
    group: GenderGroup,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVaccine {
    name: Spanned<String>,
    manufacturer: Spanned<String>,
    icd11: Spanned<String>,
    doses: Spanned<u8>,
    second_after_days: Option<Spanned<u16>>,
    precaution_after_days: Option<u16>,
    price_ceiling: Option<u32>,
    doses_per_vial: Option<Spanned<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAgeBand {
    min: Spanned<u8>,
    max: Option<u8>,
}

/// Reads and checks `pack.toml`.
pub(super) fn read(text: &str) -> Result<Manifest, PackError> {
    let file = Document { file: FILE, text };
    let written: Written = file.parse()?;
    Ok(Manifest {
        code: code(file, written.code)?,
        country: file.text(written.country)?,
        zone: zone(file, &written.time_zone)?,
        languages: languages(file, written.languages)?,
        beneficiaries_per_account: file.check(
            written.beneficiaries_per_account,
            |n| *n >= 1,
            "a number of people from 1 to 255",
        )?,
        certificates: certificates(file, written.certificates)?,
        mobile: mobile(file, written.mobile)?,
        id_types: id_types(file, written.id_types)?,
        genders: genders(file, written.genders)?,
        vaccines: vaccines(file, written.vaccines)?,
        age_bands: age_bands(file, written.age_bands)?,
    })
}

fn code(file: Document<'_>, code: Spanned<String>) -> Result<String, PackError> {
    file.check(code, |code| is_code(code), "a code of two or three small letters")
}

fn is_code(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
}

fn certificates(
    file: Document<'_>,
    written: WrittenCertificates,
) -> Result<CertificateWords, PackError> {
    let is_country =
        |code: &String| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    let valid_days = written.valid_days.map(|days| file.check(days, |n| *n >= 1, "at least a day"));
    Ok(CertificateWords {
        country: file.check(written.country, is_country, "a country by three capital letters")?,
        prophylaxis: file.text(written.prophylaxis)?,
        helpline: file.text(written.helpline)?,
        valid_days: valid_days.transpose()?,
    })
}

/// Zones come from the database inside this program, so that dates do not depend on the machine's files.
fn zone(file: Document<'_>, name: &Spanned<String>) -> Result<TimeZone, PackError> {
    let expected = "a time zone of the IANA database, such as `Asia/Kolkata`";
    TimeZoneDatabase::bundled().get(name.as_ref()).map_err(|_| file.wrong(name, expected))
}

fn languages(
    file: Document<'_>,
    written: Spanned<Vec<Spanned<String>>>,
) -> Result<Vec<String>, PackError> {
    let span = written.span();
    let mut seen = Unique::new(file);
    let mut languages = Vec::new();
    for language in written.into_inner() {
        seen.add(&language)?;
        languages.push(code(file, language)?);
    }
    if languages.is_empty() { Err(file.error(span, Problem::Empty)) } else { Ok(languages) }
}

/// At most 15 digits: the most that E.164 allows.
fn mobile(file: Document<'_>, written: WrittenMobile) -> Result<MobileRule, PackError> {
    let first_right = |first: &Vec<u8>| !first.is_empty() && first.iter().all(|d| *d <= 9);
    Ok(MobileRule {
        digits: file.check(written.digits, |n| (1..=15).contains(n), "1 to 15 digits")?,
        first: file.check(written.first, first_right, "a list of digits from 0 to 9")?,
    })
}

fn id_types(file: Document<'_>, written: Vec<WrittenIdType>) -> Result<Vec<IdType>, PackError> {
    let mut ids = Unique::new(file);
    let right = |(least, most): &(u8, u8)| *least >= 1 && least <= most;
    let expected = "the fewest and the most characters, at least 1";
    some(file, "id_types", written, |written| {
        ids.add(&written.id)?;
        Ok(IdType {
            id: IdTypeId(written.id.into_inner()),
            name: name(file, written.name)?,
            doc_type: written.doc_type,
            self_service: written.self_service,
            length: file.check(written.length, right, expected)?,
            digits_only: written.digits_only,
            checksum: written.checksum,
        })
    })
}

fn genders(file: Document<'_>, written: Vec<WrittenGender>) -> Result<Vec<Gender>, PackError> {
    let mut ids = Unique::new(file);
    some(file, "genders", written, |written| {
        ids.add(&written.id)?;
        let (id, group) = (GenderId(written.id.into_inner()), written.group);
        Ok(Gender { id, name: name(file, written.name)?, group })
    })
}

fn vaccines(file: Document<'_>, written: Vec<WrittenVaccine>) -> Result<Vec<Vaccine>, PackError> {
    let (mut names, mut next) = (Unique::new(file), 0..=u8::MAX);
    some(file, "vaccines", written, |written| {
        names.add(&written.name)?;
        let id = next.next().ok_or_else(|| file.wrong(&written.name, "one of 256 vaccines"))?;
        vaccine(file, VaccineId(id), written)
    })
}

/// Schedules have one or two primary doses ([`Dose`](crate::Dose) knows no third but the precaution dose).
fn vaccine(
    file: Document<'_>,
    id: VaccineId,
    written: WrittenVaccine,
) -> Result<Vaccine, PackError> {
    let place = written.doses.span();
    let doses = file.check(written.doses, |n| (1..=2).contains(n), "1 or 2 doses")?;
    match (doses, &written.second_after_days) {
        (1, Some(days)) => return Err(file.wrong(days, "possible: the schedule has one dose")),
        (2, None) => {
            let expected = "enough: a schedule of two doses needs second_after_days";
            return Err(file.error(place, Problem::value(doses, expected)));
        }
        _ => {}
    }
    Ok(Vaccine {
        id,
        name: file.text(written.name)?,
        manufacturer: file.text(written.manufacturer)?,
        icd11: file.text(written.icd11)?,
        doses,
        second_after_days: written.second_after_days.map(Spanned::into_inner),
        precaution_after_days: written.precaution_after_days,
        price_ceiling: written.price_ceiling,
        doses_per_vial: match written.doses_per_vial {
            Some(doses) => file.check(doses, |n| *n >= 1, "at least one dose")?,
            None => 1,
        },
    })
}

fn age_bands(file: Document<'_>, written: Vec<WrittenAgeBand>) -> Result<Vec<AgeBand>, PackError> {
    some(file, "age_bands", written, |WrittenAgeBand { min, max }| {
        let right = |min: &u8| max.is_none_or(|max| *min <= max);
        Ok(AgeBand { min: file.check(min, right, "the lower end of the band")?, max })
    })
}

fn name(file: Document<'_>, written: Spanned<String>) -> Result<Text, PackError> {
    Ok(Text { default: file.text(written)?, ..Text::default() })
}

/// Converts a list that must have an entry.
fn some<W, T>(
    file: Document<'_>,
    field: &str,
    written: Vec<W>,
    each: impl FnMut(W) -> Result<T, PackError>,
) -> Result<Vec<T>, PackError> {
    if written.is_empty() {
        let error = file.error(0..0, Problem::Empty);
        return Err(PackError { line: None, field: Some(field.to_owned()), ..error });
    }
    written.into_iter().map(each).collect()
}

/// Refuses what was seen before.
struct Unique<'a, T> {
    file: Document<'a>,
    seen: HashSet<T>,
}

impl<'a, T: Clone + Eq + Hash + ToString> Unique<'a, T> {
    fn new(file: Document<'a>) -> Self {
        Self { file, seen: HashSet::new() }
    }

    fn add(&mut self, value: &Spanned<T>) -> Result<(), PackError> {
        if self.seen.insert(value.as_ref().clone()) {
            return Ok(());
        }
        Err(self.file.error(value.span(), Problem::Duplicate(value.as_ref().to_string())))
    }
}
