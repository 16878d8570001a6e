//! Putting a pack together from its files.

use super::{
    Pack, blueprint,
    blueprint::Blueprint,
    error::{PackError, Problem},
    language,
    manifest::{self, Manifest},
    places::{self, Places},
};
use std::io;

impl Pack {
    /// The India pack, which this crate carries.
    ///
    /// # Errors
    ///
    /// None in a build whose tests passed: they load it.
    pub fn india() -> Result<Self, PackError> {
        Self::load(india_file)
    }

    /// Loads a pack. `read` gets a file by its path within the pack's folder (`pack.toml`, `languages/hi.toml`); the
    /// caller decides where from, and this crate does no I/O:
    ///
    /// ```no_run
    /// # use opencowin_model::Pack;
    /// # let folder = std::path::Path::new("packs/guyana");
    /// let pack = Pack::load(|name| std::fs::read_to_string(folder.join(name)))?;
    /// # Ok::<(), opencowin_model::pack::PackError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first fault found, by file, line and field.
    pub fn load(read: impl Fn(&str) -> io::Result<String>) -> Result<Self, PackError> {
        let read = |name: &str| read(name).map_err(|error| unreadable(name, &error));
        let rules = manifest::read(&read(manifest::FILE)?)?;
        let places = places::read(
            &read(places::STATES)?,
            &read(places::DISTRICTS)?,
            &read(places::PINCODES)?,
        )?;
        let blueprint = blueprint::read(&read(blueprint::FILE)?, &rules)?;
        let mut pack = join(rules, places, blueprint);
        for code in pack.languages.clone().iter().skip(1) {
            language::add(&mut pack, code, &read(&language::path(code))?)?;
        }
        Ok(pack)
    }
}

fn join(rules: Manifest, places: Places, blueprint: Blueprint) -> Pack {
    Pack {
        code: rules.code,
        country: rules.country,
        zone: rules.zone,
        default_language: rules.languages[0].clone(),
        languages: rules.languages,
        beneficiaries_per_account: rules.beneficiaries_per_account,
        certificates: rules.certificates,
        mobile: rules.mobile,
        states: places.states,
        districts: places.districts,
        postal_areas: places.postal_areas,
        id_types: rules.id_types,
        genders: rules.genders,
        vaccines: rules.vaccines,
        age_bands: rules.age_bands,
        blueprint,
    }
}

fn unreadable(name: &str, error: &io::Error) -> PackError {
    let problem = Problem::Unreadable(error.to_string());
    PackError { file: name.to_owned(), line: None, field: None, problem }
}

fn india_file(name: &str) -> io::Result<String> {
    let text = match name {
        "pack.toml" => include_str!("../../packs/india/pack.toml"),
        "states.csv" => include_str!("../../packs/india/states.csv"),
        "districts.csv" => include_str!("../../packs/india/districts.csv"),
        "pincodes.csv" => include_str!("../../packs/india/pincodes.csv"),
        "programme.toml" => include_str!("../../packs/india/programme.toml"),
        "languages/hi.toml" => include_str!("../../packs/india/languages/hi.toml"),
        "languages/ta.toml" => include_str!("../../packs/india/languages/ta.toml"),
        _ => return Err(io::ErrorKind::NotFound.into()),
    };
    Ok(text.to_owned())
}
