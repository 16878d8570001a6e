//! `programme.toml`: what a made-up programme of a country looks like. [`Programme`](crate::programme::Programme) builds
//! one from it, for sandboxes and load tests; a real programme is published by its staff and needs none of this.

use super::{
    document::Document,
    error::{PackError, Problem},
    manifest::Manifest,
};
use crate::VaccineId;
use serde::Deserialize;
use toml::Spanned;

/// The file's name.
pub(super) const FILE: &str = "programme.toml";

/// What a percentage is.
const PERCENT: &str = "a percentage from 0 to 100";

/// What a made-up programme looks like, checked: wherever something is drawn by weight, some weight is above 0.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// Centres at full scale.
    pub centres: u32,
    /// How many people in a hundred count as living in cities.
    pub city_percent: u8,
    /// How many centres in a hundred charge for a dose.
    pub paid_percent: PaidPercent,
    /// How often a session is for each of the pack's age bands, in their order.
    pub age_band_weights: Vec<u32>,
    /// The vaccines on offer.
    pub vaccines: Vec<Offer>,
    /// Kinds of centres that are free.
    pub free_centres: Vec<CentreKind>,
    /// Kinds of centres that charge; empty only if none does.
    pub paid_centres: Vec<CentreKind>,
    /// What may stand behind a centre's name.
    pub name_endings: Vec<NameEnding>,
}

/// How many centres in a hundred charge for a dose.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidPercent {
    /// In cities.
    pub city: u8,
    /// Elsewhere.
    pub elsewhere: u8,
}

/// How often a vaccine is on offer, and its price.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The vaccine.
    pub vaccine: VaccineId,
    /// Its weight at centres that are free.
    pub free: u32,
    /// Its weight at centres that charge.
    pub paid: u32,
    /// The price of a dose at centres that charge, in whole units of the country's currency.
    pub price: u32,
    /// Whether it is given in cities only.
    pub city_only: bool,
}

/// A kind of centre.
#[derive(Clone, Debug)]
pub struct CentreKind {
    /// Its name, with `{place}` and `{district}` to be filled in.
    pub name: String,
    /// Its address, likewise.
    pub address: String,
    /// How often it occurs.
    pub weight: u32,
    /// The fewest and the most seats of a session.
    pub seats: (u16, u16),
}

/// What may stand behind a centre's name.
#[derive(Clone, Debug)]
pub struct NameEnding {
    /// The text, with its leading blank.
    pub text: String,
    /// How often it occurs.
    pub weight: u32,
    /// If the text promises one: the age band of all its sessions, by position in the pack.
    pub age_band: Option<usize>,
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    centres: Spanned<u32>,
    city_percent: Spanned<u8>,
    paid_percent: Spanned<PaidPercent>,
    age_band_weights: Spanned<Vec<u32>>,
    vaccines: Vec<WrittenOffer>,
    free_centres: Vec<WrittenKind>,
    #[serde(default)]
    paid_centres: Vec<WrittenKind>,
    name_endings: Vec<WrittenEnding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOffer {
    name: Spanned<String>,
    free: u32,
    paid: u32,
    price: u32,
    #[serde(default)]
    city_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKind {
    name: Spanned<String>,
    address: Spanned<String>,
    weight: u32,
    seats: Spanned<(u16, u16)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEnding {
    text: String,
    weight: u32,
    age_band: Option<Spanned<usize>>,
}

/// Reads and checks `programme.toml` against the rules of the country.
pub(super) fn read(text: &str, rules: &Manifest) -> Result<Blueprint, PackError> {
    let file = Document { file: FILE, text };
    let written: Written = file.parse()?;
    let percent = |percent: &u8| *percent <= 100;
    let both = |paid: &PaidPercent| paid.city <= 100 && paid.elsewhere <= 100;
    let blueprint = Blueprint {
        centres: file.check(written.centres, |n| *n >= 1, "a number of centres above 0")?,
        city_percent: file.check(written.city_percent, percent, PERCENT)?,
        paid_percent: file.check(written.paid_percent, both, PERCENT)?,
        age_band_weights: age_band_weights(file, written.age_band_weights, rules)?,
        vaccines: convert(written.vaccines, |each| offer(file, each, rules))?,
        free_centres: convert(written.free_centres, |each| kind(file, each))?,
        paid_centres: convert(written.paid_centres, |each| kind(file, each))?,
        name_endings: convert(written.name_endings, |each| ending(file, each, rules))?,
    };
    check_weights(&blueprint)?;
    Ok(blueprint)
}

fn age_band_weights(
    file: Document<'_>,
    written: Spanned<Vec<u32>>,
    rules: &Manifest,
) -> Result<Vec<u32>, PackError> {
    let right = |weights: &Vec<u32>| {
        weights.len() == rules.age_bands.len() && weights.iter().any(|weight| *weight > 0)
    };
    file.check(written, right, "a weight for each of the age bands, not all 0")
}

fn offer(file: Document<'_>, written: WrittenOffer, rules: &Manifest) -> Result<Offer, PackError> {
    let WrittenOffer { name, free, paid, price, city_only } = written;
    let vaccine = rules.vaccines.iter().find(|vaccine| vaccine.name == *name.as_ref());
    let Some(vaccine) = vaccine else {
        let value = name.as_ref().clone();
        let problem = Problem::Dangling { value, list: super::manifest::FILE };
        return Err(file.error(name.span(), problem));
    };
    Ok(Offer { vaccine: vaccine.id, free, paid, price, city_only })
}

fn kind(file: Document<'_>, written: WrittenKind) -> Result<CentreKind, PackError> {
    let right = |(least, most): &(u16, u16)| *least >= 1 && least <= most;
    Ok(CentreKind {
        name: pattern(file, written.name)?,
        address: pattern(file, written.address)?,
        weight: written.weight,
        seats: file.check(written.seats, right, "the fewest and the most seats, at least 1")?,
    })
}

/// A text in which nothing but `{place}` and `{district}` stands in braces.
fn pattern(file: Document<'_>, written: Spanned<String>) -> Result<String, PackError> {
    let rest = written.as_ref().replace("{place}", "").replace("{district}", "");
    if rest.contains(['{', '}']) {
        return Err(file.wrong(&written, "a text with no braces but {place} and {district}"));
    }
    file.text(written)
}

fn ending(
    file: Document<'_>,
    written: WrittenEnding,
    rules: &Manifest,
) -> Result<NameEnding, PackError> {
    let WrittenEnding { text, weight, age_band } = written;
    let right = |band: &usize| *band < rules.age_bands.len();
    let check = |band| file.check(band, right, "the position of an age band, counted from 0");
    Ok(NameEnding { text, weight, age_band: age_band.map(check).transpose()? })
}

/// What is drawn by weight must have one to draw, in the country as in the city.
fn check_weights(blueprint: &Blueprint) -> Result<(), PackError> {
    let PaidPercent { city, elsewhere } = blueprint.paid_percent;
    let (some_paid, some_free) = (city.max(elsewhere) > 0, city.min(elsewhere) < 100);
    let offered = |weight: fn(&Offer) -> u32| {
        blueprint.vaccines.iter().any(|offer| weight(offer) > 0 && !offer.city_only)
    };
    let occurs = |kinds: &[CentreKind]| kinds.iter().any(|kind| kind.weight > 0);
    let checks = [
        ("vaccines", some_free && !offered(|offer| offer.free)),
        ("vaccines", some_paid && !offered(|offer| offer.paid)),
        ("free_centres", some_free && !occurs(&blueprint.free_centres)),
        ("paid_centres", some_paid && !occurs(&blueprint.paid_centres)),
        ("name_endings", blueprint.name_endings.iter().all(|ending| ending.weight == 0)),
    ];
    match checks.into_iter().find(|(_, wrong)| *wrong) {
        None => Ok(()),
        Some((field, _)) => Err(PackError {
            file: FILE.to_owned(),
            line: None,
            field: Some(field.to_owned()),
            problem: Problem::NoWeight,
        }),
    }
}

fn convert<W, T>(
    written: Vec<W>,
    each: impl FnMut(W) -> Result<T, PackError>,
) -> Result<Vec<T>, PackError> {
    written.into_iter().map(each).collect()
}
