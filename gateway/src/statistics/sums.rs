//! Figures of every part of the country.

use super::Area;
use opencowin_ledger::records::Figures;
use opencowin_model::{DistrictId, Pack, StateId};
use std::collections::BTreeMap;

/// Figures of each district, added up once for all who ask.
pub struct Sums {
    districts: BTreeMap<DistrictId, Figures>,
    states: BTreeMap<StateId, Figures>,
    country: Figures,
    nothing: Figures,
}

impl Sums {
    /// The sums of these; those of district 0 belong to none, and to no state.
    pub fn new(districts: BTreeMap<DistrictId, Figures>, pack: &Pack) -> Self {
        let (mut states, mut country) = (BTreeMap::<StateId, Figures>::new(), Figures::default());
        for (id, figures) in &districts {
            country.add(figures);
            if let Some(district) = pack.district(*id) {
                states.entry(district.state).or_default().add(figures);
            }
        }
        Self { districts, states, country, nothing: Figures::default() }
    }

    /// Those of a part of the country.
    pub fn of(&self, area: Area) -> &Figures {
        let found = match area {
            Area::Country => Some(&self.country),
            Area::State(id) => self.states.get(&id),
            Area::District(id) => self.districts.get(&id),
        };
        found.unwrap_or(&self.nothing)
    }

    /// Each district of which anything was counted.
    pub fn districts(&self) -> impl Iterator<Item = (DistrictId, &Figures)> {
        self.districts.iter().map(|(id, figures)| (*id, figures))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_ledger::records::Figure;

    #[test]
    fn a_part_has_what_its_districts_have_and_the_country_what_belongs_to_none_besides() {
        let pack = Pack::india().unwrap();
        let first = &pack.districts()[0];
        let second = pack.districts().iter().find(|d| d.state == first.state && d.id != first.id);
        let foreign = pack.districts().iter().find(|d| d.state != first.state).unwrap();
        let counted = |by| {
            let mut figures = Figures::default();
            figures.count(Figure::Completed, by);
            figures
        };
        let ids = [DistrictId(0), first.id, second.unwrap().id, foreign.id];
        let sums = Sums::new(ids.into_iter().zip([1, 10, 100, 1000].map(counted)).collect(), &pack);
        let of = |area| sums.of(area).get(Figure::Completed);
        assert_eq!(of(Area::Country), 1111);
        assert_eq!(of(Area::State(first.state)), 110);
        assert_eq!(of(Area::District(first.id)), 10);
        assert_eq!(of(Area::State(StateId(9999))), 0);
    }
}
