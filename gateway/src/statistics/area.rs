//! What part of the country figures are of.

use crate::http::problem::Problem;
use crate::http::query::Query;
use opencowin_model::{DistrictId, Pack, StateId};

/// A part of the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// All of it, with what belongs to no district.
    Country,
    /// One state.
    State(StateId),
    /// One district.
    District(DistrictId),
}

impl Area {
    /// The one that a query names: the district if there is one, else the state.
    ///
    /// # Errors
    /// USRRES0002 for one that does not exist, or a district that is not of the state.
    pub fn of(query: &Query<'_>, pack: &Pack) -> Result<Self, Problem> {
        let id = |name: &str| {
            let id = query.get(name).map(|_| query.whole(name)).transpose()?;
            let id = id.map(|id| u16::try_from(id).map_err(|_| Problem::invalid(name)));
            id.transpose()
        };
        let (state, district) = (id("state_id")?.map(StateId), id("district_id")?.map(DistrictId));
        if let Some(state) = state {
            pack.state(state).ok_or_else(|| Problem::invalid("state_id"))?;
        }
        let Some(district) = district else { return Ok(state.map_or(Self::Country, Self::State)) };
        let known = pack.district(district);
        let known = known.filter(|known| state.is_none_or(|state| state == known.state));
        known.map(|known| Self::District(known.id)).ok_or_else(|| Problem::invalid("district_id"))
    }

    /// Whether a district lies in it.
    pub fn has(self, district: DistrictId, pack: &Pack) -> bool {
        match self {
            Self::Country => true,
            Self::State(state) => pack.district(district).is_some_and(|own| own.state == state),
            Self::District(own) => own == district,
        }
    }
}
