//! `languages/<code>.toml`: the names of a pack in one more language. What is missing is shown in the default one.

use super::{
    Pack, Text,
    document::Document,
    error::{PackError, Problem},
    manifest, places,
};
use serde::Deserialize;
use std::collections::HashMap;
use toml::Spanned;

/// Names by id, as written: TOML keys are always text.
type Names = HashMap<Spanned<String>, Spanned<String>>;

/// The file as written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    states: Names,
    districts: Names,
    genders: Names,
    id_types: Names,
}

/// The path of a language's file within the pack.
pub(super) fn path(language: &str) -> String {
    format!("languages/{language}.toml")
}

/// Reads one language's file and adds its names to `pack`.
pub(super) fn add(pack: &mut Pack, language: &str, text: &str) -> Result<(), PackError> {
    let path = path(language);
    let reader = Reader { file: Document { file: &path, text }, language };
    let Written { states, districts, genders, id_types } = reader.file.parse()?;
    let named = pack.states.iter_mut().map(|state| (state.id.0, &mut state.name));
    reader.add(states, places::STATES, named)?;
    let named = pack.districts.iter_mut().map(|district| (district.id.0, &mut district.name));
    reader.add(districts, places::DISTRICTS, named)?;
    let named = pack.genders.iter_mut().map(|gender| (gender.id.0.into(), &mut gender.name));
    reader.add(genders, manifest::FILE, named)?;
    let named = pack.id_types.iter_mut().map(|kind| (kind.id.0.into(), &mut kind.name));
    reader.add(id_types, manifest::FILE, named)
}

struct Reader<'a> {
    file: Document<'a>,
    language: &'a str,
}

impl Reader<'_> {
    /// Adds `names` to the texts with their ids; an id that is not listed is refused.
    fn add<'p>(
        &self,
        names: Names,
        list: &'static str,
        texts: impl Iterator<Item = (u16, &'p mut Text)>,
    ) -> Result<(), PackError> {
        let mut texts: HashMap<u16, &mut Text> = texts.collect();
        for (id, name) in names {
            let text = id.as_ref().parse().ok().and_then(|number: u16| texts.get_mut(&number));
            let Some(text) = text else {
                let value = id.as_ref().clone();
                return Err(self.file.error(id.span(), Problem::Dangling { value, list }));
            };
            text.others.insert(self.language.to_owned(), self.file.text(name)?);
        }
        Ok(())
    }
}
