//! `states.csv`, `districts.csv` and `pincodes.csv`: the places of a country.

use super::{
    District, PostalArea, State, Text,
    error::{PackError, Problem},
    table::{Row, Table},
};
use crate::{DistrictId, Pincode, StateId};
use std::collections::HashSet;

/// The name of the file of states.
pub(super) const STATES: &str = "states.csv";
/// The name of the file of districts.
pub(super) const DISTRICTS: &str = "districts.csv";
/// The name of the file of postal areas.
pub(super) const PINCODES: &str = "pincodes.csv";

/// The places, checked: references lead somewhere, ids are unique, every district has a pincode.
pub(super) struct Places {
    /// In the order of the file.
    pub states: Vec<State>,
    /// Sorted by id.
    pub districts: Vec<District>,
    /// Sorted by pincode.
    pub postal_areas: Vec<PostalArea>,
}

/// Reads and checks the three files.
pub(super) fn read(states: &str, districts: &str, pincodes: &str) -> Result<Places, PackError> {
    let states = read_states(states)?;
    let state_ids = states.iter().map(|state| state.id).collect();
    let districts = read_districts(districts, &state_ids)?;
    let district_ids = districts.iter().map(|(_, district)| district.id).collect();
    let mut postal_areas = read_postal_areas(pincodes, &district_ids)?;
    check_served(&districts, &postal_areas)?;

    let mut districts = without_lines(districts);
    districts.sort_unstable_by_key(|district| district.id);
    postal_areas.sort_unstable_by_key(|area| area.pincode);
    Ok(Places { states, districts, postal_areas })
}

fn read_states(text: &str) -> Result<Vec<State>, PackError> {
    let table = Table { file: STATES, text, columns: &["state_id", "name"] };
    let mut seen = HashSet::new();
    let rows = table.read(|row| {
        let id = StateId(row.whole(0, 0..=u16::MAX)?);
        refuse_second(&row, 0, seen.insert(id))?;
        Ok(State { id, name: name(&row, 1)? })
    })?;
    Ok(without_lines(rows))
}

fn read_districts(
    text: &str,
    states: &HashSet<StateId>,
) -> Result<Vec<(u64, District)>, PackError> {
    let columns = &["district_id", "state_id", "name", "population", "lat", "long"];
    let table = Table { file: DISTRICTS, text, columns };
    let mut seen = HashSet::new();
    table.read(|row| {
        let id = DistrictId(row.whole(0, 0..=u16::MAX)?);
        refuse_second(&row, 0, seen.insert(id))?;
        let state = StateId(row.whole(1, 0..=u16::MAX)?);
        refuse_dangling(&row, 1, STATES, states.contains(&state))?;
        let population = row.whole(3, 0..=u32::MAX)?;
        Ok(District { id, state, name: name(&row, 2)?, population, position: row.position(4, 5)? })
    })
}

fn read_postal_areas(
    text: &str,
    districts: &HashSet<DistrictId>,
) -> Result<Vec<PostalArea>, PackError> {
    let columns = &["pincode", "district_id", "lat", "long", "place"];
    let table = Table { file: PINCODES, text, columns };
    let mut seen = HashSet::new();
    let rows = table.read(|row| {
        let pincode = pincode(&row, 0)?;
        refuse_second(&row, 0, seen.insert(pincode))?;
        let district = DistrictId(row.whole(1, 0..=u16::MAX)?);
        refuse_dangling(&row, 1, DISTRICTS, districts.contains(&district))?;
        let place = row.text(4)?.to_owned();
        Ok(PostalArea { pincode, district, position: row.position(2, 3)?, place })
    })?;
    Ok(without_lines(rows))
}

fn pincode(row: &Row<'_>, column: usize) -> Result<Pincode, PackError> {
    let text = row.text(column)?;
    let expected = "a postal code of six digits that does not start with 0";
    Pincode::parse(text).ok_or_else(|| row.error(column, Problem::value(text, expected)))
}

fn name(row: &Row<'_>, column: usize) -> Result<Text, PackError> {
    Ok(Text { default: row.text(column)?.to_owned(), ..Text::default() })
}

fn refuse_second(row: &Row<'_>, column: usize, new: bool) -> Result<(), PackError> {
    if new {
        return Ok(());
    }
    Err(row.error(column, Problem::Duplicate(row.text(column)?.to_owned())))
}

fn refuse_dangling(
    row: &Row<'_>,
    column: usize,
    list: &'static str,
    listed: bool,
) -> Result<(), PackError> {
    if listed {
        return Ok(());
    }
    Err(row.error(column, Problem::Dangling { value: row.text(column)?.to_owned(), list }))
}

/// Every district must have a pincode: centres stand in postal areas.
fn check_served(districts: &[(u64, District)], areas: &[PostalArea]) -> Result<(), PackError> {
    let served: HashSet<DistrictId> = areas.iter().map(|area| area.district).collect();
    match districts.iter().find(|(_, district)| !served.contains(&district.id)) {
        None => Ok(()),
        Some((line, _)) => Err(PackError {
            file: DISTRICTS.to_owned(),
            line: Some(*line),
            field: None,
            problem: Problem::NoPincode,
        }),
    }
}

fn without_lines<T>(rows: Vec<(u64, T)>) -> Vec<T> {
    rows.into_iter().map(|(_, row)| row).collect()
}
