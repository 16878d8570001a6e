//! The districts as a programme sees them: where their postal areas are and which of them are cities.

use crate::{Pack, Position};

/// A district that is to get centres.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// Its position in the pack.
    pub district: usize,
    /// Positions of its postal areas in the pack, at least one.
    pub areas: Vec<usize>,
    /// Whether it counts as a city.
    pub city: bool,
}

/// Fewer postal areas than this say nothing about how closely people live.
const AREAS_TO_JUDGE: usize = 5;

/// The districts of `pack`, in its order.
pub(super) fn survey(pack: &Pack) -> Vec<Ground> {
    let district = |district| Ground { district, areas: Vec::new(), city: false };
    let mut grounds: Vec<Ground> = (0..pack.districts().len()).map(district).collect();
    for (at, area) in pack.postal_areas().iter().enumerate() {
        let district = pack.districts().binary_search_by_key(&area.district, |each| each.id);
        let district = district.expect("invariant: a pack's references lead somewhere");
        grounds[district].areas.push(at);
    }
    mark_cities(pack, &mut grounds);
    grounds
}

/// Marks the most densely settled districts until they hold the blueprint's share of all people. Packs know no areas;
/// the mean square distance of a district's postal areas from its middle stands for it. Districts of less than half the
/// mean population are left out: their few points are too often one and the same.
fn mark_cities(pack: &Pack, grounds: &mut [Ground]) {
    let people = |ground: &Ground| u64::from(pack.districts()[ground.district].population);
    let all: u64 = grounds.iter().map(people).sum();
    let least = all / (2 * grounds.len().max(1) as u64);
    let mut candidates: Vec<&mut Ground> = grounds
        .iter_mut()
        .filter(|ground| ground.areas.len() >= AREAS_TO_JUDGE && people(ground) >= least)
        .collect();
    candidates.sort_by(|a, b| density(pack, b).total_cmp(&density(pack, a)));
    let mut left = all * u64::from(pack.blueprint().city_percent) / 100;
    for ground in candidates {
        let Some(rest) = left.checked_sub(people(ground)) else { break };
        left = rest;
        ground.city = true;
    }
}

/// People per square degree, in a manner of speaking.
fn density(pack: &Pack, ground: &Ground) -> f64 {
    let district = &pack.districts()[ground.district];
    let areas = ground.areas.iter().map(|at| pack.postal_areas()[*at].position);
    let spread: f64 = areas.map(|area| square_distance(district.position, area)).sum();
    f64::from(district.population) * ground.areas.len() as f64 / spread
}

/// In square degrees, as on a flat map. (Only what every machine computes alike: no trigonometry.)
fn square_distance(a: Position, b: Position) -> f64 {
    let (north, east) = (a.lat() - b.lat(), a.long() - b.long());
    north * north + east * east
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_great_cities_of_india_are_recognised() {
        let india = Pack::india().unwrap();
        let grounds = survey(&india);
        let cities: Vec<&str> = grounds
            .iter()
            .filter(|ground| ground.city)
            .map(|ground| india.districts()[ground.district].name.default.as_str())
            .collect();
        for city in ["Mumbai", "Kolkata", "Chennai", "Hyderabad", "BBMP", "West Delhi", "Lucknow"] {
            assert!(cities.contains(&city), "{city} is not among {cities:?}");
        }
        assert!(cities.len() < 76, "at most one district in ten");
    }
}
