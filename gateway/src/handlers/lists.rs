//! Master data: states, districts, kinds of identity documents, genders.

use crate::http::problem::Problem;
use crate::http::query;
use crate::http::reply::{self, Reply};
use opencowin_model::pack::Text;
use opencowin_model::{Pack, StateId};
use serde_json::{Value, json};

/// Hours for which a client may keep a list (source: recorded answers).
const TTL_HOURS: u32 = 24;

/// `{"states": […], "ttl": 24}`.
pub fn states(pack: &Pack, language: Option<&str>) -> Reply {
    let state = |state: &opencowin_model::pack::State| {
        let entry = json!({ "state_id": state.id, "state_name": state.name.default });
        with_translation(entry, "state_name_l", &state.name, language)
    };
    list("states", pack.states().iter().map(state).collect())
}

/// `{"districts": […], "ttl": 24}`; empty for a state that does not exist, as the real service answered.
///
/// # Errors
/// USRRES0002 unless the id is a whole number.
pub fn districts(pack: &Pack, state: &str, language: Option<&str>) -> Result<Reply, Problem> {
    let wanted = query::whole(state).ok_or_else(|| Problem::invalid("state_id"))?;
    let wanted = u16::try_from(wanted).ok().map(StateId);
    let mut of_state: Vec<_> =
        pack.districts().iter().filter(|d| Some(d.state) == wanted).collect();
    of_state.sort_by(|a, b| a.name.default.cmp(&b.name.default));
    let district = |district: &&opencowin_model::pack::District| {
        let entry = json!({
            "state_id": district.state,
            "district_id": district.id,
            "district_name": district.name.default,
        });
        with_translation(entry, "district_name_l", &district.name, language)
    };
    Ok(list("districts", of_state.iter().map(district).collect()))
}

/// `{"types": […], "ttl": 24}`: those with which people register themselves.
pub fn id_types(pack: &Pack, language: Option<&str>) -> Reply {
    let kind = |kind: &opencowin_model::pack::IdType| {
        let entry = json!({
            "id": kind.id, "type": kind.name.default, "doc_type": kind.doc_type, "flag": "Y",
        });
        with_translation(entry, "type_l", &kind.name, language)
    };
    list("types", pack.id_types().iter().filter(|kind| kind.self_service).map(kind).collect())
}

/// `{"genders": […], "ttl": 24}`.
pub fn genders(pack: &Pack, language: Option<&str>) -> Reply {
    let gender = |gender: &opencowin_model::pack::Gender| {
        let entry = json!({ "id": gender.id, "gender": gender.name.default });
        with_translation(entry, "gender_l", &gender.name, language)
    };
    list("genders", pack.genders().iter().map(gender).collect())
}

/// Adds the companion field that a language other than the default brings (wire contract 1.2).
fn with_translation(mut entry: Value, name: &str, text: &Text, language: Option<&str>) -> Value {
    if let Some(language) = language {
        entry[name] = text.in_language(language).into();
    }
    entry
}

fn list(name: &str, entries: Vec<Value>) -> Reply {
    reply::json_of(&json!({ name: entries, "ttl": TTL_HOURS }))
}
